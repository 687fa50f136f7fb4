//! Compressed documents, told by their first bytes whatever their names are, as what they hold.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Buf, Bytes};
use futures::{StreamExt, TryStreamExt, stream};
use lzma_rust2::XzReader;
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Kind, Result};

use super::spool::Spool;
use super::{ByteStream, Content, Document, Listing, Source};

/// How much is decompressed at a time.
const CHUNK: usize = 256 * 1024;

/// How many bytes tell how a document is compressed.
const TELLING: usize = 6;

/// The most that the window of an xz document may take, in KiB; zstd has the same limit by itself. A document could ask
/// for 4 GiB with a few bytes.
const XZ_MEMORY: u32 = 128 * 1024;

/// The documents of a source, decompressed where they are compressed.
#[derive(Debug)]
pub struct Decompressed(pub Arc<dyn Source>);

#[async_trait]
impl Source for Decompressed {
    fn table_name(&self) -> String {
        self.0.table_name()
    }

    async fn list(&self) -> Result<Listing> {
        self.0.list().await
    }

    async fn recall(&self, what: &str) -> Option<Bytes> {
        self.0.recall(what).await
    }

    async fn remember(&self, what: &str, bytes: Bytes) {
        self.0.remember(what, bytes).await;
    }

    fn spool(&self) -> Option<Arc<Spool>> {
        self.0.spool()
    }

    fn at_once(&self) -> usize {
        self.0.at_once()
    }

    async fn open(&self, document: &Document) -> Result<Content> {
        let mut bytes = match self.0.open(document).await? {
            Content::Arriving(bytes) => bytes,
            Content::OnDisk(file) => {
                let told = spawn_blocking(move || Ok((file.beginning(TELLING)?, file)));
                let (start, file) = told.await.map_err(super::file::lost)??;
                return Ok(match Compression::of(&start) {
                    None => Content::OnDisk(file),
                    Some(compression) => {
                        Content::Arriving(decompress(compression, document.name.clone(), file.into_stream()))
                    }
                });
            }
        };
        let mut start = Bytes::new();
        while start.len() < TELLING {
            let Some(chunk) = bytes.try_next().await? else { break };
            start = if start.is_empty() {
                chunk
            } else {
                [start, chunk].concat().into()
            };
        }
        let compression = Compression::of(&start);
        let whole = stream::iter([Ok(start)]).chain(bytes).boxed();
        Ok(Content::Arriving(match compression {
            None => whole,
            Some(compression) => decompress(compression, document.name.clone(), whole),
        }))
    }
}

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// bzip2.
    Bzip2,
    /// The format of xz-utils.
    Xz,
    /// RFC 7932: it has no first bytes of its own, and is only ever named by `Content-Encoding`.
    Brotli,
}

impl Compression {
    /// How a document that starts so is compressed; no JSON starts with any of these bytes.
    fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1F, 0x8B, ..] => Some(Self::Gzip),
            // A frame, or a skippable frame before one.
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ => None,
        }
    }

    /// The `Accept-Encoding` of what [`Self::of_encoding`] knows.
    pub(super) const ENCODINGS: &str = "gzip, br, zstd";

    /// What a `Content-Encoding` in lower case names.
    pub(super) fn of_encoding(encoding: &str) -> Option<Self> {
        match encoding {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Its name as people know it.
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Brotli => "brotli",
        }
    }

    /// What decompresses `input`, which some of them read from at once; members and frames that follow one another are one document.
    fn decoder(self, input: Input) -> io::Result<Decoder> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(input)?),
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
            Self::Xz => Box::new(XzReader::new_mem_limit(input, true, XZ_MEMORY)),
            Self::Brotli => Box::new(brotli_decompressor::Decompressor::new(input, CHUNK)),
        })
    }
}

/// What `bytes` hold, in memory bounded by a few chunks; `name` is the document's, for errors.
pub(super) fn decompress(compression: Compression, name: String, bytes: ByteStream) -> ByteStream {
    let stopped = CancellationToken::new();
    let broken = Arc::new(Mutex::new(None));
    let input = Input {
        bytes,
        chunk: Bytes::new(),
        runtime: Handle::current(),
        stopped: stopped.clone(),
        broken: broken.clone(),
    };
    let damaged = move |error: io::Error| match broken.lock().take() {
        Some(broken) => broken,
        None => damaged(compression, &name, error),
    };
    // The next chunk is decompressed while the last one is used; no thread waits for a reader that is slow. The guard
    // stops a thread that waits for bytes which nobody wants any more.
    let first = spawn_blocking(move || next_chunk(compression.decoder(input)?));
    let state = (first, stopped.drop_guard(), damaged);
    Box::pin(stream::try_unfold(state, |(pending, guard, damaged)| async {
        let (decoder, chunk) = pending.await.map_err(lost)?.map_err(&damaged)?;
        Ok((!chunk.is_empty()).then(|| (chunk, (spawn_blocking(|| next_chunk(decoder)), guard, damaged))))
    }))
}

type Decoder = Box<dyn Read + Send>;

fn next_chunk(mut decoder: Decoder) -> io::Result<(Decoder, Bytes)> {
    let mut chunk = Vec::with_capacity(CHUNK);
    decoder.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
    Ok((decoder, chunk.into()))
}

/// Compressed bytes for a decoder, which runs on a thread that may wait.
struct Input {
    bytes: ByteStream,
    chunk: Bytes,
    runtime: Handle,
    stopped: CancellationToken,
    /// Why the bytes do not go on. Decoders do not all hand on the error they were given.
    broken: Arc<Mutex<Option<Error>>>,
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.chunk.is_empty() {
            let (bytes, stopped) = (&mut self.bytes, &self.stopped);
            let next = self.runtime.block_on(async {
                tokio::select! {
                    next = bytes.try_next() => next,
                    () = stopped.cancelled() => Ok(None),
                }
            });
            match next {
                Ok(Some(chunk)) => self.chunk = chunk,
                Ok(None) => break,
                Err(error) => {
                    *self.broken.lock() = Some(error);
                    return Err(io::Error::other("the compressed bytes broke off"));
                }
            }
        }
        Ok(&self.chunk)
    }

    fn consume(&mut self, count: usize) {
        self.chunk.advance(count);
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

fn damaged(compression: Compression, name: &str, error: io::Error) -> Error {
    let format = compression.name();
    let message = match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            format!("{name} is cut off: its {format} data end too early. Put the whole file there, and run it again.")
        }
        _ => format!(
            "{name} cannot be decompressed: its {format} data are damaged, or need too much memory ({error}). Make the file \
             anew, and run it again."
        ),
    };
    Error::new(Kind::Document, message).caused_by(error)
}

/// The runtime is going away, or the decompressing thread broke.
fn lost(error: tokio::task::JoinError) -> Error {
    Error::new(Kind::Internal, "Decompressing a document was interrupted.").caused_by(error)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
