//! SQLTables: tables, and the lists of catalogs, schemas and table types.

use std::collections::BTreeSet;

use datafusion::arrow::record_batch::RecordBatch;

use crate::engine::session::{CATALOG, SCHEMA, TableEntry};
use crate::error::Result;

use super::arguments::{self, Filter};
use super::result_set::{self, Cell, Column};
use super::{Argument, NAME_LENGTH, REMARKS_LENGTH, Style};

/// Every table type there is.
const KINDS: [&str; 3] = ["SYSTEM TABLE", "TABLE", "VIEW"];

const COLUMNS: &[Column] = &[
    Column::text("TABLE_CAT", NAME_LENGTH).odbc2("TABLE_QUALIFIER"),
    Column::text("TABLE_SCHEM", NAME_LENGTH).odbc2("TABLE_OWNER"),
    Column::text("TABLE_NAME", NAME_LENGTH),
    Column::text("TABLE_TYPE", NAME_LENGTH),
    Column::text("REMARKS", REMARKS_LENGTH),
];

/// What the arguments ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// All catalogs: (`%`, "", "").
    Catalogs,
    /// All schemas: ("", `%`, "").
    Schemas,
    /// All table types: ("", "", "", `%`).
    Kinds,
    /// Tables that pass.
    Tables(Selection),
}

/// Which tables to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    catalog: Filter,
    schema: Filter,
    table: Filter,
    kinds: Option<Vec<String>>,
}

impl Request {
    pub(super) fn new(style: Style, catalog: &Argument, schema: &Argument, table: &Argument, kinds: &Argument) -> Self {
        use arguments::{is_any, is_empty};
        // The standard asks for table types to be left out here; Power Query passes them all the same.
        let lists = !style.metadata_id && is_empty(table);
        if lists && is_any(catalog) && is_empty(schema) {
            return Self::Catalogs;
        }
        if lists && is_empty(catalog) && is_any(schema) {
            return Self::Schemas;
        }
        if lists && is_empty(catalog) && is_empty(schema) && is_any(kinds) {
            return Self::Kinds;
        }
        Self::Tables(Selection {
            catalog: Filter::pattern(catalog, style),
            schema: Filter::pattern(schema, style),
            table: Filter::pattern(table, style),
            kinds: arguments::table_types(kinds),
        })
    }

    /// Whether the answer depends on the tables there are.
    pub(super) fn needs_tables(&self) -> bool {
        matches!(self, Self::Schemas | Self::Tables(_))
    }

    /// The rows. `entries` may be left empty when they are not needed.
    pub(super) fn answer(&self, style: Style, entries: Vec<TableEntry>) -> Result<RecordBatch> {
        let rows = match self {
            Self::Catalogs => vec![list_row(0, CATALOG)],
            Self::Schemas => {
                let own = std::iter::once(SCHEMA.to_owned());
                let schemas: BTreeSet<_> = own.chain(entries.into_iter().map(|entry| entry.schema)).collect();
                schemas.iter().map(|schema| list_row(1, schema)).collect()
            }
            Self::Kinds => KINDS.iter().map(|kind| list_row(3, kind)).collect(),
            Self::Tables(selection) => selection.rows(entries),
        };
        result_set::build(COLUMNS, style.odbc2, &rows)
    }
}

impl Selection {
    fn rows(&self, entries: Vec<TableEntry>) -> Vec<Vec<Cell>> {
        let mut entries: Vec<_> = entries.into_iter().filter(|entry| self.matches(entry)).collect();
        entries.sort_by(|a, b| (a.kind, &a.catalog, &a.schema, &a.name).cmp(&(b.kind, &b.catalog, &b.schema, &b.name)));
        let row = |entry: TableEntry| {
            vec![
                entry.catalog.into(),
                entry.schema.into(),
                entry.name.into(),
                entry.kind.into(),
                entry.remarks.into(),
            ]
        };
        entries.into_iter().map(row).collect()
    }

    fn matches(&self, entry: &TableEntry) -> bool {
        self.catalog.matches(&entry.catalog)
            && self.schema.matches(&entry.schema)
            && self.table.matches(&entry.name)
            && self
                .kinds
                .as_ref()
                .is_none_or(|kinds| kinds.iter().any(|kind| kind == entry.kind))
    }
}

/// A row of one of the lists: NULL but for the column it lists.
fn list_row(column: usize, value: &str) -> Vec<Cell> {
    let mut row = vec![Cell::Null; COLUMNS.len()];
    if let Some(cell) = row.get_mut(column) {
        *cell = value.into();
    }
    row
}
