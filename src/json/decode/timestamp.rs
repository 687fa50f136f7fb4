//! Timestamps: microseconds from 1970-01-01 00:00 UTC; a date is its first microsecond.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, TimestampMicrosecondArray};
use datafusion::arrow::error::ArrowError;

use super::column::{ColumnDecoder, Misfit, Values};
use crate::json::cursor::Value;
use crate::json::temporal;

/// Fills a `TimestampMicrosecondArray`.
#[derive(Debug, Default)]
pub(super) struct TimestampDecoder(Values<i64>);

impl ColumnDecoder for TimestampDecoder {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn append(&mut self, value: &Value<'_>) -> Result<(), Misfit> {
        let decoded = match value {
            Value::Text(text) => temporal::timestamp(text).or_else(|| temporal::date(text).map(temporal::midnight)),
            _ => None,
        };
        self.0.push(decoded.ok_or(Misfit::Type("timestamp"))?);
        Ok(())
    }

    fn append_null(&mut self) {
        self.0.push_null();
    }

    fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    fn flush(&mut self) -> Result<ArrayRef, ArrowError> {
        let (values, nulls) = self.0.take();
        Ok(Arc::new(TimestampMicrosecondArray::try_new(values.into(), nulls)?))
    }
}
