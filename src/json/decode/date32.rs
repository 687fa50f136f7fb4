//! Dates: days from 1970-01-01.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Date32Array};
use datafusion::arrow::error::ArrowError;

use super::column::{ColumnDecoder, Misfit, Values};
use crate::json::cursor::Value;
use crate::json::temporal;

/// Fills a `Date32Array`.
#[derive(Debug, Default)]
pub(super) struct Date32Decoder(Values<i32>);

impl ColumnDecoder for Date32Decoder {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn append(&mut self, value: &Value<'_>) -> Result<(), Misfit> {
        let decoded = match value {
            Value::Text(text) => temporal::date(text),
            _ => None,
        };
        self.0.push(decoded.ok_or(Misfit::Type("date"))?);
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
        Ok(Arc::new(Date32Array::try_new(values.into(), nulls)?))
    }
}
