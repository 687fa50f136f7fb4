//! Calls into the program.

#![allow(unsafe_code, reason = "calling functions of the program")]

mod log;
mod progress;
mod prompt;

pub use log::log_to;
pub use progress::{Listener, Teller};
pub use prompt::Prompts;

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::runtime::Meanwhile;

/// How often a thread that waits looks for something to tell the program.
const EVERY: Duration = Duration::from_millis(50);

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is within a callback: a call on a handle could wait there for its own end.
pub fn is_inside() -> bool {
    INSIDE.get()
}

/// Calls the program.
fn outside<T>(call: impl FnOnce() -> T) -> T {
    INSIDE.set(true);
    let answer = call();
    INSIDE.set(false);
    answer
}

/// What the program wants to get back when it is called.
#[derive(Clone, Copy, Debug)]
struct Data(*mut c_void);

// SAFETY: the library never looks behind it, and the header tells the program on which threads it gets it back.
unsafe impl Send for Data {}
// SAFETY: as above.
unsafe impl Sync for Data {}

/// What a thread does for the program while it waits; none when there is nothing to do.
pub fn meanwhile(prompts: &Arc<Prompts>, teller: Option<&Arc<Teller>>) -> Option<Meanwhile> {
    if !prompts.may_come() && teller.is_none() {
        return None;
    }
    let (prompts, teller) = (prompts.clone(), teller.cloned());
    Some(Meanwhile {
        every: EVERY,
        work: Arc::new(move || {
            prompts.serve();
            if let Some(teller) = &teller {
                teller.tell();
            }
        }),
    })
}
