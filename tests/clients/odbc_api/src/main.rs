//! odbc-api: text columns in blocks, parameters, long values, an error, a procedure.

use std::env::args;

use odbc_api::buffers::TextRowSet;
use odbc_api::parameter::{InputParameter, VarCharArray};
use odbc_api::{Connection, ConnectionOptions, Cursor, Environment, Error, IntoParameter, ParameterCollectionRef};

fn show(name: &str, value: &str) {
    println!("{name}={value}");
}

/// The values of a column, in blocks of two rows.
fn column(cursor: impl Cursor, column: usize) -> Result<Vec<String>, Error> {
    let mut cursor = cursor;
    let buffer = TextRowSet::for_cursor(2, &mut cursor, Some(100_000))?;
    let mut blocks = cursor.bind_buffer(buffer)?;
    let mut values = Vec::new();
    while let Some(block) = blocks.fetch()? {
        for row in 0..block.num_rows() {
            let value = block.at(column, row).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            values.push(value.unwrap_or_else(|| "NULL".to_owned()));
        }
    }
    Ok(values)
}

fn one(db: &Connection<'_>, sql: &str, parameters: impl ParameterCollectionRef) -> Result<String, Error> {
    let cursor = db.execute(sql, parameters, None)?;
    let values = cursor.map(|cursor| column(cursor, 0)).transpose()?;
    Ok(values.into_iter().flatten().next().unwrap_or_default())
}

fn text_of<const N: usize>(name: &VarCharArray<N>) -> String {
    name.as_str().ok().flatten().unwrap_or_default().to_owned()
}

fn names(names: impl Iterator<Item = Result<String, Error>>) -> Result<String, Error> {
    Ok(names.collect::<Result<Vec<_>, _>>()?.join(","))
}

fn boxed(value: impl IntoParameter<Parameter: InputParameter + 'static>) -> Box<dyn InputParameter> {
    Box::new(value.into_parameter())
}

fn main() -> Result<(), Error> {
    let environment = Environment::new()?;
    let string = args().nth(1).unwrap_or_default();
    let text = args().nth(2).unwrap_or_default();
    let db = environment.connect_with_connection_string(&string, ConnectionOptions::default())?;
    let tables = db.tables("%", "%", "%", "TABLE")?;
    show("tables", &names(tables.map(|row| Ok(text_of(&row?.table))))?);
    let columns = db.columns("%", "%", "people", "%")?;
    show("columns", &names(columns.map(|row| Ok(text_of(&row?.column_name))))?);
    show("by_number", &one(&db, "SELECT name FROM people WHERE id = ?", &2_i64)?);
    show("by_text", &one(&db, "SELECT id FROM people WHERE name = ?", &text.as_str().into_parameter())?);
    show("null", &one(&db, "SELECT name FROM people WHERE id = ?", &3_i64)?);
    for (name, expression) in [("date", "born"), ("timestamp", "seen"), ("number", "score"), ("big", "big")] {
        show(name, &one(&db, &format!("SELECT {expression} FROM people WHERE id = 1"), ())?);
    }
    let note = one(&db, "SELECT note FROM people WHERE id = 1", ())?;
    show("long", &format!("{}{}", note.len(), &note[note.len() - 3..]));
    let parameters = [boxed(note)];
    show("long_parameter", &one(&db, "SELECT id FROM people WHERE note = ?", parameters.as_slice())?);
    if let Err(error) = one(&db, "SELECT * FROM nobody", ()) {
        show("error", &error.to_string().replace('\n', " "));
    }
    let call = "EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'";
    show("procedure", &one(&db, call, ())?);
    Ok(())
}
