//! The catalog functions: arguments to a result set with the standard's columns, order and widths.

use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;

use crate::engine::Session;
use crate::error::Result;

/// A name argument: absent (null pointer) or a text, which may be empty.
pub type Argument = Option<String>;

/// What shapes every catalog result.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// `SQL_ATTR_METADATA_ID`: arguments are identifiers, not patterns.
    pub metadata_id: bool,
    /// The application speaks ODBC 2: old type numbers and column names.
    pub odbc2: bool,
}

/// SQLTables, with its three special cases.
pub async fn tables(
    session: Arc<Session>,
    style: Style,
    catalog: Argument,
    schema: Argument,
    table: Argument,
    kinds: Argument,
) -> Result<RecordBatch> {
    let _ = (session, style, catalog, schema, table, kinds);
    todo!()
}

/// SQLColumns.
pub async fn columns(
    session: Arc<Session>,
    style: Style,
    catalog: Argument,
    schema: Argument,
    table: Argument,
    column: Argument,
) -> Result<RecordBatch> {
    let _ = (session, style, catalog, schema, table, column);
    todo!()
}

/// SQLProcedures.
pub fn procedures(
    session: &Session,
    style: Style,
    catalog: Argument,
    schema: Argument,
    procedure: Argument,
) -> Result<RecordBatch> {
    let _ = (session, style, catalog, schema, procedure);
    todo!()
}

/// SQLProcedureColumns.
pub fn procedure_columns(
    session: &Session,
    style: Style,
    catalog: Argument,
    schema: Argument,
    procedure: Argument,
    column: Argument,
) -> Result<RecordBatch> {
    let _ = (session, style, catalog, schema, procedure, column);
    todo!()
}
