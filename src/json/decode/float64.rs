//! Doubles.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::error::ArrowError;

use super::fixed::FixedWidth;
use crate::json::cursor::Value;
use crate::json::number::{self, Number};

/// The values of a `Float64Array`.
#[derive(Debug)]
pub(super) struct Doubles;

impl FixedWidth for Doubles {
    const NAME: &'static str = "double";
    type Native = f64;

    fn read(value: &Value<'_>) -> Option<f64> {
        match value {
            Value::Number(written) => match number::parse(written) {
                Number::Integer(integer) => number::exact_double(integer),
                Number::Double(double) => Some(double),
                Number::Beyond => None,
            },
            _ => None,
        }
    }

    fn array(values: Vec<f64>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(Float64Array::try_new(values.into(), nulls)?))
    }
}
