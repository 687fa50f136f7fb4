//! SQLTablePrivileges, SQLColumnPrivileges: whoever may connect may read everything there is, and change
//! scratch tables.

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;

use crate::engine::session::{TEMP, TableEntry};
use crate::error::Result;

use super::arguments::Filter;
use super::result_set::{self, Cell, Column};
use super::{NAME_LENGTH, Style};

const TABLE: &[Column] = &[
    Column::text("TABLE_CAT", NAME_LENGTH).odbc2("TABLE_QUALIFIER"),
    Column::text("TABLE_SCHEM", NAME_LENGTH).odbc2("TABLE_OWNER"),
    Column::text("TABLE_NAME", NAME_LENGTH),
    Column::text("GRANTOR", NAME_LENGTH),
    Column::text("GRANTEE", NAME_LENGTH),
    Column::text("PRIVILEGE", NAME_LENGTH),
    Column::text("IS_GRANTABLE", 3),
];

const COLUMN: &[Column] = &[
    Column::text("TABLE_CAT", NAME_LENGTH).odbc2("TABLE_QUALIFIER"),
    Column::text("TABLE_SCHEM", NAME_LENGTH).odbc2("TABLE_OWNER"),
    Column::text("TABLE_NAME", NAME_LENGTH),
    Column::text("COLUMN_NAME", NAME_LENGTH),
    Column::text("GRANTOR", NAME_LENGTH),
    Column::text("GRANTEE", NAME_LENGTH),
    Column::text("PRIVILEGE", NAME_LENGTH),
    Column::text("IS_GRANTABLE", 3),
];

/// What may be done with a table, in order.
fn privileges(table: &TableEntry) -> &'static [&'static str] {
    match table.schema.as_str() {
        TEMP => &["DELETE", "INSERT", "SELECT", "UPDATE"],
        _ => &["SELECT"],
    }
}

/// The privileges on tables.
pub(super) fn of_tables(style: Style, tables: &[TableEntry]) -> Result<RecordBatch> {
    let rows: Vec<_> = tables.iter().flat_map(|table| granted(table, None)).collect();
    result_set::build(TABLE, style.odbc2, &rows)
}

/// The privileges on the columns of tables that pass.
pub(super) fn of_columns(style: Style, tables: &[(TableEntry, SchemaRef)], column: &Filter) -> Result<RecordBatch> {
    let mut rows = Vec::new();
    for (table, schema) in tables {
        let names = schema.fields().iter().map(|field| field.name());
        let mut names: Vec<_> = names.filter(|name| column.matches(name)).collect();
        names.sort();
        rows.extend(names.into_iter().flat_map(|name| granted(table, Some(name))));
    }
    result_set::build(COLUMN, style.odbc2, &rows)
}

/// One row for each privilege: to whom it is granted, and whether that one may grant it on. A single column cannot be
/// deleted from a row.
fn granted(table: &TableEntry, column: Option<&str>) -> impl Iterator<Item = Vec<Cell>> {
    let of = [table.catalog.as_str(), &table.schema, &table.name];
    let of: Vec<Cell> = of.into_iter().chain(column).map(Cell::from).collect();
    let privileges = privileges(table)
        .iter()
        .filter(move |name| column.is_none() || **name != "DELETE");
    privileges.map(move |name| {
        let grant = [Cell::Null, "PUBLIC".into(), (*name).into(), "NO".into()];
        of.iter().cloned().chain(grant).collect()
    })
}
