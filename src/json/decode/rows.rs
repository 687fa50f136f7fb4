//! The rows being filled: of records, and of the arrays of rows in them.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::error::ArrowError;

use super::UnknownColumns;
use super::column::{ColumnDecoder, Misfit};
use crate::json::cursor::Value;

/// The rows of all levels. The row of a level that is being filled is the one behind those that are complete.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) levels: Vec<LevelRows>,
    pub(super) unknown: UnknownColumns,
    /// Rows begun so far, which tells a second occurrence of a member from one in another row.
    begun: u64,
}

/// The rows of one level.
#[derive(Debug)]
pub(super) struct LevelRows {
    pub(super) columns: Vec<Box<dyn ColumnDecoder>>,
    /// How many rows of each column are filled: one more than are complete where the unfinished row has a value.
    filled: Vec<usize>,
    /// How many rows are complete.
    pub(super) number: usize,
    /// The level that the rows lie in; none for records.
    pub(super) parent: Option<usize>,
    /// The row of that level which each row lies in.
    pub(super) parents: Vec<usize>,
}

/// A column in the rows of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) level: usize,
    pub(super) column: usize,
}

impl Rows {
    pub(super) fn new(levels: Vec<LevelRows>) -> Self {
        Self {
            levels,
            unknown: UnknownColumns::default(),
            begun: 0,
        }
    }

    /// Begins a row. What it answers tells it from every other row.
    pub(super) fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// Completes the row of a level: columns without a value get null.
    pub(super) fn commit(&mut self, level: usize) {
        let parent = self.unfinished_around(level);
        let Some(level) = self.levels.get_mut(level) else {
            return;
        };
        level.number += 1;
        level.parents.extend(parent);
        for (column, filled) in level.columns.iter_mut().zip(&mut level.filled) {
            if *filled < level.number {
                column.append_null();
                *filled = level.number;
            }
        }
    }

    /// Forgets what the unfinished row of a level has so far, and the rows that lie in it.
    pub(super) fn rollback(&mut self, level: usize) {
        if let Some(rows) = self.levels.get_mut(level) {
            let number = rows.number;
            rows.columns.iter_mut().for_each(|column| column.truncate(number));
            rows.filled.fill(number);
        }
        for inner in self.inside(level) {
            self.forget(inner);
        }
    }

    /// Forgets the rows of a level that lie in the unfinished row of the level around it.
    pub(super) fn forget(&mut self, inner: usize) {
        let number = self.unfinished_around(inner).unwrap_or_default();
        if let Some(rows) = self.levels.get_mut(inner) {
            rows.number = rows.parents.partition_point(|&parent| parent < number);
            rows.parents.truncate(rows.number);
        }
        self.rollback(inner);
    }

    /// The unfinished row of the level around a level; none around records.
    fn unfinished_around(&self, level: usize) -> Option<usize> {
        let around = self.levels.get(level)?.parent?;
        self.levels.get(around).map(|around| around.number)
    }

    /// The levels whose rows lie in those of this one.
    fn inside(&self, level: usize) -> Vec<usize> {
        let levels = self.levels.iter().enumerate();
        let inside = levels.filter(|(_, inner)| inner.parent == Some(level));
        inside.map(|(inner, _)| inner).collect()
    }

    /// Puts a value into the unfinished row; `null` takes back nothing.
    pub(super) fn set(&mut self, slot: Slot, value: &Value<'_>) -> Result<(), Misfit> {
        let Some(level) = self.levels.get_mut(slot.level) else {
            return Ok(());
        };
        match (level.columns.get_mut(slot.column), level.filled.get_mut(slot.column)) {
            (Some(column), Some(filled)) if *value != Value::Null => {
                if *filled > level.number {
                    column.truncate(level.number);
                }
                column.append(value)?;
                *filled = level.number + 1;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Takes back the value in the unfinished row.
    pub(super) fn clear(&mut self, slot: Slot) {
        if let Some(level) = self.levels.get_mut(slot.level)
            && let (Some(column), Some(filled)) =
                (level.columns.get_mut(slot.column), level.filled.get_mut(slot.column))
        {
            column.truncate(level.number);
            *filled = level.number;
        }
    }
}

impl LevelRows {
    pub(super) fn new(columns: Vec<Box<dyn ColumnDecoder>>, parent: Option<usize>) -> Self {
        Self {
            filled: vec![0; columns.len()],
            columns,
            number: 0,
            parent,
            parents: Vec::new(),
        }
    }

    /// The rows that lie in one row of the level around.
    pub(super) fn inside(&self, row: usize) -> std::ops::Range<usize> {
        let first = self.parents.partition_point(|&parent| parent < row);
        let behind = self.parents.partition_point(|&parent| parent <= row);
        first..behind
    }

    /// The columns of the complete rows; none remain.
    pub(super) fn flush(&mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        self.number = 0;
        self.filled.fill(0);
        self.parents.clear();
        self.columns.iter_mut().map(|column| column.flush()).collect()
    }
}
