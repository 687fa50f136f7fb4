//! Environments: the version of ODBC the application speaks, and the connections that belong to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use parking_lot::{Mutex, MutexGuard};

use super::attributes::environment::Attributes;
use super::diagnostics::Diagnostics;
use super::numbers::ODBC2;

/// An environment. Cheap: nothing starts before the first wait.
#[derive(Debug, Default)]
pub struct Environment {
    /// `SQL_ATTR_ODBC_VERSION`, readable without the lock; 0 until it is set.
    version: AtomicI32,
    state: Mutex<State>,
}

/// What the lock of an environment guards.
#[derive(Debug, Default)]
pub struct State {
    /// Attributes besides the version.
    pub attributes: Attributes,
    /// Connections not yet freed.
    pub connections: usize,
}

/// A call on an environment.
pub struct OnEnvironment<'a> {
    /// The environment.
    pub environment: &'a Arc<Environment>,
    /// What its lock guards.
    pub state: &'a mut State,
    /// What the call has to tell.
    pub diagnostics: &'a mut Diagnostics,
}

impl Environment {
    /// Waits for the lock.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// `SQL_ATTR_ODBC_VERSION`; none until the application has said.
    pub fn version(&self) -> Option<i32> {
        Some(self.version.load(Ordering::Relaxed)).filter(|version| *version != 0)
    }

    /// Sets `SQL_ATTR_ODBC_VERSION`.
    pub fn set_version(&self, version: i32) {
        self.version.store(version, Ordering::Relaxed);
    }

    /// Whether the application speaks ODBC 2.
    pub fn is_odbc2(&self) -> bool {
        self.version() == Some(ODBC2)
    }
}
