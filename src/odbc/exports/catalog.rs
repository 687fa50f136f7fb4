//! The catalog functions.

use super::{Handle, narrow, wide};
use crate::odbc::boundary;
use crate::odbc::functions::Function;
use crate::odbc::statement::catalog;

/// Lists tables.
#[unsafe(no_mangle)]
pub extern "C" fn SQLTables(
    statement: Handle,
    catalog: *const u8,
    catalog_length: i16,
    schema: *const u8,
    schema_length: i16,
    table: *const u8,
    table_length: i16,
    kinds: *const u8,
    kinds_length: i16,
) -> i16 {
    let names = [
        narrow(catalog, catalog_length),
        narrow(schema, schema_length),
        narrow(table, table_length),
        narrow(kinds, kinds_length),
    ];
    boundary::statement(Function::Tables, statement, |on| catalog::tables(on, names))
}

/// Lists tables.
#[unsafe(no_mangle)]
pub extern "C" fn SQLTablesW(
    statement: Handle,
    catalog: *const u16,
    catalog_length: i16,
    schema: *const u16,
    schema_length: i16,
    table: *const u16,
    table_length: i16,
    kinds: *const u16,
    kinds_length: i16,
) -> i16 {
    let names = [
        wide(catalog, catalog_length),
        wide(schema, schema_length),
        wide(table, table_length),
        wide(kinds, kinds_length),
    ];
    boundary::statement(Function::Tables, statement, |on| catalog::tables(on, names))
}

/// Lists columns.
#[unsafe(no_mangle)]
pub extern "C" fn SQLColumns(
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
    boundary::statement(Function::Columns, statement, |on| catalog::columns(on, names))
}

/// Lists columns.
#[unsafe(no_mangle)]
pub extern "C" fn SQLColumnsW(
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
    boundary::statement(Function::Columns, statement, |on| catalog::columns(on, names))
}

/// Lists procedures.
#[unsafe(no_mangle)]
pub extern "C" fn SQLProcedures(
    statement: Handle,
    catalog: *const u8,
    catalog_length: i16,
    schema: *const u8,
    schema_length: i16,
    procedure: *const u8,
    procedure_length: i16,
) -> i16 {
    let names = [
        narrow(catalog, catalog_length),
        narrow(schema, schema_length),
        narrow(procedure, procedure_length),
    ];
    boundary::statement(Function::Procedures, statement, |on| catalog::procedures(on, names))
}

/// Lists procedures.
#[unsafe(no_mangle)]
pub extern "C" fn SQLProceduresW(
    statement: Handle,
    catalog: *const u16,
    catalog_length: i16,
    schema: *const u16,
    schema_length: i16,
    procedure: *const u16,
    procedure_length: i16,
) -> i16 {
    let names = [
        wide(catalog, catalog_length),
        wide(schema, schema_length),
        wide(procedure, procedure_length),
    ];
    boundary::statement(Function::Procedures, statement, |on| catalog::procedures(on, names))
}

/// Lists parameters and result columns of procedures.
#[unsafe(no_mangle)]
pub extern "C" fn SQLProcedureColumns(
    statement: Handle,
    catalog: *const u8,
    catalog_length: i16,
    schema: *const u8,
    schema_length: i16,
    procedure: *const u8,
    procedure_length: i16,
    column: *const u8,
    column_length: i16,
) -> i16 {
    let names = [
        narrow(catalog, catalog_length),
        narrow(schema, schema_length),
        narrow(procedure, procedure_length),
        narrow(column, column_length),
    ];
    boundary::statement(Function::ProcedureColumns, statement, |on| {
        catalog::procedure_columns(on, names)
    })
}

/// Lists parameters and result columns of procedures.
#[unsafe(no_mangle)]
pub extern "C" fn SQLProcedureColumnsW(
    statement: Handle,
    catalog: *const u16,
    catalog_length: i16,
    schema: *const u16,
    schema_length: i16,
    procedure: *const u16,
    procedure_length: i16,
    column: *const u16,
    column_length: i16,
) -> i16 {
    let names = [
        wide(catalog, catalog_length),
        wide(schema, schema_length),
        wide(procedure, procedure_length),
        wide(column, column_length),
    ];
    boundary::statement(Function::ProcedureColumns, statement, |on| {
        catalog::procedure_columns(on, names)
    })
}

/// Lists the types.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetTypeInfo(statement: Handle, sql_type: i16) -> i16 {
    boundary::statement(Function::GetTypeInfo, statement, |on| catalog::type_info(on, sql_type))
}

/// Lists the types.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetTypeInfoW(statement: Handle, sql_type: i16) -> i16 {
    boundary::statement(Function::GetTypeInfo, statement, |on| catalog::type_info(on, sql_type))
}
