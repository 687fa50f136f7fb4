//! Booleans.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::error::ArrowError;

use crate::json::cursor::Value;

use super::column::{ColumnDecoder, Misfit, Values};

/// Fills a `BooleanArray`.
#[derive(Debug, Default)]
pub(super) struct BooleanDecoder(Values<bool>);

impl ColumnDecoder for BooleanDecoder {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn append(&mut self, value: &Value<'_>) -> Result<(), Misfit> {
        let decoded = match value {
            Value::Boolean(boolean) => Some(*boolean),
            _ => None,
        };
        self.0.push(decoded.ok_or(Misfit::Type("boolean"))?);
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
        Ok(Arc::new(BooleanArray::new(values.into(), nulls)))
    }
}
