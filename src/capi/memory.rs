//! The memory of the program: texts and bytes are read from it, answers are written to it.

#![allow(unsafe_code, reason = "reading and writing where the program points to")]

use std::ffi::{CStr, CString, c_char};

use crate::secret::Secret;
use crate::sqlstate::SqlState;

use super::failure::Failure;

/// Reads a text; none at a null pointer. 22018 when it is not UTF-8.
pub fn text(text: *const c_char) -> Result<Option<String>, Failure> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: the program passes NUL-terminated text or null, as the header asks for.
    let bytes = unsafe { CStr::from_ptr(text) };
    match bytes.to_str() {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err(Failure::new(
            SqlState::BadCharacter,
            "A text argument is not UTF-8, which is the only encoding of this API.",
        )),
    }
}

/// As [`text`]; HY009 at a null pointer.
pub fn required_text(pointer: *const c_char) -> Result<String, Failure> {
    text(pointer)?.ok_or_else(|| null("A text argument"))
}

/// Reads bytes; a null pointer is allowed where there are none.
pub fn bytes(bytes: *const u8, length: usize) -> Result<Vec<u8>, Failure> {
    match (bytes.is_null(), length) {
        (_, 0) => Ok(Vec::new()),
        (true, _) => Err(null("The pointer to the bytes")),
        // SAFETY: the program says that so many bytes are there.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts(bytes, length) }.to_vec()),
    }
}

/// HY009 when there is no place for an answer.
pub fn check<T>(place: *mut T) -> Result<(), Failure> {
    match place.is_null() {
        true => Err(null("The place for the answer")),
        false => Ok(()),
    }
}

/// Writes an answer; HY009 when there is no place for it.
pub fn put<T>(place: *mut T, value: T) -> Result<(), Failure> {
    check(place)?;
    put_if(place, value);
    Ok(())
}

/// Writes an answer where the program wants it.
pub fn put_if<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: the program passes null or a place for a value of this type. What is there is not read.
        unsafe { place.write_unaligned(value) }
    }
}

/// Writes a text with its NUL into a buffer; false, and nothing is written, when there is no room.
pub fn fill(buffer: *mut c_char, capacity: usize, text: &str) -> bool {
    if buffer.is_null() || capacity <= text.len() {
        return false;
    }
    let buffer = buffer.cast::<u8>();
    // SAFETY: the program says that the buffer has `capacity` bytes, which are more than the text has.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), buffer, text.len());
        buffer.add(text.len()).write(0);
    }
    true
}

/// A text for C, which cannot hold a NUL.
pub fn c_text(text: String) -> CString {
    CString::new(text).unwrap_or_else(|error| {
        let mut bytes = error.into_vec();
        bytes.retain(|byte| *byte != 0);
        CString::new(bytes).unwrap_or_default()
    })
}

/// A secret for C, which is wiped when it is dropped.
pub fn c_secret(secret: &Secret) -> Secret<Vec<u8>> {
    let secret = secret.expose();
    let mut bytes = Vec::with_capacity(secret.len() + 1);
    bytes.extend(secret.bytes());
    bytes.push(0);
    Secret::new(bytes)
}

/// HY009
fn null(what: &str) -> Failure {
    Failure::new(SqlState::NullPointer, format!("{what} is a null pointer."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_without_room_for_the_nul_is_left_as_it_is() {
        let mut buffer = [b'x'; 4];
        assert!(!fill(buffer.as_mut_ptr().cast(), 4, "four"));
        assert_eq!(buffer, *b"xxxx");
        assert!(fill(buffer.as_mut_ptr().cast(), 4, "two"));
        assert_eq!(buffer, *b"two\0");
    }

    #[test]
    fn a_text_that_is_not_utf_8_is_refused() {
        let failure = text(c"\xff".as_ptr()).unwrap_err();
        assert_eq!(failure.state, SqlState::BadCharacter);
        assert_eq!(text(c"ä".as_ptr()).unwrap().as_deref(), Some("ä"));
        assert_eq!(text(std::ptr::null()).unwrap(), None);
    }

    #[test]
    fn a_nul_inside_is_left_out() {
        assert_eq!(c_text("a\0b".to_owned()), CString::from(c"ab"));
    }
}
