//! Bytes from somewhere: local files, Dropbox, the web.

pub mod ahead;
pub mod cache;
pub mod choice;
mod credentials;
pub mod decompress;
pub mod dropbox;
pub mod file;
pub mod http;
mod mask;
mod owned;
pub mod spool;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod testing;
pub mod uri;
pub mod web;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;

use crate::error::Result;

use file::OnDisk;
use spool::Spool;

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

/// What a place holds at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// By location.
    pub documents: Vec<Document>,
    /// What whoever reads them should know, in sentences.
    pub warnings: Vec<String>,
}

/// The bytes of a document, as they arrive.
pub type ByteStream = BoxStream<'static, Result<Bytes>>;

/// A document that is open, from its first byte.
pub enum Content {
    /// Its bytes come.
    Arriving(ByteStream),
    /// They lie on this machine as they are, for whoever would rather read them than have them come.
    OnDisk(OnDisk),
}

impl Content {
    /// The bytes as they come, wherever they are.
    pub fn into_stream(self) -> ByteStream {
        match self {
            Self::Arriving(bytes) => bytes,
            Self::OnDisk(file) => file.into_stream(),
        }
    }
}

/// A place that holds documents. Dropping a future or a stream cancels the request behind it.
#[async_trait]
pub trait Source: fmt::Debug + Send + Sync {
    /// The name of the table that these documents make: `people` for `…/people.json`, the folder's name for a folder.
    fn table_name(&self) -> String;

    /// The documents now.
    ///
    /// `Kind::TableNotFound` naming the path when there is none.
    async fn list(&self) -> Result<Listing>;

    /// Opens a document.
    async fn open(&self, document: &Document) -> Result<Content>;

    /// What was remembered under a name, in this connection or an earlier one.
    async fn recall(&self, _what: &str) -> Option<Bytes> {
        None
    }

    /// Remembers something that was found out about documents and would be found out again, if it can.
    async fn remember(&self, _what: &str, _bytes: Bytes) {}

    /// What scans that run together read through, so that what one of them has read the others need not ask for. It serves
    /// this source as long as one of them holds it. None where reading again costs nothing.
    fn spool(&self) -> Option<Arc<Spool>> {
        None
    }

    /// How many documents are worth opening at the same time.
    fn at_once(&self) -> usize {
        4
    }
}

/// The documents of several selections, each once, by location.
fn in_order(mut documents: Vec<Document>) -> Listing {
    documents.sort_by(|a, b| a.location.cmp(&b.location));
    documents.dedup_by(|a, b| a.location == b.location);
    Listing {
        documents,
        warnings: Vec::new(),
    }
}
