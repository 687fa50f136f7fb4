//! `SQL_TYPE_TIMESTAMP`. A timestamp with a zone is shown in UTC, the zone of the session.

use datafusion::arrow::buffer::ScalarBuffer;

use crate::odbc::convert::calendar::{self, Clock, NANOS_PER_SECOND, SECONDS_PER_DAY};
use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;

use super::column::{Column, Converted, Value};
use super::content::Content;
use super::date::push_date;
use super::number;
use super::time::push_time;

/// Timestamps as ticks since 1970-01-01 00:00:00.
#[derive(Debug)]
pub(super) struct Timestamps {
    pub(super) values: ScalarBuffer<i64>,
    /// Ticks in a second: 1, 10^3, 10^6 or 10^9.
    pub(super) per_second: i64,
}

/// One timestamp.
pub(super) struct Moment {
    ticks: i64,
    per_second: i64,
}

impl Column for Timestamps {
    type Value<'a> = Moment;

    #[inline]
    fn value(&self, row: usize) -> Moment {
        Moment {
            ticks: self.values.get(row).copied().unwrap_or_default(),
            per_second: self.per_second,
        }
    }
}

impl Moment {
    #[inline]
    fn civil(&self) -> Result<(odbc_sys::Date, Clock), Failure> {
        // A division by a constant is several times faster.
        match self.per_second {
            1_000_000 => civil(self.ticks, 1_000_000),
            NANOS_PER_SECOND => civil(self.ticks, NANOS_PER_SECOND),
            per_second => civil(self.ticks, per_second),
        }
    }
}

#[inline(always)]
fn civil(ticks: i64, per_second: i64) -> Result<(odbc_sys::Date, Clock), Failure> {
    let seconds = ticks.div_euclid(per_second);
    let fraction = ticks.rem_euclid(per_second) * (NANOS_PER_SECOND / per_second);
    let date = calendar::date_of(seconds.div_euclid(SECONDS_PER_DAY))?;
    let clock = Clock::of_nanos(seconds.rem_euclid(SECONDS_PER_DAY) * NANOS_PER_SECOND + fraction)?;
    Ok((date, clock))
}

impl Value for Moment {
    fn content<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        let (date, clock) = self.civil()?;
        calendar::write_date(date, scratch);
        scratch.push(b" ");
        let before_time = scratch.bytes().len();
        clock.write(scratch);
        Ok(Content::figures(scratch.text(), before_time + "hh:mm:ss".len()))
    }

    fn bytes<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        let (date, clock) = self.civil()?;
        push_date(date, scratch);
        push_time(clock.time, scratch);
        scratch.push(&clock.fraction.to_ne_bytes());
        Ok(Content::whole_bytes(scratch.bytes()))
    }

    fn date(&self) -> Converted<odbc_sys::Date> {
        let (date, clock) = self.civil()?;
        Ok((date, number::outcome(!clock.is_midnight())))
    }

    fn time(&self) -> Converted<odbc_sys::Time> {
        let (_, clock) = self.civil()?;
        Ok((clock.time, number::outcome(clock.fraction > 0)))
    }

    #[inline]
    fn timestamp(&self) -> Converted<odbc_sys::Timestamp> {
        let (date, clock) = self.civil()?;
        Ok((calendar::timestamp(date, clock), Outcome::Exact))
    }
}
