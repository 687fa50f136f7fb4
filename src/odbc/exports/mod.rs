//! The C symbols of the standard: each takes raw integers and pointers and passes them on. They never call one another,
//! as a call by name would reach the driver manager's function of the same name.

#![allow(unsafe_code, reason = "exporting a symbol under its C name")]
#![allow(non_snake_case, reason = "the names are the standard's")]
#![allow(clippy::too_many_arguments, reason = "the signatures are the standard's")]

mod attributes;
mod catalog;
mod connection;
mod descriptors;
mod diagnostics;
mod handles;
mod keys;
mod metadata;
mod results;
mod statement;

use std::ffi::c_void;

use super::argument::{Length, TextIn, TextOut};
use super::text::Encoding;

/// A handle as the application passes it.
type Handle = *mut c_void;

/// A narrow text argument.
fn narrow(text: *const u8, length: impl Into<i32>) -> TextIn {
    TextIn::new(Encoding::Narrow, text, length.into() as isize)
}

/// A wide text argument, its length in characters.
fn wide(text: *const u16, length: impl Into<i32>) -> TextIn {
    TextIn::new(Encoding::wide(), text, length.into() as isize)
}

/// A narrow buffer: its characters are its bytes.
fn narrow_out(buffer: *mut u8, capacity: i16, length: *mut i16) -> TextOut {
    TextOut::characters(Encoding::Narrow, buffer, capacity.into(), Length::I16(length.into()))
}

/// A wide buffer of a function that counts characters.
fn wide_out(buffer: *mut u16, capacity: i16, length: *mut i16) -> TextOut {
    TextOut::characters(Encoding::wide(), buffer, capacity.into(), Length::I16(length.into()))
}

/// A buffer of a function that counts bytes in an `SQLSMALLINT`.
fn bytes_out(encoding: Encoding, buffer: *mut c_void, capacity: i16, length: *mut i16) -> TextOut {
    TextOut::bytes(encoding, buffer, capacity.into(), Length::I16(length.into()))
}

/// A buffer of a function that counts bytes in an `SQLINTEGER`.
fn bytes_out_long(encoding: Encoding, buffer: *mut c_void, capacity: i32, length: *mut i32) -> TextOut {
    TextOut::bytes(encoding, buffer, capacity as isize, Length::I32(length.into()))
}
