//! A prepared statement and the rows it streams.

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::scalar::ScalarValue;

use crate::error::{Error, Result};

/// A planned statement. Executed any number of times.
#[derive(Clone, Debug)]
pub struct Prepared {}

impl Prepared {
    /// The columns of the result.
    pub fn schema(&self) -> SchemaRef {
        todo!()
    }

    /// One entry per parameter marker, in order; the type where the plan tells.
    pub fn parameters(&self) -> &[Option<DataType>] {
        todo!()
    }

    /// Starts the statement. `parameters` has one value per marker.
    pub async fn execute(self, parameters: Vec<ScalarValue>) -> Result<Rows> {
        let _ = parameters;
        todo!()
    }
}

/// A running statement: a stream of record batches. Dropping it stops the work.
pub struct Rows {}

impl Rows {
    /// Rows that are already in memory: catalog functions, procedures.
    pub fn of(batch: RecordBatch) -> Self {
        let _ = batch;
        todo!()
    }

    /// The columns.
    pub fn schema(&self) -> SchemaRef {
        todo!()
    }

    /// The next batch, never empty; none at the end. Takes and returns itself so that the wait can be abandoned safely.
    pub async fn next(self) -> Result<Option<(RecordBatch, Self)>> {
        todo!()
    }

    /// What is worth telling about the statement so far (`Kind::Warning`).
    pub fn warnings(&self) -> Vec<Error> {
        Vec::new()
    }
}
