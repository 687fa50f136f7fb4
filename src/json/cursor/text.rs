//! Strings: their extent and their escapes.

use std::borrow::Cow;

use memchr::memchr;

use super::{Cursor, Malformed, Read};
use crate::json::structure::{CONTROL_CHARACTER, plain_length};

impl<'a> Cursor<'a> {
    /// Reads a string, unescaped; the cursor stands at its opening quote.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Read<Cow<'a, str>> {
        let from = self.at + 1;
        let escaped = self.skip_string()?;
        let content = self.written(from, self.at - 1);
        if escaped {
            unescape(content, from).map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(content))
        }
    }

    /// Passes over a string; answers whether it holds escapes.
    #[inline(always)]
    pub(super) fn skip_string(&mut self) -> Read<bool> {
        let mut escaped = false;
        self.at += 1;
        loop {
            self.at += plain_length(self.bytes.get(self.at..).unwrap_or_default());
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.skip_escape()?;
                }
                Some(_) => return Err(self.malformed(CONTROL_CHARACTER)),
                None => return Err(self.malformed("a string does not end")),
            }
        }
    }

    fn skip_escape(&mut self) -> Read<()> {
        let backslash = self.at;
        self.at += 1;
        match self.byte() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.byte().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return Err(self.malformed("four hexadecimal digits were expected after `\\u`"));
                    }
                    self.at += 1;
                }
            }
            Some(_) => {
                return Err(Malformed {
                    offset: backslash,
                    problem: "there is no such escape in JSON",
                });
            }
            None => return Err(self.malformed("a string does not end")),
        }
        Ok(())
    }
}

/// Resolves the escapes of a string whose escapes are already known to be well formed.
///
/// A surrogate without its other half is no character, so it cannot be text.
fn unescape(content: &str, offset: usize) -> Read<String> {
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(backslash) = memchr(b'\\', rest.as_bytes()) {
        let lone = Malformed {
            offset: offset + content.len() - rest.len() + backslash,
            problem: "half of a surrogate pair is not a character",
        };
        out.push_str(rest.get(..backslash).unwrap_or_default());
        let mut escape = rest.get(backslash + 1..).unwrap_or_default().chars();
        let character = match escape.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let first = unit(escape.as_str()).ok_or_else(|| lone.clone())?;
                advance(&mut escape, 4);
                if (0xD800..0xDC00).contains(&first) {
                    let second = escape
                        .as_str()
                        .strip_prefix("\\u")
                        .and_then(unit)
                        .ok_or_else(|| lone.clone())?;
                    advance(&mut escape, 6);
                    char::decode_utf16([first, second])
                        .next()
                        .and_then(Result::ok)
                        .ok_or(lone)?
                } else {
                    char::from_u32(first.into()).ok_or(lone)?
                }
            }
            Some(other) => other,
            None => return Err(lone),
        };
        out.push(character);
        rest = escape.as_str();
    }
    out.push_str(rest);
    Ok(out)
}

/// The UTF-16 unit that four hexadecimal digits at the start of `text` stand for.
fn unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.get(..4)?, 16).ok()
}

fn advance(chars: &mut std::str::Chars<'_>, count: usize) {
    if let Some(last) = count.checked_sub(1) {
        let _ = chars.nth(last);
    }
}
