//! Parameter values for a plan.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use crate::error::{Error, Kind, Result};

/// The values as the plan expects them, one for each marker.
///
/// Clients send most things as text, so a text becomes the type the plan has found for its marker. Between numbers
/// nothing is converted here: `age > 30.5` must not become `age > 30`.
pub(super) fn coerce(values: Vec<ScalarValue>, wanted: &[Option<DataType>]) -> Result<Vec<ScalarValue>> {
    if values.len() != wanted.len() {
        return Err(Error::new(
            Kind::Syntax,
            format!(
                "The statement has {} parameter markers, and {} values were given",
                wanted.len(),
                values.len()
            ),
        ));
    }
    values
        .into_iter()
        .zip(wanted)
        .enumerate()
        .map(|(at, (value, wanted))| match wanted {
            Some(wanted) => coerce_one(value, wanted).ok_or_else(|| mismatch(at + 1, wanted)),
            None => Ok(value),
        })
        .collect()
}

fn coerce_one(value: ScalarValue, wanted: &DataType) -> Option<ScalarValue> {
    if value.is_null() {
        return ScalarValue::try_from(wanted).ok();
    }
    let given = value.data_type();
    if given == *wanted {
        return Some(value);
    }
    let text = matches!(given, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let to_text = matches!(wanted, DataType::Utf8);
    if !text && !to_text {
        return Some(value);
    }
    let trimmed = match value.try_as_str() {
        Some(Some(text)) if !to_text => ScalarValue::Utf8(Some(text.trim().to_owned())),
        _ => value,
    };
    trimmed.cast_to(wanted).ok().filter(|cast| !cast.is_null()).or_else(|| {
        // A text with a fraction, compared with a column of whole numbers.
        let number = wanted
            .is_integer()
            .then(|| trimmed.cast_to(&DataType::Float64).ok())??;
        (!number.is_null()).then_some(number)
    })
}

fn mismatch(marker: usize, wanted: &DataType) -> Error {
    Error::new(
        Kind::Conversion,
        format!("The value of parameter {marker} cannot be read as {}", spoken(wanted)),
    )
}

fn spoken(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Boolean => "a boolean",
        DataType::Date32 | DataType::Date64 => "a date",
        DataType::Time32(_) | DataType::Time64(_) => "a time",
        DataType::Timestamp(..) => "a timestamp",
        number if number.is_numeric() => "a number",
        _ => "the type that the statement needs there",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use datafusion::arrow::datatypes::TimeUnit;

    use super::*;

    fn text(value: &str) -> ScalarValue {
        ScalarValue::Utf8(Some(value.to_owned()))
    }

    fn one(value: ScalarValue, wanted: DataType) -> Result<ScalarValue> {
        coerce(vec![value], &[Some(wanted)]).map(|mut values| values.remove(0))
    }

    #[test]
    fn a_text_becomes_what_the_plan_expects() {
        assert_eq!(
            one(text(" 42 "), DataType::Int64).unwrap(),
            ScalarValue::Int64(Some(42))
        );
        assert_eq!(
            one(text("42.5"), DataType::Int64).unwrap(),
            ScalarValue::Float64(Some(42.5))
        );
        assert_eq!(
            one(text("2024-02-29"), DataType::Date32).unwrap(),
            ScalarValue::Date32(Some(19_782))
        );
        let timestamp = one(
            text("1970-01-01 00:00:01"),
            DataType::Timestamp(TimeUnit::Microsecond, None),
        );
        assert_eq!(
            timestamp.unwrap(),
            ScalarValue::TimestampMicrosecond(Some(1_000_000), None)
        );
    }

    #[test]
    fn numbers_keep_their_fraction() {
        let value = ScalarValue::Float64(Some(30.5));
        assert_eq!(one(value.clone(), DataType::Int64).unwrap(), value);
    }

    #[test]
    fn null_takes_the_type_of_its_marker() {
        assert_eq!(
            one(ScalarValue::Null, DataType::Int64).unwrap(),
            ScalarValue::Int64(None)
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named_by_its_number_and_not_shown() {
        let error = one(text("hunter2"), DataType::Int64).unwrap_err();
        assert_eq!(error.kind(), Kind::Conversion);
        assert_eq!(error.message(), "The value of parameter 1 cannot be read as a number");
    }

    #[test]
    fn one_value_for_each_marker() {
        assert_eq!(coerce(vec![], &[None]).unwrap_err().kind(), Kind::Syntax);
    }
}
