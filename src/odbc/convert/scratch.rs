//! A small text buffer on the stack, so that converting a cell allocates nothing.

use std::fmt;

/// Room for the longest number, date or structure: 39 digits moved by the largest negative scale.
const CAPACITY: usize = 192;

/// Text or bytes under construction.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self {
            bytes: [0; CAPACITY],
            length: 0,
        }
    }

    /// Empties the buffer.
    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    /// Appends bytes; what has no room is left out, which no value of a supported type needs.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(room) = self.bytes.get_mut(self.length..end) {
            room.copy_from_slice(bytes);
            self.length = end;
        }
    }

    /// Appends a number in decimal digits, with leading zeros up to `width`.
    pub(super) fn push_padded(&mut self, number: u32, width: usize) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(number);
        for _ in digits.len()..width {
            self.push(b"0");
        }
        self.push(digits.as_bytes());
    }

    /// What was appended.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// What was appended, as text.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

impl fmt::Write for Scratch {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}
