//! Text and numbers on their way in and out of a call, in the encoding and with the lengths of the form that was called.

use super::diagnostics::{Diagnostic, Diagnostics};
use super::memory::Address;
use super::sqlstate::SqlState;
use super::text::{Encoding, TextError};

/// A text the application passes; read only under the boundary, so that a bad length can be posted.
#[derive(Clone, Copy, Debug)]
pub struct TextIn {
    encoding: Encoding,
    address: Address,
    length: isize,
}

impl TextIn {
    /// A text of `length` units of the encoding, or up to its terminator.
    pub fn new(encoding: Encoding, address: impl Into<Address>, length: isize) -> Self {
        let address = address.into();
        Self {
            encoding,
            address,
            length,
        }
    }

    /// A text whose length is given in bytes whatever the encoding (attributes and descriptor fields).
    pub fn bytes(encoding: Encoding, address: Address, length: isize) -> Self {
        let unit = isize::try_from(encoding.unit()).unwrap_or(1);
        let length = if length > 0 { length / unit } else { length };
        Self {
            encoding,
            address,
            length,
        }
    }

    /// The text; none at a null pointer. HY090 for a bad length.
    pub fn read(self) -> Result<Option<String>, Diagnostic> {
        self.encoding
            .read(self.address, self.length)
            .map_err(|TextError::Length| {
                let message = format!(
                    "The length of a text argument is {}; give its length or SQL_NTS.",
                    self.length
                );
                Diagnostic::new(SqlState::Length, message)
            })
    }

    /// The text; HY009 at a null pointer.
    pub fn required(self) -> Result<String, Diagnostic> {
        self.read()?
            .ok_or_else(|| Diagnostic::new(SqlState::NullPointer, "A text argument is a null pointer."))
    }
}

/// Where a length goes, in the width the function gives it. May be null.
#[derive(Clone, Copy, Debug)]
pub enum Length {
    /// `SQLSMALLINT`
    I16(Address),
    /// `SQLINTEGER`
    I32(Address),
}

impl Length {
    fn write(self, length: usize) {
        match self {
            Self::I16(address) => address.write(i16::try_from(length).unwrap_or(i16::MAX)),
            Self::I32(address) => address.write(i32::try_from(length).unwrap_or(i32::MAX)),
        }
    }
}

/// A buffer for text with the place for its length.
#[derive(Clone, Copy, Debug)]
pub struct TextOut {
    /// Narrow or wide.
    pub encoding: Encoding,
    /// The buffer; null asks for the length alone.
    pub address: Address,
    /// Room in characters or bytes, as the function counts. Negative is an error of the application.
    pub capacity: isize,
    /// Where the whole length goes, counted alike.
    pub length: Length,
    in_bytes: bool,
}

impl TextOut {
    /// For functions that count characters.
    pub fn characters(encoding: Encoding, address: impl Into<Address>, capacity: isize, length: Length) -> Self {
        let address = address.into();
        Self {
            encoding,
            address,
            capacity,
            length,
            in_bytes: false,
        }
    }

    /// For functions that count bytes in both forms.
    pub fn bytes(encoding: Encoding, address: impl Into<Address>, capacity: isize, length: Length) -> Self {
        Self {
            in_bytes: true,
            ..Self::characters(encoding, address, capacity, length)
        }
    }

    /// Writes as much as fits and the whole length. Whether the text was cut.
    pub fn write(&self, text: &str) -> bool {
        let unit = if self.in_bytes { self.encoding.unit() } else { 1 };
        let room = if self.address.is_null() {
            0
        } else {
            usize::try_from(self.capacity).unwrap_or(0) / unit
        };
        let written = self.encoding.write(text, self.address, room);
        self.length.write(written.full_length * unit);
        written.truncated && !self.address.is_null()
    }

    /// As [`TextOut::write`]; posts 01004 when the text was cut, and HY090 for a negative capacity.
    pub fn deliver(&self, text: &str, diagnostics: &mut Diagnostics) -> Result<(), Diagnostic> {
        if self.capacity < 0 && !self.address.is_null() {
            return Err(negative_length());
        }
        if self.write(text) {
            diagnostics.warn(
                SqlState::RightTruncated,
                "The text was cut because the buffer is too short for it.",
            );
        }
        Ok(())
    }
}

/// HY090 for a buffer whose length is negative.
pub fn negative_length() -> Diagnostic {
    Diagnostic::new(SqlState::Length, "The length of a buffer is negative.")
}

/// The value of an attribute or field, with the width it is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Two bytes.
    Small(i16),
    /// Two bytes, unsigned.
    Word(u16),
    /// Four bytes.
    Integer(i32),
    /// Four bytes, unsigned.
    Unsigned(u32),
    /// Eight bytes.
    Length(isize),
    /// Eight bytes, unsigned.
    Size(usize),
    /// An address of the application's.
    Pointer(Address),
    /// Text.
    Text(String),
}

impl Value {
    /// Writes the value: text to `text`, anything else with its own width to `address`. Whether text was cut.
    pub fn write(&self, address: Address, text: &TextOut) -> bool {
        match self {
            Self::Small(value) => address.write(*value),
            Self::Word(value) => address.write(*value),
            Self::Integer(value) => address.write(*value),
            Self::Unsigned(value) => address.write(*value),
            Self::Length(value) => address.write(*value),
            Self::Size(value) => address.write(*value),
            Self::Pointer(value) => address.write(value.as_pointer().addr()),
            Self::Text(value) => return text.write(value),
        }
        false
    }

    /// As [`Value::write`]; posts 01004 when text was cut, and HY090 for a negative capacity.
    pub fn deliver(&self, text: &TextOut, diagnostics: &mut Diagnostics) -> Result<(), Diagnostic> {
        match self {
            Self::Text(value) => text.deliver(value, diagnostics),
            number => {
                number.write(text.address, text);
                Ok(())
            }
        }
    }

    /// The value as `SQLColAttribute` gives numbers.
    pub fn as_length(&self) -> Option<isize> {
        match self {
            Self::Small(value) => Some(isize::from(*value)),
            Self::Word(value) => isize::try_from(*value).ok(),
            Self::Integer(value) => isize::try_from(*value).ok(),
            Self::Unsigned(value) => isize::try_from(*value).ok(),
            Self::Length(value) => Some(*value),
            Self::Size(value) => Some(isize::try_from(*value).unwrap_or(isize::MAX)),
            Self::Pointer(_) | Self::Text(_) => None,
        }
    }
}

/// A number that came in the place of a pointer: attributes and descriptor fields pass both alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(pub Address);

impl Word {
    /// A number as an application would pass it.
    pub fn of(number: usize) -> Self {
        Self(Address::of(std::ptr::without_provenance::<u8>(number)))
    }

    /// All of it.
    pub fn size(self) -> usize {
        self.0.as_pointer().addr()
    }

    /// All of it, signed.
    pub fn length(self) -> isize {
        self.size().cast_signed()
    }

    /// The low half: some compilers leave rubbish above an `SQLUINTEGER` cast to a pointer.
    pub fn unsigned(self) -> u32 {
        let [a, b, c, d, ..] = self.size().to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }

    /// The low half, signed.
    pub fn integer(self) -> i32 {
        self.unsigned().cast_signed()
    }

    /// The low two bytes, signed.
    pub fn small(self) -> i16 {
        let [a, b, ..] = self.size().to_le_bytes();
        i16::from_le_bytes([a, b])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_in_the_width_of_the_attribute() {
        let word = Word::of(0xdead_beef_0000_fff8);
        assert_eq!(word.small(), -8);
        assert_eq!(word.unsigned(), 0xfff8);
        assert_eq!(word.length(), 0xdead_beef_0000_fff8_usize.cast_signed());
    }

    #[test]
    fn numbers_are_written_in_their_width_only() {
        let mut memory = [0xff_u8; 8];
        let address = Address::of(memory.as_mut_ptr());
        let text = TextOut::bytes(Encoding::Narrow, Address::NULL, 0, Length::I16(Address::NULL));
        Value::Small(1).write(address, &text);
        assert_eq!(memory, [1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        Value::Unsigned(2).write(address, &text);
        assert_eq!(memory, [2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        Value::Length(-1).write(address, &text);
        assert_eq!(memory, [0xff; 8]);
    }
}
