//! The columns of a result as clients see them: few types, plain names, and batches that agree with them exactly.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, StringBuilder};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DECIMAL128_MAX_PRECISION, DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::error::Result;

use super::dialect::Labels;
use super::{errors, intervals};

/// The columns a client is told of for a plan with `planned` columns.
pub(super) fn shape(planned: &Schema, labels: &Labels) -> SchemaRef {
    let count = planned.fields().len();
    let fields: Vec<_> = planned
        .fields()
        .iter()
        .enumerate()
        .map(|(at, field)| {
            let data_type = plain(field.data_type());
            // Of another type the metadata would tell something that is no longer so.
            let metadata = match data_type {
                DataType::Utf8 | DataType::Binary => field.metadata().clone(),
                _ => Default::default(),
            };
            Field::new(labels.name(at, count, field.name()), data_type, field.is_nullable()).with_metadata(metadata)
        })
        .collect();
    Arc::new(Schema::new(fields))
}

/// `batch` with the columns of `shape`, value by value. The number of columns is the same.
///
/// `Kind::OutOfRange` or `Kind::Conversion` for a value that the type cannot hold.
pub(super) fn conform(batch: RecordBatch, shape: &SchemaRef) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let columns: Result<Vec<_>, ArrowError> = batch
        .columns()
        .iter()
        .zip(shape.fields())
        .map(|(column, field)| convert(column, field.data_type()))
        .collect();
    columns
        .and_then(|columns| RecordBatch::try_new_with_options(shape.clone(), columns, &options))
        .map_err(errors::from_arrow)
}

/// The type that stands for a type, its variants in memory and everything no client has a type for.
pub(super) fn plain(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal128(..)
        | DataType::Date32
        | DataType::Time64(_)
        | DataType::Binary
        | DataType::Utf8 => data_type.clone(),
        DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        // UInt64 counts and ranks: row_number() is a BIGINT to every client.
        DataType::UInt32 | DataType::UInt64 => DataType::Int64,
        DataType::Float16 => DataType::Float32,
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        DataType::Decimal256(precision, scale) if *precision <= DECIMAL128_MAX_PRECISION => {
            DataType::Decimal128(*precision, *scale)
        }
        DataType::Date64 => DataType::Date32,
        DataType::Time32(_) => DataType::Time64(TimeUnit::Microsecond),
        // Clients have no time zones; the value is shown in its own zone, which for now() is UTC.
        DataType::Timestamp(TimeUnit::Nanosecond, _) => DataType::Timestamp(TimeUnit::Nanosecond, None),
        DataType::Timestamp(..) => DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => DataType::Binary,
        DataType::Dictionary(_, values) => plain(values),
        DataType::RunEndEncoded(_, values) => plain(values.data_type()),
        _ => DataType::Utf8,
    }
}

pub(super) fn convert(column: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, ArrowError> {
    if column.data_type() == wanted {
        return Ok(column.clone());
    }
    let nested = column.data_type().is_nested() && !matches!(column.data_type(), DataType::RunEndEncoded(..));
    if *wanted == DataType::Utf8 && nested {
        return as_text(column);
    }
    if *wanted == DataType::Utf8
        && let Some(texts) = intervals::as_text(column)
    {
        return texts;
    }
    let options = CastOptions {
        safe: false,
        format_options: FormatOptions::default(),
    };
    cast_with_options(column, wanted, &options)
}

/// Lists and structures, which array functions make, as text.
fn as_text(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(column.as_ref(), &options)?;
    let mut texts = StringBuilder::new();
    for row in 0..column.len() {
        if column.is_null(row) {
            texts.append_null();
        } else {
            texts.append_value(formatter.value(row).try_to_string()?);
        }
    }
    Ok(Arc::new(texts.finish()))
}
