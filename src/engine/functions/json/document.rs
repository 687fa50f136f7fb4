//! A row as one JSON text: `DOCUMENT(*)`, which has become names and values by turns.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::engine::errors::into_datafusion;
use crate::error::{Error, Kind};
use crate::json::schema::NESTED;
use crate::json::{select, write};

pub(super) const NAME: &str = "document";

/// How deep objects may lie in each other. A name may have any number of dots, and each costs stack.
const DEEPEST: usize = 128;

/// `document(name, value, …)`: an object whose members lie in each other as the dots in their names say. NULL is left out.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Document {
    signature: Signature,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

/// How the values of a column are written.
#[derive(Clone, Copy, PartialEq)]
enum Written {
    /// Numbers and truths.
    Bare,
    Text,
    /// Texts, and objects and arrays as they are.
    Nested,
}

/// A column: its values as texts.
struct Column {
    values: StringArray,
    written: Written,
}

/// The members at one level, in the order of the columns.
#[derive(Default)]
struct Level {
    members: Vec<(String, Member)>,
    places: HashMap<String, usize>,
}

#[derive(Default)]
struct Member {
    /// The column that has its value.
    column: Option<usize>,
    inside: Level,
}

impl Level {
    /// Adds a column, `depth` objects inside.
    fn add(&mut self, name: &str, column: usize, depth: usize) {
        let (first, rest) = match name.split_once('.') {
            Some((first, rest)) if depth < DEEPEST => (first, Some(rest)),
            _ => (name, None),
        };
        let at = *self.places.entry(first.to_owned()).or_insert(self.members.len());
        if at == self.members.len() {
            self.members.push((first.to_owned(), Member::default()));
        }
        let Some((_, member)) = self.members.get_mut(at) else {
            return;
        };
        match rest {
            Some(rest) => member.inside.add(rest, column, depth + 1),
            None => member.column = Some(column),
        }
    }

    /// Writes the members that have values in a row, with what stands before each name; whether there were any.
    fn write(&self, before: &str, columns: &[Column], row: usize, out: &mut String) -> bool {
        let start = out.len();
        for (name, member) in &self.members {
            let name = match before {
                "" => Cow::Borrowed(name),
                before => Cow::Owned(format!("{before}{name}")),
            };
            let value = member.column.and_then(|at| columns.get(at));
            let value = value.filter(|column| column.values.is_valid(row));
            if let Some(column) = value {
                key(&name, start, out);
                column.write(row, out);
                // Beside a value of its own, what is inside keeps its dots.
                if !member.inside.members.is_empty() {
                    let end = out.len();
                    out.push(',');
                    if !member.inside.write(&format!("{name}."), columns, row, out) {
                        out.truncate(end);
                    }
                }
                continue;
            }
            let end = out.len();
            key(&name, start, out);
            out.push('{');
            match member.inside.write("", columns, row, out) {
                true => out.push('}'),
                false => out.truncate(end),
            }
        }
        out.len() > start
    }
}

fn key(name: &str, start: usize, out: &mut String) {
    if out.len() > start {
        out.push(',');
    }
    write::text(name, out);
    out.push(':');
}

impl Column {
    fn write(&self, row: usize, out: &mut String) {
        let value = self.values.value(row);
        match self.written {
            // JSON has no word for these.
            Written::Bare if matches!(value, "NaN" | "inf" | "-inf") => out.push_str("null"),
            Written::Bare => out.push_str(value),
            Written::Nested if select::is_nested(value) => out.push_str(value),
            Written::Nested | Written::Text => write::text(value, out),
        }
    }
}

fn written(data_type: &DataType, is_nested: bool) -> Written {
    match data_type {
        DataType::Boolean => Written::Bare,
        number if number.is_numeric() => Written::Bare,
        _ if is_nested => Written::Nested,
        _ => Written::Text,
    }
}

impl ScalarUDFImpl for Document {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>, DataFusionError> {
        if !types.len().is_multiple_of(2) {
            let message = "DOCUMENT takes *, a table with .*, or names and values by turns";
            return Err(into_datafusion(Error::new(Kind::Syntax, message)));
        }
        let given = types.iter().enumerate();
        let taken = given.map(|(at, given)| match at % 2 == 0 {
            true => DataType::Utf8,
            false => given.clone(),
        });
        Ok(taken.collect())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let rows = arguments.number_rows;
        let mut columns = Vec::new();
        let mut level = Level::default();
        for (pair, fields) in arguments.args.chunks(2).zip(arguments.arg_fields.chunks(2)) {
            let ([name, value], [_, field]) = (pair, fields) else {
                continue;
            };
            let ColumnarValue::Scalar(name) = name else {
                let message = "The names that DOCUMENT takes are constant texts";
                return Err(into_datafusion(Error::new(Kind::Syntax, message)));
            };
            let name = name.try_as_str().flatten().unwrap_or_default();
            level.add(name, columns.len(), 0);
            let values = cast(&value.to_array(rows)?, &DataType::Utf8)?;
            columns.push(Column {
                values: values.as_string().clone(),
                written: written(field.data_type(), field.metadata().contains_key(NESTED)),
            });
        }
        let mut texts = Vec::with_capacity(rows);
        for row in 0..rows {
            let mut text = String::from("{");
            level.write("", &columns, row, &mut text);
            text.push('}');
            texts.push(text);
        }
        Ok(ColumnarValue::Array(Arc::new(StringArray::from(texts))))
    }
}
