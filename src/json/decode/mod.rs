//! Records to record batches: one decoder per Arrow type.

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;

use crate::error::Result;

use super::TableSchema;

/// Decodes the wanted columns of records into batches.
#[derive(Debug)]
pub struct Decoder {}

impl Decoder {
    /// A decoder of the columns `projection` (indices into the schema, in output order) for the document called `document`.
    pub fn new(schema: &TableSchema, projection: &[usize], document: &str) -> Self {
        let _ = (schema, projection, document);
        todo!()
    }

    /// The schema of the batches.
    pub fn schema(&self) -> SchemaRef {
        todo!()
    }

    /// Appends one record. `Kind::Document` for invalid JSON; `Kind::Conversion` naming document, record number, column
    /// and `RowScanDepth` when a value does not fit the inferred type.
    pub fn push(&mut self, record: &[u8]) -> Result<()> {
        let _ = record;
        todo!()
    }

    /// Rows appended since the last [`Decoder::flush`].
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether no row waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows appended so far, as a batch.
    pub fn flush(&mut self) -> Result<RecordBatch> {
        todo!()
    }
}
