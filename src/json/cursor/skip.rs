//! Passing over values nobody asked for, checking that they are JSON.

use super::{Cursor, KEY_EXPECTED, Read};

/// The arrays and objects that are open: a bit a level.
#[derive(Default)]
struct Open {
    depth: usize,
    /// The last up to 64 levels, the innermost lowest; 1 is an object.
    bits: u64,
    /// The levels before, 64 in each.
    outer: Vec<u64>,
}

impl Open {
    #[inline]
    fn push(&mut self, is_object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.bits);
        }
        self.bits = self.bits << 1 | u64::from(is_object);
        self.depth += 1;
    }

    #[inline]
    fn pop(&mut self) {
        self.depth -= 1;
        self.bits >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.bits = self.outer.pop().unwrap_or_default();
        }
    }

    /// Whether the innermost level is an object; none when nothing is open.
    #[inline]
    fn innermost(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.bits & 1 == 1)
    }
}

impl Cursor<'_> {
    /// Passes over one value of any kind. Nesting costs a bit a level, never the stack.
    pub(in crate::json) fn skip(&mut self) -> Read<()> {
        let mut open = Open::default();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    if self.peek() != Some(b'}') {
                        open.push(true);
                        self.skip_key()?;
                        continue;
                    }
                    self.at += 1;
                }
                Some(b'[') => {
                    self.at += 1;
                    if self.peek() != Some(b']') {
                        open.push(false);
                        continue;
                    }
                    self.at += 1;
                }
                Some(b'"') => {
                    self.skip_string()?;
                }
                Some(b'n') => self.literal(b"null")?,
                Some(b't') => self.literal(b"true")?,
                Some(b'f') => self.literal(b"false")?,
                Some(b'-' | b'0'..=b'9') => self.skip_number()?,
                _ => return Err(self.malformed("a value was expected")),
            }
            if !self.skip_closings(&mut open)? {
                return Ok(());
            }
        }
    }

    /// Passes over one value; answers whether it is anything but `null`.
    pub(in crate::json) fn skip_and_ask(&mut self) -> Read<bool> {
        let present = self.peek() != Some(b'n');
        self.skip()?;
        Ok(present)
    }

    #[inline(always)]
    fn skip_key(&mut self) -> Read<()> {
        if self.peek() != Some(b'"') {
            return Err(self.malformed(KEY_EXPECTED));
        }
        self.skip_string()?;
        self.colon()
    }

    /// After a value: closes what ends here and passes over the comma. False when nothing is open any more.
    #[inline(always)]
    fn skip_closings(&mut self, open: &mut Open) -> Read<bool> {
        while let Some(is_object) = open.innermost() {
            match (self.peek(), is_object) {
                (Some(b','), _) => {
                    self.at += 1;
                    if is_object {
                        self.skip_key()?;
                    }
                    return Ok(true);
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    self.at += 1;
                    open.pop();
                }
                (_, true) => return Err(self.malformed("`,` or `}` was expected after a member")),
                (_, false) => return Err(self.malformed("`,` or `]` was expected after an element")),
            }
        }
        Ok(false)
    }
}
