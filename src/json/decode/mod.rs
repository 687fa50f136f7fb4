//! Records to record batches: one decoder per Arrow type.

mod boolean;
mod column;
mod date32;
mod decimal128;
mod fixed;
mod float64;
mod int64;
mod time64;
mod timestamp;
mod tree;
mod utf8;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};

use crate::error::{Error, Kind, Result};

use super::TableSchema;
use super::infer::not_json;
use crate::json::cursor::Cursor;

use column::Misfit;
use tree::{Fault, Node, Row};

/// Decodes the wanted columns of records into batches.
///
/// A record is read once; members nobody wants are checked and skipped. A member that occurs twice counts as its last
/// occurrence. A record that fails leaves no trace in the batch.
#[derive(Debug)]
pub struct Decoder {
    schema: SchemaRef,
    /// The decoder of each column of the batch, in output order; a column wanted twice is decoded once.
    output: Vec<usize>,
    root: Node,
    row: Row,
    /// Records seen, which tells a second occurrence of a member from a second record.
    records: u64,
}

impl Decoder {
    /// A decoder of the columns `projection` (indices into the schema, in output order).
    pub fn new(schema: &TableSchema, projection: &[usize]) -> Self {
        let wanted: Vec<_> = projection
            .iter()
            .filter_map(|&at| schema.arrow.fields().get(at).map(|field| (at, field)))
            .collect();
        let mut distinct: Vec<usize> = Vec::new();
        let mut columns = Vec::new();
        let mut output = Vec::new();
        for (at, field) in &wanted {
            let slot = distinct.iter().position(|known| known == at).unwrap_or_else(|| {
                distinct.push(*at);
                columns.push(column::decoder(field));
                distinct.len() - 1
            });
            output.push(slot);
        }
        let mut root = Node::default();
        for (at, paths) in schema.paths.iter().enumerate() {
            let slot = distinct.iter().position(|&wanted| wanted == at);
            for path in paths {
                root.add(path, slot);
            }
        }
        let fields: Vec<_> = wanted.into_iter().map(|(_, field)| field.clone()).collect();
        Self {
            schema: SchemaRef::new(Schema::new(fields)),
            output,
            root,
            row: Row::new(columns),
            records: 0,
        }
    }

    /// The schema of the batches.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Appends the values of a record, of which there is usually one.
    ///
    /// When one of them cannot be appended, those before it are.
    pub fn push(&mut self, record: &[u8]) -> Result<(), Failure> {
        let (root, row, records) = (&mut self.root, &mut self.row, &mut self.records);
        let read = Cursor::new(record).map_err(Fault::from).and_then(|mut cursor| {
            while cursor.peek().is_some() {
                *records += 1;
                root.read(&mut cursor, row, *records)?;
                row.commit();
            }
            Ok(())
        });
        read.map_err(|fault| {
            row.rollback();
            Failure(fault)
        })
    }

    /// Rows appended since the last [`Decoder::flush`].
    pub fn len(&self) -> usize {
        self.row.number
    }

    /// Whether no row waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of text waiting in the widest column. A batch holds less than 2 GiB of text in one column, so flush long
    /// before that.
    pub fn text_bytes(&self) -> usize {
        self.row
            .columns
            .iter()
            .map(|column| column.text_bytes())
            .max()
            .unwrap_or(0)
    }

    /// The rows appended so far, as a batch.
    pub fn flush(&mut self) -> Result<RecordBatch> {
        let arrays = self.row.flush().map_err(internal)?;
        let columns = self
            .output
            .iter()
            .filter_map(|&slot| arrays.0.get(slot).cloned())
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(arrays.1));
        RecordBatch::try_new_with_options(self.schema.clone(), columns, &options).map_err(internal)
    }

    /// Takes the members met that the schema does not know, because they came after the records it was inferred from:
    /// the first names, and how many there were.
    pub fn take_unknown(&mut self) -> UnknownColumns {
        std::mem::take(&mut self.row.unknown)
    }
}

/// Why a record cannot be appended.
#[derive(Debug)]
pub struct Failure(Fault);

impl Failure {
    /// The same about the record with this number, from 1, of `document`.
    ///
    /// `Kind::Document` for invalid JSON; `Kind::Conversion` naming document, record, column and `RowScanDepth` when a
    /// value does not fit the inferred type.
    pub fn of(self, document: &str, record: u64) -> Error {
        match self.0 {
            Fault::Malformed(malformed) => not_json(document, Some(record), &malformed),
            Fault::Misfit {
                column,
                value,
                misfit: Misfit::TooLong,
            } => Error::new(
                Kind::Memory,
                format!(
                    "{document}, record {record}, column \"{column}\": more than 2 GiB of text in one batch ({value})."
                ),
            ),
            Fault::Misfit {
                column,
                value,
                misfit: Misfit::Type(type_name),
            } => Error::new(
                Kind::Conversion,
                format!(
                    "{document}, record {record}, column \"{column}\": {value} does not fit {type_name}, the type of this \
                     column in the records that were sampled. Set RowScanDepth=0 to look at all records, or leave the \
                     column out of the query."
                ),
            ),
        }
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
