//! Documents in Dropbox.

mod api;
mod content;
mod download;
mod folder;
mod kept;
pub mod link;
mod list;
mod part;
mod refusal;
mod root;
mod shared;

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;

use crate::error::Result;
use crate::oauth::Manager;

use super::cache::Cache;
use super::choice::Choice;
use super::http::gate::Gate;
use super::http::retry::Policy;
use super::spool::Spool;
use super::uri::Selection;
use super::{Content, Document, Listing, Source, Tokens};

use api::Api;
use kept::Kept;
use list::Files;
pub use root::Root;
pub use shared::SharedLinks;

/// The API hosts, overridable so that a test server can stand in, and what they are asked for.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// RPC calls; `https://api.dropboxapi.com`.
    pub api: String,
    /// Downloads; `https://content.dropboxapi.com`.
    pub content: String,
    /// Where paths start.
    pub root: Root,
}

/// Files, folders and masks in Dropbox.
#[derive(Debug)]
pub struct Dropbox {
    selections: Vec<Selection>,
    choice: Choice,
    table_name: String,
    api: Api,
    cache: Cache,
    /// What the account of the last listing sees of the cache.
    kept: Mutex<Option<Kept>>,
    /// What scans that run together share, while there are any.
    spool: Mutex<Weak<Spool>>,
}

impl Dropbox {
    /// No I/O.
    pub fn new(
        selections: Vec<Selection>,
        choice: Choice,
        table_name: String,
        endpoints: Endpoints,
        http: reqwest::Client,
        oauth: Arc<Manager>,
    ) -> Self {
        Self::with_tokens(
            selections,
            choice,
            table_name,
            endpoints,
            http,
            oauth,
            Policy::default(),
        )
    }

    fn with_tokens(
        selections: Vec<Selection>,
        choice: Choice,
        table_name: String,
        endpoints: Endpoints,
        http: reqwest::Client,
        tokens: Arc<dyn Tokens>,
        patience: Policy,
    ) -> Self {
        let api = Api::new(endpoints, http, tokens, patience);
        Self {
            selections,
            choice,
            table_name,
            api,
            cache: Cache::default(),
            kept: Mutex::default(),
            spool: Mutex::default(),
        }
    }

    /// The same, with what is kept of earlier connections.
    pub fn with_cache(mut self, cache: Cache) -> Self {
        self.cache = cache;
        self
    }

    /// What is kept of the account that is signed in now.
    async fn look_up(&self) -> Result<Kept> {
        let kept = match self.api.tokens.account().await {
            Ok(account) => Kept::of(&self.cache, account, &self.api.endpoints),
            Err(error) if self.cache.is_offline() => return Err(error),
            // A token may outlive the settings it came from. Whose it is nobody knows then, so nothing is kept.
            Err(error) => {
                tracing::info!(%error, "nothing is kept, as it is not known for whom");
                Kept::of(&Cache::default(), String::new(), &self.api.endpoints)
            }
        };
        *self.kept.lock() = Some(kept.clone());
        Ok(kept)
    }

    /// What is kept of the account of the last listing.
    async fn kept(&self) -> Result<Kept> {
        let known = self.kept.lock().clone();
        match known {
            Some(kept) => Ok(kept),
            None => self.look_up().await,
        }
    }
}

#[async_trait]
impl Source for Dropbox {
    fn table_name(&self) -> String {
        self.table_name.clone()
    }

    async fn list(&self) -> Result<Listing> {
        let kept = self.look_up().await?;
        let mut files = Files::default();
        for selection in &self.selections {
            list::list(&self.api, &kept, selection, &self.choice, &mut files).await?;
        }
        Ok(files.into_listing())
    }

    async fn open(&self, document: &Document) -> Result<Content> {
        let mut kept = self.kept().await?;
        kept.share(self.spool.lock().upgrade());
        content::open(&self.api, &kept, document).await.map(Content::Arriving)
    }

    async fn recall(&self, what: &str) -> Option<Bytes> {
        let kept = self.kept().await.ok()?;
        kept.find(kept.name("memory", &[what])).await
    }

    async fn remember(&self, what: &str, bytes: Bytes) {
        if let Ok(kept) = self.kept().await {
            let length = part::length(bytes.len());
            kept.keep(kept.name("memory", &[what]), bytes, length).await;
        }
    }

    fn spool(&self) -> Option<Arc<Spool>> {
        let mut shared = self.spool.lock();
        let spool = match shared.upgrade() {
            Some(spool) => spool,
            None => Arc::new(Spool::new()?),
        };
        *shared = Arc::downgrade(&spool);
        Some(spool)
    }

    /// As many as the gate lets through: small files come at the speed of the line, and not at that of its latency.
    fn at_once(&self) -> usize {
        Gate::AT_ONCE
    }
}

#[cfg(test)]
mod kept_tests;
#[cfg(test)]
mod tests;
