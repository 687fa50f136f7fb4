//! A parameter's value as an Arrow type: what fits, and which failure it is when something does not.

use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano, TimeUnit};
use datafusion::scalar::ScalarValue;

use crate::odbc::convert::calendar::{self, Clock, NANOS_PER_DAY};
use crate::odbc::convert::decimal::{Decimal, Number, power_of_ten};
use crate::odbc::convert::interval::{Fields, Span};
use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;
use crate::odbc::convert::single::single;

use super::input::Input;

/// The input as a value of this type, unchanged. Types that only plans use are left to the caller.
pub(super) fn store(input: &Input, data_type: &DataType) -> Result<ScalarValue, Failure> {
    Ok(match data_type {
        DataType::Boolean => ScalarValue::Boolean(Some(match integer::<i64>(input)? {
            0 => false,
            1 => true,
            _ => return Err(Failure::OutOfRange),
        })),
        DataType::Int8 => ScalarValue::Int8(Some(integer(input)?)),
        DataType::Int16 => ScalarValue::Int16(Some(integer(input)?)),
        DataType::Int32 => ScalarValue::Int32(Some(integer(input)?)),
        DataType::Int64 => ScalarValue::Int64(Some(integer(input)?)),
        DataType::Float32 => ScalarValue::Float32(Some(single(double(input)?)?)),
        DataType::Float64 => ScalarValue::Float64(Some(double(input)?)),
        DataType::Decimal128(precision, scale) => {
            ScalarValue::Decimal128(Some(decimal(input, *precision, *scale)?), *precision, *scale)
        }
        DataType::Utf8 => ScalarValue::Utf8(Some(text(input)?)),
        DataType::Binary => ScalarValue::Binary(Some(binary(input)?)),
        DataType::Date32 => ScalarValue::Date32(Some(date(input)?)),
        DataType::Time64(TimeUnit::Nanosecond) => ScalarValue::Time64Nanosecond(Some(time(input)?)),
        DataType::Timestamp(TimeUnit::Microsecond, None) => {
            ScalarValue::TimestampMicrosecond(Some(timestamp(input, 1_000)?), None)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, None) => {
            ScalarValue::TimestampNanosecond(Some(timestamp(input, 1)?), None)
        }
        _ => return Err(Failure::Restricted),
    })
}

/// A whole number. A fraction is not cut off silently: the query would ask for something else.
fn integer<T: TryFrom<i128>>(input: &Input) -> Result<T, Failure> {
    let decimal = match input.number()? {
        Number::Exact(decimal) => decimal,
        Number::Approximate(value) => Decimal::of_f64(value).ok_or(Failure::OutOfRange)?,
    };
    let (whole, cut) = decimal.rescale(0).ok_or(Failure::OutOfRange)?;
    if cut {
        return Err(Failure::RightTruncation);
    }
    T::try_from(whole).map_err(|_| Failure::OutOfRange)
}

fn double(input: &Input) -> Result<f64, Failure> {
    let value = input.number()?.to_f64();
    let out_of_range = value.is_infinite() && matches!(input, Input::Text(_));
    if out_of_range {
        Err(Failure::OutOfRange)
    } else {
        Ok(value)
    }
}

fn decimal(input: &Input, precision: u8, scale: i8) -> Result<i128, Failure> {
    let (unscaled, cut) = match input.number()? {
        Number::Exact(decimal) => decimal.rescale(i32::from(scale)).ok_or(Failure::OutOfRange)?,
        Number::Approximate(value) => (rounded(value, scale)?, false),
    };
    let limit = power_of_ten(i32::from(precision)).ok_or(Failure::OutOfRange)?;
    if unscaled.unsigned_abs() >= limit.unsigned_abs() {
        return Err(Failure::OutOfRange);
    }
    if cut {
        Err(Failure::RightTruncation)
    } else {
        Ok(unscaled)
    }
}

/// A binary fraction has no exact decimal form, so it is rounded to the digits there are.
fn rounded(value: f64, scale: i8) -> Result<i128, Failure> {
    let digits = usize::try_from(scale).unwrap_or(0);
    match Number::parse(&format!("{value:.digits$}")) {
        Some(Number::Exact(decimal)) => decimal
            .rescale(i32::from(scale))
            .map(|(unscaled, _)| unscaled)
            .ok_or(Failure::OutOfRange),
        _ => Err(Failure::OutOfRange),
    }
}

fn text(input: &Input) -> Result<String, Failure> {
    let mut scratch = Scratch::new();
    match input {
        Input::Text(text) => return Ok(text.clone()),
        Input::Bytes(bytes) => return String::from_utf8(bytes.clone()).map_err(|_| Failure::BadCharacter),
        Input::Double(value) => return Ok(zmij::Buffer::new().format(*value).to_owned()),
        Input::Exact(decimal) => {
            decimal.write(&mut scratch);
        }
        Input::Date(date) => calendar::write_date(*date, &mut scratch),
        Input::Time(clock) => clock.write(&mut scratch),
        Input::Timestamp(date, clock) => {
            calendar::write_date(*date, &mut scratch);
            scratch.push(b" ");
            clock.write(&mut scratch);
        }
        Input::Interval(fields, span) => fields.write(*span, &mut scratch),
    }
    Ok(scratch.text().to_owned())
}

/// Bytes; text gives them as pairs of hexadecimal digits.
fn binary(input: &Input) -> Result<Vec<u8>, Failure> {
    match input {
        Input::Bytes(bytes) => Ok(bytes.clone()),
        Input::Text(text) => {
            let pairs = text.as_bytes().chunks(2);
            pairs.map(byte).collect::<Option<_>>().ok_or(Failure::BadCharacter)
        }
        _ => Err(Failure::Restricted),
    }
}

fn byte(pair: &[u8]) -> Option<u8> {
    let digit = |digit: &u8| {
        char::from(*digit)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    match pair {
        [high, low] => Some(digit(high)? * 16 + digit(low)?),
        _ => None,
    }
}

/// The input as an interval of a type with these fields, none of it lost.
pub(super) fn interval(input: &Input, fields: Fields) -> Result<ScalarValue, Failure> {
    let span = match input {
        Input::Text(text) => fields.parse(text)?,
        Input::Interval(_, span) => *span,
        Input::Exact(number) => match fields.of_number(*number)? {
            (span, Outcome::Exact) => span,
            _ => return Err(Failure::RightTruncation),
        },
        _ => return Err(Failure::Restricted),
    };
    fields.check(span)?;
    let (months, nanos) = match span {
        Span::Months(months) => (months, 0),
        Span::Nanos(nanos) => (0, nanos),
    };
    let nanos_per_day = i128::from(NANOS_PER_DAY);
    let too_long = |_| Failure::IntervalOverflow;
    Ok(ScalarValue::IntervalMonthDayNano(Some(IntervalMonthDayNano::new(
        i32::try_from(months).map_err(too_long)?,
        i32::try_from(nanos / nanos_per_day).map_err(too_long)?,
        i64::try_from(nanos % nanos_per_day).map_err(too_long)?,
    ))))
}

fn date(input: &Input) -> Result<i32, Failure> {
    let literal = input.literal()?;
    let date = literal.date.ok_or_else(|| missing_part(input))?;
    if literal.clock.is_some_and(|clock| !clock.is_midnight()) {
        return Err(Failure::DatetimeOverflow);
    }
    let days = calendar::days_of(date).ok_or(Failure::DatetimeFormat)?;
    i32::try_from(days).map_err(|_| Failure::DatetimeOverflow)
}

fn time(input: &Input) -> Result<i64, Failure> {
    let clock = input.literal()?.clock.ok_or_else(|| missing_part(input))?;
    clock.nanos().ok_or(Failure::DatetimeFormat)
}

fn timestamp(input: &Input, nanos_per_tick: i64) -> Result<i64, Failure> {
    let literal = input.literal()?;
    let days = calendar::days_of(literal.date.unwrap_or_else(calendar::today)).ok_or(Failure::DatetimeFormat)?;
    let nanos = literal
        .clock
        .unwrap_or(Clock::default())
        .nanos()
        .ok_or(Failure::DatetimeFormat)?;
    if nanos % nanos_per_tick != 0 {
        return Err(Failure::DatetimeOverflow);
    }
    let midnight = days.checked_mul(NANOS_PER_DAY / nanos_per_tick);
    midnight
        .and_then(|ticks| ticks.checked_add(nanos / nanos_per_tick))
        .ok_or(Failure::DatetimeOverflow)
}

/// A time is no date: for text that is the wrong literal, for a structure the wrong type.
fn missing_part(input: &Input) -> Failure {
    if matches!(input, Input::Text(_)) {
        Failure::BadCharacter
    } else {
        Failure::Restricted
    }
}
