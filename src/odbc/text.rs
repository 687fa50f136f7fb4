//! Narrow (UTF-8) and wide (UTF-16) text in the application's buffers.

use super::memory::Address;

/// Which of the two forms of a function was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `SQLCHAR`, UTF-8.
    Narrow,
    /// `SQLWCHAR`, UTF-16.
    Wide,
}

/// Why a text argument cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// The length is negative and not `SQL_NTS` (HY090).
    Length,
}

/// What writing a text did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Length of the whole text in units of the encoding, without terminator.
    pub full_length: usize,
    /// Whether the buffer was too small (01004).
    pub truncated: bool,
}

impl Encoding {
    /// Bytes per unit: 1 or 2.
    pub fn unit(self) -> usize {
        match self {
            Self::Narrow => 1,
            Self::Wide => 2,
        }
    }

    /// Reads a text argument of `length` units, or up to its terminator for `SQL_NTS` (-3). None at null.
    ///
    /// Invalid sequences become U+FFFD; one trailing NUL inside the length is dropped.
    pub fn read(self, address: Address, length: isize) -> Result<Option<String>, TextError> {
        let _ = (address, length);
        todo!()
    }

    /// Writes text and a terminator into a buffer of `capacity` units, never cutting a character in half.
    pub fn write(self, text: &str, address: Address, capacity: usize) -> Written {
        let _ = (text, address, capacity);
        todo!()
    }
}
