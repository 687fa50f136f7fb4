//! What is known of the documents of a connection at one moment: the listing, and the tables found in them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::datatypes::{Schema, SchemaRef};

use crate::error::{Error, Kind, Result};
use crate::json::path::JsonPath;
use crate::json::{DataModel, Framer, Model, Table, TableSchema};
use crate::source::{Document, Listing, Source};

use super::file_columns::{FileColumns, PseudoColumns};
use super::listed::Listed;
use super::sampling::{self, Cuts, Search};

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

impl DocumentOptions {
    /// Whether `Tables` has this table.
    pub(super) fn has_table(&self, name: &str) -> bool {
        self.tables.is_empty() || self.tables.iter().any(|listed| alike(listed, name))
    }
}

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

impl Documents {
    /// Of a listing, what was found in it.
    pub(super) fn new(
        source: &Arc<dyn Source>,
        options: &DocumentOptions,
        Listing { documents, warnings }: Listing,
        tables: Vec<Arc<DocumentTable>>,
        cuts: Cuts,
        left_out: Vec<(Document, Error)>,
    ) -> Self {
        let left_out = left_out.into_iter();
        let left_out = left_out.map(|(document, problem)| (edition(&document), problem.message().to_owned()));
        Self {
            source: source.clone(),
            listing: documents,
            warnings,
            tables,
            named: parking_lot::Mutex::default(),
            options: options.clone(),
            cuts,
            left_out: left_out.collect(),
            broken: parking_lot::Mutex::default(),
        }
    }

    /// Whether the listing is still this one.
    pub(super) fn is_of(&self, listing: &Listing) -> bool {
        self.listing == listing.documents && self.warnings == listing.warnings
    }

    /// The table of this name, spelled as it is.
    pub(super) fn table(&self, name: &str) -> Option<Arc<DocumentTable>> {
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
    pub(super) async fn named(&self, name: &str) -> Result<Option<Arc<DocumentTable>>> {
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
    pub(super) fn problem(&self, document: &Document) -> Option<String> {
        let left_out = self.left_out(document).map(str::to_owned);
        left_out.or_else(|| self.broken.lock().get(&edition(document)).cloned())
    }
}

impl DocumentTable {
    /// The table that was found in the documents of a listing.
    pub(super) fn new(
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
pub(super) fn begins_with(name: &str, table: &str) -> bool {
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
