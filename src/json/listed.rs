//! Documents that list their columns in one place and have their rows, as arrays, in another (`JSONFormat=JSONRows`).

mod row;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Kind, Result};

use super::cursor::{Cursor, Malformed, Value};
use super::frame::{Block, Framer};
use super::model::{names, plain};
use super::path::JsonPath;
use super::select::select;
pub use row::NoRow;
pub(super) use row::walk_row;

/// Where a document lists its columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnList {
    /// From the document to the list.
    path: JsonPath,
    /// From an element of the list to the name; nowhere when the element is the name itself.
    name: JsonPath,
}

/// The names of the columns in a document, by their places in its rows.
pub type Names = Arc<[Box<str>]>;

const WRITTEN: &str = "{column:$.columns;row:$.rows}, with columnname:$.columns.name where the columns are objects";

impl ColumnList {
    /// Reads `column:path;row:path` with or without `columnname:path`, in any order: the list, and where the rows are.
    ///
    /// The error is the end of a sentence that begins with the text.
    pub fn parse(text: &str) -> Result<(Self, JsonPath), String> {
        let (mut list, mut rows, mut name) = (None, None, None);
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((word, path)) = part.split_once(':') else {
                return Err(format!("has the part '{part}', which is no place with its path"));
            };
            let place = match word.trim().to_ascii_lowercase().as_str() {
                "column" => &mut list,
                "row" => &mut rows,
                "columnname" => &mut name,
                _ => {
                    return Err(format!(
                        "has the part '{part}', which is none of column, row and columnname"
                    ));
                }
            };
            if place.replace(path.trim()).is_some() {
                return Err(format!("says twice where {} is", word.trim()));
            }
        }
        let (Some(written), Some(rows)) = (list, rows) else {
            return Err(format!(
                "does not say where columns and rows are; with JSONFormat=JSONRows it is written {WRITTEN}"
            ));
        };
        let (path, rows) = (read(written)?, read(rows)?);
        if path.steps.is_empty() || rows.steps.is_empty() || path == rows {
            return Err("has columns and rows in one place, or in the place of the whole document".to_owned());
        }
        let name = name.map_or_else(|| Ok(JsonPath::default()), |name| name_in(written, &path, name))?;
        Ok((Self { path, name }, rows))
    }

    /// The text that [`ColumnList::parse`] reads, of these rows.
    pub fn with_rows<'a>(&'a self, rows: &'a JsonPath) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| {
            let Self { path, name } = self;
            write!(f, "column:{path};row:{rows}")?;
            match name.steps.is_empty() {
                true => Ok(()),
                false => write!(f, ";columnname:{}", behind(path, name)),
            }
        })
    }

    /// The names that a list says, each of its own: a second column called `id` is `id_2`.
    fn names(&self, list: &[u8]) -> Result<Vec<Box<str>>, Fault> {
        let mut cursor = Cursor::new(list)?;
        if cursor.peek() != Some(b'[') {
            return Err(Fault::NoList);
        }
        let mut names: Vec<String> = Vec::new();
        let mut more = cursor.first_element()?;
        while more {
            let element = cursor.value()?;
            let name = match (&element, self.name.steps.is_empty()) {
                (Value::Nested(text), false) => match select(text, &self.name)?.as_slice() {
                    [value] => text_of(value),
                    _ => None,
                },
                (value, true) => text_of(value),
                _ => None,
            };
            names.push(name.ok_or(Fault::NoName(names.len() + 1))?);
            more = cursor.next_element()?;
        }
        Ok(distinct(names))
    }

    fn told(&self, document: &str, fault: &Fault, block: &Block, index: usize) -> Error {
        let Self { path, name } = self;
        let text = match fault {
            Fault::Malformed(malformed) => return block.malformed(document, index, malformed),
            Fault::NoList => {
                format!("what is at {path} is no array, so it lists no columns; check column: in JSONPath")
            }
            Fault::NoName(column) if name.steps.is_empty() => format!(
                "column {column} of the list at {path} is no text; where columns are objects, say with columnname: in JSONPath where \
                 their names are"
            ),
            Fault::NoName(column) => {
                format!("column {column} of the list at {path} has no text at {name}; check columnname: in JSONPath")
            }
            Fault::Other => format!(
                "columns are listed at {path} more than once, and not the same; name one list in JSONPath, as in \
                 column:$.tables[0].columns"
            ),
        };
        block.refused(document, index, &text)
    }

    /// The error for a document that has rows and lists no columns.
    pub fn missing(&self, document: &str) -> Error {
        let text = format!(
            "{document}: it has rows, but lists no columns at {}. Check column: in JSONPath.",
            self.path
        );
        Error::new(Kind::Document, text)
    }
}

/// What is wrong with a list of columns.
enum Fault {
    Malformed(Malformed),
    NoList,
    /// The column with this number, from 1.
    NoName(usize),
    Other,
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// Finds the list of columns in a document that comes in chunks, in the memory that the list needs.
#[derive(Debug)]
pub struct ListReader {
    document: String,
    list: ColumnList,
    framer: Framer,
    names: Option<Names>,
}

impl ListReader {
    /// For the document that errors call `document`.
    pub fn new(document: &str, list: &ColumnList) -> Self {
        Self {
            document: document.to_owned(),
            list: list.clone(),
            framer: Framer::whole(document, &list.path),
            names: None,
        }
    }

    /// Takes the next chunk. `Kind::Document` for a list that is none, and for a second one that says something else.
    pub fn add(&mut self, chunk: &[u8]) -> Result<()> {
        self.framer.add(chunk);
        let block = self.framer.block();
        for (index, record) in block.records().enumerate() {
            let names = self.list.names(record).and_then(|names| match &self.names {
                Some(known) if **known != *names => Err(Fault::Other),
                _ => Ok(names),
            });
            let names = names.map_err(|fault| self.list.told(&self.document, &fault, &block, index))?;
            self.names.get_or_insert_with(|| names.into());
        }
        block.problem.map_or(Ok(()), Err)
    }

    /// The names, once the list has come.
    pub fn names(&self) -> Option<&Names> {
        self.names.as_ref()
    }
}

/// A path of the property, without the steps that say what is done anyway.
fn read(text: &str) -> Result<JsonPath, String> {
    let path = JsonPath::parse(text).map_err(|problem| format!("has the path '{text}', which {problem}"))?;
    Ok(plain(&path))
}

/// From an element of the list at `path`, written `list`, to its name: what follows the path to the list in `text`, or all
/// of it where it does not begin with that path.
fn name_in(list: &str, path: &JsonPath, text: &str) -> Result<JsonPath, String> {
    // `/columns.name` behind `/columns` is a member of the columns, although a name between slashes may hold a dot.
    let in_list = text.strip_prefix(list).filter(|rest| rest.starts_with(['.', '/', '[']));
    let name = match in_list {
        Some(rest) => read(rest)?,
        None => {
            let name = read(text)?;
            match name.steps.strip_prefix(path.steps.as_slice()) {
                Some(rest) => JsonPath { steps: rest.to_vec() },
                None if text.starts_with(['$', '/']) => {
                    return Err(format!("has columnname:{text}, which is not in the columns at {path}"));
                }
                None => name,
            }
        }
    };
    match name.steps.is_empty() || names(&name.steps).is_none() {
        true => Err(format!(
            "has columnname:{text}, which is no member of the columns at {path}"
        )),
        false => Ok(name),
    }
}

fn behind(path: &JsonPath, rest: &JsonPath) -> JsonPath {
    JsonPath {
        steps: path.steps.iter().chain(&rest.steps).cloned().collect(),
    }
}

fn text_of(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Number(written) => Some((*written).to_owned()),
        Value::Null | Value::Boolean(_) | Value::Nested(_) => None,
    }
}

/// The names, a number behind each that came before.
fn distinct(names: Vec<String>) -> Vec<Box<str>> {
    let mut taken: HashSet<String> = HashSet::new();
    let written: HashSet<String> = names.iter().cloned().collect();
    let free = |name: String, taken: &HashSet<String>| match taken.contains(&name) {
        false => name,
        true => {
            let mut numbered = (2_u64..).map(|number| format!("{name}_{number}"));
            let is_free = |other: &String| !taken.contains(other) && !written.contains(other);
            numbered.find(is_free).unwrap_or(name)
        }
    };
    let mut distinct = Vec::with_capacity(names.len());
    for name in names {
        let name = free(name, &taken);
        distinct.push(name.as_str().into());
        taken.insert(name);
    }
    distinct
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
