//! Moving the cursor and delivering values: `SQLFetch` and its sisters, `SQLGetData`, `SQLMoreResults`, closing.

use crate::odbc::argument::negative_length;
use crate::odbc::bind::check_c_type;
use crate::odbc::boundary::{Completion, Status};
use crate::odbc::convert::Outcome;
use crate::odbc::convert::fetch::Target;
use crate::odbc::cursor::tell;
use crate::odbc::descriptor::record::DEFAULT_PRECISION;
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::memory::Address;
use crate::odbc::numbers::{row, sql_type as t};
use crate::odbc::sqlstate::SqlState;

use super::{OnStatement, Which};

/// `SQLFetch`.
pub fn fetch(on: &mut OnStatement<'_>) -> Completion {
    let size = on.descriptor(Which::Ard)?.header.array_size;
    let ird = on.descriptor(Which::Ird)?.header;
    rowset(on, size, ird.rows_processed, ird.array_status)
}

/// `SQLFetchScroll`: forward only.
pub fn fetch_scroll(on: &mut OnStatement<'_>, orientation: i16) -> Completion {
    check_orientation(on, orientation)?;
    fetch(on)
}

/// `SQLExtendedFetch`: the ODBC 2 form with its own rowset size and arrays.
pub fn extended_fetch(on: &mut OnStatement<'_>, orientation: u16, count: Address, status: Address) -> Completion {
    check_orientation(on, i16::try_from(orientation).unwrap_or(-1))?;
    let size = on.statement.options.rowset_size();
    rowset(on, size, count, status)
}

/// HY106 for anything but the next rowset.
fn check_orientation(on: &mut OnStatement<'_>, orientation: i16) -> Result<(), Diagnostic> {
    on.statement.cursor_mut()?;
    if orientation == row::FETCH_NEXT {
        return Ok(());
    }
    let message = format!("The cursor moves forward only; the fetch orientation {orientation} is not SQL_FETCH_NEXT.");
    Err(Diagnostic::new(SqlState::FetchType, message))
}

/// Moves to the next rowset and delivers it.
fn rowset(on: &mut OnStatement<'_>, size: usize, count: Address, status: Address) -> Completion {
    let limit = on.limit();
    let cursor = on.statement.cursor_mut()?;
    let call = &mut on.call;
    let length = cursor.advance(size, |rows| {
        let next = limit.run(call, rows.next())?;
        if let Some((_, rows)) = &next {
            call.warn_all(rows.warnings());
        }
        Ok(next)
    });
    let length = match length {
        Ok(length) => length,
        Err(error) => {
            count.write(0_usize);
            // The stream is gone with the error: the next fetch says that no cursor is open.
            on.close()?;
            return Err(error);
        }
    };
    count.write(length);
    let mut failed = 0;
    if on.statement.options.retrieves_data() {
        let ard = on
            .descriptors
            .get(&on.statement.descriptor(Which::Ard))
            .ok_or_else(super::descriptor_lost)?;
        let statuses = on.statement.cursor_mut()?.deliver(ard, on.call.diagnostics);
        failed = statuses.iter().filter(|status| **status == row::ERROR).count();
        write_status(status, 0, statuses);
    } else {
        (0..length).for_each(|row| write_status(status, row, &[row::SUCCESS]));
    }
    (length..size).for_each(|row| write_status(status, row, &[row::NO_ROW]));
    if length == 0 {
        return Ok(Status::NoData);
    }
    if failed == length {
        return Ok(Status::Failed);
    }
    if failed > 0 {
        let message = format!("{failed} of {length} rows could not be delivered whole.");
        on.call.diagnostics.warn(SqlState::ErrorInRow, message);
    }
    Ok(Status::Success)
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
    let (c_type, precision, scale) = if c_type == t::ARD_TYPE {
        let record = on.descriptor(Which::Ard)?.record(column.into()).ok_or_else(|| {
            let message = format!("The ARD has no record {column} to take the type from.");
            Diagnostic::new(SqlState::DescriptorIndex, message)
        })?;
        (record.concise_type, record.precision, record.scale)
    } else {
        check_c_type(c_type)?;
        (t::odbc3_type(c_type), DEFAULT_PRECISION, 0)
    };
    let target = Target {
        c_type,
        value,
        buffer_length,
        octet_length: indicator,
        indicator,
        precision,
        scale,
    };
    let cursor = on.statement.cursor_mut()?;
    let outcome = cursor.piece(column.into(), &target)?;
    let columns = cursor.columns();
    let name = columns.get(usize::from(column) - 1).map_or("", |column| &column.name);
    if let Some(warning) = tell(Ok(outcome), name) {
        on.call.diagnostics.post(warning.at(1, column.into()));
    }
    Ok(if outcome == Outcome::NoData {
        Status::NoData
    } else {
        Status::Success
    })
}

/// `SQLMoreResults`: a statement has one result, so this ends it.
pub fn more_results(on: &mut OnStatement<'_>) -> Completion {
    on.close()?;
    Ok(Status::NoData)
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
            on.descriptor_mut(Which::Ard)?.set_count(0);
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
