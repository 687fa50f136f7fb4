//! Telling how far a query has come, on the thread that waits for its rows.

use std::ffi::c_void;

use parking_lot::Mutex;

use crate::capi::types::{lk_progress, lk_progress_callback};
use crate::engine::{Meter, Progress};

use super::{Data, outside};

/// A program that wants to know.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    function: unsafe extern "C" fn(*mut c_void, *const lk_progress),
    data: Data,
}

/// Tells the program when something has changed.
#[derive(Debug)]
pub struct Teller {
    listener: Listener,
    meter: Meter,
    told: Mutex<Progress>,
}

impl Listener {
    /// None when the program does not want to know.
    pub fn new(callback: lk_progress_callback, data: *mut c_void) -> Option<Self> {
        callback.map(|function| Self {
            function,
            data: Data(data),
        })
    }

    /// Will be told of one execution.
    pub fn about(self, meter: Meter) -> Teller {
        Teller {
            listener: self,
            meter,
            told: Mutex::default(),
        }
    }
}

impl Teller {
    /// Tells how far the query is, if it is further than it was told.
    pub fn tell(&self) {
        let progress = self.meter.progress();
        if std::mem::replace(&mut *self.told.lock(), progress) == progress {
            return;
        }
        let progress = lk_progress {
            files: progress.files,
            of_files: progress.of_files,
            bytes: progress.bytes,
            rows: progress.rows,
        };
        // SAFETY: the program gave this function for this data.
        outside(|| unsafe { (self.listener.function)(self.listener.data.0, &raw const progress) });
    }
}
