//! Whose certificates are believed: the platform's roots and `SSLServerCert`.

use std::fs;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, Kind, Result};

/// The TLS configuration that believes the platform's roots and, besides, the certificates of `SSLServerCert`.
pub(super) fn config(server_cert: Option<&str>) -> Result<ClientConfig> {
    let extra = server_cert
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(certificates)
        .transpose()?;
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(Kind::Internal, "TLS could not be set up.").caused_by(error))?;
    let verifier = Verifier::new_with_extra_roots(extra.iter().flatten().cloned(), provider);
    let mut config = match (verifier, extra) {
        (Ok(verifier), _) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        (Err(error), Some(_)) => {
            return Err(unusable("it holds a certificate that cannot be an authority").caused_by(error));
        }
        // A machine without any root still reaches a loopback endpoint; everything else fails with what to do.
        (Err(error), None) => {
            tracing::warn!(%error, "no certificate authority of the platform could be loaded");
            builder
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(value: &str) -> Result<Vec<CertificateDer<'static>>> {
    let pem = if value.starts_with("-----BEGIN") {
        value.as_bytes().to_vec()
    } else {
        fs::read(value).map_err(|error| {
            unusable(&format!(
                "'{value}' is no PEM text and, as a file, cannot be read ({error})"
            ))
            .caused_by(error)
        })?
    };
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(&format!("its PEM text is damaged ({error})")))?;
    if certificates.is_empty() {
        return Err(unusable("it holds no `-----BEGIN CERTIFICATE-----`"));
    }
    Ok(certificates)
}

fn unusable(reason: &str) -> Error {
    Error::new(
        Kind::Property,
        format!(
            "SSLServerCert cannot be used: {reason}. Give the PEM text, or the path of a PEM file, of the authority to trust."
        ),
    )
}
