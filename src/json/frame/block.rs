//! Whole records, and where in the document they stand.

use std::ops::Range;

use memchr::{memchr_iter, memrchr};

use crate::error::{Error, Kind};

/// Whole records of a document, one behind the other.
#[derive(Debug, Default)]
pub struct Block {
    pub(super) bytes: Vec<u8>,
    pub(super) records: Vec<Range<usize>>,
    pub(super) start: Position,
    /// Why nothing can follow these records. `Kind::Document` with line and column.
    pub problem: Option<Error>,
}

impl Block {
    /// Of no records, if there is a problem in their place.
    pub fn empty(problem: Option<Error>) -> Self {
        Self {
            problem,
            ..Self::default()
        }
    }

    /// The bytes of each record. One that is a line of its own may hold several values.
    pub fn records(&self) -> impl Iterator<Item = &[u8]> {
        self.records.iter().filter_map(|range| self.bytes.get(range.clone()))
    }

    /// The text of each record; none where the bytes are not all UTF-8.
    pub fn texts(&self) -> Option<impl Iterator<Item = &str>> {
        let text = simdutf8::basic::from_utf8(&self.bytes).ok()?;
        Some(self.records.iter().filter_map(|range| text.get(range.clone())))
    }

    /// How many records there are.
    pub fn len(&self) -> u64 {
        u64::try_from(self.records.len()).unwrap_or(u64::MAX)
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many bytes of the document it takes up, with what lies between records.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Its memory, for other bytes.
    pub fn into_memory(self) -> Vec<u8> {
        self.bytes
    }

    /// An error about the content of the record at `index`, with the place where that record starts.
    pub fn located(&self, error: Error, index: usize) -> Error {
        match (error.kind(), self.records.get(index)) {
            (kind @ (Kind::Document | Kind::Conversion), Some(record)) => {
                let place = self.start.after(self.bytes.get(..record.start).unwrap_or_default());
                let (line, column) = (place.line + 1, place.column + 1);
                let message = format!("{error} The record starts at line {line}, column {column}.");
                Error::new(kind, message).caused_by(error)
            }
            _ => error,
        }
    }
}

/// A place in the document, in lines and bytes within the line, both from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Position {
    /// The position after `passed`.
    pub(super) fn after(self, passed: &[u8]) -> Self {
        match memrchr(b'\n', passed) {
            Some(last) => Self {
                line: self.line + memchr_iter(b'\n', passed).count(),
                column: passed.len() - last - 1,
            },
            None => Self {
                column: self.column + passed.len(),
                ..self
            },
        }
    }
}
