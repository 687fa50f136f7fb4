//! An open session: one SQL context over one source, with the procedures.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList};
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::registry::FunctionRegistry;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use once_cell::sync::OnceCell;

use crate::error::Result;
use crate::oauth::Manager;
use crate::secret::Secret;
use crate::source::Source;

use super::apply::AppliedRows;
use super::catalog::{DocumentsSchema, Library, Visited};
use super::dialect::{Braces, KnownTable, Place, View};
use super::documents::DocumentOptions;
use super::functions::{CheckedArithmetic, JoinedTexts};
use super::inventory::Inventory;
use super::keys::Key;
use super::pinned::Pinned;
use super::places::{Neighbours, Places};
use super::procedures::{self, Answer, Procedure};
use super::property_entry::PropertyEntry;
use super::rules::Rules;
use super::schema_folder::SchemaFolder;
use super::scratch::{Scratch, ScratchSchema};
use super::standard::Standard;
use super::statement::Prepared;
use super::system_tables::SystemSchema;
use super::type_rules::TypeRules;
use super::{dialect, errors, functions, runtime};

/// What a session is made of.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the documents come from; none when the connection string has no `URI`.
    pub source: Option<Arc<dyn Source>>,
    /// Sign-in, for the procedures; none when no provider is involved.
    pub oauth: Option<Arc<Manager>>,
    /// How the documents become a table.
    pub documents: DocumentOptions,
    /// `Location`: the folder of schema files; none when there is none.
    pub schemas: Option<Arc<SchemaFolder>>,
    /// What the statements may do.
    pub rules: Rules,
    /// `UserDefinedViews`.
    pub views: Vec<View>,
    /// `ScratchMemory`: bytes that the scratch tables may hold together.
    pub scratch_memory: usize,
    /// The places that statements may name; none when they may not.
    pub places: Option<Arc<dyn Places>>,
    /// The connection's properties, for the system tables.
    pub properties: Vec<PropertyEntry>,
    /// In whose words the system tables describe types and abilities.
    pub standard: &'static dyn Standard,
}

/// A table as the catalog functions show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableEntry {
    /// Catalog, always [`CATALOG`].
    pub catalog: String,
    /// Schema: [`SCHEMA`] for documents, [`TEMP`] for scratch tables, [`SYSTEM`] or [`INFORMATION_SCHEMA`].
    pub schema: String,
    /// Table name.
    pub name: String,
    /// `TABLE`, [`VIEW`] or [`SYSTEM_TABLE`].
    pub kind: &'static str,
    /// What it is, for people.
    pub remarks: String,
}

/// The catalog every table is in.
pub const CATALOG: &str = "latchkey";
/// The schema of the tables made of documents.
pub const SCHEMA: &str = "json";
/// The schema of the scratch tables.
pub const TEMP: &str = "temp";
/// The schema of what the driver tells about itself.
pub const SYSTEM: &str = "system";
/// The schema of the standard's views of the catalog.
pub const INFORMATION_SCHEMA: &str = "information_schema";
/// The kind of a query with a name.
pub const VIEW: &str = "VIEW";
/// The kind of the tables in the last two.
pub const SYSTEM_TABLE: &str = "SYSTEM TABLE";

/// Field metadata key: the exact length to describe, in characters or bytes. Catalog result sets carry it, and columns of
/// scratch tables, where no value is longer.
pub const DECLARED_LENGTH: &str = "latchkey.declared_length";

/// Rows of a batch, at most.
pub(super) const BATCH_SIZE: usize = 8192;

/// What the queries of one connection may hold in memory together; sorts, joins and groups past it go to disk.
const MEMORY: usize = 1 << 30;

/// An open session. Cheap to share; statements of one connection use the same one.
pub struct Session {
    /// Made for the first statement: setting the engine up takes longer than connecting, which some programs do without
    /// ever asking anything.
    context: OnceCell<SessionContext>,
    inventory: Arc<Inventory>,
    neighbours: Neighbours,
}

impl Session {
    /// A session over these options. No I/O.
    pub fn new(options: Options) -> Arc<Self> {
        let pinned = Pinned::new(
            options.schemas.clone(),
            options.source.clone(),
            options.documents.clone(),
            options.places.clone(),
        );
        let neighbours = Neighbours::new(options.places);
        let written = options.schemas.filter(|folder| folder.is_written());
        let library = options
            .source
            .map(|source| Arc::new(Library::new(source, options.documents).written_to(written)));
        Arc::new_cyclic(|session| Self {
            context: OnceCell::new(),
            inventory: Arc::new(Inventory {
                library,
                pinned,
                rules: options.rules,
                views: options.views,
                session: session.clone(),
                oauth: options.oauth,
                scratch: Arc::new(Scratch::new(options.scratch_memory)),
                properties: options.properties,
                standard: options.standard,
            }),
            neighbours,
        })
    }

    /// Reads the schema files. `Kind::Property` naming the one that cannot be followed.
    pub fn read_schemas(&self) -> Result<()> {
        self.inventory.pinned.read()
    }

    /// Writes schema files for the tables that have none (`GenerateSchemaFiles=OnStart`). Looks into the documents only for
    /// those.
    pub async fn write_schemas(self: Arc<Self>) -> Result<()> {
        match &self.inventory.library {
            Some(library) if self.inventory.found_names().is_none_or(|names| !names.is_empty()) => {
                library.documents().await.map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Plans a statement: a query, a change of scratch tables, or a procedure call in any of its spellings. No row is read.
    pub async fn prepare(self: Arc<Self>, sql: String) -> Result<Prepared> {
        self.prepare_with(sql, Braces::Escapes).await
    }

    /// As [`Session::prepare`]; where braces are the engine's, no procedure is called in them.
    pub async fn prepare_with(self: Arc<Self>, sql: String, braces: Braces) -> Result<Prepared> {
        let may_call = braces == Braces::Escapes || !sql.trim_start().starts_with('{');
        let call = if may_call { procedures::parse(&sql)? } else { None };
        match call {
            Some(call) => Ok(Prepared::call(self.inventory.clone(), call)),
            None => Prepared::statement(self, dialect::parse(&sql, braces)?).await,
        }
    }

    /// The statement as the engine will see it (`SQLNativeSql`): escapes, brackets and markers translated.
    ///
    /// A procedure call is returned as it is.
    pub fn native_sql(&self, sql: &str) -> Result<String> {
        match procedures::parse(sql)? {
            Some(_) => Ok(sql.to_owned()),
            None => dialect::native(sql),
        }
    }

    /// Drops the scratch tables: somebody else is going to use the connection.
    pub fn drop_scratch_tables(&self) {
        self.inventory.scratch.clear();
    }

    /// Every table.
    pub async fn tables(self: Arc<Self>) -> Result<Vec<TableEntry>> {
        self.inventory.tables().await
    }

    /// The keys of the tables.
    pub async fn keys(self: Arc<Self>) -> Result<Vec<Key>> {
        self.inventory.keys().await
    }

    /// The columns of a table.
    pub async fn columns(self: Arc<Self>, table: TableEntry) -> Result<SchemaRef> {
        self.inventory.columns(&table).await
    }

    /// These tables with their columns. Among several of the user's one that cannot be read as JSON is left out, so that
    /// it does not hide the others; the only one says what is wrong with it.
    pub async fn with_columns(self: Arc<Self>, tables: Vec<TableEntry>) -> Result<Vec<(TableEntry, SchemaRef)>> {
        self.inventory.with_columns(tables).await
    }

    /// What names may mean. No I/O: the columns of documents are left out, and tables that only they tell of.
    pub(super) fn known_tables(&self) -> Vec<KnownTable> {
        self.inventory.known_tables()
    }

    /// Whether the connection has scratch tables.
    pub fn has_scratch_tables(&self) -> bool {
        self.scratch().snapshot().tables().next().is_some()
    }

    /// Runs a procedure as a function: by its name and inputs, without a statement.
    pub async fn call(self: Arc<Self>, procedure: &'static str, inputs: Vec<(&'static str, Secret)>) -> Result<Answer> {
        procedures::run(self.inventory.clone(), procedure, inputs).await
    }

    /// Whether the connection has a sign-in, which the OAuth procedures are about.
    pub fn signs_in(&self) -> bool {
        self.inventory.oauth.is_some()
    }

    /// An access token that is good now: refreshed when it is about to end, as `InitiateOAuth` says.
    pub async fn access_token(self: Arc<Self>) -> Result<Secret> {
        let manager = procedures::signed_in_by(&self.inventory)?;
        manager.access_token().await.map(|token| token.0)
    }

    /// Every procedure.
    pub fn procedures(&self) -> &'static [Procedure] {
        procedures::all()
    }

    /// The state a plan is made with, at this moment.
    pub(super) fn state(&self) -> Result<SessionState> {
        let make = || context(&self.inventory).map_err(errors::from_datafusion);
        Ok(self.context.get_or_try_init(make)?.state())
    }

    /// The same, with the tables of other places, and where the tables of documents may have their hidden columns.
    pub(super) fn state_with(&self, visited: Visited, hidden: bool) -> Result<SessionState> {
        let catalogs = MemoryCatalogProviderList::new();
        let catalog = catalog(&self.inventory, visited, hidden).map_err(errors::from_datafusion)?;
        catalogs.register_catalog(CATALOG.to_owned(), catalog);
        Ok(SessionStateBuilder::new_from_existing(self.state()?)
            .with_catalog_list(Arc::new(catalogs))
            .build())
    }

    /// The scratch tables of the connection.
    pub(super) fn scratch(&self) -> &Arc<Scratch> {
        &self.inventory.scratch
    }

    /// The documents of a place that a statement names.
    pub(super) fn neighbour(&self, place: &Place) -> Result<Arc<Library>> {
        self.neighbours.library(place)
    }

    /// How columns are described.
    pub fn types(&self) -> &TypeRules {
        &self.inventory.rules.types
    }

    /// What the statements may do.
    pub(super) fn rules(&self) -> &Rules {
        &self.inventory.rules
    }

    /// The views of the connection.
    pub(super) fn views(&self) -> &[View] {
        &self.inventory.views
    }

    /// The tables that schema files describe.
    pub(super) fn pinned(&self) -> Vec<Arc<Library>> {
        self.inventory.pinned.tables()
    }

    /// The documents of the connection, when it has any.
    pub(super) fn library(&self) -> Option<&Arc<Library>> {
        self.inventory.library.as_ref()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("library", &self.inventory.library)
            .finish_non_exhaustive()
    }
}

fn context(inventory: &Arc<Inventory>) -> Result<SessionContext, DataFusionError> {
    let mut config = SessionConfig::new()
        .with_default_catalog_and_schema(CATALOG, SCHEMA)
        .with_create_default_catalog_and_schema(false)
        // SystemSchema is the information schema: the engine's own would tell the engine's types.
        .with_information_schema(false)
        .with_target_partitions(runtime::workers())
        .with_batch_size(BATCH_SIZE)
        // Splitting the rows of one document would lose their order, and decoding them is the slower part anyway.
        .with_round_robin_repartition(false);
    config.options_mut().sql_parser.map_string_types_to_utf8view = false;
    let environment = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(MEMORY)))
        .build_arc()?;
    let mut context = SessionContext::new_with_config_rt(config, environment);
    for function in functions::all() {
        context.register_udf(function);
    }
    context.add_analyzer_rule(Arc::new(CheckedArithmetic));
    context.register_expr_planner(Arc::new(JoinedTexts))?;
    context.register_relation_planner(Arc::new(AppliedRows))?;
    context.register_catalog(CATALOG, catalog(inventory, Visited::new(), false)?);
    Ok(context)
}

fn catalog(
    inventory: &Arc<Inventory>,
    visited: Visited,
    with_hidden: bool,
) -> Result<Arc<dyn CatalogProvider>, DataFusionError> {
    let catalog = MemoryCatalogProvider::new();
    let documents = DocumentsSchema {
        library: inventory.library.clone(),
        visited,
        with_hidden,
    };
    catalog.register_schema(SCHEMA, Arc::new(documents))?;
    catalog.register_schema(TEMP, Arc::new(ScratchSchema(inventory.scratch.clone())))?;
    catalog.register_schema(SYSTEM, Arc::new(SystemSchema::system(inventory.clone())))?;
    let information = SystemSchema::information(inventory.clone());
    catalog.register_schema(INFORMATION_SCHEMA, Arc::new(information))?;
    Ok(Arc::new(catalog))
}
