//! Dates: days from 1970-01-01.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Date32Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::error::ArrowError;

use super::fixed::FixedWidth;
use crate::json::cursor::Value;
use crate::json::temporal::{self, Temporal};

/// The values of a `Date32Array`.
#[derive(Debug)]
pub(super) struct Dates;

impl FixedWidth for Dates {
    const NAME: &'static str = "date";
    type Native = i32;

    fn read(&self, value: &Value<'_>) -> Option<i32> {
        match value {
            Value::Text(text) => match temporal::read(text)? {
                Temporal::Date(day) => Some(day),
                _ => None,
            },
            _ => None,
        }
    }

    fn array(&self, values: Vec<i32>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(Date32Array::try_new(values.into(), nulls)?))
    }
}
