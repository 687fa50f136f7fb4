//! THE table of file columns: what every row can tell of the document it comes from, known without opening it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, TimeUnit};
use datafusion::scalar::ScalarValue;

use crate::error::{Error, Kind, Result};
use crate::json::schema::TEXT_LENGTH;
use crate::source::Document;

/// One column, with the same value in all rows of a document.
#[derive(Debug)]
pub(super) struct FileColumn {
    pub(super) name: &'static str,
    data_type: DataType,
    value: fn(&Document) -> ScalarValue,
}

/// Every file column.
pub(super) static FILE_COLUMNS: &[FileColumn] = &[
    FileColumn {
        name: "_file_path",
        data_type: DataType::Utf8,
        value: |document| ScalarValue::Utf8(Some(document.name.clone())),
    },
    FileColumn {
        name: "_file_name",
        data_type: DataType::Utf8,
        value: |document| ScalarValue::Utf8(Some(file_name(document).to_owned())),
    },
    FileColumn {
        name: "_file_modified",
        data_type: DataType::Timestamp(TimeUnit::Microsecond, None),
        value: |document| ScalarValue::TimestampMicrosecond(document.modified.as_ref().map(microseconds), None),
    },
    FileColumn {
        name: "_file_size",
        data_type: DataType::Int64,
        value: |document| ScalarValue::Int64(i64::try_from(document.size).ok()),
    },
    FileColumn {
        name: "_file_rev",
        data_type: DataType::Utf8,
        value: |document| ScalarValue::Utf8(Some(document.revision.clone())),
    },
];

/// The last part of a document's path.
pub(super) fn file_name(document: &Document) -> &str {
    document.name.rsplit('/').next().unwrap_or(&document.name)
}

/// As a column holds a moment.
pub(super) fn microseconds(moment: &DateTime<Utc>) -> i64 {
    moment.timestamp_micros()
}

impl FileColumn {
    /// The value in the rows of a document.
    pub(super) fn of(&self, document: &Document) -> ScalarValue {
        (self.value)(document)
    }

    fn field(&self, documents: &[Document]) -> FieldRef {
        let field = Field::new(self.name, self.data_type.clone(), true);
        if self.data_type != DataType::Utf8 {
            return field.into();
        }
        let lengths = documents.iter().map(|document| match self.of(document) {
            ScalarValue::Utf8(Some(text)) => text.chars().count(),
            _ => 0,
        });
        let longest = lengths.max().unwrap_or_default().to_string();
        field
            .with_metadata(HashMap::from([(TEXT_LENGTH.to_owned(), longest)]))
            .into()
    }
}

/// The file columns of a table.
#[derive(Debug)]
pub(super) struct FileColumns {
    columns: Vec<(&'static FileColumn, FieldRef)>,
    /// How many of them are columns like any other; the rest is hidden.
    shown: usize,
}

impl FileColumns {
    /// Those of a table over `documents`, whose records have the members of `schema`. A member of the same name wins.
    pub(super) fn of(table: &str, documents: &[Document], schema: &Schema, shown: &PseudoColumns) -> Self {
        let is_member = |column: &FileColumn| {
            let mut fields = schema.fields().iter();
            fields.any(|field| field.name().eq_ignore_ascii_case(column.name))
        };
        let free = FILE_COLUMNS.iter().filter(|column| !is_member(column));
        let (shown, hidden): (Vec<_>, Vec<_>) = free.partition(|column| shown.name(table, column));
        Self {
            shown: shown.len(),
            columns: shown
                .into_iter()
                .chain(hidden)
                .map(|column| (column, column.field(documents)))
                .collect(),
        }
    }

    /// The columns, those that are hidden only when they are wanted.
    pub(super) fn columns(&self, with_hidden: bool) -> impl Iterator<Item = &'static FileColumn> + Clone {
        self.listed(with_hidden).map(|(column, _)| *column)
    }

    /// The same as fields.
    pub(super) fn fields(&self, with_hidden: bool) -> impl Iterator<Item = FieldRef> + Clone {
        self.listed(with_hidden).map(|(_, field)| field.clone())
    }

    /// The names of those that are hidden.
    pub(super) fn hidden(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().skip(self.shown).map(|(column, _)| column.name)
    }

    fn listed(&self, with_hidden: bool) -> impl Iterator<Item = &(&'static FileColumn, FieldRef)> + Clone {
        let count = if with_hidden { self.columns.len() } else { self.shown };
        self.columns.iter().take(count)
    }
}

/// The property `PseudoColumns`: which file columns are shown as columns like any other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PseudoColumns {
    entries: Vec<Entry>,
}

/// What is shown in a table, or in all.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    table: String,
    columns: Vec<String>,
}

/// Every table, or every column.
const ALL: &str = "*";

impl PseudoColumns {
    /// Reads `Table=Column,Column;Table=*`, with `*` for all tables or all columns.
    ///
    /// `Kind::Property` where it is not so written, and for a column that there is none of.
    pub fn parse(text: &str) -> Result<Self> {
        let entries = text.split(';').map(str::trim).filter(|entry| !entry.is_empty());
        let entries = entries.map(Entry::parse).collect::<Result<_>>()?;
        Ok(Self { entries })
    }

    fn name(&self, table: &str, column: &FileColumn) -> bool {
        self.entries.iter().any(|entry| {
            (entry.table == ALL || entry.table.to_lowercase() == table.to_lowercase())
                && entry
                    .columns
                    .iter()
                    .any(|name| name == ALL || name.eq_ignore_ascii_case(column.name))
        })
    }
}

impl Entry {
    fn parse(text: &str) -> Result<Self> {
        let wrong = |problem: String| {
            let names: Vec<_> = FILE_COLUMNS.iter().map(|column| column.name).collect();
            let message = format!(
                "The property PseudoColumns {problem}; write Table=Column,Column;Table=*, with * for every table or \
                 column. The columns are {}.",
                names.join(", ")
            );
            Error::new(Kind::Property, message)
        };
        let Some((table, columns)) = text.split_once('=') else {
            return Err(wrong(format!("has \"{text}\", which names no column of a table")));
        };
        let columns: Vec<_> = columns.split(',').map(|name| name.trim().to_owned()).collect();
        let is_known = |name: &&String| {
            let mut known = FILE_COLUMNS.iter();
            *name == ALL || known.any(|column| column.name.eq_ignore_ascii_case(name))
        };
        if let Some(unknown) = columns.iter().find(|name| !is_known(name)) {
            return Err(wrong(format!("names the column \"{unknown}\", which there is none of")));
        }
        Ok(Self {
            table: table.trim().to_owned(),
            columns,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shown(text: &str, table: &str) -> Vec<&'static str> {
        let shown = PseudoColumns::parse(text).unwrap();
        let columns = FileColumns::of(table, &[], &Schema::empty(), &shown);
        columns.columns(false).map(|column| column.name).collect()
    }

    #[test]
    fn pseudo_columns_are_named_by_table_and_column() {
        assert!(shown("", "orders").is_empty());
        assert_eq!(shown("*=*", "orders").len(), FILE_COLUMNS.len());
        let text = " Orders = _FILE_SIZE , _file_name ; people=*;";
        assert_eq!(shown(text, "orders"), ["_file_name", "_file_size"]);
        assert_eq!(shown(text, "people").len(), FILE_COLUMNS.len());
        assert!(shown(text, "other").is_empty());
        assert_eq!(shown("people=*;*=_file_rev", "other"), ["_file_rev"]);
    }

    #[test]
    fn what_is_no_pseudo_column_is_named() {
        for (text, named) in [
            ("orders", "\"orders\""),
            ("*=_file_owner", "\"_file_owner\""),
            ("*=", "\"\""),
        ] {
            let error = PseudoColumns::parse(text).unwrap_err();
            assert_eq!(error.kind(), Kind::Property);
            assert!(error.message().contains(named), "{error}");
            assert!(error.message().contains("_file_modified"), "{error}");
        }
    }
}
