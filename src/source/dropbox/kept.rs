//! What is kept of one account's Dropbox: contents by revision, and listings by folder.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use once_cell::sync::Lazy;
use parking_lot::Mutex;
use tokio::sync::Mutex as Turn;
use tokio::task::spawn_blocking;

use crate::error::Error;
use crate::source::Document;
use crate::source::cache::{Cache, Name};
use crate::source::spool::Spool;

use super::Endpoints;

/// Who is fetching what, so that nobody else does.
static FETCHED: Lazy<Mutex<HashMap<Fetch, Weak<Turn<()>>>>> = Lazy::new(Mutex::default);

/// What is fetched, and the process: a child of `fork` must not wait for its parent's threads.
type Fetch = (u32, Name);

/// So many fetches are known before those that have ended are forgotten.
const MOST_TURNS: usize = 512;

/// The part of a cache that one account sees, with one root.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    cache: Cache,
    account: String,
    /// Where the paths are paths of.
    place: String,
    /// What the scans of a statement share besides.
    spool: Option<Arc<Spool>>,
}

impl Kept {
    pub(super) fn of(cache: &Cache, account: String, endpoints: &Endpoints) -> Self {
        Self {
            cache: cache.clone(),
            account,
            place: format!("{} {:?}", endpoints.api.trim_end_matches('/'), endpoints.root),
            spool: None,
        }
    }

    pub(super) fn is_offline(&self) -> bool {
        self.cache.is_offline()
    }

    pub(super) fn keeps(&self, length: u64) -> bool {
        self.spool.is_some() || self.cache.keeps(length)
    }

    /// Shares what is read from now on.
    pub(super) fn share(&mut self, spool: Option<Arc<Spool>>) {
        self.spool = spool;
    }

    /// The name of a thing of some kind: neither another account nor another root has the same.
    pub(super) fn name(&self, kind: &str, parts: &[&str]) -> Name {
        let all = [&["dropbox", &self.account, &self.place, kind], parts].concat();
        Name::of(&all)
    }

    /// The name of a part of a document, in the revision it is known in.
    pub(super) fn name_of(&self, document: &Document, part: u64) -> Name {
        let Document {
            location,
            revision,
            size,
            ..
        } = document;
        let (size, part) = (size.to_string(), part.to_string());
        self.name("content", &[location, revision, &size, &part])
    }

    pub(super) async fn find(&self, name: Name) -> Option<Bytes> {
        if let Some(bytes) = self.cache.find(name).await {
            return Some(bytes);
        }
        let spool = self.spool.clone()?;
        spawn_blocking(move || spool.find(name)).await.ok()?
    }

    /// Keeps a part of something of `whole` bytes.
    pub(super) async fn keep(&self, name: Name, bytes: Bytes, whole: u64) {
        self.cache.keep(name, bytes.clone(), whole).await;
        // Also what the memory keeps now: it may have gone before the next scan comes to it.
        if let Some(spool) = self.spool.clone() {
            // Only a runtime that ends cancels it, and then nobody reads it.
            let _ = spawn_blocking(move || spool.keep(name, &bytes)).await;
        }
    }

    pub(super) fn missing(&self, what: &str) -> Error {
        self.cache.missing(what)
    }

    /// What is to be held while something is fetched. Whoever holds it must wait for nobody who reads slowly.
    pub(super) fn turn(&self, name: Name) -> Arc<Turn<()>> {
        let key = (std::process::id(), name);
        let mut fetched = FETCHED.lock();
        if let Some(turn) = fetched.get(&key).and_then(Weak::upgrade) {
            return turn;
        }
        if fetched.len() >= MOST_TURNS {
            fetched.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::new(Turn::new(()));
        fetched.insert(key, Arc::downgrade(&turn));
        turn
    }
}
