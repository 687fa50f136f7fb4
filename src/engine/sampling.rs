//! From documents to the columns of their table: a look at the first records of every document.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};

use crate::error::{Error, Kind, Result};
use crate::json::{Block, Framer, Inference, TableSchema};
use crate::source::{ByteStream, Document, Source};

/// Documents that are opened at the same time.
const AT_ONCE: usize = 4;
/// How much of a document is read before its turn comes.
const AHEAD: usize = 256 * 1024;

/// How much of a document is looked at, whatever its records are; the record that crosses this is the last.
const MOST: usize = 64 * 1024 * 1024;

/// How much is looked at to find columns and their types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// `RowScanDepth`: records of each document, among its first [`MOST`] bytes; 0 means all, however many bytes they have.
    pub depth: usize,
    /// `TypeDetectionScheme=None`: whether columns are found by name alone, and all of them are text.
    pub untyped: bool,
}

/// Learns the columns from the first records of every document.
///
/// Documents are opened [`AT_ONCE`] at a time, and learnt from in their order, so that the order of the columns does
/// not depend on which answer came first. With `skips_bad` one that cannot be read as JSON teaches nothing and is left
/// out, unless all are.
pub(super) async fn sample(
    source: &Arc<dyn Source>,
    documents: &[Document],
    look: Look,
    skips_bad: bool,
) -> Result<Sample> {
    let mut inference = match look.untyped {
        true => Inference::of_names(),
        false => Inference::default(),
    };
    let mut left_out = Vec::new();
    let mut openings = stream::iter(documents.to_vec())
        .map(|document| open(source.clone(), document))
        .buffered(AT_ONCE);
    while let Some(opening) = openings.try_next().await? {
        let document = opening.document.clone();
        let before = skips_bad.then(|| inference.clone());
        match (learn(opening, look.depth, &mut inference).await, before) {
            (Ok(()), _) => {}
            (Err(problem), Some(before)) if problem.kind() == Kind::Document => {
                inference = before;
                left_out.push((document, problem));
            }
            (Err(problem), _) => return Err(problem),
        }
    }
    if left_out.len() == documents.len()
        && let Some((_, problem)) = left_out.pop()
    {
        return Err(problem);
    }
    Ok(Sample {
        schema: inference.schema(),
        left_out,
    })
}

/// What the first records of the documents tell.
pub(super) struct Sample {
    pub(super) schema: TableSchema,
    /// The documents that cannot be read, and why.
    pub(super) left_out: Vec<(Document, Error)>,
}

/// A document whose first bytes have come.
struct Opening {
    document: Document,
    beginning: Bytes,
    rest: ByteStream,
}

async fn open(source: Arc<dyn Source>, document: Document) -> Result<Opening> {
    let mut rest = source.open(&document).await?;
    let mut beginning = BytesMut::new();
    while beginning.len() < AHEAD {
        let Some(chunk) = rest.try_next().await? else { break };
        beginning.extend_from_slice(&chunk);
    }
    Ok(Opening {
        document,
        beginning: beginning.freeze(),
        rest,
    })
}

async fn learn(opening: Opening, depth: usize, inference: &mut Inference) -> Result<()> {
    let Opening {
        document,
        beginning,
        mut rest,
    } = opening;
    let mut framer = Framer::new(&document.name);
    let (mut left, mut bytes_left) = match depth {
        0 => (usize::MAX, usize::MAX),
        depth => (depth, MOST),
    };
    let mut learn = |block: Block| {
        for (index, record) in block.records().enumerate() {
            if left == 0 {
                break;
            }
            let learnt = inference.learn(&document.name, record);
            learnt.map_err(|error| block.located(error, index))?;
            bytes_left = bytes_left.saturating_sub(record.len());
            left = if bytes_left == 0 { 0 } else { left - 1 };
        }
        match block.problem {
            Some(problem) if left > 0 => Err(problem),
            _ => Ok(left > 0),
        }
    };
    framer.add(&beginning);
    drop(beginning);
    while learn(framer.block())? {
        match rest.try_next().await? {
            Some(chunk) => framer.add(&chunk),
            None => return learn(framer.finish()).map(drop),
        }
    }
    Ok(())
}
