//! Passing over values nobody asked for.

use super::{Cursor, Malformed, Read};
use crate::json::structure::Nesting;

impl Cursor<'_> {
    /// Passes over one value of any kind. Of an array or object, only strings and brackets are looked at.
    #[inline]
    pub(in crate::json) fn skip(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'"') => self.skip_string().map(drop),
            Some(b'{' | b'[') => self.skip_nested(),
            _ => self.skip_scalar(),
        }
    }

    fn skip_nested(&mut self) -> Read<()> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match Nesting::default().follow(rest) {
            Ok(Some(length)) => {
                self.at += length;
                Ok(())
            }
            Ok(None) => {
                self.at = self.bytes.len();
                Err(self.malformed("a bracket is not closed"))
            }
            Err(malformed) => Err(Malformed {
                offset: self.at + malformed.offset,
                ..malformed
            }),
        }
    }

    /// Passes over one value; answers whether it is anything but `null`.
    pub(in crate::json) fn skip_and_ask(&mut self) -> Read<bool> {
        let present = self.peek() != Some(b'n');
        self.skip()?;
        Ok(present)
    }

    /// Passes over a string, number or word, which the cursor stands at, and checks it.
    pub(super) fn skip_scalar(&mut self) -> Read<()> {
        match self.byte() {
            Some(b'"') => self.skip_string().map(drop),
            Some(b'n') => self.literal(b"null"),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'-' | b'0'..=b'9') => self.skip_number(),
            Some(b'N' | b'I') => Err(self.malformed("a value was expected, which NaN and Infinity are not in JSON")),
            _ => Err(self.malformed("a value was expected")),
        }
    }
}
