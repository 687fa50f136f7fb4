//! Answers to SQLGetInfo and SQLGetTypeInfo, as data.

use datafusion::arrow::record_batch::RecordBatch;

/// An answer with the width the standard gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A character string.
    Text(String),
    /// `SQLUSMALLINT`.
    U16(u16),
    /// `SQLUINTEGER` or a bit mask.
    U32(u32),
}

/// What depends on the connection.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The DSN, or empty.
    pub data_source: String,
    /// The server's name.
    pub server: String,
}

/// The answer to an information type; none when the number is not one (HY096).
pub fn info(id: u16, facts: &Facts) -> Option<Answer> {
    let _ = (id, facts);
    todo!()
}

/// The result set of SQLGetTypeInfo: all types for `SQL_ALL_TYPES` (0). None for an unknown type number (HY004).
/// With `odbc2`, dates and times carry the old numbers.
pub fn type_info(sql_type: i16, odbc2: bool) -> Option<RecordBatch> {
    let _ = (sql_type, odbc2);
    todo!()
}
