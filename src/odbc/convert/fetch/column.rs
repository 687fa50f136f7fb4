//! The logical types: which Arrow arrays belong to each, and what each can be converted to.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, LargeBinaryArray, StringArray, new_null_array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int64Type, Time64NanosecondType, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::odbc::convert::c_type::CType;
use crate::odbc::convert::describe::Description;
use crate::odbc::convert::interval::{Digits, Fields, IntervalStruct};
use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;
use crate::odbc::convert::single::single;
use crate::odbc::memory::Plain;

use super::binary::Binaries;
use super::boolean::Booleans;
use super::content::Content;
use super::date::Dates;
use super::decimal::Decimals;
use super::float::{Doubles, Reals};
use super::integer::Integers;
use super::text::Texts;
use super::time::Times;
use super::timestamp::Timestamps;

/// A converted value and what was lost on the way.
pub(super) type Converted<T> = Result<(T, Outcome), Failure>;

/// An integer of the application.
pub(super) trait CInteger: Plain + TryFrom<i64> + TryFrom<i128> {}
impl<T: Plain + TryFrom<i64> + TryFrom<i128>> CInteger for T {}

/// A value of one logical type. Conversions that the standard does not have stay `Restricted`.
pub(super) trait Value {
    /// As text.
    fn content<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure>;
    /// As `SQL_C_BINARY`.
    fn bytes<'a>(&'a self, scratch: &'a mut Scratch) -> Result<Content<'a>, Failure>;
    /// As `SQL_C_BIT`.
    fn bit(&self) -> Converted<u8> {
        Err(Failure::Restricted)
    }
    /// As any of the integers.
    fn integer<T: CInteger>(&self) -> Converted<T> {
        Err(Failure::Restricted)
    }
    /// As `SQL_C_FLOAT`.
    fn float(&self) -> Converted<f32> {
        let (value, outcome) = self.double()?;
        Ok((single(value)?, outcome))
    }
    /// As `SQL_C_DOUBLE`.
    fn double(&self) -> Converted<f64> {
        Err(Failure::Restricted)
    }
    /// As `SQL_C_NUMERIC`.
    fn numeric(&self, precision: u8, scale: i8) -> Converted<odbc_sys::Numeric> {
        let _ = (precision, scale);
        Err(Failure::Restricted)
    }
    /// As `SQL_C_TYPE_DATE`.
    fn date(&self) -> Converted<odbc_sys::Date> {
        Err(Failure::Restricted)
    }
    /// As `SQL_C_TYPE_TIME`.
    fn time(&self) -> Converted<odbc_sys::Time> {
        Err(Failure::Restricted)
    }
    /// As `SQL_C_TYPE_TIMESTAMP`.
    fn timestamp(&self) -> Converted<odbc_sys::Timestamp> {
        Err(Failure::Restricted)
    }
    /// As one of the intervals.
    fn interval(&self, fields: Fields, digits: Digits) -> Converted<IntervalStruct> {
        let _ = (fields, digits);
        Err(Failure::Restricted)
    }
    /// As `SQL_C_GUID`.
    fn guid(&self) -> Converted<odbc_sys::Guid> {
        Err(Failure::Restricted)
    }
}

/// Values by row. The caller asks only for rows that exist and are not NULL.
pub(super) trait Column {
    /// What a row holds.
    type Value<'a>: Value
    where
        Self: 'a;

    /// The value of a row.
    fn value(&self, row: usize) -> Self::Value<'_>;
}

/// An array, ready to be read.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) column: Kind,
    pub(super) nulls: Option<NullBuffer>,
    length: usize,
}

/// A column of each logical type.
#[derive(Debug)]
pub(super) enum Kind {
    Boolean(Booleans),
    Integer(Integers),
    Real(Reals),
    Double(Doubles),
    Decimal(Decimals),
    Text(Texts),
    Binary(Binaries),
    Date(Dates),
    Time(Times),
    Timestamp(Timestamps),
}

impl Values {
    /// Reads an array; the types that are rarer than their logical type are cast to its common one.
    pub(super) fn of(array: &ArrayRef, description: &Description) -> Result<Self, Failure> {
        use datafusion::arrow::datatypes::DataType as T;
        let array = match array.data_type() {
            T::Null => new_null_array(&T::Utf8, array.len()),
            T::Int8 | T::Int16 | T::Int32 | T::UInt8 | T::UInt16 | T::UInt32 => cast(array, &T::Int64)?,
            T::UInt64 => cast(array, &T::Decimal128(20, 0))?,
            T::Float16 => cast(array, &T::Float32)?,
            T::Decimal32(precision, scale) | T::Decimal64(precision, scale) => {
                cast(array, &T::Decimal128(*precision, *scale))?
            }
            T::FixedSizeBinary(_) | T::BinaryView => cast(array, &T::Binary)?,
            T::Date64 => cast(array, &T::Date32)?,
            T::Time32(_) | T::Time64(TimeUnit::Microsecond) => cast(array, &T::Time64(TimeUnit::Nanosecond))?,
            T::Dictionary(_, value) => return Self::of(&cast(array, value)?, description),
            T::RunEndEncoded(_, values) => return Self::of(&cast(array, values.data_type())?, description),
            _ => Arc::clone(array),
        };
        let column = match array.data_type() {
            T::Boolean => Kind::Boolean(Booleans(array.as_boolean().clone())),
            T::Int64 => Kind::Integer(Integers {
                values: array.as_primitive::<Int64Type>().values().clone(),
                octets: description.octet_length,
            }),
            T::Float32 => Kind::Real(Reals(array.as_primitive::<Float32Type>().values().clone())),
            T::Float64 => Kind::Double(Doubles(array.as_primitive::<Float64Type>().values().clone())),
            T::Decimal128(_, scale) => Kind::Decimal(Decimals {
                values: array.as_primitive::<Decimal128Type>().values().clone(),
                scale: i32::from(*scale),
            }),
            T::Utf8 => Kind::Text(Texts::Utf8(array.as_string::<i32>().clone())),
            T::LargeUtf8 => Kind::Text(Texts::Large(array.as_string::<i64>().clone())),
            T::Utf8View => Kind::Text(Texts::View(array.as_string_view().clone())),
            T::Binary => Kind::Binary(Binaries::Binary(BinaryArray::clone(array.as_binary()))),
            T::LargeBinary => Kind::Binary(Binaries::Large(LargeBinaryArray::clone(array.as_binary()))),
            T::Date32 => Kind::Date(Dates(array.as_primitive::<Date32Type>().values().clone())),
            T::Time64(_) => Kind::Time(Times(array.as_primitive::<Time64NanosecondType>().values().clone())),
            T::Timestamp(unit, _) => Kind::Timestamp(timestamps(&array, *unit)),
            _ => Kind::Text(Texts::Utf8(displayed(&array)?)),
        };
        Ok(Self {
            column,
            nulls: array.logical_nulls().filter(|nulls| nulls.null_count() > 0),
            length: array.len(),
        })
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Whether the standard has this conversion.
    pub(super) fn converts_to(&self, c_type: CType) -> bool {
        let temporal = matches!(c_type, CType::Date | CType::Time | CType::Timestamp);
        let bytes = matches!(c_type, CType::Char | CType::WChar | CType::Binary);
        if let CType::Interval(fields) = c_type {
            return match &self.column {
                Kind::Text(_) => true,
                Kind::Integer(_) | Kind::Decimal(_) => fields.is_single(),
                _ => false,
            };
        }
        match &self.column {
            Kind::Boolean(_) | Kind::Integer(_) | Kind::Real(_) | Kind::Double(_) | Kind::Decimal(_) => {
                !temporal && c_type != CType::Guid
            }
            Kind::Text(_) => true,
            Kind::Binary(_) => bytes,
            Kind::Date(_) => bytes || (temporal && c_type != CType::Time),
            Kind::Time(_) => bytes || (temporal && c_type != CType::Date),
            Kind::Timestamp(_) => bytes || temporal,
        }
    }
}

fn cast(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, Failure> {
    let exactly = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    cast_with_options(array, to, &exactly).map_err(|_| Failure::OutOfRange)
}

fn timestamps(array: &ArrayRef, unit: TimeUnit) -> Timestamps {
    let (values, per_second) = match unit {
        TimeUnit::Second => (array.as_primitive::<TimestampSecondType>().values(), 1),
        TimeUnit::Millisecond => (array.as_primitive::<TimestampMillisecondType>().values(), 1_000),
        TimeUnit::Microsecond => (array.as_primitive::<TimestampMicrosecondType>().values(), 1_000_000),
        TimeUnit::Nanosecond => (array.as_primitive::<TimestampNanosecondType>().values(), 1_000_000_000),
    };
    Timestamps {
        values: values.clone(),
        per_second,
    }
}

/// What has no type of its own in ODBC: intervals, durations, wide decimals and nested values, as Arrow prints them.
fn displayed(array: &ArrayRef) -> Result<StringArray, Failure> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options).map_err(|_| Failure::Restricted)?;
    let nulls = array.logical_nulls();
    let is_null = |row| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
    Ok((0..array.len())
        .map(|row| (!is_null(row)).then(|| formatter.value(row).to_string()))
        .collect())
}
