//! The pages of properties and procedures, written from the tables that the driver itself reads.

use latchkey::connection::properties::{Category, Property, TABLE, Values};
use latchkey::engine::procedures::{Input, Procedure, all};

use crate::pages::hold;

const WRITTEN: &str = "This page is written by `tests/abi/reference.rs`, which fails when it is stale.";

#[test]
fn the_page_of_properties_is_the_table_of_the_code() {
    let mut categories: Vec<Category> = Vec::new();
    for property in TABLE {
        if !categories.contains(&property.category) {
            categories.push(property.category);
        }
    }
    let mut page = format!(
        "# Properties\n\nWhat a connection string, a data source or a file data source may say, by subject. Names have no \
         regard to case or spaces. A property without a default is not set. The value of a secret one is never shown: not \
         in the log, not in an error, not in the connection string that a program is given back, not in \
         `sys_connection_props`.\n\n{WRITTEN}\n"
    );
    for category in categories {
        page.push_str(&format!(
            "\n## {}\n\n| Name | Values | Default | Secret | Meaning |\n|---|---|---|---|---|\n",
            category.name()
        ));
        for property in TABLE.iter().filter(|property| property.category == category) {
            page.push_str(&property_row(property));
        }
    }
    hold("properties.md", &page);
}

fn property_row(property: &Property) -> String {
    let values = match property.values {
        Values::Text => "text".to_owned(),
        Values::Number { min, max } => format!("a whole number from {min} to {max}"),
        Values::Choice(words) => code(words, ", "),
        Values::Endpoint => "an `https` URL, or an `http` one of this machine".to_owned(),
    };
    let names: Vec<_> = [property.name].iter().chain(property.aliases).copied().collect();
    let alone = property.matters_with().map(|(other, words)| {
        let other = Property::of(other).name;
        format!(". Means something only with `{other}` as {}", code(words, " or "))
    });
    format!(
        "| {} | {values} | {} | {} | {}{} |\n",
        code(&names, " or "),
        some_code(property.default),
        if property.secret { "yes" } else { "" },
        property.description,
        alone.unwrap_or_default()
    )
}

#[test]
fn the_page_of_procedures_is_the_table_of_the_code() {
    let mut page = format!(
        "# Procedures\n\nCalled as `EXEC Name Input='value', …`, `EXECUTE …`, `CALL Name('value', …)` or \
         `{{call Name(?, …)}}`, with inputs by name (with or without `@`) or by position, in the order below. All inputs \
         and result columns are text. Each procedure answers one row. [flows.md](flows.md) shows them at \
         work.\n\n{WRITTEN}\n"
    );
    for procedure in all() {
        page.push_str(&procedure_section(procedure));
    }
    hold("procedures.md", &page);
}

fn procedure_section(procedure: &Procedure) -> String {
    let mut section = format!("\n## {}\n\n{}\n\n", procedure.name, procedure.description);
    if procedure.inputs.is_empty() {
        section.push_str("It takes no input.\n");
    } else {
        section.push_str("| Input | Values | Default | Required | Meaning |\n|---|---|---|---|---|\n");
        section.extend(procedure.inputs.iter().map(input_row));
    }
    section.push_str("\n| Result column | Meaning |\n|---|---|\n");
    section.extend(
        procedure
            .results
            .iter()
            .map(|result| format!("| `{}` | {} |\n", result.name, result.description)),
    );
    section
}

fn input_row(input: &Input) -> String {
    let values = if input.values.is_empty() {
        "text".to_owned()
    } else {
        code(input.values, ", ")
    };
    format!(
        "| `{}` | {values} | {} | {} | {} |\n",
        input.name,
        some_code(input.default.unwrap_or_default()),
        if input.required { "yes" } else { "" },
        input.description
    )
}

fn code(words: &[&str], between: &str) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(between)
}

fn some_code(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("`{text}`")
    }
}
