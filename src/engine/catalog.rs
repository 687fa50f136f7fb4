//! Tables as DataFusion sees them: the catalog, and schemas inferred once per session and listing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::error::DataFusionError;
use tokio::sync::Mutex;

use crate::error::{Error, Kind, Result};
use crate::json::TableSchema;
use crate::source::{Document, Source};

use super::errors;
use super::file_columns::{FileColumns, PseudoColumns};
use super::sampling::{self, Look, Sample};
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
    /// What the records have.
    pub(super) schema: TableSchema,
    pub(super) file_columns: FileColumns,
    columns: SchemaRef,
    skips_bad: bool,
    /// The documents that could not be read when their columns were looked for: no row of them is read.
    left_out: BTreeMap<Edition, String>,
    /// The documents that scans could not read to their end.
    broken: parking_lot::Mutex<BTreeMap<Edition, String>>,
}

/// A document in one of its states: location and revision.
type Edition = (String, String);

fn edition(document: &Document) -> Edition {
    (document.location.clone(), document.revision.clone())
}

impl Documents {
    /// The columns of the table.
    pub(super) fn columns(&self) -> SchemaRef {
        self.columns.clone()
    }

    /// The same, and the hidden ones behind them.
    pub(super) fn all_columns(&self) -> SchemaRef {
        columns(&self.schema, &self.file_columns, true)
    }

    /// Why no row of a document is read, where none is.
    pub(super) fn left_out(&self, document: &Document) -> Option<&str> {
        self.left_out.get(&edition(document)).map(String::as_str)
    }

    /// Whether a scan that meets this problem goes on behind the document; it is remembered then.
    pub(super) fn skip(&self, document: &Document, problem: &Error) -> bool {
        let skips = self.skips_bad && problem.kind() == Kind::Document;
        if skips {
            let text = problem.message().to_owned();
            self.broken.lock().insert(edition(document), text);
        }
        skips
    }

    /// What is known to be wrong with a document that was skipped, wholly or in part.
    fn problem(&self, document: &Document) -> Option<String> {
        let left_out = self.left_out(document).map(str::to_owned);
        left_out.or_else(|| self.broken.lock().get(&edition(document)).cloned())
    }
}

fn columns(schema: &TableSchema, file_columns: &FileColumns, with_hidden: bool) -> SchemaRef {
    let members = schema.arrow.fields().iter().cloned();
    Arc::new(Schema::new(
        members.chain(file_columns.fields(with_hidden)).collect::<Vec<_>>(),
    ))
}

/// How documents become a table.
#[derive(Clone, Debug, Default)]
pub struct DocumentOptions {
    /// How columns and types are found.
    pub look: Look,
    /// `PseudoColumns`: file columns that are not hidden.
    pub pseudo_columns: PseudoColumns,
    /// `OnBadDocument=skip`: whether a document that cannot be read as JSON is left out.
    pub skips_bad: bool,
}

/// The table of a connection's documents.
///
/// The source is listed on first use, and again when a later statement finds the listing older than [`FRESH`]. The
/// columns are inferred again only when the new listing differs: in a document, its length or its revision.
pub(super) struct Library {
    source: Arc<dyn Source>,
    options: DocumentOptions,
    fresh: Duration,
    // Held over the listing and the inference, so that statements that start together wait for one and not for each.
    known: Mutex<Option<(Instant, Arc<Documents>)>>,
}

impl Library {
    /// The documents of `source`. No I/O.
    pub(super) fn new(source: Arc<dyn Source>, options: DocumentOptions, fresh: Duration) -> Self {
        Self {
            source,
            options,
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

    /// The documents now, without looking into them, and what is known to be wrong with those that were skipped.
    pub(super) async fn listing(&self) -> Result<Vec<(Document, Option<String>)>> {
        let known = self.known.lock().await;
        let listing = match &*known {
            Some((at, documents)) if at.elapsed() < self.fresh => documents.listing.clone(),
            _ => self.source.list().await?,
        };
        let problem = |document: &Document| known.as_ref().and_then(|(_, known)| known.problem(document));
        Ok(listing
            .into_iter()
            .map(|document| {
                let problem = problem(&document);
                (document, problem)
            })
            .collect())
    }

    async fn look_into(&self, listing: Vec<Document>) -> Result<Documents> {
        let DocumentOptions {
            look,
            pseudo_columns,
            skips_bad,
        } = &self.options;
        let Sample { schema, left_out } = sampling::sample(&self.source, &listing, *look, *skips_bad).await?;
        let file_columns = FileColumns::of(&self.name(), &listing, &schema.arrow, pseudo_columns);
        tracing::debug!(
            documents = listing.len(),
            left_out = left_out.len(),
            columns = schema.arrow.fields().len(),
            "columns inferred"
        );
        let left_out = left_out.into_iter();
        let left_out = left_out.map(|(document, problem)| (edition(&document), problem.message().to_owned()));
        Ok(Documents {
            source: self.source.clone(),
            listing,
            columns: columns(&schema, &file_columns, false),
            schema,
            file_columns,
            skips_bad: *skips_bad,
            left_out: left_out.collect(),
            broken: parking_lot::Mutex::default(),
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
pub(super) struct DocumentsSchema {
    pub(super) library: Option<Arc<Library>>,
    /// Whether the table has its hidden columns.
    pub(super) with_hidden: bool,
}

impl DocumentsSchema {
    fn named(&self, name: &str) -> Option<&Arc<Library>> {
        self.library.as_ref().filter(|library| library.name() == name)
    }
}

#[async_trait]
impl SchemaProvider for DocumentsSchema {
    fn table_names(&self) -> Vec<String> {
        self.library.iter().map(|library| library.name()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        let Some(library) = self.named(name) else {
            return Ok(None);
        };
        let documents = library.documents().await.map_err(errors::into_datafusion)?;
        Ok(Some(Arc::new(DocumentsTable::new(documents, self.with_hidden))))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.named(name).is_some()
    }
}
