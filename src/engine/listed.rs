//! The columns that a document lists (`JSONFormat=JSONRows`), known before its rows are read.

use std::sync::Arc;

use futures::TryStreamExt;

use crate::error::Result;
use crate::json::{ColumnList, ListReader, Model, Names};
use crate::source::{Document, Source};

/// The list of columns in a document that is being read.
pub(super) struct Listed {
    source: Arc<dyn Source>,
    document: Document,
    list: ColumnList,
    reader: ListReader,
    /// What was found ahead of the reading.
    ahead: Option<Names>,
}

impl Listed {
    /// That of a document; none where records have names in them.
    pub(super) fn of(source: &Arc<dyn Source>, document: &Document, model: &Model) -> Option<Self> {
        let list = model.columns.clone()?;
        Some(Self {
            source: source.clone(),
            document: document.clone(),
            reader: ListReader::new(&document.name, &list),
            list,
            ahead: None,
        })
    }

    /// Takes the next bytes of the document. `Kind::Document` for a list that is none.
    pub(super) fn add(&mut self, chunk: &[u8]) -> Result<()> {
        self.reader.add(chunk)
    }

    /// The columns, if the list has come.
    pub(super) fn come(&self) -> Option<Names> {
        self.reader.names().or(self.ahead.as_ref()).cloned()
    }

    /// The columns. Where the list comes behind the rows, the document is read a second time, up to the list: so nobody has
    /// to hold rows that have no names yet.
    pub(super) async fn columns(&mut self) -> Result<Names> {
        if let Some(known) = self.come() {
            return Ok(known);
        }
        let mut reader = ListReader::new(&self.document.name, &self.list);
        let mut bytes = self.source.open(&self.document).await?.into_stream();
        loop {
            if let Some(names) = reader.names() {
                self.ahead = Some(names.clone());
                return Ok(names.clone());
            }
            match bytes.try_next().await? {
                Some(chunk) => reader.add(&chunk)?,
                None => return Err(self.list.missing(&self.document.name)),
            }
        }
    }
}
