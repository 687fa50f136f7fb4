//! A prepared statement and the rows it streams.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::execute_stream;
use datafusion::scalar::ScalarValue;
use futures::TryStreamExt;

use crate::error::{Error, Kind, Result};

use super::dialect::{Effect, Parsed};
use super::inventory::Inventory;
use super::procedures::Call;
use super::progress::Meter;
use super::query::Query;
use super::runtime::Homed;
use super::scan::{self, Notes};
use super::scratch::change::{Change, Done, Failed};
use super::session::Session;
use super::{errors, shape, table};

/// A planned statement. Executed any number of times.
#[derive(Clone, Debug)]
pub struct Prepared {
    schema: SchemaRef,
    parameters: Vec<Option<DataType>>,
    /// The column of a scratch table that each marker stands for the value of, where it does.
    assigned: Vec<Option<FieldRef>>,
    work: Work,
}

#[derive(Clone, Debug)]
enum Work {
    Query(Arc<Homed<Query>>),
    Change(Arc<Homed<Change>>),
    Call(Arc<Inventory>, Arc<Call>),
}

impl Prepared {
    /// Plans a query, or a change.
    pub(super) async fn statement(session: Arc<Session>, parsed: Parsed) -> Result<Self> {
        if parsed.effect.is_some() {
            session.rules().allow_change()?;
            let change = Change::plan(session, parsed).await?;
            return Ok(Self {
                schema: Arc::new(Schema::empty()),
                parameters: change.parameters.clone(),
                assigned: change.assigned.clone(),
                work: Work::Change(Arc::new(Homed::new(change))),
            });
        }
        let query = Query::plan(session, parsed).await?;
        Ok(Self {
            schema: query.schema.clone(),
            parameters: query.parameters.clone(),
            assigned: Vec::new(),
            work: Work::Query(Arc::new(Homed::new(query))),
        })
    }

    /// A procedure call; its columns are known without running it, and all its markers are text.
    pub(super) fn call(inventory: Arc<Inventory>, call: Call) -> Self {
        Self {
            schema: call.schema(),
            parameters: vec![Some(DataType::Utf8); call.markers()],
            assigned: Vec::new(),
            work: Work::Call(inventory, Arc::new(call)),
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

    /// The column that a marker (from 0) stands for the value of; none where it stands in an expression.
    pub fn assigned(&self, marker: usize) -> Option<&Field> {
        self.assigned.get(marker)?.as_deref()
    }

    /// What it does to scratch tables; none for a query or a call.
    pub fn effect(&self) -> Option<Effect> {
        match &self.work {
            Work::Change(change) => change.get().and_then(Change::effect),
            Work::Query(_) | Work::Call(..) => None,
        }
    }

    /// Makes a change once for each set of parameters: all of them, or none. Only for a statement that has an effect.
    pub async fn change(self, sets: Vec<Vec<ScalarValue>>) -> Result<Done, Failed> {
        match &self.work {
            Work::Change(change) => match change.get() {
                Some(change) => change.make(sets).await,
                None => Err(Failed { set: 0, error: gone() }),
            },
            Work::Query(_) | Work::Call(..) => {
                let error = Error::new(
                    Kind::Internal,
                    "A statement that changes nothing was asked for a change",
                );
                Err(Failed { set: 0, error })
            }
        }
    }

    /// Starts the statement. `parameters` has one value per marker. A change is done when this returns; it has no rows.
    pub async fn execute(self, parameters: Vec<ScalarValue>) -> Result<Rows> {
        match self.work {
            Work::Query(query) => {
                let planned = query.get().ok_or_else(gone)?;
                let again = planned.replanned().await?;
                let tables = planned.tables();
                let (plan, state) = again.as_ref().unwrap_or(planned).physical(parameters, tables).await?;
                let notes = table::notes(&plan);
                let stream = execute_stream(plan, state.task_ctx()).map_err(errors::from_datafusion)?;
                Ok(Rows {
                    schema: self.schema,
                    batches: Batches::Streamed(Homed::new(stream)),
                    notes,
                })
            }
            Work::Change(_) => {
                self.change(vec![parameters]).await.map_err(|failed| failed.error)?;
                Ok(Rows::of(RecordBatch::new_empty(Arc::new(Schema::empty()))))
            }
            Work::Call(inventory, call) => call.run(inventory, parameters).await.map(Rows::of),
        }
    }
}

fn gone() -> Error {
    Error::new(Kind::Internal, "The statement is gone")
}

/// A running statement: a stream of record batches. Dropping it stops the work.
pub struct Rows {
    schema: SchemaRef,
    batches: Batches,
    notes: Vec<Arc<Notes>>,
}

enum Batches {
    Streamed(Homed<SendableRecordBatchStream>),
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
                Batches::Streamed(stream) => match stream.get_mut() {
                    Some(stream) => stream.try_next().await.map_err(errors::from_datafusion)?,
                    None => None,
                },
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
        scan::warnings(&self.notes)
    }

    /// Tells how far the reading has come, for who waits while the rows are with somebody else.
    pub fn meter(&self) -> Meter {
        Meter::new(self.notes.clone())
    }

    /// What the end of the rows may have to tell, for who holds it when they are gone.
    pub fn ending(&self) -> Ending {
        Ending(self.notes.clone())
    }
}

/// What is worth telling of a statement that has no more rows.
pub struct Ending(Vec<Arc<Notes>>);

impl Ending {
    /// The documents that were skipped and not yet told (`Kind::Warning`).
    pub fn warning(&self) -> Option<Error> {
        scan::skipped(&self.0)
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}
