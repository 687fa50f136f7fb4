//! Paths into a JSON value, as users write them: `$.people[*].vehicles`, `people.vehicles`, `/feed/*`, `[0].grade`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};

/// A path: the steps from a value to values inside it.
///
/// ```text
/// path    = ["$"] *step / 1*("/" segment)
/// step    = ["."] name / ".*" / "[" ("*" / "x" / index / range / quoted) "]"
/// range   = index ".." [index] / ".." index
/// segment = name / "*"
/// ```
///
/// Elements are counted from 0; both ends of a range are part of it. A name holds anything but `.`, `[` and `/`; in
/// quotes (`['a.b']`), anything, with a quote in it doubled. A name that is a number, as in `vehicles.1.type`, is a member or an element, whichever is
/// there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub struct JsonPath {
    /// The steps, from the outermost.
    pub steps: Vec<Step>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub enum Step {
    /// The member with this name.
    Member(Box<str>),
    /// Every member of an object, or every element of an array.
    Any,
    /// Some elements of an array.
    Elements {
        /// The first, from 0.
        first: usize,
        /// The last; none goes on to the end.
        last: Option<usize>,
    },
}

impl Step {
    /// Every element of an array.
    pub const ALL: Self = Self::Elements { first: 0, last: None };
}

/// The most steps of a path: following one costs stack.
const MOST_STEPS: usize = 500;

impl JsonPath {
    /// Reads a path. The error is the end of a sentence that begins with the path.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        let mut steps = Vec::new();
        // A path of slashes is written without dots, so that a name there may hold them.
        let slashed = rest.starts_with('/');
        let ends: &[char] = if slashed { &['/'] } else { &['.', '['] };
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix('[').filter(|_| !slashed) {
                let (step, after) = bracketed(inside)?;
                steps.push(step);
                rest = after;
                continue;
            }
            let separator = if slashed { '/' } else { '.' };
            let name = match rest.strip_prefix(separator) {
                Some(name) => name,
                None if steps.is_empty() && rest.len() == text.len() => rest,
                None => return Err("has a name that no `.` stands before"),
            };
            let (name, after) = name.split_at(name.find(ends).unwrap_or(name.len()));
            match name {
                "" if slashed && after.is_empty() => {}
                "" => return Err("has a step without a name; a name that holds `.`, `[` or `/` is written ['a.b']"),
                "*" => steps.push(Step::Any),
                name => steps.push(Step::Member(name.into())),
            }
            rest = after;
        }
        if steps.len() > MOST_STEPS {
            return Err("has more than 500 steps");
        }
        Ok(Self { steps })
    }

    /// Whether it leads to one value at most.
    pub fn is_definite(&self) -> bool {
        self.steps.iter().all(|step| match step {
            Step::Member(_) => true,
            Step::Any => false,
            Step::Elements { first, last } => *last == Some(*first),
        })
    }

    /// The last name on the path.
    pub fn last_name(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Member(name) => Some(&**name),
            Step::Any | Step::Elements { .. } => None,
        })
    }

    /// Reads the value of a property that is a path.
    ///
    /// `Kind::Property` naming property and path.
    pub fn of_property(property: &str, text: &str) -> Result<Self> {
        Self::parse(text).map_err(|problem| {
            Error::new(
                Kind::Property,
                format!("The property {property} has the path '{text}', which {problem}."),
            )
        })
    }
}

/// What stands in brackets, behind the opening one; and the rest behind the closing one.
fn bracketed(inside: &str) -> Result<(Step, &str), &'static str> {
    const UNCLOSED: &str = "has a `[` without its `]`";
    if let Some(quote) = inside.chars().next().filter(|first| matches!(first, '\'' | '"')) {
        let text = inside.strip_prefix(quote).unwrap_or_default();
        let (name, after) = quoted(text, quote).ok_or("has a quote without its end")?;
        return Ok((Step::Member(name.into()), after.strip_prefix(']').ok_or(UNCLOSED)?));
    }
    let (what, after) = inside.split_once(']').ok_or(UNCLOSED)?;
    let number = |text: &str| text.trim().parse::<usize>();
    let wrong = "has something in brackets that is no element: write [0], [2..5], [2..], [..5], [*] or ['name']";
    let step = match what.trim() {
        "*" | "x" | "X" => Step::ALL,
        what => match what.split_once("..") {
            None => {
                let at = number(what).map_err(|_| wrong)?;
                Step::Elements {
                    first: at,
                    last: Some(at),
                }
            }
            Some((first, last)) => {
                let first = first.trim();
                let first = if first.is_empty() { Ok(0) } else { number(first) };
                let last = last.trim();
                let last = (!last.is_empty()).then(|| number(last)).transpose();
                Step::Elements {
                    first: first.map_err(|_| wrong)?,
                    last: last.map_err(|_| wrong)?,
                }
            }
        },
    };
    Ok((step, after))
}

/// A name up to its closing quote, which stands twice where the name has it, and the rest behind it.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (plain, after) = rest.split_once(quote)?;
        name.push_str(plain);
        match after.strip_prefix(quote) {
            Some(more) => {
                name.push(quote);
                rest = more;
            }
            None => return Some((name, after)),
        }
    }
}

/// Whether a name would be read as something else without quotes.
fn needs_quotes(name: &str) -> bool {
    matches!(name, "" | "*") || name.trim() != name || name.contains(['.', '[', '/', ']', '\'', '"'])
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.steps {
            match step {
                Step::Member(name) if needs_quotes(name) => {
                    let quote = if name.contains('\'') { '"' } else { '\'' };
                    let doubled = name.replace(quote, &format!("{quote}{quote}"));
                    write!(f, "[{quote}{doubled}{quote}]")?;
                }
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Any => f.write_str(".*")?,
                Step::Elements { first: 0, last: None } => f.write_str("[*]")?,
                Step::Elements {
                    first,
                    last: Some(last),
                } if first == last => write!(f, "[{first}]")?,
                Step::Elements {
                    first,
                    last: Some(last),
                } => write!(f, "[{first}..{last}]")?,
                Step::Elements { first, last: None } => write!(f, "[{first}..]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
