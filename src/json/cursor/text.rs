//! Strings: their extent, their escapes, and the text of nested values.

use std::borrow::Cow;

use memchr::memchr;

use super::{Cursor, Malformed, Read};
use crate::json::plain::plain_length;

impl<'a> Cursor<'a> {
    /// Reads a string, unescaped; the cursor stands at its opening quote.
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
                Some(_) => return Err(self.malformed("a control character must be escaped in a string")),
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

    /// The text from `from` up to the cursor without the white space between its tokens.
    pub(super) fn compact(&self, from: usize) -> Read<Cow<'a, str>> {
        let text = self.written(from, self.at);
        let mut compacted: Option<String> = None;
        let mut rest = text;
        loop {
            let (tokens, string, after) = split_at_string(rest);
            match &mut compacted {
                None if tokens.contains(is_space) => {
                    let done = text.len() - rest.len();
                    let mut begun = String::with_capacity(text.len());
                    begun.push_str(text.get(..done).unwrap_or_default());
                    begun.extend(tokens.chars().filter(|&c| !is_space(c)));
                    begun.push_str(string);
                    compacted = Some(begun);
                }
                None => {}
                Some(begun) => {
                    begun.extend(tokens.chars().filter(|&c| !is_space(c)));
                    begun.push_str(string);
                }
            }
            if after.is_empty() {
                return Ok(compacted.map_or(Cow::Borrowed(text), Cow::Owned));
            }
            rest = after;
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\r' | '\t')
}

/// The tokens before the first string of valid JSON, that string with its quotes, and what follows.
fn split_at_string(text: &str) -> (&str, &str, &str) {
    let Some((tokens, from_quote)) = text.find('"').and_then(|at| text.split_at_checked(at)) else {
        return (text, "", "");
    };
    let mut bytes = from_quote.bytes().enumerate().skip(1);
    let mut end = from_quote.len();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => {
                end = at + 1;
                break;
            }
            _ => {}
        }
    }
    let (string, after) = from_quote.split_at_checked(end).unwrap_or((from_quote, ""));
    (tokens, string, after)
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
