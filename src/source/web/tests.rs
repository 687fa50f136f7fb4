//! The web source against a server that answers as a test says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::io::Write;

use axum::body::Body;

use super::*;
use crate::secret::Secret;
use crate::source::Credentials;
use crate::source::http::{HttpOptions, client};
use crate::source::testing::{Call, Calls, Numbered, answer, serve};

fn bearing() -> Credentials {
    Credentials::Bearer(Numbered::start())
}

fn web(
    credentials: Credentials,
    path: &str,
    answer: impl FnMut(usize, &Call) -> axum::http::Response<Body> + Send + 'static,
) -> (Web, Calls) {
    let (port, calls) = serve(None, answer);
    let url = Url::parse(&format!("http://127.0.0.1:{port}{path}")).unwrap();
    let asker = asker(credentials, Extras::default());
    (Web::new(vec![url], "t".to_owned(), asker, None), calls)
}

/// One that does not wait long.
pub(super) fn asker(credentials: Credentials, extras: Extras) -> Asker {
    let mut asker = Asker::new(client(&HttpOptions::default()).unwrap(), credentials, extras).unwrap();
    asker.patience.first_wait = Duration::from_millis(1);
    asker.patience.longest_wait = Duration::from_millis(4);
    asker
}

fn json(_: usize, _: &Call) -> axum::http::Response<Body> {
    answer(200, "application/json", "[1]")
}

async fn refused(web: &Web) -> Error {
    web.list().await.unwrap_err()
}

pub(super) async fn read(web: &Web, document: &Document) -> Result<Vec<u8>> {
    let mut stream = web.open(document).await?.into_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[tokio::test]
async fn the_answer_that_tells_the_length_also_gives_the_first_reader_its_bytes() {
    let (web, calls) = web(Credentials::None, "/a.json?key=s3cret", |_, _| {
        let mut answer = answer(200, "application/json", "[1]");
        answer.headers_mut().insert("etag", "\"e1\"".parse().unwrap());
        let modified = "Sun, 09 Sep 2001 01:46:40 GMT".parse().unwrap();
        answer.headers_mut().insert("last-modified", modified);
        answer
    });
    let documents = web.list().await.unwrap().documents;
    assert_eq!((documents[0].size, documents[0].revision.as_str()), (3, "\"e1\""));
    assert_eq!(documents[0].modified.unwrap().timestamp(), 1_000_000_000);
    assert!(!documents[0].name.contains("s3cret"), "{}", documents[0].name);
    assert_eq!(read(&web, &documents[0]).await.unwrap(), b"[1]");
    assert_eq!(calls.lock().len(), 1);
    assert_eq!(read(&web, &documents[0]).await.unwrap(), b"[1]");
    let calls = calls.lock();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].uri.query(), Some("key=s3cret"));
    assert_eq!(calls[0].header("authorization"), None);
    assert_eq!(calls[0].header("accept-encoding"), Some("gzip, br, zstd"));
}

#[tokio::test]
async fn a_dead_token_is_renewed_once() {
    let (source, calls) = web(bearing(), "/a.json", |_, call| match call.header("authorization") {
        Some("Bearer token-2") => answer(200, "application/json", "[1]"),
        _ => answer(401, "application/json", "{}"),
    });
    source.list().await.unwrap();
    assert_eq!(calls.lock().len(), 2);

    let (source, calls) = web(bearing(), "/a.json", |_, _| answer(401, "text/plain", "no token-2"));
    let error = refused(&source).await;
    assert_eq!((error.kind(), calls.lock().len()), (Kind::SignIn, 2));
    assert!(
        error.message().contains("Sign in again") && !error.message().contains("token-"),
        "{error}"
    );
}

#[tokio::test]
async fn a_missing_scope_is_named_and_not_tried_again() {
    let (web, calls) = web(bearing(), "/a.json", |_, _| {
        let mut answer = answer(403, "application/json", "{}");
        let challenge = "Bearer realm=\"x\", error=\"insufficient_scope\", scope=\"files.read more\"";
        answer
            .headers_mut()
            .insert("www-authenticate", challenge.parse().unwrap());
        answer
    });
    let error = refused(&web).await;
    assert!(
        error.message().contains("files.read more") && error.message().contains("Scope"),
        "{error}"
    );
    assert_eq!(calls.lock().len(), 1);
}

#[tokio::test]
async fn name_and_password_go_with_every_request_and_are_named_when_refused() {
    let basic = Credentials::Basic {
        user: "ada".to_owned(),
        password: Secret::from("pa:ss"),
    };
    let (source, calls) = web(basic.clone(), "/a.json", json);
    source.list().await.unwrap();
    // base64("ada:pa:ss")
    assert_eq!(calls.lock()[0].header("authorization"), Some("Basic YWRhOnBhOnNz"));
    let (source, _) = web(basic, "/a.json", |_, _| answer(401, "text/plain", ""));
    let error = refused(&source).await;
    assert!(
        error.kind() == Kind::SignIn && error.message().contains("UID and PWD"),
        "{error}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (stranger, seen) = serve(None, json);
    let (web, _) = web(bearing(), "/a.json", move |_, _| {
        let mut answer = answer(302, "text/plain", "");
        let target = format!("http://localhost:{stranger}/a.json?t=1");
        answer.headers_mut().insert("location", target.parse().unwrap());
        answer
    });
    let error = refused(&web).await;
    assert!(
        error.message().contains(&format!("http://localhost:{stranger} ")),
        "{error}"
    );
    assert!(seen.lock().is_empty());
}

#[tokio::test]
async fn statuses_say_what_to_do() {
    for (status, kind, says) in [
        (404, Kind::TableNotFound, "does not exist"),
        (410, Kind::TableNotFound, "does not exist"),
        (403, Kind::SignIn, "refused access"),
        (503, Kind::Unreachable, "Try again later"),
        (418, Kind::DataSource, "HTTP 418: so it says"),
        (401, Kind::SignIn, "AuthScheme=Basic"),
    ] {
        let (web, _) = web(Credentials::None, "/a.json", move |_, _| {
            answer(status, "text/plain", "so\r\nit <b>says")
        });
        let error = refused(&web).await;
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_short_document() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/a.json", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,")
            .await
            .unwrap();
    });
    let asker = asker(Credentials::None, Extras::default());
    let web = Web::new(vec![Url::parse(&url).unwrap()], "t".to_owned(), asker, None);
    let documents = web.list().await.unwrap().documents;
    let error = read(&web, &documents[0]).await.unwrap_err();
    assert!(error.message().contains("broke off"), "{error}");
}

#[test]
fn a_challenge_is_read_with_and_without_quotes() {
    let challenge = "Bearer realm=\"a, b=c\", error=invalid_token, scope=\"x y\"";
    let parameter = |name| super::refusal::auth_parameter(challenge, name);
    assert_eq!(parameter("realm").as_deref(), Some("a, b=c"));
    assert_eq!(parameter("ERROR").as_deref(), Some("invalid_token"));
    assert_eq!(parameter("scope").as_deref(), Some("x y"));
    assert_eq!(parameter("nonce"), None);
}

#[tokio::test]
async fn what_is_compressed_on_its_way_is_decompressed_once() {
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let once = gzip(b"[1]");
    let twice = gzip(&once);
    for (encoding, body, expected) in [
        ("gzip", once.clone(), Some(b"[1]".to_vec())),
        ("GZip", once.clone(), Some(b"[1]".to_vec())),
        // The document itself is compressed: that is for whoever reads documents.
        ("gzip", twice, Some(once.clone())),
        ("identity", once.clone(), Some(once)),
        ("deflate", b"[1]".to_vec(), None),
    ] {
        let (web, _) = web(Credentials::None, "/a.json", move |_, _| {
            let mut answer = answer(200, "application/json", body.clone());
            answer
                .headers_mut()
                .insert("content-encoding", encoding.parse().unwrap());
            answer
        });
        let document = web.list().await.unwrap().documents.remove(0);
        match (read(&web, &document).await, expected) {
            (Ok(bytes), Some(expected)) => assert_eq!(bytes, expected, "{encoding}"),
            (Err(error), None) => assert!(error.message().contains("encoded as deflate"), "{error}"),
            (answer, _) => panic!("{encoding}: {answer:?}"),
        }
    }
}

#[tokio::test]
async fn each_of_several_documents_is_read_from_its_own_answer() {
    let (mut web, calls) = web(Credentials::None, "/b.json", |_, call| {
        answer(200, "application/json", format!("{:?}", call.uri.path()))
    });
    let other = web.urls[0].join("a.json").unwrap();
    web.urls.push(other);
    let documents = web.list().await.unwrap().documents;
    assert_eq!(documents.len(), 2);
    assert_eq!(read(&web, &documents[1]).await.unwrap(), b"\"/b.json\"");
    assert_eq!(read(&web, &documents[0]).await.unwrap(), b"\"/a.json\"");
    assert_eq!(calls.lock().len(), 2);
    assert_eq!(read(&web, &documents[0]).await.unwrap(), b"\"/a.json\"");
    assert_eq!(calls.lock().len(), 3);
}

#[tokio::test]
async fn headers_parameters_and_cookies_go_along_and_never_come_back() {
    let extras = || {
        let (headers, cookies) = (
            "X-Key: k-e-y-1|Accept: application/vnd.api+json",
            "a=k-e-y-2; b=k-e-y-3",
        );
        Extras::parse(
            Some(&headers.into()),
            Some(&"api=k-e-y-4".into()),
            Some(&cookies.into()),
        )
        .unwrap()
    };
    let (port, calls) = serve(None, |_, _| {
        answer(400, "text/plain", "not k-e-y-1, k-e-y-2, k-e-y-3, k-e-y-4 or k-e-y-5")
    });
    let url = Url::parse(&format!("http://127.0.0.1:{port}/a.json?own=k-e-y-5")).unwrap();
    let web = Web::new(vec![url], "t".to_owned(), asker(Credentials::None, extras()), None);
    let error = refused(&web).await;
    assert!(error.message().contains("not …, …, …, … or …"), "{error}");
    assert!(!format!("{web:?}").contains("k-e-y-1"));
    let calls = calls.lock();
    assert_eq!(calls[0].uri.query(), Some("own=k-e-y-5&api=k-e-y-4"));
    assert_eq!(calls[0].header("x-key"), Some("k-e-y-1"));
    assert_eq!(calls[0].header("accept"), Some("application/vnd.api+json"));
    assert_eq!(calls[0].header("cookie"), Some("a=k-e-y-2; b=k-e-y-3"));
}

#[test]
fn one_property_signs_in() {
    let http = client(&HttpOptions::default()).unwrap();
    let extras = Extras::parse(Some(&"Authorization: ApiKey s3cret".into()), None, None).unwrap();
    Asker::new(http.clone(), Credentials::None, extras.clone()).unwrap();
    let error = Asker::new(http, bearing(), extras).unwrap_err();
    assert!(
        error.message().contains("AuthScheme=None") && !error.message().contains("s3cret"),
        "{error}"
    );
}
