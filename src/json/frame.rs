//! Chunks of bytes to records: the values at a path, which may be the elements of an array or values one after the other.

mod block;
mod head;
mod token;
mod walk;

use std::ops::Range;

use memchr::memchr;

use crate::error::{Error, Result};

use super::cursor;
use super::malformed::Malformed;
use super::path::JsonPath;

pub use block::Block;
use block::Position;
use head::Head;
use token::Token;
use walk::{Role, Walk};

/// The most room that is made for a block before it comes.
const ROOM: usize = 4 << 20;

/// A record that is longer than this is judged before it ends: a bracket that nothing closes makes one of all that follows,
/// which is not to be held in order to say so.
const LONG: usize = 4 << 20;

/// Cuts a document into blocks of whole records, without holding more than the chunk and the record it is in.
///
/// A document is any number of values, with or without line ends between them, and a path is followed into each. Where it
/// ends, the elements of an array are records, and any other value but `null` is one. Without a path the document itself
/// is what it leads to: a document that is one array holds records, and of others each value is a record.
///
/// On the way, a step to a member goes through every element of an array, and a member that occurs twice is followed
/// twice. What is not there has no records. Of values that are not on the way, and of records, only the extent is judged
/// here.
#[derive(Debug, Default)]
pub struct Framer {
    name: String,
    walk: Walk,
    /// The value or name being read.
    token: Option<(Role, Token)>,
    /// What is not handed over yet.
    buffer: Vec<u8>,
    /// What will be the buffer behind the next block.
    spare: Vec<u8>,
    /// Where the buffer begins.
    start: Position,
    /// How far the buffer has been looked at.
    at: usize,
    /// Where in the buffer the current value or name begins, unless it is passed over.
    from: usize,
    /// The records that are complete.
    records: Vec<Range<usize>>,
    /// How long the current record may become before it is judged again.
    unjudged: usize,
    /// The first bytes of the document.
    head: Head,
    failed: bool,
}

impl Framer {
    /// A framer for the document that errors call `name`, of records without a path.
    pub fn new(name: &str) -> Self {
        Self::at(name, &JsonPath::default())
    }

    /// A framer for records at `path`.
    pub fn at(name: &str, path: &JsonPath) -> Self {
        Self::walking(name, Walk::new(&path.steps, false))
    }

    /// A framer for records at `path` of every line, each of which is a document of its own. Lines may be blank.
    pub fn lines(name: &str, path: &JsonPath) -> Self {
        Self::walking(name, Walk::new(&path.steps, true))
    }

    /// A framer for the values at `path`, each of which is one record, also an array.
    pub fn whole(name: &str, path: &JsonPath) -> Self {
        Self::walking(name, Walk::to_whole(&path.steps))
    }

    fn walking(name: &str, walk: Walk) -> Self {
        Self {
            name: name.to_owned(),
            walk,
            ..Self::default()
        }
    }

    /// Takes the next chunk.
    pub fn add(&mut self, chunk: &[u8]) {
        self.fill(|buffer| buffer.extend_from_slice(chunk));
    }

    /// Takes the next bytes, which `read` puts behind those that came before.
    pub fn fill<T>(&mut self, read: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        let before = self.buffer.len();
        let answer = read(&mut self.buffer);
        self.head.add(self.buffer.get(before..).unwrap_or_default());
        answer
    }

    /// Takes memory that the next block may fill.
    pub fn reuse(&mut self, memory: Vec<u8>) {
        self.spare = memory;
    }

    /// Bytes that have come since the last block was cut.
    pub fn waiting(&self) -> usize {
        self.buffer.len() - self.at
    }

    /// The records that are complete now.
    pub fn block(&mut self) -> Block {
        let problem = match self.head.is_known() {
            true => self.scan().err(),
            // Else what is wrong would be told otherwise when it comes in small chunks.
            false => None,
        };
        self.cut(problem)
    }

    /// The end of the document: the records that end with it, and `Kind::Document` where one should have gone on.
    pub fn finish(&mut self) -> Block {
        let problem = self.scan().and_then(|()| self.end()).err();
        self.cut(problem)
    }

    /// Looks at what has come since the last time.
    fn scan(&mut self) -> Result<()> {
        if self.failed {
            return Ok(());
        }
        while self.walk.is_by_lines() {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let Some(length) = memchr(b'\n', rest) else { break };
            let end = self.at + length;
            self.scan_to(end)?;
            self.end()?;
            self.walk.begin_line();
            self.at = end + 1;
        }
        self.scan_to(self.buffer.len())
    }

    fn scan_to(&mut self, end: usize) -> Result<()> {
        loop {
            if let Some((_, token)) = &mut self.token {
                let rest = self.buffer.get(self.at..end).unwrap_or_default();
                match token.end(rest) {
                    Ok(Some(length)) => {
                        self.at += length;
                        self.complete()?;
                    }
                    Ok(None) => {
                        self.at = end;
                        return self.judge_long();
                    }
                    Err(Malformed { offset, problem }) => return Err(self.malformed(self.at + offset, problem)),
                }
                continue;
            }
            // Elsewhere in a line its end would be looked for once a record.
            let begins_a_line = self.at.checked_sub(1).and_then(|before| self.buffer.get(before)) == Some(&b'\n');
            if begins_a_line && self.walk.is_before_record() {
                self.take_lines();
            }
            let Some(&byte) = self.buffer.get(self.at).filter(|_| self.at < end) else {
                return Ok(());
            };
            match self.walk.take(byte) {
                Ok(None) => self.at += 1,
                Ok(Some((role, token))) => {
                    self.from = self.at;
                    self.unjudged = LONG;
                    // The quote is taken, so that the next one is the end.
                    self.at += usize::from(byte == b'"');
                    self.token = Some((role, token));
                }
                Err(problem) => return Err(self.malformed(self.at, &problem)),
            }
        }
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

    /// The value or name that was read ends before the byte at `at`.
    fn complete(&mut self) -> Result<()> {
        let Some((role, _)) = self.token.take() else {
            return Ok(());
        };
        if role == Role::Record {
            self.records.push(self.from..self.at);
        }
        let bytes = match role {
            Role::Name => self.buffer.get(self.from..self.at).unwrap_or_default(),
            Role::Record | Role::PassedOver => &[],
        };
        let completed = self.walk.complete(role, bytes);
        completed.map_err(|problem| self.malformed(self.from, &problem))
    }

    /// The document, or a line that is one, ends here.
    fn end(&mut self) -> Result<()> {
        if matches!(self.token, Some((_, Token::Bare))) && self.walk.is_outside() {
            self.complete()?;
        }
        let ended = match &self.token {
            Some((Role::Record, _)) if !self.walk.is_by_lines() => {
                // What is wrong is seldom at the end: what the record lacks may be far before it.
                self.judge()?;
                let start = self.place(self.from);
                Err(format!(
                    "the document ends inside the record that starts at {start}; it may be cut short"
                ))
            }
            Some((role, _)) => Err(self.walk.ends_inside(*role).to_owned()),
            None => self.walk.end(),
        };
        ended.map_err(|problem| self.malformed(self.at, &problem))
    }

    /// Judges a record that does not end from time to time, so that all of it together costs little more than once.
    fn judge_long(&mut self) -> Result<()> {
        let length = self.at - self.from;
        if !matches!(self.token, Some((Role::Record, _))) || length < self.unjudged {
            return Ok(());
        }
        self.unjudged = length.saturating_mul(4);
        self.judge()
    }

    /// What is wrong with the beginning of the current record, whatever may follow it.
    fn judge(&self) -> Result<()> {
        let beginning = self.buffer.get(self.from..self.at).unwrap_or_default();
        match cursor::judge_beginning(beginning) {
            Ok(()) => Ok(()),
            Err(Malformed { offset, problem }) => Err(self.malformed(self.from + offset, problem)),
        }
    }

    /// Hands over what is complete; what is needed of the rest stays.
    fn cut(&mut self, problem: Option<Error>) -> Block {
        if self.failed {
            return Block::default();
        }
        self.failed = problem.is_some();
        let end = match self.token {
            Some((Role::Record | Role::Name, _)) => self.from,
            Some((Role::PassedOver, _)) | None => self.at,
        };
        if end == 0 {
            return Block::empty(problem);
        }
        // The next block is likely as long: room for it at once spares copying it about while it grows.
        let mut rest = std::mem::take(&mut self.spare);
        rest.clear();
        rest.reserve(self.buffer.capacity().min(ROOM));
        rest.extend_from_slice(self.buffer.get(end..).unwrap_or_default());
        self.buffer.truncate(end);
        let records = Vec::with_capacity(self.records.len());
        let block = Block {
            bytes: std::mem::replace(&mut self.buffer, rest),
            records: std::mem::replace(&mut self.records, records),
            start: self.start,
            problem,
        };
        self.start = self.start.after(&block.bytes);
        self.at -= end;
        self.from = 0;
        block
    }

    fn malformed(&self, at: usize, problem: &str) -> Error {
        match self.head.encoding() {
            // In which every other byte is wrong.
            Some(encoding) => {
                let problem = format!("the document is {encoding}; save it as UTF-8");
                Position::default().malformed(&self.name, &problem)
            }
            None => self.place(at).malformed(&self.name, problem),
        }
    }

    /// The place of a byte of the buffer.
    fn place(&self, at: usize) -> Position {
        self.start.after(self.buffer.get(..at).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
