//! `SQLEndTran`: documents are read only, and a change of a scratch table is final at once.

use std::ffi::c_void;

use odbc_sys::CompletionType;

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
            let session = on.session()?;
            let completion = check(operation)?;
            if operation == CompletionType::Rollback as i16 && session.has_scratch_tables() {
                let message = "Changes of scratch tables are final at once; the rollback has not undone any.";
                on.call.diagnostics.warn(SqlState::Warning, message);
            }
            Ok(completion)
        }),
        _ => boundary::any(Function::EndTran, handle, || {
            let message = "Transactions belong to connections and environments.";
            Err(Diagnostic::new(SqlState::AttributeId, message))
        }),
    }
}

fn check(operation: i16) -> Completion {
    if [CompletionType::Commit, CompletionType::Rollback]
        .into_iter()
        .any(|known| known as i16 == operation)
    {
        return Ok(Status::Success);
    }
    let message = format!("{operation} is neither SQL_COMMIT nor SQL_ROLLBACK.");
    Err(Diagnostic::new(SqlState::TransactionOperation, message))
}
