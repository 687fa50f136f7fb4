//! The columns of a table made of JSON records.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use serde::{Deserialize, Serialize};

use super::evidence::{ColumnType, Evidence};

/// The steps from a row, or from the record it lies in, to a value; none for the row itself.
pub(super) type Way = Vec<Stride>;

/// One step of a [`Way`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub(super) enum Stride {
    /// To a member of an object.
    Member(Box<str>),
    /// To an element of an array.
    Element(usize),
    /// To each element of an array, all of which are rows.
    Rows,
}

/// Arrow schema of a table, and where in a record the values of its columns are.
///
/// Types used: Int64, Float64, Decimal128(38, …), Boolean, Date32, Time64(Nanosecond), Timestamp(Microsecond or
/// Nanosecond, None), Utf8. Every field but a key is nullable.
/// A Utf8 field carries the measured length in characters in its metadata under [`TEXT_LENGTH`], a Timestamp field whether
/// its values have zones under [`ZONED`].
/// A column of nested arrays, or of mixed kinds, is Utf8; nested values are JSON text there.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TableSchema {
    /// The fields.
    #[serde(with = "fields")]
    pub arrow: SchemaRef,
    /// What each field is.
    #[serde(with = "shared")]
    pub(super) places: Arc<[Place]>,
    /// The record, and the arrays of rows in it: an array comes behind the one it lies in.
    #[serde(with = "shared")]
    pub(super) levels: Arc<[Level]>,
    /// Where in a record values are that are no columns of this table, but known: columns of another.
    #[serde(with = "shared")]
    pub(super) beside: Arc<[Way]>,
    /// What makes a row of the table.
    pub(super) rows: Rows,
    /// Whether objects in a row are values, and not their members.
    pub(super) whole_objects: bool,
    /// What joins the names of a way.
    #[serde(with = "shared_text")]
    pub(super) separator: Arc<str>,
    /// The schema file that says so; none where it was learnt from records.
    #[serde(skip)]
    pub(super) file: Option<Arc<str>>,
}

impl TableSchema {
    /// Whether a schema file says what the columns are.
    pub fn is_pinned(&self) -> bool {
        self.file.is_some()
    }
}

/// The fields as Arrow writes them between processes.
mod fields {
    use datafusion::arrow::datatypes::SchemaRef;
    use datafusion::arrow::ipc::reader::StreamReader;
    use datafusion::arrow::ipc::writer::StreamWriter;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

    pub(super) fn serialize<S: Serializer>(fields: &SchemaRef, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::new();
        let written = StreamWriter::try_new(&mut bytes, fields).and_then(|mut writer| writer.finish());
        written.map_err(ser::Error::custom)?;
        bytes.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SchemaRef, D::Error> {
        let bytes = Vec::<u8>::deserialize(deserializer)?;
        let reader = StreamReader::try_new(bytes.as_slice(), None).map_err(de::Error::custom)?;
        Ok(reader.schema())
    }
}

/// A shared list as a list.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(list: &Arc<[T]>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter())
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<[T]>, D::Error> {
        Vec::deserialize(deserializer).map(Into::into)
    }
}

/// A shared text as a text.
mod shared_text {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
        String::deserialize(deserializer).map(Into::into)
    }
}

/// What a field is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) enum Place {
    /// The values at these places in the rows of a level. More than one when a member name holds a separator.
    Values { level: usize, ways: Vec<Way> },
    /// The key of the rows of a level.
    Key { level: usize },
}

/// Rows in a record: the record itself, or the elements of arrays in the rows of another level.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Level {
    /// The level that the arrays lie in, and where; none for the record.
    pub(super) parent: Option<(usize, Way)>,
    /// Whether anything else in the place of an array is a row, too.
    pub(super) takes_all: bool,
}

/// What makes a row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Rows {
    /// A row of a level.
    Of(usize),
    /// A combination of rows of all levels.
    Joined,
}

/// Field metadata key: the longest text seen, in characters.
pub const TEXT_LENGTH: &str = "latchkey.text_length";

/// Field metadata key of a column in which arrays or objects were seen: its texts are JSON where they look like it.
pub const NESTED: &str = "latchkey.nested";

/// Field metadata key: whether the timestamps of the column are written with a zone, so that they are in UTC; `true` or
/// `false`. A column without it takes both.
pub const ZONED: &str = "latchkey.zoned";

/// The column of rows that are no objects.
pub(super) const VALUE_COLUMN: &str = "value";

/// How deep objects may lie in each other. Deeper ones would make paths nobody can name, and cost stack.
pub(super) const MAX_DEPTH: usize = 128;

/// So long may a key be, in characters, that nobody is surprised.
const KEY_LENGTH: usize = 40;

/// The field for values of this type, of which this is known.
pub(super) fn field(name: &str, column_type: ColumnType, evidence: &Evidence) -> Field {
    let mut field = Field::new(name, column_type.arrow(), true);
    match column_type {
        ColumnType::Text => {
            field = with_length(field, evidence.longest());
            if evidence.is_nested() {
                field.metadata_mut().insert(NESTED.to_owned(), String::new());
            }
        }
        ColumnType::Timestamp { zoned, .. } => {
            field.metadata_mut().insert(ZONED.to_owned(), zoned.to_string());
        }
        _ => {}
    }
    field
}

/// The field for keys.
pub(super) fn key_field(name: &str) -> Field {
    with_length(Field::new(name, DataType::Utf8, false), KEY_LENGTH)
}

fn with_length(field: Field, length: usize) -> Field {
    field.with_metadata(HashMap::from([(TEXT_LENGTH.to_owned(), length.to_string())]))
}

/// The name of what `key` leads to from what is called `parent`; the row itself has no name.
pub(super) fn join(parent: Option<&str>, separator: &str, key: &str) -> String {
    parent.map_or_else(|| key.to_owned(), |parent| format!("{parent}{separator}{key}"))
}
