//! `SQL_TINYINT`, `SQL_SMALLINT`, `SQL_INTEGER`, `SQL_BIGINT`

use datafusion::arrow::buffer::ScalarBuffer;

use crate::odbc::convert::decimal::Decimal;
use crate::odbc::convert::interval::{Digits, Fields, IntervalStruct};
use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;

use super::column::{CInteger, Column, Converted, Value};
use super::content::Content;
use super::number;

/// Integers of any width.
#[derive(Debug)]
pub(super) struct Integers {
    pub(super) values: ScalarBuffer<i64>,
    /// Bytes of the described type.
    pub(super) octets: usize,
}

/// One integer.
pub(super) struct Integer {
    value: i64,
    octets: usize,
}

impl Column for Integers {
    type Value<'a> = Integer;

    #[inline]
    fn value(&self, row: usize) -> Integer {
        Integer {
            value: self.values.get(row).copied().unwrap_or_default(),
            octets: self.octets,
        }
    }
}

impl Value for Integer {
    fn content<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        scratch.push(itoa::Buffer::new().format(self.value).as_bytes());
        let text = scratch.text();
        Ok(Content::figures(text, text.len()))
    }

    fn bytes<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        // The value fits the described type, so the leading (little-endian: last) bytes say nothing.
        let bytes = self.value.to_le_bytes();
        scratch.push(bytes.get(..self.octets).unwrap_or(&bytes));
        Ok(Content::whole_bytes(scratch.bytes()))
    }

    fn bit(&self) -> Converted<u8> {
        match u8::try_from(self.value) {
            Ok(value @ 0..=1) => Ok((value, Outcome::Exact)),
            _ => Err(Failure::OutOfRange),
        }
    }

    #[inline]
    fn integer<T: CInteger>(&self) -> Converted<T> {
        let value = T::try_from(self.value).map_err(|_| Failure::OutOfRange)?;
        Ok((value, Outcome::Exact))
    }

    #[inline]
    fn double(&self) -> Converted<f64> {
        Ok((self.value as f64, Outcome::Exact))
    }

    fn numeric(&self, precision: u8, scale: i8) -> Converted<odbc_sys::Numeric> {
        number::numeric_of_decimal(Decimal::of_integer(i128::from(self.value)), precision, scale)
    }

    fn interval(&self, fields: Fields, digits: Digits) -> Converted<IntervalStruct> {
        number::interval_of_decimal(Decimal::of_integer(i128::from(self.value)), fields, digits)
    }
}
