//! THE table of system tables: what the driver knows of itself, as rows of SQL.

mod connection;
mod files;
mod information_schema;
mod keys;
mod listing;
mod oauth;
mod procedures;
mod relations;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::information_schema::InformationSchemaProvider;
use datafusion::catalog::{MemoryCatalogProviderList, SchemaProvider, Session, TableProvider};
use datafusion::datasource::{MemTable, TableType};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;

use super::errors;
use super::inventory::Inventory;
use super::session::{INFORMATION_SCHEMA, SYSTEM};
use listing::Contents;

/// One system table.
pub(super) struct SystemTable {
    /// [`SYSTEM`] or [`INFORMATION_SCHEMA`].
    pub(super) schema: &'static str,
    /// The name users write, matched without regard to case.
    pub(super) name: &'static str,
    /// One line for people.
    pub(super) description: &'static str,
    contents: &'static dyn Contents,
}

const fn system(name: &'static str, contents: &'static dyn Contents, description: &'static str) -> SystemTable {
    SystemTable {
        schema: SYSTEM,
        name,
        description,
        contents,
    }
}

const fn standard(name: &'static str, contents: &'static dyn Contents, description: &'static str) -> SystemTable {
    SystemTable {
        schema: INFORMATION_SCHEMA,
        ..system(name, contents, description)
    }
}

/// Every system table.
pub(super) static SYSTEM_TABLES: &[SystemTable] = &[
    system("sys_catalogs", &relations::CATALOGS, "The catalogs"),
    system("sys_schemas", &relations::SCHEMAS, "The schemas"),
    system("sys_tables", &relations::TABLES, "The tables, as SQLTables lists them"),
    system(
        "sys_tablecolumns",
        &relations::COLUMNS,
        "The columns of the tables, as SQLColumns lists them",
    ),
    system("sys_procedures", &procedures::PROCEDURES, "The stored procedures"),
    system(
        "sys_procedureparameters",
        &procedures::PARAMETERS,
        "The inputs (Direction 1) and result columns (Direction 4) of the stored procedures",
    ),
    system("sys_keycolumns", &keys::KEY_COLUMNS, "The columns of keys"),
    system("sys_foreignkeys", &keys::FOREIGN_KEYS, "The foreign keys"),
    system("sys_primarykeys", &keys::PRIMARY_KEYS, "The primary keys"),
    system("sys_indexes", &keys::INDEXES, "The indexes: no table has any"),
    system(
        "sys_connection_props",
        &connection::PROPERTIES,
        "The connection properties and their values; holds no secret",
    ),
    system(
        "sys_sqlinfo",
        &connection::SQL,
        "What SQL can do, as SQLGetInfo answers it",
    ),
    system("sys_information", &connection::PRODUCT, "The driver and its version"),
    system(
        "sys_oauth",
        &oauth::SIGN_INS,
        "The sign-ins in this connection's settings, its own first; holds no token",
    ),
    system("sys_files", &files::FILES, "The documents that the table is made of"),
    standard(
        "schemata",
        &information_schema::SCHEMATA,
        "The schemas, as SQL-92 has them",
    ),
    standard("tables", &information_schema::TABLES, "The tables, as SQL-92 has them"),
    standard(
        "columns",
        &information_schema::COLUMNS,
        "The columns of the tables, as SQL-92 has them",
    ),
    standard(
        "views",
        &information_schema::VIEWS,
        "The views, as SQL-92 has them: there are none",
    ),
];

impl SystemTable {
    /// The columns.
    pub(super) fn schema(&self) -> SchemaRef {
        self.contents.schema()
    }

    /// The names of the columns.
    pub(super) fn column_names(&self) -> Vec<String> {
        let schema = self.schema();
        schema.fields().iter().map(|field| field.name().clone()).collect()
    }
}

impl fmt::Debug for SystemTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// The system tables of one schema as DataFusion sees them.
#[derive(Debug)]
pub(super) struct SystemSchema {
    name: &'static str,
    inventory: Arc<Inventory>,
    /// Further tables of the engine's own, which `SHOW` is answered from.
    engine: Option<InformationSchemaProvider>,
}

impl SystemSchema {
    /// [`SYSTEM`].
    pub(super) fn system(inventory: Arc<Inventory>) -> Self {
        Self {
            name: SYSTEM,
            inventory,
            engine: None,
        }
    }

    /// [`INFORMATION_SCHEMA`].
    pub(super) fn information(inventory: Arc<Inventory>) -> Self {
        // What is taken from the engine tells of settings and functions, and looks into no catalog.
        let catalogs = Arc::new(MemoryCatalogProviderList::new());
        Self {
            name: INFORMATION_SCHEMA,
            inventory,
            engine: Some(InformationSchemaProvider::new(catalogs)),
        }
    }

    fn tables(&self) -> impl Iterator<Item = &'static SystemTable> {
        let schema = self.name;
        SYSTEM_TABLES.iter().filter(move |table| table.schema == schema)
    }
}

#[async_trait]
impl SchemaProvider for SystemSchema {
    fn table_names(&self) -> Vec<String> {
        self.tables().map(|table| table.name.to_owned()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        if let Some(table) = self.tables().find(|table| table.name == name) {
            let inventory = self.inventory.clone();
            return Ok(Some(Arc::new(SystemTableProvider { table, inventory })));
        }
        match &self.engine {
            Some(engine) => engine.table(name).await,
            None => Ok(None),
        }
    }

    fn table_exist(&self, name: &str) -> bool {
        let of_engine = self.engine.as_ref().is_some_and(|engine| engine.table_exist(name));
        of_engine || self.tables().any(|table| table.name == name)
    }
}

/// A system table as DataFusion sees it: its rows are made anew for every scan.
#[derive(Debug)]
struct SystemTableProvider {
    table: &'static SystemTable,
    inventory: Arc<Inventory>,
}

#[async_trait]
impl TableProvider for SystemTableProvider {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let batch = self.table.contents.batch(self.inventory.clone()).await;
        let batch = batch.map_err(errors::into_datafusion)?;
        let rows = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
        rows.scan(state, projection, filters, limit).await
    }
}
