//! The columns of a table made of JSON records.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::ipc::writer::StreamWriter;

use super::evidence::Evidence;

/// The steps of member names from a record to a value; none for the record itself.
pub(super) type Path = Vec<Box<str>>;

/// Arrow schema whose field names are the flattened paths (`a.b`).
///
/// Types used: Int64, Float64, Boolean, Date32, Timestamp(Microsecond, None), Utf8. Every field is nullable.
/// A Utf8 field carries the measured length in characters in its metadata under [`TEXT_LENGTH`].
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

/// The column of records that are no objects.
pub(super) const VALUE_COLUMN: &str = "value";

/// How deep objects may lie in each other. Deeper ones would make paths nobody can name, and cost stack.
pub(super) const MAX_DEPTH: usize = 128;

impl TableSchema {
    /// The schema of columns given as name, evidence and places.
    pub(super) fn new<'a>(columns: impl Iterator<Item = (&'a str, &'a Evidence, Vec<Path>)>) -> Self {
        let (fields, paths): (Vec<_>, Vec<_>) = columns
            .map(|(name, evidence, paths)| (field(name, evidence), paths))
            .unzip();
        Self {
            arrow: Arc::new(Schema::new(fields)),
            paths: paths.into(),
        }
    }
}

impl TableSchema {
    /// The schema as bytes that [`Self::decode`] reads.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let paths = serde_json::to_vec(&*self.paths).ok()?;
        let length = u64::try_from(paths.len()).ok()?;
        let mut bytes = [&length.to_le_bytes()[..], &paths].concat();
        let written = StreamWriter::try_new(&mut bytes, &self.arrow).and_then(|mut writer| writer.finish());
        written.ok().map(|()| bytes)
    }

    /// None for bytes that are not of [`Self::encode`].
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (paths, arrow) = rest.split_at_checked(length)?;
        let paths: Vec<Vec<Path>> = serde_json::from_slice(paths).ok()?;
        let arrow = StreamReader::try_new(arrow, None).ok()?.schema();
        (paths.len() == arrow.fields().len()).then(|| Self {
            arrow,
            paths: paths.into(),
        })
    }
}

fn field(name: &str, evidence: &Evidence) -> Field {
    let field = Field::new(name, evidence.column_type().arrow(), true);
    match field.data_type() {
        DataType::Utf8 => {
            let length = evidence.longest().to_string();
            field.with_metadata(HashMap::from([(TEXT_LENGTH.to_owned(), length)]))
        }
        _ => field,
    }
}

/// The column name of the member `key` of the object at `parent`; the record itself has none.
pub(super) fn join(parent: Option<&str>, key: &str) -> String {
    parent.map_or_else(|| key.to_owned(), |parent| format!("{parent}.{key}"))
}
