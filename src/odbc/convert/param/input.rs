//! What stands in a parameter's buffer.

use crate::odbc::convert::c_type::CType;
use crate::odbc::convert::calendar::{self, Clock, Literal};
use crate::odbc::convert::decimal::{Decimal, Number};
use crate::odbc::convert::guid;
use crate::odbc::convert::interval::{Fields, Span};
use crate::odbc::convert::outcome::Failure;
use crate::odbc::convert::types::{self, Shape};
use crate::odbc::memory::{Address, Plain};
use crate::odbc::numbers::descriptor::DATA_AT_EXEC_OFFSET;
use crate::odbc::text::Encoding;

use super::Parameter;

/// What the length and indicator buffers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Null,
    /// Up to a terminator.
    Terminated,
    Bytes(usize),
    /// The value is given at execution.
    Later,
}

/// A value as the application gave it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    Text(String),
    Bytes(Vec<u8>),
    Exact(Decimal),
    Double(f64),
    Date(odbc_sys::Date),
    Time(Clock),
    Timestamp(odbc_sys::Date, Clock),
    Interval(Fields, Span),
}

impl Length {
    pub(super) fn read(parameter: &Parameter) -> Result<Self, Failure> {
        if parameter.indicator.read::<isize>() == Some(odbc_sys::NULL_DATA) {
            return Ok(Self::Null);
        }
        let Some(length) = parameter.octet_length.read::<isize>() else {
            return Ok(Self::Terminated);
        };
        match length {
            odbc_sys::NULL_DATA => Ok(Self::Null),
            odbc_sys::NTS => Ok(Self::Terminated),
            odbc_sys::DATA_AT_EXEC => Ok(Self::Later),
            length if length <= DATA_AT_EXEC_OFFSET => Ok(Self::Later),
            length => usize::try_from(length).map(Self::Bytes).map_err(|_| Failure::Length),
        }
    }
}

impl Input {
    pub(super) fn read(c_type: CType, sql_type: i16, parameter: &Parameter, length: Length) -> Result<Self, Failure> {
        let value = parameter.value;
        Ok(match c_type {
            CType::Char => Self::Text(text(Encoding::Narrow, value, length)?),
            CType::WChar => Self::Text(text(Encoding::wide(), value, length)?),
            CType::Binary => binary(sql_type, parameter, length)?,
            CType::Bit => match fixed::<u8>(value)? {
                bit @ 0..=1 => integer(bit),
                _ => return Err(Failure::OutOfRange),
            },
            CType::STinyInt => integer(fixed::<i8>(value)?),
            CType::UTinyInt => integer(fixed::<u8>(value)?),
            CType::SShort => integer(fixed::<i16>(value)?),
            CType::UShort => integer(fixed::<u16>(value)?),
            CType::SLong => integer(fixed::<i32>(value)?),
            CType::ULong => integer(fixed::<u32>(value)?),
            CType::SBigInt => integer(fixed::<i64>(value)?),
            CType::UBigInt => integer(fixed::<u64>(value)?),
            CType::Float => Self::Double(widened(fixed(value)?)),
            CType::Double => Self::Double(fixed(value)?),
            CType::Numeric => Self::Exact(Decimal::of_numeric(&fixed(value)?).ok_or(Failure::OutOfRange)?),
            CType::Date => Self::Date(existing(fixed(value)?)?),
            CType::Time => Self::Time(possible(Clock {
                time: fixed(value)?,
                fraction: 0,
            })?),
            CType::Timestamp => {
                let (date, clock) = calendar::parts(fixed(value)?);
                Self::Timestamp(existing(date)?, possible(clock)?)
            }
            CType::Guid => Self::Text(guid::format(&fixed(value)?)),
            CType::Interval(fields) => {
                let digits = u32::try_from(parameter.fraction_digits).unwrap_or_default();
                Self::Interval(fields, fields.of_struct(&fixed(value)?, digits)?)
            }
        })
    }

    /// The number this is or holds.
    pub(super) fn number(&self) -> Result<Number, Failure> {
        match self {
            Self::Text(text) => Number::parse(text).ok_or(Failure::BadCharacter),
            Self::Exact(decimal) => Ok(Number::Exact(*decimal)),
            Self::Double(value) => Ok(Number::Approximate(*value)),
            Self::Interval(fields, span) => fields.number(*span).map(Number::Exact),
            _ => Err(Failure::Restricted),
        }
    }

    /// The date, the time or both that this is or holds.
    pub(super) fn literal(&self) -> Result<Literal, Failure> {
        match self {
            Self::Text(text) => Literal::parse(text),
            Self::Date(date) => Ok(Literal {
                date: Some(*date),
                clock: None,
            }),
            Self::Time(clock) => Ok(Literal {
                date: None,
                clock: Some(*clock),
            }),
            Self::Timestamp(date, clock) => Ok(Literal {
                date: Some(*date),
                clock: Some(*clock),
            }),
            _ => Err(Failure::Restricted),
        }
    }

    /// Digits behind the point, of a number that is exact.
    pub(super) fn scale(&self) -> Option<i8> {
        match self.number() {
            Ok(Number::Exact(decimal)) => i8::try_from(decimal.scale).ok(),
            Ok(Number::Approximate(value)) => i8::try_from(Decimal::of_f64(value)?.scale).ok(),
            Err(_) => None,
        }
    }

    /// Whether microseconds would lose something.
    pub(super) fn needs_nanoseconds(&self) -> bool {
        let clock = self.literal().ok().and_then(|literal| literal.clock);
        clock.is_some_and(|clock| clock.fraction % 1_000 != 0)
    }
}

fn integer(value: impl Into<i128>) -> Input {
    Input::Exact(Decimal::of_integer(value.into()))
}

/// 0.1 in single precision means 0.1, not the double nearest to the single.
fn widened(value: f32) -> f64 {
    let exact = f64::from(value);
    if exact.is_finite() {
        zmij::Buffer::new().format_finite(value).parse().unwrap_or(exact)
    } else {
        exact
    }
}

fn fixed<T: Plain>(value: Address) -> Result<T, Failure> {
    value.read().ok_or(Failure::Length)
}

fn existing(date: odbc_sys::Date) -> Result<odbc_sys::Date, Failure> {
    calendar::days_of(date).map(|_| date).ok_or(Failure::DatetimeFormat)
}

fn possible(clock: Clock) -> Result<Clock, Failure> {
    clock.nanos().map(|_| clock).ok_or(Failure::DatetimeFormat)
}

fn text(encoding: Encoding, value: Address, length: Length) -> Result<String, Failure> {
    let units = match length {
        Length::Bytes(0) => return Ok(String::new()),
        Length::Bytes(bytes) => isize::try_from(bytes / encoding.unit()).map_err(|_| Failure::Length)?,
        Length::Terminated | Length::Null | Length::Later => odbc_sys::NTS,
    };
    match encoding.read(value, units) {
        Ok(Some(text)) => Ok(text),
        Ok(None) | Err(_) => Err(Failure::Length),
    }
}

/// Bytes for a binary type; for a text type the bytes of its characters, and for another type those of its default C type.
fn binary(sql_type: i16, parameter: &Parameter, length: Length) -> Result<Input, Failure> {
    let value = parameter.value;
    let row = types::by_number(sql_type);
    match row.map(|row| row.shape) {
        Some(Shape::WideText) => text(Encoding::wide(), value, length).map(Input::Text),
        // A decimal's default C type is text.
        Some(Shape::NarrowText | Shape::Digits) => text(Encoding::Narrow, value, length).map(Input::Text),
        Some(Shape::Binary) => {
            let bytes = match length {
                Length::Bytes(0) => Some(Vec::new()),
                Length::Bytes(count) => value.read_bytes(count),
                Length::Terminated | Length::Null | Length::Later => value.read_to_zero(),
            };
            bytes.map(Input::Bytes).ok_or(Failure::Length)
        }
        Some(Shape::Fixed { .. } | Shape::Temporal { .. }) | None => {
            let c_type = CType::of(types::default_c_type(sql_type).ok_or(Failure::Unsupported)?)?;
            match length {
                Length::Bytes(count) if c_type.size() == Some(count) => {
                    Input::read(c_type, sql_type, parameter, length)
                }
                _ => Err(Failure::OutOfRange),
            }
        }
    }
}
