//! The records inside a value, at a path.

use std::ops::Range;

use crate::json::cursor::{Cursor, Malformed};
use crate::json::path::Step;

/// Adds where the records at a path in the value at the cursor are.
pub(super) fn records(cursor: &mut Cursor<'_>, steps: &[Step], found: &mut Vec<Range<usize>>) -> Result<(), Malformed> {
    match (cursor.peek(), steps.split_first()) {
        (Some(b'['), None) => elements(cursor, |_, cursor| one(cursor, found)),
        (Some(b'n'), None) => cursor.skip(),
        (_, None) => one(cursor, found),
        (Some(b'{'), Some((step, rest))) => {
            let mut more = cursor.first_member()?;
            while more {
                let key = cursor.key()?;
                match step {
                    Step::Member(name) if **name == *key => records(cursor, rest, found)?,
                    Step::Any => records(cursor, rest, found)?,
                    _ => cursor.skip()?,
                }
                more = cursor.next_member()?;
            }
            Ok(())
        }
        (Some(b'['), Some((step, rest))) => elements(cursor, |index, cursor| match step {
            Step::Member(_) => records(cursor, steps, found),
            Step::Any => records(cursor, rest, found),
            Step::Elements { first, last } if index >= *first && last.is_none_or(|last| index <= last) => {
                records(cursor, rest, found)
            }
            Step::Elements { .. } => cursor.skip(),
        }),
        _ => cursor.skip(),
    }
}

fn one(cursor: &mut Cursor<'_>, found: &mut Vec<Range<usize>>) -> Result<(), Malformed> {
    cursor.peek();
    let from = cursor.offset();
    cursor.skip()?;
    found.push(from..cursor.offset());
    Ok(())
}

fn elements(
    cursor: &mut Cursor<'_>,
    mut each: impl FnMut(usize, &mut Cursor<'_>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    let mut more = cursor.first_element()?;
    let mut index = 0;
    while more {
        each(index, cursor)?;
        index += 1;
        more = cursor.next_element()?;
    }
    Ok(())
}
