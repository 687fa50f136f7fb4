//! The text of nested values: checked to be JSON, without the white space between its tokens.

use std::borrow::Cow;

use super::{COLON_EXPECTED, Cursor, KEY_EXPECTED, Malformed, NOT_UTF8, Read};
use crate::json::structure::Open;

/// What is wrong with the beginning of an array or object, whatever may follow it.
pub(in crate::json) fn judge_beginning(bytes: &[u8]) -> Read<()> {
    let (valid, invalid) = match std::str::from_utf8(bytes) {
        Ok(_) => (bytes.len(), None),
        // The last character may be cut.
        Err(error) => (error.valid_up_to(), error.error_len()),
    };
    let mut cursor = Cursor::new(bytes.get(..valid).unwrap_or_default())?;
    match cursor.nested() {
        Err(malformed) if malformed.offset < valid => Err(malformed),
        _ if invalid.is_some() => Err(Malformed {
            offset: valid,
            problem: NOT_UTF8,
        }),
        _ => Ok(()),
    }
}

/// The text of a value whose tokens are passed over one by one.
struct Text {
    /// What is taken, once there is something to leave out.
    taken: String,
    /// Where that begins which is not taken yet.
    from: usize,
}

impl<'a> Cursor<'a> {
    /// Reads an array or object. Nesting costs a bit a level, never the stack.
    pub(super) fn nested(&mut self) -> Read<Cow<'a, str>> {
        let from = self.at;
        let taken = String::new();
        let mut text = Text { taken, from };
        self.check(&mut text)?;
        let rest = self.written(text.from, self.at);
        if text.from == from {
            return Ok(Cow::Borrowed(rest));
        }
        text.taken.push_str(rest);
        Ok(Cow::Owned(text.taken))
    }

    fn check(&mut self, text: &mut Text) -> Read<()> {
        let mut open = Open::default();
        loop {
            match self.token(text) {
                Some(b'{') => {
                    self.at += 1;
                    if self.token(text) != Some(b'}') {
                        open.push(true);
                        self.check_key(text)?;
                        continue;
                    }
                    self.at += 1;
                }
                Some(b'[') => {
                    self.at += 1;
                    if self.token(text) != Some(b']') {
                        open.push(false);
                        continue;
                    }
                    self.at += 1;
                }
                _ => self.skip_scalar()?,
            }
            if !self.check_closings(&mut open, text)? {
                return Ok(());
            }
        }
    }

    /// The first byte of the next token, which stays unread. What is before it is no part of the text.
    #[inline(always)]
    fn token(&mut self, text: &mut Text) -> Option<u8> {
        let before = self.at;
        let byte = self.peek();
        if self.at > before {
            if text.taken.capacity() == 0 {
                // Most nested values are short, and most of them is no white space.
                text.taken.reserve(64.max(before - text.from));
            }
            text.taken.push_str(self.written(text.from, before));
            text.from = self.at;
        }
        byte
    }

    #[inline(always)]
    fn check_key(&mut self, text: &mut Text) -> Read<()> {
        if self.token(text) != Some(b'"') {
            return Err(self.malformed(KEY_EXPECTED));
        }
        self.skip_string()?;
        if self.token(text) != Some(b':') {
            return Err(self.malformed(COLON_EXPECTED));
        }
        self.at += 1;
        Ok(())
    }

    /// After a value: closes what ends here and passes over the comma. False when nothing is open any more.
    #[inline(always)]
    fn check_closings(&mut self, open: &mut Open, text: &mut Text) -> Read<bool> {
        while let Some(is_object) = open.innermost() {
            match (self.token(text), is_object) {
                (Some(b','), _) => {
                    self.at += 1;
                    if is_object {
                        self.check_key(text)?;
                    }
                    return Ok(true);
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    self.at += 1;
                    let _ = open.pop();
                }
                (_, true) => return Err(self.malformed("`,` or `}` was expected after a member")),
                (_, false) => return Err(self.malformed("`,` or `]` was expected after an element")),
            }
        }
        Ok(false)
    }
}
