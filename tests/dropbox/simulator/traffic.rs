//! What happens to every request on its way: counted, made to fail, held back.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::Response;
use futures::stream::{self, StreamExt};
use parking_lot::Mutex;
use tokio::time::{Instant, sleep_until};

use crate::random;
use crate::simulator::Shared;

/// The middleware around all routes but those of the control endpoint.
pub async fn shape(State(simulator): State<Shared>, request: Request, next: Next) -> Response {
    let route = route_name(request.uri().path()).to_owned();
    simulator.counts.add(&route);
    let fault = simulator.faults.take(&route);
    if fault.is_some() {
        simulator.counts.add("faults_applied");
    }

    let instead = match &fault {
        Some(fault) => fault.instead().await,
        None => None,
    };
    let mut answer = match instead {
        Some(answer) => answer,
        None => next.run(request).await,
    };

    let settings = simulator.settings();
    if settings.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(settings.latency_ms)).await;
    }
    if let Some(fault) = fault {
        answer = fault.damage(answer);
    }
    if let Some(rate) = settings.bandwidth_bytes_per_s {
        answer = content_length_kept(answer, |body| throttled(body, rate.max(1)));
    }
    if let Some(rate) = settings.line_bytes_per_s {
        let simulator = simulator.clone();
        answer = content_length_kept(answer, |body| simulator.line.carry(body, rate.max(1)));
    }
    if let Ok(id) = HeaderValue::try_from(random::hex::<16>()) {
        answer.headers_mut().insert("x-dropbox-request-id", id);
    }
    answer
}

/// A temporary link's path holds its secret, which counts and faults have no use for.
fn route_name(path: &str) -> &str {
    if path.starts_with("/temporary/") {
        "/temporary"
    } else {
        path
    }
}

/// Replaces the body and still announces the length of the original, as a server does that fails half-way.
pub fn content_length_kept(answer: Response, change: impl FnOnce(Body) -> Body) -> Response {
    let length = answer.body().size_hint().exact();
    let mut answer = answer.map(change);
    if let Some(length) = length {
        answer
            .headers_mut()
            .entry(CONTENT_LENGTH)
            .or_insert(HeaderValue::from(length));
    }
    answer
}

/// A line that the bodies of all answers share.
#[derive(Clone, Default)]
pub struct Line {
    /// When what was put on it has passed.
    free: Arc<Mutex<Option<Instant>>>,
}

impl Line {
    /// A frame; answers take turns with them.
    const FRAME: usize = 16 << 10;

    fn carry(&self, body: Body, bytes_per_second: u64) -> Body {
        let line = self.clone();
        let frames = body
            .into_data_stream()
            .flat_map(move |chunk| stream::iter(split(chunk, Self::FRAME)));
        Body::from_stream(frames.then(move |frame| {
            let line = line.clone();
            async move {
                if let Ok(bytes) = &frame {
                    sleep_until(line.passed(bytes.len(), bytes_per_second)).await;
                }
                frame
            }
        }))
    }

    /// When a frame that is put on the line now has passed.
    fn passed(&self, bytes: usize, bytes_per_second: u64) -> Instant {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let takes = Duration::from_nanos(bytes.saturating_mul(1_000_000_000) / bytes_per_second);
        let now = Instant::now();
        let mut free = self.free.lock();
        let passed = free.map_or(now, |free| free.max(now)) + takes;
        *free = Some(passed);
        passed
    }
}

fn throttled(body: Body, bytes_per_second: u64) -> Body {
    // Twenty pieces a second are smooth enough, and rare enough to cost nothing.
    let piece = usize::try_from(bytes_per_second / 20).unwrap_or(usize::MAX).max(1);
    let pieces = body
        .into_data_stream()
        .flat_map(move |chunk| stream::iter(split(chunk, piece)));
    Body::from_stream(pieces.then(move |piece| async move {
        if let Ok(bytes) = &piece {
            let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let nanoseconds = bytes.saturating_mul(1_000_000_000) / bytes_per_second;
            tokio::time::sleep(Duration::from_nanos(nanoseconds)).await;
        }
        piece
    }))
}

fn split(chunk: Result<Bytes, axum::Error>, piece: usize) -> Vec<Result<Bytes, axum::Error>> {
    match chunk {
        Ok(mut rest) => {
            let mut pieces = Vec::new();
            while rest.len() > piece {
                pieces.push(Ok(rest.split_to(piece)));
            }
            pieces.push(Ok(rest));
            pieces
        }
        Err(error) => vec![Err(error)],
    }
}
