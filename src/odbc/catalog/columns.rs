//! SQLColumns: the columns of tables, described as SQLDescribeCol describes them.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;

use crate::engine::Session;
use crate::engine::session::TableEntry;
use crate::error::Result;
use crate::odbc::convert::Description;
use crate::odbc::convert::describe::odbc2_type;

use super::arguments::Filter;
use super::result_set::{self, Cell, Column};
use super::{Argument, NAME_LENGTH, REMARKS_LENGTH, Style};

const COLUMNS: &[Column] = &[
    Column::text("TABLE_CAT", NAME_LENGTH).odbc2("TABLE_QUALIFIER"),
    Column::text("TABLE_SCHEM", NAME_LENGTH).odbc2("TABLE_OWNER"),
    Column::text("TABLE_NAME", NAME_LENGTH),
    Column::text("COLUMN_NAME", NAME_LENGTH),
    Column::small("DATA_TYPE"),
    Column::text("TYPE_NAME", NAME_LENGTH),
    Column::integer("COLUMN_SIZE").odbc2("PRECISION"),
    Column::integer("BUFFER_LENGTH").odbc2("LENGTH"),
    Column::small("DECIMAL_DIGITS").odbc2("SCALE"),
    Column::small("NUM_PREC_RADIX").odbc2("RADIX"),
    Column::small("NULLABLE"),
    Column::text("REMARKS", REMARKS_LENGTH),
    Column::text("COLUMN_DEF", NAME_LENGTH),
    Column::small("SQL_DATA_TYPE"),
    Column::small("SQL_DATETIME_SUB"),
    Column::integer("CHAR_OCTET_LENGTH"),
    Column::integer("ORDINAL_POSITION"),
    Column::text("IS_NULLABLE", NAME_LENGTH),
];

/// Which columns to list.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    catalog: Filter,
    schema: Filter,
    table: Filter,
    column: Filter,
}

impl Selection {
    pub(super) fn new(
        style: Style,
        catalog: &Argument,
        schema: &Argument,
        table: &Argument,
        column: &Argument,
    ) -> Self {
        Self {
            catalog: Filter::ordinary(catalog, style),
            schema: Filter::pattern(schema, style),
            table: Filter::pattern(table, style),
            column: Filter::pattern(column, style),
        }
    }

    /// The columns of one table, named in full.
    pub(super) fn of_one(
        style: Style,
        catalog: &Argument,
        schema: &Argument,
        table: &Argument,
        column: &Argument,
    ) -> Self {
        Self {
            schema: Filter::ordinary(schema, style),
            table: Filter::ordinary(table, style),
            ..Self::new(style, catalog, schema, table, column)
        }
    }

    /// Which columns of a table.
    pub(super) fn column(&self) -> &Filter {
        &self.column
    }

    /// The tables that pass, in the order of the result.
    pub(super) fn tables(&self, entries: Vec<TableEntry>) -> Vec<TableEntry> {
        let passes = |entry: &TableEntry| {
            self.catalog.matches(&entry.catalog)
                && self.schema.matches(&entry.schema)
                && self.table.matches(&entry.name)
        };
        let mut tables: Vec<_> = entries.into_iter().filter(passes).collect();
        tables.sort_by(|a, b| (&a.catalog, &a.schema, &a.name).cmp(&(&b.catalog, &b.schema, &b.name)));
        tables
    }

    /// The rows of the columns that pass, table by table.
    pub(super) fn answer(&self, style: Style, tables: &[(TableEntry, SchemaRef)]) -> Result<RecordBatch> {
        let mut rows = Vec::new();
        for (table, schema) in tables {
            let columns = schema.fields().iter().zip(1_usize..);
            let passing = columns.filter(|(field, _)| self.column.matches(field.name()));
            rows.extend(
                passing.map(|(field, ordinal)| row(style, table, &Description::by(field, &style.types), ordinal)),
            );
        }
        result_set::build(COLUMNS, style.odbc2, &rows)
    }
}

/// The tables that pass, with their columns.
pub(super) async fn tables(session: Arc<Session>, selection: &Selection) -> Result<Vec<(TableEntry, SchemaRef)>> {
    let entries = selection.tables(Arc::clone(&session).tables().await?);
    session.with_columns(entries).await
}

fn row(style: Style, table: &TableEntry, column: &Description, ordinal: usize) -> Vec<Cell> {
    let mut row = vec![
        table.catalog.as_str().into(),
        table.schema.as_str().into(),
        table.name.as_str().into(),
        column.name.as_str().into(),
    ];
    row.extend(type_cells(style, column));
    row.extend([
        nullable(column.nullable),
        // REMARKS and COLUMN_DEF
        Cell::Null,
        Cell::Null,
    ]);
    row.extend(verbose_cells(column));
    row.extend([ordinal.into(), is_nullable(column.nullable)]);
    row
}

/// `DATA_TYPE` to `NUM_PREC_RADIX`
pub(super) fn type_cells(style: Style, column: &Description) -> [Cell; 6] {
    let data_type = if style.odbc2 {
        odbc2_type(column.sql_type)
    } else {
        column.sql_type
    };
    [
        data_type.into(),
        column.type_name.into(),
        column.column_size.into(),
        column.octet_length.into(),
        column.decimal_digits.into(),
        Some(column.radix()).filter(|radix| *radix != 0).into(),
    ]
}

/// `SQL_DATA_TYPE` to `CHAR_OCTET_LENGTH`
pub(super) fn verbose_cells(column: &Description) -> [Cell; 3] {
    [
        column.verbose_type().into(),
        Some(column.datetime_code()).filter(|code| *code != 0).into(),
        column.char_octet_length().into(),
    ]
}

/// `NULLABLE`: `SQL_NO_NULLS` (0) or `SQL_NULLABLE` (1)
pub(super) fn nullable(nullable: bool) -> Cell {
    Cell::Number(i32::from(nullable))
}

/// `IS_NULLABLE`
pub(super) fn is_nullable(nullable: bool) -> Cell {
    if nullable { "YES" } else { "NO" }.into()
}
