//! The catalog functions: arguments to a result set with the standard's columns, order and widths.

pub(crate) mod arguments;
mod columns;
mod keys;
mod privileges;
mod procedure_columns;
mod procedures;
pub(crate) mod result_set;
mod tables;

use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;

use crate::engine::{Session, TypeRules};
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
    /// How the connection wants columns described.
    pub types: TypeRules,
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
    let tables = columns::tables(session, &selection).await?;
    selection.answer(style, &tables)
}

/// SQLTablePrivileges.
pub async fn table_privileges(
    session: Arc<Session>,
    style: Style,
    catalog: Argument,
    schema: Argument,
    table: Argument,
) -> Result<RecordBatch> {
    let selection = columns::Selection::new(style, &catalog, &schema, &table, &None);
    privileges::of_tables(style, &selection.tables(session.tables().await?))
}

/// SQLColumnPrivileges.
pub async fn column_privileges(
    session: Arc<Session>,
    style: Style,
    catalog: Argument,
    schema: Argument,
    table: Argument,
    column: Argument,
) -> Result<RecordBatch> {
    let selection = columns::Selection::of_one(style, &catalog, &schema, &table, &column);
    let tables = columns::tables(session, &selection).await?;
    privileges::of_columns(style, &tables, selection.column())
}

/// SQLPrimaryKeys.
pub async fn primary_keys(
    session: Arc<Session>,
    style: Style,
    catalog: Argument,
    schema: Argument,
    table: Argument,
) -> Result<RecordBatch> {
    keys::primary(style, &[catalog, schema, table], &session.keys().await?)
}

/// SQLForeignKeys.
pub async fn foreign_keys(
    session: Arc<Session>,
    style: Style,
    primary: [Argument; 3],
    foreign: [Argument; 3],
) -> Result<RecordBatch> {
    keys::foreign(style, &primary, &foreign, &session.keys().await?)
}

/// SQLStatistics.
pub fn statistics(style: Style) -> Result<RecordBatch> {
    keys::statistics(style)
}

/// SQLSpecialColumns.
pub fn special_columns(style: Style) -> Result<RecordBatch> {
    keys::special_columns(style)
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
