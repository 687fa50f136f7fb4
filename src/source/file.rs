//! Documents on the local disk.

use async_trait::async_trait;

use crate::error::Result;

use super::uri::Selection;
use super::{ByteStream, Document, Source};

/// A file, folder or mask on the local disk.
#[derive(Debug)]
pub struct Local;

impl Local {
    /// No I/O.
    pub fn new(selection: Selection, table_name: String) -> Self {
        let _ = (selection, table_name);
        Self
    }
}

#[async_trait]
impl Source for Local {
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
