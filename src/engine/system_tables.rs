//! THE table of system tables: what the driver knows of itself, as rows of SQL.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, BooleanArray, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::{MemTable, TableType};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::error::{Error, Kind, Result};
use crate::oauth::Manager;
use crate::oauth::manager::Status;
use crate::oauth::token::Timestamp;

use super::errors;

/// One system table.
#[derive(Debug)]
pub(super) struct SystemTable {
    /// The name users write, matched without regard to case.
    pub(super) name: &'static str,
    /// One line for people.
    pub(super) description: &'static str,
    columns: &'static [(&'static str, ColumnKind)],
    /// The columns' values, in their order, as they are now.
    rows: fn(Arc<Manager>) -> BoxFuture<'static, Result<Vec<ArrayRef>>>,
}

#[derive(Clone, Copy, Debug)]
enum ColumnKind {
    Text,
    Boolean,
    Moment,
}

/// Every system table of a connection that signs in.
pub(super) static SYSTEM_TABLES: &[SystemTable] = &[SystemTable {
    name: "sys_oauth",
    description: "The sign-ins in this connection's settings, its own first; holds no token",
    columns: &[
        ("Provider", ColumnKind::Text),
        ("Account", ColumnKind::Text),
        ("ClientId", ColumnKind::Text),
        ("Scopes", ColumnKind::Text),
        ("State", ColumnKind::Text),
        ("ExpiresAt", ColumnKind::Moment),
        ("LastRefresh", ColumnKind::Moment),
        ("HasRefreshToken", ColumnKind::Boolean),
        ("StoredIn", ColumnKind::Text),
        ("ProtectedBy", ColumnKind::Text),
        ("IsCurrent", ColumnKind::Boolean),
    ],
    rows: oauth,
}];

impl SystemTable {
    /// The columns.
    pub(super) fn schema(&self) -> SchemaRef {
        let field = |(name, kind): &(&str, ColumnKind)| {
            let kind = match kind {
                ColumnKind::Text => DataType::Utf8,
                ColumnKind::Boolean => DataType::Boolean,
                ColumnKind::Moment => DataType::Timestamp(TimeUnit::Microsecond, None),
            };
            Field::new(*name, kind, true)
        };
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }

    /// The names of the columns.
    pub(super) fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    async fn batch(&self, oauth: Arc<Manager>) -> Result<RecordBatch> {
        let columns = (self.rows)(oauth).await?;
        RecordBatch::try_new(self.schema(), columns).map_err(|error| {
            let text = format!("The rows of {} could not be made.", self.name);
            Error::new(Kind::Internal, text).caused_by(error)
        })
    }
}

/// A system table as DataFusion sees it: its rows are made anew for every scan.
#[derive(Debug)]
pub(super) struct SystemTableProvider {
    pub(super) table: &'static SystemTable,
    pub(super) oauth: Arc<Manager>,
}

#[async_trait]
impl TableProvider for SystemTableProvider {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let batch = self.table.batch(Arc::clone(&self.oauth)).await;
        let batch = batch.map_err(errors::into_datafusion)?;
        let rows = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
        rows.scan(state, projection, filters, limit).await
    }
}

fn oauth(manager: Arc<Manager>) -> BoxFuture<'static, Result<Vec<ArrayRef>>> {
    async move {
        let rows = manager.statuses().await?;
        Ok(vec![
            texts(&rows, |row| Some(row.provider.as_str())),
            texts(&rows, |row| row.account.as_deref()),
            texts(&rows, |row| row.client_id.as_deref()),
            texts(&rows, |row| Some(row.scopes.as_str())),
            texts(&rows, |row| Some(row.state.as_str())),
            moments(&rows, |row| row.expires_at),
            moments(&rows, |row| row.last_refresh),
            booleans(&rows, |row| row.has_refresh_token),
            texts(&rows, |row| row.stored_in.as_deref()),
            texts(&rows, |row| row.protected_by.as_deref()),
            booleans(&rows, |row| row.is_current),
        ])
    }
    .boxed()
}

fn texts<'a>(rows: &'a [Status], value: impl Fn(&'a Status) -> Option<&'a str>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<StringArray>())
}

fn booleans(rows: &[Status], value: impl Fn(&Status) -> bool) -> ArrayRef {
    Arc::new(BooleanArray::from(rows.iter().map(value).collect::<Vec<_>>()))
}

fn moments(rows: &[Status], value: impl Fn(&Status) -> Option<Timestamp>) -> ArrayRef {
    let micros = |moment: Timestamp| i64::try_from(moment.0.checked_mul(1000)?).ok();
    let values = rows.iter().map(|row| value(row).and_then(micros));
    Arc::new(values.collect::<TimestampMicrosecondArray>())
}
