//! The columns of a table made of JSON records.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};

use super::evidence::{ColumnType, Evidence};

/// The steps of member names from a record to a value; none for the record itself.
pub(super) type Path = Vec<Box<str>>;

/// Arrow schema whose field names are the flattened paths (`a.b`).
///
/// Types used: Int64, Float64, Decimal128(38, …), Boolean, Date32, Time64(Nanosecond), Timestamp(Microsecond or
/// Nanosecond, None), Utf8. Every field is nullable.
/// A Utf8 field carries the measured length in characters in its metadata under [`TEXT_LENGTH`], a Timestamp field whether
/// its values have zones under [`ZONED`].
/// A column of nested arrays, or of mixed kinds, is Utf8; nested values are JSON text there.
#[derive(Clone, Debug)]
pub struct TableSchema {
    /// The fields.
    pub arrow: SchemaRef,
    /// Where the values of each field are. More than one place when a member name holds a dot.
    pub(super) paths: Arc<[Vec<Path>]>,
}

/// Field metadata key: the longest text seen, in characters.
pub const TEXT_LENGTH: &str = "latchkey.text_length";

/// Field metadata key: whether the timestamps of the column are written with a zone, so that they are in UTC; `true` or
/// `false`. A column without it takes both.
pub const ZONED: &str = "latchkey.zoned";

/// The column of records that are no objects.
pub(super) const VALUE_COLUMN: &str = "value";

/// How deep objects may lie in each other. Deeper ones would make paths nobody can name, and cost stack.
pub(super) const MAX_DEPTH: usize = 128;

impl TableSchema {
    /// The schema of columns given as name, type, evidence and places.
    pub(super) fn new<'a>(columns: impl Iterator<Item = (&'a str, ColumnType, &'a Evidence, Vec<Path>)>) -> Self {
        let (fields, paths): (Vec<_>, Vec<_>) = columns
            .map(|(name, column_type, evidence, paths)| (field(name, column_type, evidence), paths))
            .unzip();
        Self {
            arrow: Arc::new(Schema::new(fields)),
            paths: paths.into(),
        }
    }
}

fn field(name: &str, column_type: ColumnType, evidence: &Evidence) -> Field {
    let field = Field::new(name, column_type.arrow(), true);
    let (key, value) = match column_type {
        ColumnType::Text => (TEXT_LENGTH, evidence.longest().to_string()),
        ColumnType::Timestamp { zoned, .. } => (ZONED, zoned.to_string()),
        _ => return field,
    };
    field.with_metadata(HashMap::from([(key.to_owned(), value)]))
}

/// The column name of the member `key` of the object at `parent`; the record itself has none.
pub(super) fn join(parent: Option<&str>, key: &str) -> String {
    parent.map_or_else(|| key.to_owned(), |parent| format!("{parent}.{key}"))
}
