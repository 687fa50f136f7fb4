//! A function that is computed row by row, from values of a few types. NULL for any argument answers NULL.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, Time64MicrosecondArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Field, FieldRef, Float64Type, Int64Type, Time64MicrosecondType, TimeUnit,
    TimestampMicrosecondType,
};
use datafusion::arrow::temporal_conversions::time_to_time64us;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;

use crate::engine::errors::into_datafusion;
use crate::error::{Error, Kind, Result};

use super::parts::Part;

/// What an argument is converted to before the function sees it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Takes {
    Text,
    Whole,
    Number,
    /// A date, a time or a timestamp; a text that says one; or days since 1900, as SQL Server counts them.
    Moment,
    /// What it is, when it is of a type of [`Value`]; anything else as text.
    Any,
}

/// The type of what a function answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answers {
    Text,
    Whole,
    Date,
    Time,
    Timestamp,
    /// A date when the argument at this place is one and the unit, which is the first argument, is one of dates; a
    /// timestamp otherwise.
    LikeArgument(usize),
}

/// A value that is not NULL.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Whole(i64),
    Number(f64),
    Truth(bool),
    Date(NaiveDate),
    Time(NaiveTime),
    Timestamp(NaiveDateTime),
}

/// What a function makes of a row.
pub(super) type Answer = Result<Option<Value<'static>>>;

/// A function.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    /// The arguments, for each number of them that there may be.
    pub(super) takes: &'static [&'static [Takes]],
    pub(super) answers: Answers,
    /// Called with as many values as one of `takes` has, of the types it says.
    pub(super) body: fn(&[Value<'_>]) -> Answer,
}

/// A row of the tables of functions.
pub(super) const fn function(
    name: &'static str,
    takes: &'static [&'static [Takes]],
    answers: Answers,
    body: fn(&[Value<'_>]) -> Answer,
) -> Function {
    Function {
        name,
        takes,
        answers,
        body,
    }
}

/// The answer that is this text.
pub(super) fn text(text: impl Into<String>) -> Answer {
    Ok(Some(Value::Text(Cow::Owned(text.into()))))
}

/// The answer that is this number; NULL for one that 64 bits do not hold.
pub(super) fn whole<N>(number: N) -> Answer
where
    i64: TryFrom<N>,
{
    Ok(i64::try_from(number).ok().map(Value::Whole))
}

/// A value the function cannot work with.
pub(super) fn unfit(message: String) -> Error {
    Error::new(Kind::Conversion, message)
}

/// A [`Function`] as the engine calls it.
#[derive(Clone, Debug)]
pub(super) struct RowFunction {
    function: &'static Function,
    signature: Signature,
}

impl RowFunction {
    pub(super) fn new(function: &'static Function) -> Self {
        Self {
            function,
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }

    fn type_of_answer(&self, types: &[DataType], unit: Option<&ScalarValue>) -> DataType {
        match self.function.answers {
            Answers::Text => DataType::Utf8,
            Answers::Whole => DataType::Int64,
            Answers::Date => DataType::Date32,
            Answers::Time => DataType::Time64(TimeUnit::Microsecond),
            Answers::Timestamp => TIMESTAMP,
            Answers::LikeArgument(at) => {
                let is_date = matches!(types.get(at), Some(DataType::Date32 | DataType::Date64));
                let is_of_dates = unit
                    .and_then(|unit| unit.try_as_str().flatten())
                    .and_then(Part::named)
                    .is_some_and(Part::is_of_dates);
                if is_date && is_of_dates {
                    DataType::Date32
                } else {
                    TIMESTAMP
                }
            }
        }
    }
}

const TIMESTAMP: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

impl PartialEq for RowFunction {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for RowFunction {}

impl Hash for RowFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

impl ScalarUDFImpl for RowFunction {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>, DataFusionError> {
        let Some(takes) = self.function.takes.iter().find(|takes| takes.len() == types.len()) else {
            let message = format!(
                "The function {} does not take {} arguments",
                self.function.name.to_uppercase(),
                types.len()
            );
            return Err(into_datafusion(Error::new(Kind::Syntax, message)));
        };
        Ok(takes
            .iter()
            .zip(types)
            .map(|(takes, given)| converted(*takes, given))
            .collect())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(self.type_of_answer(types, None))
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef, DataFusionError> {
        let types: Vec<_> = arguments
            .arg_fields
            .iter()
            .map(|field| field.data_type().clone())
            .collect();
        let unit = arguments.scalar_arguments.first().copied().flatten();
        Ok(Arc::new(Field::new(
            self.name(),
            self.type_of_answer(&types, unit),
            true,
        )))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let is_constant = arguments
            .args
            .iter()
            .all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let rows = if is_constant { 1 } else { arguments.number_rows };
        let arrays = arguments
            .args
            .iter()
            .map(|argument| argument.to_array(rows))
            .collect::<Result<Vec<_>, _>>()?;
        let columns: Vec<_> = arrays.iter().map(Column::of).collect();
        let mut answers = Vec::with_capacity(rows);
        for row in 0..rows {
            let values: Option<Vec<_>> = columns.iter().map(|column| column.value(row)).collect();
            answers.push(match values {
                Some(values) => (self.function.body)(&values).map_err(into_datafusion)?,
                None => None,
            });
        }
        let array = array(answers, arguments.return_field.data_type());
        match is_constant {
            true => ScalarValue::try_from_array(&array, 0).map(ColumnarValue::Scalar),
            false => Ok(ColumnarValue::Array(array)),
        }
    }
}

fn converted(takes: Takes, given: &DataType) -> DataType {
    match (takes, given) {
        (Takes::Whole, _) => DataType::Int64,
        (Takes::Number, _) => DataType::Float64,
        (Takes::Moment | Takes::Any, DataType::Date32 | DataType::Date64) => DataType::Date32,
        (Takes::Moment | Takes::Any, DataType::Timestamp(..)) => TIMESTAMP,
        (Takes::Moment | Takes::Any, DataType::Time32(_) | DataType::Time64(_)) => {
            DataType::Time64(TimeUnit::Microsecond)
        }
        (Takes::Moment, number) if number.is_numeric() => DataType::Int64,
        (Takes::Any, number) if number.is_integer() => DataType::Int64,
        (Takes::Any, number) if number.is_floating() => DataType::Float64,
        (Takes::Any, DataType::Boolean) => DataType::Boolean,
        _ => DataType::Utf8,
    }
}

/// An argument, of the type that [`converted`] says.
enum Column<'a> {
    Text(&'a StringArray),
    Whole(&'a Int64Array),
    Number(&'a Float64Array),
    Truth(&'a BooleanArray),
    Date(&'a Date32Array),
    Time(&'a Time64MicrosecondArray),
    Timestamp(&'a TimestampMicrosecondArray),
    Null,
}

impl<'a> Column<'a> {
    fn of(array: &'a ArrayRef) -> Self {
        match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string()),
            DataType::Int64 => Self::Whole(array.as_primitive::<Int64Type>()),
            DataType::Float64 => Self::Number(array.as_primitive::<Float64Type>()),
            DataType::Boolean => Self::Truth(array.as_boolean()),
            DataType::Date32 => Self::Date(array.as_primitive::<Date32Type>()),
            DataType::Time64(TimeUnit::Microsecond) => Self::Time(array.as_primitive::<Time64MicrosecondType>()),
            DataType::Timestamp(TimeUnit::Microsecond, None) => {
                Self::Timestamp(array.as_primitive::<TimestampMicrosecondType>())
            }
            _ => Self::Null,
        }
    }

    fn value(&self, row: usize) -> Option<Value<'a>> {
        match self {
            Self::Text(array) => array
                .is_valid(row)
                .then(|| Value::Text(Cow::Borrowed(array.value(row)))),
            Self::Whole(array) => array.is_valid(row).then(|| Value::Whole(array.value(row))),
            Self::Number(array) => array.is_valid(row).then(|| Value::Number(array.value(row))),
            Self::Truth(array) => array.is_valid(row).then(|| Value::Truth(array.value(row))),
            Self::Date(array) => array
                .is_valid(row)
                .then(|| array.value_as_date(row))
                .flatten()
                .map(Value::Date),
            Self::Time(array) => array
                .is_valid(row)
                .then(|| array.value_as_time(row))
                .flatten()
                .map(Value::Time),
            Self::Timestamp(array) => {
                let moment = array.is_valid(row).then(|| array.value_as_datetime(row)).flatten();
                moment.map(Value::Timestamp)
            }
            Self::Null => None,
        }
    }
}

fn array(answers: Vec<Option<Value<'static>>>, data_type: &DataType) -> ArrayRef {
    let answers = answers.into_iter();
    match data_type {
        DataType::Int64 => Arc::new(Int64Array::from_iter(answers.map(|answer| match answer {
            Some(Value::Whole(number)) => Some(number),
            _ => None,
        }))),
        DataType::Date32 => Arc::new(Date32Array::from_iter(answers.map(|answer| match answer {
            Some(Value::Date(date)) => Some(Date32Type::from_naive_date(date)),
            Some(Value::Timestamp(moment)) => Some(Date32Type::from_naive_date(moment.date())),
            _ => None,
        }))),
        DataType::Time64(_) => Arc::new(Time64MicrosecondArray::from_iter(answers.map(|answer| match answer {
            Some(Value::Time(time)) => Some(time_to_time64us(time)),
            _ => None,
        }))),
        DataType::Timestamp(..) => Arc::new(TimestampMicrosecondArray::from_iter(answers.map(
            |answer| match answer {
                Some(Value::Timestamp(moment)) => Some(moment.and_utc().timestamp_micros()),
                _ => None,
            },
        ))),
        _ => Arc::new(StringArray::from_iter(answers.map(|answer| match answer {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }))),
    }
}
