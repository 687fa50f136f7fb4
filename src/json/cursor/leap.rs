//! Finding the members of an object before any of them is read.

use super::{Cursor, Malformed, Read, same};
use crate::json::structure::Nesting;

impl Cursor<'_> {
    /// Where the colons of the members are of the object the cursor stands at, and where it ends. The cursor stays.
    pub(in crate::json) fn colons(&mut self, colons: &mut Vec<usize>) -> Read<usize> {
        colons.clear();
        self.peek();
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let located = |malformed: Malformed| Malformed {
            offset: self.at + malformed.offset,
            ..malformed
        };
        let length = Nesting::default().follow_members(rest, colons).map_err(located)?;
        let Some(length) = length else {
            self.at = self.bytes.len();
            return Err(self.malformed("a bracket is not closed"));
        };
        colons.iter_mut().for_each(|colon| *colon += self.at);
        Ok(self.at + length)
    }

    /// Whether `name`, which needs no escapes, stands just before this colon, and just before that what must be before
    /// the first member or before another.
    #[inline]
    pub(in crate::json) fn is_named(&self, colon: usize, name: &str, is_first: bool) -> bool {
        let named = || {
            let opening = colon.checked_sub(name.len() + 2)?;
            let (b'"', quoted) = self.bytes.get(opening..colon)?.split_first()? else {
                return None;
            };
            let (b'"', written) = quoted.split_last()? else {
                return None;
            };
            // A quote in a name follows a backslash, so this one begins it.
            let before = self.before(opening)?;
            (before == if is_first { b'{' } else { b',' } && same(written, name.as_bytes())).then_some(())
        };
        named().is_some()
    }

    /// The last byte before `at` that is no white space.
    #[inline]
    fn before(&self, at: usize) -> Option<u8> {
        let before = self.bytes.get(..at)?.iter().rev();
        before
            .copied()
            .find(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))
    }

    /// Goes on behind the colon of a member.
    #[inline]
    pub(in crate::json) fn go_behind(&mut self, colon: usize) {
        self.at = colon + 1;
    }

    /// Goes on behind an object that ends before `end`, if a member or nothing is the last thing in it.
    pub(in crate::json) fn leave(&mut self, end: usize) -> Read<()> {
        self.at = end - 1;
        if self.before(self.at) == Some(b',') {
            return Err(self.malformed(super::KEY_EXPECTED));
        }
        self.at = end;
        Ok(())
    }
}
