//! The values that a path leads to in a JSON text, found without a tree.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::cursor::{Cursor, Malformed, Value};
use super::path::{JsonPath, Step};

type Read<T> = Result<T, Malformed>;

/// The values in `text` that `path` leads to, in the order they are written. Of members with one name the last counts.
///
/// [`Malformed`] when the text is not one JSON value, wherever in it the fault is.
pub fn select<'a>(text: &'a str, path: &JsonPath) -> Read<Vec<Value<'a>>> {
    let mut cursor = Cursor::new(text.as_bytes())?;
    let mut found = Vec::new();
    walk(&mut cursor, &path.steps, &mut found)?;
    cursor.end()?;
    Ok(found)
}

/// The members of the object in `text`, or the elements of the array, with their names or their places from 0. Nothing for
/// any other value.
pub fn entries(text: &str) -> Read<Vec<(Cow<'_, str>, Value<'_>)>> {
    let mut cursor = Cursor::new(text.as_bytes())?;
    let mut found = Vec::new();
    match cursor.peek() {
        Some(b'{') => members(&mut cursor, &[], &mut |name, values| {
            found.extend(values.into_iter().map(|value| (name.clone(), value)));
        })?,
        Some(b'[') => {
            let mut more = cursor.first_element()?;
            while more {
                let value = cursor.value()?;
                found.push((found.len().to_string().into(), value));
                more = cursor.next_element()?;
            }
        }
        _ => drop(cursor.value()?),
    }
    cursor.end()?;
    Ok(found)
}

/// Whether `text` is one object or one array.
pub fn is_nested(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
        && Cursor::new(text.as_bytes()).is_ok_and(|mut cursor| {
            let whole = cursor.value().and_then(|_| cursor.end());
            whole.is_ok()
        })
}

/// Follows the steps from the value that comes next, and passes over it.
fn walk<'a>(cursor: &mut Cursor<'a>, steps: &[Step], found: &mut Vec<Value<'a>>) -> Read<()> {
    let Some((step, rest)) = steps.split_first() else {
        found.push(cursor.value()?);
        return Ok(());
    };
    match (cursor.peek(), step) {
        (Some(b'{'), Step::Member(name)) => {
            let before = found.len();
            let mut more = cursor.first_member()?;
            while more {
                if cursor.key()? == **name {
                    found.truncate(before);
                    walk(cursor, rest, found)?;
                } else {
                    drop(cursor.value()?);
                }
                more = cursor.next_member()?;
            }
            Ok(())
        }
        (Some(b'{'), Step::Any) => members(cursor, rest, &mut |_, values| found.extend(values)),
        (Some(b'['), step) => {
            let wanted = elements(step);
            let mut more = cursor.first_element()?;
            let mut at = 0;
            while more {
                let is_wanted = wanted.is_some_and(|(first, last)| first <= at && last.is_none_or(|last| at <= last));
                match is_wanted {
                    true => walk(cursor, rest, found)?,
                    false => drop(cursor.value()?),
                }
                at += 1;
                more = cursor.next_element()?;
            }
            Ok(())
        }
        _ => cursor.value().map(drop),
    }
}

/// Follows the steps from every member of the object that comes next, and hands over what each name leads to.
fn members<'a>(
    cursor: &mut Cursor<'a>,
    steps: &[Step],
    take: &mut dyn FnMut(Cow<'a, str>, Vec<Value<'a>>),
) -> Read<()> {
    let mut places: HashMap<Cow<'a, str>, usize> = HashMap::new();
    let mut found = Vec::new();
    let mut more = cursor.first_member()?;
    while more {
        let name = cursor.key()?;
        let mut values = Vec::new();
        walk(cursor, steps, &mut values)?;
        match places.entry(name.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(found.len());
                found.push((name, values));
            }
            Entry::Occupied(entry) => {
                if let Some(earlier) = found.get_mut(*entry.get()) {
                    earlier.1 = values;
                }
            }
        }
        more = cursor.next_member()?;
    }
    for (name, values) in found {
        take(name, values);
    }
    Ok(())
}

/// Which elements of an array the step leads to: the first, and the last unless they go on to the end.
fn elements(step: &Step) -> Option<(usize, Option<usize>)> {
    match step {
        Step::Any => Some((0, None)),
        Step::Elements { first, last } => Some((*first, *last)),
        Step::Member(name) => {
            let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
            let at = name.parse().ok().filter(|_| is_number)?;
            Some((at, Some(at)))
        }
    }
}

#[cfg(test)]
mod tests;
