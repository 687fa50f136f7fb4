//! The callback over TLS: certificates that are made, kept, given or refused, and handshakes that fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::TlsConnector;

use super::tests::expected;
use super::*;

const STATE: &str = "the-right-state";
const CALLBACK: &str = "https://127.0.0.1:0/cb";

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn kept(&self) -> PathBuf {
        self.path("OAuthSettings.txt.callback.pem")
    }
}

/// A client that trusts what is in a PEM file and nothing else.
async fn get(port: u16, name: &'static str, trusted: &Path) -> io::Result<String> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(trusted).unwrap() {
        roots.add(certificate.unwrap()).unwrap();
    }
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(ServerName::try_from(name).unwrap(), stream)
        .await?;
    let request = format!("GET /cb?code=good&state={STATE} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Signs in at a listener with this certificate, as a browser that trusts this file.
async fn sign_in(certificate: Source, name: &'static str, trusted: &Path) {
    let listener = Listener::bind(CALLBACK, false, certificate).await.unwrap();
    let port = listener.port();
    let wait = listener.wait(expected(None), Duration::from_secs(30));
    let (code, page) = tokio::join!(wait, get(port, name, trusted));
    assert_eq!(code.unwrap().code.expose(), "good");
    assert!(page.unwrap().contains("Signed in"));
}

fn own(certificate: &Path, key: &Path) -> Source {
    Source::Own(Files {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
    })
}

#[tokio::test]
async fn a_certificate_is_made_once_for_its_owner_alone_and_a_browser_may_trust_it() {
    let home = Home::new();
    drop(
        Listener::bind(CALLBACK, false, Source::Kept(home.kept()))
            .await
            .unwrap(),
    );
    let made = std::fs::read(home.kept()).unwrap();
    let mode = home.kept().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for name in ["localhost", "127.0.0.1"] {
        sign_in(Source::Kept(home.kept()), name, &home.kept()).await;
    }
    assert_eq!(std::fs::read(home.kept()).unwrap(), made);
    assert_eq!(std::fs::read_dir(home.0.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn handshakes_that_fail_never_end_the_wait() {
    let (home, stranger) = (Home::new(), Home::new());
    drop(
        Listener::bind(CALLBACK, false, Source::Kept(stranger.kept()))
            .await
            .unwrap(),
    );
    let listener = Listener::bind(CALLBACK, false, Source::Kept(home.kept()))
        .await
        .unwrap();
    let port = listener.port();
    let wait = tokio::spawn(listener.wait(expected(None), Duration::from_secs(30)));

    let silent = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    get(port, "localhost", &stranger.kept())
        .await
        .expect_err("this browser trusts another certificate");
    let plain = format!("GET /cb?code=evil&state={STATE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    for bytes in [plain.as_bytes(), b"\x16\x03\x01\xff\xff", b"\x00"] {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    }
    assert!(!wait.is_finished());
    let page = get(port, "localhost", &home.kept()).await.unwrap();
    assert!(page.contains("Signed in"), "{page}");
    assert_eq!(wait.await.unwrap().unwrap().code.expose(), "good");
    drop(silent);
}

#[tokio::test]
async fn the_deadline_names_the_certificate_to_trust() {
    let home = Home::new();
    let too_late = async |certificate| {
        let listener = Listener::bind(CALLBACK, false, certificate).await.unwrap();
        let error = listener.wait(expected(None), Duration::ZERO).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Timeout);
        error.message().to_owned()
    };
    let text = too_late(Source::Kept(home.kept())).await;
    assert!(
        text.contains(home.kept().to_str().unwrap()) && text.contains("https://127.0.0.1:"),
        "{text}"
    );
    let text = too_late(Source::Passing).await;
    assert!(text.contains("OAuthCallbackCert"), "{text}");
    let text = too_late(own(&home.kept(), &home.kept())).await;
    assert!(text.contains("OAuthCallbackCert '/"), "{text}");
}

#[tokio::test]
async fn a_kept_certificate_that_no_browser_would_take_is_made_anew() {
    let home = Home::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let of = |name: &str, until: i32| {
        let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        params.self_signed(&key).unwrap().pem()
    };
    let private = key.serialize_pem();
    let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
    for bad in [
        String::new(),
        "no PEM".to_owned(),
        of("localhost", 4000),
        format!("{}{private}", of("localhost", 2020)),
        format!("{}{private}", of("app.example", 4000)),
        format!("{}{other}", of("localhost", 4000)),
    ] {
        std::fs::write(home.kept(), &bad).unwrap();
        sign_in(Source::Kept(home.kept()), "localhost", &home.kept()).await;
        assert_ne!(std::fs::read_to_string(home.kept()).unwrap(), bad);
    }
    let good = format!("{}{private}", of("localhost", 4000));
    std::fs::write(home.kept(), &good).unwrap();
    sign_in(Source::Kept(home.kept()), "localhost", &home.kept()).await;
    assert_eq!(std::fs::read_to_string(home.kept()).unwrap(), good);
}

#[tokio::test]
async fn a_certificate_that_cannot_be_kept_is_used_once() {
    let home = Home::new();
    std::fs::write(home.path("file"), "").unwrap();
    let listener = Listener::bind(CALLBACK, false, Source::Kept(home.path("file/below")))
        .await
        .unwrap();
    let error = listener.wait(expected(None), Duration::ZERO).await.unwrap_err();
    assert!(error.message().contains("for this sign-in alone"), "{error}");
}

#[tokio::test]
async fn certificate_and_key_of_ones_own_are_used() {
    let home = Home::new();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (home.path("c.pem"), home.path("k.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    sign_in(own(&certificate, &key), "localhost", &certificate).await;
    let both = home.path("both.pem");
    std::fs::write(&both, made.cert.pem() + &made.signing_key.serialize_pem()).unwrap();
    sign_in(own(&both, &both), "localhost", &both).await;

    let empty = home.path("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let other = home.path("other.pem");
    std::fs::write(&other, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
    let missing = home.path("missing.pem");
    for (files, expected) in [
        (
            own(&missing, &key),
            format!("OAuthCallbackCert '{}' cannot be read", missing.display()),
        ),
        (
            own(&empty, &key),
            format!("OAuthCallbackCert '{}' holds no certificate", empty.display()),
        ),
        (
            own(&certificate, &missing),
            format!("OAuthCallbackKey '{}' cannot be read", missing.display()),
        ),
        (
            own(&certificate, &empty),
            format!("OAuthCallbackKey '{}' holds no private key", empty.display()),
        ),
        (
            own(&certificate, &other),
            format!("OAuthCallbackCert '{}' cannot be used", certificate.display()),
        ),
    ] {
        let error = Listener::bind(CALLBACK, false, files).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Property);
        assert!(error.message().starts_with(&expected), "{error}");
        assert!(error.message().contains("leave both out"), "{error}");
    }
}
