//! Keys and indexes: no table has any, and so these have columns and no rows.

use std::convert::Infallible;

use super::listing::{Column, Listing, at_once, boolean, small, text};

pub(super) static KEY_COLUMNS: Listing<Infallible> = Listing {
    columns: &[
        texts("CatalogName"),
        texts("SchemaName"),
        texts("TableName"),
        texts("ColumnName"),
        booleans("IsKey"),
        booleans("IsForeignKey"),
        texts("PrimaryKeyName"),
        texts("ForeignKeyName"),
        texts("ReferencedCatalogName"),
        texts("ReferencedSchemaName"),
        texts("ReferencedTableName"),
        texts("ReferencedColumnName"),
    ],
    rows: |_| at_once(Vec::new()),
};

pub(super) static FOREIGN_KEYS: Listing<Infallible> = Listing {
    columns: &[
        texts("CatalogName"),
        texts("SchemaName"),
        texts("TableName"),
        texts("ColumnName"),
        texts("PrimaryKeyName"),
        texts("ForeignKeyName"),
        texts("ReferencedCatalogName"),
        texts("ReferencedSchemaName"),
        texts("ReferencedTableName"),
        texts("ReferencedColumnName"),
        texts("ForeignKeyType"),
    ],
    rows: |_| at_once(Vec::new()),
};

pub(super) static PRIMARY_KEYS: Listing<Infallible> = Listing {
    columns: &[
        texts("CatalogName"),
        texts("SchemaName"),
        texts("TableName"),
        texts("ColumnName"),
        texts("KeySeq"),
        texts("KeyName"),
    ],
    rows: |_| at_once(Vec::new()),
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
