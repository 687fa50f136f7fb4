//! The rows of a result, one after the other, and the values of the row at hand.

use std::ffi::c_char;
use std::ptr::{null, null_mut};
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::record_batch::RecordBatch;

use tokio_util::sync::CancellationToken;

use crate::engine::Rows;
use crate::sqlstate::{Phase, SqlState};

use super::boundary::{Call, Completion};
use super::callbacks::{self, Teller};
use super::failure::Failure;
use super::memory;
use super::statement::{Outcome, Statement};
use super::types::lk_status;
use super::value;

/// A result that is read row by row.
#[derive(Debug)]
pub struct Cursor {
    /// The rest; none at its end.
    rows: Option<Rows>,
    batch: Option<RecordBatch>,
    /// The row of the batch; none before its first.
    row: Option<usize>,
    /// The texts of the row, by column.
    texts: Vec<Vec<u8>>,
    teller: Option<Arc<Teller>>,
    /// Ends the execution.
    work: CancellationToken,
}

impl Cursor {
    /// Before the first row.
    pub fn new(rows: Rows, teller: Option<Teller>, work: CancellationToken) -> Self {
        Self {
            texts: vec![Vec::new(); rows.schema().fields().len()],
            rows: Some(rows),
            batch: None,
            row: None,
            teller: teller.map(Arc::new),
            work,
        }
    }

    /// Whether no row has been taken yet.
    pub fn is_unread(&self) -> bool {
        self.batch.is_none() && self.rows.is_some()
    }

    /// The rest of the rows, and who is told of them.
    pub fn into_rows(self) -> (Option<Rows>, Option<Arc<Teller>>) {
        (self.rows, self.teller)
    }

    /// Goes to the next row of the batch at hand, if it has one.
    fn step(&mut self) -> bool {
        let next = self.row.map_or(0, |row| row + 1);
        let has_row = self.batch.as_ref().is_some_and(|batch| next < batch.num_rows());
        if has_row {
            self.row = Some(next);
        }
        has_row
    }
}

/// Goes to the next row.
pub fn next(call: &mut Call<'_, Statement>) -> Completion {
    let cursor = cursor(call)?;
    let work = cursor.work.clone();
    if !work.is_cancelled() && cursor.step() {
        return Ok(lk_status::LK_OK);
    }
    cursor.batch = None;
    cursor.row = None;
    let Some(rows) = cursor.rows.take() else {
        return Ok(lk_status::LK_END);
    };
    let teller = cursor.teller.clone();
    let ending = rows.ending();
    let meanwhile = callbacks::meanwhile(&call.state.open.prompts, teller.as_ref());
    let batch = call.run_in(&work, meanwhile, rows.next());
    if let Some(teller) = teller {
        teller.tell();
    }
    let batch = match batch {
        Ok(batch) => batch,
        Err(error) => {
            call.state.outcome = Outcome::None;
            return Err(error.into());
        }
    };
    let Some((batch, rows)) = batch else {
        call.warn(ending.warning(), Phase::Later);
        return Ok(lk_status::LK_END);
    };
    call.warn(rows.warnings(), Phase::Later);
    let cursor = self::cursor(call)?;
    cursor.batch = Some(batch);
    cursor.rows = Some(rows);
    match cursor.step() {
        true => Ok(lk_status::LK_OK),
        false => Ok(lk_status::LK_END),
    }
}

/// Whether a value is NULL.
pub fn is_null(call: &mut Call<'_, Statement>, column: usize, out: *mut bool) -> Completion {
    let (values, row) = at(call, column)?;
    memory::put(out, values.is_null(row))?;
    Ok(lk_status::LK_OK)
}

/// A value as a whole number.
pub fn int64(call: &mut Call<'_, Statement>, column: usize, out: *mut i64) -> Completion {
    let (values, row) = at(call, column)?;
    memory::put(out, value::int64(values, row)?)?;
    Ok(lk_status::LK_OK)
}

/// A value as a floating-point number.
pub fn double(call: &mut Call<'_, Statement>, column: usize, out: *mut f64) -> Completion {
    let (values, row) = at(call, column)?;
    memory::put(out, value::double(values, row)?)?;
    Ok(lk_status::LK_OK)
}

/// A value as text; null for NULL.
pub fn text(call: &mut Call<'_, Statement>, column: usize, out: *mut *const c_char, length: *mut usize) -> Completion {
    let (values, row) = at(call, column)?;
    let values = values.clone();
    let texts = &mut cursor(call)?.texts;
    let text = texts.get_mut(column).ok_or_else(no_row)?;
    let (pointer, count) = match value::text(&values, row, text)? {
        true => (text.as_ptr().cast(), text.len() - 1),
        false => (null(), 0),
    };
    memory::put(out, pointer)?;
    memory::put_if(length, count);
    Ok(lk_status::LK_OK)
}

/// The bytes of a value; null for NULL.
pub fn bytes(call: &mut Call<'_, Statement>, column: usize, out: *mut *const u8, length: *mut usize) -> Completion {
    let (values, row) = at(call, column)?;
    let (pointer, count) = match value::bytes(values, row)? {
        Some(bytes) => (bytes.as_ptr(), bytes.len()),
        None => (null_mut::<u8>().cast_const(), 0),
    };
    memory::put(out, pointer)?;
    memory::put(length, count)?;
    Ok(lk_status::LK_OK)
}

fn cursor<'a>(call: &'a mut Call<'_, Statement>) -> Result<&'a mut Cursor, Failure> {
    match &mut call.state.outcome {
        Outcome::Rows(cursor) => Ok(cursor),
        Outcome::Streamed => Err(Failure::new(
            SqlState::Sequence,
            "The rows were given to a stream; execute the statement again to read them here.",
        )),
        Outcome::None | Outcome::Changed(_) => Err(Failure::new(
            SqlState::CursorState,
            "There are no rows to read: execute a query first.",
        )),
    }
}

/// The values of a column, and the row at hand.
fn at<'a>(call: &'a mut Call<'_, Statement>, column: usize) -> Result<(&'a ArrayRef, usize), Failure> {
    let cursor = cursor(call)?;
    let (Some(batch), Some(row)) = (&cursor.batch, cursor.row) else {
        return Err(no_row());
    };
    let values = batch.columns().get(column);
    values.map(|values| (values, row)).ok_or_else(|| no_column(column))
}

fn no_row() -> Failure {
    Failure::new(SqlState::CursorState, "There is no row here; call lk_next first.")
}

/// 07009
pub fn no_column(column: usize) -> Failure {
    Failure::new(
        SqlState::DescriptorIndex,
        format!("The result has no column {column}; columns count from 0."),
    )
}
