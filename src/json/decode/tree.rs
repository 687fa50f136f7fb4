//! Where in a record the columns are, and the walk that takes them from there.

mod leap;

use std::borrow::Cow;

use super::column::Misfit;
use super::rows::{Rows, Slot};
use crate::json::cursor::{Cursor, Malformed, Value};
use crate::json::listed::NoRow;
use crate::json::members::Members;
use crate::json::schema::{Stride, VALUE_COLUMN, join};
use crate::json::schema_file::type_of;
use leap::Leaps;

/// A value of a record, or the record itself.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// What values here are called; none for a row itself.
    name: Option<String>,
    /// Whether the schema has a column for values here.
    known: bool,
    /// The column, when it is wanted.
    slot: Option<Slot>,
    /// Whether anything here or below is wanted.
    pub(super) live: bool,
    /// Whether an object here is a value, and not its members.
    whole: bool,
    pub(super) members: Members<Node>,
    indexed: Vec<Node>,
    rows: Option<Box<RowsNode>>,
    /// Whether an array here is rows of another table.
    elsewhere: bool,
    /// Whether this is in rows around those that are made: what is no column there is told by who reads them.
    quiet: bool,
    /// The last row that had a value here.
    seen: u64,
    leaps: Leaps,
}

/// The rows that the elements of an array are.
#[derive(Debug)]
struct RowsNode {
    level: usize,
    /// Whether anything else in the place of an array is a row, too.
    takes_all: bool,
    row: Node,
}

/// Why a record could not be decoded.
#[derive(Debug)]
pub(super) enum Fault {
    Malformed(Malformed),
    Misfit {
        column: String,
        value: String,
        /// The type of the value.
        found: String,
        misfit: Misfit,
    },
    /// It is no row of a document that lists its columns.
    NoRow(NoRow),
    /// It makes more rows than can be held.
    TooManyRows,
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<NoRow> for Fault {
    fn from(no_row: NoRow) -> Self {
        Self::NoRow(no_row)
    }
}

/// What is known to be at a place in the record.
pub(super) struct Wanted<'a> {
    /// The column of the schema; none where it is one of another table, or rows of one.
    pub(super) name: Option<&'a str>,
    /// The decoder of the column, when it is wanted.
    pub(super) slot: Option<Slot>,
    /// Whether an object is a value.
    pub(super) whole: bool,
    pub(super) separator: &'a str,
}

impl Node {
    /// Adds what is known to be at a place in the record.
    pub(super) fn add(&mut self, way: &[Stride], wanted: &Wanted<'_>) {
        self.reach(way, wanted.separator, wanted.slot.is_some(), &mut |node| {
            let is_row = matches!(way.last(), None | Some(Stride::Rows));
            if let (false, Some(name)) = (is_row, wanted.name) {
                node.name = Some(name.to_owned());
            }
            node.known = true;
            node.elsewhere |= wanted.name.is_none();
            node.slot = wanted.slot;
            node.whole = wanted.whole && !is_row;
        });
    }

    /// Makes the arrays at a place in the record rows of a level.
    pub(super) fn add_rows(&mut self, way: &[Stride], separator: &str, level: usize, takes_all: bool) {
        // They are counted, whatever is wanted of them.
        self.reach(way, separator, true, &mut |node| {
            node.rows = Some(Box::new(RowsNode {
                level,
                takes_all,
                row: Self::default(),
            }));
        });
    }

    /// Makes the rows of another level than this, which lie around its rows, tell of no member that is no column.
    pub(super) fn quieten_around(&mut self, level: usize) {
        self.quiet = true;
        for node in self.members.values_mut().chain(&mut self.indexed) {
            node.quieten_around(level);
        }
        if let Some(inner) = self.rows.as_mut().filter(|inner| inner.level != level) {
            inner.row.quieten_around(level);
        }
    }

    /// Does something with the node at a place, which is made where there is none. Rows there have to be already.
    fn reach(&mut self, way: &[Stride], separator: &str, live: bool, act: &mut dyn FnMut(&mut Self)) {
        self.live |= live;
        let Some((stride, rest)) = way.split_first() else {
            return act(self);
        };
        let name = |key: &str| Some(join(self.name.as_deref(), separator, key));
        let next = match stride {
            Stride::Member(key) => {
                let name = name(key);
                let make = || Self {
                    name,
                    ..Self::default()
                };
                self.members.entry(key, 0, make).1
            }
            Stride::Element(index) => {
                for number in self.indexed.len()..=*index {
                    let name = name(&number.to_string());
                    self.indexed.push(Self {
                        name,
                        ..Self::default()
                    });
                }
                self.indexed.get_mut(*index)
            }
            Stride::Rows => self.rows.as_mut().map(|rows| &mut rows.row),
        };
        if let Some(next) = next {
            next.reach(rest, separator, live, act);
        }
    }

    /// Reads the value at the cursor into the unfinished row. `row` tells a second occurrence in the same row.
    pub(super) fn read(&mut self, cursor: &mut Cursor<'_>, rows: &mut Rows, row: u64) -> Result<(), Fault> {
        if !self.live {
            return Ok(cursor.skip()?);
        }
        if self.seen == row {
            self.clear(rows, row);
        }
        self.seen = row;
        match cursor.peek() {
            Some(b'{') if !self.whole && !self.takes_all() => return self.read_members(cursor, rows, row),
            Some(b'[') if self.rows.is_some() => return self.read_rows(cursor, rows),
            Some(b'[') if self.elsewhere => return Ok(cursor.skip()?),
            Some(b'[') if !self.indexed.is_empty() => return self.read_elements(cursor, rows, row),
            Some(b'n') | None => {}
            Some(_) if self.takes_all() => return self.read_row(cursor, rows),
            Some(_) => {}
        }
        match self.slot {
            Some(slot) => {
                let value = cursor.value()?;
                self.set(rows, slot, &value)
            }
            None => {
                if cursor.skip_and_ask()? && !self.known && !self.quiet {
                    rows.unknown.add(|| self.column_name().to_owned());
                }
                Ok(())
            }
        }
    }

    fn takes_all(&self) -> bool {
        self.rows.as_ref().is_some_and(|rows| rows.takes_all)
    }

    fn read_members(&mut self, cursor: &mut Cursor<'_>, rows: &mut Rows, row: u64) -> Result<(), Fault> {
        if self.leap(cursor, rows, row)? {
            return Ok(());
        }
        let Self {
            members, name, quiet, ..
        } = self;
        let any = cursor.first_member()?;
        let (mut more, mut expected) = (any, 0);
        while more {
            let place = match members.written(expected) {
                Some(name) if cursor.is_member(name)? => Some(expected),
                _ => {
                    let key = cursor.key()?;
                    let place = members.place(&key, expected);
                    if place.is_none() && cursor.skip_and_ask()? && !*quiet {
                        rows.unknown.add_member(name.as_deref(), &key);
                    }
                    place
                }
            };
            if let Some((place, member)) = place.and_then(|place| Some((place, members.at(place)?))) {
                expected = place + 1;
                match member.live {
                    true => member.read(cursor, rows, row)?,
                    false => cursor.skip()?,
                }
            }
            more = cursor.next_member()?;
        }
        match self.slot {
            Some(slot) if !any && self.name.is_some() => self.set(rows, slot, &Value::Nested(Cow::Borrowed("{}"))),
            _ => Ok(()),
        }
    }

    /// Reads an array whose elements are rows.
    fn read_rows(&mut self, cursor: &mut Cursor<'_>, rows: &mut Rows) -> Result<(), Fault> {
        let Some(inner) = &mut self.rows else { return Ok(()) };
        let mut more = cursor.first_element()?;
        while more {
            inner.read(cursor, rows)?;
            more = cursor.next_element()?;
        }
        Ok(())
    }

    /// Reads what is a row although it is in no array.
    fn read_row(&mut self, cursor: &mut Cursor<'_>, rows: &mut Rows) -> Result<(), Fault> {
        match &mut self.rows {
            Some(inner) => inner.read(cursor, rows),
            None => Ok(cursor.skip()?),
        }
    }

    /// Reads an array whose first elements are columns.
    fn read_elements(&mut self, cursor: &mut Cursor<'_>, rows: &mut Rows, row: u64) -> Result<(), Fault> {
        let mut whole = cursor.clone();
        let mut more = cursor.first_element()?;
        let mut index = 0;
        while more {
            match self.indexed.get_mut(index) {
                Some(element) => element.read(cursor, rows, row)?,
                // The text of the whole array has it, where there is such a column.
                None if self.known => cursor.skip()?,
                None => {
                    if cursor.skip_and_ask()? && !self.quiet {
                        rows.unknown.add_member(self.name.as_deref(), &index.to_string());
                    }
                }
            }
            index += 1;
            more = cursor.next_element()?;
        }
        match self.slot {
            Some(slot) => {
                let value = whole.value()?;
                self.set(rows, slot, &value)
            }
            None => Ok(()),
        }
    }

    fn column_name(&self) -> &str {
        self.name.as_deref().unwrap_or(VALUE_COLUMN)
    }

    fn set(&self, rows: &mut Rows, slot: Slot, value: &Value<'_>) -> Result<(), Fault> {
        rows.set(slot, value).map_err(|misfit| Fault::Misfit {
            column: self.column_name().to_owned(),
            value: shown(value),
            found: type_of(value),
            misfit,
        })
    }

    /// Takes back what an earlier occurrence in the same row left here and below.
    fn clear(&mut self, rows: &mut Rows, row: u64) {
        if let Some(slot) = self.slot {
            rows.clear(slot);
        }
        if let Some(inner) = &self.rows {
            rows.forget(inner.level);
        }
        let below = self.members.values_mut().chain(&mut self.indexed);
        for node in below.filter(|node| node.seen == row) {
            node.clear(rows, row);
        }
    }
}

impl RowsNode {
    fn read(&mut self, cursor: &mut Cursor<'_>, rows: &mut Rows) -> Result<(), Fault> {
        let row = rows.begin();
        self.row.read(cursor, rows, row)?;
        rows.commit(self.level);
        Ok(())
    }
}

/// A value for an error message: its beginning, quoted if it is text.
fn shown(value: &Value<'_>) -> String {
    const SHOWN: usize = 40;
    let text = match value {
        Value::Null => return "null".to_owned(),
        Value::Boolean(value) => return value.to_string(),
        Value::Number(written) => written,
        Value::Text(text) | Value::Nested(text) => &**text,
    };
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    if matches!(value, Value::Text(_)) {
        format!("'{shown}'")
    } else {
        shown
    }
}
