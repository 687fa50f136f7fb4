//! The HTTP client: trust, proxy and time-outs; the retry policy of idempotent reads.

use std::time::Duration;

use crate::error::Result;
use crate::secret::Secret;

/// How requests leave this machine.
#[derive(Clone, Debug, Default)]
pub struct HttpOptions {
    /// `SSLServerCert`: PEM text or the path of a PEM file trusted besides the platform's roots.
    pub extra_roots: Option<String>,
    /// `ProxyServer`, as host or URL; without it the environment's proxy settings apply.
    pub proxy_server: Option<String>,
    /// `ProxyPort`.
    pub proxy_port: Option<u16>,
    /// `ProxyUser`.
    pub proxy_user: Option<String>,
    /// `ProxyPassword`.
    pub proxy_password: Option<Secret>,
    /// `ProxyExceptions`: hosts that are reached directly, separated by `;`.
    pub proxy_exceptions: Option<String>,
    /// `Timeout`: the longest wait for one answer to begin or to go on.
    pub timeout: Option<Duration>,
}

/// A client for OAuth and for data: rustls, platform trust store, no redirects, no cookies.
///
/// `Kind::Property` when a certificate or proxy value cannot be used.
pub fn client(options: &HttpOptions) -> Result<reqwest::Client> {
    let _ = options;
    todo!()
}

/// Checks that an endpoint is `https`, or `http` to the loopback interface; names `property` when it is not.
pub fn check_endpoint(property: &str, url: &str) -> Result<url::Url> {
    let _ = (property, url);
    todo!()
}
