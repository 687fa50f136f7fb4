//! Which handles exist, and what is reachable of each without its lock.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use tokio_util::sync::CancellationToken;

use crate::handle::{Slots, Token};

use super::failure::Report;
use super::interrupt::Interrupt;
use super::session::Session;
use super::statement::Statement;

/// The state of a kind of handles.
pub trait Handled: Sized + 'static {
    /// The kind in a token; those of ODBC have other numbers.
    const KIND: u8;

    /// The living handles of the kind.
    fn registry() -> &'static RwLock<Slots<Node<Self>>>;

    /// A call begins, and what the last one gave is gone.
    fn begin(&mut self);
}

/// A living handle.
#[derive(Debug)]
pub struct Node<T> {
    /// What is reachable while a call holds the lock.
    pub common: Common,
    /// What one call at a time may touch.
    pub state: Mutex<T>,
}

/// What all handles have.
#[derive(Debug)]
pub struct Common {
    /// The handle.
    pub token: Token,
    /// What it has to tell.
    pub report: Mutex<Report>,
    /// Ends the work of its calls.
    pub interrupt: Interrupt,
    /// Ends the reading of the stream that it gave away.
    pub streaming: Mutex<CancellationToken>,
    timeout: AtomicU64,
    retired: AtomicBool,
}

impl Common {
    /// Whether the handle was freed while a call waited for its lock.
    pub fn is_retired(&self) -> bool {
        self.retired.load(Ordering::SeqCst)
    }

    /// Milliseconds that a wait may last; 0 for any time.
    pub fn timeout(&self) -> u64 {
        self.timeout.load(Ordering::Relaxed)
    }

    /// Limits the waits that begin from now on.
    pub fn set_timeout(&self, milliseconds: u64) {
        self.timeout.store(milliseconds, Ordering::Relaxed);
    }

    /// Work of a call begins. That on a handle which has been freed ends at once.
    pub fn begin(&self) -> CancellationToken {
        let work = self.interrupt.begin();
        if self.is_retired() {
            work.cancel();
        }
        work
    }

    /// Ends all work.
    pub fn cancel(&self) {
        self.interrupt.end();
        let stream = self.streaming.lock().clone();
        stream.cancel();
    }
}

/// The moment so many milliseconds from now; none for 0, which means no limit.
pub fn deadline(milliseconds: u64) -> Option<Instant> {
    let left = Duration::from_millis(milliseconds);
    Instant::now().checked_add(left).filter(|_| milliseconds > 0)
}

/// Enters a handle. None when no number is left.
pub fn insert<T: Handled>(state: T, timeout: u64) -> Option<Token> {
    let node = T::registry().write().insert(T::KIND, |token| Node {
        common: Common {
            token,
            report: Mutex::default(),
            interrupt: Interrupt::default(),
            streaming: Mutex::default(),
            timeout: AtomicU64::new(timeout),
            retired: AtomicBool::new(false),
        },
        state: Mutex::new(state),
    })?;
    Some(node.common.token)
}

/// A living handle.
pub fn find<T: Handled>(token: Token) -> Option<Arc<Node<T>>> {
    T::registry().read().find(token)
}

/// Removes a handle, and ends the work of its call.
pub fn remove<T: Handled>(token: Token) -> Option<Arc<Node<T>>> {
    let node = T::registry().write().remove(token)?;
    node.common.retired.store(true, Ordering::SeqCst);
    node.common.interrupt.end();
    Some(node)
}

/// What a living handle of either kind has in common.
pub fn with_any<R>(handle: *mut c_void, use_it: impl FnOnce(&Common) -> R) -> Option<R> {
    let token = Token::of(handle);
    match (find::<Session>(token), find::<Statement>(token)) {
        (Some(session), _) => Some(use_it(&session.common)),
        (None, Some(statement)) => Some(use_it(&statement.common)),
        (None, None) => None,
    }
}
