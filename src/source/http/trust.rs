//! Whose certificates are believed: the platform's roots and `SSLServerCert`.

use std::ffi::OsString;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use once_cell::sync::Lazy;
use parking_lot::Mutex;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, Kind, Result};

/// Reading the platform's roots takes longer than all else of connecting, and they change with an update of the system: an
/// administrator who adds one waits this long at most.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// Where the roots come from, if not from the platform's usual places.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The configuration without `SSLServerCert`, as it was made last.
static PLATFORM: Lazy<Mutex<Option<Platform>>> = Lazy::new(Mutex::default);

struct Platform {
    when: Instant,
    variables: [Option<OsString>; 2],
    config: ClientConfig,
}

/// The TLS configuration that believes the platform's roots and, besides, the certificates of `SSLServerCert`.
pub(super) fn config(server_cert: Option<&str>) -> Result<ClientConfig> {
    match server_cert.map(str::trim).filter(|value| !value.is_empty()) {
        Some(value) => made(Some(certificates(value)?)),
        None => platform(),
    }
}

fn platform() -> Result<ClientConfig> {
    let variables = VARIABLES.map(std::env::var_os);
    let mut known = PLATFORM.lock();
    let good = known
        .as_ref()
        .filter(|known| known.variables == variables && known.when.elapsed() < FRESH);
    if let Some(good) = good {
        return Ok(good.config.clone());
    }
    let config = made(None)?;
    *known = Some(Platform {
        when: Instant::now(),
        variables,
        config: config.clone(),
    });
    Ok(config)
}

fn made(extra: Option<Vec<CertificateDer<'static>>>) -> Result<ClientConfig> {
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
