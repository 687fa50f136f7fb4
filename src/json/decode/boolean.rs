//! Booleans.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::error::ArrowError;

use super::fixed::FixedWidth;
use crate::json::cursor::Value;

/// The values of a `BooleanArray`.
#[derive(Debug)]
pub(super) struct Booleans;

impl FixedWidth for Booleans {
    const NAME: &'static str = "boolean";
    type Native = bool;

    fn read(&self, value: &Value<'_>) -> Option<bool> {
        match value {
            Value::Boolean(boolean) => Some(*boolean),
            _ => None,
        }
    }

    fn array(&self, values: Vec<bool>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(BooleanArray::new(values.into(), nulls)))
    }
}
