//! Rows that are kept so that a cursor can go back: in memory, and on the disk past a limit.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::arrow::record_batch::RecordBatch;

use crate::error::{Error, Kind, Result};

/// Bytes of batches that are kept in memory; what comes later goes to the disk.
const IN_MEMORY: usize = 256 << 20;

/// Batches in their order.
#[derive(Debug)]
pub struct Kept {
    limit: usize,
    batches: Vec<Batch>,
    rows: usize,
    held: usize,
    /// Made without a name, so that nothing of it stays whatever ends the process.
    file: Option<File>,
    written: u64,
    /// The batch that was read back last.
    read: Option<(usize, Arc<RecordBatch>)>,
}

#[derive(Debug)]
struct Batch {
    first: usize,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Memory(Arc<RecordBatch>),
    Disk { at: u64, length: usize },
}

impl Default for Kept {
    fn default() -> Self {
        Self::within(IN_MEMORY)
    }
}

impl Kept {
    fn within(limit: usize) -> Self {
        Self {
            limit,
            batches: Vec::new(),
            rows: 0,
            held: 0,
            file: None,
            written: 0,
            read: None,
        }
    }

    /// How many rows are kept.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Keeps another batch behind those before. `Kind::Memory` when the disk cannot take it.
    pub fn add(&mut self, batch: Arc<RecordBatch>) -> Result<()> {
        let (first, rows, size) = (self.rows, batch.num_rows(), batch.get_array_memory_size());
        let place = if self.held.saturating_add(size) <= self.limit {
            self.held += size;
            Place::Memory(batch)
        } else {
            self.write(&batch)?
        };
        self.batches.push(Batch { first, place });
        self.rows += rows;
        Ok(())
    }

    /// The batch that holds a row (from 0): its number, the number of its first row, and itself.
    pub fn batch_of(&mut self, row: usize) -> Result<Option<(usize, usize, Arc<RecordBatch>)>> {
        let behind = self.batches.partition_point(|batch| batch.first <= row);
        let Some(index) = behind.checked_sub(1).filter(|_| row < self.rows) else {
            return Ok(None);
        };
        let Some(Batch { first, place }) = self.batches.get(index) else {
            return Ok(None);
        };
        let batch = match (place, &self.read) {
            (Place::Memory(batch), _) => batch.clone(),
            (Place::Disk { .. }, Some((read, batch))) if *read == index => batch.clone(),
            (Place::Disk { at, length }, _) => {
                let batch = Arc::new(self.read(*at, *length)?);
                let first = *first;
                self.read = Some((index, batch.clone()));
                return Ok(Some((index, first, batch)));
            }
        };
        Ok(Some((index, *first, batch)))
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<Place> {
        let mut bytes = Vec::new();
        let written = StreamWriter::try_new(&mut bytes, &batch.schema()).and_then(|mut writer| {
            writer.write(batch)?;
            writer.finish()
        });
        written.map_err(|error| lost(&error))?;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile().map_err(full)?),
        };
        let at = self.written;
        file.write_all_at(&bytes, at).map_err(full)?;
        self.written += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(Place::Disk {
            at,
            length: bytes.len(),
        })
    }

    fn read(&self, at: u64, length: usize) -> Result<RecordBatch> {
        let mut bytes = vec![0; length];
        if let Some(file) = &self.file {
            file.read_exact_at(&mut bytes, at).map_err(full)?;
        }
        let mut reader = StreamReader::try_new(bytes.as_slice(), None).map_err(|error| lost(&error))?;
        let batch = reader.next().transpose().map_err(|error| lost(&error))?;
        batch.ok_or_else(|| Error::new(Kind::Internal, "Rows that were kept on the disk are not there any more"))
    }
}

fn full(error: io::Error) -> Error {
    let text = format!(
        "The rows of a scrollable cursor could not be kept in the folder for temporary files '{}': {error}. Make room \
         there, name another folder with TMPDIR, or use a forward-only cursor.",
        std::env::temp_dir().display()
    );
    Error::new(Kind::Memory, text).caused_by(error)
}

fn lost(error: &ArrowError) -> Error {
    Error::new(Kind::Internal, format!("Rows could not be kept on the disk: {error}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use datafusion::arrow::array::{AsArray, Int64Array, StringArray};
    use datafusion::arrow::datatypes::Int64Type;

    use super::*;

    fn batch(from: i64, rows: i64) -> Arc<RecordBatch> {
        let numbers: Int64Array = (from..from + rows).collect();
        let texts: StringArray = (from..from + rows)
            .map(|row| (row % 3 != 0).then(|| format!("row {row}")))
            .collect();
        let columns = [("number", Arc::new(numbers) as _), ("text", Arc::new(texts) as _)];
        Arc::new(RecordBatch::try_from_iter(columns).unwrap())
    }

    #[test]
    fn every_row_comes_back_from_memory_and_from_the_disk() {
        let mut kept = Kept::within(batch(0, 10).get_array_memory_size() * 2);
        for from in [0, 10, 20, 30] {
            kept.add(batch(from, 10)).unwrap();
        }
        kept.add(batch(40, 1)).unwrap();
        assert_eq!(kept.rows(), 41);
        assert!(kept.file.is_some(), "some went to the disk");
        for row in [0, 40, 9, 10, 39, 20, 25, 3] {
            let (_, first, found) = kept.batch_of(row).unwrap().unwrap();
            let numbers = found.column(0).as_primitive::<Int64Type>();
            assert_eq!(numbers.value(row - first), i64::try_from(row).unwrap());
            assert_eq!(
                found,
                batch(i64::try_from(first).unwrap(), i64::try_from(found.num_rows()).unwrap())
            );
        }
        assert!(kept.batch_of(41).unwrap().is_none());
    }
}
