//! Rows with the columns the standard prescribes, as a record batch.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int16Array, Int32Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};

use crate::error::{Error, Kind, Result};
use crate::odbc::convert::describe::DECLARED_LENGTH;

/// A column of a result set.
#[derive(Debug)]
pub(crate) struct Column {
    /// Name in ODBC 3.
    name: &'static str,
    /// Name in ODBC 2.
    odbc2: &'static str,
    form: Form,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    /// `VARCHAR` of at least so many characters; longer when a value is.
    Text(usize),
    /// `SMALLINT`
    Small,
    /// `INTEGER`
    Integer,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    Text(String),
    Number(i32),
}

impl Column {
    pub(crate) const fn text(name: &'static str, length: usize) -> Self {
        Self {
            name,
            odbc2: name,
            form: Form::Text(length),
        }
    }

    pub(crate) const fn small(name: &'static str) -> Self {
        Self {
            name,
            odbc2: name,
            form: Form::Small,
        }
    }

    pub(crate) const fn integer(name: &'static str) -> Self {
        Self {
            name,
            odbc2: name,
            form: Form::Integer,
        }
    }

    /// The same column under the name it has in ODBC 2.
    pub(crate) const fn odbc2(self, odbc2: &'static str) -> Self {
        Self { odbc2, ..self }
    }
}

/// The rows as a batch. Every row has one cell per column.
pub(crate) fn build(columns: &[Column], odbc2: bool, rows: &[Vec<Cell>]) -> Result<RecordBatch> {
    let mut fields = Vec::with_capacity(columns.len());
    let mut arrays = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let cells = rows.iter().map(|row| row.get(index).unwrap_or(&Cell::Null));
        let (array, length) = column.form.array(cells);
        let name = if odbc2 { column.odbc2 } else { column.name };
        let metadata = length.map(|length| (DECLARED_LENGTH.to_owned(), length.to_string()));
        fields.push(
            Field::new(name, column.form.data_type(), true)
                .with_metadata(metadata.into_iter().collect::<HashMap<_, _>>()),
        );
        arrays.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|error| Error::new(Kind::Internal, "The catalog rows do not form a table.").caused_by(error))
}

impl Form {
    fn data_type(self) -> DataType {
        match self {
            Self::Text(_) => DataType::Utf8,
            Self::Small => DataType::Int16,
            Self::Integer => DataType::Int32,
        }
    }

    /// The array, and for text the length to declare: programs cut values that are longer.
    fn array<'a>(self, cells: impl Iterator<Item = &'a Cell> + Clone) -> (ArrayRef, Option<usize>) {
        match self {
            Self::Text(least) => {
                let longest = cells
                    .clone()
                    .filter_map(Cell::text)
                    .map(|text| text.encode_utf16().count())
                    .max();
                let array = StringArray::from_iter(cells.map(Cell::text));
                (Arc::new(array), Some(least.max(longest.unwrap_or(0))))
            }
            Self::Small => {
                let small = |cell: &Cell| i16::try_from(cell.number()?).ok();
                (Arc::new(Int16Array::from_iter(cells.map(small))), None)
            }
            Self::Integer => (Arc::new(Int32Array::from_iter(cells.map(Cell::number))), None),
        }
    }
}

impl Cell {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    fn number(&self) -> Option<i32> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i16> for Cell {
    fn from(number: i16) -> Self {
        Self::Number(i32::from(number))
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Self::Number(i32::try_from(number).unwrap_or(i32::MAX))
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
