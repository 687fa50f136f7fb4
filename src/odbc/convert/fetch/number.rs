//! Numbers into C types: what fits, and what is lost. Shared by the numeric types and by text that holds a number.

use crate::odbc::convert::decimal::{Decimal, Number};
use crate::odbc::convert::interval::{Digits, Fields, IntervalStruct};
use crate::odbc::convert::outcome::{Failure, Outcome};

use super::column::{CInteger, Converted};

/// Exact, or fractional digits were cut.
pub(super) fn outcome(cut: bool) -> Outcome {
    if cut {
        Outcome::FractionTruncated
    } else {
        Outcome::Exact
    }
}

/// A decimal as an integer.
pub(super) fn integer_of_decimal<T: CInteger>(decimal: Decimal) -> Converted<T> {
    let (whole, cut) = decimal.rescale(0).ok_or(Failure::OutOfRange)?;
    Ok((T::try_from(whole).map_err(|_| Failure::OutOfRange)?, outcome(cut)))
}

/// A double as an integer.
pub(super) fn integer_of_double<T: CInteger>(value: f64) -> Converted<T> {
    let whole = truncated(value).ok_or(Failure::OutOfRange)?;
    Ok((
        T::try_from(whole).map_err(|_| Failure::OutOfRange)?,
        outcome(value.fract() != 0.0),
    ))
}

/// A decimal as a bit: 0 or 1; another number from 0 up to, without, 2 loses its fraction.
pub(super) fn bit_of_decimal(decimal: Decimal) -> Converted<u8> {
    let negative = decimal.unscaled < 0;
    integer_of_decimal(decimal).and_then(|converted| bit(converted, negative))
}

/// A double as a bit.
pub(super) fn bit_of_double(value: f64) -> Converted<u8> {
    integer_of_double(value).and_then(|converted| bit(converted, value < 0.0))
}

fn bit((value, outcome): (u8, Outcome), negative: bool) -> Converted<u8> {
    if negative || value > 1 {
        Err(Failure::OutOfRange)
    } else {
        Ok((value, outcome))
    }
}

/// A decimal as `SQL_C_NUMERIC`.
pub(super) fn numeric_of_decimal(decimal: Decimal, precision: u8, scale: i8) -> Converted<odbc_sys::Numeric> {
    let (numeric, cut) = decimal.to_numeric(precision, scale).ok_or(Failure::OutOfRange)?;
    Ok((numeric, outcome(cut)))
}

/// A decimal as an interval of one field.
pub(super) fn interval_of_decimal(decimal: Decimal, fields: Fields, digits: Digits) -> Converted<IntervalStruct> {
    let (span, cut) = fields.of_number(decimal)?;
    let (made, outcome) = fields.to_struct(span, digits)?;
    Ok((made, if cut == Outcome::Exact { outcome } else { cut }))
}

/// A double as `SQL_C_NUMERIC`, by its shortest decimal form.
pub(super) fn numeric_of_double(value: f64, precision: u8, scale: i8) -> Converted<odbc_sys::Numeric> {
    match Decimal::of_f64(value) {
        Some(decimal) => numeric_of_decimal(decimal, precision, scale),
        // Too small for 38 digits, so nothing is left of it; or far too large.
        None if value.abs() < 1.0 => numeric_of_decimal(Decimal::of_integer(0), precision, scale)
            .map(|(zero, _)| (zero, Outcome::FractionTruncated)),
        None => Err(Failure::OutOfRange),
    }
}

/// The part before the point; none for NaN, infinities and what 128 bits cannot hold.
fn truncated(value: f64) -> Option<i128> {
    const LIMIT: f64 = 1e38;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked, the fraction is meant to go"
    )]
    (value.abs() < LIMIT).then_some(value as i128)
}

/// The number a text holds.
pub(super) fn parse(text: &str) -> Result<Number, Failure> {
    Number::parse(text).ok_or(Failure::BadCharacter)
}
