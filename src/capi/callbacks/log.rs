//! Telling the log, on whatever thread something happens.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use crate::capi::memory::c_text;
use crate::capi::types::{lk_log_callback, lk_status};
use crate::connection::logging::{self, Log};

use super::{Data, is_inside, outside};

/// A function of the program, as long as the program wants to be told.
type Wish = RwLock<Option<(unsafe extern "C" fn(*mut c_void, i32, *const c_char), Data)>>;

/// The program that listens.
static LISTENING: Mutex<Option<(Arc<Log>, Arc<Wish>)>> = Mutex::new(None);

/// Tells the log to the program from now on, or no more. When this returns, who was told before is not called any more.
pub fn log_to(callback: lk_log_callback, data: *mut c_void, verbosity: i32) -> lk_status {
    let Some(verbosity) = u8::try_from(verbosity).ok().filter(|level| (1..=5).contains(level)) else {
        return lk_status::LK_MISUSE;
    };
    let mut listening = LISTENING.lock();
    if let Some((_, wish)) = listening.take() {
        // Waits for the calls that are under way.
        *wish.write() = None;
    }
    *listening = callback.map(|function| {
        let wish = Arc::new(Wish::new(Some((function, Data(data)))));
        let told = wish.clone();
        (
            logging::listen(verbosity, move |lowest, line| tell(&told, lowest, line)),
            wish,
        )
    });
    lk_status::LK_OK
}

fn tell(wish: &Wish, verbosity: u8, line: &str) {
    // What a callback itself leads to would be told without end.
    if is_inside() {
        return;
    }
    if let Some((function, data)) = &*wish.read() {
        let line = c_text(line.to_owned());
        // SAFETY: the program gave this function for this data, and the line outlives the call.
        outside(|| unsafe { function(data.0, verbosity.into(), line.as_ptr()) });
    }
}
