//! Records to record batches: one decoder per Arrow type.

mod boolean;
mod column;
mod date32;
mod decimal128;
mod fixed;
mod float64;
mod int64;
mod joined;
mod keys;
mod listed;
mod rows;
mod time64;
mod timestamp;
mod tree;
mod utf8;

use std::collections::HashSet;

use datafusion::arrow::array::{ArrayRef, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};

use crate::error::{Error, Kind, Result};

use super::listed::Names;
use super::schema::{self, Place, Stride, Way, join};
use super::{Block, TableSchema};
use crate::json::cursor::Cursor;

use column::Misfit;
use joined::Joined;
use keys::Keys;
use listed::Listed;
use rows::{LevelRows, Rows, Slot};
use tree::{Fault, Node, Wanted};

/// Decodes the wanted columns of records into batches.
///
/// A record is read once; members nobody wants are checked and skipped. A member that occurs twice counts as its last
/// occurrence. A record that fails leaves no trace in the batch.
#[derive(Debug)]
pub struct Decoder {
    schema: SchemaRef,
    /// What each column of the batch is, in output order; a column wanted twice is decoded once.
    output: Vec<Output>,
    root: Node,
    rows: Rows,
    made: Made,
    keys: Keys,
    /// The columns that the document lists; none where records have names in them.
    listed: Option<Listed>,
    /// The schema, where a schema file says it.
    pinned: Option<TableSchema>,
}

/// A column of the batch.
#[derive(Clone, Copy, Debug)]
enum Output {
    Values(Slot),
    Key { level: usize },
}

/// What makes a row of the batch.
#[derive(Debug)]
enum Made {
    /// A row of a level.
    Of(usize),
    /// A combination of rows of all levels.
    Joined(Joined),
}

impl Decoder {
    /// A decoder of the columns `projection` (indices into the schema, in output order).
    pub fn new(schema: &TableSchema, projection: &[usize]) -> Self {
        let mut columns: Vec<Vec<_>> = schema.levels.iter().map(|_| Vec::new()).collect();
        let mut slots = vec![None; schema.places.len()];
        let mut output = Vec::new();
        let mut fields = Vec::new();
        for &at in projection {
            let (Some(field), Some(place)) = (schema.arrow.fields().get(at), schema.places.get(at)) else {
                continue;
            };
            fields.push(field.clone());
            output.push(match place {
                Place::Key { level } => Output::Key { level: *level },
                Place::Values { level, .. } => {
                    let known = slots.get(at).copied().flatten();
                    let slot = known.unwrap_or_else(|| {
                        let of_level = columns.get_mut(*level).map(|columns| {
                            columns.push(column::decoder(field));
                            columns.len() - 1
                        });
                        Slot {
                            level: *level,
                            column: of_level.unwrap_or_default(),
                        }
                    });
                    if let Some(known) = slots.get_mut(at) {
                        *known = Some(slot);
                    }
                    Output::Values(slot)
                }
            });
        }
        let levels = columns.into_iter().zip(schema.levels.iter());
        let levels =
            levels.map(|(columns, level)| LevelRows::new(columns, level.parent.as_ref().map(|(parent, _)| *parent)));
        Self {
            schema: SchemaRef::new(Schema::new(fields)),
            root: tree(schema, &slots),
            rows: Rows::new(levels.collect()),
            made: match schema.rows {
                schema::Rows::Of(level) => Made::Of(level),
                schema::Rows::Joined => Made::Joined(Joined::of(schema.levels.len())),
            },
            keys: Keys::wanted(output.iter().any(|output| matches!(output, Output::Key { .. }))),
            output,
            listed: None,
            pinned: schema.is_pinned().then(|| schema.clone()),
        }
    }

    /// Tells that the next records are arrays, with the values of the columns that their document lists.
    pub fn list(&mut self, names: &Names) {
        self.listed = Some(Listed::new(names, &self.root));
    }

    /// The schema of the batches.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Tells the keys of the next records: that the first is the one with this number, from 1, of its document, and what
    /// tells them from those of other documents.
    pub fn begin(&mut self, first: u64, document: &str) {
        self.keys.begin(first, document);
    }

    /// Appends the values of a record, of which there is usually one.
    ///
    /// When one of them cannot be appended, those before it are.
    pub fn push(&mut self, record: &[u8]) -> Result<(), Failure> {
        self.push_all(Cursor::new(record).map_err(|malformed| self.failure(malformed.into()))?)
    }

    /// The same of a record that is known to be text.
    pub fn push_text(&mut self, record: &str) -> Result<(), Failure> {
        self.push_all(Cursor::of(record))
    }

    fn push_all(&mut self, mut cursor: Cursor<'_>) -> Result<(), Failure> {
        let mut value = 0;
        while cursor.peek().is_some() {
            self.push_value(&mut cursor, value).map_err(|fault| {
                self.rows.rollback(0);
                self.failure(fault)
            })?;
            value += 1;
        }
        self.keys.next();
        Ok(())
    }

    fn failure(&self, fault: Fault) -> Failure {
        Failure {
            fault,
            pinned: self.pinned.clone().map(Box::new),
        }
    }

    fn push_value(&mut self, cursor: &mut Cursor<'_>, value: u32) -> Result<(), Fault> {
        let Self {
            root,
            rows,
            made,
            keys,
            listed,
            ..
        } = self;
        let row = rows.begin();
        match listed {
            Some(listed) => root.read_listed(cursor, rows, row, listed)?,
            None => root.read(cursor, rows, row)?,
        }
        if let Made::Joined(joined) = made {
            joined.add(rows)?;
        }
        rows.commit(0);
        keys.add(value);
        Ok(())
    }

    /// Rows appended since the last [`Decoder::flush`].
    pub fn len(&self) -> usize {
        match &self.made {
            Made::Of(level) => self.rows.levels.get(*level).map_or(0, |level| level.number),
            Made::Joined(joined) => joined.len(),
        }
    }

    /// Whether no row waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of text waiting in the widest column. A batch holds less than 2 GiB of text in one column, so flush long
    /// before that.
    pub fn text_bytes(&self) -> usize {
        let levels = self.rows.levels.iter();
        levels
            .flat_map(|level| &level.columns)
            .map(|column| column.text_bytes())
            .max()
            .unwrap_or(0)
    }

    /// The rows appended so far, as a batch.
    pub fn flush(&mut self) -> Result<RecordBatch> {
        let count = self.len();
        let columns = self.columns().map_err(internal)?;
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(self.schema.clone(), columns, &options).map_err(internal)
    }

    fn columns(&mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        let keys = self.keys.flush(&self.rows.levels);
        let picks = match &mut self.made {
            Made::Of(level) => keys::rows_around(&self.rows.levels, *level),
            Made::Joined(joined) => joined.flush(),
        };
        let levels = self.rows.levels.iter_mut().map(LevelRows::flush);
        let levels = levels.collect::<Result<Vec<_>, _>>()?;
        let picked = |level: usize, array: Option<&ArrayRef>| match (array, picks.get(level)) {
            (Some(array), Some(Some(rows))) => Ok(Some(take(array, rows, None)?)),
            (array, _) => Ok::<_, ArrowError>(array.cloned()),
        };
        let mut columns = Vec::new();
        for output in &self.output {
            columns.extend(match *output {
                Output::Values(slot) => picked(
                    slot.level,
                    levels.get(slot.level).and_then(|level| level.get(slot.column)),
                )?,
                Output::Key { level } => picked(level, keys.get(level))?,
            });
        }
        Ok(columns)
    }

    /// Takes the members met that the schema does not know, because they came after the records it was inferred from:
    /// the first names, and how many there were.
    pub fn take_unknown(&mut self) -> UnknownColumns {
        std::mem::take(&mut self.rows.unknown)
    }
}

/// Which rows of a level each row of a batch is made of; none where it is the same row.
type Picks = Vec<Option<UInt32Array>>;

/// Where the columns are in a record.
fn tree(schema: &TableSchema, slots: &[Option<Slot>]) -> Node {
    let mut root = Node::default();
    let mut levels: Vec<Way> = Vec::new();
    for (level, known) in schema.levels.iter().enumerate() {
        let way = known.parent.as_ref().map(|(around, way)| {
            let around_way = levels.get(*around).cloned().unwrap_or_default();
            let way: Way = around_way.into_iter().chain(way.iter().cloned()).collect();
            root.add_rows(&way, &schema.separator, level, known.takes_all);
            way.into_iter().chain([Stride::Rows]).collect()
        });
        levels.push(way.unwrap_or_default());
    }
    let passed = ways_passed(schema);
    // Before the columns: one of them may be of values that are no arrays, where others are rows.
    for way in schema.beside.iter() {
        let known = Wanted {
            name: None,
            slot: None,
            whole: schema.whole_objects,
            separator: &schema.separator,
        };
        root.add(way, &known);
    }
    let fields = schema.arrow.fields().iter().zip(schema.places.iter()).zip(slots);
    for ((field, place), slot) in fields {
        let Place::Values { level, ways } = place else { continue };
        for way in ways {
            // What a schema file says nothing about inside of an object is no reason to pass over the object.
            let is_leaf = schema.is_pinned() && !passed.contains(way.as_slice());
            let row = levels.get(*level).cloned().unwrap_or_default();
            let way: Way = row.into_iter().chain(way.iter().cloned()).collect();
            let wanted = Wanted {
                name: Some(field.name()),
                slot: *slot,
                whole: schema.whole_objects || is_leaf,
                separator: &schema.separator,
            };
            root.add(&way, &wanted);
        }
    }
    if let schema::Rows::Of(level @ 1..) = schema.rows {
        root.quieten_around(level);
    }
    root
}

/// The ways that lead on to a column of a schema file, seen from the row.
fn ways_passed(schema: &TableSchema) -> HashSet<&[Stride]> {
    let pinned = schema.places.iter().filter(|_| schema.is_pinned());
    let ways = pinned.flat_map(|place| match place {
        Place::Values { ways, .. } => ways.as_slice(),
        Place::Key { .. } => &[],
    });
    ways.flat_map(|way| (0..way.len()).filter_map(|length| way.get(..length)))
        .collect()
}

/// Why a record cannot be appended.
#[derive(Debug)]
pub struct Failure {
    fault: Fault,
    /// The schema, where a schema file says it.
    pinned: Option<Box<TableSchema>>,
}

impl Failure {
    /// The same about the record at `index` of a block, which is the one with this number, from 1, of `document`.
    ///
    /// `Kind::Document` for invalid JSON, and for what is no row of a document that lists its columns; `Kind::Conversion` naming document, record, column and `RowScanDepth` when a
    /// value does not fit the inferred type.
    pub fn of(self, document: &str, record: u64, block: &Block, index: usize) -> Error {
        let error = match self.fault {
            Fault::NoRow(no_row) => return block.refused(document, index, &no_row.to_string()),
            Fault::TooManyRows => Error::new(
                Kind::Memory,
                format!(
                    "{document}, record {record}: its arrays make more than {} rows side by side. Name fewer of them in \
                     JSONPath, or set DataModel=Relational.",
                    joined::MOST
                ),
            ),
            Fault::Malformed(malformed) => block.malformed(document, index, &malformed),
            Fault::Misfit {
                column,
                value,
                misfit: Misfit::TooLong,
                ..
            } => Error::new(
                Kind::Memory,
                format!(
                    "{document}, record {record}, column \"{column}\": more than 2 GiB of text in one batch ({value})."
                ),
            ),
            Fault::Misfit {
                column,
                value,
                found,
                misfit: Misfit::Type(type_name),
            } => Error::new(
                Kind::Conversion,
                match self
                    .pinned
                    .as_ref()
                    .and_then(|schema| schema.contradiction(&column, &value, &found))
                {
                    Some(contradiction) => format!("{document}, record {record}: {contradiction}"),
                    None => format!(
                        "{document}, record {record}, column \"{column}\": {value} does not fit {type_name}, the type of \
                         this column in the records that were sampled. Set RowScanDepth=0 to look at all records, or leave \
                         the column out of the query."
                    ),
                },
            ),
        };
        block.located(error, index)
    }
}

/// Members of records for which the schema has no column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnknownColumns {
    /// The first distinct names.
    pub names: Vec<String>,
    /// How many values were left out.
    pub values: u64,
}

impl UnknownColumns {
    const NAMED: usize = 16;

    /// Adds what another decoder met.
    pub fn merge(&mut self, other: Self) {
        let values = self.values + other.values;
        other.names.into_iter().for_each(|name| self.add(|| name));
        self.values = values;
    }

    fn add_member(&mut self, parent: Option<&str>, key: &str) {
        self.add(|| join(parent, ".", key));
    }

    fn add(&mut self, name: impl FnOnce() -> String) {
        self.values += 1;
        if self.names.len() < Self::NAMED {
            let name = name();
            if !self.names.contains(&name) {
                self.names.push(name);
            }
        }
    }
}

fn internal(error: ArrowError) -> Error {
    Error::new(Kind::Internal, "A batch of rows could not be put together.").caused_by(error)
}

#[cfg(test)]
mod tests;
