//! A strict reader of one JSON text (RFC 8259), from its first byte to its last, without a tree.
//!
//! It hands out numbers as they are written and arrays as their own text, so that whoever reads a value decides what it
//! becomes. Values nobody asks for are checked and skipped.

mod skip;
mod text;

use std::borrow::Cow;
use std::str;

/// What a JSON value is, as far as a column needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number as it is written.
    Number(&'a str),
    /// A string, unescaped.
    Text(Cow<'a, str>),
    /// An array, or an object without members: its JSON text without white space.
    Nested(Cow<'a, str>),
}

/// Why a text is not JSON, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    /// The offset of the offending byte in the text.
    pub offset: usize,
    /// What is wrong there, as the end of a sentence.
    pub problem: &'static str,
}

type Read<T> = Result<T, Malformed>;

/// A position in a JSON text.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor before the first byte.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The first byte of the next token, which stays unread.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.byte() {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    /// Reads a value that is not an object with members; those are walked with [`Cursor::members`].
    pub(super) fn value(&mut self) -> Read<Value<'a>> {
        match self.peek() {
            Some(b'n') => self.literal(b"null").map(|()| Value::Null),
            Some(b't') => self.literal(b"true").map(|()| Value::Boolean(true)),
            Some(b'f') => self.literal(b"false").map(|()| Value::Boolean(false)),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b'"') => self.string().map(Value::Text),
            _ => {
                let from = self.at;
                self.skip()?;
                self.compact(from).map(Value::Nested)
            }
        }
    }

    /// Walks the members of an object. `member` must read or skip the value behind the key it is given.
    ///
    /// Answers whether there was any member.
    pub(super) fn members<E: From<Malformed>>(
        &mut self,
        mut member: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), E>,
    ) -> Result<bool, E> {
        self.expect(b'{', "an object was expected")?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(false);
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.malformed("a member name in double quotes was expected").into());
            }
            let key = self.string()?;
            self.expect(b':', "`:` was expected after a member name")?;
            member(self, key)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(true);
                }
                _ => return Err(self.malformed("`,` or `}` was expected after a member").into()),
            }
        }
    }

    /// Checks that nothing but white space follows.
    pub(super) fn end(&mut self) -> Read<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.malformed("the value ends before this")),
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn malformed(&self, problem: &'static str) -> Malformed {
        Malformed {
            offset: self.at,
            problem: if self.at >= self.text.len() {
                "it ends too early"
            } else {
                problem
            },
        }
    }

    fn expect(&mut self, byte: u8, problem: &'static str) -> Read<()> {
        if self.peek() != Some(byte) {
            return Err(self.malformed(problem));
        }
        self.at += 1;
        Ok(())
    }

    fn literal(&mut self, word: &'static [u8]) -> Read<()> {
        for &letter in word {
            if self.byte() != Some(letter) {
                return Err(self.malformed("`null`, `true` or `false` was expected"));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Read<&'a str> {
        let from = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.digits()?;
        }
        // `01` and `1x` must not pass as two values.
        if let Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'+' | b'-' | b'_') = self.byte() {
            return Err(self.malformed("this is not how a number is written in JSON"));
        }
        self.utf8(from, self.at)
    }

    fn digits(&mut self) -> Read<()> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        if self.at == from {
            return Err(self.malformed("a digit was expected"));
        }
        Ok(())
    }

    fn utf8(&self, from: usize, to: usize) -> Read<&'a str> {
        let bytes = self.text.get(from..to).unwrap_or_default();
        str::from_utf8(bytes).map_err(|error| Malformed {
            offset: from + error.valid_up_to(),
            problem: "this is not UTF-8",
        })
    }
}

#[cfg(test)]
mod tests;
