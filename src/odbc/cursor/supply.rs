//! Where the rows of a cursor come from: a stream that is read once, or kept as it is read.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;

use crate::engine::{Kept, Rows};
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::sqlstate::SqlState;

use super::Shape;
use super::cut::cut;

/// Waits for the next batch of a result.
pub type Pull<'a> = dyn FnMut(Rows) -> Result<Option<(RecordBatch, Rows)>, Diagnostic> + 'a;

/// Rows of one batch.
#[derive(Clone)]
pub(super) struct Segment {
    /// Which batch of the cursor it is.
    pub(super) serial: usize,
    pub(super) batch: Arc<RecordBatch>,
    pub(super) rows: Range<usize>,
}

pub(super) struct Supply {
    /// The rest of the stream; none at its end.
    rows: Option<Rows>,
    /// An error met behind rows that were delivered first.
    parked: Option<Diagnostic>,
    /// Rows that `SQL_ATTR_MAX_ROWS` still allows.
    allowed: usize,
    /// What `SQL_ATTR_MAX_LENGTH` leaves of a value; 0 for all of it.
    max_length: usize,
    batches: usize,
    /// What is left of the batch at hand, where rows are not kept.
    batch: Option<Segment>,
    kept: Option<Kept>,
}

impl Supply {
    pub(super) fn new(rows: Rows, shape: Shape) -> Self {
        Self {
            rows: Some(rows),
            parked: None,
            allowed: if shape.max_rows == 0 {
                usize::MAX
            } else {
                shape.max_rows
            },
            max_length: shape.max_length,
            batches: 0,
            batch: None,
            kept: shape.is_scrollable.then(Kept::default),
        }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// Takes the next rows of a stream that is read once.
    pub(super) fn next(
        &mut self,
        size: usize,
        pull: &mut Pull<'_>,
        taken: &mut Vec<Segment>,
    ) -> Result<(), Diagnostic> {
        self.tell_parked()?;
        let mut missing = size.min(self.allowed);
        while missing > 0 {
            if let Some(segment) = self.take(missing) {
                missing -= segment.rows.len();
                self.allowed -= segment.rows.len();
                taken.push(segment);
            } else if let Some(batch) = self.pull(!taken.is_empty(), pull)? {
                self.batch = Some(Segment {
                    serial: self.batches,
                    rows: 0..batch.num_rows(),
                    batch: Arc::new(batch),
                });
            } else {
                break;
            }
        }
        Ok(())
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

    /// Keeps rows until there are so many, or no more come; answers how many are kept.
    pub(super) fn reach(&mut self, row: usize, pull: &mut Pull<'_>) -> Result<usize, Diagnostic> {
        loop {
            let known = self.kept.as_ref().map_or(0, Kept::rows);
            if known >= row {
                return Ok(known);
            }
            let Some(batch) = self.pull(row != usize::MAX && known > 0, pull)? else {
                return Ok(known);
            };
            let batch = batch.slice(0, batch.num_rows().min(self.allowed));
            self.allowed -= batch.num_rows();
            if let Some(kept) = &mut self.kept {
                kept.add(Arc::new(batch))?;
            }
        }
    }

    /// Takes rows that are kept, or will be: up to `size`, from row `first` on, counted from 1.
    pub(super) fn kept(
        &mut self,
        first: usize,
        size: usize,
        pull: &mut Pull<'_>,
        taken: &mut Vec<Segment>,
    ) -> Result<(), Diagnostic> {
        let first = first.saturating_sub(1);
        let end = self
            .reach(first.saturating_add(size), pull)?
            .min(first.saturating_add(size));
        let mut row = first;
        while row < end {
            let Some(found) = self.kept.as_mut().map(|kept| kept.batch_of(row)).transpose()?.flatten() else {
                break;
            };
            let (serial, start, batch) = found;
            let rows = row - start..(end - start).min(batch.num_rows());
            row = start + rows.end;
            taken.push(Segment { serial, batch, rows });
        }
        Ok(())
    }

    /// The error behind the last row, when there is one.
    pub(super) fn tell_parked(&mut self) -> Result<(), Diagnostic> {
        self.parked.take().map_or(Ok(()), Err)
    }

    /// The next batch; none at the end, and none when an error is put off because rows come before it.
    fn pull(&mut self, put_off: bool, pull: &mut Pull<'_>) -> Result<Option<RecordBatch>, Diagnostic> {
        if self.allowed == 0 {
            return Ok(None);
        }
        if !put_off {
            self.tell_parked()?;
        }
        match self.rows.take().map(pull).transpose() {
            Ok(Some(Some((batch, rows)))) => {
                self.batches += 1;
                self.rows = Some(rows);
                match self.max_length {
                    0 => Ok(Some(batch)),
                    length => cut(&batch, length).map(Some),
                }
            }
            Ok(Some(None) | None) => Ok(None),
            Err(error) if put_off && !is_urgent(&error) => {
                self.parked = Some(error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// What the application asked for itself is not put off.
fn is_urgent(error: &Diagnostic) -> bool {
    matches!(
        error.state,
        SqlState::Cancelled | SqlState::Timeout | SqlState::ConnectionTimeout
    )
}
