//! Statements: preparing, parameters, executing.

use std::ffi::{c_char, c_void};

use datafusion::arrow::ffi_stream::FFI_ArrowArrayStream;
use datafusion::common::ScalarValue;

use crate::capi::boundary;
use crate::capi::types::{lk_progress_callback, lk_session, lk_statement, lk_status};
use crate::capi::{arrow, memory, statement};
use crate::handle::Token;

/// Makes a statement on an open session, and writes it to *statement. Free it with lk_statement_free(), or with its
/// session. Statements of one session may be used on several threads at once, each on one.
#[unsafe(no_mangle)]
pub extern "C" fn lk_statement_new(session: *mut lk_session, statement: *mut *mut lk_statement) -> lk_status {
    boundary::enter(session.cast(), |call| statement::new(call, statement))
}

/// Frees a statement with its result; what another thread waits for on it ends. A stream of it lives on.
#[unsafe(no_mangle)]
pub extern "C" fn lk_statement_free(statement: *mut lk_statement) -> lk_status {
    statement::free(Token::of(statement.cast()))
}

/// Lets a callback know how far the next executions of a statement come; NULL for none.
///
/// data is passed to the callback and must be valid until the result of the last such execution is gone: until the
/// statement is executed anew or freed, and where its rows were given to a stream until that is released.
#[unsafe(no_mangle)]
pub extern "C" fn lk_statement_on_progress(
    statement: *mut lk_statement,
    callback: lk_progress_callback,
    data: *mut c_void,
) -> lk_status {
    boundary::enter(statement.cast(), |call| statement::on_progress(call, callback, data))
}

/// Plans a statement: a query, a change of scratch tables, or a call of a procedure. Parameters are written as ?. The
/// result of an earlier execution is gone, and so are bound values.
#[unsafe(no_mangle)]
pub extern "C" fn lk_prepare(statement: *mut lk_statement, sql: *const c_char) -> lk_status {
    boundary::enter(statement.cast(), |call| statement::prepare(call, sql))
}

/// Writes how many parameters the prepared statement has to *count.
#[unsafe(no_mangle)]
pub extern "C" fn lk_parameter_count(statement: *mut lk_statement, count: *mut usize) -> lk_status {
    boundary::enter(statement.cast(), |call| statement::parameter_count(call, count))
}

/// Binds NULL to a parameter. Parameters count from 0; a value stays bound until another takes its place.
#[unsafe(no_mangle)]
pub extern "C" fn lk_bind_null(statement: *mut lk_statement, parameter: usize) -> lk_status {
    boundary::enter(statement.cast(), |call| {
        statement::bind(call, parameter, Ok(ScalarValue::Null))
    })
}

/// Binds a truth to a parameter: 0 is false, anything else is true.
#[unsafe(no_mangle)]
pub extern "C" fn lk_bind_bool(statement: *mut lk_statement, parameter: usize, value: i32) -> lk_status {
    boundary::enter(statement.cast(), |call| {
        statement::bind(call, parameter, Ok(ScalarValue::Boolean(Some(value != 0))))
    })
}

/// Binds a whole number to a parameter.
#[unsafe(no_mangle)]
pub extern "C" fn lk_bind_int64(statement: *mut lk_statement, parameter: usize, value: i64) -> lk_status {
    boundary::enter(statement.cast(), |call| {
        statement::bind(call, parameter, Ok(ScalarValue::Int64(Some(value))))
    })
}

/// Binds a floating-point number to a parameter.
#[unsafe(no_mangle)]
pub extern "C" fn lk_bind_double(statement: *mut lk_statement, parameter: usize, value: f64) -> lk_status {
    boundary::enter(statement.cast(), |call| {
        statement::bind(call, parameter, Ok(ScalarValue::Float64(Some(value))))
    })
}

/// Binds a text in UTF-8, which is copied, to a parameter; NULL binds NULL. It serves for dates, times, timestamps and
/// decimal numbers as well: a text becomes what the statement needs there.
#[unsafe(no_mangle)]
pub extern "C" fn lk_bind_text(statement: *mut lk_statement, parameter: usize, value: *const c_char) -> lk_status {
    boundary::enter(statement.cast(), |call| {
        statement::bind(call, parameter, memory::text(value).map(ScalarValue::Utf8))
    })
}

/// Binds bytes, which are copied, to a parameter. value may be NULL when length is 0.
#[unsafe(no_mangle)]
pub extern "C" fn lk_bind_bytes(
    statement: *mut lk_statement,
    parameter: usize,
    value: *const u8,
    length: usize,
) -> lk_status {
    boundary::enter(statement.cast(), |call| {
        let bytes = memory::bytes(value, length);
        statement::bind(call, parameter, bytes.map(|bytes| ScalarValue::Binary(Some(bytes))))
    })
}

/// Executes the prepared statement with the bound values. A change is done when this returns; the rows of a query are read
/// with lk_next(), or all of them through lk_stream(). An earlier result is gone.
#[unsafe(no_mangle)]
pub extern "C" fn lk_execute(statement: *mut lk_statement) -> lk_status {
    boundary::enter(statement.cast(), statement::execute)
}

/// Prepares and executes a statement that has no parameters.
#[unsafe(no_mangle)]
pub extern "C" fn lk_run(statement: *mut lk_statement, sql: *const c_char) -> lk_status {
    boundary::enter(statement.cast(), |call| {
        statement::prepare(call, sql)?;
        statement::execute(call)
    })
}

/// Writes how many rows an executed change has inserted, updated or deleted to *rows; -1 for anything else.
#[unsafe(no_mangle)]
pub extern "C" fn lk_changed_rows(statement: *mut lk_statement, rows: *mut i64) -> lk_status {
    boundary::enter(statement.cast(), |call| statement::changed_rows(call, rows))
}

/// Gives all rows of an executed query, of which none was read, to *stream: an Arrow C stream, whose arrays are the
/// library's own buffers and not copies of them. What is in *stream before is not released.
///
/// The program owns the stream and calls its release, once. It lives on without the statement and the session. Its get_next
/// waits as lk_next() does, calls the same callbacks, and is ended by lk_cancel() on the statement while that lives; its
/// get_last_error begins with the SQLSTATE in brackets behind a word or two of the kind of error.
#[unsafe(no_mangle)]
pub extern "C" fn lk_stream(statement: *mut lk_statement, stream: *mut FFI_ArrowArrayStream) -> lk_status {
    boundary::enter(statement.cast(), |call| arrow::stream(call, stream))
}
