//! `SQL_ATTR_MAX_LENGTH`: texts cut to so many characters, binary values to so many bytes, without a word.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::compute::kernels::substring::{substring, substring_by_char};
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::arrow::error::ArrowError;

use crate::odbc::convert::fetch::shown_as_text;
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::sqlstate::SqlState;

/// The batch with no text or binary value longer than `length`.
pub(super) fn cut(batch: &RecordBatch, length: usize) -> Result<RecordBatch, Diagnostic> {
    let columns = batch.columns().iter().map(|column| cut_column(column, length));
    let cut = columns.collect::<Result<Vec<_>, _>>().and_then(|columns| {
        let schema = batch.schema();
        let fields = schema.fields().iter().zip(&columns);
        let fields = fields.map(|(field, column)| field.as_ref().clone().with_data_type(column.data_type().clone()));
        RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns)
    });
    cut.map_err(|error| Diagnostic::new(SqlState::General, format!("Values cannot be cut: {error}.")))
}

fn cut_column(column: &ArrayRef, length: usize) -> Result<ArrayRef, ArrowError> {
    let most = || u64::try_from(length).unwrap_or(u64::MAX);
    match column.data_type() {
        DataType::Utf8 => Ok(Arc::new(substring_by_char(column.as_string::<i32>(), 0, Some(most()))?)),
        DataType::LargeUtf8 => Ok(Arc::new(substring_by_char(column.as_string::<i64>(), 0, Some(most()))?)),
        DataType::Utf8View => cut_column(&cast(column, &DataType::LargeUtf8)?, length),
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) => substring(column, 0, Some(most())),
        DataType::BinaryView => cut_column(&cast(column, &DataType::LargeBinary)?, length),
        DataType::Dictionary(_, values) => cut_column(&cast(column, values)?, length),
        DataType::RunEndEncoded(_, values) => cut_column(&cast(column, values.data_type())?, length),
        nested if nested.is_nested() => {
            let text: ArrayRef = Arc::new(shown_as_text(column)?);
            cut_column(&text, length)
        }
        _ => Ok(Arc::clone(column)),
    }
}
