//! What `CallbackURL` says about the listener: addresses, port, path, and by which names it is addressed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::error::{Error, Kind, Result};

/// A callback on this machine.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The URL as the user wrote it, which is how it must be registered.
    pub written: String,
    /// Whether it is an `https` URL.
    pub secure: bool,
    /// The host as the URL has it.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The one path that ends a sign-in.
    pub path: String,
}

/// The callback a URL means, and the addresses to listen on.
pub fn parse(callback_url: &str) -> Result<(Callback, Vec<IpAddr>)> {
    let refused = |reason: &str| {
        let text = format!(
            "CallbackURL '{callback_url}' {reason}. To sign in on this machine, register http://localhost:33333 with \
             the application and set CallbackURL to it; otherwise call GetOAuthAuthorizationURL, sign in anywhere, and \
             set OAuthVerifier to the redirected URL."
        );
        Error::new(Kind::Unsupported, text)
    };
    if callback_url.is_empty() {
        return Err(refused(
            "is empty, so the code is shown in the browser instead of being sent to this driver",
        ));
    }
    let url = Url::parse(callback_url).map_err(|error| {
        let text = format!("CallbackURL '{callback_url}' is not a URL: {error}.");
        Error::new(Kind::Property, text)
    })?;
    let addresses: Vec<IpAddr> = match url.host() {
        Some(Host::Domain("localhost")) => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        Some(Host::Ipv4(address)) if address.is_loopback() => vec![address.into()],
        Some(Host::Ipv6(address)) if address.is_loopback() => vec![address.into()],
        _ => return Err(refused("does not lead back to this machine")),
    };
    let secure = match url.scheme() {
        "http" => false,
        "https" => true,
        _ => return Err(refused("is neither an http nor an https URL")),
    };
    let callback = Callback {
        written: callback_url.to_owned(),
        secure,
        host: url.host_str().unwrap_or_default().to_owned(),
        port: url.port().unwrap_or(default_port(secure)),
        path: url.path().to_owned(),
    };
    Ok((callback, addresses))
}

fn default_port(secure: bool) -> u16 {
    match secure {
        true => 443,
        false => 80,
    }
}

impl Callback {
    /// The same callback at this port, also as it is written: the redirect goes where the authorization request says.
    pub fn at(self, port: u16) -> Self {
        let (scheme, rest) = self.written.split_once("://").unwrap_or(("http", &self.written));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => authority,
        };
        Self {
            written: format!("{scheme}://{host}:{port}{path}"),
            port,
            ..self
        }
    }

    /// The same callback at whatever port is free.
    pub fn at_any_port(self) -> Self {
        Self { port: 0, ..self }
    }

    /// Whether a `Host` header names this listener, by any name that only this machine can have.
    pub fn is_addressed_by(&self, header: &str) -> bool {
        let (name, port) = match header.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (header, Some(default_port(self.secure))),
        };
        let names = [self.host.as_str(), "localhost", "127.0.0.1", "[::1]"];
        port == Some(self.port) && names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn another_port_changes_nothing_else_of_the_url() {
        for (written, expected) in [
            ("http://127.0.0.1:0/cb", "http://127.0.0.1:9/cb"),
            ("http://localhost", "http://localhost:9"),
            ("https://localhost:3333", "https://localhost:9"),
            ("http://[::1]:0/a:1?b=c", "http://[::1]:9/a:1?b=c"),
            ("http://[::1]/", "http://[::1]:9/"),
        ] {
            let (callback, _) = parse(written).unwrap();
            let moved = callback.at(9);
            assert_eq!((moved.written.as_str(), moved.port), (expected, 9));
        }
    }
}
