//! One value of a result as the type that a program asks for: exactly, or not at all.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use datafusion::arrow::error::ArrowError;

use crate::sqlstate::SqlState;

use super::failure::Failure;
use super::standard::type_of;
use super::types::lk_type;

/// A whole number: of a number that is one, a truth, a text that reads as one, or a moment in its unit.
pub fn int64(column: &ArrayRef, row: usize) -> Result<i64, Failure> {
    if let Some(numbers) = column.as_primitive_opt::<Int64Type>() {
        check_null(column, row)?;
        return Ok(numbers.value(row));
    }
    let value = one(column, row)?;
    let value = match value.data_type() {
        DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
            exact(&value, &DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))?
        }
        DataType::Time64(TimeUnit::Nanosecond) => exact(&value, &DataType::Time64(TimeUnit::Microsecond))?,
        _ => value,
    };
    let whole = match type_of(value.data_type()) {
        lk_type::LK_TYPE_BYTES => return Err(restricted(column, "a whole number")),
        lk_type::LK_TYPE_TEXT => convert(&trimmed(&value), &DataType::Int64)?,
        _ => exact(&value, &DataType::Int64)?,
    };
    Ok(whole.as_primitive::<Int64Type>().value(0))
}

/// A floating-point number: the one nearest to a number, or to a text that reads as one.
pub fn double(column: &ArrayRef, row: usize) -> Result<f64, Failure> {
    if let Some(numbers) = column.as_primitive_opt::<Float64Type>() {
        check_null(column, row)?;
        return Ok(numbers.value(row));
    }
    let value = one(column, row)?;
    let number = match type_of(value.data_type()) {
        lk_type::LK_TYPE_BOOL | lk_type::LK_TYPE_INT64 | lk_type::LK_TYPE_DOUBLE | lk_type::LK_TYPE_DECIMAL => {
            convert(&value, &DataType::Float64)?
        }
        lk_type::LK_TYPE_TEXT => convert(&trimmed(&value), &DataType::Float64)?,
        lk_type::LK_TYPE_DATE | lk_type::LK_TYPE_TIME | lk_type::LK_TYPE_TIMESTAMP | lk_type::LK_TYPE_BYTES => {
            return Err(restricted(column, "a number"));
        }
    };
    Ok(number.as_primitive::<Float64Type>().value(0))
}

/// Writes a value as text, as `CAST` in SQL does, with a NUL behind it. False for NULL.
pub fn text(column: &ArrayRef, row: usize, out: &mut Vec<u8>) -> Result<bool, Failure> {
    out.clear();
    if column.is_null(row) {
        return Ok(false);
    }
    match column.as_string_opt::<i32>() {
        Some(texts) => out.extend_from_slice(texts.value(row).as_bytes()),
        None => {
            let text = convert(&column.slice(row, 1), &DataType::Utf8)?;
            out.extend_from_slice(text.as_string::<i32>().value(0).as_bytes());
        }
    }
    out.push(0);
    Ok(true)
}

/// The bytes of a binary value or of a text, where they are. None for NULL.
pub fn bytes(column: &ArrayRef, row: usize) -> Result<Option<&[u8]>, Failure> {
    let bytes = match (column.as_binary_opt::<i32>(), column.as_string_opt::<i32>()) {
        (Some(bytes), _) => bytes.value(row),
        (None, Some(texts)) => texts.value(row).as_bytes(),
        (None, None) => return Err(restricted(column, "bytes")),
    };
    Ok((!column.is_null(row)).then_some(bytes))
}

fn check_null(column: &ArrayRef, row: usize) -> Result<(), Failure> {
    match column.is_null(row) {
        true => Err(Failure::new(
            SqlState::IndicatorRequired,
            "The value is NULL, which no number is; ask lk_is_null first.",
        )),
        false => Ok(()),
    }
}

/// The value alone, as a column.
fn one(column: &ArrayRef, row: usize) -> Result<ArrayRef, Failure> {
    check_null(column, row)?;
    Ok(column.slice(row, 1))
}

fn trimmed(text: &ArrayRef) -> ArrayRef {
    use datafusion::arrow::array::StringArray;
    let texts = text.as_string::<i32>().iter();
    std::sync::Arc::new(texts.map(|text| text.map(str::trim)).collect::<StringArray>())
}

fn convert(value: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, Failure> {
    let options = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    cast_with_options(value, wanted, &options).map_err(|error| unfit(value, &error))
}

/// As [`convert`], when nothing is lost by it.
fn exact(value: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, Failure> {
    let converted = convert(value, wanted)?;
    let back = convert(&converted, value.data_type())?;
    match back.as_ref() == value.as_ref() {
        true => Ok(converted),
        false => Err(Failure::new(
            SqlState::OutOfRange,
            "The value has a fraction that a whole number would lose; ask for a double or for the text.",
        )),
    }
}

fn unfit(value: &ArrayRef, error: &ArrowError) -> Failure {
    let is_text = type_of(value.data_type()) == lk_type::LK_TYPE_TEXT;
    let (state, message) = match error {
        ArrowError::NotYetImplemented(_) => return restricted(value, "that type"),
        _ if is_text => (
            SqlState::BadCharacter,
            "The text of the column is no number of that type.",
        ),
        _ if type_of(value.data_type()) == lk_type::LK_TYPE_BYTES => (
            SqlState::BadCharacter,
            "The bytes of the column are not UTF-8; ask for the bytes.",
        ),
        _ => (SqlState::OutOfRange, "The value of the column does not fit that type."),
    };
    Failure::new(state, message)
}

/// 07006
fn restricted(column: &ArrayRef, wanted: &str) -> Failure {
    let kind = type_of(column.data_type());
    Failure::new(
        SqlState::RestrictedType,
        format!("A value of type {kind:?} cannot be read as {wanted}."),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{
        BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray,
        TimestampNanosecondArray,
    };

    use super::*;

    fn of(array: impl Array + 'static) -> ArrayRef {
        Arc::new(array)
    }

    fn shown(column: &ArrayRef) -> String {
        let mut text = Vec::new();
        assert!(super::text(column, 0, &mut text).unwrap());
        assert_eq!(text.pop(), Some(0));
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn whole_numbers_are_exact_or_refused() {
        assert_eq!(int64(&of(Float64Array::from(vec![3.0])), 0).unwrap(), 3);
        let money = Decimal128Array::from(vec![1_250])
            .with_precision_and_scale(10, 2)
            .unwrap();
        for (column, state) in [
            (of(Float64Array::from(vec![3.5])), SqlState::OutOfRange),
            (of(Float64Array::from(vec![1e300])), SqlState::OutOfRange),
            (of(money), SqlState::OutOfRange),
            (of(StringArray::from(vec!["x"])), SqlState::BadCharacter),
            (of(BinaryArray::from(vec![b"1".as_slice()])), SqlState::RestrictedType),
            (of(TimestampNanosecondArray::from(vec![1_500])), SqlState::OutOfRange),
            (of(Int64Array::from(vec![None])), SqlState::IndicatorRequired),
        ] {
            assert_eq!(int64(&column, 0).unwrap_err().state, state, "{column:?}");
        }
        assert_eq!(int64(&of(StringArray::from(vec![" 42 "])), 0).unwrap(), 42);
        assert_eq!(int64(&of(BooleanArray::from(vec![true])), 0).unwrap(), 1);
        assert_eq!(int64(&of(Date32Array::from(vec![19_782])), 0).unwrap(), 19_782);
        assert_eq!(int64(&of(TimestampNanosecondArray::from(vec![2_000])), 0).unwrap(), 2);
    }

    #[test]
    fn doubles_are_of_numbers_and_of_texts_of_them() {
        let money = Decimal128Array::from(vec![1_250])
            .with_precision_and_scale(10, 2)
            .unwrap();
        assert!((double(&of(money), 0).unwrap() - 12.5).abs() < f64::EPSILON);
        assert!((double(&of(StringArray::from(vec!["2.5"])), 0).unwrap() - 2.5).abs() < f64::EPSILON);
        let date = double(&of(Date32Array::from(vec![1])), 0);
        assert_eq!(date.unwrap_err().state, SqlState::RestrictedType);
    }

    #[test]
    fn every_value_has_a_text() {
        let money = Decimal128Array::from(vec![1_250])
            .with_precision_and_scale(10, 2)
            .unwrap();
        assert_eq!(shown(&of(money)), "12.50");
        assert_eq!(shown(&of(Date32Array::from(vec![19_782]))), "2024-02-29");
        assert_eq!(shown(&of(BooleanArray::from(vec![false]))), "false");
        assert_eq!(shown(&of(StringArray::from(vec!["a\0b"]))), "a\0b");
        let null = of(StringArray::from(vec![None::<&str>]));
        assert!(!text(&null, 0, &mut Vec::new()).unwrap());
        assert_eq!(bytes(&null, 0).unwrap(), None);
        assert_eq!(
            bytes(&of(StringArray::from(vec!["ä"])), 0).unwrap(),
            Some("ä".as_bytes())
        );
    }
}
