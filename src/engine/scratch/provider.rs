//! Scratch tables as DataFusion sees them: a scan reads the snapshot that its execution carries.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{SchemaProvider, Session, TableProvider};
use datafusion::datasource::TableType;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;

use crate::engine::errors;

use super::{Definition, Scratch, Snapshot};

/// The schema of the scratch tables.
pub(in crate::engine) struct ScratchSchema(pub(in crate::engine) Arc<Scratch>);

impl fmt::Debug for ScratchSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScratchSchema").finish_non_exhaustive()
    }
}

#[async_trait]
impl SchemaProvider for ScratchSchema {
    fn table_names(&self) -> Vec<String> {
        let tables = self.0.snapshot();
        tables.tables().map(|table| table.definition.name.clone()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        let tables = self.0.snapshot();
        let table = tables
            .table(name)
            .map(|table| ScratchTable::new(table.definition.clone()));
        Ok(table.map(|table| Arc::new(table) as Arc<dyn TableProvider>))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.0.snapshot().table(name).is_some()
    }
}

/// One table, perhaps with the numbers of its rows as a last column.
#[derive(Debug)]
pub(super) struct ScratchTable {
    definition: Arc<Definition>,
    schema: SchemaRef,
    is_numbered: bool,
}

impl ScratchTable {
    fn new(definition: Arc<Definition>) -> Self {
        Self {
            schema: definition.schema.clone(),
            definition,
            is_numbered: false,
        }
    }

    /// The table with a last column that tells the number of each row.
    pub(super) fn numbered(definition: Arc<Definition>) -> Self {
        let mut name = "row".to_owned();
        while definition.schema.field_with_name(&name).is_ok() {
            name.push('_');
        }
        let number = Field::new(name, DataType::Int64, false);
        let fields = definition.schema.fields().iter().map(|field| field.as_ref().clone());
        Self {
            schema: Arc::new(Schema::new(fields.chain([number]).collect::<Vec<_>>())),
            definition,
            is_numbered: true,
        }
    }

    /// The name of the last column.
    pub(super) fn number(&self) -> &str {
        self.schema.fields().last().map_or("", |field| field.name())
    }
}

#[async_trait]
impl TableProvider for ScratchTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    fn get_column_default(&self, column: &str) -> Option<&Expr> {
        self.definition.defaults.get(column)
    }

    /// One partition: without ORDER BY the rows come as they were inserted.
    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let Some(tables) = state.config().get_extension::<Snapshot>() else {
            let text = "a scan of a scratch table without a snapshot of it";
            return Err(DataFusionError::Internal(text.to_owned()));
        };
        let table = tables.of(&self.definition).map_err(errors::into_datafusion)?;
        let batches = if self.is_numbered {
            let numbered = table.contents.row_numbers().map(|(batch, numbers)| {
                let numbers = Arc::new(numbers) as ArrayRef;
                let columns = batch.columns().iter().cloned().chain([numbers]);
                RecordBatch::try_new(self.schema.clone(), columns.collect())
            });
            numbered.collect::<Result<Vec<_>, _>>()?
        } else {
            table.contents.batches().to_vec()
        };
        let rows = MemorySourceConfig::try_new_exec(&[batches], self.schema.clone(), projection.cloned())?;
        Ok(rows)
    }
}
