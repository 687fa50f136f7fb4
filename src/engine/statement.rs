//! A prepared statement and the rows it streams.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::execute_stream;
use datafusion::scalar::ScalarValue;
use futures::TryStreamExt;

use crate::error::{Error, Result};
use crate::oauth::Manager;

use super::dialect::Parsed;
use super::procedures::Call;
use super::query::Query;
use super::scan::Notes;
use super::session::Session;
use super::{errors, shape, table};

/// A planned statement. Executed any number of times.
#[derive(Clone, Debug)]
pub struct Prepared {
    schema: SchemaRef,
    parameters: Vec<Option<DataType>>,
    work: Work,
}

#[derive(Clone, Debug)]
enum Work {
    Query(Box<Query>),
    Call(Option<Arc<Manager>>, Arc<Call>),
}

impl Prepared {
    /// Plans a query.
    pub(super) async fn query(session: Arc<Session>, parsed: Parsed) -> Result<Self> {
        let query = Query::plan(session, parsed).await?;
        Ok(Self {
            schema: query.schema.clone(),
            parameters: query.parameters.clone(),
            work: Work::Query(Box::new(query)),
        })
    }

    /// A procedure call; its columns are known without running it, and all its markers are text.
    pub(super) fn call(oauth: Option<Arc<Manager>>, call: Call) -> Self {
        Self {
            schema: call.schema(),
            parameters: vec![Some(DataType::Utf8); call.markers()],
            work: Work::Call(oauth, Arc::new(call)),
        }
    }

    /// The columns of the result.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// One entry per parameter marker, in order; the type where the plan tells.
    pub fn parameters(&self) -> &[Option<DataType>] {
        &self.parameters
    }

    /// Starts the statement. `parameters` has one value per marker.
    pub async fn execute(self, parameters: Vec<ScalarValue>) -> Result<Rows> {
        match self.work {
            Work::Query(query) => {
                let query = query.refreshed().await?;
                let (plan, state) = query.physical(parameters).await?;
                let notes = table::notes(&plan);
                let stream = execute_stream(plan, state.task_ctx()).map_err(errors::from_datafusion)?;
                Ok(Rows {
                    schema: self.schema,
                    batches: Batches::Streamed(stream),
                    notes,
                })
            }
            Work::Call(oauth, call) => call.run(oauth, parameters).await.map(Rows::of),
        }
    }
}

/// A running statement: a stream of record batches. Dropping it stops the work.
pub struct Rows {
    schema: SchemaRef,
    batches: Batches,
    notes: Vec<Arc<Notes>>,
}

enum Batches {
    Streamed(SendableRecordBatchStream),
    Ready(Option<RecordBatch>),
}

impl Rows {
    /// Rows that are already in memory: catalog functions, procedures.
    pub fn of(batch: RecordBatch) -> Self {
        Self {
            schema: batch.schema(),
            batches: Batches::Ready(Some(batch)),
            notes: Vec::new(),
        }
    }

    /// The columns.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// The next batch, never empty; none at the end. Takes and returns itself so that the wait can be abandoned safely.
    pub async fn next(mut self) -> Result<Option<(RecordBatch, Self)>> {
        loop {
            let batch = match &mut self.batches {
                Batches::Streamed(stream) => stream.try_next().await.map_err(errors::from_datafusion)?,
                Batches::Ready(batch) => batch.take(),
            };
            let Some(batch) = batch else { return Ok(None) };
            if batch.num_rows() > 0 {
                return Ok(Some((shape::conform(batch, &self.schema)?, self)));
            }
        }
    }

    /// What is worth telling about the statement so far (`Kind::Warning`).
    pub fn warnings(&self) -> Vec<Error> {
        self.notes.iter().flat_map(|notes| notes.warnings()).collect()
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}
