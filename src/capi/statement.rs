//! Statements: preparing, parameters, executing, and what they answer about themselves.

use std::ffi::{CString, c_char, c_void};
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::ScalarValue;
use parking_lot::RwLock;

use crate::engine::Prepared;
use crate::handle::{Slots, Token};
use crate::sqlstate::{Phase, SqlState};

use super::boundary::{self, Call, Completion};
use super::callbacks::{self, Listener};
use super::failure::Failure;
use super::memory::{self, c_text};
use super::registry::{self, Handled, Node};
use super::rows::{Cursor, no_column};
use super::session::{Members, Open, Session};
use super::standard::type_of;
use super::types::{lk_progress_callback, lk_statement, lk_status, lk_type};

/// The state of a statement.
#[derive(Debug)]
pub struct Statement {
    /// The session that it is on.
    pub open: Arc<Open>,
    members: Arc<Members>,
    listener: Option<Listener>,
    prepared: Option<Plan>,
    /// What it has answered.
    pub outcome: Outcome,
}

/// What a statement has answered.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing yet, or an error.
    None,
    /// Rows.
    Rows(Box<Cursor>),
    /// Rows that a stream has.
    Streamed,
    /// A change of so many rows; none where rows are not what is changed.
    Changed(Option<u64>),
}

/// A statement that is ready to be executed.
#[derive(Debug)]
struct Plan {
    prepared: Prepared,
    names: Vec<CString>,
    types: Vec<lk_type>,
    /// The values that are bound.
    values: Vec<Option<ScalarValue>>,
}

impl Handled for Statement {
    const KIND: u8 = 6;

    fn registry() -> &'static RwLock<Slots<Node<Self>>> {
        static STATEMENTS: RwLock<Slots<Node<Statement>>> = RwLock::new(Slots::new());
        &STATEMENTS
    }

    fn begin(&mut self) {}
}

/// Makes a statement on a session.
pub fn new(call: &mut Call<'_, Session>, place: *mut *mut lk_statement) -> Completion {
    memory::check(place)?;
    let open = call.state.opened()?;
    let members = call.state.members().clone();
    let statement = Statement {
        open,
        members: members.clone(),
        listener: None,
        prepared: None,
        outcome: Outcome::None,
    };
    let token = registry::insert(statement, call.node.common.timeout()).ok_or_else(|| {
        Failure::new(
            SqlState::HandleLimit,
            "The process holds as many handles as there can be.",
        )
    })?;
    members.add(token);
    memory::put_if(place, token.handle().cast());
    Ok(lk_status::LK_OK)
}

/// Frees a statement.
pub fn free(token: Token) -> lk_status {
    boundary::free::<Statement>(token, |state| {
        state.members.remove(token);
        state.prepared = None;
        state.outcome = Outcome::None;
    })
}

/// Lets the program know how far the statement's next execution comes.
pub fn on_progress(call: &mut Call<'_, Statement>, callback: lk_progress_callback, data: *mut c_void) -> Completion {
    call.state.listener = Listener::new(callback, data);
    Ok(lk_status::LK_OK)
}

/// Plans a statement.
pub fn prepare(call: &mut Call<'_, Statement>, sql: *const c_char) -> Completion {
    let sql = memory::required_text(sql)?;
    call.forget_warnings();
    call.state.prepared = None;
    call.state.outcome = Outcome::None;
    // Not the text: a call may carry a verifier or a token.
    tracing::debug!(length = sql.len(), "statement");
    let open = &call.state.open;
    let meanwhile = callbacks::meanwhile(&open.prompts, None);
    let prepared = call.run(meanwhile, open.session.clone().prepare(sql))?;
    let schema = prepared.schema();
    let fields = schema.fields();
    call.state.prepared = Some(Plan {
        names: fields.iter().map(|field| c_text(field.name().clone())).collect(),
        types: fields.iter().map(|field| type_of(field.data_type())).collect(),
        values: vec![None; prepared.parameters().len()],
        prepared,
    });
    Ok(lk_status::LK_OK)
}

/// How many parameters the statement has.
pub fn parameter_count(call: &mut Call<'_, Statement>, out: *mut usize) -> Completion {
    memory::put(out, call.state.plan()?.values.len())?;
    Ok(lk_status::LK_OK)
}

/// Binds a value to a parameter, until another is bound or another statement prepared.
pub fn bind(call: &mut Call<'_, Statement>, parameter: usize, value: Result<ScalarValue, Failure>) -> Completion {
    let plan = call.state.plan_mut()?;
    let count = plan.values.len();
    let place = plan.values.get_mut(parameter).ok_or_else(|| {
        Failure::new(
            SqlState::DescriptorIndex,
            format!("The statement has {count} parameters, which count from 0; there is no parameter {parameter}."),
        )
    })?;
    *place = Some(value?);
    Ok(lk_status::LK_OK)
}

/// Executes the statement with the values that are bound.
pub fn execute(call: &mut Call<'_, Statement>) -> Completion {
    call.forget_warnings();
    call.state.outcome = Outcome::None;
    let plan = call.state.plan()?;
    let unbound = plan.values.iter().position(Option::is_none);
    if let Some(parameter) = unbound {
        return Err(Failure::new(
            SqlState::TooFewParameters,
            format!("No value is bound to parameter {parameter}; parameters count from 0."),
        ));
    }
    let values = plan.values.iter().flatten().cloned().collect();
    let prepared = plan.prepared.clone();
    let meanwhile = callbacks::meanwhile(&call.state.open.prompts, None);
    if prepared.effect().is_some() {
        let made = call.run(meanwhile, async move {
            prepared.change(vec![values]).await.map_err(|failed| failed.error)
        })?;
        call.warn(made.warnings, Phase::Later);
        call.state.outcome = Outcome::Changed(made.rows);
        return Ok(lk_status::LK_OK);
    }
    let work = call.node.common.begin();
    let rows = call.run_in(&work, meanwhile, prepared.execute(values))?;
    call.warn(rows.warnings(), Phase::Later);
    let teller = call.state.listener.map(|listener| listener.about(rows.meter()));
    call.state.outcome = Outcome::Rows(Box::new(Cursor::new(rows, teller, work)));
    Ok(lk_status::LK_OK)
}

/// How many rows the statement has changed; -1 where rows are not what it changes.
pub fn changed_rows(call: &mut Call<'_, Statement>, out: *mut i64) -> Completion {
    let changed = match &call.state.outcome {
        Outcome::Changed(Some(rows)) => i64::try_from(*rows).unwrap_or(i64::MAX),
        Outcome::Changed(None) | Outcome::Rows(_) | Outcome::Streamed => -1,
        Outcome::None => {
            return Err(Failure::new(
                SqlState::Sequence,
                "Execute the statement before asking how many rows it has changed.",
            ));
        }
    };
    memory::put(out, changed)?;
    Ok(lk_status::LK_OK)
}

/// How many columns the result has; 0 for a change.
pub fn column_count(call: &mut Call<'_, Statement>, out: *mut usize) -> Completion {
    memory::put(out, call.state.plan()?.types.len())?;
    Ok(lk_status::LK_OK)
}

/// The name of a column.
pub fn column_name(call: &mut Call<'_, Statement>, column: usize, out: *mut *const c_char) -> Completion {
    let name = call.state.plan()?.names.get(column);
    let name = name.ok_or_else(|| no_column(column))?;
    memory::put(out, name.as_ptr())?;
    Ok(lk_status::LK_OK)
}

/// The type of a column.
pub fn column_type(call: &mut Call<'_, Statement>, column: usize, out: *mut lk_type) -> Completion {
    let kind = call.state.plan()?.types.get(column).copied();
    memory::put(out, kind.ok_or_else(|| no_column(column))?)?;
    Ok(lk_status::LK_OK)
}

impl Statement {
    /// The columns of the result.
    pub fn schema(&self) -> Result<SchemaRef, Failure> {
        Ok(self.plan()?.prepared.schema())
    }

    fn plan(&self) -> Result<&Plan, Failure> {
        self.prepared.as_ref().ok_or_else(unprepared)
    }

    fn plan_mut(&mut self) -> Result<&mut Plan, Failure> {
        self.prepared.as_mut().ok_or_else(unprepared)
    }
}

fn unprepared() -> Failure {
    Failure::new(SqlState::Sequence, "Prepare a statement first.")
}
