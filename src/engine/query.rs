//! A query from its text to its plan: made once, made again when the documents have changed.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::sql::parser::Statement;

use crate::error::{Error, Kind, Result};

use super::catalog::Documents;
use super::dialect::{self, Parsed};
use super::scratch::Snapshot;
use super::session::{SCHEMA, Session};
use super::{errors, parameters, shape};

/// A planned query.
#[derive(Debug)]
pub(super) struct Query {
    session: Arc<Session>,
    parsed: Parsed,
    /// As the SQL says it, with its markers.
    plan: LogicalPlan,
    /// What any execution may start from: there are no markers, and nothing depends on the time.
    optimized: Option<LogicalPlan>,
    /// The documents the plan reads, when it reads any.
    documents: Option<Arc<Documents>>,
    /// Which scratch tables there were.
    version: u64,
    /// The columns of the result.
    pub(super) schema: SchemaRef,
    /// The type of each marker, where the plan tells.
    pub(super) parameters: Vec<Option<DataType>>,
}

/// A statement as the planner reads it, over the tables as they are now.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) plan: LogicalPlan,
    documents: Option<Arc<Documents>>,
    version: u64,
}

impl Reading {
    /// A plan that reads no documents.
    pub(super) fn given(session: &Arc<Session>, plan: LogicalPlan) -> Self {
        Self {
            plan,
            documents: None,
            version: session.scratch().snapshot().version,
        }
    }

    /// Reads a statement; the documents are listed when it names their table.
    pub(super) async fn of(session: &Arc<Session>, statement: &Statement) -> Result<Self> {
        let mut statement = statement.clone();
        let version = session.scratch().snapshot().version;
        let mut documents = None;
        let mut with_hidden = false;
        let mut tables = session.known_tables();
        dialect::expand(&mut statement, session.views(), &tables)?;
        if let Some(library) = session.library() {
            let name = library.name();
            if dialect::mentions(&mut statement, &tables, &name) {
                let now = library.documents().await?;
                let table = tables
                    .iter_mut()
                    .find(|table| table.schema == SCHEMA && table.name == name);
                if let Some(table) = table {
                    table.columns = now
                        .columns()
                        .fields()
                        .iter()
                        .map(|field| field.name().clone())
                        .collect();
                    with_hidden = dialect::may_name(&statement, now.file_columns.hidden());
                    if with_hidden {
                        table.hidden = now.file_columns.hidden().map(str::to_owned).collect();
                    }
                }
                documents = Some(now);
            }
        }
        dialect::resolve(&mut statement, &tables)?;
        let state = match with_hidden {
            true => session.state_with_hidden()?,
            false => session.state()?,
        };
        let plan = state.statement_to_plan(statement).await;
        Ok(Self {
            plan: plan.map_err(errors::from_datafusion)?,
            documents,
            version,
        })
    }
}

impl Query {
    /// Plans a statement over the tables as they are now.
    pub(super) async fn plan(session: Arc<Session>, parsed: Parsed) -> Result<Self> {
        let mut reading = Reading::of(&session, &parsed.statement).await?;
        if reading.documents.is_some() {
            reading.plan = session.rules().limited(reading.plan)?;
        }
        Self::over(session, parsed, reading)
    }

    /// Plans what was read, which answers rows.
    pub(super) fn over(session: Arc<Session>, parsed: Parsed, reading: Reading) -> Result<Self> {
        let Reading {
            plan,
            documents,
            version,
        } = reading;
        let state = session.state()?;
        let parameters = markers(&plan, parsed.markers)?;
        let optimized = match state.optimize(&plan) {
            Ok(optimized) => Some(optimized),
            // A marker whose type is not known may stand where the optimizer needs one; its value will bring it.
            Err(_) if !parameters.is_empty() => None,
            Err(error) => return Err(errors::from_datafusion(error)),
        };
        let planned = optimized.as_ref().unwrap_or(&plan).schema();
        let schema = shape::shape(planned.as_arrow(), &parsed.labels);
        let optimized = optimized.filter(|_| parameters.is_empty() && !tells_the_time(&plan));
        Ok(Self {
            session,
            parsed,
            plan,
            optimized,
            documents,
            version,
            schema,
            parameters,
        })
    }

    /// The scratch tables now, for an execution to read.
    pub(super) fn tables(&self) -> Arc<Snapshot> {
        self.session.scratch().snapshot()
    }

    /// Whether the documents have changed since it was planned, or a scratch table was created or dropped.
    pub(super) async fn is_stale(&self) -> Result<bool> {
        if self.version != self.session.scratch().snapshot().version {
            return Ok(true);
        }
        match (&self.documents, self.session.library()) {
            (Some(planned), Some(library)) => Ok(!Arc::ptr_eq(planned, &library.documents().await?)),
            _ => Ok(false),
        }
    }

    /// The same query over the tables as they are now, for an execution long after planning; none when they are those it
    /// was planned with.
    ///
    /// `Kind::Document` when its columns are no longer those it was described with.
    pub(super) async fn replanned(&self) -> Result<Option<Self>> {
        if !self.is_stale().await? {
            return Ok(None);
        }
        let again = Self::plan(self.session.clone(), self.parsed.clone()).await?;
        let names =
            |schema: &SchemaRef| -> Vec<String> { schema.fields().iter().map(|field| field.name().clone()).collect() };
        if names(&again.schema) != names(&self.schema) {
            return Err(Error::new(
                Kind::Document,
                "The tables have changed and have other columns now; prepare the statement again",
            ));
        }
        Ok(Some(Self {
            schema: self.schema.clone(),
            parameters: self.parameters.clone(),
            ..again
        }))
    }

    /// The plan of one execution, which reads these scratch tables.
    pub(super) async fn physical(
        &self,
        values: Vec<ScalarValue>,
        tables: Arc<Snapshot>,
    ) -> Result<(Arc<dyn ExecutionPlan>, SessionState)> {
        let values = parameters::coerce(values, &self.parameters)?;
        let mut state = self.session.state()?;
        state.config_mut().set_extension(tables);
        let optimized = match &self.optimized {
            Some(optimized) => optimized.clone(),
            None => {
                let plan = match values.is_empty() {
                    true => Ok(self.plan.clone()),
                    false => self.plan.clone().with_param_values(ParamValues::from(values)),
                };
                plan.and_then(|plan| state.optimize(&plan))
                    .map_err(errors::from_datafusion)?
            }
        };
        let physical = state.query_planner().create_physical_plan(&optimized, &state).await;
        Ok((physical.map_err(errors::from_datafusion)?, state))
    }
}

/// The type of each marker: `$1` is the first.
fn markers(plan: &LogicalPlan, written: usize) -> Result<Vec<Option<DataType>>> {
    let found = plan.get_parameter_types().map_err(errors::from_datafusion)?;
    let counts = row_counts(plan)?;
    let mut types = vec![None; written];
    for (name, data_type) in found {
        let data_type = data_type.or_else(|| counts.contains(&name).then_some(DataType::Int64));
        let number = name.trim_start_matches('$').parse::<usize>().ok();
        let Some(at) = number
            .and_then(|number| number.checked_sub(1))
            .filter(|at| *at < MOST_MARKERS)
        else {
            return Err(Error::new(
                Kind::Syntax,
                format!("{name} is not a parameter marker; write ? for each parameter"),
            ));
        };
        if types.len() <= at {
            types.resize(at + 1, None);
        }
        if let Some(slot) = types.get_mut(at) {
            *slot = data_type.as_ref().filter(|known| !known.is_null()).map(shape::plain);
        }
    }
    Ok(types)
}

/// The markers of LIMIT and OFFSET, whose type the planner does not tell.
fn row_counts(plan: &LogicalPlan) -> Result<Vec<String>> {
    let mut counts = Vec::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Limit(limit) = node {
            for count in [&limit.skip, &limit.fetch].into_iter().flatten() {
                if let Expr::Placeholder(marker) = count.as_ref() {
                    counts.push(marker.id.clone());
                }
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .map_err(errors::from_datafusion)?;
    Ok(counts)
}

/// Markers are counted in 16 bits by ODBC.
const MOST_MARKERS: usize = 32_767;

/// Whether the optimizer would replace a call such as `now()` by the time of planning.
fn tells_the_time(plan: &LogicalPlan) -> bool {
    let mut found = false;
    let walked = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expression| {
            expression.apply(|inner| {
                if let Expr::ScalarFunction(call) = inner
                    && call.func.signature().volatility == Volatility::Stable
                {
                    found = true;
                    return Ok(TreeNodeRecursion::Stop);
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    });
    found || walked.is_err()
}
