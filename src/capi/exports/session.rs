//! Sessions.

use std::ffi::{c_char, c_void};

use crate::capi::boundary;
use crate::capi::session;
use crate::capi::types::{lk_prompt_callback, lk_session, lk_status};

/// Makes a session that is not open yet, and writes it to *session. Free it with lk_session_free(). LK_MISUSE when session
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lk_session_new(session: *mut *mut lk_session) -> lk_status {
    boundary::guarded(|| session::new(session))
}

/// Lets a callback show where to sign in, in the place of the browser; NULL for the browser again. Set it before
/// lk_session_open().
///
/// data is passed to the callback and must be valid until the session is freed or another callback is set.
#[unsafe(no_mangle)]
pub extern "C" fn lk_session_on_prompt(
    session: *mut lk_session,
    callback: lk_prompt_callback,
    data: *mut c_void,
) -> lk_status {
    boundary::enter(session.cast(), |call| session::on_prompt(call, callback, data))
}

/// Opens a session by a connection string, Key=Value;Key={a;b}, with the properties that README.md lists. With
/// InitiateOAuth=OFF it does not touch the network; else it makes sure of a token first, which may take a person.
#[unsafe(no_mangle)]
pub extern "C" fn lk_session_open(session: *mut lk_session, connection_string: *const c_char) -> lk_status {
    boundary::enter(session.cast(), |call| session::open(call, connection_string))
}

/// Frees a session with all its statements; what other threads wait for on them ends. Streams live on.
#[unsafe(no_mangle)]
pub extern "C" fn lk_session_free(session: *mut lk_session) -> lk_status {
    session::free(session)
}
