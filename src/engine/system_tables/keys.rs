//! Keys, which the relational model makes; and indexes, of which there are none.

use std::convert::Infallible;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::engine::inventory::Inventory;
use crate::engine::keys::{Key, Reference};
use crate::engine::session::{CATALOG, SCHEMA};
use crate::error::Result;

use super::listing::{Column, Listing, at_once, boolean, small, text};

/// A column of a key: of the table's own, or of what it refers to.
pub(super) struct KeyColumn {
    key: Key,
    reference: Option<Reference>,
}

impl KeyColumn {
    fn column(&self) -> String {
        let own = || self.key.column.clone();
        self.reference
            .as_ref()
            .map_or_else(own, |reference| reference.column.clone())
    }
}

pub(super) static KEY_COLUMNS: Listing<KeyColumn> = Listing {
    columns: &[
        text("CatalogName", |_| Some(CATALOG.to_owned())),
        text("SchemaName", |_| Some(SCHEMA.to_owned())),
        text("TableName", |row| Some(row.key.table.clone())),
        text("ColumnName", |row| Some(row.column())),
        boolean("IsKey", |row| Some(row.reference.is_none())),
        boolean("IsForeignKey", |row| Some(row.reference.is_some())),
        text("PrimaryKeyName", |row| {
            Some(
                row.reference
                    .as_ref()
                    .map_or_else(|| row.key.name(), Reference::key_name),
            )
        }),
        text("ForeignKeyName", |row| {
            Some(row.reference.as_ref()?.name(&row.key.table))
        }),
        text("ReferencedCatalogName", |row| {
            row.reference.as_ref().map(|_| CATALOG.to_owned())
        }),
        text("ReferencedSchemaName", |row| {
            row.reference.as_ref().map(|_| SCHEMA.to_owned())
        }),
        text("ReferencedTableName", |row| Some(row.reference.as_ref()?.table.clone())),
        text("ReferencedColumnName", |row| Some(row.reference.as_ref()?.key.clone())),
    ],
    rows: key_columns,
};

pub(super) static FOREIGN_KEYS: Listing<(Key, Reference)> = Listing {
    columns: &[
        text("CatalogName", |_| Some(CATALOG.to_owned())),
        text("SchemaName", |_| Some(SCHEMA.to_owned())),
        text("TableName", |(key, _)| Some(key.table.clone())),
        text("ColumnName", |(_, reference)| Some(reference.column.clone())),
        text("PrimaryKeyName", |(_, reference)| Some(reference.key_name())),
        text("ForeignKeyName", |(key, reference)| Some(reference.name(&key.table))),
        text("ReferencedCatalogName", |_| Some(CATALOG.to_owned())),
        text("ReferencedSchemaName", |_| Some(SCHEMA.to_owned())),
        text("ReferencedTableName", |(_, reference)| Some(reference.table.clone())),
        text("ReferencedColumnName", |(_, reference)| Some(reference.key.clone())),
        text("ForeignKeyType", |_| Some("IMPORTED".to_owned())),
    ],
    rows: foreign_keys,
};

pub(super) static PRIMARY_KEYS: Listing<Key> = Listing {
    columns: &[
        text("CatalogName", |_| Some(CATALOG.to_owned())),
        text("SchemaName", |_| Some(SCHEMA.to_owned())),
        text("TableName", |key| Some(key.table.clone())),
        text("ColumnName", |key| Some(key.column.clone())),
        text("KeySeq", |_| Some("1".to_owned())),
        text("KeyName", |key| Some(key.name())),
    ],
    rows: primary_keys,
};

pub(super) static INDEXES: Listing<Infallible> = Listing {
    columns: &[
        texts("CatalogName"),
        texts("SchemaName"),
        texts("TableName"),
        texts("IndexName"),
        texts("ColumnName"),
        booleans("IsUnique"),
        booleans("IsPrimary"),
        smalls("Type"),
        texts("SortOrder"),
        smalls("OrdinalPosition"),
    ],
    rows: |_| at_once(Vec::new()),
};

const fn texts(name: &'static str) -> Column<Infallible> {
    text(name, |none| match *none {})
}

const fn booleans(name: &'static str) -> Column<Infallible> {
    boolean(name, |none| match *none {})
}

const fn smalls(name: &'static str) -> Column<Infallible> {
    small(name, |none| match *none {})
}

fn primary_keys(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<Key>>> {
    async move { inventory.keys().await }.boxed()
}

fn foreign_keys(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<(Key, Reference)>>> {
    async move {
        let keys = inventory.keys().await?.into_iter();
        Ok(keys.filter_map(|key| Some((key.clone(), key.reference?))).collect())
    }
    .boxed()
}

fn key_columns(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<KeyColumn>>> {
    async move {
        let keys = inventory.keys().await?.into_iter();
        let columns = keys.flat_map(|key| {
            let foreign = key.reference.clone().map(|reference| KeyColumn {
                key: key.clone(),
                reference: Some(reference),
            });
            let own = KeyColumn { key, reference: None };
            [own].into_iter().chain(foreign)
        });
        Ok(columns.collect())
    }
    .boxed()
}
