//! `SQL_ATTR_MAX_LENGTH`: texts cut to so many characters, binary values to so many bytes, without a word.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::kernels::substring::{substring, substring_by_char};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;

use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::sqlstate::SqlState;

/// The batch with no text or binary value longer than `length`. The engine answers no other types of either.
pub(super) fn cut(batch: &RecordBatch, length: usize) -> Result<RecordBatch, Diagnostic> {
    let most = u64::try_from(length).unwrap_or(u64::MAX);
    let columns = batch.columns().iter().map(|column| cut_column(column, most));
    let columns: Result<Vec<_>, _> = columns.collect();
    let cut = columns.and_then(|columns| RecordBatch::try_new(batch.schema(), columns));
    cut.map_err(|error| Diagnostic::new(SqlState::General, format!("Values cannot be cut: {error}.")))
}

fn cut_column(column: &ArrayRef, most: u64) -> Result<ArrayRef, ArrowError> {
    match column.data_type() {
        DataType::Utf8 => Ok(Arc::new(substring_by_char(column.as_string::<i32>(), 0, Some(most))?)),
        DataType::Binary => substring(column, 0, Some(most)),
        _ => Ok(Arc::clone(column)),
    }
}
