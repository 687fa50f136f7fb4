//! `SQLEndTran`: the documents are read only, so there is never anything to commit or roll back.

use std::ffi::c_void;

use super::boundary::{self, Completion, Status};
use super::diagnostics::Diagnostic;
use super::functions::Function;
use super::registry::Kind;
use super::sqlstate::SqlState;

/// `SQLEndTran` on an environment or an open connection.
pub fn end(kind: i16, handle: *mut c_void, operation: i16) -> i16 {
    match Kind::try_from(kind) {
        Ok(Kind::Environment) => boundary::environment(Function::EndTran, handle, |_| check(operation)),
        Ok(Kind::Connection) => boundary::connection(Function::EndTran, handle, |on| {
            on.session()?;
            check(operation)
        }),
        _ => boundary::any(Function::EndTran, handle, || {
            let message = "Transactions belong to connections and environments.";
            Err(Diagnostic::new(SqlState::AttributeId, message))
        }),
    }
}

fn check(operation: i16) -> Completion {
    use odbc_sys::CompletionType;
    if [CompletionType::Commit, CompletionType::Rollback]
        .into_iter()
        .any(|known| known as i16 == operation)
    {
        return Ok(Status::Success);
    }
    let message = format!("{operation} is neither SQL_COMMIT nor SQL_ROLLBACK.");
    Err(Diagnostic::new(SqlState::TransactionOperation, message))
}
