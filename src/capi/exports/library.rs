//! What concerns the library, or every handle.

use std::ffi::{c_char, c_void};

use crate::capi::boundary;
use crate::capi::callbacks;
use crate::capi::failure::Place;
use crate::capi::types::{lk_log_callback, lk_status};

/// The version of this library, such as "0.1.0": a text that lives as long as the process.
// SAFETY: the name carries our own prefix, so it takes nobody else's place. The same holds for all names here.
#[unsafe(no_mangle)]
pub extern "C" fn lk_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Why the last call on a handle, a session or a statement, failed: LK_OK when it did, LK_END when it did not.
///
/// code is a stable number of the kind of error, 0 where a call was used wrongly; sqlstate has five characters; message is
/// one line for a person and holds no secret. Each of the three may be NULL. The texts belong to the handle and live until
/// the next call on it; this one, lk_warning(), lk_cancel() and lk_set_timeout() do not count.
#[unsafe(no_mangle)]
pub extern "C" fn lk_error(
    handle: *const c_void,
    code: *mut i32,
    sqlstate: *mut *const c_char,
    message: *mut *const c_char,
) -> lk_status {
    boundary::beside(handle.cast_mut(), |common| {
        let state = sqlstate;
        common.report.lock().tell_failure(&Place { code, state, message })
    })
}

/// What a handle warns of, counted from 0: LK_OK, and LK_END when there is no further warning. On a session these are the
/// warnings of lk_session_open(); on a statement those of lk_prepare() and lk_execute() and of the rows that were read,
/// also of those that were read through a stream.
///
/// code, sqlstate and message are as those of lk_error(). The texts belong to the handle and live until the next call of
/// lk_session_open(), lk_prepare(), lk_run() or lk_execute() on it.
#[unsafe(no_mangle)]
pub extern "C" fn lk_warning(
    handle: *const c_void,
    index: usize,
    code: *mut i32,
    sqlstate: *mut *const c_char,
    message: *mut *const c_char,
) -> lk_status {
    boundary::beside(handle.cast_mut(), |common| {
        let state = sqlstate;
        common
            .report
            .lock()
            .tell_warning(index, &Place { code, state, message })
    })
}

/// Ends what a session or a statement does: a call that waits on another thread fails with SQLSTATE HY008, and so does the
/// reading of the rows of an execution, or of its stream, that has not come to its end. What begins later is not concerned:
/// the statement may be executed again. It returns at once, and may be called from a callback.
#[unsafe(no_mangle)]
pub extern "C" fn lk_cancel(handle: *mut c_void) -> lk_status {
    boundary::beside(handle, |common| {
        common.cancel();
        lk_status::LK_OK
    })
}

/// Limits what each call on a session or a statement may wait, in milliseconds; 0, as it is at first, for no limit. A call
/// that takes longer fails with SQLSTATE HYT00. A new statement has the limit of its session, and a stream the limit that
/// its statement had when it was made.
#[unsafe(no_mangle)]
pub extern "C" fn lk_set_timeout(handle: *mut c_void, milliseconds: u64) -> lk_status {
    boundary::beside(handle, |common| {
        common.set_timeout(milliseconds);
        lk_status::LK_OK
    })
}

/// Tells the log of all sessions of the process to a callback, line by line; NULL ends that. Verbosity is that of the
/// property, 1 to 5, of which 5 shows all. When this returns, the callback that was set before is not called any more.
///
/// data is passed to the callback and must be valid as long as the callback is set. LK_MISUSE for another verbosity.
#[unsafe(no_mangle)]
pub extern "C" fn lk_log_to(callback: lk_log_callback, data: *mut c_void, verbosity: i32) -> lk_status {
    boundary::guarded(|| callbacks::log_to(callback, data, verbosity))
}
