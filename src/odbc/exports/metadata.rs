//! What a statement tells about its columns.

use std::ffi::c_void;

use super::{Handle, bytes_out, narrow_out, wide_out};
use crate::odbc::argument::TextOut;
use crate::odbc::boundary;
use crate::odbc::functions::Function;
use crate::odbc::statement::metadata::{self, ColumnOut};
use crate::odbc::text::Encoding;

/// Counts the columns.
#[unsafe(no_mangle)]
pub extern "C" fn SQLNumResultCols(statement: Handle, count: *mut i16) -> i16 {
    boundary::statement(Function::NumResultCols, statement, |on| {
        metadata::num_result_cols(on, count.into())
    })
}

/// Describes a column.
#[unsafe(no_mangle)]
pub extern "C" fn SQLDescribeCol(
    statement: Handle,
    number: u16,
    name: *mut u8,
    capacity: i16,
    length: *mut i16,
    data_type: *mut i16,
    column_size: *mut usize,
    decimal_digits: *mut i16,
    nullable: *mut i16,
) -> i16 {
    let out = column_out(
        narrow_out(name, capacity, length),
        data_type,
        column_size,
        decimal_digits,
        nullable,
    );
    boundary::statement(Function::DescribeCol, statement, |on| {
        metadata::describe_col(on, number, &out)
    })
}

/// Describes a column.
#[unsafe(no_mangle)]
pub extern "C" fn SQLDescribeColW(
    statement: Handle,
    number: u16,
    name: *mut u16,
    capacity: i16,
    length: *mut i16,
    data_type: *mut i16,
    column_size: *mut usize,
    decimal_digits: *mut i16,
    nullable: *mut i16,
) -> i16 {
    let out = column_out(
        wide_out(name, capacity, length),
        data_type,
        column_size,
        decimal_digits,
        nullable,
    );
    boundary::statement(Function::DescribeCol, statement, |on| {
        metadata::describe_col(on, number, &out)
    })
}

/// Answers an attribute of a column.
#[unsafe(no_mangle)]
pub extern "C" fn SQLColAttribute(
    statement: Handle,
    number: u16,
    id: u16,
    text: *mut c_void,
    capacity: i16,
    length: *mut i16,
    out: *mut isize,
) -> i16 {
    let text = bytes_out(Encoding::Narrow, text, capacity, length);
    boundary::statement(Function::ColAttribute, statement, |on| {
        metadata::col_attribute(on, number, id, text, out.into())
    })
}

/// Answers an attribute of a column.
#[unsafe(no_mangle)]
pub extern "C" fn SQLColAttributeW(
    statement: Handle,
    number: u16,
    id: u16,
    text: *mut c_void,
    capacity: i16,
    length: *mut i16,
    out: *mut isize,
) -> i16 {
    let text = bytes_out(Encoding::wide(), text, capacity, length);
    boundary::statement(Function::ColAttribute, statement, |on| {
        metadata::col_attribute(on, number, id, text, out.into())
    })
}

fn column_out(
    name: TextOut,
    data_type: *mut i16,
    column_size: *mut usize,
    decimal_digits: *mut i16,
    nullable: *mut i16,
) -> ColumnOut {
    ColumnOut {
        name,
        data_type: data_type.into(),
        column_size: column_size.into(),
        decimal_digits: decimal_digits.into(),
        nullable: nullable.into(),
    }
}
