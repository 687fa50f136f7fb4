//! A token endpoint under the tests' control.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;

use super::authorize::Wishes;
use super::provider::Provider;
use super::settings::{Keys, Location};
use super::{Config, Initiate, Overrides, Prompting, Scheme};

/// The parameters of one request, and its `authorization` when it has such a header.
pub type Form = HashMap<String, String>;

type Answer = dyn Fn(&Form) -> Response + Send + Sync;

/// A server on a loopback port that answers every POST as its closure says and remembers the forms.
pub struct TokenServer {
    pub url: String,
    forms: Arc<Mutex<Vec<Form>>>,
    _task: tokio::task::JoinSet<()>,
}

impl TokenServer {
    pub async fn start(answer: impl Fn(&Form) -> Response + Send + Sync + 'static) -> Self {
        let answer: Arc<Answer> = Arc::new(answer);
        let forms = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&forms);
        let app = axum::Router::new().fallback(move |headers: HeaderMap, body: String| {
            let mut form: Form = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            if let Some(value) = headers.get(header::AUTHORIZATION) {
                form.insert("authorization".to_owned(), value.to_str().unwrap().to_owned());
            }
            let response = answer(&form);
            seen.lock().push(form);
            async move { response }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let mut task = tokio::task::JoinSet::new();
        task.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            url,
            forms,
            _task: task,
        }
    }

    pub fn requests(&self) -> usize {
        self.forms.lock().len()
    }

    pub fn form(&self, index: usize) -> Form {
        self.forms.lock().get(index).cloned().unwrap()
    }

    pub fn provider(&self) -> Provider {
        Provider {
            token_url: self.url.clone(),
            authorize_url: "https://as.test/authorize".to_owned(),
            embedded_client_id: None,
            ..dropbox()
        }
    }

    /// A configuration for this server whose tokens live in `location`.
    pub fn config(&self, initiate: Initiate, location: Location) -> Config {
        config(self.provider(), initiate, location)
    }
}

/// A configuration whose tokens live in `location`.
pub fn config(provider: Provider, initiate: Initiate, location: Location) -> Config {
    Config {
        provider,
        issuer: None,
        overrides: Overrides::default(),
        scheme: Scheme::Code,
        initiate,
        client_id: Some("key".to_owned()),
        client_secret: None,
        signer: None,
        user: None,
        password: None,
        callback_url: "http://localhost:33333".to_owned(),
        include_callback_url: true,
        callback_certificate: None,
        scope: None,
        wishes: Wishes::default(),
        resources: Vec::new(),
        token_params: Vec::new(),
        access_token: None,
        access_token_life: None,
        refresh_token: None,
        verifier: None,
        pkce_verifier: None,
        location,
        keys: Keys::default(),
        http: http(),
        login_deadline: Duration::from_secs(30),
        prompting: Prompting::Nobody,
    }
}

/// The row of Dropbox.
pub fn dropbox() -> Provider {
    Provider::named("Dropbox").unwrap()
}

/// A client as the driver makes it, without TLS, which loopback does not need.
pub fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

pub fn json(status: u16, body: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::HeaderName::from_static("x-dropbox-request-id"), "r1"),
    ];
    (StatusCode::from_u16(status).unwrap(), headers, body.to_owned()).into_response()
}

pub fn html(status: u16) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html")];
    (
        StatusCode::from_u16(status).unwrap(),
        headers,
        "<html><body>Bad gateway</body></html>",
    )
        .into_response()
}

/// A location in process memory that no other test uses.
pub fn memory() -> Location {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    Location::Memory(format!("test-{number}"))
}
