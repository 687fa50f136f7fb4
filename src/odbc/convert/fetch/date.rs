//! `SQL_TYPE_DATE`

use datafusion::arrow::buffer::ScalarBuffer;

use crate::odbc::convert::calendar::{self, Clock};
use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;

use super::column::{Column, Converted, Value};
use super::content::Content;

/// Dates as days since 1970-01-01.
#[derive(Debug)]
pub(super) struct Dates(pub(super) ScalarBuffer<i32>);

/// One date.
pub(super) struct Day(i32);

impl Column for Dates {
    type Value<'a> = Day;

    #[inline]
    fn value(&self, row: usize) -> Day {
        Day(self.0.get(row).copied().unwrap_or_default())
    }
}

impl Day {
    fn civil(&self) -> Result<odbc_sys::Date, Failure> {
        calendar::date_of(i64::from(self.0))
    }
}

impl Value for Day {
    fn content<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        calendar::write_date(self.civil()?, scratch);
        let text = scratch.text();
        Ok(Content::figures(text, text.len()))
    }

    fn bytes<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        push_date(self.civil()?, scratch);
        Ok(Content::whole_bytes(scratch.bytes()))
    }

    #[inline]
    fn date(&self) -> Converted<odbc_sys::Date> {
        Ok((self.civil()?, Outcome::Exact))
    }

    fn timestamp(&self) -> Converted<odbc_sys::Timestamp> {
        Ok((calendar::timestamp(self.civil()?, Clock::default()), Outcome::Exact))
    }
}

/// The bytes of `SQL_DATE_STRUCT`.
pub(super) fn push_date(date: odbc_sys::Date, scratch: &mut Scratch) {
    scratch.push(&date.year.to_ne_bytes());
    scratch.push(&date.month.to_ne_bytes());
    scratch.push(&date.day.to_ne_bytes());
}
