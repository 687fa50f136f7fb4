//! The certificate of an `https` callback: the user's own, or a self-signed one that is kept for the next sign-in.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{RootCertStore, ServerConfig};

use crate::error::{Error, Kind, Result};

use super::super::settings::write;

/// Browsers ask for no more than 825 days of a certificate they are told to trust.
const LIFETIME: Duration = Duration::from_secs(820 * DAY);
/// For clocks that are not quite right.
const LEEWAY: Duration = Duration::from_secs(DAY);
/// What has less time left is made anew.
const RENEWAL: Duration = Duration::from_secs(7 * DAY);
const DAY: u64 = 24 * 60 * 60;
/// Far more than a chain of certificates and a key.
const LONGEST: u64 = 1 << 20;
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// `OAuthCallbackCert` and `OAuthCallbackKey`.
    Own(Files),
    /// Self-signed, in this file; made when it is missing or no longer good.
    Kept(PathBuf),
    /// Self-signed, for one sign-in.
    Passing,
}

/// PEM files, which may be one and the same.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate, followed by those between it and its authority.
    pub certificate: PathBuf,
    /// The private key, not encrypted.
    pub key: PathBuf,
}

/// A certificate that can be used.
#[derive(Debug)]
pub struct Certificate {
    /// The server that shows it.
    pub config: ServerConfig,
    /// What a person can do when the browser does not trust it.
    pub advice: String,
}

impl Source {
    /// The certificate. For [`Source::Kept`] the caller holds the lock of the sign-in, so that it is made once.
    pub async fn get(self) -> Result<Certificate> {
        let work = move || match self {
            Self::Own(files) => own(&files),
            Self::Kept(path) => kept(&path),
            Self::Passing => passing(&Made::new()?),
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|failure| Err(unusable(failure)))
    }
}

fn own(files: &Files) -> Result<Certificate> {
    let certificate = files.certificate.display();
    let refused = |property: &str, path: &Path, reason: String| {
        let text = format!(
            "{property} '{}' {reason}. Set OAuthCallbackCert and OAuthCallbackKey to PEM files, or leave both out: then \
             the driver makes a self-signed certificate.",
            path.display()
        );
        Error::new(Kind::Property, text)
    };
    let read = |property, path: &Path| {
        std::fs::read(path).map_err(|error| refused(property, path, format!("cannot be read: {error}")))
    };
    let chain = chain(&read("OAuthCallbackCert", &files.certificate)?).ok_or_else(|| {
        let reason = "holds no certificate in PEM form".to_owned();
        refused("OAuthCallbackCert", &files.certificate, reason)
    })?;
    let key = PrivateKeyDer::from_pem_slice(&read("OAuthCallbackKey", &files.key)?).map_err(|_| {
        let reason = "holds no private key in PEM form, or an encrypted one".to_owned();
        refused("OAuthCallbackKey", &files.key, reason)
    })?;
    let config = config(chain, key).map_err(|error| {
        let reason = format!("cannot be used with the key of OAuthCallbackKey: {error}");
        refused("OAuthCallbackCert", &files.certificate, reason)
    })?;
    let advice = format!("The browser has to trust the certificate of OAuthCallbackCert '{certificate}'.");
    Ok(Certificate { config, advice })
}

fn kept(path: &Path) -> Result<Certificate> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let advice = format!(
        "The callback's certificate is self-signed: go on past the browser's warning, or let the browser trust '{}'.",
        path.display()
    );
    if let Some(config) = read_kept(&path).and_then(|pem| still_good(&pem)) {
        return Ok(Certificate { config, advice });
    }
    let made = Made::new()?;
    match write::replace(&path, made.pem.as_bytes(), write::Others::Some) {
        Ok(()) => tracing::info!(path = %path.display(), "made a self-signed certificate for the callback"),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the callback's certificate cannot be kept");
            return passing(&made);
        }
    }
    let config = made.config()?;
    Ok(Certificate { config, advice })
}

fn passing(made: &Made) -> Result<Certificate> {
    let advice = "The callback's certificate is self-signed, for this sign-in alone: go on past the browser's warning, or \
                  set OAuthCallbackCert and OAuthCallbackKey to a certificate that the browser trusts.";
    Ok(Certificate {
        config: made.config()?,
        advice: advice.to_owned(),
    })
}

/// What the file holds, if it is this user's: somebody else would know its key.
fn read_kept(path: &Path) -> Option<Vec<u8>> {
    let metadata = path.metadata().ok()?;
    let user = rustix::process::geteuid().as_raw();
    let ours = metadata.is_file() && metadata.uid() == user && metadata.len() <= LONGEST;
    ours.then(|| std::fs::read(path).ok())?
}

/// A server with this certificate and key, unless a browser that trusts them would refuse them nevertheless.
fn still_good(pem: &[u8]) -> Option<ServerConfig> {
    let chain = chain(pem)?;
    let key = PrivateKeyDer::from_pem_slice(pem).ok()?;
    let leaf = chain.first()?.clone();
    let mut roots = RootCertStore::empty();
    roots.add(leaf.clone()).ok()?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider());
    let later = SystemTime::now() + RENEWAL;
    let later = UnixTime::since_unix_epoch(later.duration_since(SystemTime::UNIX_EPOCH).ok()?);
    let name = ServerName::try_from("localhost").ok()?;
    verifier
        .build()
        .ok()?
        .verify_server_cert(&leaf, &[], &name, &[], later)
        .ok()?;
    config(chain, key).ok()
}

/// The certificates of a PEM text; none when there is none, or a damaged one.
fn chain(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    chain.ok().filter(|chain| !chain.is_empty())
}

fn config(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// A new self-signed certificate with its key.
struct Made {
    pem: zeroize::Zeroizing<String>,
}

impl Made {
    fn new() -> Result<Self> {
        let pem = self_signed().map_err(unusable)?;
        Ok(Self { pem })
    }

    fn config(&self) -> Result<ServerConfig> {
        let pem = self.pem.as_bytes();
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(unusable)?;
        config(chain(pem).unwrap_or_default(), key).map_err(unusable)
    }
}

/// Good for this machine's own names, and no authority: who trusts it trusts no other certificate by that.
fn self_signed() -> Result<zeroize::Zeroizing<String>, rcgen::Error> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let now = date_time_ymd(1970, 1, 1) + now;
    let mut params = CertificateParams::new(NAMES.map(str::to_owned))?;
    params.not_before = now - LEEWAY;
    params.not_after = now + LIFETIME;
    params.is_ca = IsCa::ExplicitNoCa;
    params
        .distinguished_name
        .push(DnType::CommonName, "Latchkey sign-in callback");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let private = zeroize::Zeroizing::new(key.serialize_pem());
    Ok(zeroize::Zeroizing::new(format!("{}{}", certificate.pem(), *private)))
}

fn unusable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let error = io::Error::other(error);
    let text = "No certificate could be made for the https callback; set OAuthCallbackCert and OAuthCallbackKey, or a \
                CallbackURL with http.";
    Error::new(Kind::Internal, text).caused_by(error)
}
