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
plain!(
    odbc_sys::Date,
    odbc_sys::Time,
    odbc_sys::Timestamp,
    odbc_sys::Numeric,
    odbc_sys::Guid,
    super::convert::interval::IntervalStruct
);

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

    /// The address this many bytes further. Null stays null.
    pub fn forward(self, bytes: usize) -> Self {
        if self.is_null() {
            self
        } else {
            Self(self.0.wrapping_add(bytes))
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

    /// Copies bytes from the application; none at null, or when there is no memory for so many.
    pub fn read_bytes(self, length: usize) -> Option<Vec<u8>> {
        self.read_all(length)
    }

    /// Copies values from the application; none at null, or when there is no memory for so many.
    pub fn read_all<T: Plain>(self, count: usize) -> Option<Vec<T>> {
        if self.is_null() {
            return None;
        }
        let mut values: Vec<T> = Vec::new();
        values.try_reserve_exact(count).ok()?;
        // SAFETY: the application states that the buffer holds this many values, and the vector has room for them;
        // copying bytes asks for no alignment of the source.
        unsafe {
            std::ptr::copy_nonoverlapping(
                self.as_pointer().cast::<u8>().cast_const(),
                values.as_mut_ptr().cast::<u8>(),
                count.checked_mul(size_of::<T>())?,
            );
            values.set_len(count);
        }
        Some(values)
    }

    /// Copies values up to, without, the first zero; none at null. Nothing behind the zero is touched.
    pub fn read_to_zero<T: Plain + PartialEq + Default>(self) -> Option<Vec<T>> {
        if self.is_null() {
            return None;
        }
        let mut values = Vec::new();
        let mut next = self;
        while let Some(value) = next.read::<T>() {
            if value == T::default() {
                break;
            }
            values.push(value);
            next = next.forward(size_of::<T>());
        }
        Some(values)
    }

    /// Writes text as UTF-16 while whole characters fit into `capacity` units, without a terminator. Answers how many
    /// bytes of the text were taken and how many units were written.
    pub fn write_utf16(self, text: &str, capacity: usize) -> (usize, usize) {
        if self.is_null() {
            return (0, 0);
        }
        let base = self.as_pointer().cast::<u16>();
        if text.is_ascii() {
            let fitting = text.len().min(capacity);
            for (at, byte) in text.bytes().take(fitting).enumerate() {
                // SAFETY: `at` is below the capacity the application gave; unaligned is allowed for.
                unsafe { base.add(at).write_unaligned(u16::from(byte)) }
            }
            return (fitting, fitting);
        }
        let mut written = 0;
        for (taken, character) in text.char_indices() {
            if capacity - written < character.len_utf16() {
                return (taken, written);
            }
            for unit in character.encode_utf16(&mut [0; 2]) {
                // SAFETY: the check above left room for the whole character; unaligned is allowed for.
                unsafe { base.add(written).write_unaligned(*unit) }
                written += 1;
            }
        }
        (text.len(), written)
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
