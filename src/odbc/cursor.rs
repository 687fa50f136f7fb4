//! A cursor: a stream of batches, and the rowset of it that the application is looking at.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};

use crate::engine::Rows;

use super::bind::{below, target};
use super::convert::fetch::{Converter, Progress, Target};
use super::convert::{Description, Failure, Outcome};
use super::descriptor::Descriptor;
use super::diagnostics::{Diagnostic, Diagnostics, DynamicFunction};
use super::numbers::row;
use super::sqlstate::SqlState;

/// An open cursor.
pub struct Cursor {
    columns: Arc<[Description]>,
    function: DynamicFunction,
    /// The rest of the stream; none at its end.
    rows: Option<Rows>,
    /// An error met behind rows that were delivered first.
    parked: Option<Diagnostic>,
    batch: Option<Segment>,
    batches: usize,
    /// Rows that `SQL_ATTR_MAX_ROWS` still allows.
    allowed: usize,
    rowset: Vec<Segment>,
    length: usize,
    /// The number of the first row of the rowset, from 1.
    first: usize,
    status: Vec<u16>,
    bound: Converters,
    pieces: Converters,
    reading: Option<Reading>,
}

/// Rows of one batch.
#[derive(Clone)]
struct Segment {
    /// Which batch of the cursor it is.
    serial: usize,
    batch: Arc<RecordBatch>,
    rows: Range<usize>,
}

/// The value that `SQLGetData` is delivering in pieces.
struct Reading {
    column: usize,
    c_type: i16,
    progress: Progress,
}

impl Cursor {
    /// A cursor before the first row. No more than `max_rows` are delivered; 0 means all.
    pub fn new(rows: Rows, columns: Arc<[Description]>, function: DynamicFunction, max_rows: usize) -> Self {
        Self {
            columns,
            function,
            rows: Some(rows),
            parked: None,
            batch: None,
            batches: 0,
            allowed: if max_rows == 0 { usize::MAX } else { max_rows },
            rowset: Vec::new(),
            length: 0,
            first: 1,
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

    /// The number of the current row, from 1; none before the first and behind the last.
    pub fn row_number(&self) -> Option<usize> {
        (self.length > 0).then_some(self.first)
    }

    /// Moves to the next rowset of up to `want` rows; answers how many it has. `pull` waits for the next batch.
    ///
    /// An error behind rows of the same rowset is told with the next one, so that no row is lost; but one that
    /// `is_urgent`, as the application itself asked for it, at once.
    pub fn advance(
        &mut self,
        want: usize,
        mut pull: impl FnMut(Rows) -> Result<Option<(RecordBatch, Rows)>, Diagnostic>,
    ) -> Result<usize, Diagnostic> {
        self.first += std::mem::take(&mut self.length);
        self.rowset.clear();
        self.reading = None;
        if let Some(error) = self.parked.take() {
            return Err(error);
        }
        let want = want.min(self.allowed);
        while self.length < want {
            match self.take(want - self.length) {
                Some(segment) => {
                    self.length += segment.rows.len();
                    self.rowset.push(segment);
                }
                None => match self.rows.take().map(&mut pull).transpose() {
                    Ok(Some(Some((batch, rows)))) => self.begin(batch, rows),
                    Ok(Some(None) | None) => break,
                    Err(error) if self.length > 0 && !is_urgent(&error) => {
                        self.parked = Some(error);
                        break;
                    }
                    Err(error) => return Err(error),
                },
            }
        }
        self.allowed -= self.length;
        Ok(self.length)
    }

    fn begin(&mut self, batch: RecordBatch, rows: Rows) {
        self.batches += 1;
        self.rows = Some(rows);
        self.batch = Some(Segment {
            serial: self.batches,
            rows: 0..batch.num_rows(),
            batch: Arc::new(batch),
        });
    }

    /// The next rows of the batch at hand.
    fn take(&mut self, most: usize) -> Option<Segment> {
        let rest = self.batch.as_mut().filter(|rest| !rest.rows.is_empty())?;
        let end = rest.rows.end.min(rest.rows.start + most);
        let taken = Segment {
            rows: rest.rows.start..end,
            ..rest.clone()
        };
        rest.rows.start = end;
        Some(taken)
    }

    /// Delivers the rowset into the bound buffers. Answers the status of each row.
    pub fn deliver(&mut self, ard: &Descriptor, told: &mut Diagnostics) -> &[u16] {
        self.status.clear();
        self.status.resize(self.length, row::SUCCESS);
        for (index, description) in self.columns.iter().enumerate() {
            let column = index + 1;
            let Some((target, stride)) = target(ard, column, description) else {
                continue;
            };
            let mut above = 0;
            for segment in &self.rowset {
                let mut report = |position: usize, result: Result<Outcome, Failure>| {
                    let row = above + position;
                    let Some(diagnostic) = tell(result, &description.name) else {
                        return;
                    };
                    if let Some(status) = self.status.get_mut(row) {
                        *status = worse(*status, &diagnostic);
                    }
                    told.post(diagnostic.at(row + 1, column));
                };
                match self.bound.converter(index, segment, description, &target) {
                    Ok(converter) => {
                        let target = below(&target, stride, above);
                        converter.block(segment.rows.clone(), &target, stride, &mut report);
                    }
                    Err(failure) => (0..segment.rows.len()).for_each(|position| report(position, Err(failure))),
                }
                above += segment.rows.len();
            }
        }
        &self.status
    }

    /// Delivers the value of a column (from 1) of the current row, or the next piece of it.
    ///
    /// Pieces go on while the same column is asked for in the same type; anything else begins anew.
    pub fn piece(&mut self, column: usize, target: &Target) -> Result<Outcome, Diagnostic> {
        let index = column.checked_sub(1).filter(|index| *index < self.columns.len());
        let Some((index, description)) = index.and_then(|index| Some((index, self.columns.get(index)?))) else {
            let message = format!("There is no column {column}; the result has {}.", self.columns.len());
            return Err(Diagnostic::new(SqlState::DescriptorIndex, message));
        };
        let Some(segment) = self.rowset.first() else {
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
        let converter = self.pieces.converter(index, segment, description, target);
        let outcome = match (converter, &mut self.reading) {
            (Ok(converter), Some(reading)) => converter.piece(segment.rows.start, target, &mut reading.progress),
            (Err(failure), _) => Err(failure),
            (Ok(_), None) => Ok(Outcome::NoData),
        };
        outcome.map_err(|failure| failed(failure, &description.name).at(1, column))
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("first", &self.first)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// One converter per column, kept while batch and type stay the same.
#[derive(Default)]
struct Converters {
    kept: Vec<Option<Kept>>,
}

struct Kept {
    serial: usize,
    c_type: i16,
    precision: i16,
    scale: i16,
    converter: Converter,
}

impl Kept {
    fn serves(&self, segment: &Segment, target: &Target) -> bool {
        (self.serial, self.c_type, self.precision, self.scale)
            == (segment.serial, target.c_type, target.precision, target.scale)
    }
}

impl Converters {
    fn converter(
        &mut self,
        index: usize,
        segment: &Segment,
        description: &Description,
        target: &Target,
    ) -> Result<&Converter, Failure> {
        if index >= self.kept.len() {
            self.kept.resize_with(index + 1, || None);
        }
        let kept = self.kept.get_mut(index).ok_or(Failure::Restricted)?;
        if kept.as_ref().is_none_or(|kept| !kept.serves(segment, target)) {
            let array: &ArrayRef = segment.batch.columns().get(index).ok_or(Failure::Restricted)?;
            let converter = Converter::new(array, description, target)?;
            *kept = Some(Kept {
                serial: segment.serial,
                c_type: target.c_type,
                precision: target.precision,
                scale: target.scale,
                converter,
            });
        }
        kept.as_ref().map(|kept| &kept.converter).ok_or(Failure::Restricted)
    }
}

/// What a result of a conversion has to tell about a column.
pub fn tell(result: Result<Outcome, Failure>, column: &str) -> Option<Diagnostic> {
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

/// What the application asked for itself is not put off.
fn is_urgent(error: &Diagnostic) -> bool {
    matches!(
        error.state,
        SqlState::Cancelled | SqlState::Timeout | SqlState::ConnectionTimeout
    )
}
