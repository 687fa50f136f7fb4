//! Attributes of environments, connections and statements.

use std::ffi::c_void;

use super::{Handle, bytes_out_long};
use crate::odbc::argument::Word;
use crate::odbc::attributes::{connection, environment, statement};
use crate::odbc::boundary;
use crate::odbc::functions::Function;
use crate::odbc::text::Encoding;

/// Sets an attribute of an environment.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetEnvAttr(handle: Handle, attribute: i32, value: *mut c_void, _length: i32) -> i16 {
    boundary::environment(Function::SetEnvAttr, handle, |on| {
        environment::set(on, attribute, Word(value.into()))
    })
}

/// Answers an attribute of an environment.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetEnvAttr(
    handle: Handle,
    attribute: i32,
    value: *mut c_void,
    _capacity: i32,
    length: *mut i32,
) -> i16 {
    boundary::environment(Function::GetEnvAttr, handle, |on| {
        environment::get(on, attribute, value.into(), length.into())
    })
}

/// Sets an attribute of a connection.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetConnectAttr(handle: Handle, attribute: i32, value: *mut c_void, length: i32) -> i16 {
    boundary::connection(Function::SetConnectAttr, handle, |on| {
        connection::set(on, Encoding::Narrow, attribute, Word(value.into()), length)
    })
}

/// Sets an attribute of a connection.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetConnectAttrW(handle: Handle, attribute: i32, value: *mut c_void, length: i32) -> i16 {
    boundary::connection(Function::SetConnectAttr, handle, |on| {
        connection::set(on, Encoding::wide(), attribute, Word(value.into()), length)
    })
}

/// Answers an attribute of a connection.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetConnectAttr(
    handle: Handle,
    attribute: i32,
    value: *mut c_void,
    capacity: i32,
    length: *mut i32,
) -> i16 {
    boundary::connection(Function::GetConnectAttr, handle, |on| {
        connection::get(on, attribute, bytes_out_long(Encoding::Narrow, value, capacity, length))
    })
}

/// Answers an attribute of a connection.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetConnectAttrW(
    handle: Handle,
    attribute: i32,
    value: *mut c_void,
    capacity: i32,
    length: *mut i32,
) -> i16 {
    boundary::connection(Function::GetConnectAttr, handle, |on| {
        connection::get(on, attribute, bytes_out_long(Encoding::wide(), value, capacity, length))
    })
}

/// Sets an attribute of a statement.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetStmtAttr(handle: Handle, attribute: i32, value: *mut c_void, _length: i32) -> i16 {
    boundary::statement(Function::SetStmtAttr, handle, |on| {
        statement::set(on, attribute, Word(value.into()))
    })
}

/// Sets an attribute of a statement.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetStmtAttrW(handle: Handle, attribute: i32, value: *mut c_void, _length: i32) -> i16 {
    boundary::statement(Function::SetStmtAttr, handle, |on| {
        statement::set(on, attribute, Word(value.into()))
    })
}

/// Answers an attribute of a statement.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetStmtAttr(
    handle: Handle,
    attribute: i32,
    value: *mut c_void,
    capacity: i32,
    length: *mut i32,
) -> i16 {
    boundary::statement(Function::GetStmtAttr, handle, |on| {
        statement::get(on, attribute, bytes_out_long(Encoding::Narrow, value, capacity, length))
    })
}

/// Answers an attribute of a statement.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetStmtAttrW(
    handle: Handle,
    attribute: i32,
    value: *mut c_void,
    capacity: i32,
    length: *mut i32,
) -> i16 {
    boundary::statement(Function::GetStmtAttr, handle, |on| {
        statement::get(on, attribute, bytes_out_long(Encoding::wide(), value, capacity, length))
    })
}
