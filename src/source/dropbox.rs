//! Documents in Dropbox.

use std::sync::Arc;

use async_trait::async_trait;

use crate::error::Result;
use crate::oauth::Manager;

use super::uri::Selection;
use super::{ByteStream, Document, Source};

/// The API hosts, overridable so that a test server can stand in.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// RPC calls; `https://api.dropboxapi.com`.
    pub api: String,
    /// Downloads; `https://content.dropboxapi.com`.
    pub content: String,
}

/// A file, folder or mask in Dropbox.
#[derive(Debug)]
pub struct Dropbox {
    #[allow(dead_code)]
    oauth: Arc<Manager>,
}

impl Dropbox {
    /// No I/O.
    pub fn new(
        selection: Selection,
        table_name: String,
        endpoints: Endpoints,
        http: reqwest::Client,
        oauth: Arc<Manager>,
    ) -> Self {
        let _ = (selection, table_name, endpoints, http);
        Self { oauth }
    }
}

#[async_trait]
impl Source for Dropbox {
    fn table_name(&self) -> String {
        todo!()
    }

    async fn list(&self) -> Result<Vec<Document>> {
        todo!()
    }

    async fn open(&self, document: &Document) -> Result<ByteStream> {
        let _ = document;
        todo!()
    }
}
