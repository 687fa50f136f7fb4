//! Documents in Dropbox.

mod api;
mod download;
pub mod link;
mod list;
mod refusal;
mod root;
mod shared;

use std::sync::Arc;

use async_trait::async_trait;

use crate::error::Result;
use crate::oauth::Manager;

use super::choice::Choice;
use super::http::retry::Policy;
use super::uri::Selection;
use super::{ByteStream, Document, Source, Tokens, in_order};

use api::Api;
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
        }
    }
}

#[async_trait]
impl Source for Dropbox {
    fn table_name(&self) -> String {
        self.table_name.clone()
    }

    async fn list(&self) -> Result<Vec<Document>> {
        let mut documents = Vec::new();
        for selection in &self.selections {
            documents.extend(list::list(&self.api, selection, &self.choice).await?);
        }
        Ok(in_order(documents))
    }

    async fn open(&self, document: &Document) -> Result<ByteStream> {
        download::open(&self.api, document).await
    }
}

#[cfg(test)]
mod tests;
