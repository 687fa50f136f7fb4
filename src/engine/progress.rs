//! How far a statement has come with the documents that its rows are read from.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::scan::Notes;

/// What has been read so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Documents that have been begun.
    pub files: u64,
    /// Documents that will be read, unless the statement ends before.
    pub of_files: u64,
    /// Bytes of them, decompressed.
    pub bytes: u64,
    /// Rows found in them.
    pub rows: u64,
}

/// The counters of one scan.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) files: AtomicU64,
    pub(super) of_files: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) rows: AtomicU64,
}

/// Tells the progress of a statement from anywhere, while its rows are with somebody else.
#[derive(Clone, Debug)]
pub struct Meter(Vec<Arc<Notes>>);

impl Meter {
    pub(super) fn new(notes: Vec<Arc<Notes>>) -> Self {
        Self(notes)
    }

    /// What all scans of the statement have read.
    pub fn progress(&self) -> Progress {
        let sum = |counter: fn(&Counters) -> &AtomicU64| {
            let counters = self.0.iter().map(|notes| counter(&notes.counters));
            counters.map(|counter| counter.load(Ordering::Relaxed)).sum()
        };
        Progress {
            files: sum(|counters| &counters.files),
            of_files: sum(|counters| &counters.of_files),
            bytes: sum(|counters| &counters.bytes),
            rows: sum(|counters| &counters.rows),
        }
    }
}
