//! `SQL_WVARCHAR` and `SQL_WLONGVARCHAR`

use datafusion::arrow::array::{LargeStringArray, StringArray, StringViewArray};

use crate::odbc::convert::calendar::{self, Clock, Literal};
use crate::odbc::convert::decimal::Number;
use crate::odbc::convert::guid;
use crate::odbc::convert::interval::{Digits, Fields, IntervalStruct};
use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;

use super::column::{CInteger, Column, Converted, Value};
use super::content::Content;
use super::number;

/// Text in any layout of Arrow.
#[derive(Debug)]
pub(super) enum Texts {
    Utf8(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
}

impl Column for Texts {
    type Value<'a> = &'a str;

    #[inline]
    fn value(&self, row: usize) -> &str {
        match self {
            Self::Utf8(array) => array.value(row),
            Self::Large(array) => array.value(row),
            Self::View(array) => array.value(row),
        }
    }
}

impl Value for &str {
    #[inline]
    fn content<'a>(&'a self, _: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        Ok(Content::text(self))
    }

    fn bytes<'a>(&'a self, _: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        // As the documents hold it: UTF-8.
        Ok(Content::bytes(self.as_bytes()))
    }

    fn bit(&self) -> Converted<u8> {
        match number::parse(self)? {
            Number::Exact(decimal) => number::bit_of_decimal(decimal),
            Number::Approximate(value) => number::bit_of_double(value),
        }
    }

    fn integer<T: CInteger>(&self) -> Converted<T> {
        match number::parse(self)? {
            Number::Exact(decimal) => number::integer_of_decimal(decimal),
            Number::Approximate(value) => number::integer_of_double(value),
        }
    }

    fn double(&self) -> Converted<f64> {
        let value = number::parse(self)?.to_f64();
        if value.is_finite() {
            Ok((value, Outcome::Exact))
        } else {
            Err(Failure::OutOfRange)
        }
    }

    fn numeric(&self, precision: u8, scale: i8) -> Converted<odbc_sys::Numeric> {
        match number::parse(self)? {
            Number::Exact(decimal) => number::numeric_of_decimal(decimal, precision, scale),
            Number::Approximate(value) => number::numeric_of_double(value, precision, scale),
        }
    }

    fn date(&self) -> Converted<odbc_sys::Date> {
        let literal = literal(self)?;
        let date = literal.date.ok_or(Failure::BadCharacter)?;
        Ok((
            date,
            number::outcome(literal.clock.is_some_and(|clock| !clock.is_midnight())),
        ))
    }

    fn time(&self) -> Converted<odbc_sys::Time> {
        let clock = literal(self)?.clock.ok_or(Failure::BadCharacter)?;
        Ok((clock.time, number::outcome(clock.fraction > 0)))
    }

    fn timestamp(&self) -> Converted<odbc_sys::Timestamp> {
        let literal = literal(self)?;
        let date = literal.date.unwrap_or_else(calendar::today);
        let clock = literal.clock.unwrap_or(Clock::default());
        Ok((calendar::timestamp(date, clock), Outcome::Exact))
    }

    fn interval(&self, fields: Fields, digits: Digits) -> Converted<IntervalStruct> {
        fields.to_struct(fields.parse(self)?, digits)
    }

    fn guid(&self) -> Converted<odbc_sys::Guid> {
        let guid = guid::parse(self).ok_or(Failure::BadCharacter)?;
        Ok((guid, Outcome::Exact))
    }
}

/// On the way out of the source a date that does not exist is as bad a literal as any other text.
fn literal(text: &str) -> Result<Literal, Failure> {
    Literal::parse(text).map_err(|_| Failure::BadCharacter)
}
