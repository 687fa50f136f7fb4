//! Bytes from somewhere: local files, Dropbox, the web.

pub mod choice;
mod credentials;
pub mod decompress;
pub mod dropbox;
pub mod file;
pub mod http;
mod mask;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod testing;
pub mod uri;
pub mod web;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;

use crate::error::Result;

pub use credentials::{Credentials, Tokens};

/// One document that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// How errors and logs name it: a path or URI without secrets.
    pub name: String,
    /// How the source finds it again.
    pub location: String,
    /// Length in bytes.
    pub size: u64,
    /// Changes when the content changes (Dropbox `rev`, local modification time and length).
    pub revision: String,
    /// When it was last changed, where the place tells.
    pub modified: Option<DateTime<Utc>>,
}

/// The bytes of a document, as they arrive.
pub type ByteStream = BoxStream<'static, Result<Bytes>>;

/// A place that holds documents. Dropping a future or a stream cancels the request behind it.
#[async_trait]
pub trait Source: fmt::Debug + Send + Sync {
    /// The name of the table that these documents make: `people` for `…/people.json`, the folder's name for a folder.
    fn table_name(&self) -> String;

    /// The documents now, ordered by location.
    ///
    /// `Kind::TableNotFound` naming the path when there is none.
    async fn list(&self) -> Result<Vec<Document>>;

    /// Opens a document from its first byte.
    async fn open(&self, document: &Document) -> Result<ByteStream>;
}

/// The documents of several selections, each once, by location.
fn in_order(mut documents: Vec<Document>) -> Vec<Document> {
    documents.sort_by(|a, b| a.location.cmp(&b.location));
    documents.dedup_by(|a, b| a.location == b.location);
    documents
}
