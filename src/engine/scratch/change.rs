//! A statement that changes scratch tables: planned once, and each execution is done whole or not at all.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type, Schema};
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::datasource::provider_as_source;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::{
    DdlStatement, Expr, ExprSchemable, Filter, LogicalPlan, LogicalPlanBuilder, Projection, SubqueryAlias, TableScan,
    WriteOp,
};
use datafusion::physical_plan::execute_stream;
use futures::TryStreamExt;

use crate::engine::dialect::{self, Creation, Effect, KnownTable, Limit, Parsed};
use crate::engine::query::{Query, Reading};
use crate::engine::scan::{self, Notes};
use crate::engine::session::{DECLARED_LENGTH, Session, TEMP};
use crate::engine::{TEXT_LENGTH, errors, table};
use crate::error::{Error, Kind, Result};

use super::contents::Contents;
use super::fit::fit;
use super::provider::ScratchTable;
use super::{Definition, Snapshot, Table, check};

/// A planned change.
#[derive(Debug)]
pub(in crate::engine) struct Change {
    session: Arc<Session>,
    parsed: Parsed,
    task: Task,
    /// The version of the tables it was planned over.
    version: u64,
    /// The type of each marker, where the plan tells.
    pub(in crate::engine) parameters: Vec<Option<DataType>>,
    /// The column of each marker that stands for the whole value of one.
    pub(in crate::engine) assigned: Vec<Option<FieldRef>>,
}

#[derive(Debug)]
enum Task {
    Create {
        definition: Arc<Definition>,
        creation: Creation,
        /// What fills the table.
        query: Option<Query>,
    },
    Insert(Arc<Definition>, Query),
    /// The query answers the new rows, and last in each its number.
    Update(Arc<Definition>, Query),
    /// The query answers the numbers of the rows.
    Delete(Arc<Definition>, Query),
    Truncate(Vec<String>),
    Drop(Vec<String>),
}

/// What a change has done.
#[derive(Debug, Default)]
pub struct Done {
    /// Rows inserted, updated or deleted; none where rows are not what is changed.
    pub rows: Option<u64>,
    /// What is worth telling (`Kind::Warning`).
    pub warnings: Vec<Error>,
}

/// A change that was not made.
#[derive(Debug)]
pub struct Failed {
    /// The set of parameters that failed, from 0.
    pub set: usize,
    /// Why.
    pub error: Error,
}

impl Change {
    /// Plans a change of the tables as they are now.
    pub(in crate::engine) async fn plan(session: Arc<Session>, parsed: Parsed) -> Result<Self> {
        let known = session.known_tables();
        let tables = session.scratch().snapshot();
        let targets = dialect::target(&parsed.statement, &known)?;
        let target = targets
            .first()
            .and_then(|name| tables.table(name))
            .map(|table| &table.definition);
        let columns = target.map_or_else(Vec::new, |target| target.column_names());
        let places = dialect::assigned(&parsed.statement, &columns)?;
        let task = match (parsed.effect, target) {
            (Some(Effect::Drop), _) => Task::Drop(targets),
            (Some(Effect::Truncate), _) => Task::Truncate(targets),
            (Some(Effect::Create), _) => Self::create(&session, &parsed, &known).await?,
            (Some(effect), Some(target)) => Self::rows(&session, &parsed, effect, target.clone()).await?,
            (_, None) | (None, _) => return Err(unsupported("A statement that names no table to change")),
        };
        let mut parameters = task.query().map_or_else(Vec::new, |query| query.parameters.clone());
        let mut assigned = vec![None; parameters.len()];
        for (marker, column) in places {
            let field = target.and_then(|target| target.schema.fields().get(column));
            if let (Some(field), Some(data_type), Some(slot)) =
                (field, parameters.get_mut(marker), assigned.get_mut(marker))
            {
                *data_type = Some(field.data_type().clone());
                *slot = Some(field.clone());
            }
        }
        Ok(Self {
            session,
            parsed,
            task,
            version: tables.version,
            parameters,
            assigned,
        })
    }

    /// What it does.
    pub(in crate::engine) fn effect(&self) -> Option<Effect> {
        self.parsed.effect
    }

    async fn create(session: &Arc<Session>, parsed: &Parsed, known: &[KnownTable]) -> Result<Task> {
        let mut parsed = parsed.clone();
        let Some(creation) = dialect::create(&mut parsed.statement, known)? else {
            return Err(unsupported("This CREATE"));
        };
        let mut reading = Reading::of(session, &parsed.statement).await?;
        let LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(ddl)) = reading.plan else {
            return Err(unsupported("This CREATE TABLE"));
        };
        for (column, default) in &ddl.column_defaults {
            let has_marker = default.exists(|inner| Ok(matches!(inner, Expr::Placeholder(_))));
            if has_marker.map_err(errors::from_datafusion)? {
                let message = format!("The DEFAULT of the column {column} cannot be a parameter; write its value");
                return Err(Error::new(Kind::Syntax, message));
            }
        }
        reading.plan = Arc::unwrap_or_clone(ddl.input);
        let declared = reading.plan.schema().as_arrow().clone();
        let query = match creation.is_filled {
            true => Some(Query::over(session.clone(), parsed, reading)?),
            false => None,
        };
        let fields: Vec<_> = match &query {
            // The columns of a query without a list of their own may all be empty later.
            Some(query) if creation.limits.is_empty() => {
                let fields = query.schema.fields().iter();
                fields.map(|field| field.as_ref().clone().with_nullable(true)).collect()
            }
            _ => {
                let columns = declared.fields().iter().zip(&creation.limits);
                columns.map(|(field, limit)| limited(field, *limit)).collect()
            }
        };
        let definition = Definition::new(creation.name.clone(), fields, ddl.column_defaults.into_iter().collect())?;
        Ok(Task::Create {
            definition: Arc::new(definition),
            creation,
            query,
        })
    }

    async fn rows(session: &Arc<Session>, parsed: &Parsed, effect: Effect, table: Arc<Definition>) -> Result<Task> {
        let read = match effect {
            Effect::Delete => Reading::of(session, &dialect::query_of_deleted(&parsed.statement)?).await,
            Effect::Insert if dialect::inserts_defaults(&parsed.statement) => {
                let plan = table.row_of_defaults().map_err(errors::from_datafusion)?;
                Ok(Reading::given(session, plan))
            }
            _ => match dialect::query_of_updated(&parsed.statement, &table.column_names())? {
                Some(query) => Reading::of(session, &query).await,
                None => Reading::of(session, &parsed.statement).await,
            },
        };
        let mut reading = read.map_err(|error| {
            if effect == Effect::Insert && error.message().starts_with("Column count doesn't match") {
                let message = format!(
                    "The query of the INSERT does not have one column for each of the table {TEMP}.{} or of the columns \
                     it names",
                    table.name
                );
                return Error::new(Kind::ValueCount, message).caused_by(error);
            }
            error
        })?;
        let rows = match reading.plan {
            LogicalPlan::Dml(dml) => match dml.op {
                WriteOp::Insert(InsertOp::Overwrite | InsertOp::Replace) => {
                    return Err(unsupported("An INSERT that replaces rows"));
                }
                _ => Arc::unwrap_or_clone(dml.input),
            },
            rows => rows,
        };
        let alias = dialect::alias(&parsed.statement);
        reading.plan = match effect {
            Effect::Update => {
                numbered(rows, &table, alias.as_deref()).and_then(|(rows, number)| of_table(rows, number))
            }
            Effect::Delete => numbered(rows, &table, alias.as_deref()).and_then(|(rows, number)| {
                let rows = of_table(rows, number.clone())?;
                Projection::try_new(vec![Expr::Column(number)], Arc::new(rows)).map(LogicalPlan::Projection)
            }),
            _ => Ok(rows),
        }
        .map_err(errors::from_datafusion)?;
        let query = Query::over(session.clone(), parsed.clone(), reading)?;
        Ok(match effect {
            Effect::Update => Task::Update(table, query),
            Effect::Delete => Task::Delete(table, query),
            _ => Task::Insert(table, query),
        })
    }

    /// Makes the change once for each set of parameters: all of them, or none.
    pub(in crate::engine) async fn make(&self, sets: Vec<Vec<ScalarValue>>) -> Result<Done, Failed> {
        let turn = self.session.scratch().turn().await;
        let mut tables = self.session.scratch().snapshot();
        let mut done = Done::default();
        for (set, values) in sets.into_iter().enumerate() {
            let made = self.once(&tables, values).await;
            let (next, one) = made.map_err(|error| Failed { set, error })?;
            tables = next;
            done.rows = match (done.rows, one.rows) {
                (Some(before), Some(more)) => Some(before + more),
                (before, more) => before.or(more),
            };
            done.warnings.extend(one.warnings);
        }
        turn.commit(tables);
        Ok(done)
    }

    async fn once(&self, tables: &Arc<Snapshot>, values: Vec<ScalarValue>) -> Result<(Arc<Snapshot>, Done)> {
        let is_stale = match self.task.query() {
            Some(query) => query.is_stale().await?,
            None => tables.version != self.version,
        };
        if is_stale {
            let again = Self::plan(self.session.clone(), self.parsed.clone()).await?;
            return again.task.make(tables, values, self.session.scratch().limit).await;
        }
        self.task.make(tables, values, self.session.scratch().limit).await
    }
}

impl Task {
    fn query(&self) -> Option<&Query> {
        match self {
            Self::Create { query, .. } => query.as_ref(),
            Self::Insert(_, query) | Self::Update(_, query) | Self::Delete(_, query) => Some(query),
            Self::Truncate(_) | Self::Drop(_) => None,
        }
    }

    /// The tables after the change.
    async fn make(
        &self,
        tables: &Arc<Snapshot>,
        values: Vec<ScalarValue>,
        limit: usize,
    ) -> Result<(Arc<Snapshot>, Done)> {
        let mut done = Done::default();
        let mut notes = Vec::new();
        let next = match self {
            Self::Drop(names) => names
                .iter()
                .fold((**tables).clone(), |tables, name| tables.without(name)),
            Self::Truncate(names) => {
                let mut next = (**tables).clone();
                for name in names {
                    if let Some(table) = tables.table(name) {
                        next = next.with(table.with(Contents::default()), limit)?;
                    }
                }
                next
            }
            Self::Create { creation, .. } if creation.if_not_exists && tables.table(&creation.name).is_some() => {
                return Ok((tables.clone(), done));
            }
            Self::Create { creation, .. } if !creation.or_replace && tables.table(&creation.name).is_some() => {
                return Err(dialect::exists(&creation.name));
            }
            Self::Create { definition, query, .. } => {
                let mut contents = Contents::default();
                if let Some(query) = query {
                    let others = tables.without(&definition.name).bytes();
                    let rows = Rows::of(query, tables, values, &mut notes).await?;
                    done.rows = Some(rows.append(&mut contents, definition, others, limit).await?);
                }
                let definition = definition.clone();
                tables.with(Table { definition, contents }, limit)?
            }
            Self::Insert(definition, query) => {
                let table = tables.of(definition)?;
                let mut contents = table.contents.clone();
                let others = tables.without(&definition.name).bytes();
                let rows = Rows::of(query, tables, values, &mut notes).await?;
                done.rows = Some(rows.append(&mut contents, definition, others, limit).await?);
                tables.with(table.with(contents), limit)?
            }
            Self::Update(definition, query) => {
                let table = tables.of(definition)?;
                let mut rows = Rows::of(query, tables, values, &mut notes).await?;
                let (mut replaced, mut others, mut held) = (BTreeMap::new(), Vec::new(), 0_usize);
                while let Some(batch) = rows.next().await? {
                    let Some((numbers, columns)) = batch.columns().split_last() else {
                        break;
                    };
                    let numbers = numbers.as_primitive::<Int64Type>().values().iter();
                    replaced.extend(numbers.zip(0..).map(|(number, row)| (*number, (others.len(), row))));
                    let batch = fit(columns, definition)?;
                    held = held.saturating_add(batch.get_array_memory_size());
                    check(held, limit)?;
                    others.push(batch);
                }
                done.rows = Some(count(replaced.len()));
                let contents = table
                    .contents
                    .replaced(&replaced, &others)
                    .map_err(errors::from_arrow)?;
                tables.with(table.with(contents), limit)?
            }
            Self::Delete(definition, query) => {
                let table = tables.of(definition)?;
                let mut rows = Rows::of(query, tables, values, &mut notes).await?;
                let mut deleted: Vec<i64> = Vec::new();
                while let Some(batch) = rows.next().await? {
                    if let Some(numbers) = batch.columns().first() {
                        deleted.extend(numbers.as_primitive::<Int64Type>().values());
                    }
                }
                // A join may find a row several times.
                deleted.sort_unstable();
                deleted.dedup();
                done.rows = Some(count(deleted.len()));
                let contents = table.contents.without(&deleted).map_err(errors::from_arrow)?;
                tables.with(table.with(contents), limit)?
            }
        };
        done.warnings = scan::warnings(&notes);
        Ok((Arc::new(next), done))
    }
}

/// The rows that the query of a change answers.
struct Rows(SendableRecordBatchStream);

impl Rows {
    /// `notes` takes what the scans will have found worth telling when the rows are read.
    async fn of(
        query: &Query,
        tables: &Arc<Snapshot>,
        values: Vec<ScalarValue>,
        notes: &mut Vec<Arc<Notes>>,
    ) -> Result<Self> {
        let (plan, state) = query.physical(values, tables.clone()).await?;
        notes.extend(table::notes(&plan));
        let stream = execute_stream(plan, state.task_ctx()).map_err(errors::from_datafusion)?;
        Ok(Self(stream))
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        self.0.try_next().await.map_err(errors::from_datafusion)
    }

    /// Adds them to a table beside `others` that hold so many bytes; answers how many rows they are.
    async fn append(mut self, contents: &mut Contents, table: &Definition, others: usize, limit: usize) -> Result<u64> {
        let mut rows = 0;
        while let Some(batch) = self.next().await? {
            let batch = fit(batch.columns(), table)?;
            rows += count(batch.num_rows());
            contents.push(&batch).map_err(errors::from_arrow)?;
            check(others.saturating_add(contents.bytes()), limit)?;
        }
        Ok(rows)
    }
}

impl Table {
    fn with(&self, contents: Contents) -> Self {
        Self {
            definition: self.definition.clone(),
            contents,
        }
    }
}

impl Definition {
    /// `Kind::ColumnExists` when two columns have one name.
    fn new(name: String, fields: Vec<Field>, defaults: HashMap<String, Expr>) -> Result<Self> {
        let mut names: Vec<_> = fields.iter().map(Field::name).collect();
        names.sort_unstable();
        if let Some([twice, _]) = names.array_windows().find(|[a, b]| a == b) {
            return Err(Error::new(
                Kind::ColumnExists,
                format!("Two columns of the new table are called {twice}; give one of them another name with AS"),
            ));
        }
        Ok(Self {
            name,
            schema: Arc::new(Schema::new(fields)),
            defaults,
        })
    }

    /// One row that has the default of each column, or NULL.
    fn row_of_defaults(&self) -> Result<LogicalPlan, DataFusionError> {
        let value = |field: &FieldRef| {
            let default = self.defaults.get(field.name()).cloned();
            let value = default.unwrap_or(Expr::Literal(ScalarValue::Null, None));
            Ok(value
                .cast_to(field.data_type(), &DFSchema::empty())?
                .alias(field.name()))
        };
        let values = self.schema.fields().iter().map(value);
        let values = values.collect::<Result<Vec<_>, DataFusionError>>()?;
        LogicalPlanBuilder::empty(true).project(values)?.build()
    }

    /// The names of the columns.
    pub(in crate::engine) fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }
}

/// A declared column, with the length that clients are told of.
fn limited(field: &Field, limit: Option<Limit>) -> Field {
    let told = match limit {
        Some(Limit::Most(length)) => (DECLARED_LENGTH.to_owned(), length.to_string()),
        Some(Limit::Unlimited) => (TEXT_LENGTH.to_owned(), i32::MAX.to_string()),
        None => return field.clone(),
    };
    field.clone().with_metadata(HashMap::from([told]))
}

/// The plan with the numbers of the table's rows as a last column of what it answers, and that column. `alias` is what the
/// statement calls the table, if not by its name.
fn numbered(
    plan: LogicalPlan,
    table: &Arc<Definition>,
    alias: Option<&str>,
) -> Result<(LogicalPlan, Column), DataFusionError> {
    let elsewhere = || DataFusionError::NotImplemented("a change of rows chosen by anything but WHERE".to_owned());
    Ok(match plan {
        LogicalPlan::Filter(filter) => {
            let (input, number) = numbered(Arc::unwrap_or_clone(filter.input), table, alias)?;
            let filter = Filter::try_new(filter.predicate, Arc::new(input))?;
            (LogicalPlan::Filter(filter), number)
        }
        LogicalPlan::SubqueryAlias(given) if Some(given.alias.table()) == alias => {
            let (input, number) = numbered(Arc::unwrap_or_clone(given.input), table, None)?;
            let number = Column::new(Some(given.alias.clone()), number.name);
            let given = SubqueryAlias::try_new(Arc::new(input), given.alias)?;
            (LogicalPlan::SubqueryAlias(given), number)
        }
        LogicalPlan::Projection(projection) => {
            let (input, number) = numbered(Arc::unwrap_or_clone(projection.input), table, alias)?;
            let mut expressions = projection.expr;
            expressions.push(Expr::Column(number.clone()));
            let projection = Projection::try_new(expressions, Arc::new(input))?;
            (LogicalPlan::Projection(projection), number)
        }
        LogicalPlan::Join(_) => {
            let mut sides: Vec<_> = plan.inputs().into_iter().cloned().collect();
            let side = sides
                .iter()
                .position(|side| reads(side, table, alias))
                .ok_or_else(elsewhere)?;
            let (input, number) = numbered(sides.remove(side), table, alias)?;
            sides.insert(side, input);
            (plan.with_new_exprs(plan.expressions(), sides)?, number)
        }
        LogicalPlan::TableScan(ref scan) if alias.is_none() && is_of(scan, table) => {
            let numbered = ScratchTable::numbered(table.clone());
            let name = numbered.number().to_owned();
            let source = provider_as_source(Arc::new(numbered));
            let scan = LogicalPlanBuilder::scan(scan.table_name.clone(), source, None)?.build()?;
            let number = Column::new(scan.schema().iter().next().and_then(|(table, _)| table.cloned()), name);
            (scan, number)
        }
        _ => return Err(elsewhere()),
    })
}

/// Whether [`numbered`] would find the table in the plan.
fn reads(plan: &LogicalPlan, table: &Definition, alias: Option<&str>) -> bool {
    match plan {
        LogicalPlan::SubqueryAlias(given) => Some(given.alias.table()) == alias,
        LogicalPlan::TableScan(scan) => alias.is_none() && is_of(scan, table),
        LogicalPlan::Join(_) => plan.inputs().into_iter().any(|side| reads(side, table, alias)),
        _ => false,
    }
}

fn is_of(scan: &TableScan, table: &Definition) -> bool {
    scan.table_name.schema() == Some(TEMP) && scan.table_name.table() == table.name
}

/// The rows that have a number: an outer join answers some that are of other tables alone.
fn of_table(plan: LogicalPlan, number: Column) -> Result<LogicalPlan, DataFusionError> {
    LogicalPlanBuilder::from(plan)
        .filter(Expr::Column(number).is_not_null())?
        .build()
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

fn unsupported(what: &str) -> Error {
    Error::new(Kind::Unsupported, format!("{what} is not supported for scratch tables"))
}
