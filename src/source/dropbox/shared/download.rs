//! The file that a shared link leads to, read again from its start where a connection broke off.

use bytes::Bytes;
use futures::stream;
use reqwest::Response;
use tokio::time::sleep;

use crate::error::{Error, Kind, Result};
use crate::source::http::failure;
use crate::source::http::retry::Retry;
use crate::source::{ByteStream, Document};

use super::super::api::Api;
use super::{Metadata, Shared};

/// Starts the download, so that what is refused is refused here.
pub(super) async fn open(api: &Api, shared: Shared, document: &Document) -> Result<ByteStream> {
    let mut download = Download {
        api: api.clone(),
        shared,
        document: document.clone(),
        offset: 0,
        unwanted: 0,
        retry: Retry::new(api.patience),
        response: None,
    };
    download.response = Some(download.request().await?);
    Ok(Box::pin(stream::try_unfold(download, Download::next)))
}

struct Download {
    api: Api,
    shared: Shared,
    document: Document,
    /// Bytes handed out.
    offset: u64,
    /// Bytes to come that were handed out before: nothing promises that a link can be read from a byte on.
    unwanted: u64,
    retry: Retry,
    response: Option<Response>,
}

impl Download {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        loop {
            let mut response = match self.response.take() {
                Some(response) => response,
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
                Err(error) => Some(failure::unreachable(error)),
            };
            let Some(wait) = self.retry.after_failure() else {
                return Err(self.broken(broken));
            };
            tracing::info!(
                document = self.document.name,
                offset = self.offset,
                ?wait,
                "reading a link again"
            );
            sleep(wait).await;
        }
    }

    /// A link leads to the file as it is now, which has to be the one that was listed and that bytes were handed out of.
    async fn request(&mut self) -> Result<Response> {
        let Document { name, revision, .. } = &self.document;
        let response = self
            .api
            .shared_file(&self.shared, &mut self.retry)
            .await
            .map_err(|failure| failure.into_error(name))?;
        let result = response.headers().get("Dropbox-API-Result");
        let metadata = result.and_then(|result| serde_json::from_slice::<Metadata>(result.as_bytes()).ok());
        if metadata.and_then(|metadata| metadata.rev).as_ref() != Some(revision) {
            let text = format!("{name} has changed since it was listed. Run the statement again.");
            return Err(Error::new(Kind::Unreachable, text));
        }
        self.unwanted = self.offset;
        Ok(response)
    }

    /// The part of a chunk that was not handed out before.
    fn wanted(&mut self, mut chunk: Bytes) -> Result<Bytes> {
        let again = usize::try_from(self.unwanted).map_or(chunk.len(), |unwanted| unwanted.min(chunk.len()));
        let chunk = chunk.split_off(again);
        self.unwanted -= length(again);
        self.offset += length(chunk.len());
        if self.offset > self.document.size {
            let text = format!(
                "The answer to the download of {} cannot be used: it is longer than the file. Check the endpoint properties \
                 and the proxy.",
                self.document.name
            );
            return Err(Error::new(Kind::Unreachable, text));
        }
        Ok(chunk)
    }

    fn broken(&self, cause: Option<Error>) -> Error {
        let Document { name, size, .. } = &self.document;
        let begin = format!(
            "The download of {name} broke off after {} of {size} bytes, repeatedly.",
            self.offset
        );
        match cause {
            Some(cause) => Error::new(cause.kind(), format!("{begin} {cause}")).caused_by(cause),
            None => Error::new(Kind::Unreachable, format!("{begin} The connection was closed.")),
        }
    }
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
