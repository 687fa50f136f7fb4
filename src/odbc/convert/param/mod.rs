//! The application's parameter buffers into scalar values.

mod input;
mod pairs;
mod store;

use datafusion::arrow::datatypes::{DataType, IntervalUnit, TimeUnit};
use datafusion::scalar::ScalarValue;

use crate::odbc::memory::Address;
use crate::odbc::text::Encoding;

use super::c_type::{self, CType};
use super::guid;
use super::interval::Fields;
use super::outcome::Failure;
use super::types::{self, MAX_DIGITS, MAX_VARCHAR, number};
use input::{Input, Length};
use pairs::converts;
use store::{interval, store};

/// Where a parameter's value is, as records of the APD and IPD say, moved to one row.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Concise C type (APD); `SQL_C_DEFAULT` follows `sql_type`.
    pub c_type: i16,
    /// Concise SQL type (IPD).
    pub sql_type: i16,
    /// Data buffer.
    pub value: Address,
    /// Bytes of the buffer.
    pub buffer_length: isize,
    /// Length in bytes, or an indicator; a null address means `SQL_NTS` or a fixed length.
    pub octet_length: Address,
    /// Where NULL is said.
    pub indicator: Address,
    /// `COLUMN_SIZE` of the IPD.
    pub column_size: usize,
    /// `DECIMAL_DIGITS` of the IPD.
    pub decimal_digits: i16,
    /// `SQL_DESC_PRECISION` of the APD: for intervals, digits of the fraction of a second.
    pub fraction_digits: i16,
}

impl Parameter {
    /// Bytes of a value of the C type; none for texts and binary values, whose length is their own.
    pub fn element_size(&self) -> Option<usize> {
        CType::of(self.c_type).ok().and_then(CType::size)
    }

    /// The bytes up to, without, a terminator as wide as the characters of the C type.
    pub fn terminated(&self, data: Address) -> Option<Vec<u8>> {
        match (CType::of(self.c_type), Encoding::wide()) {
            (Ok(CType::WChar), Encoding::Ucs4) => {
                let units = data.read_to_zero::<u32>()?;
                Some(units.into_iter().flat_map(u32::to_ne_bytes).collect())
            }
            (Ok(CType::WChar), _) => {
                let units = data.read_to_zero::<u16>()?;
                Some(units.into_iter().flat_map(u16::to_ne_bytes).collect())
            }
            _ => data.read_to_zero(),
        }
    }
}

/// Whether the value is not there yet, because the application gives it at execution (`SQL_DATA_AT_EXEC`).
pub fn is_given_later(parameter: &Parameter) -> bool {
    Length::read(parameter) == Ok(Length::Later)
}

/// Reads a value as the SQL type says. `wanted` is the type the plan expects, where known.
///
/// The value must fit the SQL type of the binding. It is then handed over as `wanted` if it survives the change whole:
/// many programs bind everything as text, and a comparison should still be made in the column's own type.
pub fn read(parameter: &Parameter, wanted: Option<&DataType>) -> Result<ScalarValue, Failure> {
    let sql_type = types::odbc3_number(parameter.sql_type);
    let c_type = match parameter.c_type {
        c_type::number::DEFAULT => types::default_c_type(sql_type).ok_or(Failure::Unsupported)?,
        number => number,
    };
    let c_type = CType::of(c_type)?;
    let length = Length::read(parameter)?;
    if length == Length::Later {
        return Err(Failure::Unsupported);
    }
    if length == Length::Null {
        let data_type = data_type(sql_type, parameter, None)?;
        return ScalarValue::try_new_null(wanted.unwrap_or(&data_type)).map_err(|_| Failure::Unsupported);
    }
    if !converts(c_type, sql_type) {
        return Err(Failure::Restricted);
    }
    let input = Input::read(c_type, sql_type, parameter, length)?;
    if let Some(fields) = Fields::of(sql_type) {
        return interval(&input, fields);
    }
    let data_type = data_type(sql_type, parameter, Some(&input))?;
    let value = store(&input, &data_type)?;
    match &value {
        ScalarValue::Utf8(Some(text)) if sql_type == number::GUID => {
            guid::parse(text).ok_or(Failure::BadCharacter)?;
        }
        value => check_size(value, parameter.column_size)?,
    }
    match wanted {
        Some(wanted) if *wanted != data_type => Ok(unchanged_as(&input, wanted).unwrap_or(value)),
        _ => Ok(value),
    }
}

/// The Arrow type of an SQL type.
fn data_type(sql_type: i16, parameter: &Parameter, input: Option<&Input>) -> Result<DataType, Failure> {
    Ok(match sql_type {
        number::BIT => DataType::Boolean,
        number::TINYINT => DataType::Int8,
        number::SMALLINT => DataType::Int16,
        number::INTEGER => DataType::Int32,
        number::BIGINT => DataType::Int64,
        number::REAL => DataType::Float32,
        number::FLOAT | number::DOUBLE => DataType::Float64,
        number::DECIMAL | number::NUMERIC => decimal_type(parameter, input),
        number::DATE => DataType::Date32,
        number::TIME => DataType::Time64(TimeUnit::Nanosecond),
        number::TIMESTAMP => timestamp_type(input),
        number::BINARY | number::VARBINARY | number::LONGVARBINARY => DataType::Binary,
        number::CHAR
        | number::VARCHAR
        | number::LONGVARCHAR
        | number::WCHAR
        | number::WVARCHAR
        | number::WLONGVARCHAR
        | number::GUID => DataType::Utf8,
        _ if Fields::of(sql_type).is_some() => DataType::Interval(IntervalUnit::MonthDayNano),
        _ => return Err(Failure::Unsupported),
    })
}

/// The precision and scale of the binding; without a precision, those of the value.
fn decimal_type(parameter: &Parameter, input: Option<&Input>) -> DataType {
    let most = u8::try_from(MAX_DIGITS).unwrap_or(u8::MAX);
    let precision = u8::try_from(parameter.column_size)
        .ok()
        .filter(|precision| (1..=most).contains(precision));
    let scale = i8::try_from(parameter.decimal_digits).unwrap_or(0);
    match (precision, input.and_then(Input::scale)) {
        (Some(precision), _) => DataType::Decimal128(precision, scale.clamp(0, precision.cast_signed())),
        (None, Some(own)) => DataType::Decimal128(most, own.clamp(0, most.cast_signed())),
        (None, None) => DataType::Decimal128(most, scale.clamp(0, most.cast_signed())),
    }
}

/// Microseconds, as document columns have; nanoseconds for a value that needs them.
fn timestamp_type(input: Option<&Input>) -> DataType {
    let fine = input.is_some_and(Input::needs_nanoseconds);
    DataType::Timestamp(
        if fine {
            TimeUnit::Nanosecond
        } else {
            TimeUnit::Microsecond
        },
        None,
    )
}

/// Text and binary values may not be longer than the binding says. It does not say with 0, nor with the size that
/// `SQLDescribeParam` answers: many programs (PHP, Node) bind a text of any length with that.
fn check_size(value: &ScalarValue, column_size: usize) -> Result<(), Failure> {
    let too_long = match value {
        ScalarValue::Utf8(Some(text)) => text.len() > column_size && text.chars().count() > column_size,
        ScalarValue::Binary(Some(bytes)) => bytes.len() > column_size,
        _ => false,
    };
    if too_long && (1..MAX_VARCHAR).contains(&column_size) {
        Err(Failure::RightTruncation)
    } else {
        Ok(())
    }
}

/// The input as the type the plan wants, if nothing of it is lost.
fn unchanged_as(input: &Input, wanted: &DataType) -> Option<ScalarValue> {
    let common = match wanted {
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => DataType::Int64,
        DataType::UInt64 => DataType::Decimal128(20, 0),
        DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView => DataType::Binary,
        DataType::Date64 => DataType::Date32,
        DataType::Time32(_) | DataType::Time64(_) => DataType::Time64(TimeUnit::Nanosecond),
        DataType::Timestamp(..) => timestamp_type(Some(input)),
        other => other.clone(),
    };
    let value = store(input, &common).ok()?;
    if common == *wanted {
        return Some(value);
    }
    let changed = value.cast_to(wanted).ok()?;
    (changed.cast_to(&common).ok()? == value).then_some(changed)
}

#[cfg(test)]
mod tests;
