//! Times of day: nanoseconds from midnight.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Time64NanosecondArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::error::ArrowError;

use super::fixed::FixedWidth;
use crate::json::cursor::Value;
use crate::json::temporal::{self, Temporal};

/// The values of a `Time64NanosecondArray`.
#[derive(Debug)]
pub(super) struct Times;

impl FixedWidth for Times {
    const NAME: &'static str = "time";
    type Native = i64;

    fn read(&self, value: &Value<'_>) -> Option<i64> {
        match value {
            Value::Text(text) => match temporal::read(text)? {
                Temporal::Time(nanos) => Some(nanos),
                _ => None,
            },
            _ => None,
        }
    }

    fn array(&self, values: Vec<i64>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(Time64NanosecondArray::try_new(values.into(), nulls)?))
    }
}
