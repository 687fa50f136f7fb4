//! What a connection has: documents, scratch tables, a sign-in, properties; and the tables that are made of them.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

use datafusion::arrow::datatypes::{Schema, SchemaRef};

use crate::error::{Error, Kind, Result};
use crate::oauth::Manager;

use super::catalog::Library;
use super::dialect::{self, Braces, KnownTable, View};
use super::documents;
use super::keys::{self, Key};
use super::pinned::Pinned;
use super::property_entry::PropertyEntry;
use super::query::Query;
use super::rules::Rules;
use super::scratch::Scratch;
use super::session::{CATALOG, SCHEMA, SYSTEM_TABLE, Session, TEMP, TableEntry, VIEW};
use super::standard::Standard;
use super::system_tables::SYSTEM_TABLES;

/// What a connection has.
#[derive(Debug)]
pub(super) struct Inventory {
    pub(super) library: Option<Arc<Library>>,
    pub(super) pinned: Pinned,
    pub(super) rules: Rules,
    pub(super) views: Vec<View>,
    /// Plans views, to tell their columns.
    pub(super) session: Weak<Session>,
    pub(super) oauth: Option<Arc<Manager>>,
    pub(super) scratch: Arc<Scratch>,
    pub(super) properties: Vec<PropertyEntry>,
    pub(super) standard: &'static dyn Standard,
}

impl Inventory {
    /// Every table.
    pub(super) async fn tables(&self) -> Result<Vec<TableEntry>> {
        let entry = |schema: &str, name: String, kind, remarks: &str| TableEntry {
            catalog: CATALOG.to_owned(),
            schema: schema.to_owned(),
            name,
            kind,
            remarks: remarks.to_owned(),
        };
        let documents = self.documents_tables().await?.into_iter();
        let documents = documents.map(|name| entry(SCHEMA, name, "TABLE", "Records of JSON documents"));
        let system = SYSTEM_TABLES
            .iter()
            .map(|table| entry(table.schema, table.name.to_owned(), SYSTEM_TABLE, table.description));
        let tables = self.scratch.snapshot();
        let scratch = tables.tables().map(|table| {
            // Tableau and Excel list no tables but those of this type; the schema says what is different.
            let name = table.definition.name.clone();
            entry(TEMP, name, "TABLE", "Scratch table of this connection")
        });
        let views = self
            .views()
            .map(|view| entry(SCHEMA, view.name.clone(), VIEW, "View of UserDefinedViews"));
        let entries = documents.chain(views).chain(system).chain(scratch);
        let shown = |entry: TableEntry| TableEntry {
            name: self.shown(&entry.name),
            ..entry
        };
        Ok(entries.map(shown).collect())
    }

    fn shown(&self, name: &str) -> String {
        self.rules.types.shown(name)
    }

    /// The views that no table of documents hides.
    pub(super) fn views(&self) -> impl Iterator<Item = &View> {
        let names = self.known_names();
        let hides = move |view: &View| names.iter().any(|name| documents::alike(name, &view.name));
        self.views.iter().filter(move |view| !hides(view))
    }

    /// The names of the tables of documents that are known without looking into them.
    fn known_names(&self) -> Vec<String> {
        let mut names = self.pinned.names();
        names.extend(self.found_names().unwrap_or_default());
        names
    }

    /// The same of those that no schema file describes; none where only the documents tell.
    pub(super) fn found_names(&self) -> Option<Vec<String>> {
        match &self.library {
            Some(library) => Some(self.unpinned(library.names()?)),
            None => Some(Vec::new()),
        }
    }

    fn unpinned(&self, mut names: Vec<String>) -> Vec<String> {
        let pinned = self.pinned.names();
        names.retain(|name| !pinned.iter().any(|known| documents::alike(known, name)));
        names
    }

    /// The names of the tables of documents. Looks into the documents only where these say which tables there are.
    async fn documents_tables(&self) -> Result<Vec<String>> {
        let mut names = self.pinned.names();
        match (self.found_names(), &self.library) {
            (Some(found), _) => names.extend(found),
            (None, Some(library)) => {
                let documents = library.documents().await?;
                let tables = documents.tables.iter().map(|table| table.found.name.clone());
                names.extend(self.unpinned(tables.collect()));
            }
            (None, None) => {}
        }
        Ok(names)
    }

    /// The keys of tables. Looks into the documents only where their tables have keys.
    pub(super) async fn keys(&self) -> Result<Vec<Key>> {
        match self.library.as_ref().filter(|library| library.has_keys()) {
            Some(library) => {
                let pinned = self.pinned.names();
                let is_found = |name: &str| !pinned.iter().any(|known| documents::alike(known, name));
                let mut keys = keys::of(&*library.documents().await?);
                keys.retain(|key| is_found(&key.table));
                for key in &mut keys {
                    key.reference.take_if(|reference| !is_found(&reference.table));
                }
                let keys = keys.into_iter();
                Ok(keys.map(|key| key.renamed(|name| self.shown(name))).collect())
            }
            None => Ok(Vec::new()),
        }
    }

    /// The schemas, by name. No I/O.
    pub(super) fn schemas(&self) -> BTreeSet<String> {
        let own = [SCHEMA]
            .into_iter()
            .chain(SYSTEM_TABLES.iter().map(|table| table.schema));
        let tables = self.scratch.snapshot();
        let temp = tables.tables().next().map(|_| TEMP);
        own.chain(temp).map(str::to_owned).collect()
    }

    /// What names may mean. No I/O: the columns of documents are left out, and tables that only they tell of.
    pub(super) fn known_tables(&self) -> Vec<KnownTable> {
        let documents = self.known_names().into_iter().map(KnownTable::of_documents);
        let system = SYSTEM_TABLES.iter().map(|table| KnownTable {
            schema: table.schema,
            name: table.name.to_owned(),
            columns: table.column_names(),
            hidden: Vec::new(),
            nested: Vec::new(),
            is_system: true,
        });
        let tables = self.scratch.snapshot();
        let scratch = tables.tables().map(|table| KnownTable {
            schema: TEMP,
            name: table.definition.name.clone(),
            columns: table.definition.column_names(),
            hidden: Vec::new(),
            nested: Vec::new(),
            is_system: false,
        });
        documents.chain(system).chain(scratch).collect()
    }

    /// The columns of a table.
    pub(super) async fn columns(&self, table: &TableEntry) -> Result<SchemaRef> {
        let columns = self.columns_as_they_are(table).await?;
        if !self.rules.types.upper_case {
            return Ok(columns);
        }
        let fields = columns.fields().iter();
        let fields = fields.map(|field| field.as_ref().clone().with_name(self.shown(field.name())));
        Ok(Arc::new(Schema::new(fields.collect::<Vec<_>>())))
    }

    async fn columns_as_they_are(&self, table: &TableEntry) -> Result<SchemaRef> {
        let is = |schema: &str, name: &str| schema == table.schema && self.shown(name) == table.name;
        let scratch = self.scratch.snapshot();
        if let Some(scratch) = scratch.tables().find(|scratch| is(TEMP, &scratch.definition.name)) {
            return Ok(scratch.definition.schema.clone());
        }
        let mut system = SYSTEM_TABLES.iter();
        if let Some(system) = system.find(|system| is(system.schema, system.name)) {
            return Ok(system.schema());
        }
        if table.kind == VIEW {
            return self.columns_of_view(&table.name).await;
        }
        let documents = match self.pinned.named(&table.name).as_ref().or(self.library.as_ref()) {
            Some(library) => Some(library.documents().await?),
            None => None,
        };
        let mut tables = documents.iter().flat_map(|documents| &documents.tables);
        match tables.find(|known| is(SCHEMA, &known.found.name)) {
            Some(table) => Ok(table.columns()),
            None => Err(Error::new(
                Kind::TableNotFound,
                format!("There is no table {}", table.name),
            )),
        }
    }

    async fn columns_of_view(&self, name: &str) -> Result<SchemaRef> {
        let closed = || Error::new(Kind::Internal, "The session of a view is gone.");
        let session = self.session.upgrade().ok_or_else(closed)?;
        let name = name.replace('"', "\"\"");
        let parsed = dialect::parse(&format!("SELECT * FROM {SCHEMA}.\"{name}\""), Braces::Engine)?;
        Ok(Query::plan(session, parsed).await?.schema)
    }

    /// These tables with their columns. Among several of the user's one that cannot be read as JSON is left out, so that
    /// it does not hide the others; the only one says what is wrong with it.
    pub(super) async fn with_columns(&self, entries: Vec<TableEntry>) -> Result<Vec<(TableEntry, SchemaRef)>> {
        let of_user = entries.iter().filter(|entry| entry.kind != SYSTEM_TABLE);
        let alone = of_user.count() == 1;
        let mut tables = Vec::new();
        for entry in entries {
            match self.columns(&entry).await {
                Ok(schema) => tables.push((entry, schema)),
                Err(error) if !alone && matches!(error.kind(), Kind::Document | Kind::TableNotFound) => {}
                Err(error) if entry.kind == VIEW && error.kind() != Kind::Cancelled => {
                    tracing::warn!(view = entry.name, %error, "a view cannot be planned, and has no columns");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(tables)
    }
}
