//! Catalogs, schemas, tables and columns: what SQLTables and SQLColumns list, as rows of SQL.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::engine::inventory::Inventory;
use crate::engine::session::{CATALOG, TEMP, TableEntry};
use crate::engine::standard::Described;
use crate::error::Result;

use super::listing::{Listing, at_once, boolean, integer, number, text};

pub(super) static CATALOGS: Listing<&str> = Listing {
    columns: &[text("CatalogName", |catalog| Some((*catalog).to_owned()))],
    rows: |_| at_once(vec![CATALOG]),
};

pub(super) static SCHEMAS: Listing<String> = Listing {
    columns: &[
        text("CatalogName", |_| Some(CATALOG.to_owned())),
        text("SchemaName", |schema| Some(schema.clone())),
    ],
    rows: schemas,
};

pub(super) static TABLES: Listing<TableEntry> = Listing {
    columns: &[
        text("CatalogName", |table| Some(table.catalog.clone())),
        text("SchemaName", |table| Some(table.schema.clone())),
        text("TableName", |table| Some(table.name.clone())),
        text("TableType", |table| Some(table.kind.to_owned())),
        text("Description", |table| Some(table.remarks.clone())),
        boolean("IsUpdateable", |table| Some(table.schema == TEMP)),
    ],
    rows: tables,
};

pub(super) static COLUMNS: Listing<TableColumn> = Listing {
    columns: &[
        text("CatalogName", |column| Some(column.table.catalog.clone())),
        text("SchemaName", |column| Some(column.table.schema.clone())),
        text("TableName", |column| Some(column.table.name.clone())),
        text("ColumnName", |column| Some(column.name.clone())),
        text("DataTypeName", |column| Some(column.described.type_name.to_owned())),
        integer("DataType", |column| Some(column.described.type_number)),
        integer("Length", |column| Some(number(column.described.octets))),
        integer("DisplaySize", |column| Some(number(column.described.display_size))),
        integer("NumericPrecision", |column| Some(number(column.described.size))),
        integer("NumericScale", |column| column.described.digits),
        boolean("IsNullable", |column| Some(column.described.nullable)),
        text("Description", |_| None),
        integer("Ordinal", |column| Some(column.ordinal)),
        text("IsAutoIncrement", |_| Some("NO".to_owned())),
        text("IsGeneratedColumn", |_| Some("NO".to_owned())),
        boolean("IsHidden", |_| Some(false)),
        boolean("IsArray", |_| Some(false)),
        boolean("IsReadOnly", |column| Some(column.table.schema != TEMP)),
        boolean("IsKey", |_| Some(false)),
        text("ColumnType", |_| None),
        text("FieldControl", |_| None),
    ],
    rows: columns,
};

/// A column of a table.
pub(super) struct TableColumn {
    pub(super) table: Arc<TableEntry>,
    pub(super) name: String,
    /// From 1.
    pub(super) ordinal: i32,
    pub(super) described: Described,
}

/// The names of the schemas.
pub(super) fn schemas(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<String>>> {
    at_once(inventory.schemas().into_iter().collect())
}

/// The tables in the order of SQLTables.
pub(super) fn tables(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<TableEntry>>> {
    async move {
        let mut tables = inventory.tables().await?;
        tables.sort_by(|a, b| (a.kind, &a.schema, &a.name).cmp(&(b.kind, &b.schema, &b.name)));
        Ok(tables)
    }
    .boxed()
}

/// The columns in the order of SQLColumns.
pub(super) fn columns(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<TableColumn>>> {
    async move {
        let mut tables = inventory.tables().await?;
        tables.sort_by(|a, b| (&a.schema, &a.name).cmp(&(&b.schema, &b.name)));
        let mut rows = Vec::new();
        for (table, schema) in inventory.with_columns(tables).await? {
            let table = Arc::new(table);
            rows.extend(schema.fields().iter().zip(1..).map(|(field, ordinal)| TableColumn {
                table: table.clone(),
                name: field.name().clone(),
                ordinal,
                described: inventory.standard.column(field, &inventory.rules.types),
            }));
        }
        Ok(rows)
    }
    .boxed()
}
