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
use crate::json::path::JsonPath;
use crate::json::{DataModel, Framer, Model, SchemaFile, Table, TableSchema};
use crate::source::{Document, Listing, Source};

use super::errors;
use super::file_columns::{FileColumns, PseudoColumns};
use super::listed::Listed;
use super::recollection;
use super::sampling::{self, Cuts, Search};
use super::schema_folder::SchemaFolder;
use super::separate::{self, Separate};
use super::table::DocumentsTable;

/// The documents of a connection at one moment, and the tables found in them.
///
/// A statement keeps the one it was planned with, so that its columns and its files belong together.
#[derive(Debug)]
pub(super) struct Documents {
    pub(super) source: Arc<dyn Source>,
    pub(super) listing: Vec<Document>,
    /// What the listing had to tell.
    pub(super) warnings: Vec<String>,
    /// The tables of the model.
    pub(super) tables: Vec<Arc<DocumentTable>>,
    /// The tables of arrays that statements have named beside, by name.
    named: parking_lot::Mutex<BTreeMap<String, Arc<DocumentTable>>>,
    options: DocumentOptions,
    cuts: Cuts,
    /// The documents that could not be read when their columns were looked for: no row of them is read.
    left_out: BTreeMap<Edition, String>,
    /// The documents that scans could not read to their end.
    broken: parking_lot::Mutex<BTreeMap<Edition, String>>,
}

/// One table of documents.
#[derive(Debug)]
pub(super) struct DocumentTable {
    /// What the records have, and the keys.
    pub(super) found: Table,
    pub(super) file_columns: FileColumns,
    /// Where its records are, when not where the other tables have them.
    cuts: Option<Cuts>,
    /// The location of the one document that its rows are in; none where they are in all.
    pub(super) only: Option<String>,
    columns: SchemaRef,
}

/// A document in one of its states: location and revision.
pub(super) type Edition = (String, String);

pub(super) fn edition(document: &Document) -> Edition {
    (document.location.clone(), document.revision.clone())
}

impl DocumentOptions {
    /// Whether `Tables` has this table.
    fn has_table(&self, name: &str) -> bool {
        self.tables.is_empty() || self.tables.iter().any(|listed| alike(listed, name))
    }
}

impl Documents {
    fn is_of(&self, listing: &Listing) -> bool {
        self.listing == listing.documents && self.warnings == listing.warnings
    }

    /// The table of this name, spelled as it is.
    fn table(&self, name: &str) -> Option<Arc<DocumentTable>> {
        let listed = self.tables.iter().find(|table| table.found.name == name);
        listed.cloned().or_else(|| self.named.lock().get(name).cloned())
    }

    /// The tables of the model, and those that names mean beside.
    pub(super) async fn named_in(&self, names: &[String]) -> Result<Vec<Arc<DocumentTable>>> {
        let mut tables = self.tables.clone();
        for name in names {
            let is_listed = |table: &Arc<DocumentTable>| alike(&table.found.name, name);
            if !tables.iter().any(is_listed) {
                tables.extend(self.named(name).await?);
            }
        }
        Ok(tables)
    }

    /// The table that a name means which no table has: `people.vehicles` is the array `vehicles` in the records of
    /// `people`. None where it means none.
    async fn named(&self, name: &str) -> Result<Option<Arc<DocumentTable>>> {
        // What lies in rows without names has none, either.
        if self.options.model.data_model != DataModel::Document || self.options.model.columns.is_some() {
            return Ok(None);
        }
        let known = self
            .named
            .lock()
            .values()
            .find(|table| alike(&table.found.name, name))
            .cloned();
        if known.is_some() {
            return Ok(known);
        }
        let records = self
            .tables
            .iter()
            .find_map(|table| Some((table, array_in(name, &table.found.name)?)));
        let Some((records, members)) = records else {
            return Ok(None);
        };
        let Some((called, members)) = self.members(records, members) else {
            return Ok(None);
        };
        let steps: Vec<_> = members.iter().map(String::as_str).collect();
        let search = Search::Below(records.cuts.as_ref().unwrap_or(&self.cuts), &steps);
        let readable = self.readable(records).cloned().collect::<Vec<_>>();
        let sample = sampling::sample(&self.source, "", &readable, &self.options, search).await?;
        let Some(found) = sample.tables.into_iter().next() else {
            return Ok(None);
        };
        let found = Table {
            name: format!("{}.{called}", records.found.name),
            ..found
        };
        let name = found.name.clone();
        let table = Arc::new(DocumentTable::new(
            found,
            &self.listing,
            &self.options,
            Some(sample.cuts),
            records.only.clone(),
        ));
        self.named.lock().insert(name, table.clone());
        Ok(Some(table))
    }

    /// The members that lead to an array, spelled as the records have them, and what they are called together: a column of
    /// the table, by its beginning.
    fn members(&self, records: &DocumentTable, written: &str) -> Option<(String, Vec<String>)> {
        let pinned = records.found.schema.pinned_members(|name| alike(name, written));
        if pinned.is_some() {
            return pinned;
        }
        let separator = self.options.model.separator.as_str();
        let fields = records.found.schema.arrow.fields().iter();
        let spelled = fields.map(|field| field.name()).find(|name| alike(name, written));
        // What is no column may lie in one: only its own spelling is known then.
        let spelled = spelled.map_or(written, String::as_str);
        let members: Vec<_> = spelled.split(separator).map(str::to_owned).collect();
        Some((members.join("."), members))
    }

    /// The documents that rows of a table are read from.
    pub(super) fn readable<'d>(&'d self, table: &'d DocumentTable) -> impl Iterator<Item = &'d Document> {
        let documents = self.listing.iter();
        documents.filter(|document| table.has_rows_of(document) && self.left_out(document).is_none())
    }

    /// Where the records for a table are in a document; none where it has none.
    pub(super) fn path(&self, table: &DocumentTable, document: &Document) -> Option<JsonPath> {
        table
            .cuts
            .as_ref()
            .unwrap_or(&self.cuts)
            .path(document, table.found.frame)
    }

    /// What tells the keys of a document's rows from those of another's.
    pub(super) fn key_prefix(&self, document: &Document) -> String {
        // A listing is in the order of locations.
        let place = self
            .listing
            .binary_search_by(|listed| listed.location.cmp(&document.location));
        match place {
            Ok(place) if self.listing.len() > 1 => format!("{}:", place + 1),
            _ => String::new(),
        }
    }

    /// Cuts the records at a path from a document.
    pub(super) fn framer(&self, document: &Document, path: &JsonPath) -> Framer {
        self.options.model.framer(&document.name, path)
    }

    /// The list of columns in a document, where its rows are arrays.
    pub(super) fn list(&self, document: &Document) -> Option<Listed> {
        Listed::of(&self.source, document, &self.options.model)
    }

    /// How the documents become tables.
    pub(super) fn model(&self) -> &Model {
        &self.options.model
    }

    /// Why no row of a document is read, where none is.
    pub(super) fn left_out(&self, document: &Document) -> Option<&str> {
        self.left_out.get(&edition(document)).map(String::as_str)
    }

    /// Whether a scan that meets this problem goes on behind the document; it is remembered then.
    pub(super) fn skip(&self, document: &Document, problem: &Error) -> bool {
        let skips = self.options.skips_bad && problem.kind() == Kind::Document;
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

impl DocumentTable {
    fn new(
        found: Table,
        listing: &[Document],
        options: &DocumentOptions,
        cuts: Option<Cuts>,
        only: Option<String>,
    ) -> Self {
        let file_columns = FileColumns::of(&found.name, listing, &found.schema.arrow, &options.pseudo_columns);
        Self {
            columns: columns(&found.schema, &file_columns, false),
            found,
            file_columns,
            cuts,
            only,
        }
    }

    /// Whether rows of it may be in a document.
    pub(super) fn has_rows_of(&self, document: &Document) -> bool {
        self.only.as_ref().is_none_or(|only| *only == document.location)
    }

    /// The columns.
    pub(super) fn columns(&self) -> SchemaRef {
        self.columns.clone()
    }

    /// The same, and the hidden ones behind them.
    pub(super) fn all_columns(&self) -> SchemaRef {
        columns(&self.found.schema, &self.file_columns, true)
    }
}

/// Whether a name is that of a table, or of an array in its records.
fn begins_with(name: &str, table: &str) -> bool {
    alike(name, table) || array_in(name, table).is_some()
}

/// The members that lead to the array that a name means, when it is one in the records of a table.
fn array_in<'n>(name: &'n str, table: &str) -> Option<&'n str> {
    let (start, rest) = name.split_at_checked(table.len())?;
    rest.strip_prefix('.').filter(|_| alike(start, table))
}

/// Whether two names mean the same table.
pub(super) fn alike(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

fn columns(schema: &TableSchema, file_columns: &FileColumns, with_hidden: bool) -> SchemaRef {
    let members = schema.arrow.fields().iter().cloned();
    Arc::new(Schema::new(
        members.chain(file_columns.fields(with_hidden)).collect::<Vec<_>>(),
    ))
}

/// How documents become tables.
#[derive(Clone, Debug, Default)]
pub struct DocumentOptions {
    /// Which tables, of which columns.
    pub model: Model,
    /// `AggregateFiles=false`: whether every document has tables of its own.
    pub separate: bool,
    /// `RowScanDepth`: records looked at per document to find columns and types; 0 means all.
    pub row_scan_depth: usize,
    /// `MetadataDiscoveryURI`: the one document that the tables are found in; all of them when there is none.
    pub discovery: Option<String>,
    /// `Tables`: the only tables there are; every one when it is empty.
    pub tables: Vec<String>,
    /// `PseudoColumns`: file columns that are not hidden.
    pub pseudo_columns: PseudoColumns,
    /// `OnBadDocument=skip`: whether a document that cannot be read as JSON is left out.
    pub skips_bad: bool,
    /// `CacheTolerance`: how long a listing is taken for the present. The calls of one refresh in a BI tool (tables,
    /// columns, prepare, execute) come within a few seconds and cost one listing.
    pub tolerance: Duration,
}

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
        let Listing {
            documents: listing,
            warnings,
        } = listing;
        let table = |found: Table, cuts, only| match self.options.has_table(&found.name) {
            true => Some(Arc::new(DocumentTable::new(found, &listing, &self.options, cuts, only))),
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
                let Separate { tables, left_out } = separate::sample(&self.source, &listing, &self.options).await?;
                let tables = tables.into_iter();
                let tables = tables.filter_map(|(found, cuts, only)| table(found, Some(cuts), Some(only)));
                (tables.collect(), Cuts::Everywhere(Vec::new()), left_out)
            }
            None => {
                let name = self.source.table_name();
                let sample = recollection::sample(&self.source, &name, &listing, &self.options).await?;
                let tables = sample.tables.into_iter().filter_map(|found| table(found, None, None));
                (tables.collect(), sample.cuts, sample.left_out)
            }
        };
        tracing::debug!(
            documents = listing.len(),
            left_out = left_out.len(),
            tables = tables.len(),
            columns = tables.iter().map(|table| table.columns.fields().len()).sum::<usize>(),
            pinned = self.pinned.is_some(),
            "columns known"
        );
        let left_out = left_out.into_iter();
        let left_out = left_out.map(|(document, problem)| (edition(&document), problem.message().to_owned()));
        Ok(Documents {
            source: self.source.clone(),
            tables,
            named: parking_lot::Mutex::default(),
            options: self.options.clone(),
            cuts,
            left_out: left_out.collect(),
            broken: parking_lot::Mutex::default(),
            listing,
            warnings,
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
