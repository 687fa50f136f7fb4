//! A server on loopback that answers as a test says and remembers what it was asked.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response, Uri};
use axum_server::tls_rustls::RustlsConfig;
use parking_lot::Mutex;

use crate::error::Result;
use crate::oauth::AccessToken;
use crate::secret::Secret;

use super::Tokens;

/// Hands out `token-1`, and the next number each time one was rejected.
#[derive(Debug)]
pub(super) struct Numbered {
    number: Mutex<u32>,
    account: String,
}

impl Numbered {
    pub fn start() -> Arc<Self> {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        Self::of(&format!("account {}", STARTED.fetch_add(1, Ordering::Relaxed)))
    }

    /// The tokens of an account that has a name.
    pub fn of(account: &str) -> Arc<Self> {
        Arc::new(Self {
            number: Mutex::new(1),
            account: account.to_owned(),
        })
    }

    /// Of the token that is good now.
    pub fn number(&self) -> u32 {
        *self.number.lock()
    }
}

#[async_trait]
impl Tokens for Numbered {
    async fn access_token(&self) -> Result<AccessToken> {
        Ok(AccessToken(Secret::new(format!("token-{}", *self.number.lock()))))
    }

    async fn account(&self) -> Result<String> {
        Ok(self.account.clone())
    }

    async fn renew(&self, rejected: &AccessToken) -> Result<AccessToken> {
        assert_eq!(*rejected, self.access_token().await?);
        *self.number.lock() += 1;
        self.access_token().await
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: String,
}

impl Call {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

pub(super) type Calls = Arc<Mutex<Vec<Call>>>;

/// Starts a server that answers each call with `answer`, given its number from 0. Answers its port and what it was asked.
pub(super) fn serve(
    tls: Option<RustlsConfig>,
    answer: impl FnMut(usize, &Call) -> Response<Body> + Send + 'static,
) -> (u16, Calls) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let calls = Calls::default();
    let seen = calls.clone();
    let answer = Arc::new(Mutex::new(answer));
    let app = Router::new().fallback(move |request: Request<Body>| {
        let (seen, answer) = (seen.clone(), answer.clone());
        async move {
            let (head, body) = request.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap();
            let call = Call {
                uri: head.uri,
                headers: head.headers,
                body: String::from_utf8(body.to_vec()).unwrap(),
            };
            let number = {
                let mut seen = seen.lock();
                seen.push(call.clone());
                seen.len() - 1
            };
            let mut answer = answer.lock();
            answer(number, &call)
        }
    });
    match tls {
        Some(tls) => {
            let server = axum_server::from_tcp_rustls(listener, tls).unwrap();
            tokio::spawn(server.serve(app.into_make_service()));
        }
        None => {
            let server = axum_server::from_tcp(listener).unwrap();
            tokio::spawn(server.serve(app.into_make_service()));
        }
    }
    (port, calls)
}

/// An answer of a status, content type and body.
pub(super) fn answer(status: u16, content_type: &str, body: impl Into<Body>) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body.into())
        .unwrap()
}
