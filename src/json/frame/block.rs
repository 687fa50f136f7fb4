//! Whole records, and where in the document they stand.

use std::fmt;
use std::ops::Range;

use memchr::{memchr_iter, memrchr};

use crate::error::{Error, Kind};
use crate::json::malformed::Malformed;

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

    /// An error about a value of the record at `index`, with the place where that record starts.
    pub fn located(&self, error: Error, index: usize) -> Error {
        if error.kind() != Kind::Conversion {
            return error;
        }
        let place = self.place(index, 0);
        let message = format!("{error} The record starts at {place}.");
        Error::new(Kind::Conversion, message).caused_by(error)
    }

    /// `Kind::Document`: why the record at `index` cannot be read, and where in the document that is.
    pub fn malformed(&self, document: &str, index: usize, Malformed { offset, problem }: &Malformed) -> Error {
        self.place(index, *offset).malformed(document, problem)
    }

    /// `Kind::Document`: why the record at `index` is none, and where in the document it starts.
    pub fn refused(&self, document: &str, index: usize, problem: &str) -> Error {
        self.place(index, 0).malformed(document, problem)
    }

    /// The place of a byte of the record at `index`.
    fn place(&self, index: usize, offset: usize) -> Position {
        let start = self.records.get(index).map_or(self.bytes.len(), |record| record.start);
        self.start
            .after(self.bytes.get(..start + offset).unwrap_or(&self.bytes))
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

    /// `Kind::Document`: what is wrong here.
    pub(super) fn malformed(self, document: &str, problem: &str) -> Error {
        Error::new(Kind::Document, format!("{document}, {self}: {problem}."))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}", self.line + 1, self.column + 1)
    }
}
