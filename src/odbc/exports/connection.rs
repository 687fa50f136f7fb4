//! Connecting, and what a connection answers.

use std::ffi::c_void;

use super::{Handle, bytes_out, narrow, narrow_out, wide, wide_out};
use crate::odbc::argument::{Length, TextOut};
use crate::odbc::functions::{self, Function};
use crate::odbc::host;
use crate::odbc::text::Encoding;
use crate::odbc::{boundary, connection, transaction};

/// Connects to a DSN.
#[unsafe(no_mangle)]
pub extern "C" fn SQLConnect(
    handle: Handle,
    dsn: *const u8,
    dsn_length: i16,
    user: *const u8,
    user_length: i16,
    password: *const u8,
    password_length: i16,
) -> i16 {
    boundary::connection(Function::Connect, handle, |on| {
        connection::connect(
            on,
            narrow(dsn, dsn_length),
            narrow(user, user_length),
            narrow(password, password_length),
        )
    })
}

/// Connects to a DSN.
#[unsafe(no_mangle)]
pub extern "C" fn SQLConnectW(
    handle: Handle,
    dsn: *const u16,
    dsn_length: i16,
    user: *const u16,
    user_length: i16,
    password: *const u16,
    password_length: i16,
) -> i16 {
    boundary::connection(Function::Connect, handle, |on| {
        host::look(dsn.into());
        connection::connect(
            on,
            wide(dsn, dsn_length),
            wide(user, user_length),
            wide(password, password_length),
        )
    })
}

/// Connects by a connection string.
#[unsafe(no_mangle)]
pub extern "C" fn SQLDriverConnect(
    handle: Handle,
    _window: *mut c_void,
    input: *const u8,
    input_length: i16,
    out: *mut u8,
    capacity: i16,
    length: *mut i16,
    completion: u16,
) -> i16 {
    boundary::connection(Function::DriverConnect, handle, |on| {
        connection::driver_connect(
            on,
            narrow(input, input_length),
            narrow_out(out, capacity, length),
            completion,
        )
    })
}

/// Connects by a connection string.
#[unsafe(no_mangle)]
pub extern "C" fn SQLDriverConnectW(
    handle: Handle,
    _window: *mut c_void,
    input: *const u16,
    input_length: i16,
    out: *mut u16,
    capacity: i16,
    length: *mut i16,
    completion: u16,
) -> i16 {
    boundary::connection(Function::DriverConnect, handle, |on| {
        host::look(input.into());
        connection::driver_connect(
            on,
            wide(input, input_length),
            wide_out(out, capacity, length),
            completion,
        )
    })
}

/// Connects in steps that ask for what is missing.
#[unsafe(no_mangle)]
pub extern "C" fn SQLBrowseConnect(
    handle: Handle,
    input: *const u8,
    input_length: i16,
    out: *mut u8,
    capacity: i16,
    length: *mut i16,
) -> i16 {
    boundary::connection(Function::BrowseConnect, handle, |on| {
        connection::browse_connect(on, narrow(input, input_length), narrow_out(out, capacity, length))
    })
}

/// Connects in steps that ask for what is missing.
#[unsafe(no_mangle)]
pub extern "C" fn SQLBrowseConnectW(
    handle: Handle,
    input: *const u16,
    input_length: i16,
    out: *mut u16,
    capacity: i16,
    length: *mut i16,
) -> i16 {
    boundary::connection(Function::BrowseConnect, handle, |on| {
        host::look(input.into());
        connection::browse_connect(on, wide(input, input_length), wide_out(out, capacity, length))
    })
}

/// Closes a connection.
#[unsafe(no_mangle)]
pub extern "C" fn SQLDisconnect(handle: Handle) -> i16 {
    connection::disconnect(handle)
}

/// Answers about driver and data source.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetInfo(handle: Handle, id: u16, value: *mut c_void, capacity: i16, length: *mut i16) -> i16 {
    boundary::connection(Function::GetInfo, handle, |on| {
        connection::get_info(on, id, bytes_out(Encoding::Narrow, value, capacity, length))
    })
}

/// Answers about driver and data source.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetInfoW(handle: Handle, id: u16, value: *mut c_void, capacity: i16, length: *mut i16) -> i16 {
    boundary::connection(Function::GetInfo, handle, |on| {
        connection::get_info(on, id, bytes_out(Encoding::wide(), value, capacity, length))
    })
}

/// Answers which functions there are.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetFunctions(handle: Handle, id: u16, supported: *mut u16) -> i16 {
    boundary::connection(Function::GetFunctions, handle, |_| {
        functions::supported(id, supported.into())
    })
}

/// Answers a statement as the engine sees it.
#[unsafe(no_mangle)]
pub extern "C" fn SQLNativeSql(
    handle: Handle,
    sql: *const u8,
    sql_length: i32,
    out: *mut u8,
    capacity: i32,
    length: *mut i32,
) -> i16 {
    let out = TextOut::characters(Encoding::Narrow, out, capacity as isize, Length::I32(length.into()));
    boundary::connection(Function::NativeSql, handle, |on| {
        connection::native_sql(on, narrow(sql, sql_length), out)
    })
}

/// Answers a statement as the engine sees it.
#[unsafe(no_mangle)]
pub extern "C" fn SQLNativeSqlW(
    handle: Handle,
    sql: *const u16,
    sql_length: i32,
    out: *mut u16,
    capacity: i32,
    length: *mut i32,
) -> i16 {
    let out = TextOut::characters(Encoding::wide(), out, capacity as isize, Length::I32(length.into()));
    boundary::connection(Function::NativeSql, handle, |on| {
        connection::native_sql(on, wide(sql, sql_length), out)
    })
}

/// Commits or rolls back.
#[unsafe(no_mangle)]
pub extern "C" fn SQLEndTran(kind: i16, handle: Handle, operation: i16) -> i16 {
    transaction::end(kind, handle, operation)
}
