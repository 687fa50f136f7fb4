//! `SQL_DECIMAL`

use datafusion::arrow::buffer::ScalarBuffer;

use crate::odbc::convert::decimal::Decimal;
use crate::odbc::convert::interval::{Digits, Fields, IntervalStruct};
use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;

use super::column::{CInteger, Column, Converted, Value};
use super::content::Content;
use super::number;

/// Decimal numbers of one scale.
#[derive(Debug)]
pub(super) struct Decimals {
    pub(super) values: ScalarBuffer<i128>,
    pub(super) scale: i32,
}

impl Column for Decimals {
    type Value<'a> = Decimal;

    fn value(&self, row: usize) -> Decimal {
        Decimal {
            unscaled: self.values.get(row).copied().unwrap_or_default(),
            scale: self.scale,
        }
    }
}

impl Value for Decimal {
    fn content<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        let before_point = self.write(scratch);
        Ok(Content::figures(scratch.text(), before_point))
    }

    fn bytes<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        // The default C type of a decimal is text, hence so are its bytes.
        self.write(scratch);
        Ok(Content::whole_bytes(scratch.bytes()))
    }

    fn bit(&self) -> Converted<u8> {
        number::bit_of_decimal(*self)
    }

    fn integer<T: CInteger>(&self) -> Converted<T> {
        number::integer_of_decimal(*self)
    }

    fn double(&self) -> Converted<f64> {
        Ok((self.to_f64(), Outcome::Exact))
    }

    fn numeric(&self, precision: u8, scale: i8) -> Converted<odbc_sys::Numeric> {
        number::numeric_of_decimal(*self, precision, scale)
    }

    fn interval(&self, fields: Fields, digits: Digits) -> Converted<IntervalStruct> {
        number::interval_of_decimal(*self, fields, digits)
    }
}
