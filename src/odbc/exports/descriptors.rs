//! Descriptors.

use std::ffi::c_void;

use super::{Handle, bytes_out_long, narrow_out, wide_out};
use crate::odbc::argument::{TextOut, Word};
use crate::odbc::boundary;
use crate::odbc::descriptor::calls::{self, RecordIn, RecordOut};
use crate::odbc::functions::Function;
use crate::odbc::text::Encoding;

/// Answers a field.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetDescField(
    descriptor: Handle,
    number: i16,
    id: i16,
    value: *mut c_void,
    capacity: i32,
    length: *mut i32,
) -> i16 {
    let out = bytes_out_long(Encoding::Narrow, value, capacity, length);
    boundary::descriptor(Function::GetDescField, descriptor, |on| {
        calls::field(on, number, id, out)
    })
}

/// Answers a field.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetDescFieldW(
    descriptor: Handle,
    number: i16,
    id: i16,
    value: *mut c_void,
    capacity: i32,
    length: *mut i32,
) -> i16 {
    let out = bytes_out_long(Encoding::wide(), value, capacity, length);
    boundary::descriptor(Function::GetDescField, descriptor, |on| {
        calls::field(on, number, id, out)
    })
}

/// Sets a field.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetDescField(descriptor: Handle, number: i16, id: i16, value: *mut c_void, length: i32) -> i16 {
    boundary::descriptor(Function::SetDescField, descriptor, |on| {
        calls::set_field(on, Encoding::Narrow, number, id, Word(value.into()), length)
    })
}

/// Sets a field.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetDescFieldW(descriptor: Handle, number: i16, id: i16, value: *mut c_void, length: i32) -> i16 {
    boundary::descriptor(Function::SetDescField, descriptor, |on| {
        calls::set_field(on, Encoding::wide(), number, id, Word(value.into()), length)
    })
}

/// Answers the main fields of a record.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetDescRec(
    descriptor: Handle,
    number: i16,
    name: *mut u8,
    capacity: i16,
    length: *mut i16,
    verbose_type: *mut i16,
    datetime_code: *mut i16,
    octet_length: *mut isize,
    precision: *mut i16,
    scale: *mut i16,
    nullable: *mut i16,
) -> i16 {
    let name = narrow_out(name, capacity, length);
    let out = record_out(
        name,
        verbose_type,
        datetime_code,
        octet_length,
        precision,
        scale,
        nullable,
    );
    boundary::descriptor(Function::GetDescRec, descriptor, |on| calls::record(on, number, &out))
}

/// Answers the main fields of a record.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetDescRecW(
    descriptor: Handle,
    number: i16,
    name: *mut u16,
    capacity: i16,
    length: *mut i16,
    verbose_type: *mut i16,
    datetime_code: *mut i16,
    octet_length: *mut isize,
    precision: *mut i16,
    scale: *mut i16,
    nullable: *mut i16,
) -> i16 {
    let name = wide_out(name, capacity, length);
    let out = record_out(
        name,
        verbose_type,
        datetime_code,
        octet_length,
        precision,
        scale,
        nullable,
    );
    boundary::descriptor(Function::GetDescRec, descriptor, |on| calls::record(on, number, &out))
}

/// Sets the main fields of a record.
#[unsafe(no_mangle)]
pub extern "C" fn SQLSetDescRec(
    descriptor: Handle,
    number: i16,
    verbose_type: i16,
    datetime_code: i16,
    octet_length: isize,
    precision: i16,
    scale: i16,
    data: *mut c_void,
    octet_length_ptr: *mut isize,
    indicator: *mut isize,
) -> i16 {
    let (data, octet_length_ptr, indicator) = (data.into(), octet_length_ptr.into(), indicator.into());
    let values = RecordIn {
        verbose_type,
        datetime_code,
        octet_length,
        precision,
        scale,
        data,
        octet_length_ptr,
        indicator,
    };
    boundary::descriptor(Function::SetDescRec, descriptor, |on| {
        calls::set_record(on, number, &values)
    })
}

/// Copies a descriptor.
#[unsafe(no_mangle)]
pub extern "C" fn SQLCopyDesc(source: Handle, target: Handle) -> i16 {
    calls::copy(source, target)
}

fn record_out(
    name: TextOut,
    verbose_type: *mut i16,
    datetime_code: *mut i16,
    octet_length: *mut isize,
    precision: *mut i16,
    scale: *mut i16,
    nullable: *mut i16,
) -> RecordOut {
    RecordOut {
        name,
        verbose_type: verbose_type.into(),
        datetime_code: datetime_code.into(),
        octet_length: octet_length.into(),
        precision: precision.into(),
        scale: scale.into(),
        nullable: nullable.into(),
    }
}
