//! What can be read of the last call on a handle, from any thread.

use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::{Mutex, MutexGuard};

use super::Diagnostics;

/// What the last call on a handle had to tell: readable while another call waits.
///
/// Most calls have nothing to tell, and say the same as the call before: those take no lock.
#[derive(Debug)]
pub struct Told {
    last: Mutex<Diagnostics>,
    /// The header of `last` where that is all there is; else [`SOMETHING`].
    header: AtomicU32,
}

const SOMETHING: u32 = u32::MAX;

impl Told {
    /// Nothing, to an application of this version of ODBC.
    pub fn new(odbc2: bool) -> Self {
        let nothing = Diagnostics::new(odbc2);
        Self {
            header: AtomicU32::new(nothing.header_alone()),
            last: Mutex::new(nothing),
        }
    }

    /// A call begins: what the last one told is gone.
    pub fn forget(&self, odbc2: bool) {
        if self.header.load(Ordering::Acquire) == SOMETHING {
            self.tell(&mut Diagnostics::new(odbc2));
        }
    }

    /// A call ends.
    pub fn tell(&self, diagnostics: &mut Diagnostics) {
        let header = diagnostics.header_alone();
        if header == SOMETHING || header != self.header.load(Ordering::Acquire) {
            let mut last = self.last.lock();
            std::mem::swap(&mut *last, diagnostics);
            self.header.store(header, Ordering::Release);
        }
    }

    /// What there is to read.
    pub fn lock(&self) -> MutexGuard<'_, Diagnostics> {
        self.last.lock()
    }
}

impl Diagnostics {
    /// The header in one number, where there is nothing beside it.
    fn header_alone(&self) -> u32 {
        let counted: u8 = match self.rows {
            None => 0,
            // A result that streams.
            Some(-1) => 1,
            Some(_) => return SOMETHING,
        };
        if !self.records.is_empty() {
            return SOMETHING;
        }
        let [low, high] = self.returned.to_le_bytes();
        u32::from_le_bytes([low, high, self.function as u8, counted])
    }
}
