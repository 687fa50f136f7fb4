//! A document as blocks of whole records, one after the other.

use datafusion::common::runtime::SpawnedTask;
use futures::TryStreamExt;

use crate::engine::listed::Listed;
use crate::error::{Error, Result};
use crate::json::{Block, Framer, Names};
use crate::source::ByteStream;
use crate::source::file::OnDisk;

/// How many bytes are cut in one go.
const PIECE: usize = 1 << 20;
/// How many are read from a disk where somebody waits for the first rows; what arrives is not waited for then.
const FIRST_PIECE: usize = 64 << 10;
/// The most memory of a block that is used again: that of a record out of all measure is not kept for others.
const MOST_KEPT: usize = 4 * PIECE;

/// Cuts the bytes of a document; dropping it ends the request behind them.
pub(super) struct Blocks {
    origin: Origin,
    /// Whether a block has been cut.
    begun: bool,
    /// The memory of blocks that are decoded: new memory costs more than what is read into it.
    spare: Vec<Vec<u8>>,
    /// The list of the columns, where rows are arrays.
    list: Option<Listed>,
}

enum Origin {
    Arriving(ByteStream, Box<Framer>),
    Disk(Box<Reader>),
    Reading(SpawnedTask<(Box<Reader>, Block)>),
    Ended,
}

struct Reader {
    file: OnDisk,
    framer: Framer,
    ended: bool,
}

impl Blocks {
    pub(super) fn arriving(bytes: ByteStream, framer: Framer) -> Self {
        Self::of(Origin::Arriving(bytes, Box::new(framer)))
    }

    /// Of a document that lists its columns.
    pub(super) fn of_listed(bytes: ByteStream, framer: Framer, list: Listed) -> Self {
        Self {
            list: Some(list),
            ..Self::arriving(bytes, framer)
        }
    }

    pub(super) fn on_disk(file: OnDisk, framer: Framer) -> Self {
        let ended = false;
        Self::of(Origin::Disk(Box::new(Reader { file, framer, ended })))
    }

    /// Of nothing.
    pub(super) fn ended() -> Self {
        Self::of(Origin::Ended)
    }

    fn of(origin: Origin) -> Self {
        Self {
            origin,
            begun: false,
            spare: Vec::new(),
            list: None,
        }
    }

    /// Whether nothing more comes.
    pub(super) fn are_over(&self) -> bool {
        matches!(self.origin, Origin::Ended)
    }

    /// The columns that the document lists; none where records have names in them.
    pub(super) async fn columns(&mut self) -> Result<Option<Names>> {
        match &mut self.list {
            Some(list) => list.columns().await.map(Some),
            None => Ok(None),
        }
    }

    /// Takes back the memory of a block.
    pub(super) fn reuse(&mut self, memory: Vec<u8>) {
        if memory.capacity() <= MOST_KEPT {
            self.spare.push(memory);
        }
    }

    /// The next records, or the problem that ends the document; none behind its end. What is dropped while it waits goes
    /// on at the next call.
    pub(super) async fn next(&mut self, in_haste: bool) -> Option<Block> {
        let in_haste = in_haste || !self.begun;
        loop {
            let block = match &mut self.origin {
                Origin::Ended => return None,
                Origin::Arriving(bytes, framer) => {
                    match gather(bytes, framer, &mut self.list, if in_haste { 0 } else { PIECE }).await {
                        Ok(true) => {
                            reuse(framer, &mut self.spare);
                            framer.block()
                        }
                        Ok(false) => {
                            let block = framer.finish();
                            self.origin = Origin::Ended;
                            block
                        }
                        Err(error) => broken_off(framer, error),
                    }
                }
                Origin::Reading(reading) => match reading.await {
                    Ok((reader, block)) => {
                        self.origin = if reader.ended {
                            Origin::Ended
                        } else {
                            Origin::Disk(reader)
                        };
                        block
                    }
                    Err(error) => {
                        self.origin = Origin::Ended;
                        Block::empty(Some(super::lost(error)))
                    }
                },
                Origin::Disk(_) => {
                    self.begin(if in_haste { FIRST_PIECE } else { PIECE });
                    continue;
                }
            };
            if block.problem.is_some() {
                self.origin = Origin::Ended;
            }
            if !block.is_empty() || block.problem.is_some() {
                self.begun = true;
                return Some(block);
            }
        }
    }

    /// Begins to read a piece of a file, on a thread that may wait for the disk.
    fn begin(&mut self, piece: usize) {
        if let Origin::Disk(mut reader) = std::mem::replace(&mut self.origin, Origin::Ended) {
            reuse(&mut reader.framer, &mut self.spare);
            self.origin = Origin::Reading(SpawnedTask::spawn_blocking(move || {
                let block = reader.read(piece);
                (reader, block)
            }));
        }
    }
}

impl Reader {
    fn read(&mut self, piece: usize) -> Block {
        match self.framer.fill(|room| self.file.read(room, piece)) {
            Ok(0) => {
                self.ended = true;
                self.framer.finish()
            }
            Ok(_) => self.framer.block(),
            Err(error) => broken_off(&mut self.framer, error),
        }
    }
}

/// What came before an error, and the error.
fn broken_off(framer: &mut Framer, error: Error) -> Block {
    let mut block = framer.block();
    block.problem.get_or_insert(error);
    block
}

/// Waits until a piece has come. False at the end of the document.
async fn gather(bytes: &mut ByteStream, framer: &mut Framer, list: &mut Option<Listed>, piece: usize) -> Result<bool> {
    loop {
        let Some(chunk) = bytes.try_next().await? else {
            return Ok(false);
        };
        if let Some(list) = list {
            list.add(&chunk)?;
        }
        framer.add(&chunk);
        if framer.waiting() >= piece {
            return Ok(true);
        }
    }
}

fn reuse(framer: &mut Framer, spare: &mut Vec<Vec<u8>>) {
    if let Some(memory) = spare.pop() {
        framer.reuse(memory);
    }
}
