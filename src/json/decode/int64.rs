//! 64-bit integers.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::error::ArrowError;

use super::fixed::FixedWidth;
use crate::json::cursor::Value;
use crate::json::number::{self, Number};

/// The values of a `Int64Array`.
#[derive(Debug)]
pub(super) struct Integers;

impl FixedWidth for Integers {
    const NAME: &'static str = "bigint";
    type Native = i64;

    fn read(&self, value: &Value<'_>) -> Option<i64> {
        match value {
            Value::Number(written) => match number::parse(written) {
                Number::Integer(integer) => Some(integer),
                Number::Double(double) => number::exact_integer(double),
                Number::Long => None,
            },
            _ => None,
        }
    }

    fn array(&self, values: Vec<i64>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(Int64Array::try_new(values.into(), nulls)?))
    }
}
