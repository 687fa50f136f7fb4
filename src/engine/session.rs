//! An open session: one SQL context over one source, with the procedures.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;

use crate::error::Result;
use crate::oauth::Manager;
use crate::source::Source;

use super::procedures::Procedure;
use super::statement::Prepared;

/// What a session is made of.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the documents come from; none when the connection string has no `URI`.
    pub source: Option<Arc<dyn Source>>,
    /// Sign-in, for the procedures; none when no provider is involved.
    pub oauth: Option<Arc<Manager>>,
    /// `RowScanDepth`: records looked at per document to find columns and types; 0 means all.
    pub row_scan_depth: usize,
}

/// A table as the catalog functions show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableEntry {
    /// Catalog, always [`CATALOG`].
    pub catalog: String,
    /// Schema, always [`SCHEMA`] for documents.
    pub schema: String,
    /// Table name.
    pub name: String,
    /// `TABLE`, `VIEW` or `SYSTEM TABLE`.
    pub kind: &'static str,
    /// What it is, for people.
    pub remarks: String,
}

/// The catalog every table is in.
pub const CATALOG: &str = "latchkey";
/// The schema of the tables made of documents.
pub const SCHEMA: &str = "json";

/// An open session. Cheap to share; statements of one connection use the same one.
#[derive(Debug)]
pub struct Session {}

impl Session {
    /// A session over these options. No I/O.
    pub fn new(options: Options) -> Result<Arc<Self>> {
        let _ = options;
        todo!()
    }

    /// Plans a statement: a query, or a procedure call in any of its spellings. No row is read.
    pub async fn prepare(self: Arc<Self>, sql: String) -> Result<Prepared> {
        let _ = sql;
        todo!()
    }

    /// The statement as the engine will see it (`SQLNativeSql`): escapes, brackets and markers translated.
    pub fn native_sql(&self, sql: &str) -> Result<String> {
        let _ = sql;
        todo!()
    }

    /// Every table.
    pub async fn tables(self: Arc<Self>) -> Result<Vec<TableEntry>> {
        todo!()
    }

    /// The columns of a table.
    pub async fn columns(self: Arc<Self>, table: TableEntry) -> Result<SchemaRef> {
        let _ = table;
        todo!()
    }

    /// Every procedure.
    pub fn procedures(&self) -> &'static [Procedure] {
        todo!()
    }
}
