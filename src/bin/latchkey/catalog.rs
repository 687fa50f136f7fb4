//! `latchkey tables`, `schema` and `test`: what a connection leads to.

use std::time::Instant;

use latchkey::capi::standard::Plain;
use latchkey::engine::Standard;
use latchkey::engine::session::{SCHEMA, SYSTEM_TABLE, TableEntry};
use latchkey::error::Kind;

use super::connecting::Caller;
use super::ending::Ending;
use super::facts;

/// Lists the tables.
pub fn tables(caller: &Caller, connection: &str, all: bool, json: bool) -> Result<Ending, Ending> {
    let session = caller.open(connection)?.session;
    let mut tables = caller.wait(session.tables())?;
    tables.retain(|table| all || table.kind != SYSTEM_TABLE);
    let rows = tables.into_iter().map(|table| {
        vec![
            table.schema.into(),
            table.name.into(),
            table.kind.into(),
            table.remarks.into(),
        ]
    });
    facts::print_list(&["schema", "table", "kind", "remarks"], rows.collect(), json)?;
    Ok(Ending::Done)
}

/// Lists the columns of a table, or of all that are made of documents.
pub fn schema(caller: &Caller, connection: &str, table: Option<&str>, json: bool) -> Result<Ending, Ending> {
    let session = caller.open(connection)?.session;
    let mut tables = caller.wait(session.clone().tables())?;
    match table {
        Some(name) => tables.retain(|table| is_called(table, name)),
        None => tables.retain(|table| table.kind != SYSTEM_TABLE),
    }
    if let (true, Some(name)) = (tables.is_empty(), table) {
        let text = format!("There is no table \"{name}\". `latchkey tables --all` lists those that there are.");
        return Err(Ending::refused(Kind::TableNotFound, text));
    }
    let types = *session.types();
    let described = caller.wait(session.with_columns(tables))?;
    let rows = described.iter().flat_map(|(table, schema)| {
        schema.fields().iter().map(|field| {
            vec![
                table.schema.as_str().into(),
                table.name.as_str().into(),
                field.name().as_str().into(),
                Plain.column(field, &types).type_name.into(),
                field.is_nullable().into(),
            ]
        })
    });
    let names = ["schema", "table", "column", "type", "nullable"];
    facts::print_list(&names, rows.collect(), json)?;
    Ok(Ending::Done)
}

/// Whether a table is meant by `name` or `schema.name`.
fn is_called(table: &TableEntry, name: &str) -> bool {
    let qualified = format!("{}.{}", table.schema, table.name);
    table.name.eq_ignore_ascii_case(name) || qualified.eq_ignore_ascii_case(name)
}

/// Connects and looks for documents.
pub fn test(caller: &Caller, connection: &str, json: bool) -> Result<Ending, Ending> {
    let began = Instant::now();
    let opened = caller.open(connection)?;
    let mut tables = caller.wait(opened.session.clone().tables())?;
    tables.retain(|table| table.schema == SCHEMA);
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let facts = [
        ("connected", true.into()),
        ("server", opened.server.into()),
        ("tables", tables.len().into()),
        ("milliseconds", milliseconds.into()),
    ];
    facts::print(&facts, json)?;
    Ok(Ending::Done)
}
