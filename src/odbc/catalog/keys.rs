//! SQLPrimaryKeys, SQLForeignKeys: the keys of the relational model. SQLStatistics, SQLSpecialColumns: there are no
//! indexes, and no key outlives a change of its document.

use datafusion::arrow::record_batch::RecordBatch;

use crate::engine::Key;
use crate::engine::session::{CATALOG, SCHEMA};
use crate::error::Result;

use super::arguments::Filter;
use super::result_set::{self, Cell, Column};
use super::{Argument, NAME_LENGTH, Style};

const PRIMARY_KEYS: &[Column] = &[
    Column::text("TABLE_CAT", NAME_LENGTH).odbc2("TABLE_QUALIFIER"),
    Column::text("TABLE_SCHEM", NAME_LENGTH).odbc2("TABLE_OWNER"),
    Column::text("TABLE_NAME", NAME_LENGTH),
    Column::text("COLUMN_NAME", NAME_LENGTH),
    Column::small("KEY_SEQ"),
    Column::text("PK_NAME", NAME_LENGTH),
];

const FOREIGN_KEYS: &[Column] = &[
    Column::text("PKTABLE_CAT", NAME_LENGTH).odbc2("PKTABLE_QUALIFIER"),
    Column::text("PKTABLE_SCHEM", NAME_LENGTH).odbc2("PKTABLE_OWNER"),
    Column::text("PKTABLE_NAME", NAME_LENGTH),
    Column::text("PKCOLUMN_NAME", NAME_LENGTH),
    Column::text("FKTABLE_CAT", NAME_LENGTH).odbc2("FKTABLE_QUALIFIER"),
    Column::text("FKTABLE_SCHEM", NAME_LENGTH).odbc2("FKTABLE_OWNER"),
    Column::text("FKTABLE_NAME", NAME_LENGTH),
    Column::text("FKCOLUMN_NAME", NAME_LENGTH),
    Column::small("KEY_SEQ"),
    Column::small("UPDATE_RULE"),
    Column::small("DELETE_RULE"),
    Column::text("FK_NAME", NAME_LENGTH),
    Column::text("PK_NAME", NAME_LENGTH),
    Column::small("DEFERRABILITY"),
];

const STATISTICS: &[Column] = &[
    Column::text("TABLE_CAT", NAME_LENGTH).odbc2("TABLE_QUALIFIER"),
    Column::text("TABLE_SCHEM", NAME_LENGTH).odbc2("TABLE_OWNER"),
    Column::text("TABLE_NAME", NAME_LENGTH),
    Column::small("NON_UNIQUE"),
    Column::text("INDEX_QUALIFIER", NAME_LENGTH),
    Column::text("INDEX_NAME", NAME_LENGTH),
    Column::small("TYPE"),
    Column::small("ORDINAL_POSITION").odbc2("SEQ_IN_INDEX"),
    Column::text("COLUMN_NAME", NAME_LENGTH),
    Column::text("ASC_OR_DESC", 1).odbc2("COLLATION"),
    Column::integer("CARDINALITY"),
    Column::integer("PAGES"),
    Column::text("FILTER_CONDITION", NAME_LENGTH),
];

const SPECIAL_COLUMNS: &[Column] = &[
    Column::small("SCOPE"),
    Column::text("COLUMN_NAME", NAME_LENGTH),
    Column::small("DATA_TYPE"),
    Column::text("TYPE_NAME", NAME_LENGTH),
    Column::integer("COLUMN_SIZE").odbc2("PRECISION"),
    Column::integer("BUFFER_LENGTH").odbc2("LENGTH"),
    Column::small("DECIMAL_DIGITS").odbc2("SCALE"),
    Column::small("PSEUDO_COLUMN"),
];

/// The columns of SQLPrimaryKeys.
pub(super) fn primary(style: Style, names: &[Argument; 3], keys: &[Key]) -> Result<RecordBatch> {
    let keys = keys.iter().filter(|key| is_named(style, names, &key.table));
    let rows = keys.map(|key| {
        let [catalog, schema, table] = table(&key.table);
        vec![
            catalog,
            schema,
            table,
            text(&key.column),
            Cell::Number(1),
            text(&key.name()),
        ]
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|a, b| names_of(a, 0).cmp(&names_of(b, 0)));
    result_set::build(PRIMARY_KEYS, style.odbc2, &rows)
}

/// The columns of SQLForeignKeys.
///
/// With both tables named, the keys of one that refer to the other.
pub(super) fn foreign(
    style: Style,
    primary: &[Argument; 3],
    foreign: &[Argument; 3],
    keys: &[Key],
) -> Result<RecordBatch> {
    let references = keys.iter().filter_map(|key| Some((key, key.reference.as_ref()?)));
    let references = references
        .filter(|(key, reference)| is_named(style, primary, &reference.table) && is_named(style, foreign, &key.table));
    let rows = references.map(|(key, reference)| {
        let mut row = Vec::from(table(&reference.table));
        row.push(text(&reference.key));
        row.extend(table(&key.table));
        row.push(text(&reference.column));
        row.push(Cell::Number(1));
        // A document is read only, so neither rule says anything.
        row.extend([Cell::Number(NO_ACTION), Cell::Number(NO_ACTION)]);
        row.extend([text(&reference.name(&key.table)), text(&reference.key_name())]);
        row.push(Cell::Number(NOT_DEFERRABLE));
        row
    });
    let mut rows: Vec<_> = rows.collect();
    // The standard orders by the other table: which of them that is depends on which was asked for.
    let by = if primary.iter().any(Option::is_some) { 4 } else { 0 };
    rows.sort_by(|a, b| names_of(a, by).cmp(&names_of(b, by)));
    result_set::build(FOREIGN_KEYS, style.odbc2, &rows)
}

/// `SQL_NO_ACTION`.
const NO_ACTION: i32 = 3;
/// `SQL_NOT_DEFERRABLE`.
const NOT_DEFERRABLE: i32 = 7;

/// Whether the names of catalog, schema and table mean a table with keys.
fn is_named(style: Style, names: &[Argument; 3], table: &str) -> bool {
    let parts = [CATALOG, SCHEMA, table];
    let mut parts = names.iter().zip(parts);
    parts.all(|(name, part)| Filter::ordinary(name, style).matches(part))
}

/// Catalog, schema and table of a table with keys.
fn table(name: &str) -> [Cell; 3] {
    [text(CATALOG), text(SCHEMA), text(name)]
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// Catalog, schema, table and column in a row, which begin at a place in it.
fn names_of(row: &[Cell], from: usize) -> Vec<Option<&str>> {
    row.iter().skip(from).take(4).map(Cell::text).collect()
}

/// The columns of SQLStatistics.
pub(super) fn statistics(style: Style) -> Result<RecordBatch> {
    result_set::build(STATISTICS, style.odbc2, &[])
}

/// The columns of SQLSpecialColumns.
pub(super) fn special_columns(style: Style) -> Result<RecordBatch> {
    result_set::build(SPECIAL_COLUMNS, style.odbc2, &[])
}
