//! Which handles exist, where their state lives, and what they have to tell.

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::RwLock;

use crate::handle::Slots;
pub use crate::handle::Token;

use super::diagnostics::Told;
use super::environment::Environment;
use super::group::Group;

/// The four kinds of handles (`SQL_HANDLE_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `SQL_HANDLE_ENV`
    Environment,
    /// `SQL_HANDLE_DBC`
    Connection,
    /// `SQL_HANDLE_STMT`
    Statement,
    /// `SQL_HANDLE_DESC`
    Descriptor,
}

impl TryFrom<i16> for Kind {
    type Error = ();

    fn try_from(number: i16) -> Result<Self, ()> {
        match number {
            1 => Ok(Self::Environment),
            2 => Ok(Self::Connection),
            3 => Ok(Self::Statement),
            4 => Ok(Self::Descriptor),
            _ => Err(()),
        }
    }
}

impl Kind {
    /// The kind in a token. Those of other faces have other numbers.
    fn number(self) -> u8 {
        match self {
            Self::Environment => 1,
            Self::Connection => 2,
            Self::Statement => 3,
            Self::Descriptor => 4,
        }
    }
}

/// Where the state of a handle lives.
#[derive(Clone, Debug)]
pub enum Home {
    /// Its own environment.
    Environment(Arc<Environment>),
    /// The group of its connection.
    Group(Arc<Group>),
}

/// What is reachable of a handle without the lock of its connection.
#[derive(Debug)]
pub struct Node {
    /// The handle.
    pub token: Token,
    /// Its kind.
    pub kind: Kind,
    /// Where its state lives.
    pub home: Home,
    /// What its last call has to tell.
    pub diagnostics: Told,
    retired: AtomicBool,
}

impl Node {
    /// Whether it is a statement.
    pub fn is_statement(&self) -> bool {
        self.kind == Kind::Statement
    }

    /// The group of a connection, statement or descriptor.
    pub fn group(&self) -> Option<&Arc<Group>> {
        match &self.home {
            Home::Environment(_) => None,
            Home::Group(group) => Some(group),
        }
    }

    /// Whether the handle was freed while the caller waited for its lock.
    pub fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Acquire)
    }
}

/// The living handles.
#[derive(Debug, Default)]
pub struct Registry(Slots<Node>);

impl Registry {
    /// Enters a handle. None when no number is left.
    pub fn insert(&mut self, kind: Kind, home: Home, odbc2: bool) -> Option<Arc<Node>> {
        self.0.insert(kind.number(), |token| Node {
            token,
            kind,
            home,
            diagnostics: Told::new(odbc2),
            retired: AtomicBool::new(false),
        })
    }

    /// The handle, if it lives and is of this kind.
    pub fn find(&self, kind: Kind, token: Token) -> Option<Arc<Node>> {
        self.find_any(token).filter(|node| node.kind == kind)
    }

    /// The handle, if it lives.
    pub fn find_any(&self, token: Token) -> Option<Arc<Node>> {
        self.0.find(token)
    }

    /// Removes a handle. None when somebody else has.
    pub fn remove(&mut self, kind: Kind, token: Token) -> Option<Arc<Node>> {
        let node = self.find(kind, token)?;
        node.retired.store(true, Ordering::Release);
        self.0.remove(token)
    }
}

static REGISTRY: RwLock<Registry> = RwLock::new(Registry(Slots::new()));

/// Enters a handle of this process.
pub fn insert(kind: Kind, home: Home, odbc2: bool) -> Option<Arc<Node>> {
    REGISTRY.write().insert(kind, home, odbc2)
}

thread_local! {
    /// The handle of the thread's last call, for the next one: most calls follow one on the same handle.
    static LAST: Cell<Option<Arc<Node>>> = const { Cell::new(None) };
}

/// A living handle of this process; the one that was kept is found without a lock.
pub fn find(kind: Kind, handle: *mut c_void) -> Option<Arc<Node>> {
    let token = Token::of(handle);
    let kept = LAST.try_with(Cell::take).unwrap_or_default();
    let same = kept.filter(|node| (node.token, node.kind) == (token, kind) && !node.is_retired());
    same.or_else(|| REGISTRY.read().find(kind, token))
}

/// Keeps a handle at hand for this thread's next call.
pub fn keep(node: Arc<Node>) {
    if !node.is_retired() {
        // A thread that ends has no next call.
        let _ = LAST.try_with(|last| last.set(Some(node)));
    }
}

/// A living handle of this process, of whatever kind.
pub fn find_any(handle: *mut c_void) -> Option<Arc<Node>> {
    REGISTRY.read().find_any(Token::of(handle))
}

/// Removes a handle of this process.
pub fn remove(kind: Kind, token: Token) -> Option<Arc<Node>> {
    REGISTRY.write().remove(kind, token)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn home() -> Home {
        Home::Environment(Arc::new(Environment::default()))
    }

    #[test]
    fn a_freed_handle_is_not_found_even_when_its_slot_is_used_again() {
        let mut registry = Registry::default();
        let first = registry.insert(Kind::Environment, home(), false).unwrap();
        assert!(registry.remove(Kind::Environment, first.token).is_some());
        assert!(first.is_retired());
        let second = registry.insert(Kind::Environment, home(), false).unwrap();
        assert_eq!(first.token.slot(), second.token.slot());
        assert!(registry.find(Kind::Environment, first.token).is_none());
        assert!(registry.remove(Kind::Environment, first.token).is_none());
        assert!(registry.find(Kind::Environment, second.token).is_some());
    }

    #[test]
    fn a_handle_of_another_kind_is_not_found() {
        let mut registry = Registry::default();
        let node = registry.insert(Kind::Environment, home(), false).unwrap();
        assert!(registry.find(Kind::Connection, node.token).is_none());
    }

    #[test]
    fn null_and_garbage_are_not_found() {
        let mut registry = Registry::default();
        registry.insert(Kind::Environment, home(), false).unwrap();
        let stack = 0_u8;
        for garbage in [0, 1, usize::MAX, std::ptr::from_ref(&stack).addr(), 0x7fff_1000_0000] {
            let token = Token::of(std::ptr::without_provenance_mut(garbage));
            for kind in [Kind::Environment, Kind::Connection, Kind::Statement, Kind::Descriptor] {
                assert!(registry.find(kind, token).is_none(), "{garbage:#x}");
            }
        }
    }

    #[test]
    fn of_many_threads_that_free_a_handle_one_succeeds() {
        let registry = RwLock::new(Registry::default());
        for _ in 0..100 {
            let token = registry.write().insert(Kind::Environment, home(), false).unwrap().token;
            let freed: usize = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4)
                    .map(|_| scope.spawn(|| usize::from(registry.write().remove(Kind::Environment, token).is_some())))
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).sum()
            });
            assert_eq!(freed, 1);
        }
    }

    #[test]
    fn handles_made_by_many_threads_are_distinct() {
        let registry = RwLock::new(Registry::default());
        let mut tokens: Vec<Token> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let make = || registry.write().insert(Kind::Environment, home(), false).unwrap().token;
                        (0..200).map(|_| make()).collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        tokens.sort();
        tokens.dedup();
        assert_eq!(tokens.len(), 800);
    }
}
