//! Reading and writing the application's memory.
//!
//! Everything the application hands over by pointer goes through [`Address`]: reads and writes are unaligned
//! (row-wise buffers are packed), and a null address is checked by the caller.

#![allow(unsafe_code)]

use std::ffi::c_void;

/// An address the application gave us. May be null, need not be aligned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Address(usize);

/// Plain data that may be copied to and from the application byte by byte.
///
/// # Safety
/// Implementors have no padding that matters and no invalid bit pattern.
pub unsafe trait Plain: Copy {}

macro_rules! plain {
    ($($type:ty),*) => { $(
        // SAFETY: integers, floats and C structures of them have no invalid bit pattern.
        unsafe impl Plain for $type {}
    )* };
}

plain!(u8, i8, u16, i16, u32, i32, u64, i64, usize, isize, f32, f64);
plain!(odbc_sys::Date, odbc_sys::Time, odbc_sys::Timestamp, odbc_sys::Numeric);

impl Address {
    /// No address.
    pub const NULL: Self = Self(0);

    /// The address of an application's pointer.
    pub fn of<T>(pointer: *const T) -> Self {
        Self(pointer.expose_provenance())
    }

    /// The address as a pointer attribute or field gives it back to the application.
    pub fn as_pointer(self) -> *mut c_void {
        std::ptr::with_exposed_provenance_mut(self.0)
    }

    /// Whether there is no address.
    pub fn is_null(self) -> bool {
        self.0 == 0
    }

    /// This address moved by a number of bytes. Null stays null.
    pub fn offset(self, bytes: isize) -> Self {
        if self.is_null() {
            self
        } else {
            Self(self.0.wrapping_add_signed(bytes))
        }
    }

    /// Writes one value. Does nothing at null.
    pub fn write<T: Plain>(self, value: T) {
        if !self.is_null() {
            // SAFETY: ODBC obliges the application to pass a writable buffer of this type; unaligned is allowed for.
            unsafe { self.as_pointer().cast::<T>().write_unaligned(value) }
        }
    }

    /// Reads one value; none at null.
    pub fn read<T: Plain>(self) -> Option<T> {
        if self.is_null() {
            return None;
        }
        // SAFETY: ODBC obliges the application to pass a readable buffer of this type; unaligned is allowed for.
        Some(unsafe { self.as_pointer().cast::<T>().read_unaligned() })
    }

    /// Copies bytes to the application. Does nothing at null.
    pub fn write_bytes(self, bytes: &[u8]) {
        if !self.is_null() {
            // SAFETY: the caller has checked the length against the buffer length the application gave.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.as_pointer().cast::<u8>(), bytes.len()) }
        }
    }

    /// Copies bytes from the application; none at null.
    pub fn read_bytes(self, length: usize) -> Option<Vec<u8>> {
        if self.is_null() {
            return None;
        }
        // SAFETY: the application states that the buffer holds this many bytes.
        Some(unsafe { std::slice::from_raw_parts(self.as_pointer().cast::<u8>(), length) }.to_vec())
    }
}

impl<T> From<*mut T> for Address {
    fn from(pointer: *mut T) -> Self {
        Self::of(pointer)
    }
}

impl<T> From<*const T> for Address {
    fn from(pointer: *const T) -> Self {
        Self::of(pointer)
    }
}
