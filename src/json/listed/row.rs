//! Walking through a row that is an array.

use std::fmt;

use crate::json::cursor::{Cursor, Malformed};

/// Why an array of values is no row.
#[derive(Clone, Copy, Debug)]
pub enum NoRow {
    /// It is something else than an array.
    Kind,
    /// It has more values than there are columns.
    TooLong {
        /// How many it has.
        values: usize,
        /// How many there are.
        columns: usize,
    },
}

impl fmt::Display for NoRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind => f.write_str("a row is not an array, as it has to be with JSONFormat=JSONRows"),
            Self::TooLong { values, columns } => {
                write!(f, "a row has {values} values, but the document lists {columns} columns")
            }
        }
    }
}

/// Walks through a row: `take` reads each value, told its place. A row may end before the last column.
pub(in crate::json) fn walk_row<E: From<Malformed> + From<NoRow>>(
    cursor: &mut Cursor<'_>,
    columns: usize,
    mut take: impl FnMut(&mut Cursor<'_>, usize) -> Result<(), E>,
) -> Result<(), E> {
    if cursor.peek() != Some(b'[') {
        return Err(NoRow::Kind.into());
    }
    let mut more = cursor.first_element()?;
    let mut values = 0;
    while more {
        match values < columns {
            true => take(cursor, values)?,
            false => cursor.skip()?,
        }
        values += 1;
        more = cursor.next_element()?;
    }
    match values > columns {
        true => Err(NoRow::TooLong { values, columns }.into()),
        false => Ok(()),
    }
}
