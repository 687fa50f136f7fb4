//! A table for people.

use std::fmt;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement};
use console::Term;

/// The rows so far.
#[derive(Debug)]
pub struct Table(comfy_table::Table);

impl Table {
    /// A table of these columns; on a terminal no wider than that.
    pub fn new(schema: &SchemaRef) -> Self {
        let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let mut table = Self::of(&names);
        for (column, field) in table.0.column_iter_mut().zip(schema.fields()) {
            if field.data_type().is_numeric() {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }

    /// A table of texts.
    pub fn of(names: &[&str]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_preset(UTF8_FULL_CONDENSED);
        if let Some((_, width)) = Term::stdout().size_checked() {
            table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width);
        }
        table.set_header(names.iter().map(|name| shown(name)));
        Self(table)
    }

    /// Adds rows.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let options = FormatOptions::new().with_null("NULL");
        let columns = batch.columns().iter();
        let columns = columns.map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let cells = columns.iter().map(|column| column.value(row).try_to_string());
            let cells = cells.collect::<Result<Vec<_>, _>>()?;
            self.add_row(&cells);
        }
        Ok(())
    }

    /// Adds a row of texts.
    pub fn add_row(&mut self, cells: &[String]) {
        self.0.add_row(cells.iter().map(|cell| shown(cell)));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text as a terminal may get it: a document must not move its cursor or change its colours.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(if character == '\n' { '\n' } else { ' ' }),
            _ if character.is_control() => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(shown("a\u{1b}[2Jb\r"), "a\\u{1b}[2Jb\\r");
        assert_eq!(shown("é\n\t漢"), "é\n 漢");
    }
}
