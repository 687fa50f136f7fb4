//! `SQL_REAL` and `SQL_DOUBLE`

use datafusion::arrow::buffer::ScalarBuffer;

use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;

use super::column::{CInteger, Column, Converted, Value};
use super::content::Content;
use super::number;

/// Single-precision numbers.
#[derive(Debug)]
pub(super) struct Reals(pub(super) ScalarBuffer<f32>);

/// Double-precision numbers.
#[derive(Debug)]
pub(super) struct Doubles(pub(super) ScalarBuffer<f64>);

/// One single-precision number.
pub(super) struct Real(f32);

/// One double-precision number.
pub(super) struct Double(f64);

impl Column for Reals {
    type Value<'a> = Real;

    fn value(&self, row: usize) -> Real {
        Real(self.0.get(row).copied().unwrap_or_default())
    }
}

impl Column for Doubles {
    type Value<'a> = Double;

    #[inline]
    fn value(&self, row: usize) -> Double {
        Double(self.0.get(row).copied().unwrap_or_default())
    }
}

impl Value for Real {
    fn content<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        Ok(shortest(self.0, f64::from(self.0), scratch))
    }

    fn bytes<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        scratch.push(&self.0.to_ne_bytes());
        Ok(Content::whole_bytes(scratch.bytes()))
    }

    fn bit(&self) -> Converted<u8> {
        number::bit_of_double(f64::from(self.0))
    }

    fn integer<T: CInteger>(&self) -> Converted<T> {
        number::integer_of_double(f64::from(self.0))
    }

    fn float(&self) -> Converted<f32> {
        Ok((self.0, Outcome::Exact))
    }

    fn double(&self) -> Converted<f64> {
        Ok((f64::from(self.0), Outcome::Exact))
    }

    fn numeric(&self, precision: u8, scale: i8) -> Converted<odbc_sys::Numeric> {
        number::numeric_of_double(f64::from(self.0), precision, scale)
    }
}

impl Value for Double {
    fn content<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        Ok(shortest(self.0, self.0, scratch))
    }

    fn bytes<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure> {
        scratch.push(&self.0.to_ne_bytes());
        Ok(Content::whole_bytes(scratch.bytes()))
    }

    fn bit(&self) -> Converted<u8> {
        number::bit_of_double(self.0)
    }

    fn integer<T: CInteger>(&self) -> Converted<T> {
        number::integer_of_double(self.0)
    }

    #[inline]
    fn double(&self) -> Converted<f64> {
        Ok((self.0, Outcome::Exact))
    }

    fn numeric(&self, precision: u8, scale: i8) -> Converted<odbc_sys::Numeric> {
        number::numeric_of_double(self.0, precision, scale)
    }
}

/// The shortest text that reads back as the same number. Only digits behind the point may be cut, and none of a number
/// with an exponent.
fn shortest<'a, F: zmij::Float>(number: F, value: f64, scratch: &'a mut Scratch) -> Content<'a> {
    let mut buffer = zmij::Buffer::new();
    let text = if value.is_nan() {
        "NaN"
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity" } else { "-Infinity" }
    } else {
        buffer.format_finite(number)
    };
    scratch.push(text.as_bytes());
    let least = match text.find('.') {
        Some(point) if !text.contains('e') => point,
        _ => text.len(),
    };
    Content::figures(scratch.text(), least)
}
