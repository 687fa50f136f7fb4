//! Rows that are arrays: their values are those of the columns that the document lists.

use super::rows::Rows;
use super::tree::{Fault, Node};
use crate::json::cursor::Cursor;
use crate::json::listed::{Names, walk_row};

/// The columns that a document lists.
#[derive(Debug)]
pub(super) struct Listed {
    names: Names,
    /// Where each is among the members of the record; none where the schema has no such column.
    places: Vec<Option<usize>>,
}

impl Listed {
    /// These columns of the records that `root` reads.
    pub(super) fn new(names: &Names, root: &Node) -> Self {
        let places = names.iter().enumerate();
        Self {
            places: places.map(|(at, name)| root.members.place(name, at)).collect(),
            names: names.clone(),
        }
    }
}

impl Node {
    /// Reads a row into the unfinished one.
    pub(super) fn read_listed(
        &mut self,
        cursor: &mut Cursor<'_>,
        rows: &mut Rows,
        row: u64,
        listed: &Listed,
    ) -> Result<(), Fault> {
        if !self.live {
            return Ok(cursor.skip()?);
        }
        walk_row(cursor, listed.names.len(), |cursor, at| {
            let place = listed.places.get(at).copied().flatten();
            match place.and_then(|place| self.members.at(place)) {
                Some(column) if column.live => column.read(cursor, rows, row),
                Some(_) => Ok(cursor.skip()?),
                None => {
                    if cursor.skip_and_ask()?
                        && let Some(name) = listed.names.get(at)
                    {
                        rows.unknown.add_member(None, name);
                    }
                    Ok(())
                }
            }
        })
    }
}
