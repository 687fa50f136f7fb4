//! Records to a table schema: which columns, of which types.

use std::collections::HashMap;

use crate::error::{Error, Kind, Result};

use super::TableSchema;
use super::cursor::{Cursor, Malformed, Value};
use super::evidence::{ColumnType, Evidence};
use super::members::Members;
use super::schema::{MAX_DEPTH, Path, VALUE_COLUMN, join};

/// Learns columns and types from records, over as many documents as are given to it.
///
/// Members of objects become columns named by their path; an array is one column. Where a member is an object in one
/// record and something else in another, both have their columns.
#[derive(Clone, Debug, Default)]
pub struct Inference {
    root: Node,
    columns: Columns,
    /// Whether every column is text, whatever its values.
    untyped: bool,
}

impl Inference {
    /// One that finds the columns alone; all of them are text.
    pub fn of_names() -> Self {
        Self {
            untyped: true,
            ..Self::default()
        }
    }

    /// Learns from the values of a record, of which there is usually one. `Kind::Document` when it is not valid JSON.
    pub fn learn(&mut self, document: &str, record: &[u8]) -> Result<()> {
        let read = Cursor::new(record).map_err(Fault::from).and_then(|mut cursor| {
            while cursor.peek().is_some() {
                self.root.learn(&mut cursor, &mut self.columns, 0)?;
            }
            Ok(())
        });
        read.map_err(|fault| match fault {
            Fault::Malformed(malformed) => not_json(document, None, &malformed),
            Fault::TooDeep => Error::new(
                Kind::Document,
                format!("{document}: objects lie in each other more than {MAX_DEPTH} levels deep."),
            ),
        })
    }

    /// The columns in first-seen order.
    pub fn schema(&self) -> TableSchema {
        let kept = self.columns.list.iter().filter(|column| !column.is_only_object());
        TableSchema::new(kept.map(|column| {
            let column_type = match self.untyped {
                true => ColumnType::Text,
                false => column.evidence.column_type(),
            };
            (
                column.name.as_str(),
                column_type,
                &column.evidence,
                column.paths.clone(),
            )
        }))
    }
}

/// The error for a record that is not JSON.
pub(super) fn not_json(document: &str, record: Option<u64>, malformed: &Malformed) -> Error {
    let Malformed { offset, problem } = malformed;
    let which = record.map_or_else(|| "a record".to_owned(), |number| format!("record {number}"));
    Error::new(
        Kind::Document,
        format!(
            "{document}: {which} is not valid JSON: {problem} (byte {} of the record).",
            offset + 1
        ),
    )
}

enum Fault {
    Malformed(Malformed),
    TooDeep,
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// What is known of the values at one path.
#[derive(Clone, Debug, Default)]
struct Node {
    /// Member names from the record to here.
    path: Path,
    /// The same as a column name; none for the record itself.
    name: Option<String>,
    members: Members<Node>,
    column: Option<usize>,
    /// Whether an object with members was seen here.
    object: bool,
}

impl Node {
    fn learn(&mut self, cursor: &mut Cursor<'_>, columns: &mut Columns, depth: usize) -> Result<(), Fault> {
        if cursor.peek() != Some(b'{') {
            let value = cursor.value()?;
            self.observe(columns, &value);
            return Ok(());
        }
        if depth >= MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        let Self {
            path, name, members, ..
        } = self;
        let any = cursor.first_member()?;
        let (mut more, mut expected) = (any, 0);
        while more {
            let key = cursor.key()?;
            let make = || Self {
                path: path.iter().cloned().chain([Box::from(&*key)]).collect(),
                name: Some(join(name.as_deref(), &key)),
                ..Self::default()
            };
            let (place, member) = members.entry(&key, expected, make);
            expected = place + 1;
            match member {
                Some(member) => member.learn(cursor, columns, depth + 1)?,
                None => cursor.skip()?,
            }
            more = cursor.next_member()?;
        }
        if any || depth == 0 {
            self.object = true;
            if let Some(column) = self.column.and_then(|at| columns.list.get_mut(at)) {
                column.object = true;
            }
        } else {
            self.observe(columns, &Value::Nested("{}".into()));
        }
        Ok(())
    }

    fn observe(&mut self, columns: &mut Columns, value: &Value<'_>) {
        let at = *self
            .column
            .get_or_insert_with(|| columns.place(self.name.as_deref(), &self.path));
        if let Some(column) = columns.list.get_mut(at) {
            column.object |= self.object;
            column.evidence.observe(value);
        }
    }
}

/// The columns found, in first-seen order.
#[derive(Clone, Debug, Default)]
struct Columns {
    list: Vec<Column>,
    by_name: HashMap<String, usize>,
}

impl Columns {
    /// The column for values at `path`. Paths that spell the same name, as `{"a.b":1}` and `{"a":{"b":1}}`, share one.
    fn place(&mut self, name: Option<&str>, path: &Path) -> usize {
        let name = name.unwrap_or(VALUE_COLUMN);
        let at = *self.by_name.entry(name.to_owned()).or_insert_with(|| {
            self.list.push(Column {
                name: name.to_owned(),
                ..Column::default()
            });
            self.list.len() - 1
        });
        if let Some(column) = self.list.get_mut(at) {
            column.paths.push(path.clone());
        }
        at
    }
}

#[derive(Clone, Debug, Default)]
struct Column {
    name: String,
    paths: Vec<Path>,
    evidence: Evidence,
    /// Whether an object was seen where the values of this column are.
    object: bool,
}

impl Column {
    /// An object that is `null` in some records needs no column of its own beside those of its members.
    fn is_only_object(&self) -> bool {
        self.object && self.evidence.is_empty()
    }
}

#[cfg(test)]
mod tests;
