//! The catalog functions: their result sets are opened like any other.

use std::ops::RangeInclusive;

use crate::engine::Rows;
use crate::odbc::argument::TextIn;
use crate::odbc::boundary::{Completion, Status};
use crate::odbc::catalog::{self, Style};
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::info;
use crate::odbc::sqlstate::SqlState;

use super::OnStatement;

/// `SQLTables`.
pub fn tables(on: &mut OnStatement<'_>, names: [TextIn; 4]) -> Completion {
    let (style, [catalog, schema, table, kinds]) = begin(on, names, 3)?;
    let session = on.session()?;
    let batch = on.run(catalog::tables(session, style, catalog, schema, table, kinds))?;
    on.open(Rows::of(batch));
    Ok(Status::Success)
}

/// `SQLColumns`.
pub fn columns(on: &mut OnStatement<'_>, names: [TextIn; 4]) -> Completion {
    let (style, [catalog, schema, table, column]) = begin(on, names, 4)?;
    let session = on.session()?;
    let batch = on.run(catalog::columns(session, style, catalog, schema, table, column))?;
    on.open(Rows::of(batch));
    Ok(Status::Success)
}

/// `SQLProcedures`.
pub fn procedures(on: &mut OnStatement<'_>, names: [TextIn; 3]) -> Completion {
    let (style, [catalog, schema, procedure]) = begin(on, names, 3)?;
    let batch = catalog::procedures(&*on.session()?, style, catalog, schema, procedure)?;
    on.open(Rows::of(batch));
    Ok(Status::Success)
}

/// `SQLProcedureColumns`.
pub fn procedure_columns(on: &mut OnStatement<'_>, names: [TextIn; 4]) -> Completion {
    let (style, [catalog, schema, procedure, column]) = begin(on, names, 4)?;
    let batch = catalog::procedure_columns(&*on.session()?, style, catalog, schema, procedure, column)?;
    on.open(Rows::of(batch));
    Ok(Status::Success)
}

/// `SQLTablePrivileges`.
pub fn table_privileges(on: &mut OnStatement<'_>, names: [TextIn; 3]) -> Completion {
    let (style, [catalog, schema, table]) = begin(on, names, 3)?;
    let session = on.session()?;
    let batch = on.run(catalog::table_privileges(session, style, catalog, schema, table))?;
    on.open(Rows::of(batch));
    Ok(Status::Success)
}

/// `SQLColumnPrivileges`.
pub fn column_privileges(on: &mut OnStatement<'_>, names: [TextIn; 4]) -> Completion {
    let (style, [catalog, schema, table, column]) = begin(on, names, 4)?;
    named(&table)?;
    let session = on.session()?;
    let batch = on.run(catalog::column_privileges(
        session, style, catalog, schema, table, column,
    ))?;
    on.open(Rows::of(batch));
    Ok(Status::Success)
}

/// `SQLPrimaryKeys`.
pub fn primary_keys(on: &mut OnStatement<'_>, names: [TextIn; 3]) -> Completion {
    let (style, [catalog, schema, table]) = begin(on, names, 3)?;
    named(&table)?;
    let session = on.session()?;
    let batch = on.run(catalog::primary_keys(session, style, catalog, schema, table))?;
    on.open(Rows::of(batch));
    Ok(Status::Success)
}

/// `SQLForeignKeys`: the table of the primary key, then that of the foreign key; one of them may be left out.
pub fn foreign_keys(on: &mut OnStatement<'_>, primary: [TextIn; 3], foreign: [TextIn; 3]) -> Completion {
    let (style, primary) = begin(on, primary, 0)?;
    let (_, foreign) = begin(on, foreign, 0)?;
    named(
        &primary
            .last()
            .cloned()
            .flatten()
            .or_else(|| foreign.last().cloned().flatten()),
    )?;
    let session = on.session()?;
    let batch = on.run(catalog::foreign_keys(session, style, primary, foreign))?;
    on.open(Rows::of(batch));
    Ok(Status::Success)
}

/// `SQLStatistics`.
pub fn statistics(on: &mut OnStatement<'_>, names: [TextIn; 3], unique: u16, accuracy: u16) -> Completion {
    let (style, [.., table]) = begin(on, names, 3)?;
    named(&table)?;
    within(unique, 0..=1, SqlState::UniqueOption)?;
    within(accuracy, 0..=1, SqlState::AccuracyOption)?;
    on.session()?;
    on.open(Rows::of(catalog::statistics(style)?));
    Ok(Status::Success)
}

/// `SQLSpecialColumns`.
pub fn special_columns(
    on: &mut OnStatement<'_>,
    kind: u16,
    names: [TextIn; 3],
    scope: u16,
    nullable: u16,
) -> Completion {
    let (style, [.., table]) = begin(on, names, 3)?;
    named(&table)?;
    within(kind, 1..=2, SqlState::ColumnKind)?;
    within(scope, 0..=2, SqlState::Scope)?;
    within(nullable, 0..=1, SqlState::NullableOption)?;
    on.session()?;
    on.open(Rows::of(catalog::special_columns(style)?));
    Ok(Status::Success)
}

/// HY009 without the name of a table.
fn named(table: &Option<String>) -> Result<(), Diagnostic> {
    match table {
        Some(_) => Ok(()),
        None => Err(Diagnostic::new(
            SqlState::NullPointer,
            "The name of a table is missing.",
        )),
    }
}

fn within(option: u16, options: RangeInclusive<u16>, state: SqlState) -> Result<(), Diagnostic> {
    if options.contains(&option) {
        return Ok(());
    }
    Err(Diagnostic::new(
        state,
        format!("{option} is none of the options there are."),
    ))
}

/// `SQLGetTypeInfo`.
pub fn type_info(on: &mut OnStatement<'_>, sql_type: i16) -> Completion {
    on.no_cursor()?;
    let session = on.session()?;
    let Some(batch) = info::type_info(sql_type, on.call.odbc2(), session.types()) else {
        let message = format!("There is no SQL type with the number {sql_type}.");
        return Err(Diagnostic::new(SqlState::SqlType, message));
    };
    on.close()?;
    on.open(Rows::of(batch));
    Ok(Status::Success)
}

/// Checks the state and reads the arguments. With `SQL_ATTR_METADATA_ID` the first `identifiers` of them are
/// identifiers, of which those after the catalog cannot be null (HY009).
fn begin<const N: usize>(
    on: &mut OnStatement<'_>,
    names: [TextIn; N],
    identifiers: usize,
) -> Result<(Style, [Option<String>; N]), Diagnostic> {
    on.no_cursor()?;
    let metadata_id = on.statement.options.metadata_id();
    let mut texts = [const { None }; N];
    for (index, (text, name)) in texts.iter_mut().zip(names).enumerate() {
        *text = name.read()?;
        if metadata_id && text.is_none() && (1..identifiers).contains(&index) {
            let message = "A name is a null pointer, which is not allowed while SQL_ATTR_METADATA_ID is SQL_TRUE.";
            return Err(Diagnostic::new(SqlState::NullPointer, message));
        }
    }
    Ok((
        Style {
            metadata_id,
            odbc2: on.call.odbc2(),
            types: *on.session()?.types(),
        },
        texts,
    ))
}
