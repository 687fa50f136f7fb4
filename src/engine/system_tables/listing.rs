//! Rows of a system table: each column is a name and what it shows of a row.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Int16Array, Int32Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::engine::inventory::Inventory;
use crate::error::{Error, Kind, Result};

/// What a system table holds, whatever its rows are made of.
pub(super) trait Contents: Sync {
    /// The columns.
    fn schema(&self) -> SchemaRef;

    /// The rows as they are now.
    fn batch(&'static self, inventory: Arc<Inventory>) -> BoxFuture<'static, Result<RecordBatch>>;
}

/// The contents of a system table whose rows are made of `R`.
pub(super) struct Listing<R: 'static> {
    pub(super) columns: &'static [Column<R>],
    /// The rows as they are now.
    pub(super) rows: fn(Arc<Inventory>) -> BoxFuture<'static, Result<Vec<R>>>,
}

/// A column: its name, and what it shows of a row.
pub(super) struct Column<R> {
    name: &'static str,
    value: Value<R>,
}

enum Value<R> {
    Text(fn(&R) -> Option<String>),
    Small(fn(&R) -> Option<i16>),
    Integer(fn(&R) -> Option<i32>),
    Big(fn(&R) -> Option<i64>),
    Boolean(fn(&R) -> Option<bool>),
    Moment(fn(&R) -> Option<i64>),
}

/// A column of text.
pub(super) const fn text<R>(name: &'static str, value: fn(&R) -> Option<String>) -> Column<R> {
    let value = Value::Text(value);
    Column { name, value }
}

/// A column of numbers of 16 bits.
pub(super) const fn small<R>(name: &'static str, value: fn(&R) -> Option<i16>) -> Column<R> {
    let value = Value::Small(value);
    Column { name, value }
}

/// A column of numbers of 32 bits.
pub(super) const fn integer<R>(name: &'static str, value: fn(&R) -> Option<i32>) -> Column<R> {
    let value = Value::Integer(value);
    Column { name, value }
}

/// A column of numbers of 64 bits.
pub(super) const fn big<R>(name: &'static str, value: fn(&R) -> Option<i64>) -> Column<R> {
    let value = Value::Big(value);
    Column { name, value }
}

/// A column of booleans.
pub(super) const fn boolean<R>(name: &'static str, value: fn(&R) -> Option<bool>) -> Column<R> {
    let value = Value::Boolean(value);
    Column { name, value }
}

/// A column of moments: microseconds since 1970, in UTC.
pub(super) const fn moment<R>(name: &'static str, value: fn(&R) -> Option<i64>) -> Column<R> {
    let value = Value::Moment(value);
    Column { name, value }
}

/// Rows that are known without waiting.
pub(super) fn at_once<R: Send + 'static>(rows: Vec<R>) -> BoxFuture<'static, Result<Vec<R>>> {
    futures::future::ready(Ok(rows)).boxed()
}

/// A size or position as a number that columns hold.
pub(super) fn number(size: usize) -> i32 {
    i32::try_from(size).unwrap_or(i32::MAX)
}

/// A list as the reference product writes it.
pub(super) fn list(values: &[&str]) -> Option<String> {
    (!values.is_empty()).then(|| values.join(","))
}

impl<R> Contents for Listing<R> {
    fn schema(&self) -> SchemaRef {
        let field = |column: &Column<R>| Field::new(column.name, column.value.data_type(), true);
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }

    fn batch(&'static self, inventory: Arc<Inventory>) -> BoxFuture<'static, Result<RecordBatch>> {
        let rows = (self.rows)(inventory);
        rows.map(|rows| self.of(&rows?)).boxed()
    }
}

impl<R> Listing<R> {
    fn of(&self, rows: &[R]) -> Result<RecordBatch> {
        let columns = self.columns.iter().map(|column| column.value.array(rows)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let batch = RecordBatch::try_new_with_options(self.schema(), columns, &options);
        batch.map_err(|error| Error::new(Kind::Internal, "The rows do not form a table.").caused_by(error))
    }
}

impl<R> Value<R> {
    fn data_type(&self) -> DataType {
        match self {
            Self::Text(_) => DataType::Utf8,
            Self::Small(_) => DataType::Int16,
            Self::Integer(_) => DataType::Int32,
            Self::Big(_) => DataType::Int64,
            Self::Boolean(_) => DataType::Boolean,
            Self::Moment(_) => DataType::Timestamp(TimeUnit::Microsecond, None),
        }
    }

    fn array(&self, rows: &[R]) -> ArrayRef {
        let rows = rows.iter();
        match self {
            Self::Text(value) => Arc::new(rows.map(value).collect::<StringArray>()),
            Self::Small(value) => Arc::new(rows.map(value).collect::<Int16Array>()),
            Self::Integer(value) => Arc::new(rows.map(value).collect::<Int32Array>()),
            Self::Big(value) => Arc::new(rows.map(value).collect::<Int64Array>()),
            Self::Boolean(value) => Arc::new(rows.map(value).collect::<BooleanArray>()),
            Self::Moment(value) => Arc::new(rows.map(value).collect::<TimestampMicrosecondArray>()),
        }
    }
}
