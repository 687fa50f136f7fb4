//! `SQLCancel` and `SQLCancelHandle`: from any thread, without the lock that the cancelled call holds.

use std::ffi::c_void;

use super::boundary;
use super::diagnostics::Diagnostic;
use super::functions::Function;
use super::numbers::code;
use super::registry::{self, Kind};
use super::sqlstate::SqlState;

/// `SQLCancel`: ends what the statement waits for, be it the server or values of parameters; succeeds and does nothing
/// when it waits for nothing.
pub fn statement(handle: *mut c_void) -> i16 {
    cancel(Function::Cancel, Kind::Statement, handle)
}

/// `SQLCancelHandle`: a statement as by `SQLCancel`, or the connecting of a connection.
pub fn handle(kind: i16, handle: *mut c_void) -> i16 {
    match Kind::try_from(kind) {
        Ok(kind @ (Kind::Statement | Kind::Connection)) => cancel(Function::CancelHandle, kind, handle),
        _ => boundary::any(Function::CancelHandle, handle, || {
            let message = "Only what a statement or a connection waits for can be cancelled.";
            Err(Diagnostic::new(SqlState::AttributeId, message))
        }),
    }
}

/// Leaves the diagnostics alone: they belong to the call that is cancelled.
fn cancel(function: Function, kind: Kind, handle: *mut c_void) -> i16 {
    let Some(node) = registry::find(kind, handle) else {
        return code::INVALID_HANDLE;
    };
    if let Some(group) = node.group() {
        group.cancel(node.token);
        group.abandon(node.token);
    }
    tracing::debug!(function = function.name(), code = code::SUCCESS);
    code::SUCCESS
}
