//! Scratch tables: the tables a connection makes for itself, in memory, and loses when it ends.

pub(super) mod change;
mod contents;
mod fit;
mod provider;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::logical_expr::Expr;
use parking_lot::RwLock;
use tokio::sync::{Mutex, MutexGuard};

use crate::error::{Error, Kind, Result};

pub(super) use contents::Contents;
pub(super) use provider::ScratchSchema;

use super::session::TEMP;

/// The scratch tables of one connection.
#[derive(Debug)]
pub(super) struct Scratch {
    /// `ScratchMemory`: bytes that the tables may hold together.
    limit: usize,
    /// Held by whoever makes a change, from reading the tables until the new ones are in place.
    turn: Mutex<()>,
    now: RwLock<Arc<Snapshot>>,
}

/// All scratch tables at one moment. A statement reads one snapshot from its first row to its last.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    /// Grows with every table that is created or dropped; plans of before are made again.
    pub(super) version: u64,
    tables: BTreeMap<String, Table>,
}

/// A table at one moment.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) definition: Arc<Definition>,
    pub(super) contents: Contents,
}

/// What a table was created as. A table that is dropped and made again has another one.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) schema: SchemaRef,
    /// `DEFAULT` by column.
    pub(super) defaults: HashMap<String, Expr>,
}

impl Scratch {
    /// No tables yet, and room for so many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            turn: Mutex::default(),
            now: RwLock::default(),
        }
    }

    /// Drops every table.
    pub(super) fn clear(&self) {
        let mut now = self.now.write();
        *now = Arc::new(Snapshot {
            version: now.version + 1,
            tables: BTreeMap::new(),
        });
    }

    /// The tables now.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.now.read())
    }

    /// Waits until no other change is under way.
    async fn turn(&self) -> Turn<'_> {
        Turn {
            scratch: self,
            _held: self.turn.lock().await,
        }
    }
}

/// The right to put other tables in place. A change that is given up puts none, and so leaves nothing behind.
struct Turn<'a> {
    scratch: &'a Scratch,
    _held: MutexGuard<'a, ()>,
}

impl Turn<'_> {
    fn commit(self, tables: Arc<Snapshot>) {
        *self.scratch.now.write() = tables;
    }
}

impl Snapshot {
    /// Every table, by name.
    pub(super) fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// The table of this name.
    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// The table that was created as `definition`; `Kind::TableNotFound` when it is not there any more.
    fn of(&self, definition: &Arc<Definition>) -> Result<&Table> {
        let table = self.table(&definition.name);
        let same = table.filter(|table| Arc::ptr_eq(&table.definition, definition));
        same.ok_or_else(|| gone(&definition.name))
    }

    /// The same tables but for one that is new, or has other rows.
    ///
    /// `Kind::Memory` when they would hold more than `limit` bytes.
    fn with(&self, table: Table, limit: usize) -> Result<Self> {
        let mut next = self.clone();
        let before = next.tables.insert(table.definition.name.clone(), table.clone());
        if before.is_none_or(|before| !Arc::ptr_eq(&before.definition, &table.definition)) {
            next.version += 1;
        }
        check(next.bytes(), limit)?;
        Ok(next)
    }

    /// The same tables without one.
    fn without(&self, name: &str) -> Self {
        let mut next = self.clone();
        if next.tables.remove(name).is_some() {
            next.version += 1;
        }
        next
    }

    fn bytes(&self) -> usize {
        self.tables().map(|table| table.contents.bytes()).sum()
    }
}

fn gone(name: &str) -> Error {
    Error::new(
        Kind::TableNotFound,
        format!("The table {TEMP}.{name} is not there any more"),
    )
}

/// `Kind::Memory` when there are more bytes than the limit.
fn check(bytes: usize, limit: usize) -> Result<()> {
    if bytes <= limit {
        return Ok(());
    }
    Err(Error::new(
        Kind::Memory,
        format!(
            "The scratch tables of this connection would hold more than the {limit} bytes of ScratchMemory, so nothing was \
             changed; drop tables that are not needed, or set ScratchMemory to more in the connection string"
        ),
    ))
}
