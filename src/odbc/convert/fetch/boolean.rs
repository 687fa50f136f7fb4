//! `SQL_BIT`

use datafusion::arrow::array::BooleanArray;

use crate::odbc::convert::decimal::Decimal;
use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;

use super::column::{CInteger, Column, Converted, Value};
use super::content::Content;
use super::number;

/// Truth values.
#[derive(Debug)]
pub(super) struct Booleans(pub(super) BooleanArray);

/// 0 or 1.
pub(super) struct Bit(u8);

impl Column for Booleans {
    type Value<'a> = Bit;

    fn value(&self, row: usize) -> Bit {
        Bit(u8::from(self.0.value(row)))
    }
}

impl Value for Bit {
    fn content<'a>(&'a self, _: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        Ok(Content::figures(if self.0 == 0 { "0" } else { "1" }, 1))
    }

    fn bytes<'a>(&'a self, _: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        Ok(Content::whole_bytes(std::slice::from_ref(&self.0)))
    }

    fn bit(&self) -> Converted<u8> {
        Ok((self.0, Outcome::Exact))
    }

    fn integer<T: CInteger>(&self) -> Converted<T> {
        let value = T::try_from(i64::from(self.0)).map_err(|_| Failure::OutOfRange)?;
        Ok((value, Outcome::Exact))
    }

    fn double(&self) -> Converted<f64> {
        Ok((f64::from(self.0), Outcome::Exact))
    }

    fn numeric(&self, precision: u8, scale: i8) -> Converted<odbc_sys::Numeric> {
        number::numeric_of_decimal(Decimal::of_integer(i128::from(self.0)), precision, scale)
    }
}
