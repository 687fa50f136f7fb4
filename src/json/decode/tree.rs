//! Where in a record the columns are, and the walk that takes them from there.

mod leap;

use std::borrow::Cow;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::error::ArrowError;

use super::UnknownColumns;
use super::column::{ColumnDecoder, Misfit};
use crate::json::cursor::{Cursor, Malformed, Value};
use crate::json::members::Members;
use crate::json::schema::{VALUE_COLUMN, join};
use leap::Leaps;

/// A value of a record, or the record itself.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The column name of values here; none for the record itself.
    name: Option<String>,
    /// Whether the schema has a column for values here.
    known: bool,
    /// The decoder of that column, when it is wanted.
    slot: Option<usize>,
    /// Whether anything here or below is wanted.
    live: bool,
    members: Members<Node>,
    /// The last record that had a value here.
    seen: u64,
    leaps: Leaps,
}

/// Why a record could not be decoded.
#[derive(Debug)]
pub(super) enum Fault {
    Malformed(Malformed),
    Misfit {
        column: String,
        value: String,
        misfit: Misfit,
    },
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// The row being filled, below the rows already complete.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) columns: Vec<Box<dyn ColumnDecoder>>,
    /// How many rows are complete.
    pub(super) number: usize,
    pub(super) unknown: UnknownColumns,
}

impl Row {
    pub(super) fn new(columns: Vec<Box<dyn ColumnDecoder>>) -> Self {
        Self {
            columns,
            number: 0,
            unknown: UnknownColumns::default(),
        }
    }

    /// Completes the row: columns without a value get null.
    pub(super) fn commit(&mut self) {
        self.number += 1;
        for column in &mut self.columns {
            if column.len() < self.number {
                column.append_null();
            }
        }
    }

    /// Forgets what the row has so far.
    pub(super) fn rollback(&mut self) {
        for column in &mut self.columns {
            column.truncate(self.number);
        }
    }

    /// The complete rows, and how many there are.
    pub(super) fn flush(&mut self) -> Result<(Vec<ArrayRef>, usize), ArrowError> {
        let arrays = self
            .columns
            .iter_mut()
            .map(|column| column.flush())
            .collect::<Result<_, _>>()?;
        Ok((arrays, std::mem::take(&mut self.number)))
    }

    fn set(&mut self, slot: usize, value: &Value<'_>) -> Result<(), Misfit> {
        match self.columns.get_mut(slot) {
            Some(column) if *value != Value::Null => {
                column.truncate(self.number);
                column.append(value)
            }
            _ => Ok(()),
        }
    }

    fn clear(&mut self, slot: usize) {
        if let Some(column) = self.columns.get_mut(slot) {
            column.truncate(self.number);
        }
    }
}

impl Node {
    /// Adds a column of the schema; `slot` is its decoder when it is wanted.
    pub(super) fn add(&mut self, path: &[Box<str>], slot: Option<usize>) {
        self.live |= slot.is_some();
        match path.split_first() {
            None => {
                self.known = true;
                self.slot = slot;
            }
            Some((key, rest)) => {
                let name = Some(join(self.name.as_deref(), key));
                let make = || Node {
                    name,
                    ..Node::default()
                };
                if let (_, Some(member)) = self.members.entry(key, 0, make) {
                    member.add(rest, slot);
                }
            }
        }
    }

    /// Reads the value at the cursor into the row. `record` tells a second occurrence in the same record.
    pub(super) fn read(&mut self, cursor: &mut Cursor<'_>, row: &mut Row, record: u64) -> Result<(), Fault> {
        if !self.live {
            return Ok(cursor.skip()?);
        }
        if self.seen == record {
            self.clear(row, record);
        }
        self.seen = record;
        if cursor.peek() == Some(b'{') {
            return self.read_members(cursor, row, record);
        }
        match self.slot {
            Some(slot) => {
                let value = cursor.value()?;
                self.set(row, slot, &value)
            }
            None => {
                if cursor.skip_and_ask()? && !self.known {
                    row.unknown.add(|| self.column_name().to_owned());
                }
                Ok(())
            }
        }
    }

    fn read_members(&mut self, cursor: &mut Cursor<'_>, row: &mut Row, record: u64) -> Result<(), Fault> {
        if self.leap(cursor, row, record)? {
            return Ok(());
        }
        let Self { members, name, .. } = self;
        let any = cursor.first_member()?;
        let (mut more, mut expected) = (any, 0);
        while more {
            let place = match members.plain_name(expected) {
                Some(name) if cursor.is_member(name)? => Some(expected),
                _ => {
                    let key = cursor.key()?;
                    let place = members.place(&key, expected);
                    if place.is_none() && cursor.skip_and_ask()? {
                        row.unknown.add(|| join(name.as_deref(), &key));
                    }
                    place
                }
            };
            if let Some((place, member)) = place.and_then(|place| Some((place, members.at(place)?))) {
                expected = place + 1;
                match member.live {
                    true => member.read(cursor, row, record)?,
                    false => cursor.skip()?,
                }
            }
            more = cursor.next_member()?;
        }
        match self.slot {
            Some(slot) if !any && self.name.is_some() => self.set(row, slot, &Value::Nested(Cow::Borrowed("{}"))),
            _ => Ok(()),
        }
    }

    fn column_name(&self) -> &str {
        self.name.as_deref().unwrap_or(VALUE_COLUMN)
    }

    fn set(&self, row: &mut Row, slot: usize, value: &Value<'_>) -> Result<(), Fault> {
        row.set(slot, value).map_err(|misfit| Fault::Misfit {
            column: self.column_name().to_owned(),
            value: shown(value),
            misfit,
        })
    }

    /// Takes back what an earlier occurrence in the same record left here and below.
    fn clear(&mut self, row: &mut Row, record: u64) {
        if let Some(slot) = self.slot {
            row.clear(slot);
        }
        for member in self.members.values_mut().filter(|member| member.seen == record) {
            member.clear(row, record);
        }
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
