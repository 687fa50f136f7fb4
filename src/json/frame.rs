//! Chunks of bytes to records: the elements of a top-level array, the values of NDJSON, or one object.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};

use crate::error::{Error, Kind, Result};

use super::cursor::Cursor;
use super::path::JsonPath;
use super::plain::plain_length;

mod within;

/// How deep a record may nest. Far beyond any document made in earnest, far below what could hurt.
const MAX_DEPTH: usize = 1000;

/// Cuts a document into blocks of whole records, without holding more than the chunk and the record it is in.
///
/// What the document is shows at its first byte: `[` opens an array of records, anything else begins the first of any
/// number of values, with or without line ends between them. Only the extent of a record is judged here.
#[derive(Debug, Default)]
pub struct Framer {
    name: String,
    path: JsonPath,
    array: bool,
    expect: Expect,
    token: Option<Token>,
    /// What is not handed over yet.
    buffer: Vec<u8>,
    /// Where the buffer begins.
    start: Position,
    /// How far the buffer has been looked at.
    at: usize,
    /// Where in the buffer the current record begins.
    from: usize,
    /// The records that are complete.
    records: Vec<Range<usize>>,
    /// How many bytes of a byte order mark came.
    mark: usize,
    failed: bool,
}

/// Whole records of a document, one behind the other.
#[derive(Debug, Default)]
pub struct Block {
    bytes: Vec<u8>,
    records: Vec<Range<usize>>,
    start: Position,
    /// Why nothing can follow these records. `Kind::Document` with line and column.
    pub problem: Option<Error>,
}

impl Block {
    /// The bytes of each record. One that is a line of its own may hold several values.
    pub fn records(&self) -> impl Iterator<Item = &[u8]> {
        self.records.iter().filter_map(|range| self.bytes.get(range.clone()))
    }

    /// How many records there are.
    pub fn len(&self) -> u64 {
        u64::try_from(self.records.len()).unwrap_or(u64::MAX)
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// An error about the content of the record at `index`, with the place where that record starts.
    pub fn located(&self, error: Error, index: usize) -> Error {
        match (error.kind(), self.records.get(index)) {
            (kind @ (Kind::Document | Kind::Conversion), Some(record)) => {
                let place = self.start.after(self.bytes.get(..record.start).unwrap_or_default());
                let (line, column) = (place.line + 1, place.column + 1);
                let message = format!("{error} The record starts at line {line}, column {column}.");
                Error::new(kind, message).caused_by(error)
            }
            _ => error,
        }
    }
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

    /// A framer for the records at a path.
    pub fn at(name: &str, path: &JsonPath) -> Self {
        Self {
            path: path.clone(),
            ..Self::new(name)
        }
    }

    /// Takes the next chunk.
    pub fn add(&mut self, chunk: &[u8]) {
        if !self.failed {
            self.buffer.extend_from_slice(chunk);
        }
    }

    /// Bytes that have come since the last block was cut.
    pub fn waiting(&self) -> usize {
        self.buffer.len() - self.at
    }

    /// The records that are complete now.
    pub fn block(&mut self) -> Block {
        let problem = self.scan().err();
        self.cut(problem)
    }

    /// The end of the document: the records that end with it, and `Kind::Document` where one should have gone on.
    pub fn finish(&mut self) -> Block {
        let problem = self.scan().and_then(|()| self.end()).err();
        self.cut(problem)
    }

    fn end(&mut self) -> Result<()> {
        let problem = match (self.token, self.expect) {
            (Some(Token::Bare), _) if !self.array => {
                self.complete();
                return Ok(());
            }
            (Some(_), _) => "the document ends inside a record; it may be cut short",
            (None, Expect::Element | Expect::ElementOrEnd | Expect::CommaOrEnd) => {
                "the document ends before `]`; it may be cut short"
            }
            (None, Expect::Document) if !matches!(self.mark, 0 | 3) => NOT_UTF8,
            (None, _) => return Ok(()),
        };
        Err(self.malformed(self.buffer.len(), problem))
    }

    /// Looks at what has come since the last time.
    fn scan(&mut self) -> Result<()> {
        while !self.failed {
            if let Some(token) = &mut self.token {
                let rest = self.buffer.get(self.at..).unwrap_or_default();
                match token.end(rest) {
                    Ok(Some(end)) => {
                        self.at += end;
                        self.complete();
                    }
                    Ok(None) => {
                        self.at = self.buffer.len();
                        return Ok(());
                    }
                    Err(problem) => return Err(self.malformed(self.from, problem)),
                }
                continue;
            }
            // Elsewhere in a line its end would be looked for once a record.
            let begins_a_line = self.at.checked_sub(1).and_then(|before| self.buffer.get(before)) == Some(&b'\n');
            if self.expect == Expect::Value && begins_a_line {
                self.take_lines();
            }
            let Some(&byte) = self.buffer.get(self.at) else {
                return Ok(());
            };
            self.from = self.at;
            match self.between(byte) {
                Ok(true) => self.at += 1,
                Ok(false) => {}
                Err(problem) => return Err(self.malformed(self.at, &problem)),
            }
        }
        Ok(())
    }

    /// Takes lines that are records, which needs a look at their ends only: behind a value that is not complete yet, a
    /// line cannot begin with `{` where the one before ends with `}`, and no string goes over the end of a line.
    fn take_lines(&mut self) {
        while self.buffer.get(self.at) == Some(&b'{') {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let Some(end) = memchr(b'\n', rest) else { return };
            let (line, next) = (rest.get(..end).unwrap_or_default(), rest.get(end + 1));
            if next != Some(&b'{') || line.strip_suffix(b"\r").unwrap_or(line).last() != Some(&b'}') {
                return;
            }
            self.records.push(self.at..self.at + end);
            self.at += end + 1;
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

    fn complete(&mut self) {
        self.records.push(self.from..self.at);
        self.token = None;
        self.expect = if self.array { Expect::CommaOrEnd } else { Expect::Value };
    }

    /// Hands over what is complete; the rest stays.
    fn cut(&mut self, problem: Option<Error>) -> Block {
        if self.failed {
            return Block::default();
        }
        self.failed = problem.is_some();
        let end = if self.token.is_some() { self.from } else { self.at };
        if end == 0 {
            return Block {
                problem,
                ..Block::default()
            };
        }
        let rest = self.buffer.split_off(end);
        let mut block = Block {
            bytes: std::mem::replace(&mut self.buffer, rest),
            records: std::mem::take(&mut self.records),
            start: self.start,
            problem,
        };
        if !self.path.steps.is_empty() {
            let mut found = Vec::new();
            for record in std::mem::take(&mut block.records) {
                let bytes = block.bytes.get(record.clone()).unwrap_or_default();
                let mut inner = Vec::new();
                let walked = Cursor::new(bytes)
                    .and_then(|mut cursor| within::records(&mut cursor, &self.path.steps, &mut inner));
                if let Err(malformed) = walked {
                    block.problem = Some(self.malformed(record.start + malformed.offset, malformed.problem));
                    self.failed = true;
                    break;
                }
                found.extend(
                    inner
                        .into_iter()
                        .map(|range| range.start + record.start..range.end + record.start),
                );
            }
            block.records = found;
        }
        self.start = self.start.after(&block.bytes);
        self.at -= end;
        self.from = 0;
        block
    }

    fn malformed(&self, at: usize, problem: &str) -> Error {
        let Position { line, column } = self.start.after(self.buffer.get(..at).unwrap_or_default());
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
                // A control character is for the decoder to refuse.
                Some(plain_length(rest)).filter(|length| *length < rest.len())
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
                Some(b'}' | b']') => *depth = depth.saturating_sub(1),
                _ => continue,
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

#[cfg(test)]
mod tests;
