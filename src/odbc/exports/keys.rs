//! The catalog functions about keys, indexes and privileges.

use super::{Handle, narrow, wide};
use crate::odbc::boundary;
use crate::odbc::functions::Function;
use crate::odbc::statement::catalog;

/// Lists primary keys.
#[unsafe(no_mangle)]
pub extern "C" fn SQLPrimaryKeys(
    statement: Handle,
    catalog: *const u8,
    catalog_length: i16,
    schema: *const u8,
    schema_length: i16,
    table: *const u8,
    table_length: i16,
) -> i16 {
    let names = [
        narrow(catalog, catalog_length),
        narrow(schema, schema_length),
        narrow(table, table_length),
    ];
    boundary::statement(Function::PrimaryKeys, statement, |on| catalog::primary_keys(on, names))
}

/// Lists primary keys.
#[unsafe(no_mangle)]
pub extern "C" fn SQLPrimaryKeysW(
    statement: Handle,
    catalog: *const u16,
    catalog_length: i16,
    schema: *const u16,
    schema_length: i16,
    table: *const u16,
    table_length: i16,
) -> i16 {
    let names = [
        wide(catalog, catalog_length),
        wide(schema, schema_length),
        wide(table, table_length),
    ];
    boundary::statement(Function::PrimaryKeys, statement, |on| catalog::primary_keys(on, names))
}

/// Lists foreign keys.
#[unsafe(no_mangle)]
pub extern "C" fn SQLForeignKeys(
    statement: Handle,
    primary_catalog: *const u8,
    primary_catalog_length: i16,
    primary_schema: *const u8,
    primary_schema_length: i16,
    primary_table: *const u8,
    primary_table_length: i16,
    foreign_catalog: *const u8,
    foreign_catalog_length: i16,
    foreign_schema: *const u8,
    foreign_schema_length: i16,
    foreign_table: *const u8,
    foreign_table_length: i16,
) -> i16 {
    let primary = [
        narrow(primary_catalog, primary_catalog_length),
        narrow(primary_schema, primary_schema_length),
        narrow(primary_table, primary_table_length),
    ];
    let foreign = [
        narrow(foreign_catalog, foreign_catalog_length),
        narrow(foreign_schema, foreign_schema_length),
        narrow(foreign_table, foreign_table_length),
    ];
    boundary::statement(Function::ForeignKeys, statement, |on| {
        catalog::foreign_keys(on, primary, foreign)
    })
}

/// Lists foreign keys.
#[unsafe(no_mangle)]
pub extern "C" fn SQLForeignKeysW(
    statement: Handle,
    primary_catalog: *const u16,
    primary_catalog_length: i16,
    primary_schema: *const u16,
    primary_schema_length: i16,
    primary_table: *const u16,
    primary_table_length: i16,
    foreign_catalog: *const u16,
    foreign_catalog_length: i16,
    foreign_schema: *const u16,
    foreign_schema_length: i16,
    foreign_table: *const u16,
    foreign_table_length: i16,
) -> i16 {
    let primary = [
        wide(primary_catalog, primary_catalog_length),
        wide(primary_schema, primary_schema_length),
        wide(primary_table, primary_table_length),
    ];
    let foreign = [
        wide(foreign_catalog, foreign_catalog_length),
        wide(foreign_schema, foreign_schema_length),
        wide(foreign_table, foreign_table_length),
    ];
    boundary::statement(Function::ForeignKeys, statement, |on| {
        catalog::foreign_keys(on, primary, foreign)
    })
}

/// Lists indexes.
#[unsafe(no_mangle)]
pub extern "C" fn SQLStatistics(
    statement: Handle,
    catalog: *const u8,
    catalog_length: i16,
    schema: *const u8,
    schema_length: i16,
    table: *const u8,
    table_length: i16,
    unique: u16,
    accuracy: u16,
) -> i16 {
    let names = [
        narrow(catalog, catalog_length),
        narrow(schema, schema_length),
        narrow(table, table_length),
    ];
    boundary::statement(Function::Statistics, statement, |on| {
        catalog::statistics(on, names, unique, accuracy)
    })
}

/// Lists indexes.
#[unsafe(no_mangle)]
pub extern "C" fn SQLStatisticsW(
    statement: Handle,
    catalog: *const u16,
    catalog_length: i16,
    schema: *const u16,
    schema_length: i16,
    table: *const u16,
    table_length: i16,
    unique: u16,
    accuracy: u16,
) -> i16 {
    let names = [
        wide(catalog, catalog_length),
        wide(schema, schema_length),
        wide(table, table_length),
    ];
    boundary::statement(Function::Statistics, statement, |on| {
        catalog::statistics(on, names, unique, accuracy)
    })
}

/// Lists the columns that identify a row.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSpecialColumns(
    statement: Handle,
    kind: u16,
    catalog: *const u8,
    catalog_length: i16,
    schema: *const u8,
    schema_length: i16,
    table: *const u8,
    table_length: i16,
    scope: u16,
    nullable: u16,
) -> i16 {
    let names = [
        narrow(catalog, catalog_length),
        narrow(schema, schema_length),
        narrow(table, table_length),
    ];
    boundary::statement(Function::SpecialColumns, statement, |on| {
        catalog::special_columns(on, kind, names, scope, nullable)
    })
}

/// Lists the columns that identify a row.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSpecialColumnsW(
    statement: Handle,
    kind: u16,
    catalog: *const u16,
    catalog_length: i16,
    schema: *const u16,
    schema_length: i16,
    table: *const u16,
    table_length: i16,
    scope: u16,
    nullable: u16,
) -> i16 {
    let names = [
        wide(catalog, catalog_length),
        wide(schema, schema_length),
        wide(table, table_length),
    ];
    boundary::statement(Function::SpecialColumns, statement, |on| {
        catalog::special_columns(on, kind, names, scope, nullable)
    })
}

/// Lists privileges on tables.
#[unsafe(no_mangle)]
pub extern "C" fn SQLTablePrivileges(
    statement: Handle,
    catalog: *const u8,
    catalog_length: i16,
    schema: *const u8,
    schema_length: i16,
    table: *const u8,
    table_length: i16,
) -> i16 {
    let names = [
        narrow(catalog, catalog_length),
        narrow(schema, schema_length),
        narrow(table, table_length),
    ];
    boundary::statement(Function::TablePrivileges, statement, |on| {
        catalog::table_privileges(on, names)
    })
}

/// Lists privileges on tables.
#[unsafe(no_mangle)]
pub extern "C" fn SQLTablePrivilegesW(
    statement: Handle,
    catalog: *const u16,
    catalog_length: i16,
    schema: *const u16,
    schema_length: i16,
    table: *const u16,
    table_length: i16,
) -> i16 {
    let names = [
        wide(catalog, catalog_length),
        wide(schema, schema_length),
        wide(table, table_length),
    ];
    boundary::statement(Function::TablePrivileges, statement, |on| {
        catalog::table_privileges(on, names)
    })
}

/// Lists privileges on columns.
#[unsafe(no_mangle)]
pub extern "C" fn SQLColumnPrivileges(
    statement: Handle,
    catalog: *const u8,
    catalog_length: i16,
    schema: *const u8,
    schema_length: i16,
    table: *const u8,
    table_length: i16,
    column: *const u8,
    column_length: i16,
) -> i16 {
    let names = [
        narrow(catalog, catalog_length),
        narrow(schema, schema_length),
        narrow(table, table_length),
        narrow(column, column_length),
    ];
    boundary::statement(Function::ColumnPrivileges, statement, |on| {
        catalog::column_privileges(on, names)
    })
}

/// Lists privileges on columns.
#[unsafe(no_mangle)]
pub extern "C" fn SQLColumnPrivilegesW(
    statement: Handle,
    catalog: *const u16,
    catalog_length: i16,
    schema: *const u16,
    schema_length: i16,
    table: *const u16,
    table_length: i16,
    column: *const u16,
    column_length: i16,
) -> i16 {
    let names = [
        wide(catalog, catalog_length),
        wide(schema, schema_length),
        wide(table, table_length),
        wide(column, column_length),
    ];
    boundary::statement(Function::ColumnPrivileges, statement, |on| {
        catalog::column_privileges(on, names)
    })
}
