//! One document as a stream of record batches, in memory bounded by a few blocks of records.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem::take;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::error::DataFusionError;
use futures::future::{Either, select};
use futures::{Stream, TryStreamExt, stream};
use parking_lot::Mutex;
use tokio::task::JoinError;

use crate::error::{Error, Kind, Result};
use crate::json::path::JsonPath;
use crate::json::{Block, Decoder, Failure, Framer, UnknownColumns};
use crate::source::ahead::Ahead;
use crate::source::{ByteStream, Document};

use super::catalog::{DocumentTable, Documents};
use super::{errors, runtime};

/// How many bytes are decoded in one go, once the first rows are on their way.
const PIECE: usize = 1 << 20;
/// A batch ends early when its widest text column holds this much.
const WIDEST: usize = 8 << 20;
/// Documents that the warnings of one statement name.
const NAMED: usize = 5;

/// A document of a scan, and where its records are.
#[derive(Clone)]
pub(super) struct Cut {
    pub(super) document: Document,
    pub(super) path: JsonPath,
}

/// The reading of one document: its bytes are cut into blocks of records here, and several blocks are decoded at once.
pub(super) struct Scan {
    documents: Arc<Documents>,
    table: Arc<DocumentTable>,
    document: Document,
    /// What tells the keys of its rows from those of other documents.
    key_prefix: String,
    projection: Vec<usize>,
    batch_size: usize,
    /// The rest of the document; none at its end.
    bytes: Option<ByteStream>,
    framer: Framer,
    /// The blocks being decoded, in their order.
    decoding: VecDeque<SpawnedTask<Decoded>>,
    idle: Vec<Decoder>,
    /// Rows that may still be handed out.
    left: usize,
    ready: VecDeque<RecordBatch>,
    /// Records of the blocks that are cut.
    cut: u64,
    /// Records of the blocks that are decoded.
    records: u64,
    /// What ends the document before its time, once all rows before it are handed out.
    problem: Option<Error>,
    /// Whether a block has been cut.
    begun: bool,
    unknown: UnknownColumns,
    notes: Arc<Notes>,
}

/// What a scan waits for.
enum Event {
    Bytes(Result<Option<Bytes>>),
    Decoded(Box<Result<Decoded, JoinError>>),
}

/// A block that is decoded.
struct Decoded {
    decoder: Decoder,
    batches: Vec<RecordBatch>,
    records: u64,
    end: End,
}

/// What comes behind the batches of a block.
enum End {
    /// The next block, or a problem.
    Behind(Option<Error>),
    /// A record that cannot be decoded.
    Record {
        block: Block,
        index: usize,
        failure: Failure,
    },
}

impl Scan {
    pub(super) fn new(
        documents: Arc<Documents>,
        table: Arc<DocumentTable>,
        Cut { document, path }: Cut,
        projection: &[usize],
        batch_size: usize,
        limit: Option<usize>,
        notes: Arc<Notes>,
    ) -> Self {
        Self {
            framer: documents.framer(&document, &path),
            key_prefix: documents.key_prefix(&document),
            projection: projection.to_vec(),
            documents,
            table,
            document,
            batch_size,
            bytes: None,
            decoding: VecDeque::new(),
            idle: Vec::new(),
            left: limit.unwrap_or(usize::MAX),
            ready: VecDeque::new(),
            cut: 0,
            records: 0,
            problem: None,
            begun: false,
            unknown: UnknownColumns::default(),
            notes,
        }
    }

    /// Opens the document; its rows follow, in their order.
    pub(super) async fn batches(
        mut self,
        ahead: &Ahead,
    ) -> Result<impl Stream<Item = Result<RecordBatch, DataFusionError>> + Send + use<>, DataFusionError> {
        let opened = ahead.open(&self.document).await;
        self.bytes = Some(opened.map_err(errors::into_datafusion)?);
        Ok(stream::try_unfold(self, |mut scan| async move {
            let batch = scan.next().await.map_err(errors::into_datafusion)?;
            Ok(batch.map(|batch| (batch, scan)))
        }))
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        while self.left > 0 {
            if let Some(batch) = self.ready.pop_front() {
                let batch = batch.slice(0, batch.num_rows().min(self.left));
                self.left -= batch.num_rows();
                return Ok(Some(batch));
            }
            if !self.advance().await? {
                break;
            }
        }
        // Ends the request behind it.
        self.bytes = None;
        self.decoding.clear();
        Ok(None)
    }

    /// Waits for the next bytes or the next block, whichever comes first. False when there is nothing more.
    async fn advance(&mut self) -> Result<bool> {
        // Who wants a few rows only shall not wait for more, nor pay for them.
        let ahead = if self.is_short() { 0 } else { runtime::workers() };
        let is_full = self.decoding.len() > ahead;
        let event = match (self.bytes.as_mut().filter(|_| !is_full), self.decoding.front_mut()) {
            (None, None) => return self.end(),
            (Some(bytes), None) => Event::Bytes(bytes.try_next().await),
            (None, Some(task)) => Event::Decoded(Box::new(task.await)),
            (Some(bytes), Some(task)) => match select(task, pin!(bytes.try_next())).await {
                Either::Left((decoded, _)) => Event::Decoded(Box::new(decoded)),
                Either::Right((chunk, _)) => Event::Bytes(chunk),
            },
        };
        match event {
            Event::Bytes(chunk) => self.take(chunk),
            Event::Decoded(decoded) => {
                self.decoding.pop_front();
                self.receive((*decoded).map_err(lost)?);
            }
        }
        Ok(true)
    }

    /// Behind the last row that can be had: there is nothing more, or a problem.
    fn end(&mut self) -> Result<bool> {
        match self.problem.take() {
            Some(problem) if self.documents.skip(&self.document, &problem) => {
                self.notes.skip(&self.document, problem.message());
                Ok(false)
            }
            Some(problem) => Err(problem),
            None => Ok(false),
        }
    }

    /// Takes the next bytes, the end of the document, or the failure to get there.
    fn take(&mut self, chunk: Result<Option<Bytes>>) {
        let block = match chunk {
            Ok(Some(chunk)) => {
                self.framer.add(&chunk);
                // The first rows do not wait for a whole piece.
                let piece = if self.is_short() { 0 } else { PIECE };
                if self.begun && self.framer.waiting() < piece {
                    return;
                }
                self.framer.block()
            }
            Ok(None) => {
                self.bytes = None;
                self.framer.finish()
            }
            Err(error) => {
                self.bytes = None;
                let mut block = self.framer.block();
                block.problem.get_or_insert(error);
                block
            }
        };
        if block.problem.is_some() {
            self.bytes = None;
        }
        if block.is_empty() {
            // Behind the rows of the blocks that are being decoded.
            self.problem = block.problem;
            return;
        }
        self.begun = true;
        let mut decoder = self
            .idle
            .pop()
            .unwrap_or_else(|| Decoder::new(&self.table.found.schema, &self.projection));
        decoder.begin(self.cut + 1, &self.key_prefix);
        self.cut += block.len();
        let batch_size = self.batch_size;
        self.decoding
            .push_back(SpawnedTask::spawn(async move { decode(block, decoder, batch_size) }));
    }

    /// Whether the rows that are wanted may all be in one batch.
    fn is_short(&self) -> bool {
        self.left <= self.batch_size
    }

    /// Takes a block that is decoded.
    fn receive(&mut self, decoded: Decoded) {
        let Decoded {
            mut decoder,
            batches,
            records,
            end,
        } = decoded;
        self.records += records;
        self.ready.extend(batches);
        self.unknown.merge(decoder.take_unknown());
        self.idle.push(decoder);
        // Now and not only at the end: who has the last batch may never ask for more.
        self.notes.note(&self.document, &self.unknown);
        let problem = match end {
            End::Behind(problem) => problem,
            End::Record { block, index, failure } => {
                Some(failure.of(&self.document.name, self.records + 1, &block, index))
            }
        };
        if problem.is_some() {
            self.problem = problem;
            self.bytes = None;
            self.decoding.clear();
        }
    }
}

/// Decodes a block; what is wrong comes behind the rows before it.
fn decode(mut block: Block, mut decoder: Decoder, batch_size: usize) -> Decoded {
    let mut batches = Vec::new();
    let filled = fill(&block, &mut decoder, batch_size, &mut batches);
    let flushed = decoder.flush().map(|batch| {
        if batch.num_rows() > 0 {
            batches.push(batch);
        }
    });
    let records = match filled {
        Err(Unfilled::Record(index, _)) => u64::try_from(index).unwrap_or(u64::MAX),
        _ => block.len(),
    };
    let end = match (filled, flushed) {
        (Err(Unfilled::Broken(error)), _) | (_, Err(error)) => End::Behind(Some(error)),
        (Err(Unfilled::Record(index, failure)), Ok(())) => End::Record { block, index, failure },
        (Ok(()), Ok(())) => End::Behind(block.problem.take()),
    };
    Decoded {
        decoder,
        batches,
        records,
        end,
    }
}

/// Why a block is not decoded to its end.
enum Unfilled {
    /// The record with this index.
    Record(usize, Failure),
    /// A batch that cannot be made.
    Broken(Error),
}

fn fill(block: &Block, decoder: &mut Decoder, size: usize, batches: &mut Vec<RecordBatch>) -> Result<(), Unfilled> {
    for (index, record) in block.records().enumerate() {
        decoder
            .push(record)
            .map_err(|failure| Unfilled::Record(index, failure))?;
        if decoder.len() >= size || decoder.text_bytes() >= WIDEST {
            batches.push(decoder.flush().map_err(Unfilled::Broken)?);
        }
    }
    Ok(())
}

fn lost(error: JoinError) -> Error {
    Error::new(Kind::Internal, "The decoding of a document ended before its time").caused_by(error)
}

/// What the scans of one statement found worth telling.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// What the listing had to tell, until it is told.
    listing: Mutex<Vec<String>>,
    /// The members without a column, by document.
    unknown: Mutex<BTreeMap<String, Vec<String>>>,
    /// What is wrong with the documents that were skipped, by document, until it is told.
    skipped: Mutex<BTreeMap<String, String>>,
}

impl Notes {
    /// Of a scan of these documents.
    pub(super) fn of(documents: &Documents) -> Self {
        Self {
            listing: Mutex::new(documents.warnings.clone()),
            ..Self::default()
        }
    }

    fn note(&self, document: &Document, unknown: &UnknownColumns) {
        if unknown.values > 0 {
            self.unknown.lock().insert(document.name.clone(), unknown.names.clone());
        }
    }

    /// Notes that a document was skipped, wholly or from a problem on.
    pub(super) fn skip(&self, document: &Document, problem: &str) {
        self.skipped.lock().insert(document.name.clone(), problem.to_owned());
    }

    /// The members without a column, as warnings.
    fn unknown(&self) -> Vec<Error> {
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

/// What the scans of one statement have to tell, as warnings.
pub(super) fn warnings(notes: &[Arc<Notes>]) -> Vec<Error> {
    // A statement that scans a table twice tells of its listing once.
    let listing: BTreeSet<_> = notes
        .iter()
        .flat_map(|notes| take(&mut *notes.listing.lock()))
        .collect();
    let listing = listing.into_iter().map(|text| Error::new(Kind::Warning, text));
    let unknown = notes.iter().flat_map(|notes| notes.unknown());
    listing.chain(unknown).chain(skipped(notes)).collect()
}

/// The documents that were skipped since this was asked last, as one warning.
pub(super) fn skipped(notes: &[Arc<Notes>]) -> Option<Error> {
    let mut skipped = BTreeMap::new();
    for notes in notes {
        skipped.append(&mut notes.skipped.lock());
    }
    let documents = match skipped.len() {
        0 => return None,
        1 => "1 document that cannot be read as JSON was".to_owned(),
        count => format!("{count} documents that cannot be read as JSON were"),
    };
    let problems: Vec<_> = skipped.into_values().take(NAMED).collect();
    let text = format!(
        "{documents} skipped, from its problem on where rows of it came before; sys_files lists what was skipped: {}",
        problems.join(" ")
    );
    Some(Error::new(Kind::Warning, text))
}
