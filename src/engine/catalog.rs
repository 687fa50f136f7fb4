//! Tables as DataFusion sees them: the catalog, and schemas inferred once per session and listing.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::error::DataFusionError;
use tokio::sync::Mutex;

use crate::error::Result;
use crate::json::TableSchema;
use crate::source::{Document, Source};

use super::errors;
use super::sampling;
use super::table::DocumentsTable;

/// How long a listing is taken for the present: the calls of one refresh in a BI tool (tables, columns, prepare,
/// execute) come within it and cost one listing.
pub(super) const FRESH: Duration = Duration::from_secs(5);

/// The documents of a table at one moment, and the columns found in them.
///
/// A statement keeps the one it was planned with, so that its columns and its files belong together.
#[derive(Debug)]
pub(super) struct Documents {
    pub(super) source: Arc<dyn Source>,
    pub(super) listing: Vec<Document>,
    pub(super) schema: TableSchema,
}

/// The table of a connection's documents.
///
/// The source is listed on first use, and again when a later statement finds the listing older than [`FRESH`]. The
/// columns are inferred again only when the new listing differs: in a document, its length or its revision.
pub(super) struct Library {
    source: Arc<dyn Source>,
    row_scan_depth: usize,
    fresh: Duration,
    // Held over the listing and the inference, so that statements that start together wait for one and not for each.
    known: Mutex<Option<(Instant, Arc<Documents>)>>,
}

impl Library {
    /// The documents of `source`. No I/O.
    pub(super) fn new(source: Arc<dyn Source>, row_scan_depth: usize, fresh: Duration) -> Self {
        Self {
            source,
            row_scan_depth,
            fresh,
            known: Mutex::new(None),
        }
    }

    /// The name of the table.
    pub(super) fn name(&self) -> String {
        self.source.table_name()
    }

    /// The documents now.
    pub(super) async fn documents(&self) -> Result<Arc<Documents>> {
        let mut known = self.known.lock().await;
        if let Some((at, documents)) = &*known
            && at.elapsed() < self.fresh
        {
            return Ok(documents.clone());
        }
        let now = Instant::now();
        let listing = self.source.list().await?;
        let documents = match &*known {
            Some((_, documents)) if documents.listing == listing => documents.clone(),
            _ => Arc::new(self.look_into(listing).await?),
        };
        *known = Some((now, documents.clone()));
        Ok(documents)
    }

    /// The documents now, without looking into them.
    pub(super) async fn listing(&self) -> Result<Vec<Document>> {
        let known = self.known.lock().await;
        match &*known {
            Some((at, documents)) if at.elapsed() < self.fresh => Ok(documents.listing.clone()),
            _ => self.source.list().await,
        }
    }

    async fn look_into(&self, listing: Vec<Document>) -> Result<Documents> {
        let schema = sampling::sample(&self.source, &listing, self.row_scan_depth).await?;
        tracing::debug!(
            documents = listing.len(),
            columns = schema.arrow.fields().len(),
            "columns inferred"
        );
        Ok(Documents {
            source: self.source.clone(),
            listing,
            schema,
        })
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// The schema of the table of the documents.
#[derive(Debug)]
pub(super) struct DocumentsSchema(pub(super) Option<Arc<Library>>);

impl DocumentsSchema {
    fn library(&self, name: &str) -> Option<&Arc<Library>> {
        self.0.as_ref().filter(|library| library.name() == name)
    }
}

#[async_trait]
impl SchemaProvider for DocumentsSchema {
    fn table_names(&self) -> Vec<String> {
        self.0.iter().map(|library| library.name()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        let Some(library) = self.library(name) else {
            return Ok(None);
        };
        let documents = library.documents().await.map_err(errors::into_datafusion)?;
        Ok(Some(Arc::new(DocumentsTable::new(documents))))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.library(name).is_some()
    }
}
