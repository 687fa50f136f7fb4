//! The HTTP client: trust, proxy and time-outs; the retry policy of idempotent reads.

pub(super) mod failure;
pub(super) mod gate;
mod proxy;
pub mod reach;
pub(super) mod retry;
mod trust;

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

/// The longest wait for a connection, which either comes soon or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

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
    /// `Timeout`: the longest wait for one answer to begin or to go on; none or zero for as long as it takes.
    pub timeout: Option<Duration>,
}

/// A client for OAuth and for data: rustls, platform trust store, no redirects, no cookies.
///
/// Without `ProxyServer` the variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` apply, except to loopback.
/// `Kind::Property` when a certificate or proxy value cannot be used.
pub fn client(options: &HttpOptions) -> Result<Client> {
    let timeout = options.timeout.filter(|timeout| !timeout.is_zero());
    let mut builder = Client::builder()
        .tls_backend_preconfigured(trust::config(options.extra_roots.as_deref())?)
        .redirect(Policy::none())
        .referer(false)
        .user_agent(concat!("latchkey/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timeout.map_or(CONNECT_TIMEOUT, |timeout| timeout.min(CONNECT_TIMEOUT)))
        .no_proxy();
    if let Some(timeout) = timeout {
        builder = builder.read_timeout(timeout);
    }
    for proxy in proxy::proxies(options, |name| std::env::var(name).ok())? {
        builder = builder.proxy(proxy);
    }
    builder
        .build()
        .map_err(|error| Error::new(Kind::Internal, "The HTTP client could not be set up.").caused_by(error))
}

/// Checks that an endpoint is `https`, or `http` to the loopback interface; names `property` when it is not.
pub fn check_endpoint(property: &str, url: &str) -> Result<Url> {
    let refused = |reason: &str, shown: &str| {
        let message = format!(
            "{property}{shown} cannot be used: {reason}. It must be an https:// URL, or http:// to this machine \
             (localhost, 127.0.0.1 or [::1])."
        );
        Err(Error::new(Kind::Property, message))
    };
    let shown = format!("='{url}'");
    let parsed = match Url::parse(url.trim()) {
        Ok(parsed) => parsed,
        // It may hold a password where it could not be told apart.
        Err(error) => {
            return refused(
                &format!("it is no URL ({error})"),
                if url.contains('@') { "" } else { &shown },
            );
        }
    };
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return refused("it holds a user name or password", "");
    }
    if parsed.fragment().is_some() {
        return refused("it holds a fragment (`#`)", &shown);
    }
    let is_loopback = match parsed.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return refused("it names no host", &shown),
    };
    match parsed.scheme() {
        "https" => Ok(parsed),
        "http" if is_loopback => Ok(parsed),
        "http" => refused("it would send a token unencrypted over the network", &shown),
        _ => refused("its scheme is not https", &shown),
    }
}

#[cfg(test)]
mod tests;
