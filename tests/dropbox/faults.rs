//! Answers that a test wants to go wrong.

use std::collections::VecDeque;
use std::future::pending;
use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use futures::stream::{self, StreamExt};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::traffic::content_length_kept;

/// One wish, such as "the next two downloads are cut after 1000 bytes".
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// A path such as `/2/files/download`, or `*`.
    route: String,
    /// How many requests it hits.
    #[serde(default = "once")]
    times: u32,
    /// How many requests it lets pass first.
    #[serde(default)]
    skip: u32,
    kind: Kind,
    /// For `status`.
    #[serde(default, deserialize_with = "status_code")]
    status: Option<StatusCode>,
    /// For `status`: text is sent as plain text, anything else as JSON.
    body: Option<Value>,
    /// For `status`: seconds in `Retry-After`.
    retry_after: Option<u64>,
    /// For `truncate` and `stall`: how much of the body still arrives.
    after_bytes: Option<usize>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// Another answer; the request is not processed.
    Status,
    /// The connection closes without an answer; the request is not processed.
    Drop,
    /// The connection closes without an answer; the request *is* processed.
    Lose,
    /// The connection closes in the middle of the body.
    Truncate,
    /// Nothing more arrives, and the connection stays open.
    Stall,
}

fn once() -> u32 {
    1
}

fn status_code<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<StatusCode>, D::Error> {
    let Some(number) = Option::<u16>::deserialize(deserializer)? else {
        return Ok(None);
    };
    StatusCode::from_u16(number).map(Some).map_err(serde::de::Error::custom)
}

/// Faults that have not happened yet.
#[derive(Default)]
pub struct Faults(Mutex<VecDeque<Fault>>);

impl Faults {
    pub fn add(&self, fault: Fault) {
        self.0.lock().push_back(fault);
    }

    pub fn clear(&self) {
        self.0.lock().clear();
    }

    /// The oldest fault that is due on this route, used up by one.
    pub fn take(&self, route: &str) -> Option<Fault> {
        let mut faults = self.0.lock();
        let mut due = None;
        for (index, fault) in faults.iter_mut().enumerate() {
            if fault.route != "*" && fault.route != route {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.times = fault.times.saturating_sub(1);
            due = Some((index, fault.clone()));
            break;
        }
        let (index, fault) = due?;
        if fault.times == 0 {
            faults.remove(index);
        }
        Some(fault)
    }
}

impl Fault {
    /// The answer given in place of the real one, when the request is not to be processed at all.
    pub async fn instead(&self) -> Option<Response> {
        match self.kind {
            Kind::Status => Some(self.other_answer()),
            Kind::Drop => Some(no_answer()),
            Kind::Stall if self.after_bytes.is_none() => pending().await,
            Kind::Lose | Kind::Truncate | Kind::Stall => None,
        }
    }

    /// The real answer, damaged.
    pub fn damage(&self, answer: Response) -> Response {
        let arriving = self.after_bytes.unwrap_or_default();
        match self.kind {
            Kind::Lose => no_answer(),
            Kind::Truncate => content_length_kept(answer, |body| {
                let cut = stream::once(async {
                    // One turn of the event loop lets the bytes before the cut leave.
                    tokio::task::yield_now().await;
                    Err(axum::Error::new(cut()))
                });
                Body::from_stream(first_bytes(body, arriving).chain(cut))
            }),
            Kind::Stall => content_length_kept(answer, |body| {
                Body::from_stream(first_bytes(body, arriving).chain(stream::pending()))
            }),
            Kind::Status | Kind::Drop => answer,
        }
    }

    fn other_answer(&self) -> Response {
        let status = self.status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = self.body.clone().unwrap_or_else(|| match status {
            StatusCode::TOO_MANY_REQUESTS => json!({
                "error_summary": "too_many_requests/..",
                "error": {"reason": {".tag": "too_many_requests"}, "retry_after": self.retry_after.unwrap_or(1)},
            }),
            _ => Value::String(status.to_string()),
        });
        let (content_type, body) = match body {
            Value::String(text) => ("text/plain; charset=utf-8", text),
            json => ("application/json", json.to_string()),
        };
        let mut answer = Response::new(Body::from(body));
        *answer.status_mut() = status;
        answer
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}

/// A body that fails at once: the server closes the connection before it has sent the head.
fn no_answer() -> Response {
    Response::new(Body::from_stream(stream::once(async { Err::<Bytes, _>(cut()) })))
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "a fault was asked for")
}

fn first_bytes(body: Body, limit: usize) -> impl stream::Stream<Item = Result<Bytes, axum::Error>> {
    body.into_data_stream().scan(limit, |left, chunk| {
        let next = match chunk {
            Ok(_) if *left == 0 => None,
            Ok(mut bytes) => {
                bytes.truncate(*left);
                *left -= bytes.len();
                Some(Ok(bytes))
            }
            Err(error) => Some(Err(error)),
        };
        std::future::ready(next)
    })
}
