//! Moving the cursor and delivering values: `SQLFetch` and its sisters, `SQLSetPos`, `SQLGetData`, closing.

use std::ops::Range;

use crate::odbc::argument::negative_length;
use crate::odbc::attributes::statement::Bookmarks;
use crate::odbc::bind::check_c_type;
use crate::odbc::boundary::{Completion, Status};
use crate::odbc::convert::Outcome;
use crate::odbc::convert::fetch::Target;
use crate::odbc::cursor::Fetched;
use crate::odbc::cursor::movement::Movement;
use crate::odbc::descriptor::record::default_digits;
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::memory::Address;
use crate::odbc::numbers::{fetch as orientation, row, set_pos, sql_type as t};
use crate::odbc::sqlstate::SqlState;

use super::{OnStatement, Which};

/// `SQLFetch`.
pub fn fetch(on: &mut OnStatement<'_>) -> Completion {
    rowset(on, Movement::Next)
}

/// `SQLFetchScroll`.
pub fn fetch_scroll(on: &mut OnStatement<'_>, orientation: i16, offset: isize) -> Completion {
    let mark = on.statement.options.fetch_bookmark();
    let movement = movement(on, orientation, offset, || mark.read::<usize>())?;
    rowset(on, movement)
}

/// `SQLExtendedFetch`: the ODBC 2 form with its own rowset size and arrays. The offset is a bookmark if it has to be.
pub fn extended_fetch(
    on: &mut OnStatement<'_>,
    orientation: u16,
    offset: isize,
    count: Address,
    status: Address,
) -> Completion {
    let orientation = i16::try_from(orientation).unwrap_or(-1);
    let (offset, mark) = match orientation {
        orientation::BOOKMARK => (0, usize::try_from(offset).ok()),
        _ => (offset, None),
    };
    let movement = movement(on, orientation, offset, || mark)?;
    let size = on.statement.options.rowset_size();
    sized_rowset(on, movement, size, count, status)
}

/// HY106 for what is no orientation, or none of this cursor.
fn movement(
    on: &mut OnStatement<'_>,
    orientation: i16,
    offset: isize,
    bookmark: impl FnOnce() -> Option<usize>,
) -> Result<Movement, Diagnostic> {
    let is_scrollable = on.statement.cursor_mut()?.is_scrollable();
    let movement = Movement::of(orientation, offset, bookmark);
    if let Movement::Bookmark(..) = movement.unwrap_or(Movement::Next)
        && on.statement.options.bookmarks() == Bookmarks::Off
    {
        let message = "Bookmarks are off; set SQL_ATTR_USE_BOOKMARKS before the statement is executed.";
        return Err(Diagnostic::new(SqlState::FetchType, message));
    }
    match movement {
        Some(movement) if is_scrollable || movement == Movement::Next => Ok(movement),
        Some(_) => {
            let message = "The cursor moves forward only; ask for a static cursor (SQL_ATTR_CURSOR_TYPE) to scroll.";
            Err(Diagnostic::new(SqlState::FetchType, message))
        }
        None => {
            let message = format!("There is no row to fetch by the orientation {orientation}.");
            Err(Diagnostic::new(SqlState::FetchType, message))
        }
    }
}

fn rowset(on: &mut OnStatement<'_>, movement: Movement) -> Completion {
    let size = on.descriptor(Which::Ard)?.header.array_size;
    let ird = on.descriptor(Which::Ird)?.header;
    sized_rowset(on, movement, size, ird.rows_processed, ird.array_status)
}

/// Moves to a rowset and delivers it.
fn sized_rowset(
    on: &mut OnStatement<'_>,
    movement: Movement,
    size: usize,
    count: Address,
    status: Address,
) -> Completion {
    let limit = on.limit();
    let cursor = on.statement.cursor_mut()?;
    let call = &mut on.call;
    let fetched = cursor.fetch(movement, size, &mut |rows| {
        let ending = rows.ending();
        let next = limit.run(call, rows.next())?;
        match &next {
            Some((_, rows)) => call.warn_all(rows.warnings()),
            None => call.warn_all(ending.warning()),
        }
        Ok(next)
    });
    let Fetched { length, is_clipped } = match fetched {
        Ok(fetched) => fetched,
        Err(error) => {
            count.write(0_usize);
            // The stream is gone with the error: the next fetch says that no cursor is open.
            on.close()?;
            return Err(error);
        }
    };
    count.write(length);
    if is_clipped {
        let message = "The rowset would have begun before the first row; it begins with it.";
        on.call.diagnostics.warn(SqlState::BeforeFirst, message);
    }
    let completion = if on.statement.options.retrieves_data() {
        deliver(on, 0..length, status)?
    } else {
        (0..length).for_each(|row| write_status(status, row, &[row::SUCCESS]));
        Status::Success
    };
    (length..size).for_each(|row| write_status(status, row, &[row::NO_ROW]));
    Ok(if length == 0 { Status::NoData } else { completion })
}

/// Delivers rows of the rowset (from 0) into the bound buffers and tells their status.
fn deliver(on: &mut OnStatement<'_>, rows: Range<usize>, status: Address) -> Completion {
    let ard = on
        .descriptors
        .get(&on.statement.descriptor(Which::Ard))
        .ok_or_else(super::descriptor_lost)?;
    let (first, wanted) = (rows.start, rows.len());
    let statuses = on.statement.cursor_mut()?.deliver(rows, ard, on.call.diagnostics);
    let failed = statuses.iter().filter(|status| **status == row::ERROR).count();
    write_status(status, first, statuses);
    if failed == wanted && failed > 0 {
        return Ok(Status::Failed);
    }
    if failed > 0 {
        let message = format!("{failed} of {wanted} rows could not be delivered whole.");
        on.call.diagnostics.warn(SqlState::ErrorInRow, message);
    }
    Ok(Status::Success)
}

/// `SQLSetPos`: makes a row of the rowset the current one, or delivers rows again. Rows cannot be changed.
pub fn set_pos(on: &mut OnStatement<'_>, row: u64, operation: u16, lock: u16) -> Completion {
    let length = on.statement.cursor_mut()?.length();
    if operation > set_pos::ADD || lock > set_pos::LOCK_UNLOCK {
        let message = format!("There is no operation {operation} with the lock {lock}.");
        return Err(Diagnostic::new(SqlState::AttributeId, message));
    }
    if operation > set_pos::REFRESH || lock != set_pos::LOCK_NO_CHANGE {
        let message =
            "Rows of a result cannot be changed or locked; use INSERT, UPDATE and DELETE on tables that allow it.";
        return Err(Diagnostic::new(SqlState::Unsupported, message));
    }
    if length == 0 {
        let message = "The cursor is not on a row; fetch one first.";
        return Err(Diagnostic::new(SqlState::CursorState, message));
    }
    let row = usize::try_from(row).unwrap_or(usize::MAX);
    if row == 0 && operation == set_pos::POSITION {
        let message = "A position is one row of the rowset, counted from 1.";
        return Err(Diagnostic::new(SqlState::Position, message));
    }
    if row > 0 && !on.statement.cursor_mut()?.position(row) {
        let message = format!("There is no row {row} in the rowset, which has {length}.");
        return Err(Diagnostic::new(SqlState::RowValue, message));
    }
    if operation == set_pos::POSITION {
        return Ok(Status::Success);
    }
    let rows = if row == 0 { 0..length } else { row - 1..row };
    let status = on.descriptor(Which::Ird)?.header.array_status;
    deliver(on, rows, status)
}

/// Writes statuses into the row status array from a row on. Does nothing without an array.
fn write_status(array: Address, first: usize, statuses: &[u16]) {
    for (index, status) in statuses.iter().enumerate() {
        let bytes = (first + index).saturating_mul(size_of::<u16>());
        array
            .offset(isize::try_from(bytes).unwrap_or(isize::MAX))
            .write(*status);
    }
}

/// `SQLGetData`: any column in any order, bound or not.
pub fn get_data(
    on: &mut OnStatement<'_>,
    column: u16,
    c_type: i16,
    value: Address,
    buffer_length: isize,
    indicator: Address,
) -> Completion {
    on.statement.cursor_mut()?;
    if value.is_null() {
        return Err(Diagnostic::new(
            SqlState::NullPointer,
            "There is no buffer to write the value to.",
        ));
    }
    if buffer_length < 0 {
        return Err(negative_length());
    }
    // Not a record of its own: this is called for every cell.
    let (c_type, scale, (precision, interval_precision)) = if c_type == t::ARD_TYPE {
        let record = on.descriptor(Which::Ard)?.record(column.into()).ok_or_else(|| {
            let message = format!("The ARD has no record {column} to take the type from.");
            Diagnostic::new(SqlState::DescriptorIndex, message)
        })?;
        let digits = (record.precision, record.interval_precision);
        (record.concise_type, record.scale, digits)
    } else {
        check_c_type(c_type)?;
        let c_type = t::odbc3_type(c_type);
        (c_type, 0, default_digits(c_type))
    };
    let target = Target {
        c_type,
        value,
        buffer_length,
        octet_length: indicator,
        indicator,
        precision,
        scale,
        interval_precision,
    };
    if column == 0 {
        on.statement.options.bookmarks().check()?;
    }
    let (outcome, warning) = on.statement.cursor_mut()?.piece(column.into(), &target)?;
    if let Some(warning) = warning {
        on.call.diagnostics.post(warning);
    }
    Ok(if outcome == Outcome::NoData {
        Status::NoData
    } else {
        Status::Success
    })
}

/// `SQLCloseCursor`.
pub fn close_cursor(on: &mut OnStatement<'_>) -> Completion {
    on.statement.cursor_mut()?;
    on.close()
}

/// `SQLFreeStmt`, but for `SQL_DROP`, which frees the handle.
pub fn free(on: &mut OnStatement<'_>, option: u16) -> Completion {
    use odbc_sys::FreeStmtOption as Option;
    match option {
        o if o == Option::Close as u16 => on.close(),
        o if o == Option::Unbind as u16 => {
            let ard = on.descriptor_mut(Which::Ard)?;
            ard.set_count(0);
            ard.bookmark_mut().unbind();
            Ok(Status::Success)
        }
        o if o == Option::ResetParams as u16 => {
            on.descriptor_mut(Which::Apd)?.set_count(0);
            on.descriptor_mut(Which::Ipd)?.set_count(0);
            Ok(Status::Success)
        }
        other => {
            let message = format!("There is no option of SQLFreeStmt with the number {other}.");
            Err(Diagnostic::new(SqlState::AttributeId, message))
        }
    }
}

/// `SQL_DROP`
pub const DROP: u16 = 1;
