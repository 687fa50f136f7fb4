//! Why a server could not be reached, in words that say which property helps.

use std::error::Error as StdError;
use std::io;

use rustls::CertificateError;

use crate::error::{Error, Kind};

/// The error for a request that got no answer, or not all of it. `Kind::Unreachable`, or `Kind::Timeout` when an answer
/// did not begin or go on in time.
pub(in crate::source) fn unreachable(error: reqwest::Error) -> Error {
    let server = error
        .url()
        .and_then(|url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?)))
        .unwrap_or_else(|| "the server".to_owned());
    let error = error.without_url();
    let (kind, message) = describe(&error, &server);
    Error::new(kind, message).caused_by(error)
}

/// Whether trying again would end the same way.
pub(super) fn is_permanent(error: &reqwest::Error) -> bool {
    find::<rustls::Error>(error).is_some()
        || error.is_dns()
        || error.is_builder()
        || causes(error).contains("proxy authorization")
}

fn describe(error: &reqwest::Error, server: &str) -> (Kind, String) {
    let causes = causes(error);
    if let Some(tls) = find::<rustls::Error>(error) {
        return (Kind::Unreachable, describe_tls(tls, server));
    }
    if error.is_dns() {
        let message = format!(
            "{server} cannot be reached: its name could not be resolved ({causes}). Check the network connection; where the \
             internet is reached through a proxy, set ProxyServer."
        );
        return (Kind::Unreachable, message);
    }
    if causes.contains("tunnel") || causes.contains("proxy") || causes.contains("SOCKS") {
        let message = format!(
            "{server} cannot be reached through the proxy ({causes}). Check ProxyServer, ProxyPort, ProxyUser and \
             ProxyPassword, or name the host in ProxyExceptions."
        );
        return (Kind::Unreachable, message);
    }
    match (error.is_timeout(), error.is_connect()) {
        (true, true) => {
            let message = format!(
                "{server} cannot be reached: no connection came about in time. Where the internet is reached through a proxy, \
                 set ProxyServer; on a slow network raise Timeout."
            );
            (Kind::Unreachable, message)
        }
        (true, false) => (
            Kind::Timeout,
            format!("{server} did not answer, or stopped answering, for as long as Timeout allows."),
        ),
        _ => match find::<io::Error>(error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => {
                let message = format!(
                    "{server} cannot be reached: it refused the connection. Check that the address is right and that a server \
                     runs there; where the internet is reached through a proxy, set ProxyServer."
                );
                (Kind::Unreachable, message)
            }
            _ => (
                Kind::Unreachable,
                format!("The connection to {server} failed ({causes})."),
            ),
        },
    }
}

fn describe_tls(error: &rustls::Error, server: &str) -> String {
    let (problem, next) = match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::UnknownIssuer => (
                "its certificate is of an authority that this machine does not know".to_owned(),
                "Set SSLServerCert to the PEM file of that authority (a company's proxy often has its own), or install the \
                 ca-certificates package if this machine has no authorities at all",
            ),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
                "its certificate has expired".to_owned(),
                "Check the clock of this machine",
            ),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
                "its certificate is not valid yet".to_owned(),
                "Check the clock of this machine",
            ),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
                "its certificate is for another host".to_owned(),
                "Check the host name of the endpoint",
            ),
            _ => (
                error.to_string(),
                "Set SSLServerCert to the PEM file of the authority that signed it",
            ),
        },
        rustls::Error::InvalidMessage(_) => (
            format!("it does not speak TLS ({error})"),
            "Check the port, and whether the endpoint is http:// or https://",
        ),
        _ => (
            error.to_string(),
            "Check the endpoint; where the internet is reached through a proxy, set ProxyServer",
        ),
    };
    format!("{server} cannot be trusted: {problem}. {next}.")
}

/// The messages from the cause outwards to the root, each once.
fn causes(error: &reqwest::Error) -> String {
    let mut messages: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let message = cause.to_string();
        if messages.last().is_none_or(|last| !last.contains(&message)) {
            messages.push(message);
        }
        next = cause.source();
    }
    if messages.is_empty() {
        error.to_string()
    } else {
        messages.join(": ")
    }
}

/// The first cause of a type. An `io::Error` hides what it wraps from `source`, so it is opened too.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|wrapped| find::<T>(wrapped)) {
            return Some(found);
        }
        next = cause.source();
    }
    None
}
