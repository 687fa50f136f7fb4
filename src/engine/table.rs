//! A table over documents: a `DataSourceExec` with our own `FileSource`, projection and limit pushed into the scan.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use datafusion::arrow::array::{AsArray, BooleanArray};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{
    FileGroup, FileOpenFuture, FileOpener, FileScanConfig, FileScanConfigBuilder, FileSource,
};
use datafusion::datasource::projection::{ProjectionOpener, SplitProjection};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::DataFusionError;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::object_store::ObjectStore;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};
use datafusion::scalar::ScalarValue;
use futures::{FutureExt, StreamExt};

use crate::source::Document;
use crate::source::ahead::Ahead;

use super::documents::{DocumentTable, Documents};
use super::scan::{Cut, Notes, Scan};

/// The table of one listing.
#[derive(Debug)]
pub(super) struct DocumentsTable {
    documents: Arc<Documents>,
    table: Arc<DocumentTable>,
    /// Whether it has its hidden columns.
    with_hidden: bool,
}

impl DocumentsTable {
    pub(super) fn new(documents: Arc<Documents>, table: Arc<DocumentTable>, with_hidden: bool) -> Self {
        Self {
            documents,
            table,
            with_hidden,
        }
    }

    /// Whether an expression asks for nothing but file columns, so that one look at a document's entry in the listing
    /// answers it for all its rows.
    fn is_of_files(&self, expression: &Expr) -> bool {
        let known = self.table.file_columns.columns(self.with_hidden);
        let mut columns = expression.column_refs().into_iter().peekable();
        let needs_a_plan = expression.exists(|inner| {
            Ok(matches!(
                inner,
                Expr::ScalarSubquery(_)
                    | Expr::InSubquery(_)
                    | Expr::SetComparison(_)
                    | Expr::Exists(_)
                    | Expr::OuterReferenceColumn(..)
                    | Expr::Placeholder(_)
            ))
        });
        columns.peek().is_some()
            && columns.all(|column| known.clone().any(|known| known.name == column.name))
            && !expression.is_volatile()
            && !needs_a_plan.unwrap_or(true)
    }

    /// The documents for which all `filters`, which ask for nothing but file columns, are true.
    ///
    /// The filters are asked one after the other, as they are for rows: what one leaves out the next never sees.
    fn matching(&self, filters: &[Expr], state: &dyn Session) -> Result<Vec<&Document>, DataFusionError> {
        let mut documents: Vec<_> = self.documents.listing.iter().collect();
        if filters.is_empty() || documents.is_empty() {
            return Ok(documents);
        }
        let mut known = self.files()?;
        let schema = DFSchema::try_from(known.schema())?;
        for filter in filters {
            let filter = state.create_physical_expr(filter.clone(), &schema)?;
            let answer = filter.evaluate(&known)?.into_array(known.num_rows())?;
            let is_true = answer
                .as_boolean()
                .iter()
                .map(|truth| Some(truth == Some(true)))
                .collect::<BooleanArray>();
            known = filter_record_batch(&known, &is_true)?;
            let kept = documents.into_iter().zip(is_true.values());
            documents = kept.filter(|(_, kept)| *kept).map(|(document, _)| document).collect();
        }
        Ok(documents)
    }

    /// The file columns of the documents, of which there are some: a row for each.
    fn files(&self) -> Result<RecordBatch, DataFusionError> {
        let documents = &self.documents;
        let fields: Vec<_> = self.table.file_columns.fields(self.with_hidden).collect();
        let columns = self.table.file_columns.columns(self.with_hidden);
        let arrays = columns.map(|column| {
            let values = documents.listing.iter().map(|document| column.of(document));
            ScalarValue::iter_to_array(values)
        });
        let arrays = arrays.collect::<Result<_, _>>()?;
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
    }
}

#[async_trait]
impl TableProvider for DocumentsTable {
    fn schema(&self) -> SchemaRef {
        match self.with_hidden {
            true => self.table.all_columns(),
            false => self.table.columns(),
        }
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>, DataFusionError> {
        let answer = |filter: &&Expr| match self.is_of_files(filter) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(answer).collect())
    }

    /// Whole files over the partitions, in their order; rows of one file stay in theirs.
    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let mut source = DocumentsSource::new(self.documents.clone(), self.table.clone(), self.with_hidden);
        let (mut files, mut taken) = (Vec::new(), Vec::new());
        for document in self.matching(filters, state)? {
            if !self.table.has_rows_of(document) {
                continue;
            }
            if let Some(problem) = self.documents.left_out(document) {
                source.notes.skip(document, problem);
                continue;
            }
            let Some(path) = self.documents.path(&self.table, document) else {
                continue;
            };
            let columns = self.table.file_columns.columns(self.with_hidden);
            files.push(
                PartitionedFile::new(&document.name, document.size)
                    .with_partition_values(columns.map(|column| column.of(document)).collect())
                    .with_extension(Cut {
                        document: document.clone(),
                        path,
                    }),
            );
            taken.push(document.clone());
        }
        let count = u64::try_from(taken.len()).unwrap_or(u64::MAX);
        source.notes.counters.of_files.store(count, Ordering::Relaxed);
        source.ahead = Arc::new(Ahead::new(self.documents.source.clone(), taken, limit.is_some()));
        let mut groups = FileGroup::new(files).split_files(state.config().target_partitions());
        if groups.is_empty() {
            groups.push(FileGroup::default());
        }
        // The place is never asked: documents are opened through their own source.
        let place = ObjectStoreUrl::local_filesystem();
        let config = FileScanConfigBuilder::new(place, Arc::new(source))
            .with_file_groups(groups)
            .with_limit(limit)
            .with_projection_indices(projection.cloned())?
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

/// What the scans below `plan` have found worth telling.
pub(super) fn notes(plan: &Arc<dyn ExecutionPlan>) -> Vec<Arc<Notes>> {
    scans(plan).into_iter().map(|scan| scan.notes).collect()
}

/// Lets the scans below `plan` read each document once.
pub(super) fn share(plan: &Arc<dyn ExecutionPlan>) {
    let scans = scans(plan);
    let [first, _, ..] = scans.as_slice() else { return };
    let spool = first.documents.source.spool();
    for scan in &scans {
        scan.ahead.share(spool.clone());
    }
}

fn scans(plan: &Arc<dyn ExecutionPlan>) -> Vec<DocumentsSource> {
    let mut scans = Vec::new();
    // The closure never fails, so neither does the walk.
    let _ = plan.apply(|node| {
        let source = node
            .downcast_ref::<DataSourceExec>()
            .and_then(|scan| scan.data_source().downcast_ref::<FileScanConfig>())
            .and_then(|config| config.file_source().downcast_ref::<DocumentsSource>());
        scans.extend(source.cloned());
        Ok(TreeNodeRecursion::Continue)
    });
    scans
}

/// How the files of a scan are read: only the columns of the projection are decoded.
#[derive(Clone)]
struct DocumentsSource {
    documents: Arc<Documents>,
    table: Arc<DocumentTable>,
    table_schema: TableSchema,
    projection: SplitProjection,
    batch_size: usize,
    metrics: ExecutionPlanMetricsSet,
    notes: Arc<Notes>,
    ahead: Arc<Ahead>,
}

impl DocumentsSource {
    fn new(documents: Arc<Documents>, table: Arc<DocumentTable>, with_hidden: bool) -> Self {
        let file_columns = table.file_columns.fields(with_hidden);
        let table_schema = TableSchema::builder(table.found.schema.arrow.clone())
            .with_table_partition_cols(file_columns.collect::<Vec<_>>())
            .build();
        Self {
            projection: SplitProjection::unprojected(&table_schema),
            table_schema,
            notes: Arc::new(Notes::of(&documents)),
            ahead: Arc::new(Ahead::new(documents.source.clone(), Vec::new(), true)),
            documents,
            table,
            batch_size: super::session::BATCH_SIZE,
            metrics: ExecutionPlanMetricsSet::new(),
        }
    }
}

impl FileSource for DocumentsSource {
    fn create_file_opener(
        &self,
        _: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        _: usize,
    ) -> Result<Arc<dyn FileOpener>, DataFusionError> {
        let opener = DocumentOpener {
            scan: self.clone(),
            limit: config.limit,
        };
        ProjectionOpener::try_new(
            self.projection.clone(),
            Arc::new(opener),
            self.table_schema.file_schema(),
        )
    }

    fn table_schema(&self) -> &TableSchema {
        &self.table_schema
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        Arc::new(Self {
            batch_size,
            ..self.clone()
        })
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        Some(&self.projection.source)
    }

    fn try_pushdown_projection(
        &self,
        projection: &ProjectionExprs,
    ) -> Result<Option<Arc<dyn FileSource>>, DataFusionError> {
        let merged = self.projection.source.try_merge(projection)?;
        Ok(Some(Arc::new(Self {
            projection: SplitProjection::new(self.table_schema.file_schema(), &merged),
            ..self.clone()
        })))
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        &self.metrics
    }

    fn file_type(&self) -> &str {
        "json"
    }

    /// Where a record begins is known only to who reads from the start.
    fn supports_repartitioning(&self) -> bool {
        false
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion, DataFusionError>,
    ) -> Result<TreeNodeRecursion, DataFusionError> {
        datafusion::physical_plan::apply_expression_roots(self.projection.source.iter(), f)
    }
}

struct DocumentOpener {
    scan: DocumentsSource,
    limit: Option<usize>,
}

impl FileOpener for DocumentOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture, DataFusionError> {
        let cut = file
            .extension::<Cut>()
            .cloned()
            .ok_or_else(|| DataFusionError::Internal("a file of a scan of documents carries no document".to_owned()))?;
        let scan = Scan::new(
            self.scan.documents.clone(),
            self.scan.table.clone(),
            cut,
            &self.scan.projection.file_indices,
            self.scan.batch_size,
            self.limit,
            self.scan.notes.clone(),
        );
        let ahead = self.scan.ahead.clone();
        Ok(async move { Ok(scan.batches(&ahead).await?.boxed()) }.boxed())
    }
}
