//! The file that a shared link leads to, read again from its start where a connection broke off.

use bytes::Bytes;
use futures::stream;
use tokio::time::sleep;

use crate::error::{Error, Kind, Result};
use crate::source::http::failure;
use crate::source::http::retry::Retry;
use crate::source::{ByteStream, Document};

use super::super::api::{Answer, Api};
use super::super::part::{broken_off, length, pass_over, unexpected};
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
        answer: None,
    };
    download.answer = Some(download.request().await?);
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
    answer: Option<Answer>,
}

impl Download {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        loop {
            let mut answer = match self.answer.take() {
                Some(answer) => answer,
                None => self.request().await?,
            };
            let broken = match answer.response.chunk().await {
                Ok(Some(chunk)) => {
                    self.answer = Some(answer);
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
                return Err(broken_off(&self.document, self.offset, broken));
            };
            tracing::info!(
                document = self.document.name,
                offset = self.offset,
                ?wait,
                "reading a link again"
            );
            drop(answer);
            sleep(wait).await;
        }
    }

    /// A link leads to the file as it is now, which has to be the one that was listed and that bytes were handed out of.
    async fn request(&mut self) -> Result<Answer> {
        let Document { name, revision, .. } = &self.document;
        let answer = self
            .api
            .shared_file(&self.shared, &mut self.retry)
            .await
            .map_err(|failure| failure.into_error(name))?;
        let result = answer.response.headers().get("Dropbox-API-Result");
        let metadata = result.and_then(|result| serde_json::from_slice::<Metadata>(result.as_bytes()).ok());
        if metadata.and_then(|metadata| metadata.rev).as_ref() != Some(revision) {
            let text = format!("{name} has changed since it was listed. Run the statement again.");
            return Err(Error::new(Kind::Unreachable, text));
        }
        self.unwanted = self.offset;
        Ok(answer)
    }

    /// The part of a chunk that was not handed out before.
    fn wanted(&mut self, mut chunk: Bytes) -> Result<Bytes> {
        pass_over(&mut chunk, &mut self.unwanted);
        self.offset += length(chunk.len());
        if self.offset > self.document.size {
            return Err(unexpected(&self.document, "it is longer than the file"));
        }
        Ok(chunk)
    }
}
