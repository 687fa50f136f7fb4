//! Leaping over the members nobody wants, where records repeat the order of the schema.

use super::{Fault, Node, Rows};
use crate::json::cursor::Cursor;

/// How many members may be absent between two.
const ABSENT: usize = 8;
/// How many records are read member by member after one that was out of order.
const PATIENCE: u8 = 100;

/// What leaping needs to remember.
#[derive(Debug, Default)]
pub(super) struct Leaps {
    /// Whether few enough of the members are wanted.
    pays: Option<bool>,
    /// Records to read member by member.
    waits: u8,
    colons: Vec<usize>,
    /// The places of wanted members, and their colons.
    wanted: Vec<(usize, usize)>,
}

impl Node {
    /// Reads the wanted members of an object if all of them are known and in order; otherwise it is left as it was.
    ///
    /// Of the others, the names are looked at, so that none of them is a wanted member again, and the extent.
    pub(super) fn leap(&mut self, cursor: &mut Cursor<'_>, rows: &mut Rows, row: u64) -> Result<bool, Fault> {
        if !self.leaping_pays() {
            return Ok(false);
        }
        if let Some(left) = self.leaps.waits.checked_sub(1) {
            self.leaps.waits = left;
            return Ok(false);
        }
        let end = cursor.colons(&mut self.leaps.colons)?;
        if !self.find_wanted(cursor) {
            self.leaps.waits = PATIENCE;
            return Ok(false);
        }
        let Self { leaps, members, .. } = self;
        for &(place, colon) in &leaps.wanted {
            cursor.go_behind(colon);
            if let Some(member) = members.at(place) {
                member.read(cursor, rows, row)?;
            }
            cursor.next_member()?;
        }
        cursor.leave(end)?;
        Ok(true)
    }

    /// Whether every member is known, in order; if so, the wanted ones are noted.
    fn find_wanted(&mut self, cursor: &Cursor<'_>) -> bool {
        let Self { leaps, members, .. } = self;
        leaps.wanted.clear();
        let mut expected = 0;
        for &colon in &leaps.colons {
            let mut nearest = expected..expected + ABSENT;
            let is_next = |&place: &usize| {
                let name = members.plain_name(place);
                name.is_some_and(|name| cursor.is_named(colon, name, expected == 0))
            };
            let Some(place) = nearest.find(is_next) else {
                return false;
            };
            if members.at(place).is_some_and(|member| member.live) {
                leaps.wanted.push((place, colon));
            }
            expected = place + 1;
        }
        expected > 0
    }

    fn leaping_pays(&mut self) -> bool {
        let Self { leaps, members, .. } = self;
        *leaps.pays.get_or_insert_with(|| {
            let (mut all, mut live) = (0, 0);
            for member in members.values_mut() {
                all += 1;
                live += usize::from(member.live);
            }
            all >= 4 && live * 2 <= all
        })
    }
}
