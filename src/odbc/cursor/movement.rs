//! Where a fetch goes: the rules of SQLFetchScroll for every orientation, without any row.

use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::numbers::fetch;

/// What a fetch asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// `SQL_FETCH_NEXT`
    Next,
    /// `SQL_FETCH_PRIOR`
    Prior,
    /// `SQL_FETCH_FIRST`
    First,
    /// `SQL_FETCH_LAST`
    Last,
    /// `SQL_FETCH_ABSOLUTE`: from the first row on, or from the last back.
    Absolute(isize),
    /// `SQL_FETCH_RELATIVE`: from the start of the rowset.
    Relative(isize),
    /// `SQL_FETCH_BOOKMARK`: from the row of a bookmark.
    Bookmark(usize, isize),
}

/// Answers how many rows there are, as far as it must know: at least up to the row it is given, if there are so many.
pub type Reach<'a> = dyn FnMut(usize) -> Result<usize, Diagnostic> + 'a;

/// Where a cursor is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Before the first row.
    #[default]
    Before,
    /// On a rowset that starts at this row, from 1.
    At(usize),
    /// Behind the last row.
    After,
}

impl Place {
    /// The first row of the rowset; 0 when it has none.
    pub fn row(self) -> usize {
        match self {
            Self::At(row) => row,
            Self::Before | Self::After => 0,
        }
    }
}

/// Where a fetch comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The place.
    pub place: Place,
    /// Whether it would have begun before the first row, and begins there instead (01S06).
    pub is_clipped: bool,
}

impl Movement {
    /// The movement of an orientation; none for a number that is no orientation. A bookmark is read by `bookmark`.
    pub fn of(orientation: i16, offset: isize, bookmark: impl FnOnce() -> Option<usize>) -> Option<Self> {
        Some(match orientation {
            fetch::NEXT => Self::Next,
            fetch::FIRST => Self::First,
            fetch::LAST => Self::Last,
            fetch::PRIOR => Self::Prior,
            fetch::ABSOLUTE => Self::Absolute(offset),
            fetch::RELATIVE => Self::Relative(offset),
            fetch::BOOKMARK => Self::Bookmark(bookmark()?, offset),
            _ => return None,
        })
    }

    /// Where a cursor at `now`, whose rowset has `step` rows, comes to with a rowset of `size` rows.
    pub fn start(self, now: Place, step: usize, size: usize, reach: &mut Reach<'_>) -> Result<Start, Diagnostic> {
        const BEFORE: Start = plain(Place::Before);
        match (self, now) {
            (Self::First, _) | (Self::Next, Place::Before) => at(reach, 1),
            (Self::Next, Place::At(row)) => at(reach, row.saturating_add(step)),
            (Self::Next, Place::After) => Ok(plain(Place::After)),
            (Self::Prior, Place::Before | Place::At(1)) => Ok(BEFORE),
            (Self::Prior, Place::At(row)) if row <= size => Ok(CLIPPED),
            (Self::Prior, Place::At(row)) => at(reach, row - size),
            (Self::Prior, Place::After) => Ok(match reach(usize::MAX)? {
                0 => BEFORE,
                last if last < size => CLIPPED,
                last => plain(Place::At(last - size + 1)),
            }),
            (Self::Last, _) => {
                let last = reach(usize::MAX)?;
                at(reach, last.saturating_sub(size).saturating_add(1))
            }
            (Self::Relative(..=0), Place::Before) => Ok(BEFORE),
            (Self::Relative(0..), Place::After) => Ok(plain(Place::After)),
            (Self::Absolute(offset), _) | (Self::Relative(offset), Place::Before | Place::After) => {
                match usize::try_from(offset) {
                    Ok(0) => Ok(BEFORE),
                    Ok(row) => at(reach, row),
                    Err(_) => {
                        let back = offset.unsigned_abs();
                        let last = reach(usize::MAX)?;
                        Ok(match last.checked_sub(back) {
                            Some(before) => plain(Place::At(before + 1)),
                            None if back > size || last == 0 => BEFORE,
                            None => CLIPPED,
                        })
                    }
                }
            }
            (Self::Relative(offset), Place::At(row)) => match row.checked_add_signed(offset) {
                Some(to @ 1..) => at(reach, to),
                _ if row == 1 || offset.unsigned_abs() > size => Ok(BEFORE),
                _ => Ok(CLIPPED),
            },
            (Self::Bookmark(row, offset), _) => match row.checked_add_signed(offset) {
                Some(to @ 1..) => at(reach, to),
                _ => Ok(BEFORE),
            },
        }
    }
}

/// On a row, if there is one with this number.
fn at(reach: &mut Reach<'_>, row: usize) -> Result<Start, Diagnostic> {
    let exists = row >= 1 && reach(row)? >= row;
    Ok(plain(if exists { Place::At(row) } else { Place::After }))
}

const CLIPPED: Start = Start {
    place: Place::At(1),
    is_clipped: true,
};

const fn plain(place: Place) -> Start {
    Start {
        place,
        is_clipped: false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use Movement::{Absolute, Bookmark, First, Last, Next, Prior, Relative};
    use Place::{After, At, Before};

    use super::*;

    /// Where a cursor over ten rows comes to with rowsets of three.
    fn from(now: Place, movement: Movement) -> Place {
        movement.start(now, 3, 3, &mut |_| Ok(10)).unwrap().place
    }

    #[test]
    fn each_orientation_follows_the_tables_of_the_standard() {
        for (now, movement, place) in [
            (Before, Next, At(1)),
            (At(1), Next, At(4)),
            (At(8), Next, After),
            (At(7), Next, At(10)),
            (After, Next, After),
            (Before, Prior, Before),
            (At(1), Prior, Before),
            (At(3), Prior, At(1)),
            (At(4), Prior, At(1)),
            (After, Prior, At(8)),
            (At(5), First, At(1)),
            (Before, Last, At(8)),
            (At(5), Absolute(10), At(10)),
            (At(5), Absolute(11), After),
            (At(5), Absolute(0), Before),
            (At(5), Absolute(-1), At(10)),
            (At(5), Absolute(-10), At(1)),
            (At(5), Absolute(-11), Before),
            (Before, Relative(2), At(2)),
            (Before, Relative(0), Before),
            (Before, Relative(-1), Before),
            (At(1), Relative(-1), Before),
            (At(2), Relative(-4), Before),
            (At(2), Relative(-3), At(1)),
            (At(2), Relative(0), At(2)),
            (At(2), Relative(8), At(10)),
            (At(2), Relative(9), After),
            (After, Relative(-2), At(9)),
            (After, Relative(0), After),
            (After, Relative(1), After),
            (At(2), Bookmark(4, 0), At(4)),
            (At(2), Bookmark(4, -4), Before),
            (At(2), Bookmark(4, 7), After),
        ] {
            assert_eq!(from(now, movement), place, "{movement:?} from {now:?}");
        }
    }

    #[test]
    fn what_begins_before_the_first_row_is_told() {
        let clipped = |now, movement: Movement, rows| {
            let start = movement.start(now, 3, 3, &mut |_| Ok(rows)).unwrap();
            (start.place, start.is_clipped)
        };
        assert_eq!(clipped(At(3), Prior, 10), (At(1), true));
        assert_eq!(clipped(At(4), Prior, 10), (At(1), false));
        assert_eq!(clipped(After, Prior, 2), (At(1), true));
        assert_eq!(clipped(Before, Absolute(-3), 2), (At(1), true));
        assert_eq!(clipped(At(2), Relative(-2), 10), (At(1), true));
    }

    #[test]
    fn a_result_without_rows_has_no_place_to_stand() {
        for movement in [Next, First, Last, Absolute(1), Absolute(-1), Relative(1), Prior] {
            for now in [Before, After] {
                let start = movement.start(now, 1, 1, &mut |_| Ok(0)).unwrap();
                assert!(!matches!(start.place, At(_)), "{movement:?} from {now:?}");
            }
        }
    }
}
