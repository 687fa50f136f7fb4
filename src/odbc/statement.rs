//! Statements: their state, their descriptors, and who may see what of them.

pub mod catalog;
pub mod execute;
pub mod fetch;
pub mod metadata;
pub mod name;
pub mod pieces;

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use crate::engine::{Prepared, Session, TypeRules};
use crate::error::{Kind, Result};

use super::attributes::statement::Options;
use super::boundary::{Call, Completion, Status};
use super::connection::{Connection, deadline};
use super::convert::Description;
use super::cursor::Cursor;
use super::descriptor::Descriptor;
use super::diagnostics::{Diagnostic, DynamicFunction};
use super::functions::Function;
use super::group::Descriptors;
use super::parameters::{Giving, Set, Sets};
use super::registry::Token;
use super::sqlstate::SqlState;

/// Which of the four descriptors of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Application row descriptor.
    Ard,
    /// Application parameter descriptor.
    Apd,
    /// Implementation row descriptor.
    Ird,
    /// Implementation parameter descriptor.
    Ipd,
}

/// The descriptors a statement comes with.
#[derive(Clone, Copy, Debug)]
pub struct Implicit {
    /// Application row descriptor.
    pub ard: Token,
    /// Application parameter descriptor.
    pub apd: Token,
    /// Implementation row descriptor.
    pub ird: Token,
    /// Implementation parameter descriptor.
    pub ipd: Token,
}

impl Implicit {
    /// One of them.
    pub fn of(self, which: Which) -> Token {
        match which {
            Which::Ard => self.ard,
            Which::Apd => self.apd,
            Which::Ird => self.ird,
            Which::Ipd => self.ipd,
        }
    }

    /// All of them.
    pub fn tokens(self) -> [Token; 4] {
        [self.ard, self.apd, self.ird, self.ipd]
    }
}

/// A planned statement with its columns as ODBC describes them.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The engine's plan.
    pub prepared: Prepared,
    /// The columns of the result.
    pub columns: Arc<[Description]>,
    /// What it does.
    pub function: DynamicFunction,
}

/// Where a statement is between being allocated and delivering rows.
#[derive(Debug, Default)]
enum State {
    /// Nothing is prepared, no cursor is open.
    #[default]
    Allocated,
    /// Prepared, and not executing.
    Prepared(Plan),
    /// Executed but for parameter values that the application is about to give.
    NeedsData(Box<Execution>),
    /// A cursor is open, over a prepared statement or over a result that has none to return to.
    Open {
        plan: Option<Plan>,
        cursor: Box<Cursor>,
        /// The sets of parameters whose results `SQLMoreResults` comes to.
        rest: VecDeque<Set>,
    },
    /// A change was made; there are no rows to fetch.
    Changed {
        /// The prepared statement to return to.
        plan: Option<Plan>,
        function: DynamicFunction,
        /// What `SQLRowCount` answers.
        rows: isize,
    },
}

/// An execution that waits for values of its parameters.
#[derive(Debug)]
struct Execution {
    plan: Plan,
    is_prepared: bool,
    sets: Sets,
    /// The value that the application is giving.
    giving: Option<Giving>,
}

impl Execution {
    /// Where the statement is without it.
    fn abandoned(self) -> State {
        if self.is_prepared {
            State::Prepared(self.plan)
        } else {
            State::Allocated
        }
    }
}

/// A statement.
#[derive(Debug)]
pub struct Statement {
    /// Its attributes.
    pub options: Options,
    state: State,
    implicit: Implicit,
    ard: Token,
    apd: Token,
}

impl Statement {
    /// A statement with these descriptors.
    pub fn new(implicit: Implicit) -> Self {
        Self {
            options: Options::default(),
            state: State::Allocated,
            implicit,
            ard: implicit.ard,
            apd: implicit.apd,
        }
    }

    /// The descriptors it came with.
    pub fn implicit(&self) -> Implicit {
        self.implicit
    }

    /// The descriptor it uses now.
    pub fn descriptor(&self, which: Which) -> Token {
        match which {
            Which::Ard => self.ard,
            Which::Apd => self.apd,
            Which::Ird | Which::Ipd => self.implicit.of(which),
        }
    }

    /// Uses an explicit descriptor as ARD or APD; its own again for none.
    pub fn use_descriptor(&mut self, which: Which, descriptor: Option<Token>) {
        let descriptor = descriptor.unwrap_or(self.implicit.of(which));
        match which {
            Which::Ard => self.ard = descriptor,
            Which::Apd => self.apd = descriptor,
            Which::Ird | Which::Ipd => (),
        }
    }

    /// Returns to its own descriptors where it used this one.
    pub fn forget_descriptor(&mut self, descriptor: Token) {
        for which in [Which::Ard, Which::Apd] {
            if self.descriptor(which) == descriptor {
                self.use_descriptor(which, None);
            }
        }
    }

    /// The prepared statement.
    pub fn plan(&self) -> Option<&Plan> {
        match &self.state {
            State::Prepared(plan) => Some(plan),
            State::Open { plan, .. } | State::Changed { plan, .. } => plan.as_ref(),
            State::NeedsData(execution) => execution.is_prepared.then_some(&execution.plan),
            State::Allocated => None,
        }
    }

    /// The open cursor.
    pub fn cursor(&self) -> Option<&Cursor> {
        match &self.state {
            State::Open { cursor, .. } => Some(cursor),
            State::Allocated | State::Prepared(_) | State::NeedsData(_) | State::Changed { .. } => None,
        }
    }

    /// What `SQLRowCount` answers; none when nothing was executed.
    pub fn row_count(&self) -> Option<isize> {
        match self.state {
            // How many rows a stream holds is not known.
            State::Open { .. } => Some(-1),
            State::Changed { rows, .. } => Some(rows),
            State::Allocated | State::Prepared(_) | State::NeedsData(_) => None,
        }
    }

    /// The open cursor; 24000 when there is none.
    pub fn cursor_mut(&mut self) -> Result<&mut Cursor, Diagnostic> {
        match &mut self.state {
            State::Open { cursor, .. } => Ok(cursor),
            State::Allocated | State::Prepared(_) | State::NeedsData(_) | State::Changed { .. } => {
                Err(Diagnostic::new(
                    SqlState::CursorState,
                    "There is no open cursor; execute a statement first.",
                ))
            }
        }
    }

    /// The columns of the open cursor, or of the prepared statement; none when there is neither.
    pub fn columns(&self) -> Option<Arc<[Description]>> {
        match &self.state {
            State::Open { cursor, .. } => Some(cursor.columns()),
            State::Prepared(plan) => Some(plan.columns.clone()),
            State::NeedsData(execution) => Some(execution.plan.columns.clone()),
            State::Changed { .. } => Some(Arc::default()),
            State::Allocated => None,
        }
    }

    /// What the header of its diagnostics says it does.
    pub fn function(&self) -> DynamicFunction {
        match &self.state {
            State::Open { cursor, .. } => cursor.function(),
            State::NeedsData(execution) => execution.plan.function,
            State::Changed { function, .. } => *function,
            State::Allocated | State::Prepared(_) => DynamicFunction::Unknown,
        }
    }

    /// Ends an execution that waits for values of its parameters.
    pub fn abandon(&mut self, descriptors: &mut Descriptors) {
        if let State::NeedsData(_) = self.state {
            self.close(descriptors);
        }
    }

    /// Closes the cursor, if one is open; a prepared statement stays prepared.
    pub fn close(&mut self, descriptors: &mut Descriptors) {
        self.state = match std::mem::take(&mut self.state) {
            State::Open { plan: Some(plan), .. } | State::Changed { plan: Some(plan), .. } => State::Prepared(plan),
            State::Open { plan: None, .. } | State::Changed { plan: None, .. } => State::Allocated,
            State::NeedsData(execution) => execution.abandoned(),
            other => other,
        };
        self.describe_rows(descriptors);
    }

    fn enter(&mut self, state: State, descriptors: &mut Descriptors) {
        self.state = state;
        self.describe_rows(descriptors);
    }

    /// The IRD shows the columns of the state.
    fn describe_rows(&self, descriptors: &mut Descriptors) {
        if let Some(ird) = descriptors.get_mut(&self.implicit.ird) {
            ird.show_columns(self.columns());
        }
    }
}

/// A call on a statement, with the lock of its group held.
pub struct OnStatement<'a> {
    /// The call.
    pub call: Call<'a>,
    /// The handle.
    pub token: Token,
    /// The statement.
    pub statement: &'a mut Statement,
    /// Its connection.
    pub connection: &'a mut Connection,
    /// The descriptors of its connection.
    pub descriptors: &'a mut Descriptors,
}

impl OnStatement<'_> {
    /// The session of the connection.
    pub fn session(&self) -> Result<Arc<Session>, Diagnostic> {
        self.connection.session()
    }

    /// How the connection wants columns described.
    pub fn types(&self) -> TypeRules {
        self.session()
            .map_or_else(|_| TypeRules::default(), |session| *session.types())
    }

    /// One of the descriptors the statement uses.
    pub fn descriptor(&self, which: Which) -> Result<&Descriptor, Diagnostic> {
        self.descriptors
            .get(&self.statement.descriptor(which))
            .ok_or_else(descriptor_lost)
    }

    /// One of the descriptors the statement uses, to change.
    pub fn descriptor_mut(&mut self, which: Which) -> Result<&mut Descriptor, Diagnostic> {
        self.descriptors
            .get_mut(&self.statement.descriptor(which))
            .ok_or_else(descriptor_lost)
    }

    /// HY010 for a function that must wait until the values of all parameters are given.
    pub fn may_call(&self, function: Function) -> Result<(), Diagnostic> {
        let gives = matches!(function, Function::ParamData | Function::PutData);
        if gives || !matches!(self.statement.state, State::NeedsData(_)) {
            return Ok(());
        }
        let message = "The statement waits for values of its parameters; give them, or cancel it.";
        Err(Diagnostic::new(SqlState::Sequence, message))
    }

    /// 24000 when a cursor is open.
    pub fn no_cursor(&self) -> Result<(), Diagnostic> {
        match self.statement.cursor() {
            None => Ok(()),
            Some(_) => Err(Diagnostic::new(
                SqlState::CursorState,
                "A cursor is open on this statement; close it before executing another.",
            )),
        }
    }

    /// Closes the cursor, if one is open.
    pub fn close(&mut self) -> Completion {
        self.statement.close(self.descriptors);
        Ok(Status::Success)
    }

    fn enter(&mut self, state: State) {
        self.statement.enter(state, self.descriptors);
    }

    /// How long the waits of this call may last.
    pub fn limit(&self) -> Limit {
        match (
            self.statement.options.query_timeout(),
            self.connection.attributes.connection_timeout(),
        ) {
            (0, seconds) => Limit {
                deadline: deadline(seconds),
                late: SqlState::ConnectionTimeout,
            },
            (seconds, _) => Limit {
                deadline: deadline(seconds),
                late: SqlState::Timeout,
            },
        }
    }

    /// Runs a future within the limit, ended early by `SQLCancel`.
    fn run<T, F>(&mut self, future: F) -> Result<T, Diagnostic>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.limit().run(&mut self.call, future)
    }
}

/// A deadline that `SQL_ATTR_QUERY_TIMEOUT` or else `SQL_ATTR_CONNECTION_TIMEOUT` sets, and the state that tells it apart.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    deadline: Option<Instant>,
    late: SqlState,
}

impl Limit {
    /// Runs a future for the call.
    pub fn run<T, F>(&self, call: &mut Call<'_>, future: F) -> Result<T, Diagnostic>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        call.run(self.deadline, future).map_err(|error| {
            let passed = self.deadline.is_some_and(|deadline| deadline <= Instant::now());
            let is_late = error.kind() == Kind::Timeout && passed;
            let mut diagnostic = Diagnostic::from(error);
            if is_late {
                diagnostic.state = self.late;
            }
            diagnostic
        })
    }
}

fn descriptor_lost() -> Diagnostic {
    Diagnostic::new(SqlState::General, "The descriptor of the statement is gone.")
}
