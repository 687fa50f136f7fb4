//! The way into every call: handle, lock, clean slate, no panic out, status.

use std::ffi::c_void;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::engine::runtime::{self, Meanwhile, Wait};
use crate::error::{Error, Result};
use crate::handle::Token;
use crate::sqlstate::{Phase, SqlState};

use super::callbacks;
use super::failure::Failure;
use super::registry::{self, Common, Handled, Node, deadline};
use super::types::lk_status;

/// What a call's body answers.
pub type Completion = std::result::Result<lk_status, Failure>;

/// A call on a handle, with its lock held.
pub struct Call<'a, T> {
    /// The handle.
    pub node: &'a Arc<Node<T>>,
    /// Its state.
    pub state: &'a mut T,
}

impl<T> Call<'_, T> {
    /// Runs a future: ended early by `lk_cancel`, by freeing the handle, and at the deadline.
    pub fn run<R, F>(&self, meanwhile: Option<Meanwhile>, future: F) -> Result<R>
    where
        R: Send + 'static,
        F: Future<Output = Result<R>> + Send + 'static,
    {
        self.run_in(&self.node.common.begin(), meanwhile, future)
    }

    /// As [`Call::run`], for work that began in an earlier call and is cancelled between calls as well.
    pub fn run_in<R, F>(&self, work: &CancellationToken, meanwhile: Option<Meanwhile>, future: F) -> Result<R>
    where
        R: Send + 'static,
        F: Future<Output = Result<R>> + Send + 'static,
    {
        runtime::run(&wait(&self.node.common, work, meanwhile), future)
    }

    /// The warnings of this call take the place of those before.
    pub fn forget_warnings(&self) {
        self.node.common.report.lock().forget_warnings();
    }

    /// Adds warnings.
    pub fn warn(&self, warnings: impl IntoIterator<Item = Error>, phase: Phase) {
        warn(&self.node.common, warnings, phase);
    }
}

/// A wait for work on a handle.
pub fn wait(common: &Common, work: &CancellationToken, meanwhile: Option<Meanwhile>) -> Wait {
    Wait {
        cancel: work.clone(),
        deadline: deadline(common.timeout()),
        meanwhile,
    }
}

/// Adds warnings to those of a handle.
pub fn warn(common: &Common, warnings: impl IntoIterator<Item = Error>, phase: Phase) {
    let mut report = common.report.lock();
    for warning in warnings {
        report.warn(&warning, phase);
    }
}

/// A call on a handle.
pub fn enter<T: Handled>(handle: *mut c_void, body: impl FnOnce(&mut Call<'_, T>) -> Completion) -> lk_status {
    guarded(|| {
        let Some(node) = registry::find::<T>(Token::of(handle)) else {
            return lk_status::LK_INVALID_HANDLE;
        };
        let state = &mut *node.state.lock();
        if node.common.is_retired() {
            return lk_status::LK_INVALID_HANDLE;
        }
        state.begin();
        node.common.report.lock().forget_failure();
        let mut call = Call { node: &node, state };
        let completion = catch_unwind(AssertUnwindSafe(|| body(&mut call))).unwrap_or_else(|_| Err(fault()));
        completion.unwrap_or_else(|failure| {
            // Before the report is locked: a callback that takes the log may ask for the error.
            tracing::warn!(state = failure.state.code(false), "{}", failure.message);
            node.common.report.lock().fail(failure);
            lk_status::LK_ERROR
        })
    })
}

/// Frees a handle: what its call waits for ends, and then `empty` takes what it holds.
pub fn free<T: Handled>(token: Token, empty: impl FnOnce(&mut T)) -> lk_status {
    guarded(|| match registry::remove::<T>(token) {
        Some(node) => {
            empty(&mut node.state.lock());
            lk_status::LK_OK
        }
        None => lk_status::LK_INVALID_HANDLE,
    })
}

/// A call that reads or changes what is reachable without the lock. It may come from within a callback.
pub fn beside(handle: *mut c_void, body: impl FnOnce(&Common) -> lk_status) -> lk_status {
    let found = catch_unwind(AssertUnwindSafe(|| registry::with_any(handle, body)));
    found
        .unwrap_or(Some(lk_status::LK_MISUSE))
        .unwrap_or(lk_status::LK_INVALID_HANDLE)
}

/// A call that has no handle to tell an error by.
pub fn guarded(body: impl FnOnce() -> lk_status) -> lk_status {
    if callbacks::is_inside() {
        return lk_status::LK_MISUSE;
    }
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(lk_status::LK_MISUSE)
}

fn fault() -> Failure {
    Failure::new(
        SqlState::General,
        "The library met a fault of its own. Please report it with the call that caused it.",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::ptr::null_mut;

    use super::*;
    use crate::capi::failure::Place;
    use crate::capi::session::Session;

    fn session() -> Token {
        registry::insert(Session::default(), 0).unwrap()
    }

    fn state_of(token: Token) -> lk_status {
        let out = Place {
            code: null_mut(),
            state: null_mut(),
            message: null_mut(),
        };
        beside(token.handle(), |common| common.report.lock().tell_failure(&out))
    }

    #[test]
    fn a_panic_ends_at_the_boundary_and_the_handle_lives() {
        let token = session();
        let status = enter::<Session>(token.handle(), |_| panic!("on purpose"));
        assert_eq!((status, state_of(token)), (lk_status::LK_ERROR, lk_status::LK_OK));
        let status = enter::<Session>(token.handle(), |_| Ok(lk_status::LK_OK));
        assert_eq!((status, state_of(token)), (lk_status::LK_OK, lk_status::LK_END));
        assert_eq!(free::<Session>(token, |_| {}), lk_status::LK_OK);
        assert_eq!(free::<Session>(token, |_| {}), lk_status::LK_INVALID_HANDLE);
    }

    #[test]
    fn a_handle_freed_while_its_call_waits_is_no_handle() {
        let token = session();
        let node = registry::find::<Session>(token).unwrap();
        let held = node.state.lock();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(move || enter::<Session>(token.handle(), |_| panic!("entered")));
            registry::remove::<Session>(token);
            drop(held);
            assert_eq!(waiting.join().unwrap(), lk_status::LK_INVALID_HANDLE);
        });
    }

    #[test]
    fn a_wait_on_a_freed_handle_ends_at_once() {
        let token = session();
        let node = registry::find::<Session>(token).unwrap();
        registry::remove::<Session>(token);
        assert!(node.common.begin().is_cancelled());
    }
}
