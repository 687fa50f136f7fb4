//! Through which proxy requests go: the proxy properties, or else the environment.

use reqwest::{NoProxy, Proxy};
use url::Url;

use crate::error::{Error, Kind, Result};

use super::HttpOptions;

const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// A proxy of the network cannot reach this machine's loopback interface.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// The proxies in the order in which they are asked whether a request is theirs.
pub(super) fn proxies(options: &HttpOptions, variable: impl Fn(&str) -> Option<String>) -> Result<Vec<Proxy>> {
    match options
        .proxy_server
        .as_deref()
        .map(str::trim)
        .filter(|server| !server.is_empty())
    {
        Some(server) => Ok(vec![from_properties(server, options)?]),
        None => from_environment(variable),
    }
}

fn from_properties(server: &str, options: &HttpOptions) -> Result<Proxy> {
    let mut url = parse("ProxyServer", server)?;
    if let (None, Some(port)) = (url.port(), options.proxy_port) {
        url.set_port(Some(port))
            .map_err(|()| unusable("ProxyServer", "it takes no port"))?;
    }
    let mut proxy = Proxy::all(url.as_str()).map_err(|_| unusable("ProxyServer", "it is no URL of a proxy"))?;
    if let Some(user) = options.proxy_user.as_deref().filter(|user| !user.is_empty()) {
        let password = options.proxy_password.as_ref().map_or("", |password| password.expose());
        proxy = proxy.basic_auth(user, password);
    }
    let exceptions = options.proxy_exceptions.as_deref().unwrap_or_default();
    Ok(proxy.no_proxy(NoProxy::from_string(&exception_list(exceptions))))
}

fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Vec<Proxy>> {
    let either = |upper: &str, lower: &str| {
        [lower, upper]
            .into_iter()
            .find_map(&variable)
            .filter(|value| !value.trim().is_empty())
    };
    let exceptions = either("NO_PROXY", "no_proxy").unwrap_or_default();
    let exceptions = NoProxy::from_string(&format!("{LOOPBACK},{}", exception_list(&exceptions)));
    // Under CGI, HTTP_PROXY is a header that a stranger sent.
    let http = variable("REQUEST_METHOD")
        .is_none()
        .then(|| either("HTTP_PROXY", "http_proxy"))
        .flatten();
    let mut proxies = Vec::new();
    type Make = fn(&str) -> reqwest::Result<Proxy>;
    let found: [(&str, Option<String>, Make); 3] = [
        ("HTTPS_PROXY", either("HTTPS_PROXY", "https_proxy"), |url| {
            Proxy::https(url)
        }),
        ("HTTP_PROXY", http, |url| Proxy::http(url)),
        ("ALL_PROXY", either("ALL_PROXY", "all_proxy"), |url| Proxy::all(url)),
    ];
    for (name, value, make) in found {
        if let Some(value) = value {
            let name = format!("The environment variable {name}");
            let url = parse(&name, value.trim())?;
            let proxy = make(url.as_str()).map_err(|_| unusable(&name, "it is no URL of a proxy"))?;
            proxies.push(proxy.no_proxy(exceptions.clone()));
        }
    }
    Ok(proxies)
}

fn parse(name: &str, server: &str) -> Result<Url> {
    let text = if server.contains("://") {
        server.to_owned()
    } else {
        format!("http://{server}")
    };
    let url = Url::parse(&text).map_err(|error| unusable(name, &format!("it is no URL ({error})")))?;
    if !SCHEMES.contains(&url.scheme()) || !url.has_host() {
        return Err(unusable(name, &format!("`{}://` is no kind of proxy", url.scheme())));
    }
    Ok(url)
}

/// Hosts separated as users do, with `*.` before a domain, as a `NO_PROXY` list.
fn exception_list(hosts: &str) -> String {
    let hosts = hosts
        .split([';', ',', ' '])
        .map(str::trim)
        .filter(|host| !host.is_empty());
    let hosts: Vec<_> = hosts.map(|host| host.strip_prefix("*.").unwrap_or(host)).collect();
    hosts.join(",")
}

/// The value itself is not shown: it may hold a password.
fn unusable(name: &str, reason: &str) -> Error {
    Error::new(
        Kind::Property,
        format!(
            "{name} cannot be used: {reason}. Allowed are host, host:port, and http://, https://, socks4:// or socks5:// URLs."
        ),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn count(variables: &[(&str, &str)]) -> Result<usize> {
        let lookup = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Ok(proxies(&HttpOptions::default(), lookup)?.len())
    }

    #[test]
    fn the_environment_is_read_when_no_property_is_set() {
        assert_eq!(count(&[]).unwrap(), 0);
        assert_eq!(
            count(&[("https_proxy", "proxy:3128"), ("HTTP_PROXY", "http://proxy:3128")]).unwrap(),
            2
        );
        assert_eq!(count(&[("ALL_PROXY", "socks5://proxy")]).unwrap(), 1);
        assert_eq!(count(&[("HTTPS_PROXY", " ")]).unwrap(), 0);
        assert_eq!(
            count(&[("HTTP_PROXY", "http://evil"), ("REQUEST_METHOD", "GET")]).unwrap(),
            0
        );
        let error = count(&[("HTTPS_PROXY", "ftp://user:hunter2@proxy")]).unwrap_err();
        assert_eq!(error.kind(), Kind::Property);
        assert!(
            error.message().starts_with("The environment variable HTTPS_PROXY"),
            "{error}"
        );
        assert!(!error.message().contains("hunter2"));
    }

    #[test]
    fn a_wrong_proxy_is_named_without_its_value() {
        for server in [
            "ftp://user:hunter2@proxy",
            "http://user:hunter2@",
            "http://pro xy:hunter2",
        ] {
            let options = HttpOptions {
                proxy_server: Some(server.to_owned()),
                ..HttpOptions::default()
            };
            let error = proxies(&options, |_| None).unwrap_err();
            assert_eq!(error.kind(), Kind::Property, "{server}");
            assert!(error.message().starts_with("ProxyServer cannot be used: "), "{error}");
            assert!(!error.message().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn exceptions_may_be_written_as_users_do() {
        assert_eq!(
            exception_list("*.corp.example; 10.0.0.0/8 ,host;;*"),
            "corp.example,10.0.0.0/8,host,*"
        );
    }
}
