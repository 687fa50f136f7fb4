//! The columns of a result, its rows, and their values.

use std::ffi::c_char;

use crate::capi::boundary;
use crate::capi::types::{lk_statement, lk_status, lk_type};
use crate::capi::{rows, statement};

/// Writes how many columns the prepared statement has to *count; 0 for a change.
#[unsafe(no_mangle)]
pub extern "C" fn lk_column_count(statement: *mut lk_statement, count: *mut usize) -> lk_status {
    boundary::enter(statement.cast(), |call| statement::column_count(call, count))
}

/// Writes the name of a column to *name. Columns count from 0. The text belongs to the statement until it is prepared anew
/// or freed.
#[unsafe(no_mangle)]
pub extern "C" fn lk_column_name(statement: *mut lk_statement, column: usize, name: *mut *const c_char) -> lk_status {
    boundary::enter(statement.cast(), |call| statement::column_name(call, column, name))
}

/// Writes the type of a column to *type.
#[unsafe(no_mangle)]
pub extern "C" fn lk_column_type(statement: *mut lk_statement, column: usize, r#type: *mut lk_type) -> lk_status {
    boundary::enter(statement.cast(), |call| statement::column_type(call, column, r#type))
}

/// Goes to the next row, the first one after lk_execute(): LK_OK when there is one, LK_END when there is none. Pointers to
/// values of the row before are of no more use.
#[unsafe(no_mangle)]
pub extern "C" fn lk_next(statement: *mut lk_statement) -> lk_status {
    boundary::enter(statement.cast(), rows::next)
}

/// Writes whether the value of a column in this row is NULL to *is_null.
#[unsafe(no_mangle)]
pub extern "C" fn lk_is_null(statement: *mut lk_statement, column: usize, is_null: *mut bool) -> lk_status {
    boundary::enter(statement.cast(), |call| rows::is_null(call, column, is_null))
}

/// Writes the value of a column in this row to *value as a whole number: of a number, a truth, a text that reads as one, a
/// date, a time or a timestamp (see lk_type for their units). It fails for NULL and for what it would change: 22002, 22003,
/// 22018, 07006.
#[unsafe(no_mangle)]
pub extern "C" fn lk_int64(statement: *mut lk_statement, column: usize, value: *mut i64) -> lk_status {
    boundary::enter(statement.cast(), |call| rows::int64(call, column, value))
}

/// Writes the value of a column in this row to *value as the nearest floating-point number: of a number, a truth, or a text
/// that reads as one. It fails for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lk_double(statement: *mut lk_statement, column: usize, value: *mut f64) -> lk_status {
    boundary::enter(statement.cast(), |call| rows::double(call, column, value))
}

/// Writes the value of a column in this row to *text as text in UTF-8 with a NUL behind it, and its length without that to
/// *length, which may be NULL. Every type has a text, the one of CAST in SQL; NULL is a null pointer. The text belongs to
/// the statement until the next lk_next(), lk_prepare() or lk_execute().
#[unsafe(no_mangle)]
pub extern "C" fn lk_text(
    statement: *mut lk_statement,
    column: usize,
    text: *mut *const c_char,
    length: *mut usize,
) -> lk_status {
    boundary::enter(statement.cast(), |call| rows::text(call, column, text, length))
}

/// Writes where the bytes of a column in this row are to *bytes, and how many to *length: of bytes, or of a text, without a
/// copy and without a NUL behind them; NULL is a null pointer. They belong to the statement as for lk_text().
#[unsafe(no_mangle)]
pub extern "C" fn lk_bytes(
    statement: *mut lk_statement,
    column: usize,
    bytes: *mut *const u8,
    length: *mut usize,
) -> lk_status {
    boundary::enter(statement.cast(), |call| rows::bytes(call, column, bytes, length))
}
