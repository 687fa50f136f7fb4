//! Combinations of the rows of all levels: a row with each of those in it, and with nothing where there are none.

use datafusion::arrow::array::UInt32Array;

use super::Picks;
use super::rows::Rows;
use super::tree::Fault;

/// The combinations that one record may make.
pub(super) const MOST: usize = 1 << 22;

/// Which rows of each level make the rows of a batch.
#[derive(Debug)]
pub(super) struct Joined {
    /// For each level, the row in each combination; none where nothing lies in the row around.
    rows: Vec<Vec<Option<u32>>>,
}

impl Joined {
    pub(super) fn of(levels: usize) -> Self {
        Self {
            rows: vec![Vec::new(); levels],
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// Adds the combinations of the unfinished record.
    pub(super) fn add(&mut self, rows: &Rows) -> Result<(), Fault> {
        let record = rows.levels.first().map_or(0, |records| records.number);
        // A level comes behind the one it lies in, so each combination is there when it is made longer.
        let mut made: Vec<Vec<Option<u32>>> = vec![vec![u32::try_from(record).ok()]];
        for level in rows.levels.iter().skip(1) {
            let mut longer = Vec::new();
            for combination in made {
                let around = level
                    .parent
                    .and_then(|parent| combination.get(parent).copied().flatten());
                let inside = around.and_then(|row| Some(level.inside(usize::try_from(row).ok()?)));
                let inside = inside.unwrap_or_default();
                if longer.len() + inside.len() > MOST {
                    return Err(Fault::TooManyRows);
                }
                let mut with = |row| {
                    let mut combination = combination.clone();
                    combination.push(row);
                    longer.push(combination);
                };
                match inside.is_empty() {
                    true => with(None),
                    false => inside.for_each(|row| with(u32::try_from(row).ok())),
                }
            }
            made = longer;
        }
        for combination in made {
            for (rows, row) in self.rows.iter_mut().zip(combination) {
                rows.push(row);
            }
        }
        Ok(())
    }

    /// The combinations so far; none remain.
    pub(super) fn flush(&mut self) -> Picks {
        let taken = self.rows.iter_mut().map(std::mem::take);
        taken.map(|rows| Some(UInt32Array::from(rows))).collect()
    }
}
