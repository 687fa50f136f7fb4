//! One document as a stream of record batches, in memory bounded by a batch and a record.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::DataFusionError;
use futures::{Stream, TryStreamExt, stream};
use parking_lot::Mutex;

use crate::error::{Error, Kind, Result};
use crate::json::{Decoder, Framer};
use crate::source::{ByteStream, Document};

use super::catalog::Documents;
use super::errors;

/// The most bytes decoded before the scan yields to others.
const PIECE: usize = 256 * 1024;
/// A batch ends early when its widest text column holds this much.
const WIDEST: usize = 8 << 20;
/// Documents that the warnings of one statement name.
const NAMED: usize = 5;

/// The reading of one document.
pub(super) struct Scan {
    documents: Arc<Documents>,
    document: Document,
    bytes: Option<ByteStream>,
    /// The part of the last chunk that is not decoded yet.
    piece: Bytes,
    framer: Framer,
    decoder: Decoder,
    batch_size: usize,
    /// Rows that may still be decoded.
    left: usize,
    ready: VecDeque<RecordBatch>,
    /// Whether a batch has been handed out.
    begun: bool,
    ended: bool,
    notes: Arc<Notes>,
}

impl Scan {
    pub(super) fn new(
        documents: Arc<Documents>,
        document: Document,
        projection: &[usize],
        batch_size: usize,
        limit: Option<usize>,
        notes: Arc<Notes>,
    ) -> Self {
        Self {
            framer: Framer::new(&document.name),
            decoder: Decoder::new(&documents.schema, projection, &document.name),
            documents,
            document,
            bytes: None,
            piece: Bytes::new(),
            batch_size,
            left: limit.unwrap_or(usize::MAX),
            ready: VecDeque::new(),
            begun: false,
            ended: false,
            notes,
        }
    }

    /// Opens the document; its rows follow, in their order.
    pub(super) async fn batches(
        mut self,
    ) -> Result<impl Stream<Item = Result<RecordBatch, DataFusionError>> + Send + 'static, DataFusionError> {
        let opened = self.documents.source.open(&self.document).await;
        self.bytes = Some(opened.map_err(errors::into_datafusion)?);
        Ok(stream::try_unfold(self, |mut scan| async move {
            let batch = scan.next().await.map_err(errors::into_datafusion)?;
            Ok(batch.map(|batch| (batch, scan)))
        }))
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        while self.ready.is_empty() && !self.ended {
            let piece = self.next_piece().await?;
            self.decode(piece)?;
        }
        self.begun = true;
        Ok(self.ready.pop_front())
    }

    /// The next bytes; none at the end of the document.
    async fn next_piece(&mut self) -> Result<Option<Bytes>> {
        while self.piece.is_empty() {
            let Some(bytes) = &mut self.bytes else {
                return Ok(None);
            };
            match bytes.try_next().await? {
                Some(chunk) => self.piece = chunk,
                None => self.bytes = None,
            }
        }
        let length = self.piece.len().min(PIECE);
        Ok(Some(self.piece.split_to(length)))
    }

    fn decode(&mut self, piece: Option<Bytes>) -> Result<()> {
        let Self {
            framer,
            decoder,
            batch_size,
            left,
            ready,
            ..
        } = self;
        let mut record = |bytes: &[u8]| {
            if *left == 0 {
                return Ok(false);
            }
            decoder.push(bytes)?;
            *left -= 1;
            if decoder.len() >= *batch_size || decoder.text_bytes() >= WIDEST {
                ready.push_back(decoder.flush()?);
            }
            Ok(*left > 0)
        };
        let more = match piece {
            Some(piece) => framer.push(&piece, &mut record)?,
            None => {
                framer.finish(&mut record)?;
                false
            }
        };
        // The first rows do not wait for a whole batch.
        let first = !self.begun && self.ready.is_empty();
        if (first || !more) && !self.decoder.is_empty() {
            self.ready.push_back(self.decoder.flush()?);
        }
        if !more {
            self.ended = true;
            // Ends the request behind it.
            self.bytes = None;
            self.piece = Bytes::new();
        }
        // Now and not only at the end: who has the last batch may never ask for more.
        self.notes.note(&self.document, &self.decoder);
        Ok(())
    }
}

/// What the scans of one statement found worth telling.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The members without a column, by document.
    unknown: Mutex<BTreeMap<String, Vec<String>>>,
}

impl Notes {
    fn note(&self, document: &Document, decoder: &Decoder) {
        let unknown = decoder.unknown_columns();
        if unknown.values > 0 {
            self.unknown.lock().insert(document.name.clone(), unknown.names.clone());
        }
    }

    /// As warnings.
    pub(super) fn warnings(&self) -> Vec<Error> {
        let unknown = self.unknown.lock();
        let named = unknown.iter().take(NAMED).map(|(document, members)| {
            format!(
                "{document} has members that no sampled record has, so they are no columns: {}; raise RowScanDepth, or \
                 set it to 0 to look at every record",
                members.join(", ")
            )
        });
        let more = unknown.len().saturating_sub(NAMED);
        let rest = (more > 0).then(|| format!("{more} more documents have members that are no columns"));
        named.chain(rest).map(|text| Error::new(Kind::Warning, text)).collect()
    }
}
