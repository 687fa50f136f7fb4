//! The decoder of every type whose values have a fixed width.

use std::fmt;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::error::ArrowError;

use super::column::{ColumnDecoder, Misfit, nulls, take_sized};
use crate::json::cursor::Value;

/// A type of fixed width: how its values are read, and the array they fill.
pub(super) trait FixedWidth: fmt::Debug + Send {
    /// What the type is called in errors.
    const NAME: &'static str;
    /// A value in memory.
    type Native: Default + fmt::Debug + Send;

    /// A JSON value as this type; none when it is not of it.
    fn read(&self, value: &Value<'_>) -> Option<Self::Native>;

    /// The array of these values.
    fn array(&self, values: Vec<Self::Native>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError>;
}

/// Fills one column of a fixed width.
#[derive(Debug)]
pub(super) struct FixedDecoder<T: FixedWidth> {
    data_type: T,
    values: Vec<T::Native>,
    valid: Vec<bool>,
}

impl<T: FixedWidth> FixedDecoder<T> {
    /// A decoder without rows.
    pub(super) fn new(data_type: T) -> Self {
        Self {
            data_type,
            values: Vec::new(),
            valid: Vec::new(),
        }
    }
}

impl<T: FixedWidth> ColumnDecoder for FixedDecoder<T> {
    fn append(&mut self, value: &Value<'_>) -> Result<(), Misfit> {
        self.values
            .push(self.data_type.read(value).ok_or(Misfit::Type(T::NAME))?);
        self.valid.push(true);
        Ok(())
    }

    fn append_null(&mut self) {
        self.values.push(T::Native::default());
        self.valid.push(false);
    }

    fn truncate(&mut self, len: usize) {
        self.values.truncate(len);
        self.valid.truncate(len);
    }

    fn flush(&mut self) -> Result<ArrayRef, ArrowError> {
        self.data_type
            .array(take_sized(&mut self.values), nulls(&mut self.valid))
    }
}
