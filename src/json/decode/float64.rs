//! Doubles.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::error::ArrowError;

use super::fixed::FixedWidth;
use crate::json::cursor::Value;
use crate::json::number;

/// The values of a `Float64Array`.
#[derive(Debug)]
pub(super) struct Doubles;

impl FixedWidth for Doubles {
    const NAME: &'static str = "double";
    type Native = f64;

    fn read(&self, value: &Value<'_>) -> Option<f64> {
        match value {
            Value::Number(written) => number::double(written),
            _ => None,
        }
    }

    fn array(&self, values: Vec<f64>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(Float64Array::try_new(values.into(), nulls)?))
    }
}
