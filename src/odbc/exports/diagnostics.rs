//! Reading diagnostics.

use std::ffi::c_void;

use super::{Handle, narrow_out, wide_out};
use crate::odbc::boundary;
use crate::odbc::diagnostics::{self, RecordOut};
use crate::odbc::text::Encoding;

/// Answers a diagnostic record.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetDiagRec(
    kind: i16,
    handle: Handle,
    number: i16,
    state: *mut u8,
    native: *mut i32,
    message: *mut u8,
    capacity: i16,
    length: *mut i16,
) -> i16 {
    let message = narrow_out(message, capacity, length);
    let out = RecordOut {
        state: state.into(),
        native: native.into(),
        message,
    };
    boundary::read(kind, handle, |node| diagnostics::record(node, number, &out))
}

/// Answers a diagnostic record.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetDiagRecW(
    kind: i16,
    handle: Handle,
    number: i16,
    state: *mut u16,
    native: *mut i32,
    message: *mut u16,
    capacity: i16,
    length: *mut i16,
) -> i16 {
    let message = wide_out(message, capacity, length);
    let out = RecordOut {
        state: state.into(),
        native: native.into(),
        message,
    };
    boundary::read(kind, handle, |node| diagnostics::record(node, number, &out))
}

/// Answers a field of a diagnostic record or of the header.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetDiagField(
    kind: i16,
    handle: Handle,
    number: i16,
    id: i16,
    value: *mut c_void,
    capacity: i16,
    length: *mut i16,
) -> i16 {
    boundary::read(kind, handle, |node| {
        diagnostics::field(
            node,
            number,
            id,
            Encoding::Narrow,
            value.into(),
            capacity,
            length.into(),
        )
    })
}

/// Answers a field of a diagnostic record or of the header.
#[unsafe(no_mangle)]
pub extern "C" fn SQLGetDiagFieldW(
    kind: i16,
    handle: Handle,
    number: i16,
    id: i16,
    value: *mut c_void,
    capacity: i16,
    length: *mut i16,
) -> i16 {
    boundary::read(kind, handle, |node| {
        diagnostics::field(
            node,
            number,
            id,
            Encoding::wide(),
            value.into(),
            capacity,
            length.into(),
        )
    })
}
