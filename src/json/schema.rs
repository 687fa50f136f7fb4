//! The columns of a table made of JSON records.

use datafusion::arrow::datatypes::SchemaRef;

/// Arrow schema whose field names are the flattened paths (`a.b`).
///
/// Types used: Int64, Float64, Boolean, Date32, Timestamp(Microsecond, None), Utf8. Every field is nullable.
/// A Utf8 field carries the measured length in characters in its metadata under [`TEXT_LENGTH`].
/// A column of nested arrays, or of mixed kinds, is Utf8; nested values are JSON text there.
#[derive(Clone, Debug)]
pub struct TableSchema {
    /// The fields.
    pub arrow: SchemaRef,
}

/// Field metadata key: the longest text seen, in characters.
pub const TEXT_LENGTH: &str = "latchkey.text_length";
