//! What the decoders of all types have in common.

use std::fmt;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion::arrow::error::ArrowError;

use super::boolean::Booleans;
use super::date32::Dates;
use super::decimal128::Decimals;
use super::fixed::{FixedDecoder, FixedWidth};
use super::float64::Doubles;
use super::int64::Integers;
use super::time64::Times;
use super::timestamp::Timestamps;
use super::utf8::Utf8Decoder;
use crate::json::cursor::Value;
use crate::json::schema::ZONED;

/// Why a value cannot go into a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It is not of the column's type, which is called this.
    Type(&'static str),
    /// The column would hold more text than one batch can.
    TooLong,
}

/// Fills one column, value by value.
pub(super) trait ColumnDecoder: fmt::Debug + Send {
    /// Appends a value that is not `null`.
    fn append(&mut self, value: &Value<'_>) -> Result<(), Misfit>;

    /// Appends a null.
    fn append_null(&mut self);

    /// Takes back the rows after the first `len`.
    fn truncate(&mut self, len: usize);

    /// The rows so far as an array; none remain.
    fn flush(&mut self) -> Result<ArrayRef, ArrowError>;

    /// Bytes of text waiting.
    fn text_bytes(&self) -> usize {
        0
    }
}

/// The decoder of a column.
pub(super) fn decoder(field: &Field) -> Box<dyn ColumnDecoder> {
    match field.data_type() {
        DataType::Boolean => fixed(Booleans),
        DataType::Int64 => fixed(Integers),
        DataType::Float64 => fixed(Doubles),
        DataType::Decimal128(_, scale) => fixed(Decimals {
            scale: scale.unsigned_abs(),
        }),
        DataType::Date32 => fixed(Dates),
        DataType::Time64(_) => fixed(Times),
        DataType::Timestamp(unit, _) => fixed(Timestamps {
            fine: *unit == TimeUnit::Nanosecond,
            zoned: field.metadata().get(ZONED).map(|zoned| zoned == "true"),
        }),
        _ => Box::<Utf8Decoder>::default(),
    }
}

fn fixed<T: FixedWidth + 'static>(data_type: T) -> Box<dyn ColumnDecoder> {
    Box::new(FixedDecoder::new(data_type))
}

/// What a vector holds, leaving room for as much again.
pub(super) fn take_sized<T>(values: &mut Vec<T>) -> Vec<T> {
    let room = Vec::with_capacity(values.len());
    std::mem::replace(values, room)
}

/// The null buffer of rows that are valid or not; none when all are valid.
pub(super) fn nulls(valid: &mut Vec<bool>) -> Option<NullBuffer> {
    let nulls = NullBuffer::from(valid.as_slice());
    valid.clear();
    (nulls.null_count() > 0).then_some(nulls)
}
