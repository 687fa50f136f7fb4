//! Decimals of up to 38 digits.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Decimal128Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::error::ArrowError;

use super::fixed::FixedWidth;
use crate::json::cursor::Value;
use crate::json::number::{self, DECIMAL_DIGITS};

/// The values of a `Decimal128Array` with so many digits behind the point.
#[derive(Debug)]
pub(super) struct Decimals {
    pub(super) scale: u8,
}

impl FixedWidth for Decimals {
    const NAME: &'static str = "decimal";
    type Native = i128;

    fn read(&self, value: &Value<'_>) -> Option<i128> {
        match value {
            Value::Number(written) => number::decimal(written, self.scale),
            _ => None,
        }
    }

    fn array(&self, values: Vec<i128>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        let scale = self.scale.try_into().unwrap_or_default();
        let array = Decimal128Array::try_new(values.into(), nulls)?;
        Ok(Arc::new(array.with_precision_and_scale(DECIMAL_DIGITS, scale)?))
    }
}
