//! The way into every function: token, lock, clean diagnostics, no panic out, return code.

use std::ffi::c_void;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use crate::engine::runtime::{self, Wait};
use crate::error::{Error, Result};

use super::connection::{Connection, OnConnection};
use super::descriptor::OnDescriptor;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::environment::OnEnvironment;
use super::functions::Function;
use super::group::{Group, Running};
use super::numbers::code;
use super::registry::{self, Home, Kind, Node, Token};
use super::sqlstate::SqlState;
use super::statement::OnStatement;

/// How a call that did not fail ended; records in the diagnostics make a success one with info.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `SQL_SUCCESS` or `SQL_SUCCESS_WITH_INFO`
    Success,
    /// `SQL_NO_DATA`
    NoData,
    /// `SQL_NEED_DATA`
    NeedData,
    /// `SQL_ERROR` of which the diagnostics tell already.
    Failed,
    /// `SQL_INVALID_HANDLE`: the handle was freed while the call waited for the lock.
    InvalidHandle,
}

/// What a function's body answers.
pub type Completion = Result<Status, Diagnostic>;

/// One call on a handle of a group, with the lock held.
pub struct Call<'a> {
    node: &'a Node,
    group: &'a Group,
    /// What the call has to tell.
    pub diagnostics: &'a mut Diagnostics,
    running: Option<Running<'a>>,
}

impl<'a> Call<'a> {
    /// Runs a future, ended early by `SQLCancel` from any thread and at the deadline.
    pub fn run<T, F>(&mut self, deadline: Option<Instant>, future: F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        runtime::run(&self.wait(deadline), future)
    }

    /// A wait of this call; all waits of one call share their cancellation.
    pub fn wait(&mut self, deadline: Option<Instant>) -> Wait {
        let (group, token) = (self.group, self.node.token);
        let running = self.running.get_or_insert_with(|| group.begin(token));
        if self.node.is_retired() {
            running.cancel.cancel();
        }
        Wait {
            cancel: running.cancel.clone(),
            deadline,
            meanwhile: None,
        }
    }

    /// Posts warnings of the rooms below.
    pub fn warn_all(&mut self, warnings: impl IntoIterator<Item = Error>) {
        for warning in warnings {
            self.diagnostics.post(warning.into());
        }
    }

    /// The group of the handle.
    pub fn group(&self) -> &'a Group {
        self.group
    }

    /// Whether the application speaks ODBC 2.
    pub fn odbc2(&self) -> bool {
        self.group.odbc2
    }
}

/// A call on an environment.
pub fn environment(
    function: Function,
    handle: *mut c_void,
    body: impl FnOnce(&mut OnEnvironment<'_>) -> Completion,
) -> i16 {
    enter(function, Kind::Environment, handle, |node, diagnostics| {
        let Home::Environment(environment) = &node.home else {
            return Ok(Status::InvalidHandle);
        };
        let mut state = environment.lock();
        if node.is_retired() {
            return Ok(Status::InvalidHandle);
        }
        body(&mut OnEnvironment {
            environment,
            state: &mut state,
            diagnostics,
        })
    })
}

/// A call on a connection.
pub fn connection(
    function: Function,
    handle: *mut c_void,
    body: impl FnOnce(&mut OnConnection<'_>) -> Completion,
) -> i16 {
    enter(function, Kind::Connection, handle, |node, diagnostics| {
        in_group(node, diagnostics, |call, group, token| {
            let mut members = group.lock();
            if node.is_retired() {
                return Ok(Status::InvalidHandle);
            }
            let mut on = OnConnection {
                call,
                token,
                home: &node.home,
                members: &mut members,
            };
            let completion = body(&mut on);
            name_server(on.call.diagnostics, &completion, &on.members.connection);
            completion
        })
    })
}

/// A call on a statement.
pub fn statement(
    function: Function,
    handle: *mut c_void,
    body: impl FnOnce(&mut OnStatement<'_>) -> Completion,
) -> i16 {
    enter(function, Kind::Statement, handle, |node, diagnostics| {
        in_group(node, diagnostics, |call, group, token| {
            let members = &mut *group.lock();
            let Some(statement) = members.statements.get_mut(&token) else {
                return Ok(Status::InvalidHandle);
            };
            let (connection, descriptors) = (&mut members.connection, &mut members.descriptors);
            let mut on = OnStatement {
                call,
                token,
                statement,
                connection,
                descriptors,
            };
            let completion = on.may_call(function).and_then(|()| body(&mut on));
            on.call.diagnostics.function = on.statement.function();
            on.call.diagnostics.rows = on.statement.row_count();
            on.connection.dead = is_dead(&completion, on.connection.dead);
            name_server(on.call.diagnostics, &completion, on.connection);
            completion
        })
    })
}

/// A call on a descriptor.
pub fn descriptor(
    function: Function,
    handle: *mut c_void,
    body: impl FnOnce(&mut OnDescriptor<'_>) -> Completion,
) -> i16 {
    enter(function, Kind::Descriptor, handle, |node, diagnostics| {
        in_group(node, diagnostics, |call, group, token| {
            let members = &mut *group.lock();
            let Some(descriptor) = members.descriptors.get_mut(&token) else {
                return Ok(Status::InvalidHandle);
            };
            let mut on = OnDescriptor { call, descriptor };
            let completion = body(&mut on);
            name_server(on.call.diagnostics, &completion, &members.connection);
            completion
        })
    })
}

/// A call on a handle whose state the body reaches by itself: allocating, freeing, cancelling.
pub fn enter(
    function: Function,
    kind: Kind,
    handle: *mut c_void,
    body: impl FnOnce(&Arc<Node>, &mut Diagnostics) -> Completion,
) -> i16 {
    enter_found(function, registry::find(kind, handle), body)
}

/// A call on a handle of whatever kind, for the arguments that make no sense with any.
pub fn any(function: Function, handle: *mut c_void, body: impl FnOnce() -> Completion) -> i16 {
    enter_found(function, registry::find_any(handle), |_, _| body())
}

fn enter_found(
    function: Function,
    node: Option<Arc<Node>>,
    body: impl FnOnce(&Arc<Node>, &mut Diagnostics) -> Completion,
) -> i16 {
    let Some(node) = node else {
        tracing::trace!(
            function = function.name(),
            code = code::INVALID_HANDLE,
            "no such handle"
        );
        return code::INVALID_HANDLE;
    };
    let mut diagnostics = empty(&node);
    node.diagnostics.forget(diagnostics.odbc2);
    let completion = catch_unwind(AssertUnwindSafe(|| body(&node, &mut diagnostics))).unwrap_or_else(|_| {
        let message = format!(
            "The driver met a fault of its own in {}. Please report it.",
            function.name()
        );
        Err(Diagnostic::new(SqlState::General, message))
    });
    let returned = settle(completion, &mut diagnostics);
    tracing::trace!(function = function.name(), code = returned);
    node.diagnostics.tell(&mut diagnostics);
    registry::keep(node);
    returned
}

/// Calls a function that reads diagnostics: they are neither cleared nor posted to.
pub fn read(kind: i16, handle: *mut c_void, body: impl FnOnce(&Node) -> i16) -> i16 {
    let node = Kind::try_from(kind).ok().and_then(|kind| registry::find(kind, handle));
    let Some(node) = node else { return code::INVALID_HANDLE };
    catch_unwind(AssertUnwindSafe(|| body(&node))).unwrap_or(code::ERROR)
}

fn in_group(
    node: &Node,
    diagnostics: &mut Diagnostics,
    body: impl FnOnce(Call<'_>, &Group, Token) -> Completion,
) -> Completion {
    let Some(group) = node.group() else {
        return Ok(Status::InvalidHandle);
    };
    body(
        Call {
            node,
            group,
            diagnostics,
            running: None,
        },
        group,
        node.token,
    )
}

/// Where there is a record, it says which data source it is from.
fn name_server(diagnostics: &mut Diagnostics, completion: &Completion, connection: &Connection) {
    if (completion.is_err() || !diagnostics.is_empty())
        && let Some(source) = connection.data_source()
    {
        diagnostics.server = Some(source);
    }
}

/// A lost link makes a connection dead until a statement is executed on it again.
fn is_dead(completion: &Completion, was: bool) -> bool {
    match completion {
        Err(diagnostic) if diagnostic.state == SqlState::LinkFailure => true,
        _ => was,
    }
}

fn empty(node: &Node) -> Diagnostics {
    let odbc2 = match &node.home {
        Home::Environment(environment) => environment.is_odbc2(),
        Home::Group(group) => group.odbc2,
    };
    Diagnostics::new(odbc2)
}

/// Turns a completion into a return code, and an error into the first record.
fn settle(completion: Completion, diagnostics: &mut Diagnostics) -> i16 {
    diagnostics.returned = match completion {
        Ok(Status::Success) if diagnostics.is_empty() => code::SUCCESS,
        Ok(Status::Success) => code::SUCCESS_WITH_INFO,
        Ok(Status::NoData) => code::NO_DATA,
        Ok(Status::NeedData) => code::NEED_DATA,
        Ok(Status::Failed) => code::ERROR,
        Ok(Status::InvalidHandle) => code::INVALID_HANDLE,
        Err(diagnostic) => {
            tracing::warn!(state = diagnostic.state.code(false), "{}", diagnostic.message);
            diagnostics.post(diagnostic);
            code::ERROR
        }
    };
    diagnostics.sort();
    diagnostics.returned
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::ptr::null_mut;

    use super::*;
    use crate::odbc::environment::Environment;

    fn environment_node() -> Arc<Node> {
        let home = Home::Environment(Arc::new(Environment::default()));
        registry::insert(Kind::Environment, home, false).unwrap()
    }

    #[test]
    fn a_panic_ends_at_the_boundary_and_the_handle_lives() {
        let node = environment_node();
        let code = environment(Function::SetEnvAttr, node.token.handle(), |_| panic!("on purpose"));
        assert_eq!(code, code::ERROR);
        assert!(!node.diagnostics.lock().is_empty());
        let code = environment(Function::SetEnvAttr, node.token.handle(), |_| Ok(Status::Success));
        assert_eq!(code, code::SUCCESS);
        assert!(node.diagnostics.lock().is_empty());
        registry::remove(Kind::Environment, node.token);
    }

    #[test]
    fn records_turn_success_into_success_with_info() {
        let node = environment_node();
        let code = environment(Function::SetEnvAttr, node.token.handle(), |on| {
            on.diagnostics.warn(SqlState::Warning, "worth telling");
            Ok(Status::Success)
        });
        assert_eq!(code, code::SUCCESS_WITH_INFO);
        assert_eq!(node.diagnostics.lock().returned, code::SUCCESS_WITH_INFO);
        registry::remove(Kind::Environment, node.token);
    }

    #[test]
    fn what_is_no_handle_is_not_entered() {
        let code = environment(Function::SetEnvAttr, null_mut(), |_| panic!("entered"));
        assert_eq!(code, code::INVALID_HANDLE);
    }

    #[test]
    fn a_handle_freed_while_its_call_waits_is_no_handle() {
        let node = environment_node();
        let Home::Environment(home) = &node.home else {
            panic!("an environment has its own home")
        };
        let (held, token) = (home.lock(), node.token);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(move || environment(Function::SetEnvAttr, token.handle(), |_| panic!("entered")));
            registry::remove(Kind::Environment, token);
            drop(held);
            assert_eq!(waiting.join().unwrap(), code::INVALID_HANDLE);
        });
    }
}
