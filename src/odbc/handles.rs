//! Making handles and freeing them.

use std::ffi::c_void;
use std::sync::Arc;

use super::attributes;
use super::boundary::{self, Completion, Status};
use super::connection::OnConnection;
use super::descriptor::{Descriptor, Role};
use super::diagnostics::Diagnostic;
use super::environment::Environment;
use super::functions::Function;
use super::group::{Group, Members};
use super::memory::Address;
use super::numbers::code;
use super::registry::{self, Home, Kind, Node, Token};
use super::sqlstate::SqlState;
use super::statement::{Implicit, Statement};

/// `SQLAllocHandle`.
pub fn allocate(kind: i16, parent: *mut c_void, out: Address) -> i16 {
    out.write(0_usize);
    match Kind::try_from(kind) {
        Ok(Kind::Environment) => allocate_environment(out),
        Ok(Kind::Connection) => allocate_connection(parent, out),
        Ok(Kind::Statement) => in_open_connection(parent, out, allocate_statement),
        Ok(Kind::Descriptor) => in_open_connection(parent, out, allocate_descriptor),
        Err(()) => boundary::any(Function::AllocHandle, parent, || Err(unknown_kind(kind))),
    }
}

/// `SQLFreeHandle`.
pub fn free(kind: i16, handle: *mut c_void) -> i16 {
    match Kind::try_from(kind) {
        Ok(Kind::Environment) => free_environment(handle),
        Ok(Kind::Connection) => free_connection(handle),
        Ok(Kind::Statement) => free_statement(handle),
        Ok(Kind::Descriptor) => free_descriptor(handle),
        Err(()) => boundary::any(Function::FreeHandle, handle, || Err(unknown_kind(kind))),
    }
}

/// Frees the statements and descriptors of a connection.
pub fn free_all(members: &mut Members) {
    for token in std::mem::take(&mut members.statements).into_keys() {
        registry::remove(Kind::Statement, token);
    }
    for token in std::mem::take(&mut members.descriptors).into_keys() {
        registry::remove(Kind::Descriptor, token);
    }
}

/// An environment has no parent that could hold a diagnostic.
fn allocate_environment(out: Address) -> i16 {
    if out.is_null() {
        return code::ERROR;
    }
    let home = Home::Environment(Arc::new(Environment::default()));
    let Some(node) = registry::insert(Kind::Environment, home, false) else {
        return code::ERROR;
    };
    give(&node, out);
    code::SUCCESS
}

fn allocate_connection(environment: *mut c_void, out: Address) -> i16 {
    boundary::environment(Function::AllocHandle, environment, |on| {
        check(out)?;
        if on.environment.version().is_none() {
            let message = "Set SQL_ATTR_ODBC_VERSION before allocating a connection.";
            return Err(Diagnostic::new(SqlState::Sequence, message));
        }
        let odbc2 = on.environment.is_odbc2();
        let group = Group::new(on.environment.clone(), odbc2);
        let node = register(Kind::Connection, Home::Group(group), odbc2)?;
        on.state.connections += 1;
        give(&node, out);
        Ok(Status::Success)
    })
}

/// Statements and descriptors belong to an open connection.
fn in_open_connection(
    connection: *mut c_void,
    out: Address,
    make: fn(&mut Members, &Home, bool) -> Result<Arc<Node>, Diagnostic>,
) -> i16 {
    boundary::connection(Function::AllocHandle, connection, |on: &mut OnConnection<'_>| {
        check(out)?;
        on.session()?;
        let odbc2 = on.call.odbc2();
        let node = make(on.members, on.home, odbc2)?;
        give(&node, out);
        Ok(Status::Success)
    })
}

fn allocate_statement(members: &mut Members, home: &Home, odbc2: bool) -> Result<Arc<Node>, Diagnostic> {
    let mut automatic = |role: Role| -> Result<Token, Diagnostic> {
        let node = register(Kind::Descriptor, home.clone(), odbc2)?;
        members.descriptors.insert(node.token, Descriptor::automatic(role));
        Ok(node.token)
    };
    let implicit = Implicit {
        ard: automatic(Role::Application)?,
        apd: automatic(Role::Application)?,
        ird: automatic(Role::Row)?,
        ipd: automatic(Role::Parameter)?,
    };
    let node = register(Kind::Statement, home.clone(), odbc2)?;
    let mut statement = Statement::new(implicit);
    attributes::statement::inherit(&members.connection.attributes, &mut statement, &mut members.descriptors);
    members.statements.insert(node.token, statement);
    Ok(node)
}

fn allocate_descriptor(members: &mut Members, home: &Home, odbc2: bool) -> Result<Arc<Node>, Diagnostic> {
    let node = register(Kind::Descriptor, home.clone(), odbc2)?;
    members.descriptors.insert(node.token, Descriptor::explicit());
    Ok(node)
}

fn free_environment(handle: *mut c_void) -> i16 {
    boundary::environment(Function::FreeHandle, handle, |on| {
        if on.state.connections > 0 {
            let message = "Free the connections of the environment before the environment.";
            return Err(Diagnostic::new(SqlState::Sequence, message));
        }
        taken(registry::remove(Kind::Environment, Token::of(handle)))
    })
}

fn free_connection(handle: *mut c_void) -> i16 {
    boundary::connection(Function::FreeHandle, handle, |on| {
        if !on.members.connection.is_closed() {
            return Err(Diagnostic::new(
                SqlState::Sequence,
                "Disconnect before freeing the connection.",
            ));
        }
        let removed = registry::remove(Kind::Connection, Token::of(handle));
        if removed.is_some() {
            on.call.group().environment.lock().connections -= 1;
        }
        taken(removed)
    })
}

/// Ends what the statement waits for on another thread, then frees it: new calls no longer find it.
pub fn free_statement(handle: *mut c_void) -> i16 {
    boundary::enter(Function::FreeHandle, Kind::Statement, handle, |node, _| {
        let removed = registry::remove(Kind::Statement, node.token);
        if let (Some(node), Some(group)) = (&removed, node.group()) {
            group.cancel(node.token);
            let members = &mut *group.lock();
            members.connection.cursor_names.remove(&node.token);
            if let Some(statement) = members.statements.remove(&node.token) {
                for token in statement.implicit().tokens() {
                    members.descriptors.remove(&token);
                    registry::remove(Kind::Descriptor, token);
                }
            }
        }
        taken(removed)
    })
}

/// Statements that used the descriptor return to their own.
fn free_descriptor(handle: *mut c_void) -> i16 {
    boundary::enter(Function::FreeHandle, Kind::Descriptor, handle, |node, _| {
        let Some(group) = node.group() else {
            return Ok(Status::InvalidHandle);
        };
        let members = &mut *group.lock();
        if members
            .descriptors
            .get(&node.token)
            .is_some_and(Descriptor::is_automatic)
        {
            let message = "A descriptor that was allocated with its statement cannot be freed by itself.";
            return Err(Diagnostic::new(SqlState::AutomaticDescriptor, message));
        }
        for statement in members.statements.values_mut() {
            statement.forget_descriptor(node.token);
        }
        members.descriptors.remove(&node.token);
        taken(registry::remove(Kind::Descriptor, node.token))
    })
}

fn register(kind: Kind, home: Home, odbc2: bool) -> Result<Arc<Node>, Diagnostic> {
    registry::insert(kind, home, odbc2).ok_or_else(|| {
        Diagnostic::new(
            SqlState::HandleLimit,
            "The process holds as many handles as there can be.",
        )
    })
}

fn check(out: Address) -> Result<(), Diagnostic> {
    if out.is_null() {
        return Err(Diagnostic::new(
            SqlState::NullPointer,
            "There is no place to write the handle to.",
        ));
    }
    Ok(())
}

fn give(node: &Node, out: Address) {
    out.write(node.token.handle().addr());
}

/// Of two threads that free one handle, the second is told that there is none.
fn taken(removed: Option<Arc<Node>>) -> Completion {
    Ok(if removed.is_some() {
        Status::Success
    } else {
        Status::InvalidHandle
    })
}

fn unknown_kind(kind: i16) -> Diagnostic {
    Diagnostic::new(
        SqlState::AttributeId,
        format!("There is no kind of handle with the number {kind}."),
    )
}
