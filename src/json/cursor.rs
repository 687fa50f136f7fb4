//! A strict reader of one JSON text (RFC 8259), from its first byte to its last, without a tree.
//!
//! It hands out numbers as they are written and arrays as their own text, so that whoever reads a value decides what it
//! becomes. Of values nobody asks for, only the extent is judged.

mod check;
mod elements;
mod leap;
mod quoted;
mod skip;
mod text;

use std::borrow::Cow;

pub use super::malformed::Malformed;
pub(super) use check::judge_beginning;
pub(super) use quoted::Quoted;

/// What a JSON value is, as far as a column needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
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

type Read<T> = Result<T, Malformed>;

/// A position in a JSON text.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor before the first byte, where all of them are UTF-8.
    pub(super) fn new(bytes: &'a [u8]) -> Read<Self> {
        // The quick judge does not say where.
        let text = simdutf8::basic::from_utf8(bytes).map_err(|_| Malformed {
            offset: simdutf8::compat::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len),
            problem: NOT_UTF8,
        })?;
        Ok(Self::of(text))
    }

    /// A cursor before the first byte.
    pub(super) fn of(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        Self { text, bytes, at: 0 }
    }

    /// The first byte of the next token, which stays unread.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.byte() {
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    /// Reads a value that is not an object with members; those are walked with [`Cursor::members`].
    // Inlined, since a value is moved slowly: its fields are not as wide as the copies that are made of them.
    #[inline(always)]
    pub(super) fn value(&mut self) -> Read<Value<'a>> {
        match self.peek() {
            Some(b'n') => self.literal(b"null").map(|()| Value::Null),
            Some(b't') => self.literal(b"true").map(|()| Value::Boolean(true)),
            Some(b'f') => self.literal(b"false").map(|()| Value::Boolean(false)),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b'"') => self.string().map(Value::Text),
            _ => self.nested().map(Value::Nested),
        }
    }

    /// Enters an object; whether it has a first member, which comes next.
    pub(super) fn first_member(&mut self) -> Read<bool> {
        self.expect(b'{', "an object was expected")?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// After the value of a member: whether another member comes next. If not, the object is left.
    #[inline]
    pub(super) fn next_member(&mut self) -> Read<bool> {
        match self.peek() {
            Some(b',') => {
                self.pass();
                Ok(true)
            }
            Some(b'}') => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(self.malformed("`,` or `}` was expected after a member")),
        }
    }

    /// Passes over the key of a member if it is written as `guess`.
    #[inline(always)]
    pub(super) fn is_member(&mut self, guess: &Quoted) -> Read<bool> {
        self.peek();
        let is_it = guess.begins(self.bytes.get(self.at..).unwrap_or_default());
        if is_it {
            self.at += guess.len();
            self.colon()?;
        }
        Ok(is_it)
    }

    /// Reads the key of a member, unescaped; its value comes next.
    pub(super) fn key(&mut self) -> Read<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return Err(self.malformed(KEY_EXPECTED));
        }
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// That something is wrong at the next byte.
    pub(super) fn malformed(&self, problem: &'static str) -> Malformed {
        Malformed {
            offset: self.at,
            problem: if self.at >= self.bytes.len() {
                "it ends too early"
            } else {
                problem
            },
        }
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8, problem: &'static str) -> Read<()> {
        if self.peek() != Some(byte) {
            return Err(self.malformed(problem));
        }
        self.pass();
        Ok(())
    }

    /// Passes over a byte, with the one space that often follows it.
    #[inline(always)]
    fn pass(&mut self) {
        self.at += 1;
        self.at += usize::from(self.byte() == Some(b' '));
    }

    #[inline(always)]
    fn colon(&mut self) -> Read<()> {
        self.expect(b':', COLON_EXPECTED)
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

    #[inline(always)]
    fn number(&mut self) -> Read<&'a str> {
        let from = self.at;
        self.skip_number()?;
        Ok(self.written(from, self.at))
    }

    fn skip_number(&mut self) -> Read<()> {
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
        Ok(())
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

    /// The text between two tokens' ends, which lie between characters.
    #[inline]
    fn written(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }
}

const NOT_UTF8: &str = "this is not UTF-8";
const COLON_EXPECTED: &str = "`:` was expected after a member name";
const KEY_EXPECTED: &str = "a member name in double quotes was expected";

#[cfg(test)]
mod tests;
