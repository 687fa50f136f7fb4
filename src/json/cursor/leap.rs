//! Finding the members of an object before any of them is read.

use super::{Cursor, Malformed, Quoted, Read};
use crate::json::structure::{Nesting, Outline};

impl Cursor<'_> {
    /// Where the members are of the object the cursor stands at, and where it ends. The cursor stays.
    pub(in crate::json) fn outline(&mut self, with_inner: bool, outline: &mut Outline) -> Read<usize> {
        outline.clear();
        self.peek();
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut nesting = Nesting::default();
        let followed = match with_inner {
            true => nesting.follow_members::<{ Outline::INNER }>(rest, outline),
            false => nesting.follow_members::<{ Outline::OUTER }>(rest, outline),
        };
        let length = followed.map_err(|malformed| Malformed {
            offset: self.at + malformed.offset,
            ..malformed
        })?;
        let Some(length) = length else {
            self.at = self.bytes.len();
            return Err(self.malformed("a bracket is not closed"));
        };
        if self.at > 0 {
            let places = [&mut outline.colons, &mut outline.inner, &mut outline.ends];
            places.into_iter().flatten().for_each(|place| *place += self.at);
        }
        Ok(self.at + length)
    }

    /// Whether a name stands just before this colon, and just before that what must be before the first member or before
    /// another.
    #[inline(always)]
    pub(in crate::json) fn is_named(&self, colon: usize, name: &Quoted, is_first: bool) -> bool {
        let up_to = self.bytes.get(..colon).unwrap_or_default();
        // A quote in a name follows a backslash, so the one that is found begins it.
        name.ends(up_to) && self.before(colon - name.len()) == Some(if is_first { b'{' } else { b',' })
    }

    /// The last byte before `at` that is no white space.
    #[inline(always)]
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
