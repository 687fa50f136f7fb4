//! Rows that fit a table: values in its types, no NULL where it takes none, no text longer than its column.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field};

use crate::engine::session::{DECLARED_LENGTH, TEMP};
use crate::engine::{errors, shape};
use crate::error::{Error, Kind, Result};

use super::Definition;

/// Columns as a batch of the table.
///
/// `Kind::NullValue`, `Kind::TooLong`, `Kind::OutOfRange` or `Kind::Conversion` for a value that does not fit.
pub(super) fn fit(columns: &[ArrayRef], table: &Definition) -> Result<RecordBatch> {
    let fitting = columns.iter().zip(table.schema.fields()).map(|(column, field)| {
        let column = shape::convert(column, field.data_type()).map_err(errors::from_arrow)?;
        check(&column, field, table)?;
        Ok(column)
    });
    let fitting = fitting.collect::<Result<Vec<_>>>()?;
    RecordBatch::try_new(table.schema.clone(), fitting).map_err(errors::from_arrow)
}

fn check(column: &ArrayRef, field: &Field, table: &Definition) -> Result<()> {
    if !field.is_nullable() && column.null_count() > 0 {
        return Err(Error::new(
            Kind::NullValue,
            format!("The column {} of {TEMP}.{} takes no NULL", field.name(), table.name),
        ));
    }
    let Some(most) = declared_length(field) else {
        return Ok(());
    };
    let longest = match field.data_type() {
        DataType::Utf8 => column
            .as_string::<i32>()
            .iter()
            .flatten()
            .map(|text| text.chars().count())
            .max(),
        DataType::Binary => column.as_binary::<i32>().iter().flatten().map(<[u8]>::len).max(),
        _ => None,
    };
    match longest {
        Some(longest) if longest > most => Err(Error::new(
            Kind::TooLong,
            format!(
                "The column {} of {TEMP}.{} takes values of up to {most} {}, and one has {longest}",
                field.name(),
                table.name,
                if *field.data_type() == DataType::Utf8 {
                    "characters"
                } else {
                    "bytes"
                },
            ),
        )),
        _ => Ok(()),
    }
}

fn declared_length(field: &Field) -> Option<usize> {
    field.metadata().get(DECLARED_LENGTH)?.parse().ok()
}
