//! What each function of JSON answers for the values that its path has found.

use std::borrow::Cow;

use crate::error::{Error, Kind, Result};
use crate::json::path::{JsonPath, Step};
use crate::json::{Value, select, write};

use super::super::row::{self, Answers, Function as RowFunction, Takes};
use super::{Body, Found, Function, Malformation, NESTED_VALUE};

pub(super) const FUNCTIONS: &[Function] = &[
    function("json_extract", Body::Text(any)),
    Function {
        malformation: Malformation::IsNull,
        ..function(NESTED_VALUE, Body::Text(any))
    },
    function(
        "json_count",
        Body::Whole(|found| Some(found.counted(|values| values.len()))),
    ),
    function(
        "json_sum",
        Body::Number(|found| found.folded(|numbers| numbers.iter().sum())),
    ),
    function("json_min", Body::Number(|found| found.folded(least))),
    function("json_max", Body::Number(|found| found.folded(greatest))),
    function("json_avg", Body::Number(|found| found.folded(mean))),
    with_optional_path("json_value", Body::Text(scalar)),
    with_optional_path("json_query", Body::Text(nested)),
    with_optional_path("json_array_length", Body::Whole(length)),
];

/// Whether a text is an object or an array, which is no question of what a path finds.
pub(super) const TESTS: &[RowFunction] = &[row::function(
    "isjson",
    &[&[Takes::Text]],
    Answers::Whole,
    |row| match row {
        [row::Value::Text(text)] => row::whole(i64::from(select::is_nested(text))),
        _ => Ok(None),
    },
)];

const fn function(name: &'static str, body: Body) -> Function {
    Function {
        name,
        may_lack_path: false,
        malformation: Malformation::IsAnError,
        body,
    }
}

const fn with_optional_path(name: &'static str, body: Body) -> Function {
    Function {
        may_lack_path: true,
        ..function(name, body)
    }
}

impl<'a> Found<'a> {
    /// One value.
    pub(super) fn just(function: &'static str, value: Value<'a>) -> Self {
        Self {
            function,
            values: vec![value],
            is_definite: true,
        }
    }

    /// The one value, where the path leads to one and it is there.
    fn one(&mut self) -> Option<Value<'a>> {
        self.values.pop().filter(|_| self.is_definite)
    }

    /// What `answer` makes of the values; of the elements, where the path leads to one array.
    fn counted<T>(&self, answer: impl Fn(&[Value<'_>]) -> T) -> T {
        match self.values.as_slice() {
            [Value::Nested(array)] if self.is_definite && array.starts_with('[') => {
                let elements = select::select(array, &JsonPath { steps: vec![Step::ALL] });
                // It was cut out of a text that has been read to its end.
                answer(&elements.unwrap_or_default())
            }
            values => answer(values),
        }
    }

    /// What `answer` makes of the numbers among the values; none when there are none.
    fn folded(&self, answer: impl Fn(&[f64]) -> f64) -> Result<Option<f64>> {
        let numbers = self.counted(|values| {
            let written = values.iter().filter_map(|value| match value {
                Value::Number(written) => Some(*written),
                _ => None,
            });
            written.map(|written| self.number(written)).collect::<Result<Vec<_>>>()
        })?;
        Ok((!numbers.is_empty()).then(|| answer(&numbers)))
    }

    fn number(&self, written: &str) -> Result<f64> {
        match written.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(Error::new(
                Kind::OutOfRange,
                format!(
                    "{} met the number {written}, which is beyond the range of a double",
                    self.function.to_uppercase()
                ),
            )),
        }
    }
}

/// One value as a text; several as an array.
pub(super) fn any(mut found: Found<'_>) -> Option<Cow<'_, str>> {
    if !found.is_definite {
        return (!found.values.is_empty()).then(|| write::array(&found.values).into());
    }
    match found.one()? {
        Value::Nested(written) => Some(written),
        value => plain(value),
    }
}

/// A value that is neither an object nor an array.
fn scalar(mut found: Found<'_>) -> Option<Cow<'_, str>> {
    found.one().and_then(plain)
}

/// An object or an array; several values as an array.
pub(super) fn nested(mut found: Found<'_>) -> Option<Cow<'_, str>> {
    if !found.is_definite {
        return any(found);
    }
    match found.one()? {
        Value::Nested(written) => Some(written),
        _ => None,
    }
}

/// The number of elements of one array.
fn length(found: Found<'_>) -> Option<usize> {
    match found.values.as_slice() {
        [Value::Nested(array)] if found.is_definite && array.starts_with('[') => {
            Some(found.counted(|values| values.len()))
        }
        _ => None,
    }
}

fn plain(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value {
        Value::Null | Value::Nested(_) => None,
        Value::Boolean(true) => Some("true".into()),
        Value::Boolean(false) => Some("false".into()),
        Value::Number(written) => Some(written.into()),
        Value::Text(said) => Some(said),
    }
}

fn least(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(f64::INFINITY, f64::min)
}

fn greatest(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn mean(numbers: &[f64]) -> f64 {
    let (count, mean) = numbers.iter().fold((0.0, 0.0), |(count, mean), number| {
        let count = count + 1.0;
        (count, mean + (number - mean) / count)
    });
    if count == 0.0 { 0.0 } else { mean }
}
