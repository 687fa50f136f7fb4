//! The content of a document: what is kept of it, else what is downloaded, which is kept then.

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};

use crate::error::Result;
use crate::source::owned::Owned;
use crate::source::{ByteStream, Document};

use super::api::Api;
use super::download;
use super::kept::Kept;
use super::part::length;

/// How much is kept under one name.
const FRAME: u64 = 1 << 20;

/// Opens a document. One that is kept needs no request.
pub(super) async fn open(api: &Api, kept: &Kept, document: &Document) -> Result<ByteStream> {
    if document.size == 0 {
        return Ok(stream::empty().boxed());
    }
    if document.size <= FRAME && kept.keeps(document.size) {
        let work = whole(api.clone(), kept.clone(), document.clone());
        let bytes = Owned::begin(work).outcome().await?;
        return Ok(stream::iter([Ok(bytes)]).boxed());
    }
    let mut frames = Frames {
        api: api.clone(),
        kept: kept.clone(),
        document: document.clone(),
        offset: 0,
        download: None,
        frame: BytesMut::new(),
    };
    // What is refused is refused here.
    let first = frames.next().await?;
    let first = stream::iter(first.map(Ok));
    Ok(first.chain(stream::try_unfold(frames, Frames::following)).boxed())
}

/// A small document. Several who want it at once download it once.
async fn whole(api: Api, kept: Kept, document: Document) -> Result<Bytes> {
    let name = kept.name_of(&document, 0);
    let turn = kept.turn(name);
    let _turn = turn.lock().await;
    if let Some(bytes) = kept
        .find(name)
        .await
        .filter(|bytes| length(bytes.len()) == document.size)
    {
        return Ok(bytes);
    }
    if kept.is_offline() {
        return Err(kept.missing(&document.name));
    }
    let chunks: Vec<_> = download::open(&api, &document, 0).await?.try_collect().await?;
    let bytes = Bytes::from(chunks.concat());
    kept.keep(name, bytes.clone(), document.size).await;
    Ok(bytes)
}

/// A large document, from its first byte on.
struct Frames {
    api: Api,
    kept: Kept,
    document: Document,
    /// The next byte; the first of a frame until the download begins.
    offset: u64,
    /// What is not kept comes from here, with everything behind it.
    download: Option<ByteStream>,
    /// The frame that is being downloaded.
    frame: BytesMut,
}

impl Frames {
    async fn following(mut self) -> Result<Option<(Bytes, Self)>> {
        Ok(self.next().await?.map(|chunk| (chunk, self)))
    }

    async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.offset == self.document.size {
            return Ok(None);
        }
        if self.download.is_none() {
            if let Some(frame) = self.kept_frame().await {
                self.offset += length(frame.len());
                return Ok(Some(frame));
            }
            if self.kept.is_offline() {
                return Err(self.kept.missing(&self.document.name));
            }
            self.download = Some(download::open(&self.api, &self.document, self.offset).await?);
        }
        let Some(download) = &mut self.download else {
            return Ok(None);
        };
        let Some(chunk) = download.try_next().await? else {
            return Ok(None);
        };
        if self.kept.keeps(self.document.size) {
            self.keep(&chunk).await;
        }
        self.offset += length(chunk.len());
        Ok(Some(chunk))
    }

    /// How long the frame at the offset is.
    fn frame_length(&self, offset: u64) -> u64 {
        FRAME.min(self.document.size - offset)
    }

    async fn kept_frame(&mut self) -> Option<Bytes> {
        let frame = self
            .kept
            .find(self.kept.name_of(&self.document, self.offset / FRAME))
            .await?;
        (length(frame.len()) == self.frame_length(self.offset)).then_some(frame)
    }

    /// Keeps the frames that are whole with this chunk, which is the next.
    async fn keep(&mut self, chunk: &Bytes) {
        let mut begin = self.offset - length(self.frame.len());
        self.frame.extend_from_slice(chunk);
        while begin < self.document.size
            && let Ok(whole) = usize::try_from(self.frame_length(begin))
            && self.frame.len() >= whole
        {
            // A copy of its own, which holds no more memory than it is long.
            let frame = Bytes::copy_from_slice(&self.frame.split_to(whole));
            let name = self.kept.name_of(&self.document, begin / FRAME);
            self.kept.keep(name, frame, self.document.size).await;
            begin += length(whole);
        }
    }
}
