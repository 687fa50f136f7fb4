//! Timestamps: microseconds from 1970-01-01 00:00 UTC; a date is its first microsecond.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, TimestampMicrosecondArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::error::ArrowError;

use super::fixed::FixedWidth;
use crate::json::cursor::Value;
use crate::json::temporal;

/// The values of a `TimestampMicrosecondArray`.
#[derive(Debug)]
pub(super) struct Timestamps;

impl FixedWidth for Timestamps {
    const NAME: &'static str = "timestamp";
    type Native = i64;

    fn read(value: &Value<'_>) -> Option<i64> {
        match value {
            Value::Text(text) => temporal::timestamp(text).or_else(|| temporal::date(text).map(temporal::midnight)),
            _ => None,
        }
    }

    fn array(values: Vec<i64>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(TimestampMicrosecondArray::try_new(values.into(), nulls)?))
    }
}
