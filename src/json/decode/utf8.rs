//! Text: strings as they are, numbers and words as they are written, nested values as JSON text.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use datafusion::arrow::error::ArrowError;

use super::column::{ColumnDecoder, Misfit, nulls, take_sized};
use crate::json::cursor::Value;

/// Fills a `StringArray`.
#[derive(Debug, Default)]
pub(super) struct Utf8Decoder {
    bytes: Vec<u8>,
    /// Where each text ends in `bytes`.
    ends: Vec<i32>,
    valid: Vec<bool>,
}

impl Utf8Decoder {
    fn push(&mut self, text: &str) -> Result<(), Misfit> {
        let end = i32::try_from(self.bytes.len() + text.len()).map_err(|_| Misfit::TooLong)?;
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(end);
        self.valid.push(true);
        Ok(())
    }
}

impl ColumnDecoder for Utf8Decoder {
    fn append(&mut self, value: &Value<'_>) -> Result<(), Misfit> {
        match value {
            Value::Null => {
                self.append_null();
                Ok(())
            }
            Value::Boolean(true) => self.push("true"),
            Value::Boolean(false) => self.push("false"),
            Value::Number(written) => self.push(written),
            Value::Text(text) | Value::Nested(text) => self.push(text),
        }
    }

    fn append_null(&mut self) {
        let end = self.ends.last().copied().unwrap_or(0);
        self.ends.push(end);
        self.valid.push(false);
    }

    fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.valid.truncate(len);
        let end = self.ends.last().copied().unwrap_or(0);
        self.bytes.truncate(usize::try_from(end).unwrap_or(0));
    }

    fn flush(&mut self) -> Result<ArrayRef, ArrowError> {
        let mut offsets = Vec::with_capacity(self.ends.len() + 1);
        offsets.push(0);
        offsets.append(&mut self.ends);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        let bytes = Buffer::from_vec(take_sized(&mut self.bytes));
        Ok(Arc::new(StringArray::try_new(offsets, bytes, nulls(&mut self.valid))?))
    }

    fn text_bytes(&self) -> usize {
        self.bytes.len()
    }
}
