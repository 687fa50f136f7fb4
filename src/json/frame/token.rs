//! The extent of a value that comes by in pieces.

use crate::json::malformed::Malformed;
use crate::json::structure::{CONTROL_CHARACTER, Nesting, plain_length};

/// A value or member name that has begun.
#[derive(Debug)]
pub(super) enum Token {
    /// An object or array.
    Nested(Nesting),
    /// A string, of which a backslash may escape the next byte.
    Text { escaping: bool },
    /// A number or word: ends before the first byte that cannot belong to it.
    Bare,
}

impl Token {
    pub(super) fn starting(byte: u8) -> Result<Self, String> {
        match byte {
            b'{' | b'[' => Ok(Self::Nested(Nesting::default())),
            b'"' => Ok(Self::Text { escaping: false }),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => Ok(Self::Bare),
            b'<' => Err("a JSON value was expected, not `<`; this looks like HTML or XML".to_owned()),
            0xC0 | 0xC1 | 0xF5.. => Err(NOT_UTF8.to_owned()),
            _ => Err(format!("a JSON value was expected, not {}", shown(byte))),
        }
    }

    /// Where it ends in these bytes, which follow those it was asked about before.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        match self {
            Self::Nested(nesting) => nesting.follow(bytes),
            Self::Text { escaping } => end_of_text(bytes, escaping),
            Self::Bare => Ok(bytes.iter().position(|byte| b" \n\r\t,:\"{}[]".contains(byte))),
        }
    }
}

/// Where a string ends in bytes of it, of which the first is escaped if the last one before was a backslash.
fn end_of_text(bytes: &[u8], escaping: &mut bool) -> Result<Option<usize>, Malformed> {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        if std::mem::take(escaping) {
            at += 1;
            continue;
        }
        at += plain_length(rest);
        match bytes.get(at) {
            Some(b'"') => return Ok(Some(at + 1)),
            Some(b'\\') => *escaping = true,
            Some(_) => {
                return Err(Malformed {
                    offset: at,
                    problem: CONTROL_CHARACTER,
                });
            }
            None => {}
        }
        at += 1;
    }
    Ok(None)
}

/// Why what cannot be UTF-8 is refused.
pub(super) const NOT_UTF8: &str = "the document is not UTF-8; save it as UTF-8";

/// A byte for an error message.
pub(super) fn shown(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        format!("`{}`", char::from(byte))
    } else {
        format!("byte 0x{byte:02X}")
    }
}
