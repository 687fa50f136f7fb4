//! Leaping over the members nobody wants, where records repeat the order of the schema.

use super::{Fault, Node, Rows};
use crate::json::cursor::Cursor;
use crate::json::structure::Outline;

/// How many members may be absent between two.
const ABSENT: usize = 8;
/// How many records are read member by member after one that was out of order.
const PATIENCE: u8 = 100;

/// What leaping needs to remember.
#[derive(Debug, Default)]
pub(super) struct Leaps {
    plan: Option<Plan>,
    /// Records to read member by member.
    waits: u8,
    outline: Outline,
    /// The wanted members.
    wanted: Vec<Found>,
}

/// What is known before the first record.
#[derive(Debug)]
struct Plan {
    /// How many members there are.
    members: usize,
    /// Whether each of them is wanted.
    live: Vec<bool>,
    /// Whether few enough of them are.
    is_sparse: bool,
    /// Whether a member that is an object has members to leap over.
    has_sparse_members: bool,
}

/// A wanted member.
#[derive(Clone, Copy, Debug)]
struct Found {
    place: usize,
    colon: usize,
    /// The colon of the member behind it, or the end of all.
    next: usize,
}

impl Node {
    /// Reads the wanted members of an object if all of them are known and in order; otherwise it is left as it was.
    ///
    /// Of the others, the names are looked at, so that none of them is a wanted member again, and the extent.
    pub(super) fn leap(&mut self, cursor: &mut Cursor<'_>, rows: &mut Rows, row: u64) -> Result<bool, Fault> {
        let plan = self.plan();
        let with_inner = plan.has_sparse_members;
        // A look at the whole object is worth it where there are some members to leap over.
        if !plan.is_sparse || plan.members < 4 {
            return Ok(false);
        }
        if let Some(left) = self.leaps.waits.checked_sub(1) {
            self.leaps.waits = left;
            return Ok(false);
        }
        let mut outline = std::mem::take(&mut self.leaps.outline);
        let leapt = cursor.outline(with_inner, &mut outline).map_err(Fault::from);
        let leapt = leapt.and_then(|end| self.leap_along(&outline, end, cursor, rows, row));
        self.leaps.outline = outline;
        leapt
    }

    fn leap_along(
        &mut self,
        outline: &Outline,
        end: usize,
        cursor: &mut Cursor<'_>,
        rows: &mut Rows,
        row: u64,
    ) -> Result<bool, Fault> {
        if !self.find_wanted(&outline.colons, end, cursor) {
            self.leaps.waits = PATIENCE;
            return Ok(false);
        }
        let Self { leaps, members, .. } = self;
        let (mut inner, mut ends) = (outline.inner.as_slice(), outline.ends.as_slice());
        for &Found { place, colon, next } in &leaps.wanted {
            cursor.go_behind(colon);
            let Some(member) = members.at(place) else { continue };
            let inside = between(&mut inner, colon, next);
            let end = between(&mut ends, colon, next).first();
            if !(member.is_leapt_over(inside, end, cursor, rows, row)?) {
                member.read(cursor, rows, row)?;
            }
            cursor.next_member()?;
        }
        cursor.leave(end)?;
        Ok(true)
    }

    /// Reads the wanted members of an object whose colons are known, and where it ends, as [`Self::leap`] does.
    fn is_leapt_over(
        &mut self,
        colons: &[usize],
        end: Option<&usize>,
        cursor: &mut Cursor<'_>,
        rows: &mut Rows,
        row: u64,
    ) -> Result<bool, Fault> {
        let Some(&end) = end.filter(|_| !colons.is_empty()) else {
            return Ok(false);
        };
        if !self.is_object_of_members() || !self.plan().is_sparse || !self.find_wanted(colons, end, cursor) {
            return Ok(false);
        }
        self.seen = row;
        let Self { leaps, members, .. } = self;
        for &Found { place, colon, .. } in &leaps.wanted {
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
    fn find_wanted(&mut self, colons: &[usize], end: usize, cursor: &Cursor<'_>) -> bool {
        let Self { leaps, members, .. } = self;
        let Some(plan) = &leaps.plan else { return false };
        leaps.wanted.clear();
        let mut expected = 0;
        for (at, &colon) in colons.iter().enumerate() {
            let mut nearest = expected..expected + ABSENT;
            let is_next = |&place: &usize| {
                let name = members.written(place);
                name.is_some_and(|name| cursor.is_named(colon, name, at == 0))
            };
            let Some(place) = nearest.find(is_next) else {
                return false;
            };
            if plan.live.get(place) == Some(&true) {
                let next = colons.get(at + 1).copied().unwrap_or(end);
                leaps.wanted.push(Found { place, colon, next });
            }
            expected = place + 1;
        }
        expected > 0
    }

    /// Whether an object here is nothing but its members.
    fn is_object_of_members(&self) -> bool {
        !self.whole && !self.takes_all()
    }

    fn plan(&mut self) -> &Plan {
        let Self { leaps, members, .. } = self;
        leaps.plan.get_or_insert_with(|| {
            let live: Vec<_> = members.values_mut().map(|member| member.live).collect();
            let wanted = live.iter().filter(|live| **live).count();
            let inner = |member: &mut Self| member.live && member.is_object_of_members() && member.plan().is_sparse;
            Plan {
                members: live.len(),
                is_sparse: wanted * 2 <= live.len() && wanted > 0,
                has_sparse_members: members.values_mut().any(inner),
                live,
            }
        })
    }
}

/// The places from one to another; those before them are passed over.
fn between<'a>(places: &mut &'a [usize], from: usize, to: usize) -> &'a [usize] {
    let before = places.iter().take_while(|place| **place < from).count();
    let rest = places.get(before..).unwrap_or_default();
    let within = rest.iter().take_while(|place| **place < to).count();
    let (within, behind) = rest.split_at_checked(within).unwrap_or_default();
    *places = behind;
    within
}
