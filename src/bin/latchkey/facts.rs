//! Printing facts: as lines or a table for people, as JSON for scripts.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::ending::Ending;
use super::output::{Table, shown};

/// A fact's name and its value.
pub type Fact = (&'static str, Value);

/// Prints one set of facts.
pub fn print(facts: &[Fact], json: bool) -> Result<(), Ending> {
    let mut output = io::stdout().lock();
    if json {
        writeln!(output, "{}", object(facts))?;
        return Ok(());
    }
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, value) in facts {
        writeln!(output, "{name:width$}  {}", shown(&text(value)))?;
    }
    Ok(())
}

/// Prints a list: a table for people, an array of objects for scripts.
pub fn print_list(names: &[&'static str], rows: Vec<Vec<Value>>, json: bool) -> Result<(), Ending> {
    let mut output = io::stdout().lock();
    if json {
        let objects = rows.into_iter().map(|row| {
            let facts: Vec<Fact> = names.iter().copied().zip(row).collect();
            object(&facts)
        });
        writeln!(output, "{}", Value::Array(objects.collect()))?;
        return Ok(());
    }
    let mut table = Table::of(names);
    for row in rows {
        table.add_row(&row.iter().map(text).collect::<Vec<_>>());
    }
    writeln!(output, "{table}")?;
    Ok(())
}

/// Facts as a JSON object.
pub fn object(facts: &[Fact]) -> Value {
    let members = facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    Value::Object(members.collect::<Map<_, _>>())
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
