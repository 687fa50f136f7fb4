//! A part of one revision of a file, gone on with where a connection broke off.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_RANGE};
use reqwest::{Response, StatusCode};
use tokio::select;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;

use crate::error::{Error, Kind, Result};
use crate::source::Document;
use crate::source::http::failure;
use crate::source::http::retry::Retry;

use super::api::{Answer, Api};

/// So much has to arrive for a connection to count as good again, which renews the patience with the next break.
const PROGRESS: u64 = 1 << 20;

/// Starts to fetch these bytes of a document. They wait in memory until they are read, so that the request never waits for
/// a slow reader; dropping the receiver ends it.
pub(super) fn start(api: &Api, document: &Arc<Document>, range: Range<u64>) -> UnboundedReceiver<Result<Bytes>> {
    let part = Part {
        api: api.clone(),
        document: document.clone(),
        offset: range.start,
        end: range.end,
        unwanted: 0,
        is_of_more: false,
        retry: Retry::new(api.patience),
        last_break: range.start,
        answer: None,
    };
    let (chunks, received) = unbounded_channel();
    tokio::spawn(async move {
        select! {
            () = part.run(&chunks) => {}
            () = chunks.closed() => {}
        }
    });
    received
}

struct Part {
    api: Api,
    document: Arc<Document>,
    /// The next byte.
    offset: u64,
    /// The first byte behind the part.
    end: u64,
    /// Bytes to come that were handed out before, because the server did not start where it was asked to.
    unwanted: u64,
    /// Whether the server sends what is behind the part as well.
    is_of_more: bool,
    retry: Retry,
    /// Where the last connection broke off.
    last_break: u64,
    answer: Option<Answer>,
}

impl Part {
    async fn run(mut self, chunks: &UnboundedSender<Result<Bytes>>) {
        while let Some(chunk) = self.next().await.transpose() {
            let goes_on = chunk.is_ok();
            // A reader who has gone is noticed by who runs this.
            if chunks.send(chunk).is_err() || !goes_on {
                return;
            }
        }
    }

    /// The next bytes. The revision is pinned, so that what a second request brings belongs to what the first brought.
    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let mut answer = match self.answer.take() {
                Some(_) if self.offset == self.end && self.is_of_more => return Ok(None),
                Some(answer) => answer,
                None if self.offset == self.end => return Ok(None),
                None => self.request().await?,
            };
            let broken = match answer.response.chunk().await {
                Ok(Some(chunk)) => {
                    self.answer = Some(answer);
                    let chunk = self.wanted(chunk)?;
                    if chunk.is_empty() {
                        continue;
                    }
                    return Ok(Some(chunk));
                }
                // Everything came; how the connection ends does not matter.
                _ if self.offset == self.end => return Ok(None),
                Ok(None) => None,
                Err(error) => Some(error),
            };
            if self.offset - self.last_break >= PROGRESS {
                self.retry = Retry::new(self.api.patience);
            }
            self.last_break = self.offset;
            let Some(wait) = self.retry.after_failure() else {
                return Err(broken_off(
                    &self.document,
                    self.offset,
                    broken.map(failure::unreachable),
                ));
            };
            tracing::info!(
                document = self.document.name,
                offset = self.offset,
                ?wait,
                "going on with a download"
            );
            drop(answer);
            sleep(wait).await;
        }
    }

    async fn request(&mut self) -> Result<Answer> {
        let answer = self
            .api
            .download(&self.document, self.offset..self.end, &mut self.retry)
            .await
            .map_err(|failure| failure.into_error(&self.document.name))?;
        let response = &answer.response;
        let encoding = response.headers().get(CONTENT_ENCODING).map(|value| value.as_bytes());
        if encoding.is_some_and(|encoding| encoding != b"identity") {
            return Err(self.unexpected("it is compressed, which was not asked for"));
        }
        self.is_of_more = response.status() != StatusCode::PARTIAL_CONTENT && self.end < self.document.size;
        self.unwanted = match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                let start = range_start(response);
                if start != Some(self.offset) {
                    return Err(self.unexpected("it is not the part that was asked for"));
                }
                0
            }
            _ => self.offset,
        };
        Ok(answer)
    }

    /// The part of a chunk that was not handed out before.
    fn wanted(&mut self, mut chunk: Bytes) -> Result<Bytes> {
        pass_over(&mut chunk, &mut self.unwanted);
        let left = self.end - self.offset;
        if length(chunk.len()) > left {
            if !self.is_of_more {
                return Err(self.unexpected("it is longer than the file"));
            }
            chunk.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        }
        self.offset += length(chunk.len());
        Ok(chunk)
    }

    fn unexpected(&self, problem: &str) -> Error {
        unexpected(&self.document, problem)
    }
}

/// Takes from the beginning of a chunk what was handed out before, of which there is so much to come.
pub(super) fn pass_over(chunk: &mut Bytes, unwanted: &mut u64) {
    let again = usize::try_from(*unwanted).map_or(chunk.len(), |unwanted| unwanted.min(chunk.len()));
    drop(chunk.split_to(again));
    *unwanted -= length(again);
}

/// The error for a download that cannot be gone on with any more.
pub(super) fn broken_off(document: &Document, offset: u64, cause: Option<Error>) -> Error {
    let Document { name, size, .. } = document;
    let begin = format!("The download of {name} broke off after {offset} of {size} bytes, repeatedly.");
    match cause {
        Some(cause) => Error::new(cause.kind(), format!("{begin} {cause}")).caused_by(cause),
        None => Error::new(Kind::Unreachable, format!("{begin} The connection was closed.")),
    }
}

/// The error for an answer that is not what was asked for.
pub(super) fn unexpected(document: &Document, problem: &str) -> Error {
    let message = format!(
        "The answer to the download of {} cannot be used: {problem}. Check the endpoint properties and the proxy.",
        document.name
    );
    Error::new(Kind::Unreachable, message)
}

/// The first byte of a part, from `Content-Range: bytes first-last/size`.
fn range_start(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}

pub(super) fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
