//! What the scans of one statement share of their documents, however little is kept: a file without a name.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use parking_lot::Mutex;

use super::cache::Name;

/// Lives as long as the scans that share it. What does not fit on the disk is read again from where it came.
#[derive(Debug)]
pub struct Spool {
    file: File,
    written: Mutex<Written>,
}

#[derive(Debug, Default)]
struct Written {
    /// Where a content is, and how long.
    places: HashMap<Name, (u64, usize)>,
    end: u64,
}

impl Spool {
    /// None where no temporary file can be made.
    pub(super) fn new() -> Option<Self> {
        match tempfile::tempfile() {
            Ok(file) => Some(Self {
                file,
                written: Mutex::default(),
            }),
            Err(error) => {
                tracing::warn!(%error, "no temporary file: documents that are not kept are read once for each scan");
                None
            }
        }
    }

    /// What was kept under a name. Waits for the disk.
    pub(super) fn find(&self, name: Name) -> Option<Bytes> {
        let (at, length) = self.written.lock().places.get(&name).copied()?;
        let mut bytes = vec![0; length];
        match self.file.read_exact_at(&mut bytes, at) {
            Ok(()) => Some(bytes.into()),
            Err(error) => {
                tracing::warn!(%error, "a temporary file cannot be read; what it held is downloaded again");
                None
            }
        }
    }

    /// Keeps something under a name. Waits for the disk.
    pub(super) fn keep(&self, name: Name, bytes: &[u8]) {
        let Ok(length) = u64::try_from(bytes.len()) else { return };
        let at = {
            let mut written = self.written.lock();
            if written.places.contains_key(&name) {
                return;
            }
            let at = written.end;
            written.end += length;
            at
        };
        match self.file.write_all_at(bytes, at) {
            Ok(()) => drop(self.written.lock().places.insert(name, (at, bytes.len()))),
            Err(error) => {
                tracing::warn!(%error, "a temporary file cannot be written; what it should hold is downloaded again")
            }
        }
    }
}
