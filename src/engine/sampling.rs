//! From documents to their tables: a look at the first records of every document.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::json::path::{JsonPath, Step};
use crate::json::{self, Block, DataModel, Inference, Model, Names, Table, Untaught, detect};
use crate::source::{ByteStream, Document, Source};

use super::documents::{DocumentOptions, Edition, edition};
use super::listed::Listed;

/// How much of a document is read before its turn comes.
const AHEAD: usize = 256 * 1024;

/// How much of a document is looked at, whatever its records are; the record that crosses this is the last.
const MOST: usize = 64 * 1024 * 1024;

/// What the first records of the documents tell.
pub(super) struct Sample {
    pub(super) tables: Vec<Table>,
    pub(super) cuts: Cuts,
    /// The documents that cannot be read, and why.
    pub(super) left_out: Vec<(Document, Error)>,
}

/// Where records are cut from each document.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) enum Cuts {
    /// In every document at the path of the table's frame.
    Everywhere(Vec<JsonPath>),
    /// Where each document has them, if not at its top; for all tables, or for those of the frame with that path.
    Found {
        #[serde(with = "pairs")]
        paths: BTreeMap<Edition, JsonPath>,
        frames: Option<Vec<JsonPath>>,
    },
}

/// A map as a list, whose keys may be anything.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K, V, S>(map: &BTreeMap<K, V>, serializer: S) -> Result<S::Ok, S::Error>
    where
        K: Serialize,
        V: Serialize,
        S: Serializer,
    {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

impl Cuts {
    /// Where the records for a table with this frame are in a document; none where it has none.
    pub(super) fn path(&self, document: &Document, frame: usize) -> Option<JsonPath> {
        match self {
            Self::Everywhere(frames) => frames.get(frame).cloned(),
            Self::Found { paths, frames } => {
                let path = paths.get(&edition(document)).cloned().unwrap_or_default();
                let frames = frames.as_ref().map(|frames| frames.get(frame) == Some(&path));
                frames.unwrap_or(true).then_some(path)
            }
        }
    }

    /// The same below these members of the records.
    pub(super) fn below(&self, document: &Document, members: &[&str]) -> Option<JsonPath> {
        let mut path = self.path(document, 0)?;
        path.steps
            .extend(members.iter().map(|name| Step::Member((*name).into())));
        Some(path)
    }
}

/// What is looked for in documents.
pub(super) enum Search<'a> {
    /// The tables of the connection's model.
    Tables,
    /// One table, of the arrays that these members of the records found before are.
    Below(&'a Cuts, &'a [&'a str]),
}

/// Learns the tables from the first records of every document, which `RowScanDepth` counts. One whose path has no name is
/// called `table`.
///
/// As many documents are opened at a time as the source is worth it, and they are learnt from in their order, so that the
/// order of the columns does not depend on which answer came first. With `OnBadDocument=skip` one that cannot be read as JSON teaches nothing and
/// is left out, unless all are.
pub(super) async fn sample(
    source: &Arc<dyn Source>,
    table: &str,
    documents: &[Document],
    options: &DocumentOptions,
    search: Search<'_>,
) -> Result<Sample> {
    let documents = match search {
        Search::Tables => options.looked_into(documents)?,
        Search::Below(..) => documents,
    };
    let mut lesson = Lesson::new(options, &search)?;
    let mut left_out = Vec::new();
    // Records of several frames are in several walks through a document.
    for walk in 0..lesson.walks() {
        let mut openings = stream::iter(documents.to_vec())
            .map(|document| open(source.clone(), document))
            .buffered(source.at_once());
        while let Some(opening) = openings.try_next().await? {
            let document = opening.document.clone();
            let before = options.skips_bad.then(|| lesson.clone());
            match (lesson.learn(source, opening, walk, options, &search).await, before) {
                (Ok(()), _) => {}
                (Err(problem), Some(before)) if problem.kind() == Kind::Document => {
                    lesson = before;
                    left_out.push((document, problem));
                }
                (Err(problem), _) => return Err(problem),
            }
        }
    }
    left_out.dedup_by(|a, b| a.0 == b.0);
    if left_out.len() == documents.len()
        && let Some((_, problem)) = left_out.pop()
    {
        return Err(problem);
    }
    let is_nowhere = matches!(search, Search::Below(..)) && lesson.inferences.iter().all(Inference::is_empty);
    let tables = match is_nowhere {
        true => Vec::new(),
        false => json::tables(&lesson.inferences, table),
    };
    lesson.check(options)?;
    Ok(Sample {
        tables,
        cuts: lesson.into_cuts(options.discovery.is_some()),
        left_out,
    })
}

/// What has been learnt so far.
#[derive(Clone)]
struct Lesson {
    model: Model,
    inferences: Vec<Inference>,
    /// Where each document has its records, where that is not the same for all.
    paths: Option<BTreeMap<Edition, JsonPath>>,
    /// Whether documents that have their records elsewhere have other tables.
    by_path: bool,
}

impl Lesson {
    fn new(options: &DocumentOptions, search: &Search<'_>) -> Result<Self> {
        let model = match search {
            Search::Tables => options.model.clone(),
            Search::Below(..) => Model {
                data_model: DataModel::Document,
                ..options.model.clone()
            },
        };
        let fixed = match search {
            Search::Tables => model.frames()?,
            Search::Below(..) => None,
        };
        let by_path = fixed.is_none() && model.data_model == DataModel::Relational;
        let inferences = match &fixed {
            Some(frames) => frames
                .iter()
                .map(|frame| Inference::new(frame.clone(), model.clone()))
                .collect(),
            None if by_path => Vec::new(),
            None => vec![Inference::new(model.found(JsonPath::default()), model.clone())],
        };
        Ok(Self {
            model,
            inferences,
            paths: fixed.is_none().then(BTreeMap::new),
            by_path,
        })
    }

    fn walks(&self) -> usize {
        if self.paths.is_none() { self.inferences.len() } else { 1 }
    }

    async fn learn(
        &mut self,
        source: &Arc<dyn Source>,
        opening: Opening,
        walk: usize,
        options: &DocumentOptions,
        search: &Search<'_>,
    ) -> Result<()> {
        let document = &opening.document;
        let (path, inference) = match &mut self.paths {
            None => (self.inferences.get(walk).map(|known| known.frame().path.clone()), walk),
            Some(paths) => {
                let path = match search {
                    Search::Below(cuts, members) => cuts.below(document, members).unwrap_or_default(),
                    Search::Tables => options.records(document, &opening.beginning),
                };
                if !path.steps.is_empty() {
                    paths.insert(edition(document), path.clone());
                }
                let mut inferences = self.inferences.iter();
                let known = inferences.position(|known| !self.by_path || known.frame().path == path);
                let inference = known.unwrap_or_else(|| {
                    self.inferences
                        .push(Inference::new(self.model.found(path.clone()), self.model.clone()));
                    self.inferences.len() - 1
                });
                (Some(path), inference)
            }
        };
        match (path, self.inferences.get_mut(inference)) {
            (Some(path), Some(inference)) => learn(source, opening, path, options, inference).await,
            _ => Ok(()),
        }
    }

    /// `Kind::Property` for a path of `JSONPath` at which no document has anything.
    fn check(&self, options: &DocumentOptions) -> Result<()> {
        let nowhere = self.inferences.iter().find(|inference| inference.is_empty());
        match nowhere.filter(|_| self.paths.is_none()) {
            Some(inference) => Err(Error::new(
                Kind::Property,
                format!(
                    "The property JSONPath names {}, at which none of the records looked at (RowScanDepth={}) has a value. \
                     Check the path against the documents.",
                    inference.frame().path,
                    options.row_scan_depth
                ),
            )),
            None => Ok(()),
        }
    }

    /// Where records are; what was found in one document may be so in all.
    fn into_cuts(self, is_for_all: bool) -> Cuts {
        let frames = self.inferences.iter();
        let frames: Vec<_> = frames.map(|inference| inference.frame().path.clone()).collect();
        match self.paths {
            None => Cuts::Everywhere(frames),
            Some(_) if is_for_all && self.by_path => Cuts::Everywhere(frames),
            Some(paths) if is_for_all => Cuts::Everywhere(vec![paths.into_values().next().unwrap_or_default()]),
            Some(paths) => Cuts::Found {
                paths,
                frames: self.by_path.then_some(frames),
            },
        }
    }
}

impl DocumentOptions {
    /// The documents that the tables are found in.
    ///
    /// `Kind::Property` when it is to be one that there is not.
    fn looked_into<'d>(&self, documents: &'d [Document]) -> Result<&'d [Document]> {
        let Some(wanted) = &self.discovery else {
            return Ok(documents);
        };
        let is_wanted = |document: &Document| {
            let of_folder = document
                .name
                .strip_suffix(wanted.as_str())
                .is_some_and(|rest| rest.ends_with('/'));
            of_folder || document.name == *wanted || document.location == *wanted
        };
        let place = match wanted.to_ascii_lowercase().as_str() {
            "first" => Some(0),
            "last" => documents.len().checked_sub(1),
            _ => documents.iter().position(is_wanted),
        };
        let found = place.and_then(|place| documents.get(place..=place));
        found.ok_or_else(|| {
            let text = format!(
                "The property MetadataDiscoveryURI names '{wanted}', which is none of the {} documents of the connection. \
                 Name one as sys_files lists it, or First or Last.",
                documents.len()
            );
            Error::new(Kind::Property, text)
        })
    }

    /// Where a document that begins with these bytes has its records.
    fn records(&self, document: &Document, beginning: &[u8]) -> JsonPath {
        let lines = [".ndjson", ".jsonl", ".ldjson"];
        let name = document.name.to_lowercase();
        // Who names a document so says that every line is a record, however long the first of them is.
        if self.model.by_lines || lines.iter().any(|ending| name.contains(ending)) {
            return JsonPath::default();
        }
        let found = detect::records(beginning);
        match self.model.data_model {
            DataModel::Document => found.path,
            // What lies beside the array belongs to the tables as well.
            DataModel::FlattenedDocuments | DataModel::Relational if found.is_alone => found.path,
            DataModel::FlattenedDocuments | DataModel::Relational => JsonPath::default(),
        }
    }
}

/// A document whose first bytes have come.
struct Opening {
    document: Document,
    beginning: Bytes,
    rest: ByteStream,
}

async fn open(source: Arc<dyn Source>, document: Document) -> Result<Opening> {
    let mut rest = source.open(&document).await?.into_stream();
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

async fn learn(
    source: &Arc<dyn Source>,
    opening: Opening,
    path: JsonPath,
    options: &DocumentOptions,
    inference: &mut Inference,
) -> Result<()> {
    let Opening {
        document,
        beginning,
        mut rest,
    } = opening;
    let mut framer = options.model.framer(&document.name, &path);
    let mut list = Listed::of(source, &document, &options.model);
    let (mut left, mut bytes_left) = match options.row_scan_depth {
        0 => (usize::MAX, usize::MAX),
        depth => (depth, MOST),
    };
    let mut learn = |block: Block, columns: Option<Names>| {
        if let Some(columns) = &columns {
            inference.learn_columns(columns);
        }
        for (index, record) in block.records().enumerate() {
            if left == 0 {
                break;
            }
            let learnt = match &columns {
                Some(columns) => inference.learn_row(record, columns),
                None => inference.learn(record).map_err(Untaught::from),
            };
            learnt.map_err(|untaught| untaught.of(&document.name, &block, index))?;
            bytes_left = bytes_left.saturating_sub(record.len());
            left = if bytes_left == 0 { 0 } else { left - 1 };
        }
        match block.problem {
            Some(problem) if left > 0 => Err(problem),
            _ => Ok(left > 0),
        }
    };
    let mut chunk = Some(beginning);
    loop {
        let is_last = chunk.is_none();
        let block = match chunk.take() {
            Some(chunk) => {
                if let Some(list) = &mut list {
                    list.add(&chunk)?;
                }
                framer.add(&chunk);
                framer.block()
            }
            None => framer.finish(),
        };
        let columns = match &mut list {
            Some(list) if !block.is_empty() => Some(list.columns().await?),
            Some(list) => list.come(),
            None => None,
        };
        if !learn(block, columns)? || is_last {
            return Ok(());
        }
        chunk = rest.try_next().await?;
    }
}
