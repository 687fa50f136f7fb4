//! What a connection has: documents, scratch tables, a sign-in, properties; and the tables that are made of them.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

use datafusion::arrow::datatypes::SchemaRef;

use crate::error::{Error, Kind, Result};
use crate::oauth::Manager;

use super::catalog::Library;
use super::dialect::{self, Braces, KnownTable, View};
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
    /// The documents, when there are any and the rules have their table.
    pub(super) fn library(&self) -> Option<&Arc<Library>> {
        let library = self.library.as_ref();
        library.filter(|library| self.rules.has_table(&library.name()))
    }

    /// Every table. No I/O.
    pub(super) fn tables(&self) -> Vec<TableEntry> {
        let entry = |schema: &str, name: String, kind, remarks: &str| TableEntry {
            catalog: CATALOG.to_owned(),
            schema: schema.to_owned(),
            name,
            kind,
            remarks: remarks.to_owned(),
        };
        let documents = self.library().into_iter();
        let documents = documents.map(|library| entry(SCHEMA, library.name(), "TABLE", "Records of JSON documents"));
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
        documents.chain(views).chain(system).chain(scratch).collect()
    }

    /// The views that no table of documents hides.
    pub(super) fn views(&self) -> impl Iterator<Item = &View> {
        let hides = |view: &View| {
            self.library()
                .is_some_and(|library| library.name().to_lowercase() == view.name.to_lowercase())
        };
        self.views.iter().filter(move |view| !hides(view))
    }

    /// The schemas, by name.
    pub(super) fn schemas(&self) -> BTreeSet<String> {
        let own = std::iter::once(SCHEMA.to_owned());
        own.chain(self.tables().into_iter().map(|table| table.schema)).collect()
    }

    /// What names may mean. The columns of the documents are left out: they are known only after looking into them.
    pub(super) fn known_tables(&self) -> Vec<KnownTable> {
        let documents = self.library().into_iter().map(|library| KnownTable {
            schema: SCHEMA,
            name: library.name(),
            columns: Vec::new(),
            hidden: Vec::new(),
            is_system: false,
        });
        let system = SYSTEM_TABLES.iter().map(|table| KnownTable {
            schema: table.schema,
            name: table.name.to_owned(),
            columns: table.column_names(),
            hidden: Vec::new(),
            is_system: true,
        });
        let tables = self.scratch.snapshot();
        let scratch = tables.tables().map(|table| KnownTable {
            schema: TEMP,
            name: table.definition.name.clone(),
            columns: table.definition.column_names(),
            hidden: Vec::new(),
            is_system: false,
        });
        documents.chain(system).chain(scratch).collect()
    }

    /// The columns of a table.
    pub(super) async fn columns(&self, table: &TableEntry) -> Result<SchemaRef> {
        if table.schema == TEMP {
            return self.scratch.snapshot().columns(&table.name);
        }
        let mut system = SYSTEM_TABLES.iter();
        if let Some(system) = system.find(|system| system.schema == table.schema && system.name == table.name) {
            return Ok(system.schema());
        }
        if table.kind == VIEW {
            return self.columns_of_view(&table.name).await;
        }
        let library = self.library().filter(|library| library.name() == table.name);
        let Some(library) = library else {
            return Err(Error::new(
                Kind::TableNotFound,
                format!("There is no table {}", table.name),
            ));
        };
        Ok(library.documents().await?.columns())
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
