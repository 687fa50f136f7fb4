//! The catalog functions: arguments to a result set with the standard's columns, order and widths.

pub(crate) mod arguments;
mod columns;
mod procedure_columns;
mod procedures;
pub(crate) mod result_set;
mod tables;

use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;

use crate::engine::Session;
use crate::error::Result;
use arguments::Filter;

/// Characters of a name column; a longer name makes its column longer.
const NAME_LENGTH: usize = 255;
/// Characters of a column of remarks.
const REMARKS_LENGTH: usize = 255;

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
    let request = tables::Request::new(style, &catalog, &schema, &table, &kinds);
    let entries = if request.needs_tables() {
        session.tables().await?
    } else {
        Vec::new()
    };
    request.answer(style, entries)
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
    let selection = columns::Selection::new(style, &catalog, &schema, &table, &column);
    columns::list(session, style, selection).await
}

/// SQLProcedures.
pub fn procedures(
    session: &Session,
    style: Style,
    catalog: Argument,
    schema: Argument,
    procedure: Argument,
) -> Result<RecordBatch> {
    let selection = procedures::Selection::new(style, &catalog, &schema, &procedure);
    procedures::list(style, &selection.of(session.procedures()))
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
    let selection = procedures::Selection::new(style, &catalog, &schema, &procedure);
    let column = Filter::pattern(&column, style);
    procedure_columns::list(style, &selection.of(session.procedures()), &column)
}

#[cfg(test)]
mod tests;
