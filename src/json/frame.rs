//! Chunks of bytes to records: the elements of a top-level array, the values of NDJSON, or one object.

use memchr::{memchr_iter, memchr2, memrchr};

use crate::error::{Error, Kind, Result};

/// How deep a record may nest. Far beyond any document made in earnest, far below what could hurt.
const MAX_DEPTH: usize = 1000;

/// A buffer that grew beyond this for one long record is given back after it.
const KEPT_CAPACITY: usize = 1 << 20;

/// Cuts a document into records without holding more than the record it is in.
///
/// What the document is shows at its first byte: `[` opens an array of records, anything else begins the first of any
/// number of values, with or without line ends between them. Only the extent of a record is judged here.
#[derive(Debug, Default)]
pub struct Framer {
    name: String,
    array: bool,
    expect: Expect,
    token: Option<Token>,
    /// The part of the current record that came in earlier chunks.
    partial: Vec<u8>,
    /// Where the current record begins, when that was in an earlier chunk.
    partial_start: Position,
    /// How many bytes of a byte order mark came.
    mark: usize,
    /// Where the current chunk begins.
    chunk_start: Position,
    stopped: bool,
}

/// What may come next, outside of any record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expect {
    #[default]
    Document,
    Value,
    ElementOrEnd,
    Element,
    CommaOrEnd,
    Nothing,
}

/// The record being read.
#[derive(Clone, Copy, Debug)]
enum Token {
    /// An object, array or string.
    Enclosed {
        depth: usize,
        in_string: bool,
        escaped: bool,
    },
    /// A number or word: ends before the first byte that cannot belong to it.
    Bare,
}

/// A place in the document, in lines and bytes within the line, both from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Position {
    line: usize,
    column: usize,
}

impl Position {
    /// The position after `passed`.
    fn after(self, passed: &[u8]) -> Self {
        match memrchr(b'\n', passed) {
            Some(last) => Self {
                line: self.line + memchr_iter(b'\n', passed).count(),
                column: passed.len() - last - 1,
            },
            None => Self {
                column: self.column + passed.len(),
                ..self
            },
        }
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl Framer {
    /// A framer for the document that errors call `name`.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Takes the next chunk; calls `record` with each record that is now complete. `record` answers false to stop early.
    ///
    /// Answers whether more chunks are wanted. `Kind::Document` with line and column when the bytes cannot be JSON; an
    /// error of `record` gets the line and column at which that record starts.
    pub fn push(&mut self, chunk: &[u8], record: &mut dyn FnMut(&[u8]) -> Result<bool>) -> Result<bool> {
        let mut at = 0;
        // Where the current record begins in this chunk.
        let mut from = 0;
        while !self.stopped {
            let rest = chunk.get(at..).unwrap_or_default();
            let Some(token) = &mut self.token else {
                let Some(&byte) = rest.first() else { break };
                from = at;
                if self
                    .between(byte)
                    .map_err(|problem| self.malformed(chunk, at, &problem))?
                {
                    at += 1;
                }
                continue;
            };
            let end = token.end(rest).map_err(|problem| self.malformed(chunk, at, problem))?;
            let Some(end) = end else { break };
            at += end;
            self.complete(chunk, from, at, record)?;
        }
        if self.token.is_some() && !self.stopped {
            if self.partial.is_empty() {
                self.partial_start = self.chunk_start.after(chunk.get(..from).unwrap_or_default());
            }
            self.partial.extend_from_slice(chunk.get(from..).unwrap_or_default());
        }
        self.chunk_start = self.chunk_start.after(chunk);
        Ok(!self.stopped)
    }

    /// The end of the document. `Kind::Document` when it ends inside a record.
    pub fn finish(&mut self, record: &mut dyn FnMut(&[u8]) -> Result<bool>) -> Result<()> {
        if self.stopped {
            return Ok(());
        }
        match (self.token, self.expect) {
            (Some(Token::Bare), _) if !self.array => self.complete(&[], 0, 0, record),
            (Some(_), _) => Err(self.malformed(&[], 0, "the document ends inside a record; it may be cut short")),
            (None, Expect::Element | Expect::ElementOrEnd | Expect::CommaOrEnd) => {
                Err(self.malformed(&[], 0, "the document ends before `]`; it may be cut short"))
            }
            (None, Expect::Document) if !matches!(self.mark, 0 | 3) => Err(self.malformed(&[], 0, NOT_UTF8)),
            (None, _) => Ok(()),
        }
    }

    /// Takes a byte outside of any record. Answers whether it is done with: the first byte of a record is not.
    fn between(&mut self, byte: u8) -> Result<bool, String> {
        if self.expect == Expect::Document && BYTE_ORDER_MARK.get(self.mark) == Some(&byte) {
            self.mark += 1;
            return Ok(true);
        }
        if self.expect == Expect::Document && matches!(self.mark, 1 | 2) {
            return Err(NOT_UTF8.to_owned());
        }
        // Only the very first bytes may be a byte order mark.
        self.mark = BYTE_ORDER_MARK.len();
        self.expect = match (self.expect, byte) {
            (_, b' ' | b'\n' | b'\r' | b'\t') => return Ok(true),
            (Expect::Document, b'[') => {
                self.array = true;
                Expect::ElementOrEnd
            }
            (Expect::ElementOrEnd | Expect::CommaOrEnd, b']') => Expect::Nothing,
            (Expect::CommaOrEnd, b',') => Expect::Element,
            (Expect::CommaOrEnd, _) => return Err(format!("`,` or `]` was expected, not {}", shown(byte))),
            (Expect::Nothing, _) => return Err(format!("nothing may follow the array, but {} does", shown(byte))),
            (Expect::Document | Expect::Value | Expect::Element | Expect::ElementOrEnd, _) => {
                self.token = Some(Token::starting(byte)?);
                return Ok(false);
            }
        };
        Ok(true)
    }

    /// Hands over the record that ends before `to`, and which began at `from` of this chunk or in an earlier one.
    fn complete(
        &mut self,
        chunk: &[u8],
        from: usize,
        to: usize,
        record: &mut dyn FnMut(&[u8]) -> Result<bool>,
    ) -> Result<()> {
        let tail = chunk.get(from..to).unwrap_or_default();
        let (whole, start) = if self.partial.is_empty() {
            (tail, None)
        } else {
            self.partial.extend_from_slice(tail);
            (self.partial.as_slice(), Some(self.partial_start))
        };
        let answer = record(whole).map_err(|error| {
            let start = start.unwrap_or_else(|| self.chunk_start.after(chunk.get(..from).unwrap_or_default()));
            located(error, start)
        });
        self.stopped = !matches!(answer, Ok(true));
        self.token = None;
        self.expect = if self.array { Expect::CommaOrEnd } else { Expect::Value };
        if self.partial.capacity() > KEPT_CAPACITY {
            self.partial = Vec::new();
        }
        self.partial.clear();
        answer.map(drop)
    }

    fn malformed(&mut self, chunk: &[u8], at: usize, problem: &str) -> Error {
        self.stopped = true;
        let Position { line, column } = self.chunk_start.after(chunk.get(..at).unwrap_or_default());
        Error::new(
            Kind::Document,
            format!("{}, line {}, column {}: {problem}.", self.name, line + 1, column + 1),
        )
    }
}

impl Token {
    fn starting(byte: u8) -> Result<Self, String> {
        match byte {
            b'{' | b'[' | b'"' => Ok(Self::Enclosed {
                depth: 0,
                in_string: false,
                escaped: false,
            }),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => Ok(Self::Bare),
            b'<' => Err("a JSON value was expected, not `<`; this looks like HTML or XML".to_owned()),
            0xFE | 0xFF | 0 => Err(NOT_UTF8.to_owned()),
            _ => Err(format!("a JSON value was expected, not {}", shown(byte))),
        }
    }

    /// Where the record ends in these bytes, if it does.
    fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, &'static str> {
        let Self::Enclosed {
            depth,
            in_string,
            escaped,
        } = self
        else {
            return Ok(bytes.iter().position(|byte| b" \n\r\t,:\"{}[]".contains(byte)));
        };
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            if *escaped {
                if rest.is_empty() {
                    return Ok(None);
                }
                *escaped = false;
                at += 1;
                continue;
            }
            let next = if *in_string {
                memchr2(b'"', b'\\', rest)
            } else {
                rest.iter()
                    .position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))
            };
            let Some(next) = next else { return Ok(None) };
            at += next + 1;
            match rest.get(next) {
                Some(b'\\') => *escaped = true,
                Some(b'"') => *in_string = !*in_string,
                Some(b'{' | b'[') => *depth += 1,
                _ => *depth = depth.saturating_sub(1),
            }
            if *depth > MAX_DEPTH {
                return Err("values are nested more than 1000 levels deep");
            }
            if *depth == 0 && !*in_string && !*escaped {
                return Ok(Some(at));
            }
        }
    }
}

const NOT_UTF8: &str = "the document is not UTF-8; save it as UTF-8";

fn shown(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        format!("`{}`", char::from(byte))
    } else {
        format!("byte 0x{byte:02X}")
    }
}

/// An error about the content of a record, with the place of that record.
fn located(error: Error, start: Position) -> Error {
    match error.kind() {
        kind @ (Kind::Document | Kind::Conversion) => {
            let Position { line, column } = start;
            let message = format!("{error} The record starts at line {}, column {}.", line + 1, column + 1);
            Error::new(kind, message).caused_by(error)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests;
