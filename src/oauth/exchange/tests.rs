//! The token endpoint: what is sent, and what is made of every kind of answer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::answer::{Head, read};
use super::*;
use crate::oauth::provider::ClientAuth;
use crate::oauth::testing::{TokenServer, dropbox, html, http, json};

fn head(status: u16, content_type: &str) -> Head {
    Head {
        status,
        request_id: Some("r1".to_owned()),
        content_type: content_type.to_owned(),
    }
}

/// A public client of this server.
fn endpoint<'a>(http: &'a reqwest::Client, provider: &'a Provider) -> Endpoint<'a> {
    Endpoint {
        http,
        provider,
        client_id: Some("key"),
        client_secret: None,
        client_assertion: None,
        params: &[],
        resources: &[],
    }
}

fn read_json(status: u16, body: &str) -> Result<Tokens, ExchangeError> {
    read(
        &head(status, "application/json"),
        Some(body.as_bytes()),
        &Provider {
            dead_errors: vec!["expired_refresh".to_owned()],
            ..Provider::default()
        },
        &["s3cret/+"],
    )
}

#[test]
fn every_spelling_of_an_answer_is_understood() {
    let tokens = read_json(
        200,
        r#"{"access_token":"a","token_type":"bearer","expires_in":14400,"scope":"x y","uid":"7"}"#,
    )
    .unwrap();
    assert_eq!((tokens.expires_in, tokens.scope.as_deref()), (Some(14400), Some("x y")));
    assert!(tokens.refresh_token.is_none());

    let tokens = read_json(
        200,
        r#"{"access_token":"a","refresh_token":"r","expires_in":"3599","scope":["x","y"]}"#,
    )
    .unwrap();
    assert_eq!((tokens.expires_in, tokens.scope.as_deref()), (Some(3599), Some("x y")));
    assert_eq!(tokens.refresh_token.unwrap().expose(), "r");

    let tokens = read_json(
        201,
        r#"{"access_token":"a","expires_in":12.5,"token_type":"BEARER","refresh_token":""}"#,
    )
    .unwrap();
    assert_eq!(tokens.expires_in, Some(12));
    assert!(tokens.refresh_token.is_none());

    for unknown in ["null", "\"soon\"", "-1", "0", "1e300"] {
        let body = format!(r#"{{"access_token":"a","expires_in":{unknown}}}"#);
        assert_eq!(read_json(200, &body).unwrap().expires_in, None, "{unknown}");
    }

    let form = b"access_token=a&scope=x+y&token_type=bearer&expires_in=60";
    let tokens = read(&head(200, "text/plain"), Some(form), &Provider::default(), &[]).unwrap();
    assert_eq!((tokens.expires_in, tokens.scope.as_deref()), (Some(60), Some("x y")));
}

#[test]
fn an_unknown_token_type_is_refused() {
    let error = read_json(200, r#"{"access_token":"a","token_type":"mac"}"#).unwrap_err();
    assert!(matches!(&error, ExchangeError::Unusable(_)), "{error:?}");
    assert!(error.to_string().contains("'mac'"), "{error}");
}

#[test]
fn only_invalid_grant_and_its_synonyms_condemn_a_token() {
    let dead = r#"{"error":"invalid_grant","error_description":"refresh token is invalid or revoked"}"#;
    let error = read_json(400, dead).unwrap_err();
    assert!(matches!(&error, ExchangeError::InvalidGrant(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "invalid_grant: refresh token is invalid or revoked (HTTP 400, request r1)"
    );

    assert!(
        matches!(read_json(200, dead), Err(ExchangeError::InvalidGrant(_))),
        "an error counts whatever the status"
    );
    assert!(matches!(
        read_json(400, r#"{"error":"expired_refresh"}"#),
        Err(ExchangeError::InvalidGrant(_))
    ));
    assert!(
        matches!(read_json(503, dead), Err(ExchangeError::Unavailable(_))),
        "a broken server condemns nothing"
    );
    assert!(matches!(read_json(429, dead), Err(ExchangeError::Unavailable(_))));
    assert!(matches!(
        read_json(400, r#"{"error":"invalid_client"}"#),
        Err(ExchangeError::InvalidClient(_))
    ));
    assert!(matches!(
        read_json(401, r#"{"error":"invalid_scope"}"#),
        Err(ExchangeError::Refused(_))
    ));
    assert!(matches!(
        read_json(400, r#"{"error":"temporarily_unavailable"}"#),
        Err(ExchangeError::Unavailable(_))
    ));
    assert!(matches!(read_json(400, "{}"), Err(ExchangeError::Unusable(_))));
    assert!(matches!(read_json(200, "{}"), Err(ExchangeError::Unusable(_))));
    assert!(matches!(
        read_json(400, "error=invalid_grant"),
        Err(ExchangeError::InvalidGrant(_))
    ));
}

#[test]
fn web_pages_long_bodies_and_redirects_are_named_for_what_they_are() {
    let page = b"<html><script>alert(1)</script>";
    let error = read(
        &head(502, "text/html; charset=utf-8"),
        Some(page),
        &Provider::default(),
        &[],
    )
    .unwrap_err();
    assert!(matches!(&error, ExchangeError::Unavailable(_)), "{error:?}");
    assert!(
        error.to_string().contains("web page") && !error.to_string().contains("alert"),
        "{error}"
    );
    assert!(
        read(&head(200, ""), None, &Provider::default(), &[])
            .unwrap_err()
            .to_string()
            .contains("too long")
    );
    assert!(
        read(&head(302, ""), Some(b""), &Provider::default(), &[])
            .unwrap_err()
            .to_string()
            .contains("redirect")
    );
    let error = read(
        &head(400, "text/plain"),
        Some(b"no\r\nsuch app"),
        &Provider::default(),
        &[],
    )
    .unwrap_err();
    assert!(error.to_string().contains("no such app"), "{error}");
    let error = read(&head(200, "text/plain"), Some(b"sl.token"), &Provider::default(), &[]).unwrap_err();
    assert!(!error.to_string().contains("sl.token"), "{error}");
}

#[test]
fn what_the_server_says_is_one_clean_line_without_secrets() {
    let body = r#"{"error":"x<b>y</b>","error_description":"bad\r\nSet-Cookie: a\u0007\u202e code s3cret/+ and s3cret%2F%2B <img src=x>"}"#;
    let text = read_json(400, body).unwrap_err().to_string();
    assert_eq!(text, "xy: bad Set-Cookie: a code … and … (HTTP 400, request r1)");
    assert!(clean(&"long ".repeat(1000), &[]).chars().count() <= 301);
}

#[tokio::test]
async fn a_code_is_sent_with_its_callback_and_verifier_and_a_secret_only_when_there_is_one() {
    let server = TokenServer::start(|_| json(200, r#"{"access_token":"a","refresh_token":"r","expires_in":60}"#)).await;
    let (http, provider) = (http(), server.provider());
    let (code, verifier, secret) = (Secret::from("c&=+ "), Secret::from("v"), Secret::from("s:%+/"));
    let endpoint = endpoint(&http, &provider);
    let grant = Grant::AuthorizationCode {
        code: &code,
        redirect_uri: "http://localhost:33333",
        pkce_verifier: Some(&verifier),
    };
    endpoint.exchange(grant).await.unwrap();
    let form = server.form(0);
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["code"], "c&=+ ");
    assert_eq!(form["redirect_uri"], "http://localhost:33333");
    assert_eq!(form["code_verifier"], "v");
    assert_eq!(form["client_id"], "key");
    assert!(!form.contains_key("client_secret"));

    let endpoint = Endpoint {
        client_secret: Some(&secret),
        ..endpoint
    };
    let grant = Grant::AuthorizationCode {
        code: &code,
        redirect_uri: "",
        pkce_verifier: None,
    };
    endpoint.exchange(grant).await.unwrap();
    let form = server.form(1);
    assert_eq!(form["client_secret"], "s:%+/");
    assert!(!form.contains_key("redirect_uri") && !form.contains_key("code_verifier"));
}

#[tokio::test]
async fn the_request_id_of_the_server_reaches_the_message() {
    let server = TokenServer::start(|_| {
        json(
            400,
            r#"{"error":"invalid_grant","error_description":"t0k was revoked"}"#,
        )
    })
    .await;
    let (http, provider, token) = (http(), server.provider(), Secret::from("t0k"));
    let endpoint = endpoint(&http, &provider);
    let error = endpoint.exchange(Grant::RefreshToken(&token)).await.unwrap_err();
    assert_eq!(error.to_string(), "invalid_grant: … was revoked (HTTP 400, request r1)");
}

#[tokio::test]
async fn a_ten_megabyte_answer_is_not_read() {
    let server = TokenServer::start(|_| json(200, &" ".repeat(10 << 20))).await;
    let (http, provider, token) = (http(), server.provider(), Secret::from("t"));
    let endpoint = endpoint(&http, &provider);
    let error = endpoint.exchange(Grant::RefreshToken(&token)).await.unwrap_err();
    assert!(error.to_string().contains("too long"), "{error}");
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_sent_once_more() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut heads = Vec::new();
        for answer in [
            "",
            "HTTP/1.1 200 OK\r\nContent-Length: 20\r\nConnection: close\r\n\r\n{\"access_token\":\"a\"}",
        ] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 4096];
            let length = stream.read(&mut buffer).await.unwrap();
            heads.push(length);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        heads.len()
    });
    let (http, token) = (http(), Secret::from("t"));
    let provider = Provider {
        token_url: url,
        ..dropbox()
    };
    let endpoint = endpoint(&http, &provider);
    assert_eq!(
        endpoint
            .exchange(Grant::RefreshToken(&token))
            .await
            .unwrap()
            .access_token
            .expose(),
        "a"
    );
    assert_eq!(server.await.unwrap(), 2);
}

#[tokio::test]
async fn nobody_listening_is_unreachable_and_not_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token?secret=x", listener.local_addr().unwrap());
    drop(listener);
    let (http, token) = (http(), Secret::from("t"));
    let provider = Provider {
        token_url: url,
        ..dropbox()
    };
    let endpoint = endpoint(&http, &provider);
    let error = endpoint.exchange(Grant::RefreshToken(&token)).await.unwrap_err();
    assert!(
        matches!(&error, ExchangeError::Unreachable { sent: false, .. }),
        "{error:?}"
    );
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn a_web_page_from_a_gateway_is_temporary() {
    let server = TokenServer::start(|_| html(502)).await;
    let (http, provider, token) = (http(), server.provider(), Secret::from("t"));
    let endpoint = endpoint(&http, &provider);
    let error = endpoint.exchange(Grant::RefreshToken(&token)).await.unwrap_err();
    assert!(matches!(&error, ExchangeError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn basic_sends_both_parts_form_encoded_and_nothing_of_them_in_the_body() {
    let server = TokenServer::start(|_| json(200, r#"{"access_token":"a"}"#)).await;
    let (http, secret, token) = (http(), Secret::from("s:%+/ é"), Secret::from("t"));
    let asked = async |client_auth, client_secret: Option<&Secret>| {
        let provider = Provider {
            client_auth,
            ..server.provider()
        };
        let endpoint = Endpoint {
            client_id: Some("my key:1"),
            client_secret,
            ..endpoint(&http, &provider)
        };
        endpoint.exchange(Grant::RefreshToken(&token)).await.unwrap();
        server.form(server.requests() - 1)
    };
    let form = asked(ClientAuth::Basic, Some(&secret)).await;
    // base64("my+key%3A1:s%3A%25%2B%2F+%C3%A9")
    assert_eq!(
        form["authorization"],
        "Basic bXkra2V5JTNBMTpzJTNBJTI1JTJCJTJGKyVDMyVBOQ=="
    );
    assert!(!form.contains_key("client_id") && !form.contains_key("client_secret"));
    // A public client has no proof, and only names itself; but some servers want the header all the same.
    let form = asked(ClientAuth::Basic, None).await;
    assert_eq!(form["client_id"], "my key:1");
    assert!(!form.contains_key("authorization"));
    assert_eq!(
        asked(ClientAuth::BasicAlways, None).await["authorization"],
        "Basic bXkra2V5JTNBMTo="
    );
}

#[tokio::test]
async fn a_server_that_wants_json_gets_json() {
    let server = TokenServer::start(|_| json(200, r#"{"access_token":"a"}"#)).await;
    let (http, token) = (http(), Secret::from("t\"x"));
    let provider = Provider {
        token_body: TokenBody::Json,
        ..server.provider()
    };
    let endpoint = endpoint(&http, &provider);
    endpoint.exchange(Grant::RefreshToken(&token)).await.unwrap();
    // The test server reads bodies as forms: the whole JSON text is one name without a value.
    let form = server.form(0);
    let body = form.keys().next().unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"grant_type": "refresh_token", "refresh_token": "t\"x", "client_id": "key"})
    );
}

#[test]
fn tokens_below_the_top_are_found_and_what_the_row_wants_is_kept() {
    let row = Provider {
        token_path: Some("authed_user".to_owned()),
        captured: vec!["instance_url".to_owned()],
        scope_separator: crate::oauth::provider::ScopeSeparator::Comma,
        ..Provider::default()
    };
    let read = |body: &str| read(&head(200, "application/json"), Some(body.as_bytes()), &row, &[]).unwrap();
    let tokens = read(
        r#"{"ok":true,"authed_user":{"access_token":"u","scope":"a,b"},"instance_url":"https://eu.test","other":1}"#,
    );
    assert_eq!(tokens.access_token.expose(), "u");
    assert_eq!(tokens.scope.as_deref(), Some("a b"));
    assert_eq!(tokens.captured["instance_url"], "https://eu.test");
    assert_eq!(tokens.captured.len(), 1);
    let top = read(r#"{"access_token":"bot","authed_user":{"id":"U1"}}"#);
    assert_eq!(top.access_token.expose(), "bot");
}
