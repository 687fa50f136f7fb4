//! The keys of rows: the number of the record in its document, and of each row in the one around, joined by dots.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray, UInt32Array};

use super::Picks;
use super::rows::LevelRows;

/// The keys of the records of a batch.
#[derive(Debug)]
pub(super) struct Keys {
    is_wanted: bool,
    /// What tells the document from others.
    document: String,
    /// The number of the next record.
    next: u64,
    /// The keys of the rows since the last flush.
    records: Vec<String>,
}

impl Keys {
    pub(super) fn wanted(is_wanted: bool) -> Self {
        Self {
            is_wanted,
            document: String::new(),
            next: 1,
            records: Vec::new(),
        }
    }

    /// The next record is the one with this number.
    pub(super) fn begin(&mut self, first: u64, document: &str) {
        self.next = first;
        document.clone_into(&mut self.document);
    }

    /// Adds the key of a value of the record, counted from 0: there may be several in a line.
    pub(super) fn add(&mut self, value: u32) {
        if self.is_wanted {
            let Self { document, next, .. } = self;
            self.records.push(match value {
                0 => format!("{document}{next}"),
                value => format!("{document}{next}-{}", value + 1),
            });
        }
    }

    /// The record is at its end.
    pub(super) fn next(&mut self) {
        self.next += 1;
    }

    /// The keys of the rows of all levels; none where no key is wanted.
    pub(super) fn flush(&mut self, levels: &[LevelRows]) -> Vec<ArrayRef> {
        if !self.is_wanted {
            return Vec::new();
        }
        let mut keys: Vec<Vec<String>> = Vec::new();
        for level in levels {
            let of_level = match level.parent.and_then(|parent| keys.get(parent)) {
                None => std::mem::take(&mut self.records),
                Some(around) => numbered(&level.parents, around),
            };
            keys.push(of_level);
        }
        let arrays = keys.into_iter();
        arrays
            .map(|keys| Arc::new(StringArray::from(keys)) as ArrayRef)
            .collect()
    }
}

/// The keys of rows that lie in those with the keys `around`.
fn numbered(parents: &[usize], around: &[String]) -> Vec<String> {
    let mut last = None;
    let mut number = 0;
    let mut keys = Vec::with_capacity(parents.len());
    for &parent in parents {
        number = if last == Some(parent) { number + 1 } else { 1 };
        last = Some(parent);
        let around = around.get(parent).map(String::as_str).unwrap_or_default();
        keys.push(format!("{around}.{number}"));
    }
    keys
}

/// The rows of the levels around that each row of a level lies in; none for the level itself.
pub(super) fn rows_around(levels: &[LevelRows], level: usize) -> Picks {
    let mut picks: Picks = levels.iter().map(|_| None).collect();
    let Some(rows) = levels.get(level) else { return picks };
    let mut around: Vec<usize> = rows.parents.clone();
    let mut parent = rows.parent;
    while let Some(at) = parent {
        let rows = around.iter().map(|&row| u32::try_from(row).ok());
        if let Some(pick) = picks.get_mut(at) {
            *pick = Some(UInt32Array::from_iter(rows));
        }
        let Some(above) = levels.get(at) else { break };
        around = around
            .iter()
            .filter_map(|&row| above.parents.get(row).copied())
            .collect();
        parent = above.parent;
    }
    picks
}
