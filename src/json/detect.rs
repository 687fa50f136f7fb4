//! Where the records of a document are, as far as its beginning tells.

use super::cursor::Cursor;
use super::path::{JsonPath, Step};
use super::schema::MAX_DEPTH;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Where a document has its records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The path to them.
    pub path: JsonPath,
    /// Whether nothing lies beside them but what leads to them.
    pub is_alone: bool,
}

/// Where a document that begins with these bytes has its records.
///
/// The elements of a top-level array, and values one behind the other, are records. One object alone has its records in
/// its topmost array of objects, the first of several; an object without one is a record.
pub fn records(beginning: &[u8]) -> Found {
    let bytes = beginning.strip_prefix(BYTE_ORDER_MARK).unwrap_or(beginning);
    // Most documents are told by their first byte.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Found::default();
    }
    // The last character may be cut.
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    let Ok(mut cursor) = Cursor::new(bytes.get(..valid).unwrap_or_default()) else {
        return Found::default();
    };
    let mut search = Search::default();
    let is_whole = search.object(&mut cursor).is_some();
    if is_whole && cursor.peek().is_some() {
        return Found::default();
    }
    Found {
        path: search.found.unwrap_or_default(),
        is_alone: search.values == 1,
    }
}

#[derive(Default)]
struct Search {
    /// The names of the members around.
    way: Vec<Box<str>>,
    found: Option<JsonPath>,
    /// Values that are no objects with members.
    values: usize,
}

impl Search {
    /// Looks through an object. None where it does not go on.
    fn object(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        let mut more = cursor.first_member().ok()?;
        while more {
            let name = cursor.key().ok()?;
            self.way.push(name.as_ref().into());
            match cursor.peek()? {
                b'{' if self.way.len() < MAX_DEPTH => self.object(cursor)?,
                b'[' => {
                    self.values += 1;
                    let mut ahead = cursor.clone();
                    if ahead.first_element().ok()? && ahead.peek() == Some(b'{') {
                        self.note();
                    }
                    cursor.skip().ok()?;
                }
                _ => {
                    self.values += 1;
                    cursor.skip().ok()?;
                }
            }
            self.way.pop();
            more = cursor.next_member().ok()?;
        }
        Some(())
    }

    fn note(&mut self) {
        let is_higher = |found: &JsonPath| self.way.len() < found.steps.len();
        if self.found.as_ref().is_none_or(is_higher) {
            let steps = self.way.iter().cloned().map(Step::Member).collect();
            self.found = Some(JsonPath { steps });
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
