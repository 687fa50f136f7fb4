//! Passing over values nobody asked for, checking that they are JSON.

use smallvec::SmallVec;

use super::{Cursor, KEY_EXPECTED, Read};

/// What closes the arrays and objects that are open: a byte a level, and few documents have more levels than these.
type Open = SmallVec<[u8; 32]>;

impl Cursor<'_> {
    /// Passes over one value of any kind. Nesting costs a byte a level, never the stack.
    pub(in crate::json) fn skip(&mut self) -> Read<()> {
        let mut open = Open::new();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    if self.peek() != Some(b'}') {
                        open.push(b'}');
                        self.skip_key()?;
                        continue;
                    }
                    self.at += 1;
                }
                Some(b'[') => {
                    self.at += 1;
                    if self.peek() != Some(b']') {
                        open.push(b']');
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

    fn skip_key(&mut self) -> Read<()> {
        if self.peek() != Some(b'"') {
            return Err(self.malformed(KEY_EXPECTED));
        }
        self.skip_string()?;
        self.colon()
    }

    /// After a value: closes what ends here and passes over the comma. False when nothing is open any more.
    fn skip_closings(&mut self, open: &mut Open) -> Read<bool> {
        while let Some(&closing) = open.last() {
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    if closing == b'}' {
                        self.skip_key()?;
                    }
                    return Ok(true);
                }
                Some(byte) if byte == closing => {
                    self.at += 1;
                    open.pop();
                }
                _ if closing == b'}' => return Err(self.malformed("`,` or `}` was expected after a member")),
                _ => return Err(self.malformed("`,` or `]` was expected after an element")),
            }
        }
        Ok(false)
    }
}
