//! From documents to the columns of their table: a look at the first records of every document.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};

use crate::error::{Error, Kind, Result};
use crate::json::{Block, Framer, Inference, TableSchema};
use crate::source::{ByteStream, Document, Source};

/// How much of a document is read before its turn comes.
const AHEAD: usize = 256 * 1024;

/// Learns the columns from up to `depth` records of every document; 0 means all records.
///
/// As many documents are opened at a time as the source is worth it, and learnt from in their order, so that the order of the columns does
/// not depend on which answer came first. With `skips_bad` one that cannot be read as JSON teaches nothing and is left
/// out, unless all are.
pub(super) async fn sample(
    source: &Arc<dyn Source>,
    documents: &[Document],
    depth: usize,
    skips_bad: bool,
) -> Result<Sample> {
    let mut inference = Inference::default();
    let mut left_out = Vec::new();
    let mut openings = stream::iter(documents.to_vec())
        .map(|document| open(source.clone(), document))
        .buffered(source.at_once());
    while let Some(opening) = openings.try_next().await? {
        let document = opening.document.clone();
        let before = skips_bad.then(|| inference.clone());
        match (learn(opening, depth, &mut inference).await, before) {
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
    let mut left = if depth == 0 { usize::MAX } else { depth };
    let mut learn = |block: Block| {
        for (index, record) in block.records().take(left).enumerate() {
            let learnt = inference.learn(&document.name, record);
            learnt.map_err(|error| block.located(error, index))?;
        }
        left -= block.records().take(left).count();
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
