//! Narrow (UTF-8) and wide (UTF-16, or UCS-4) text in the application's buffers.

use super::host;
use super::memory::Address;

/// Which of the two forms of a function was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `SQLCHAR`, UTF-8.
    Narrow,
    /// `SQLWCHAR`, UTF-16.
    Wide,
    /// `SQLWCHAR` where it is a `wchar_t` of four bytes.
    Ucs4,
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

/// How far a copy without terminator came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Bytes taken from the (UTF-8) text.
    pub taken: usize,
    /// Units written.
    pub units: usize,
}

impl Encoding {
    /// That of `SQLWCHAR` in this process.
    pub fn wide() -> Self {
        if host::is_ucs4() { Self::Ucs4 } else { Self::Wide }
    }

    /// Bytes per unit: 1, 2 or 4.
    pub fn unit(self) -> usize {
        match self {
            Self::Narrow => 1,
            Self::Wide => 2,
            Self::Ucs4 => 4,
        }
    }

    /// Units that a text takes, without terminator.
    pub fn length(self, text: &str) -> usize {
        match self {
            Self::Narrow => text.len(),
            // A byte that begins a character is one unit; one that begins a character of four bytes is two.
            Self::Wide => {
                let characters = text.bytes().filter(|byte| !is_continuation(*byte)).count();
                characters + text.bytes().filter(|byte| *byte >= 0xF0).count()
            }
            Self::Ucs4 => text.chars().count(),
        }
    }

    /// Reads a text argument of `length` units, or up to its terminator for `SQL_NTS` (-3). None at null.
    ///
    /// Invalid sequences become U+FFFD; one trailing NUL inside the length is dropped.
    pub fn read(self, address: Address, length: isize) -> Result<Option<String>, TextError> {
        let count = match usize::try_from(length) {
            Ok(count) => Some(count),
            Err(_) if length == odbc_sys::NTS => None,
            Err(_) => return Err(TextError::Length),
        };
        Ok(match self {
            Self::Narrow => units::<u8>(address, count).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            Self::Wide => units::<u16>(address, count).map(|units| String::from_utf16_lossy(&units)),
            Self::Ucs4 => units::<u32>(address, count).map(|units| units.into_iter().map(character).collect()),
        })
    }

    /// Writes text and a terminator into a buffer of `capacity` units, never cutting a character in half.
    ///
    /// Without a buffer (null) nothing can be cut: the caller only asked for the length.
    pub fn write(self, text: &str, address: Address, capacity: usize) -> Written {
        let full_length = self.length(text);
        if address.is_null() {
            return Written {
                full_length,
                truncated: false,
            };
        }
        if let Some(room) = capacity.checked_sub(1) {
            let copied = self.copy(text, address, room);
            self.terminate(address, copied.units);
        }
        Written {
            full_length,
            truncated: full_length >= capacity,
        }
    }

    /// Writes as many whole characters as fit into `capacity` units, without a terminator.
    pub(crate) fn copy(self, text: &str, address: Address, capacity: usize) -> Copied {
        match self {
            Self::Narrow => {
                let fitting = fitting(text, capacity);
                address.write_bytes(fitting.as_bytes());
                Copied {
                    taken: fitting.len(),
                    units: fitting.len(),
                }
            }
            Self::Wide => {
                let (taken, units) = address.write_utf16(text, capacity);
                Copied { taken, units }
            }
            Self::Ucs4 => {
                let mut copied = Copied { taken: 0, units: 0 };
                for character in text.chars().take(capacity) {
                    address.forward(copied.units * self.unit()).write(u32::from(character));
                    copied.taken += character.len_utf8();
                    copied.units += 1;
                }
                copied
            }
        }
    }

    /// Writes a terminator behind `units` units.
    #[inline]
    pub(crate) fn terminate(self, address: Address, units: usize) {
        let end = address.forward(units.saturating_mul(self.unit()));
        match self {
            Self::Narrow => end.write(0_u8),
            Self::Wide => end.write(0_u16),
            Self::Ucs4 => end.write(0_u32),
        }
    }
}

/// The longest beginning of a text that is at most `limit` bytes and ends between characters.
fn fitting(text: &str, limit: usize) -> &str {
    let limit = text.floor_char_boundary(limit);
    text.get(..limit).unwrap_or_default()
}

fn character(unit: u32) -> char {
    char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// Reads `count` units, or those before the terminator. Some programs count the terminator in: one is dropped.
fn units<T: super::memory::Plain + PartialEq + Default>(address: Address, count: Option<usize>) -> Option<Vec<T>> {
    let Some(count) = count else {
        return address.read_to_zero();
    };
    let mut units = address.read_all::<T>(count)?;
    if units.last() == Some(&T::default()) {
        units.pop();
    }
    Some(units)
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
