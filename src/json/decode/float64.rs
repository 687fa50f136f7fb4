//! Doubles.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::error::ArrowError;

use super::column::{ColumnDecoder, Misfit, Values};
use crate::json::cursor::Value;
use crate::json::number::{self, Number};

/// Fills a `Float64Array`.
#[derive(Debug, Default)]
pub(super) struct Float64Decoder(Values<f64>);

impl ColumnDecoder for Float64Decoder {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn append(&mut self, value: &Value<'_>) -> Result<(), Misfit> {
        let decoded = match value {
            Value::Number(written) => match number::parse(written) {
                Number::Integer(integer) => number::exact_double(integer),
                Number::Double(double) => Some(double),
                Number::Beyond => None,
            },
            _ => None,
        };
        self.0.push(decoded.ok_or(Misfit::Type("double"))?);
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
        Ok(Arc::new(Float64Array::try_new(values.into(), nulls)?))
    }
}
