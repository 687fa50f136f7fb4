//! The rows of a scratch table: batches that are never changed, only put together anew.

use std::collections::BTreeMap;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch};
use datafusion::arrow::compute::{concat_batches, filter_record_batch, interleave};
use datafusion::arrow::error::ArrowError;

use crate::engine::session::BATCH_SIZE;

/// Bytes up to which small batches are put together.
const LARGE: usize = 8 << 20;

/// Rows in their order. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Contents {
    batches: Vec<RecordBatch>,
    bytes: usize,
}

impl Contents {
    /// The batches.
    pub(super) fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// The batches, each with a further column of the numbers of its rows, from 0.
    pub(super) fn row_numbers(&self) -> impl Iterator<Item = (&RecordBatch, Int64Array)> {
        self.numbered().map(|(first, batch)| {
            let rows = i64::try_from(batch.num_rows()).unwrap_or(i64::MAX);
            (batch, (first..first.saturating_add(rows)).collect())
        })
    }

    /// How many bytes it holds.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds rows at the end.
    ///
    /// Batches of like size are put together, so that rows that come one by one cost little each and few batches stay.
    pub(super) fn push(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        // A copy: the batch may be a slice that keeps far more than its rows alive.
        let mut last = concat_batches(&batch.schema(), [batch, &batch.slice(0, 0)])?;
        while let Some(before) = self.batches.pop_if(|before| {
            before.num_rows() <= last.num_rows()
                && before.num_rows() + last.num_rows() <= BATCH_SIZE
                && before.get_array_memory_size() + last.get_array_memory_size() <= LARGE
        }) {
            self.bytes -= before.get_array_memory_size();
            last = concat_batches(&batch.schema(), [&before, &last])?;
        }
        self.take(last);
        Ok(())
    }

    fn take(&mut self, batch: RecordBatch) {
        self.bytes += batch.get_array_memory_size();
        self.batches.push(batch);
    }

    /// The rows without those with these numbers.
    pub(super) fn without(&self, rows: &[i64]) -> Result<Self, ArrowError> {
        let mut sorted = rows.to_vec();
        sorted.sort_unstable();
        let mut contents = Self::default();
        for (first, batch) in self.numbered() {
            let numbers = first..first.saturating_add(i64::try_from(batch.num_rows()).unwrap_or(i64::MAX));
            let from = sorted.partition_point(|row| *row < numbers.start);
            let to = sorted.partition_point(|row| *row < numbers.end);
            if from == to {
                contents.take(batch.clone());
            } else {
                let kept: BooleanArray = numbers.map(|row| Some(sorted.binary_search(&row).is_err())).collect();
                contents.push(&filter_record_batch(batch, &kept)?)?;
            }
        }
        Ok(contents)
    }

    /// The rows, of which some are replaced: by number, the batch of `others` and the row in it that takes the place.
    pub(super) fn replaced(
        &self,
        replaced: &BTreeMap<i64, (usize, usize)>,
        others: &[RecordBatch],
    ) -> Result<Self, ArrowError> {
        let mut contents = Self::default();
        for (first, batch) in self.numbered() {
            let numbers = first..first.saturating_add(i64::try_from(batch.num_rows()).unwrap_or(i64::MAX));
            if replaced.range(numbers.clone()).next().is_none() {
                contents.take(batch.clone());
                continue;
            }
            // Among the sources of a column the batch itself comes first.
            let places: Vec<_> = numbers
                .zip(0..)
                .map(|(number, row)| match replaced.get(&number) {
                    Some((other, row)) => (other + 1, *row),
                    None => (0, row),
                })
                .collect();
            let columns = batch.columns().iter().enumerate().map(|(index, column)| {
                let others = others.iter().map(|other| other.column(index));
                let sources: Vec<&dyn Array> = std::iter::once(column).chain(others).map(ArrayRef::as_ref).collect();
                interleave(&sources, &places)
            });
            let columns = columns.collect::<Result<Vec<_>, _>>()?;
            contents.take(RecordBatch::try_new(batch.schema(), columns)?);
        }
        Ok(contents)
    }

    /// The batches with the numbers of their first rows.
    fn numbered(&self) -> impl Iterator<Item = (i64, &RecordBatch)> {
        self.batches.iter().scan(0_i64, |next, batch| {
            let first = *next;
            *next = first.saturating_add(i64::try_from(batch.num_rows()).unwrap_or(i64::MAX));
            Some((first, batch))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{AsArray, StringArray};
    use datafusion::arrow::datatypes::Int64Type;

    use super::*;

    fn batch(numbers: std::ops::Range<i64>) -> RecordBatch {
        let texts: StringArray = numbers
            .clone()
            .map(|n| (n % 3 != 0).then(|| format!("row {n}")))
            .collect();
        let numbers: Int64Array = numbers.collect();
        RecordBatch::try_from_iter_with_nullable([
            ("n", Arc::new(numbers) as ArrayRef, true),
            ("text", Arc::new(texts) as ArrayRef, true),
        ])
        .unwrap()
    }

    fn numbers(contents: &Contents) -> Vec<i64> {
        let columns = contents
            .batches
            .iter()
            .map(|batch| batch.column(0).as_primitive::<Int64Type>());
        columns.flat_map(|column| column.values().to_vec()).collect()
    }

    #[test]
    fn rows_that_come_one_by_one_stay_in_few_batches_and_in_order() {
        let mut contents = Contents::default();
        for n in 0..20_000 {
            contents.push(&batch(n..n + 1)).unwrap();
        }
        assert_eq!(numbers(&contents), (0..20_000).collect::<Vec<_>>());
        assert!(contents.batches.len() < 20, "{}", contents.batches.len());
    }

    #[test]
    fn a_slice_keeps_only_its_own_rows() {
        let mut contents = Contents::default();
        contents.push(&batch(0..8_000).slice(17, 2)).unwrap();
        assert_eq!(numbers(&contents), [17, 18]);
        assert!(contents.bytes() < 2_000, "{}", contents.bytes());
    }

    #[test]
    fn rows_are_removed_and_replaced_by_their_numbers() {
        let mut contents = Contents::default();
        for start in [0, 6_000, 12_000] {
            contents.push(&batch(start..start + 6_000)).unwrap();
        }
        assert_eq!(contents.batches.len(), 3);
        let fewer = contents.without(&[17_999, 0, 6_000]).unwrap();
        let expected: Vec<_> = (0..18_000).filter(|n| ![0, 6_000, 17_999].contains(n)).collect();
        assert_eq!(numbers(&fewer), expected);
        assert_eq!(numbers(&contents).len(), 18_000);

        let others = [batch(-2..0), batch(-9..-8)];
        let replaced = BTreeMap::from([(5_999, (1, 0)), (6_000, (0, 1)), (7, (0, 0))]);
        let changed = numbers(&contents.replaced(&replaced, &others).unwrap());
        let expected: Vec<_> = (0..18_000)
            .map(|n| match n {
                7 => -2,
                5_999 => -9,
                6_000 => -1,
                other => other,
            })
            .collect();
        assert_eq!(changed, expected);
    }
}
