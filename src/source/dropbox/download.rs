//! The bytes of one revision of a file, in their order: of a small one by one request, of a large one by several at once.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::error::{Error, Kind, Result};
use crate::source::{ByteStream, Document};

use super::api::Api;
use super::part;

/// A file of up to this size comes by one request.
const WHOLE: u64 = 1 << 20;
/// The first part of a larger one. Those who want only a look at it, to find its columns, want no more.
const FIRST: u64 = 512 << 10;
/// Each part is twice as long as the one before, up to this.
const LONGEST: u64 = 4 << 20;
/// Parts that are under way at once, or wait in memory to be read.
const AT_ONCE: usize = 4;

/// Starts the download from a byte on, so that what is refused is refused here. Dropping the stream ends its requests.
pub(super) async fn open(api: &Api, document: &Document, from: u64) -> Result<ByteStream> {
    let mut download = Download {
        api: api.clone(),
        document: Arc::new(document.clone()),
        parts: VecDeque::new(),
        planned: from,
        begun: 0,
        read: 0,
        next: from,
    };
    let first = download.chunk().await?;
    Ok(Box::pin(stream::try_unfold(
        (first, download),
        |(chunk, mut download)| async move {
            let chunk = match chunk {
                Some(chunk) => Some(chunk),
                None => download.chunk().await?,
            };
            Ok(chunk.map(|chunk| (chunk, (None, download))))
        },
    )))
}

struct Download {
    api: Api,
    document: Arc<Document>,
    /// The parts that are under way, each as far as it came.
    parts: VecDeque<UnboundedReceiver<Result<Bytes>>>,
    /// The first byte of no part yet.
    planned: u64,
    /// Parts that were started.
    begun: u32,
    /// Parts that were read to their end.
    read: usize,
    /// The next byte that is handed out.
    next: u64,
}

impl Download {
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        loop {
            self.plan();
            let Some(part) = self.parts.front_mut() else {
                return self.end();
            };
            match part.recv().await {
                Some(chunk) => {
                    let chunk = chunk?;
                    self.next += part::length(chunk.len());
                    return Ok(Some(chunk));
                }
                None => {
                    self.parts.pop_front();
                    self.read += 1;
                }
            }
        }
    }

    /// Starts the parts whose time has come: more and more of them for a reader who goes on.
    fn plan(&mut self) {
        let size = self.document.size;
        while self.planned < size && self.parts.len() < AT_ONCE.min(self.read + 1) {
            let length = match size <= WHOLE {
                true => size - self.planned,
                false => (FIRST << self.begun.min(16)).min(LONGEST),
            };
            let end = size.min(self.planned + length);
            self.parts
                .push_back(part::start(&self.api, &self.document, self.planned..end));
            self.planned = end;
            self.begun += 1;
        }
    }

    fn end(&self) -> Result<Option<Bytes>> {
        if self.next == self.document.size {
            return Ok(None);
        }
        let text = format!("The download of {} ended before its time.", self.document.name);
        Err(Error::new(Kind::Internal, text))
    }
}
