//! The views of SQL-92's information schema, with the types and names that SQLColumns tells.

use crate::engine::dialect::View;
use crate::engine::session::{CATALOG, SCHEMA, SYSTEM_TABLE, TEMP, TableEntry, VIEW};

use super::listing::{Listing, at_once, integer, number, text};
use super::relations::{self, TableColumn};

pub(super) static SCHEMATA: Listing<String> = Listing {
    columns: &[
        text("catalog_name", |_| Some(CATALOG.to_owned())),
        text("schema_name", |schema| Some(schema.clone())),
        text("schema_owner", |_| None),
        text("default_character_set_catalog", |_| None),
        text("default_character_set_schema", |_| None),
        text("default_character_set_name", |_| None),
        text("sql_path", |_| None),
    ],
    rows: relations::schemas,
};

pub(super) static TABLES: Listing<TableEntry> = Listing {
    columns: &[
        text("table_catalog", |table| Some(table.catalog.clone())),
        text("table_schema", |table| Some(table.schema.clone())),
        text("table_name", |table| Some(table.name.clone())),
        text("table_type", |table| Some(table_type(table).to_owned())),
    ],
    rows: relations::tables,
};

pub(super) static COLUMNS: Listing<TableColumn> = Listing {
    columns: &[
        text("table_catalog", |column| Some(column.table.catalog.clone())),
        text("table_schema", |column| Some(column.table.schema.clone())),
        text("table_name", |column| Some(column.table.name.clone())),
        text("column_name", |column| Some(column.name.clone())),
        integer("ordinal_position", |column| Some(column.ordinal)),
        text("column_default", |_| None),
        text("is_nullable", |column| {
            Some(if column.described.nullable { "YES" } else { "NO" }.to_owned())
        }),
        text("data_type", |column| Some(column.described.type_name.to_owned())),
        integer("character_maximum_length", |TableColumn { described, .. }| {
            described.char_octets.map(|_| number(described.size))
        }),
        integer("character_octet_length", |column| {
            column.described.char_octets.map(number)
        }),
        integer("numeric_precision", |TableColumn { described, .. }| {
            described.radix.map(|_| number(described.size))
        }),
        integer("numeric_precision_radix", |column| column.described.radix),
        integer("numeric_scale", |TableColumn { described, .. }| {
            described.radix.and(described.digits)
        }),
        // What is no number and has digits has those of a fraction of a second.
        integer("datetime_precision", |TableColumn { described, .. }| {
            described.digits.filter(|_| described.radix.is_none())
        }),
        text("interval_type", |_| None),
    ],
    rows: relations::columns,
};

pub(super) static VIEWS: Listing<View> = Listing {
    columns: &[
        text("table_catalog", |_| Some(CATALOG.to_owned())),
        text("table_schema", |_| Some(SCHEMA.to_owned())),
        text("table_name", |view| Some(view.name.clone())),
        text("definition", |view| Some(view.definition.clone())),
    ],
    rows: |inventory| at_once(inventory.views().cloned().collect()),
};

/// The standard's word; the driver's own tables keep theirs, so that who looks for tables and views does not find them.
fn table_type(table: &TableEntry) -> &'static str {
    match table.kind {
        SYSTEM_TABLE => SYSTEM_TABLE,
        VIEW => VIEW,
        _ if table.schema == TEMP => "LOCAL TEMPORARY",
        _ => "BASE TABLE",
    }
}
