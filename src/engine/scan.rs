//! One document as a stream of record batches, in memory bounded by a few blocks of records.

mod blocks;
mod notes;

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::error::DataFusionError;
use futures::future::{Either, select};
use futures::{Stream, stream};
use tokio::task::JoinError;

use crate::error::{Error, Kind, Result};
use crate::json::path::JsonPath;
use crate::json::{Block, Decoder, Failure, UnknownColumns};
use crate::source::ahead::Ahead;
use crate::source::{Content, Document};

use super::documents::{DocumentTable, Documents};
use super::{errors, runtime};

use blocks::Blocks;
pub(super) use notes::{Notes, skipped, warnings};

/// A batch ends early when its widest text column holds this much.
const WIDEST: usize = 8 << 20;

/// A document of a scan, and where its records are.
#[derive(Clone)]
pub(super) struct Cut {
    pub(super) document: Document,
    pub(super) path: JsonPath,
}

/// The reading of one document: it comes in blocks of records, of which several are decoded at once.
pub(super) struct Scan {
    documents: Arc<Documents>,
    table: Arc<DocumentTable>,
    cut: Cut,
    /// What tells the keys of its rows from those of other documents.
    key_prefix: String,
    projection: Vec<usize>,
    batch_size: usize,
    /// The rest of the document.
    blocks: Blocks,
    /// The blocks being decoded, in their order.
    decoding: VecDeque<SpawnedTask<Decoded>>,
    idle: Vec<Decoder>,
    /// Rows that may still be handed out.
    left: usize,
    ready: VecDeque<RecordBatch>,
    /// Records of the blocks that have come.
    come: u64,
    /// Records of the blocks that are decoded.
    records: u64,
    /// What ends the document before its time, once all rows before it are handed out.
    problem: Option<Error>,
    unknown: UnknownColumns,
    notes: Arc<Notes>,
}

/// What a scan waits for.
enum Event {
    Block(Option<Block>),
    Decoded(Box<Result<Decoded, JoinError>>),
}

/// A block that is decoded.
struct Decoded {
    decoder: Decoder,
    batches: Vec<RecordBatch>,
    records: u64,
    end: End,
    /// The memory of the block, where it is needed no longer.
    spare: Option<Vec<u8>>,
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
        cut: Cut,
        projection: &[usize],
        batch_size: usize,
        limit: Option<usize>,
        notes: Arc<Notes>,
    ) -> Self {
        Self {
            key_prefix: documents.key_prefix(&cut.document),
            projection: projection.to_vec(),
            documents,
            table,
            cut,
            batch_size,
            blocks: Blocks::ended(),
            decoding: VecDeque::new(),
            idle: Vec::new(),
            left: limit.unwrap_or(usize::MAX),
            ready: VecDeque::new(),
            come: 0,
            records: 0,
            problem: None,
            unknown: UnknownColumns::default(),
            notes,
        }
    }

    /// Opens the document; its rows follow, in their order.
    pub(super) async fn batches(
        mut self,
        ahead: &Ahead,
    ) -> Result<impl Stream<Item = Result<RecordBatch, DataFusionError>> + Send + use<>, DataFusionError> {
        self.notes.counters.files.fetch_add(1, Ordering::Relaxed);
        let opened = open(&self.documents, &self.cut, ahead).await;
        self.blocks = opened.map_err(errors::into_datafusion)?;
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
        self.stop();
        Ok(None)
    }

    /// Waits for the next block to come or to be decoded, whichever is first. False when there is nothing more.
    async fn advance(&mut self) -> Result<bool> {
        // Who wants a few rows only shall not wait for more, nor pay for them.
        let in_haste = self.is_short();
        let ahead = if in_haste { 0 } else { runtime::workers() };
        let has_room = self.decoding.len() <= ahead && !self.blocks.are_over();
        let event = match self.decoding.front_mut() {
            None if !has_room => return self.end(),
            None => Event::Block(self.blocks.next(in_haste).await),
            Some(task) if !has_room => Event::Decoded(Box::new(task.await)),
            Some(task) => match select(task, pin!(self.blocks.next(in_haste))).await {
                Either::Left((decoded, _)) => Event::Decoded(Box::new(decoded)),
                Either::Right((block, _)) => Event::Block(block),
            },
        };
        match event {
            Event::Block(Some(block)) => self.decode(block).await,
            Event::Block(None) => {}
            Event::Decoded(decoded) => {
                self.decoding.pop_front();
                self.receive((*decoded).map_err(lost)?);
            }
        }
        Ok(true)
    }

    /// Ends the request behind the document, and what is being decoded.
    fn stop(&mut self) {
        self.blocks = Blocks::ended();
        self.decoding.clear();
    }

    /// Behind the last row that can be had: there is nothing more, or a problem.
    fn end(&mut self) -> Result<bool> {
        match self.problem.take() {
            Some(problem) if self.documents.skip(&self.cut.document, &problem) => {
                self.notes.skip(&self.cut.document, problem.message());
                Ok(false)
            }
            Some(problem) => Err(problem),
            None => Ok(false),
        }
    }

    /// Takes the next block, which is decoded while others come.
    async fn decode(&mut self, block: Block) {
        let length = u64::try_from(block.size()).unwrap_or(u64::MAX);
        self.notes.counters.bytes.fetch_add(length, Ordering::Relaxed);
        if block.is_empty() {
            // Behind the rows of the blocks that are being decoded.
            self.problem = block.problem;
            return;
        }
        let columns = match self.blocks.columns().await {
            Ok(columns) => columns,
            Err(problem) => {
                self.blocks = Blocks::ended();
                self.problem = block.problem.or(Some(problem));
                return;
            }
        };
        let mut decoder = self
            .idle
            .pop()
            .unwrap_or_else(|| Decoder::new(&self.table.found.schema, &self.projection));
        decoder.begin(self.come + 1, &self.key_prefix);
        if let Some(columns) = &columns {
            decoder.list(columns);
        }
        self.come += block.len();
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
            spare,
        } = decoded;
        self.records += records;
        self.notes.counters.rows.fetch_add(records, Ordering::Relaxed);
        self.ready.extend(batches);
        self.unknown.merge(decoder.take_unknown());
        self.idle.push(decoder);
        spare.into_iter().for_each(|memory| self.blocks.reuse(memory));
        // Now and not only at the end: who has the last batch may never ask for more. Who wrote a schema file has left out
        // what it does not name.
        if !self.table.found.schema.is_pinned() {
            self.notes.note(&self.cut.document, &self.unknown);
        }
        let problem = match end {
            End::Behind(problem) => problem,
            End::Record { block, index, failure } => {
                Some(failure.of(&self.cut.document.name, self.records + 1, &block, index))
            }
        };
        if problem.is_some() {
            self.problem = problem;
            self.stop();
        }
    }
}

async fn open(documents: &Documents, Cut { document, path }: &Cut, ahead: &Ahead) -> Result<Blocks> {
    let framer = documents.framer(document, path);
    Ok(match (ahead.open(document).await?, documents.list(document)) {
        (content, Some(list)) => Blocks::of_listed(content.into_stream(), framer, list),
        (Content::OnDisk(file), None) => Blocks::on_disk(file, framer),
        (Content::Arriving(bytes), None) => Blocks::arriving(bytes, framer),
    })
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
    let (end, spare) = match (filled, flushed) {
        (Err(Unfilled::Broken(error)), _) | (_, Err(error)) => (End::Behind(Some(error)), None),
        (Err(Unfilled::Record(index, failure)), Ok(())) => (End::Record { block, index, failure }, None),
        (Ok(()), Ok(())) => (End::Behind(block.problem.take()), Some(block.into_memory())),
    };
    Decoded {
        decoder,
        batches,
        records,
        end,
        spare,
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
    // One look at all bytes is quicker than one at each record, but only that says where they are not text.
    match block.texts() {
        Some(records) => push_all(records, Decoder::push_text, decoder, size, batches),
        None => push_all(block.records(), Decoder::push, decoder, size, batches),
    }
}

fn push_all<R>(
    records: impl Iterator<Item = R>,
    push: impl Fn(&mut Decoder, R) -> Result<(), Failure>,
    decoder: &mut Decoder,
    size: usize,
    batches: &mut Vec<RecordBatch>,
) -> Result<(), Unfilled> {
    for (index, record) in records.enumerate() {
        push(decoder, record).map_err(|failure| Unfilled::Record(index, failure))?;
        if decoder.len() >= size || decoder.text_bytes() >= WIDEST {
            batches.push(decoder.flush().map_err(Unfilled::Broken)?);
        }
    }
    Ok(())
}

fn lost(error: JoinError) -> Error {
    Error::new(Kind::Internal, "The decoding of a document ended before its time").caused_by(error)
}
