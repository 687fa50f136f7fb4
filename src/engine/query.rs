//! A query from its text to its plan: made once, made again when the documents have changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef, SchemaRef};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::sql::parser::Statement;

use crate::error::{Error, Kind, Result};
use crate::json::schema::NESTED;

use super::catalog::{Library, Visited};
use super::dialect::{self, KnownTable, Parsed};
use super::documents::{self, DocumentTable, Documents};
use super::scratch::Snapshot;
use super::session::{SCHEMA, Session};
use super::{errors, parameters, shape, table};

/// A planned query.
#[derive(Debug)]
pub(super) struct Query {
    session: Arc<Session>,
    parsed: Parsed,
    /// As the SQL says it, with its markers.
    plan: LogicalPlan,
    /// What any execution may start from: there are no markers, and nothing depends on the time.
    optimized: Option<LogicalPlan>,
    /// The documents the plan reads.
    read: Vec<Read>,
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
    read: Vec<Read>,
    version: u64,
}

/// Documents that a plan reads.
#[derive(Debug)]
struct Read {
    /// What their table is called in the catalog.
    name: String,
    library: Arc<Library>,
    documents: Arc<Documents>,
}

impl Reading {
    /// A plan that reads no documents.
    pub(super) fn given(session: &Arc<Session>, plan: LogicalPlan) -> Self {
        Self {
            plan,
            read: Vec::new(),
            version: session.scratch().snapshot().version,
        }
    }

    /// Reads a statement; the documents are looked into when it names a table of them.
    pub(super) async fn of(session: &Arc<Session>, statement: &Statement) -> Result<Self> {
        let mut statement = statement.clone();
        let version = session.scratch().snapshot().version;
        let mut tables = session.known_tables();
        dialect::expand(&mut statement, session.views(), &tables)?;
        let mut read = visited(session, &mut statement).await?;
        let mut elsewhere = Visited::new();
        for one in &read {
            let table = one.documents.tables.first();
            elsewhere.extend(table.map(|table| (one.name.clone(), (one.documents.clone(), table.clone()))));
        }
        let mut names = dialect::documents(&mut statement, &tables);
        names.retain(|name| !elsewhere.contains_key(name));
        read.extend(pinned(session, &mut names, &mut elsewhere).await?);
        let mut known: Vec<_> = elsewhere
            .iter()
            .map(|(name, (_, table))| (name.clone(), table.clone()))
            .collect();
        if let Some(library) = session.library().filter(|library| library.may_have(&names)) {
            let own = Read::now(library.name(), library.clone()).await?;
            let named = own.documents.named_in(&names).await?.into_iter();
            let named = named.filter(|table| !elsewhere.keys().any(|name| documents::alike(name, &table.found.name)));
            known.extend(named.map(|table| (table.found.name.clone(), table)));
            tables.retain(|table| table.schema != SCHEMA);
            read.push(own);
        }
        tables.retain(|table| {
            table.schema != SCHEMA || !known.iter().any(|(name, _)| documents::alike(name, &table.name))
        });
        let hidden = known.iter().flat_map(|(_, table)| table.file_columns.hidden());
        let with_hidden = dialect::may_name(&statement, hidden);
        tables.extend(known.iter().map(|(name, table)| described(name, table, with_hidden)));
        dialect::resolve(&mut statement, &tables)?;
        let state = match with_hidden || !elsewhere.is_empty() {
            true => session.state_with(elsewhere, with_hidden)?,
            false => session.state()?,
        };
        let plan = state.statement_to_plan(statement).await;
        Ok(Self {
            plan: plan.map_err(errors::from_datafusion)?,
            read,
            version,
        })
    }
}

impl Read {
    /// The documents of a library at this moment.
    async fn now(name: String, library: Arc<Library>) -> Result<Self> {
        let documents = library.documents().await?;
        Ok(Self {
            name,
            library,
            documents,
        })
    }
}

/// The documents of the tables that schema files describe and these names mean, which are taken out of them.
async fn pinned(session: &Arc<Session>, names: &mut Vec<String>, tables: &mut Visited) -> Result<Vec<Read>> {
    let mut read = Vec::new();
    for library in session.pinned() {
        let own: Vec<_> = names
            .extract_if(.., |name| library.may_have(std::slice::from_ref(name)))
            .collect();
        if own.is_empty() {
            continue;
        }
        let one = Read::now(library.name(), library).await?;
        for table in one.documents.named_in(&own).await? {
            tables.insert(table.found.name.clone(), (one.documents.clone(), table));
        }
        read.push(one);
    }
    Ok(read)
}

/// The places that a statement names, which has the names of their tables afterwards.
async fn visited(session: &Arc<Session>, statement: &mut Statement) -> Result<Vec<Read>> {
    let mut libraries = BTreeMap::new();
    dialect::visit_places(statement, &mut |place| {
        let library = session.neighbour(&place)?;
        let alias = library.name();
        libraries.insert(place.name(), library);
        Ok((place.name(), alias))
    })?;
    let mut read = Vec::new();
    for (name, library) in libraries {
        read.push(Read::now(name, library).await?);
    }
    Ok(read)
}

/// A table of documents and its columns, by the name it has in the catalog.
fn described(name: &str, table: &DocumentTable, with_hidden: bool) -> KnownTable {
    let columns = table.columns();
    let names = |is_wanted: fn(&FieldRef) -> bool| {
        let fields = columns.fields().iter().filter(|field| is_wanted(field));
        fields.map(|field| field.name().clone()).collect()
    };
    KnownTable {
        columns: names(|_| true),
        nested: names(|field| field.metadata().contains_key(NESTED)),
        hidden: match with_hidden {
            true => table.file_columns.hidden().map(str::to_owned).collect(),
            false => Vec::new(),
        },
        ..KnownTable::of_documents(name.to_owned())
    }
}

impl Query {
    /// Plans a statement over the tables as they are now.
    pub(super) async fn plan(session: Arc<Session>, parsed: Parsed) -> Result<Self> {
        let mut reading = Reading::of(&session, &parsed.statement).await?;
        if !reading.read.is_empty() {
            reading.plan = session.rules().limited(reading.plan)?;
        }
        Self::over(session, parsed, reading)
    }

    /// Plans what was read, which answers rows.
    pub(super) fn over(session: Arc<Session>, parsed: Parsed, reading: Reading) -> Result<Self> {
        let Reading { plan, read, version } = reading;
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
            read,
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
        for Read { library, documents, .. } in &self.read {
            if !Arc::ptr_eq(documents, &library.documents().await?) {
                return Ok(true);
            }
        }
        Ok(false)
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
        let physical = physical.map_err(errors::from_datafusion)?;
        table::share(&physical);
        Ok((physical, state))
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
