//! The way along a path to records, byte by byte outside of values that are passed over or taken whole.

use crate::json::cursor::{Cursor, Value};
use crate::json::path::Step;

use super::token::{NOT_UTF8, Token, shown};

/// How many arrays and objects may be open on the way. Far beyond any path; what is not on the way may nest deeper.
const MAX_LEVELS: usize = 1 << 20;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Where the way is, outside of any value.
#[derive(Debug, Default)]
pub(super) struct Walk {
    steps: Vec<Step>,
    /// Whether each line is a document of its own.
    lines: bool,
    /// Whether an array at the end of the way is one record, and not its elements.
    whole: bool,
    /// The arrays and objects that were entered.
    levels: Vec<Level>,
    expect: Expect,
    /// The step for the value of the member whose name was read; none passes over it.
    member: Option<usize>,
    /// How many bytes of a byte order mark came.
    mark: usize,
}

/// An array or object that was entered.
#[derive(Clone, Copy, Debug)]
struct Level {
    is_array: bool,
    /// How many steps were taken to get here: the next one is about what is in it. Behind the last one, that is records.
    step: usize,
    /// How many elements have begun.
    elements: usize,
}

/// What may come next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expect {
    #[default]
    Document,
    Value,
    ElementOrEnd,
    Element,
    CommaOrEnd,
    NameOrEnd,
    Name,
    Colon,
    MemberValue,
    /// Nothing, behind what this names.
    Nothing(&'static str),
}

/// What a value or name is to the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Record,
    /// A value that is not on the way.
    PassedOver,
    /// The name of a member.
    Name,
}

impl Walk {
    pub(super) fn new(steps: &[Step], lines: bool) -> Self {
        Self {
            steps: steps.to_vec(),
            lines,
            ..Self::default()
        }
    }

    /// The way to records each of which is the whole value at its end.
    pub(super) fn to_whole(steps: &[Step]) -> Self {
        Self {
            whole: true,
            ..Self::new(steps, false)
        }
    }

    /// Takes a byte outside of any value. Answers the value or name that begins with it, if one does.
    pub(super) fn take(&mut self, byte: u8) -> Result<Option<(Role, Token)>, String> {
        if self.expect == Expect::Document && BYTE_ORDER_MARK.get(self.mark) == Some(&byte) {
            self.mark += 1;
            return Ok(None);
        }
        if self.has_broken_mark() {
            return Err(NOT_UTF8.to_owned());
        }
        // Only the very first bytes may be a byte order mark.
        self.mark = BYTE_ORDER_MARK.len();
        match (self.expect, byte) {
            (_, b' ' | b'\n' | b'\r' | b'\t') => {}
            (Expect::ElementOrEnd, b']') | (Expect::NameOrEnd, b'}') => self.leave(),
            (Expect::CommaOrEnd, _) => match (self.is_in_array(), byte) {
                (true, b']') | (false, b'}') => self.leave(),
                (true, b',') => self.expect = Expect::Element,
                (false, b',') => self.expect = Expect::Name,
                (true, _) => return Err(format!("`,` or `]` was expected, not {}", shown(byte))),
                (false, _) => return Err(format!("`,` or `}}` was expected, not {}", shown(byte))),
            },
            (Expect::NameOrEnd | Expect::Name, b'"') => return Ok(Some((Role::Name, Token::starting(byte)?))),
            (Expect::NameOrEnd | Expect::Name, _) => {
                return Err(format!(
                    "a member name in double quotes was expected, not {}",
                    shown(byte)
                ));
            }
            (Expect::Colon, b':') => self.expect = Expect::MemberValue,
            (Expect::Colon, _) => return Err(format!("`:` was expected after a member name, not {}", shown(byte))),
            (Expect::Nothing(behind), b'[') => {
                return Err(format!(
                    "nothing may follow {behind}, but `[` does; where every line is an array, set JSONFormat=LDJSON"
                ));
            }
            (Expect::Nothing(behind), _) => {
                return Err(format!("nothing may follow {behind}, but {} does", shown(byte)));
            }
            (Expect::Document | Expect::Value | Expect::Element | Expect::ElementOrEnd | Expect::MemberValue, _) => {
                return self.begin(byte);
            }
        }
        Ok(None)
    }

    /// A value begins, which is entered, taken or passed over.
    fn begin(&mut self, byte: u8) -> Result<Option<(Role, Token)>, String> {
        let token = Token::starting(byte)?;
        let all = self.steps.len();
        let (step, is_in_records) = match self.levels.last_mut() {
            None => (Some(0), false),
            Some(level) if level.is_array => {
                let (Level { step, elements, .. }, element) = (*level, level.elements);
                level.elements = elements + 1;
                (self.element(step, element), step == all)
            }
            Some(_) => (self.member.take(), false),
        };
        // A document is one array of records, or any number of values.
        let may_be_records = !self.whole && (all > 0 || self.lines || self.expect == Expect::Document);
        let role = match (step, byte) {
            (None, _) => Role::PassedOver,
            (Some(_), _) if is_in_records => Role::Record,
            (Some(step), b'[') if step < all || may_be_records => return self.enter(true, step),
            (Some(step), b'{') if step < all => match self.steps.get(step) {
                Some(Step::Member(_) | Step::Any) => return self.enter(false, step),
                _ => Role::PassedOver,
            },
            (Some(step), _) if step < all => Role::PassedOver,
            (Some(_), b'n') if all > 0 => Role::PassedOver,
            (Some(_), _) => Role::Record,
        };
        Ok(Some((role, token)))
    }

    fn enter(&mut self, is_array: bool, step: usize) -> Result<Option<(Role, Token)>, String> {
        if self.levels.len() == MAX_LEVELS {
            return Err(format!(
                "the path to the records goes through more than {MAX_LEVELS} arrays"
            ));
        }
        self.levels.push(Level {
            is_array,
            step,
            elements: 0,
        });
        self.expect = if is_array {
            Expect::ElementOrEnd
        } else {
            Expect::NameOrEnd
        };
        Ok(None)
    }

    fn leave(&mut self) {
        self.levels.pop();
        self.pass(if self.steps.is_empty() {
            Expect::Nothing("the array")
        } else {
            Expect::Value
        });
    }

    /// A value has ended; outside of all others, `next` may follow.
    fn pass(&mut self, next: Expect) {
        self.expect = match (self.levels.is_empty(), self.lines) {
            (false, _) => Expect::CommaOrEnd,
            (true, true) => Expect::Nothing("the value of a line"),
            (true, false) => next,
        };
    }

    /// The value or name that was begun has ended; these are its bytes, if it is a name.
    pub(super) fn complete(&mut self, role: Role, bytes: &[u8]) -> Result<(), String> {
        if role != Role::Name {
            self.pass(Expect::Value);
            return Ok(());
        }
        self.expect = Expect::Colon;
        let step = self.levels.last().map_or(0, |level| level.step);
        let is_wanted = match self.steps.get(step) {
            Some(Step::Member(wanted)) => is_name(bytes, wanted)?,
            _ => true,
        };
        self.member = is_wanted.then_some(step + 1);
        Ok(())
    }

    /// The step for an element of an array at `step`; none passes over it.
    fn element(&self, step: usize, element: usize) -> Option<usize> {
        match self.steps.get(step) {
            None => Some(step),
            Some(Step::Any) => Some(step + 1),
            Some(Step::Elements { first, last }) => {
                let is_wanted = *first <= element && last.is_none_or(|last| element <= last);
                is_wanted.then_some(step + 1)
            }
            Some(Step::Member(name)) => match name.parse::<usize>() {
                Ok(wanted) => (wanted == element).then_some(step + 1),
                // The way to a member goes through every element.
                Err(_) => Some(step),
            },
        }
    }

    /// The document or, where each line is one, the line ends outside of any value or name.
    pub(super) fn end(&self) -> Result<(), String> {
        match self.expect {
            Expect::Document if self.has_broken_mark() => Err(NOT_UTF8.to_owned()),
            Expect::Document | Expect::Value | Expect::Nothing(_) => Ok(()),
            _ if self.lines => Err(LINE_ENDS.to_owned()),
            _ => {
                let bracket = if self.is_in_array() { ']' } else { '}' };
                Err(format!("the document ends before `{bracket}`; it may be cut short"))
            }
        }
    }

    /// What is wrong when the document or line ends inside of a value or name.
    pub(super) fn ends_inside(&self, role: Role) -> &'static str {
        match role {
            _ if self.lines => LINE_ENDS,
            Role::Record | Role::PassedOver | Role::Name => "the document ends inside a value; it may be cut short",
        }
    }

    /// The next line is a document of its own.
    pub(super) fn begin_line(&mut self) {
        self.expect = Expect::Value;
    }

    pub(super) fn is_by_lines(&self) -> bool {
        self.lines
    }

    /// Whether a value outside of all others comes next, and is a record whatever it is.
    pub(super) fn is_before_record(&self) -> bool {
        self.expect == Expect::Value && self.steps.is_empty() && !self.lines
    }

    /// Whether a number or word that ends here ends with the document.
    pub(super) fn is_outside(&self) -> bool {
        self.levels.is_empty()
    }

    fn is_in_array(&self) -> bool {
        self.levels.last().is_some_and(|level| level.is_array)
    }

    fn has_broken_mark(&self) -> bool {
        self.expect == Expect::Document && !matches!(self.mark, 0 | 3)
    }
}

const LINE_ENDS: &str = "the line ends inside a value; with JSONFormat=LDJSON every line is a whole value";

/// Whether a member name in its quotes is `wanted`.
fn is_name(quoted: &[u8], wanted: &str) -> Result<bool, String> {
    if !quoted.contains(&b'\\') {
        let name = quoted.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
        return Ok(name == Some(wanted.as_bytes()));
    }
    match Cursor::new(quoted).and_then(|mut cursor| cursor.value()) {
        Ok(Value::Text(name)) => Ok(name == wanted),
        Ok(_) => Ok(false),
        Err(malformed) => Err(malformed.problem.to_owned()),
    }
}
