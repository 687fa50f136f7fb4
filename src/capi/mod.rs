//! Latchkey's own C API, from which `include/latchkey.h` is generated.

#![allow(unsafe_code)]

use std::ffi::c_char;

/// The version of this library, such as `0.1.0`: a text that lives as long as the process.
// SAFETY: the name carries our own prefix, so it takes nobody else's place.
#[unsafe(no_mangle)]
pub extern "C" fn lk_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
