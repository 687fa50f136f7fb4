//! Retries, and what failures are called.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::*;
use crate::source::testing::{answer, serve};

/// A server certificate for `name`, as PEM, and the configuration that shows it.
fn certificate(name: &str) -> (String, RustlsConfig) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let chain = vec![CertificateDer::from(made.cert.der().to_vec())];
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    (made.cert.pem(), RustlsConfig::from_config(Arc::new(config)))
}

async fn reach(options: &HttpOptions, url: &str) -> Result<reqwest::Response> {
    client(options)?.get(url).send().await.map_err(failure::unreachable)
}

fn with_roots(extra_roots: &str) -> HttpOptions {
    HttpOptions {
        extra_roots: Some(extra_roots.to_owned()),
        ..HttpOptions::default()
    }
}

#[tokio::test]
async fn an_unknown_authority_is_believed_once_it_is_named() {
    let (pem, config) = certificate("localhost");
    let (port, calls) = serve(Some(config), |_, _| answer(200, "text/plain", "hello"));
    let url = format!("https://localhost:{port}/");

    let error = reach(&HttpOptions::default(), &url).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    let start = format!(
        "localhost:{port} cannot be trusted: its certificate is of an authority that this machine does not know. Set SSLServerCert"
    );
    assert!(error.message().starts_with(&start), "{error}");
    assert!(calls.lock().is_empty());

    assert_eq!(reach(&with_roots(&pem), &url).await.unwrap().status(), 200);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, &pem).unwrap();
    assert_eq!(
        reach(&with_roots(path.to_str().unwrap()), &url).await.unwrap().status(),
        200
    );

    // Another authority does not help, and says the same.
    let (other, _) = certificate("localhost");
    assert!(
        reach(&with_roots(&other), &url)
            .await
            .unwrap_err()
            .message()
            .contains("SSLServerCert")
    );
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let (pem, config) = certificate("elsewhere.example");
    let (port, _) = serve(Some(config), |_, _| answer(200, "text/plain", ""));
    let error = reach(&with_roots(&pem), &format!("https://localhost:{port}/"))
        .await
        .unwrap_err();
    assert!(
        error
            .message()
            .contains("its certificate is for another host. Check the host name"),
        "{error}"
    );
}

#[test]
fn a_certificate_that_cannot_be_used_names_its_property() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    for (value, reason) in [
        (
            "/no/such/ca.pem",
            "'/no/such/ca.pem' is no PEM text and, as a file, cannot be read",
        ),
        (empty.to_str().unwrap(), "it holds no `-----BEGIN CERTIFICATE-----`"),
        (
            "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----",
            "its PEM text is damaged",
        ),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            "it holds a certificate that cannot be an authority",
        ),
    ] {
        let error = client(&with_roots(value)).unwrap_err();
        assert_eq!(error.kind(), Kind::Property, "{value}");
        assert!(
            error
                .message()
                .starts_with(&format!("SSLServerCert cannot be used: {reason}")),
            "{error}"
        );
        assert!(error.message().contains(reason), "{error}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_network_is_spelled_out() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = reach(&HttpOptions::default(), &format!("http://127.0.0.1:{port}/"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(
        error
            .message()
            .starts_with(&format!("127.0.0.1:{port} cannot be reached: it refused")),
        "{error}"
    );

    let error = reach(&HttpOptions::default(), "https://no-such-host.invalid/")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(
        error
            .message()
            .starts_with("no-such-host.invalid:443 cannot be reached: its name"),
        "{error}"
    );
    assert!(error.message().contains("ProxyServer"), "{error}");

    let (port, _) = serve(None, |_, _| answer(200, "text/plain", ""));
    let error = reach(&HttpOptions::default(), &format!("https://127.0.0.1:{port}/"))
        .await
        .unwrap_err();
    assert!(error.message().contains("it does not speak TLS"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_in_time_is_a_timeout() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let options = HttpOptions {
        timeout: Some(Duration::from_millis(200)),
        ..HttpOptions::default()
    };
    let error = reach(&options, &url).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout);
    assert!(error.message().contains("Timeout"), "{error}");
}

#[tokio::test]
async fn redirects_and_cookies_are_not_followed() {
    let (port, calls) = serve(None, |_, _| {
        let mut redirect = answer(302, "text/plain", "");
        redirect.headers_mut().insert("location", "/elsewhere".parse().unwrap());
        redirect.headers_mut().insert("set-cookie", "a=b".parse().unwrap());
        redirect
    });
    let client = client(&HttpOptions::default()).unwrap();
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(client.get(&url).send().await.unwrap().status(), 302);
    client.get(&url).send().await.unwrap();
    let calls = calls.lock();
    assert!(
        calls
            .iter()
            .all(|call| call.uri.path() == "/" && call.header("cookie").is_none())
    );
    assert_eq!(
        calls[0].header("user-agent"),
        Some(concat!("latchkey/", env!("CARGO_PKG_VERSION")))
    );
}

#[tokio::test]
async fn the_proxy_of_the_properties_is_used_except_for_its_exceptions() {
    let (proxy, asked) = serve(None, |_, _| answer(200, "text/plain", "by proxy"));
    let (port, direct) = serve(None, |_, _| answer(200, "text/plain", "direct"));
    let options = HttpOptions {
        proxy_server: Some("127.0.0.1".to_owned()),
        proxy_port: Some(proxy),
        proxy_user: Some("me".to_owned()),
        proxy_password: Some("p:%".into()),
        proxy_exceptions: Some("*.example.com; localhost".to_owned()),
        ..HttpOptions::default()
    };
    let text = reach(&options, &format!("http://127.0.0.1:{port}/x"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(text, "by proxy");
    {
        let asked = asked.lock();
        assert_eq!(asked[0].uri.to_string(), format!("http://127.0.0.1:{port}/x"));
        assert_eq!(asked[0].header("proxy-authorization"), Some("Basic bWU6cDol"));
    }
    let text = reach(&options, &format!("http://localhost:{port}/x"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(text, "direct");
    assert_eq!((asked.lock().len(), direct.lock().len()), (1, 1));
}

#[tokio::test]
async fn a_proxy_that_refuses_names_its_properties() {
    let (proxy, _) = serve(None, |_, _| answer(407, "text/plain", ""));
    let options = HttpOptions {
        proxy_server: Some(format!("http://127.0.0.1:{proxy}")),
        ..HttpOptions::default()
    };
    let error = reach(&options, "https://api.example.com/").await.unwrap_err();
    assert!(
        error
            .message()
            .starts_with("api.example.com:443 cannot be reached through the proxy"),
        "{error}"
    );
    assert!(error.message().contains("ProxyPassword"), "{error}");
}

#[test]
fn endpoints_are_https_or_loopback() {
    for url in [
        "https://api.dropboxapi.com",
        "https://localhost:4100/x?y=z",
        "http://localhost:4100",
        "http://127.0.0.1:4100/oauth2/token",
        "http://[::1]:4100",
    ] {
        assert!(check_endpoint("OAuthAccessTokenURL", url).is_ok(), "{url}");
    }
    for (url, reason) in [
        ("http://api.dropboxapi.com", "unencrypted"),
        ("http://localhost.example.com", "unencrypted"),
        ("http://127.0.0.1.example.com", "unencrypted"),
        ("http://10.0.0.1", "unencrypted"),
        ("ftp://localhost", "its scheme is not https"),
        ("https://user:hunter2@host/", "it holds a user name or password"),
        ("https://hunter2@", "it is no URL"),
        ("https://host/#part", "it holds a fragment"),
        ("api.dropboxapi.com", "it is no URL"),
        ("data:text/plain,x", "it names no host"),
        ("", "it is no URL"),
    ] {
        let error = check_endpoint("OAuthAccessTokenURL", url).unwrap_err();
        assert_eq!(error.kind(), Kind::Property, "{url}");
        assert!(error.message().starts_with("OAuthAccessTokenURL"), "{error}");
        assert!(error.message().contains(reason), "{url}: {error}");
        assert!(!error.message().contains("hunter2"), "{error}");
    }
}
