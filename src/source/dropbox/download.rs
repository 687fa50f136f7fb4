//! The bytes of one revision of a file, gone on with where a connection broke off.

use bytes::Bytes;
use futures::stream;
use reqwest::header::{CONTENT_ENCODING, CONTENT_RANGE};
use reqwest::{Response, StatusCode};
use tokio::time::sleep;

use crate::error::{Error, Kind, Result};
use crate::source::http::failure;
use crate::source::http::retry::Retry;
use crate::source::{ByteStream, Document};

use super::api::Api;

/// So much has to arrive for a connection to count as good again, which renews the patience with the next break.
const PROGRESS: u64 = 1 << 20;

/// Starts the download, so that what is refused is refused here.
pub(super) async fn open(api: &Api, document: &Document) -> Result<ByteStream> {
    let mut download = Download {
        api: api.clone(),
        document: document.clone(),
        offset: 0,
        unwanted: 0,
        retry: Retry::new(api.patience),
        last_break: 0,
        response: None,
    };
    if document.size > 0 {
        download.response = Some(download.request().await?);
    }
    Ok(Box::pin(stream::try_unfold(download, Download::next)))
}

struct Download {
    api: Api,
    document: Document,
    /// Bytes handed out.
    offset: u64,
    /// Bytes to come that were handed out before, because the server did not start where it was asked to.
    unwanted: u64,
    retry: Retry,
    /// Where the last connection broke off.
    last_break: u64,
    response: Option<Response>,
}

impl Download {
    /// The next bytes. The revision is pinned, so that what a second request brings belongs to what the first brought.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        loop {
            let mut response = match self.response.take() {
                Some(response) => response,
                None if self.offset == self.document.size => return Ok(None),
                None => self.request().await?,
            };
            let broken = match response.chunk().await {
                Ok(Some(chunk)) => {
                    self.response = Some(response);
                    let chunk = self.wanted(chunk)?;
                    if chunk.is_empty() {
                        continue;
                    }
                    return Ok(Some((chunk, self)));
                }
                // Everything came; how the connection ends does not matter.
                _ if self.offset == self.document.size => return Ok(None),
                Ok(None) => None,
                Err(error) => Some(error),
            };
            if self.offset - self.last_break >= PROGRESS {
                self.retry = Retry::new(self.api.patience);
            }
            self.last_break = self.offset;
            let Some(wait) = self.retry.after_failure() else {
                return Err(self.broken(broken));
            };
            tracing::info!(
                document = self.document.name,
                offset = self.offset,
                ?wait,
                "going on with a download"
            );
            sleep(wait).await;
        }
    }

    async fn request(&mut self) -> Result<Response> {
        let Document { name, revision, .. } = &self.document;
        let response = self
            .api
            .download(revision, self.offset, &mut self.retry)
            .await
            .map_err(|failure| failure.into_error(name))?;
        let encoding = response.headers().get(CONTENT_ENCODING).map(|value| value.as_bytes());
        if encoding.is_some_and(|encoding| encoding != b"identity") {
            return Err(self.unexpected("it is compressed, which was not asked for"));
        }
        self.unwanted = match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                let start = range_start(&response);
                if start != Some(self.offset) {
                    return Err(self.unexpected("it is not the part that was asked for"));
                }
                0
            }
            _ => self.offset,
        };
        Ok(response)
    }

    /// The part of a chunk that was not handed out before.
    fn wanted(&mut self, mut chunk: Bytes) -> Result<Bytes> {
        let again = usize::try_from(self.unwanted).map_or(chunk.len(), |unwanted| unwanted.min(chunk.len()));
        let chunk = chunk.split_off(again);
        self.unwanted -= length(again);
        self.offset += length(chunk.len());
        if self.offset > self.document.size {
            return Err(self.unexpected("it is longer than the file"));
        }
        Ok(chunk)
    }

    fn broken(&self, error: Option<reqwest::Error>) -> Error {
        let Document { name, size, .. } = &self.document;
        let error = error.map(failure::unreachable);
        let kind = error.as_ref().map_or(Kind::Unreachable, Error::kind);
        let why = error
            .as_ref()
            .map_or_else(|| "The connection was closed.".to_owned(), ToString::to_string);
        let message = format!(
            "The download of {name} broke off after {} of {size} bytes, repeatedly. {why}",
            self.offset
        );
        let broken = Error::new(kind, message);
        match error {
            Some(error) => broken.caused_by(error),
            None => broken,
        }
    }

    fn unexpected(&self, problem: &str) -> Error {
        let message = format!(
            "The answer to the download of {} cannot be used: {problem}. Check the endpoint properties and the proxy.",
            self.document.name
        );
        Error::new(Kind::Unreachable, message)
    }
}

/// The first byte of a part, from `Content-Range: bytes first-last/size`.
fn range_start(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
