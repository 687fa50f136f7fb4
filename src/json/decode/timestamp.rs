//! Timestamps: microseconds or nanoseconds from 1970-01-01 00:00, in UTC if they have zones; a date is its first moment.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, TimestampMicrosecondArray, TimestampNanosecondArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::error::ArrowError;

use super::fixed::FixedWidth;
use crate::json::cursor::Value;
use crate::json::temporal::{self, Temporal};

/// The values of a `TimestampMicrosecondArray` or `TimestampNanosecondArray`.
#[derive(Debug)]
pub(super) struct Timestamps {
    /// Whether they are counted in nanoseconds.
    pub(super) fine: bool,
    /// Whether they have zones; none when either is taken.
    pub(super) zoned: Option<bool>,
}

impl FixedWidth for Timestamps {
    const NAME: &'static str = "timestamp";
    type Native = i64;

    fn read(&self, value: &Value<'_>) -> Option<i64> {
        let Value::Text(text) = value else { return None };
        let moment = temporal::read(text).and_then(Temporal::moment)?;
        if self.zoned.is_some_and(|zoned| zoned != moment.zoned) {
            return None;
        }
        match self.fine {
            true => moment.in_nanos(),
            false => (moment.nanos == 0).then_some(moment.micros),
        }
    }

    fn array(&self, values: Vec<i64>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        Ok(match self.fine {
            true => Arc::new(TimestampNanosecondArray::try_new(values.into(), nulls)?),
            false => Arc::new(TimestampMicrosecondArray::try_new(values.into(), nulls)?),
        })
    }
}
