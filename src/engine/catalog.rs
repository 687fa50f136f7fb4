//! Tables as DataFusion sees them: the catalog, and schemas inferred once per session and listing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::error::DataFusionError;
use tokio::sync::Mutex;

use crate::error::Result;
use crate::json::{DataModel, SchemaFile, Table};
use crate::source::{Document, Listing, Source};

use super::documents::{DocumentOptions, DocumentTable, Documents, begins_with};
use super::errors;
use super::recollection;
use super::sampling::Cuts;
use super::schema_folder::SchemaFolder;
use super::separate::{self, Separate};
use super::table::DocumentsTable;

/// The tables of a connection's documents.
///
/// The source is listed on first use, and again when a later statement finds the listing older than the tolerance. The
/// columns are inferred again only when the new listing differs: in a document, its length or its revision.
pub(super) struct Library {
    pub(super) source: Arc<dyn Source>,
    pub(super) options: DocumentOptions,
    /// The schema file that says what the one table is; none where tables are found.
    pub(super) pinned: Option<SchemaFile>,
    /// Where the tables that were found are written down.
    pub(super) written: Option<Arc<SchemaFolder>>,
    // Held over the listing and the inference, so that statements that start together wait for one and not for each.
    known: Mutex<Option<(Instant, Arc<Documents>)>>,
}

impl Library {
    /// The documents of `source`. No I/O.
    pub(super) fn new(source: Arc<dyn Source>, options: DocumentOptions) -> Self {
        Self {
            source,
            options,
            pinned: None,
            written: None,
            known: Mutex::new(None),
        }
    }

    /// What the first of the tables is called, as far as that is known without looking into the documents.
    pub(super) fn name(&self) -> String {
        let known = self.names().and_then(|names| names.into_iter().next());
        known.unwrap_or_else(|| self.source.table_name())
    }

    /// The names of the tables, where they are known without looking into the documents.
    pub(super) fn names(&self) -> Option<Vec<String>> {
        let mut names = self.all_names()?;
        names.retain(|name| self.options.has_table(name));
        Some(names)
    }

    fn all_names(&self) -> Option<Vec<String>> {
        if let Some(file) = &self.pinned {
            return Some(vec![file.table.clone()]);
        }
        let model = &self.options.model;
        if model.data_model == DataModel::Relational || self.options.separate {
            return None;
        }
        // The one table is that of the one frame.
        Some(vec![model.path_name().unwrap_or_else(|| self.source.table_name())])
    }

    /// Whether the tables have keys.
    pub(super) fn has_keys(&self) -> bool {
        self.options.model.data_model == DataModel::Relational
    }

    /// Whether one of these names may mean a table of the documents.
    pub(super) fn may_have(&self, names: &[String]) -> bool {
        let Some(known) = self.names() else {
            return !names.is_empty();
        };
        names
            .iter()
            .any(|name| known.iter().any(|known| begins_with(name, known)))
    }

    /// The documents now.
    pub(super) async fn documents(&self) -> Result<Arc<Documents>> {
        let mut known = self.known.lock().await;
        if let Some((at, documents)) = &*known
            && at.elapsed() < self.options.tolerance
        {
            return Ok(documents.clone());
        }
        let now = Instant::now();
        let listing = self.source.list().await?;
        let documents = match &*known {
            Some((_, known)) if known.is_of(&listing) => known.clone(),
            _ => {
                let documents = self.look_into(listing).await?;
                self.write_down(&documents).await?;
                Arc::new(documents)
            }
        };
        *known = Some((now, documents.clone()));
        Ok(documents)
    }

    /// The documents now, without looking into them, and what is known to be wrong with those that were skipped.
    pub(super) async fn listing(&self) -> Result<Vec<(Document, Option<String>)>> {
        let known = self.known.lock().await;
        let listing = match &*known {
            Some((at, documents)) if at.elapsed() < self.options.tolerance => documents.listing.clone(),
            _ => self.source.list().await?.documents,
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

    async fn look_into(&self, listing: Listing) -> Result<Documents> {
        let documents = &listing.documents;
        let table = |found: Table, cuts, only| match self.options.has_table(&found.name) {
            true => Some(Arc::new(DocumentTable::new(
                found,
                documents,
                &self.options,
                cuts,
                only,
            ))),
            false => None,
        };
        let (tables, cuts, left_out): (Vec<_>, _, _) = match &self.pinned {
            Some(file) => {
                let found = Table {
                    name: file.table.clone(),
                    schema: file.schema.clone(),
                    frame: 0,
                    key: None,
                    parent: None,
                };
                let cuts = Cuts::Everywhere(vec![file.records()]);
                (table(found, None, None).into_iter().collect(), cuts, Vec::new())
            }
            None if self.options.separate => {
                let Separate { tables, left_out } = separate::sample(&self.source, documents, &self.options).await?;
                let tables = tables.into_iter();
                let tables = tables.filter_map(|(found, cuts, only)| table(found, Some(cuts), Some(only)));
                (tables.collect(), Cuts::Everywhere(Vec::new()), left_out)
            }
            None => {
                let name = self.source.table_name();
                let sample = recollection::sample(&self.source, &name, documents, &self.options).await?;
                let tables = sample.tables.into_iter().filter_map(|found| table(found, None, None));
                (tables.collect(), sample.cuts, sample.left_out)
            }
        };
        tracing::debug!(
            documents = documents.len(),
            left_out = left_out.len(),
            tables = tables.len(),
            columns = tables.iter().map(|table| table.columns().fields().len()).sum::<usize>(),
            pinned = self.pinned.is_some(),
            "columns known"
        );
        Ok(Documents::new(
            &self.source,
            &self.options,
            listing,
            tables,
            cuts,
            left_out,
        ))
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// Tables of documents, and their documents, by name.
pub(super) type Visited = BTreeMap<String, (Arc<Documents>, Arc<DocumentTable>)>;

/// The schema of the tables of documents.
#[derive(Debug)]
pub(super) struct DocumentsSchema {
    pub(super) library: Option<Arc<Library>>,
    /// The tables of other documents that a statement names, by what they are called in it.
    pub(super) visited: Visited,
    /// Whether the tables have their hidden columns.
    pub(super) with_hidden: bool,
}

#[async_trait]
impl SchemaProvider for DocumentsSchema {
    fn table_names(&self) -> Vec<String> {
        let names = self.library.iter().filter_map(|library| library.names());
        names.flatten().collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        if let Some((documents, table)) = self.visited.get(name) {
            let table = DocumentsTable::new(documents.clone(), table.clone(), self.with_hidden);
            return Ok(Some(Arc::new(table)));
        }
        let Some(library) = &self.library else {
            return Ok(None);
        };
        if library
            .names()
            .is_some_and(|names| !names.iter().any(|known| begins_with(name, known)))
        {
            return Ok(None);
        }
        let documents = library.documents().await.map_err(errors::into_datafusion)?;
        let table = match documents.table(name) {
            Some(table) => Some(table),
            None => documents.named(name).await.map_err(errors::into_datafusion)?,
        };
        Ok(table
            .map(|table| Arc::new(DocumentsTable::new(documents, table, self.with_hidden)) as Arc<dyn TableProvider>))
    }

    fn table_exist(&self, name: &str) -> bool {
        let names = self.library.as_ref().map(|library| library.names());
        self.visited.contains_key(name)
            || names.is_some_and(|names| names.is_none_or(|names| names.iter().any(|known| known == name)))
    }
}
