//! A cursor: the rows of a result, and the rowset of them that the application is looking at.

pub mod bookmark;
mod converters;
mod cut;
pub mod movement;
mod supply;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::engine::Rows;

use super::bind::{below, target};
use super::convert::fetch::{Progress, Target};
use super::convert::{Description, Failure, Outcome};
use super::descriptor::Descriptor;
use super::diagnostics::{Diagnostic, Diagnostics, DynamicFunction};
use super::numbers::row;
use super::sqlstate::SqlState;
use converters::Converters;
use movement::{Movement, Place};
use supply::{Pull, Segment, Supply};

/// What the attributes of a statement make of its cursor.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Whether it scrolls, over rows that are kept (a static cursor).
    pub is_scrollable: bool,
    /// `SQL_ATTR_MAX_ROWS`; 0 means all.
    pub max_rows: usize,
    /// `SQL_ATTR_MAX_LENGTH`; 0 means whole values.
    pub max_length: usize,
}

/// An open cursor.
pub struct Cursor {
    columns: Arc<[Description]>,
    function: DynamicFunction,
    supply: Supply,
    place: Place,
    /// The size of the rowset that was asked for last.
    step: usize,
    rowset: Vec<Segment>,
    length: usize,
    /// The current row within the rowset, from 0.
    row: usize,
    status: Vec<u16>,
    bound: Converters,
    pieces: Converters,
    reading: Option<Reading>,
}

/// The value that `SQLGetData` is delivering in pieces.
struct Reading {
    column: usize,
    c_type: i16,
    progress: Progress,
}

/// A rowset that was fetched.
#[derive(Clone, Copy, Debug)]
pub struct Fetched {
    /// Its rows.
    pub length: usize,
    /// Whether it would have begun before the first row of the result.
    pub is_clipped: bool,
}

impl Cursor {
    /// A cursor before the first row.
    pub fn new(rows: Rows, columns: Arc<[Description]>, function: DynamicFunction, shape: Shape) -> Self {
        Self {
            columns,
            function,
            supply: Supply::new(rows, shape),
            place: Place::Before,
            step: 0,
            rowset: Vec::new(),
            length: 0,
            row: 0,
            status: Vec::new(),
            bound: Converters::default(),
            pieces: Converters::default(),
            reading: None,
        }
    }

    /// The columns.
    pub fn columns(&self) -> Arc<[Description]> {
        self.columns.clone()
    }

    /// What the statement does.
    pub fn function(&self) -> DynamicFunction {
        self.function
    }

    /// Whether it moves otherwise than forward.
    pub fn is_scrollable(&self) -> bool {
        self.supply.is_kept()
    }

    /// The number of the current row, from 1; none before the first and behind the last.
    pub fn row_number(&self) -> Option<usize> {
        (self.length > 0).then(|| self.place.row().saturating_add(self.row))
    }

    /// How many rows the rowset has.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Makes a row of the rowset (from 1) the current one; whether there is such a row.
    pub fn position(&mut self, row: usize) -> bool {
        let exists = (1..=self.length).contains(&row);
        if exists {
            self.row = row - 1;
            self.reading = None;
        }
        exists
    }

    /// Moves to another rowset of up to `size` rows. `pull` waits for the next batch of the result.
    ///
    /// An error behind rows of the same rowset is told when the cursor comes there, so that no row is lost; but one that
    /// the application itself asked for, at once.
    pub fn fetch(&mut self, movement: Movement, size: usize, pull: &mut Pull<'_>) -> Result<Fetched, Diagnostic> {
        self.reading = None;
        self.rowset.clear();
        self.row = 0;
        let before = std::mem::take(&mut self.length);
        let is_clipped = if self.supply.is_kept() {
            let supply = &mut self.supply;
            let start = movement.start(self.place, self.step, size, &mut |row| supply.reach(row, pull))?;
            self.place = start.place;
            match self.place {
                Place::At(first) => self.supply.kept(first, size, pull, &mut self.rowset)?,
                Place::After => self.supply.tell_parked()?,
                Place::Before => {}
            }
            start.is_clipped
        } else {
            self.supply.next(size, pull, &mut self.rowset)?;
            self.place = match self.place {
                _ if self.rowset.is_empty() => Place::After,
                Place::At(first) => Place::At(first + before),
                Place::Before | Place::After => Place::At(1),
            };
            false
        };
        self.step = size;
        self.length = self.rowset.iter().map(|segment| segment.rows.len()).sum();
        Ok(Fetched {
            length: self.length,
            is_clipped,
        })
    }

    /// Delivers rows of the rowset (from 0) into the bound buffers. Answers the status of each.
    pub fn deliver(&mut self, rows: Range<usize>, ard: &Descriptor, told: &mut Diagnostics) -> &[u16] {
        self.status.clear();
        self.status.resize(rows.len(), row::SUCCESS);
        if let Some((target, stride)) = target(ard, 0, &bookmark::description()) {
            let first = self.place.row();
            let numbers = first.saturating_add(rows.start)..first.saturating_add(rows.end);
            let target = below(&target, stride, rows.start);
            let mut report = |position: usize, result: Result<Outcome, Failure>| {
                if let Some(diagnostic) = tell(result, bookmark::NAME) {
                    if let Some(status) = self.status.get_mut(position) {
                        *status = worse(*status, &diagnostic);
                    }
                    told.post(diagnostic.at(rows.start + position + 1, 0));
                }
            };
            match bookmark::converter(numbers, &target) {
                Ok(converter) => converter.block(0..rows.len(), &target, stride, &mut report),
                Err(failure) => (0..rows.len()).for_each(|position| report(position, Err(failure))),
            }
        }
        for (index, description) in self.columns.iter().enumerate() {
            let column = index + 1;
            let Some((target, stride)) = target(ard, column, description) else {
                continue;
            };
            let mut above = 0;
            for segment in &self.rowset {
                let (start, length) = (above, segment.rows.len());
                above += length;
                let within = rows.start.max(start)..rows.end.min(start + length);
                if within.is_empty() {
                    continue;
                }
                let mut report = |position: usize, result: Result<Outcome, Failure>| {
                    let row = within.start + position;
                    let Some(diagnostic) = tell(result, &description.name) else {
                        return;
                    };
                    if let Some(status) = self.status.get_mut(row - rows.start) {
                        *status = worse(*status, &diagnostic);
                    }
                    told.post(diagnostic.at(row + 1, column));
                };
                match self.bound.converter(index, segment, description, &target) {
                    Ok(converter) => {
                        let target = below(&target, stride, within.start);
                        let from = segment.rows.start + (within.start - start);
                        converter.block(from..from + within.len(), &target, stride, &mut report);
                    }
                    Err(failure) => (0..within.len()).for_each(|position| report(position, Err(failure))),
                }
            }
        }
        &self.status
    }

    /// Delivers the value of a column (from 1; 0 is the bookmark) of the current row, or the next piece of it; and what
    /// there is to tell about it.
    ///
    /// Pieces go on while the same column is asked for in the same type; anything else begins anew.
    pub fn piece(&mut self, column: usize, target: &Target) -> Result<(Outcome, Option<Diagnostic>), Diagnostic> {
        let Some((segment, row)) = segment_of(&self.rowset, self.row) else {
            let message = "The cursor is not on a row; fetch one first.";
            return Err(Diagnostic::new(SqlState::CursorState, message));
        };
        let goes_on = |reading: &Reading| reading.column == column && reading.c_type == target.c_type;
        if !self.reading.as_ref().is_some_and(goes_on) {
            self.reading = Some(Reading {
                column,
                c_type: target.c_type,
                progress: Progress::default(),
            });
        }
        let mut nothing = Progress::default();
        let progress = self
            .reading
            .as_mut()
            .map_or(&mut nothing, |reading| &mut reading.progress);
        let (name, delivered) = match column.checked_sub(1) {
            None => {
                let number = self.place.row().saturating_add(self.row);
                let converter = bookmark::converter(number..number + 1, target);
                (
                    bookmark::NAME,
                    converter.and_then(|converter| converter.piece(0, target, progress)),
                )
            }
            Some(index) => {
                let Some(description) = self.columns.get(index) else {
                    let message = format!("There is no column {column}; the result has {}.", self.columns.len());
                    return Err(Diagnostic::new(SqlState::DescriptorIndex, message));
                };
                let converter = self.pieces.converter(index, segment, description, target);
                let delivered = converter.and_then(|converter| converter.piece(row, target, progress));
                (description.name.as_str(), delivered)
            }
        };
        let row = self.row + 1;
        match delivered {
            Ok(outcome) => Ok((outcome, tell(Ok(outcome), name).map(|told| told.at(row, column)))),
            Err(failure) => Err(failed(failure, name).at(row, column)),
        }
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("place", &self.place)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// The rows of a batch that hold a row of the rowset, and which of the batch's it is.
fn segment_of(rowset: &[Segment], row: usize) -> Option<(&Segment, usize)> {
    let mut above = 0;
    for segment in rowset {
        if row < above + segment.rows.len() {
            return Some((segment, segment.rows.start + (row - above)));
        }
        above += segment.rows.len();
    }
    None
}

/// What a result of a conversion has to tell about a column.
fn tell(result: Result<Outcome, Failure>, column: &str) -> Option<Diagnostic> {
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(failure) => return Some(failed(failure, column)),
    };
    let state = SqlState::of_outcome(outcome)?;
    let message = match outcome {
        Outcome::FractionTruncated => format!("Digits after the point of column \"{column}\" were lost."),
        _ => format!("The value of column \"{column}\" was cut because the buffer is too short for it."),
    };
    Some(Diagnostic::new(state, message))
}

fn failed(failure: Failure, column: &str) -> Diagnostic {
    let what = match failure {
        Failure::Restricted => "cannot be converted to the C type asked for",
        Failure::OutOfRange => "does not fit the C type asked for",
        Failure::BadCharacter => "is a text that is no value of the C type asked for",
        Failure::DatetimeFormat => "is not a well-formed date or time",
        Failure::DatetimeOverflow => "is a date or time that does not fit the C type asked for",
        Failure::IntervalOverflow => "is an interval of more digits than the leading field of the C type asked for has",
        Failure::IndicatorRequired => "is NULL, and there is no indicator to say so",
        Failure::RightTruncation => "is too long",
        Failure::Length => "has a buffer of a negative length",
        Failure::CType => "is asked for in an unknown C type",
        Failure::Unsupported => "is asked for in a C type that is not supported",
    };
    Diagnostic::new(
        SqlState::of_failure(failure),
        format!("The value of column \"{column}\" {what}."),
    )
}

fn worse(status: u16, diagnostic: &Diagnostic) -> u16 {
    if status == row::ERROR || !diagnostic.state.is_warning() {
        row::ERROR
    } else {
        row::SUCCESS_WITH_INFO
    }
}
