//! The TLS side of an `https` callback.

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::certificate::Certificate;

/// A browser shakes hands at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// A certificate in use.
#[derive(Debug)]
pub struct Tls {
    config: Arc<ServerConfig>,
    /// What a person can do when the browser does not trust the certificate.
    pub advice: String,
}

impl Tls {
    /// Puts a certificate to use.
    pub fn new(certificate: Certificate) -> Self {
        tracing::info!("the callback is served over TLS. {}", certificate.advice);
        Self {
            config: Arc::new(certificate.config),
            advice: certificate.advice,
        }
    }

    /// The stream behind the handshake; nothing when it fails: not TLS, not trusted, or too slow.
    pub async fn handshake(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        match timeout(PATIENCE, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                tracing::info!(%error, "a TLS handshake with the callback failed; the sign-in goes on");
                None
            }
            Err(_) => None,
        }
    }
}
