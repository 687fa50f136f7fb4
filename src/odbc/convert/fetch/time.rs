//! `SQL_TYPE_TIME`

use datafusion::arrow::buffer::ScalarBuffer;

use crate::odbc::convert::calendar::{self, Clock};
use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;

use super::column::{Column, Converted, Value};
use super::content::Content;
use super::number;

/// Times of day as nanoseconds since midnight.
#[derive(Debug)]
pub(super) struct Times(pub(super) ScalarBuffer<i64>);

/// One time of day.
pub(super) struct TimeOfDay(i64);

impl Column for Times {
    type Value<'a> = TimeOfDay;

    fn value(&self, row: usize) -> TimeOfDay {
        TimeOfDay(self.0.get(row).copied().unwrap_or_default())
    }
}

impl TimeOfDay {
    fn clock(&self) -> Result<Clock, Failure> {
        Clock::of_nanos(self.0)
    }
}

impl Value for TimeOfDay {
    fn content<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        const WITHOUT_FRACTION: usize = "hh:mm:ss".len();
        self.clock()?.write(scratch);
        Ok(Content::figures(scratch.text(), WITHOUT_FRACTION))
    }

    fn bytes<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        push_time(self.clock()?.time, scratch);
        Ok(Content::whole_bytes(scratch.bytes()))
    }

    fn time(&self) -> Converted<odbc_sys::Time> {
        let clock = self.clock()?;
        Ok((clock.time, number::outcome(clock.fraction > 0)))
    }

    fn timestamp(&self) -> Converted<odbc_sys::Timestamp> {
        // The standard fills the date with the current one.
        Ok((calendar::timestamp(calendar::today(), self.clock()?), Outcome::Exact))
    }
}

/// The bytes of `SQL_TIME_STRUCT`.
pub(super) fn push_time(time: odbc_sys::Time, scratch: &mut Scratch) {
    scratch.push(&time.hour.to_ne_bytes());
    scratch.push(&time.minute.to_ne_bytes());
    scratch.push(&time.second.to_ne_bytes());
}
