//! Binding columns, moving the cursor, reading values.

use std::ffi::c_void;

use super::Handle;
use crate::odbc::bind::{self, ColumnBinding};
use crate::odbc::boundary;
use crate::odbc::functions::Function;
use crate::odbc::statement::{execute, fetch};

/// Binds a column.
#[unsafe(no_mangle)]
pub extern "C" fn SQLBindCol(
    statement: Handle,
    column: u16,
    c_type: i16,
    value: *mut c_void,
    buffer_length: isize,
    indicator: *mut isize,
) -> i16 {
    let binding = ColumnBinding {
        c_type,
        value: value.into(),
        buffer_length,
        indicator: indicator.into(),
    };
    boundary::statement(Function::BindCol, statement, |on| {
        bind::bind_column(on, column, &binding)
    })
}

/// Delivers the next rowset.
#[unsafe(no_mangle)]
pub extern "C" fn SQLFetch(statement: Handle) -> i16 {
    boundary::statement(Function::Fetch, statement, fetch::fetch)
}

/// Delivers a rowset.
#[unsafe(no_mangle)]
pub extern "C" fn SQLFetchScroll(statement: Handle, orientation: i16, offset: isize) -> i16 {
    boundary::statement(Function::FetchScroll, statement, |on| {
        fetch::fetch_scroll(on, orientation, offset)
    })
}

/// Delivers a rowset as ODBC 2 did.
#[unsafe(no_mangle)]
pub extern "C" fn SQLExtendedFetch(
    statement: Handle,
    orientation: u16,
    offset: isize,
    count: *mut usize,
    status: *mut u16,
) -> i16 {
    boundary::statement(Function::ExtendedFetch, statement, |on| {
        fetch::extended_fetch(on, orientation, offset, count.into(), status.into())
    })
}

/// Makes a row of the rowset the current one, or delivers rows again.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetPos(statement: Handle, row: u64, operation: u16, lock: u16) -> i16 {
    boundary::statement(Function::SetPos, statement, |on| {
        fetch::set_pos(on, row, operation, lock)
    })
}

/// Delivers a value of the current row, or the next piece of it.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetData(
    statement: Handle,
    column: u16,
    c_type: i16,
    value: *mut c_void,
    buffer_length: isize,
    indicator: *mut isize,
) -> i16 {
    boundary::statement(Function::GetData, statement, |on| {
        fetch::get_data(on, column, c_type, value.into(), buffer_length, indicator.into())
    })
}

/// Moves to the next result.
#[unsafe(no_mangle)]
pub extern "C" fn SQLMoreResults(statement: Handle) -> i16 {
    boundary::statement(Function::MoreResults, statement, execute::more_results)
}

/// Counts the rows.
#[unsafe(no_mangle)]
pub extern "C" fn SQLRowCount(statement: Handle, count: *mut isize) -> i16 {
    boundary::statement(Function::RowCount, statement, |on| execute::row_count(on, count.into()))
}

/// Closes the cursor.
#[unsafe(no_mangle)]
pub extern "C" fn SQLCloseCursor(statement: Handle) -> i16 {
    boundary::statement(Function::CloseCursor, statement, fetch::close_cursor)
}
