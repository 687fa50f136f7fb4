//! Preparing and executing statements.

use std::ffi::c_void;

use super::{Handle, narrow, narrow_out, wide, wide_out};
use crate::odbc::bind::{self, ParameterBinding};
use crate::odbc::boundary;
use crate::odbc::functions::Function;
use crate::odbc::statement::{execute, metadata, name, pieces};

/// Plans a statement.
#[unsafe(no_mangle)]
pub extern "C" fn SQLPrepare(statement: Handle, sql: *const u8, length: i32) -> i16 {
    boundary::statement(Function::Prepare, statement, |on| {
        execute::prepare(on, narrow(sql, length))
    })
}

/// Plans a statement.
#[unsafe(no_mangle)]
pub extern "C" fn SQLPrepareW(statement: Handle, sql: *const u16, length: i32) -> i16 {
    boundary::statement(Function::Prepare, statement, |on| {
        execute::prepare(on, wide(sql, length))
    })
}

/// Executes a planned statement.
#[unsafe(no_mangle)]
pub extern "C" fn SQLExecute(statement: Handle) -> i16 {
    boundary::statement(Function::Execute, statement, execute::execute)
}

/// Plans and executes a statement.
#[unsafe(no_mangle)]
pub extern "C" fn SQLExecDirect(statement: Handle, sql: *const u8, length: i32) -> i16 {
    boundary::statement(Function::ExecDirect, statement, |on| {
        execute::execute_directly(on, narrow(sql, length))
    })
}

/// Plans and executes a statement.
#[unsafe(no_mangle)]
pub extern "C" fn SQLExecDirectW(statement: Handle, sql: *const u16, length: i32) -> i16 {
    boundary::statement(Function::ExecDirect, statement, |on| {
        execute::execute_directly(on, wide(sql, length))
    })
}

/// Asks which parameter's value is to be given next.
#[unsafe(no_mangle)]
pub extern "C" fn SQLParamData(statement: Handle, value: *mut *mut c_void) -> i16 {
    boundary::statement(Function::ParamData, statement, |on| {
        pieces::param_data(on, value.into())
    })
}

/// Gives a piece of a parameter's value.
#[unsafe(no_mangle)]
pub extern "C" fn SQLPutData(statement: Handle, data: *mut c_void, length: isize) -> i16 {
    boundary::statement(Function::PutData, statement, |on| {
        pieces::put_data(on, data.into(), length)
    })
}

/// Counts the parameters.
#[unsafe(no_mangle)]
pub extern "C" fn SQLNumParams(statement: Handle, count: *mut i16) -> i16 {
    boundary::statement(Function::NumParams, statement, |on| {
        metadata::num_params(on, count.into())
    })
}

/// Describes a parameter.
#[unsafe(no_mangle)]
pub extern "C" fn SQLDescribeParam(
    statement: Handle,
    number: u16,
    data_type: *mut i16,
    column_size: *mut usize,
    decimal_digits: *mut i16,
    nullable: *mut i16,
) -> i16 {
    let out = metadata::ParameterOut {
        data_type: data_type.into(),
        column_size: column_size.into(),
        decimal_digits: decimal_digits.into(),
        nullable: nullable.into(),
    };
    boundary::statement(Function::DescribeParam, statement, |on| {
        metadata::describe_param(on, number, &out)
    })
}

/// Binds a parameter.
#[unsafe(no_mangle)]
pub extern "C" fn SQLBindParameter(
    statement: Handle,
    number: u16,
    direction: i16,
    c_type: i16,
    sql_type: i16,
    column_size: usize,
    decimal_digits: i16,
    value: *mut c_void,
    buffer_length: isize,
    indicator: *mut isize,
) -> i16 {
    let (value, indicator) = (value.into(), indicator.into());
    let binding = ParameterBinding {
        direction,
        c_type,
        sql_type,
        column_size,
        decimal_digits,
        value,
        buffer_length,
        indicator,
    };
    boundary::statement(Function::BindParameter, statement, |on| {
        bind::bind_parameter(on, number, &binding)
    })
}

/// Names the cursor.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetCursorName(statement: Handle, text: *const u8, length: i16) -> i16 {
    boundary::statement(Function::SetCursorName, statement, |on| {
        name::set(on, narrow(text, length))
    })
}

/// Names the cursor.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetCursorNameW(statement: Handle, text: *const u16, length: i16) -> i16 {
    boundary::statement(Function::SetCursorName, statement, |on| {
        name::set(on, wide(text, length))
    })
}

/// Answers the cursor's name.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetCursorName(statement: Handle, out: *mut u8, capacity: i16, length: *mut i16) -> i16 {
    boundary::statement(Function::GetCursorName, statement, |on| {
        name::get(on, narrow_out(out, capacity, length))
    })
}

/// Answers the cursor's name.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetCursorNameW(statement: Handle, out: *mut u16, capacity: i16, length: *mut i16) -> i16 {
    boundary::statement(Function::GetCursorName, statement, |on| {
        name::get(on, wide_out(out, capacity, length))
    })
}
