//! A connection with its statements and descriptors under one lock, and the call that waits, reachable without it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio_util::sync::CancellationToken;

use super::connection::Connection;
use super::descriptor::Descriptor;
use super::environment::Environment;
use super::registry::Token;
use super::statement::Statement;

/// The descriptors of a group.
pub type Descriptors = BTreeMap<Token, Descriptor>;

/// What the lock guards.
#[derive(Debug, Default)]
pub struct Members {
    /// The connection.
    pub connection: Connection,
    /// Its statements.
    pub statements: BTreeMap<Token, Statement>,
    /// Its descriptors, implicit and explicit.
    pub descriptors: Descriptors,
}

/// The call that is waiting, if any: the lock allows one at a time.
#[derive(Debug)]
struct Run {
    serial: u64,
    handle: Token,
    cancel: CancellationToken,
}

/// One connection's handles.
#[derive(Debug)]
pub struct Group {
    /// The environment of the connection.
    pub environment: Arc<Environment>,
    /// Whether the application speaks ODBC 2.
    pub odbc2: bool,
    members: Mutex<Members>,
    run: Mutex<Option<Run>>,
    runs: AtomicU64,
    closing: AtomicBool,
}

impl Group {
    /// A group with a closed connection.
    pub fn new(environment: Arc<Environment>, odbc2: bool) -> Arc<Self> {
        Arc::new(Self {
            environment,
            odbc2,
            members: Mutex::default(),
            run: Mutex::new(None),
            runs: AtomicU64::new(0),
            closing: AtomicBool::new(false),
        })
    }

    /// Waits for the lock.
    pub fn lock(&self) -> MutexGuard<'_, Members> {
        self.members.lock()
    }

    /// Announces that a call on `handle`, which holds the lock, is going to wait.
    ///
    /// The token is new for every call, so that a late `SQLCancel` cannot end the next one.
    pub fn begin(&self, handle: Token) -> Running<'_> {
        let cancel = CancellationToken::new();
        let serial = self.runs.fetch_add(1, Ordering::Relaxed);
        *self.run.lock() = Some(Run {
            serial,
            handle,
            cancel: cancel.clone(),
        });
        if self.closing.load(Ordering::SeqCst) {
            cancel.cancel();
        }
        Running {
            group: self,
            serial,
            cancel,
        }
    }

    /// Ends the wait of a call on this handle. Takes no part in the lock.
    pub fn cancel(&self, handle: Token) {
        if let Some(run) = self.run.lock().as_ref().filter(|run| run.handle == handle) {
            run.cancel.cancel();
        }
    }

    /// Ends an execution that waits for values of parameters. A call that holds the lock for longer is waiting itself,
    /// and has just been cancelled if it is on this statement.
    pub fn abandon(&self, statement: Token) {
        const LONGEST: Duration = Duration::from_millis(50);
        let Some(mut members) = self.members.try_lock_for(LONGEST) else {
            return;
        };
        let members = &mut *members;
        if let Some(statement) = members.statements.get_mut(&statement) {
            statement.abandon(&mut members.descriptors);
        }
    }

    /// Ends any wait, and those that would begin before [`Group::reopen`]: the connection is about to close.
    pub fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
        if let Some(run) = self.run.lock().as_ref() {
            run.cancel.cancel();
        }
    }

    /// Waits are allowed again.
    pub fn reopen(&self) {
        self.closing.store(false, Ordering::SeqCst);
    }
}

/// A call that waits; dropping it makes `SQLCancel` do nothing again.
#[derive(Debug)]
pub struct Running<'a> {
    group: &'a Group,
    serial: u64,
    /// Ends the wait.
    pub cancel: CancellationToken,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // The lock may be with the next call already, whose announcement must stay.
        let mut run = self.group.run.lock();
        if run.as_ref().is_some_and(|run| run.serial == self.serial) {
            *run = None;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::odbc::registry::{Home, Kind, Registry};

    fn group() -> Arc<Group> {
        Group::new(Arc::new(Environment::default()), false)
    }

    fn tokens(group: &Arc<Group>) -> (Token, Token) {
        let mut registry = Registry::default();
        let mut token = || {
            registry
                .insert(Kind::Statement, Home::Group(group.clone()), false)
                .unwrap()
                .token
        };
        (token(), token())
    }

    #[test]
    fn cancel_ends_the_wait_of_its_handle_only() {
        let group = group();
        let (one, other) = tokens(&group);
        let running = group.begin(one);
        group.cancel(other);
        assert!(!running.cancel.is_cancelled());
        group.cancel(one);
        assert!(running.cancel.is_cancelled());
    }

    #[test]
    fn a_cancel_while_idle_does_not_end_the_next_wait() {
        let group = group();
        let (one, _) = tokens(&group);
        drop(group.begin(one));
        group.cancel(one);
        assert!(!group.begin(one).cancel.is_cancelled());
    }

    #[test]
    fn cancel_does_not_take_the_lock() {
        let group = group();
        let (one, _) = tokens(&group);
        let held = group.lock();
        let running = group.begin(one);
        std::thread::scope(|scope| scope.spawn(|| group.cancel(one)).join().unwrap());
        assert!(running.cancel.is_cancelled());
        drop(held);
    }

    #[test]
    fn a_closing_group_lets_no_wait_begin() {
        let group = group();
        let (one, _) = tokens(&group);
        let running = group.begin(one);
        group.close();
        assert!(running.cancel.is_cancelled());
        drop(running);
        assert!(group.begin(one).cancel.is_cancelled());
        group.reopen();
        assert!(!group.begin(one).cancel.is_cancelled());
    }
}
