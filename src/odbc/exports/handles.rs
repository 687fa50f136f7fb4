//! Handles and cancelling.

use super::Handle;
use crate::odbc::boundary;
use crate::odbc::functions::Function;
use crate::odbc::statement::fetch;
use crate::odbc::{cancel, handles};

/// Makes a handle.
#[unsafe(no_mangle)]
pub extern "C" fn SQLAllocHandle(kind: i16, parent: Handle, out: *mut Handle) -> i16 {
    handles::allocate(kind, parent, out.into())
}

/// Frees a handle.
#[unsafe(no_mangle)]
pub extern "C" fn SQLFreeHandle(kind: i16, handle: Handle) -> i16 {
    handles::free(kind, handle)
}

/// Closes the cursor, unbinds columns or parameters, or frees the statement.
#[unsafe(no_mangle)]
pub extern "C" fn SQLFreeStmt(statement: Handle, option: u16) -> i16 {
    if option == fetch::DROP {
        return handles::free_statement(statement);
    }
    boundary::statement(Function::FreeStmt, statement, |on| fetch::free(on, option))
}

/// Ends what a statement waits for.
#[unsafe(no_mangle)]
pub extern "C" fn SQLCancel(statement: Handle) -> i16 {
    cancel::statement(statement)
}

/// Ends what a statement or a connection waits for.
#[unsafe(no_mangle)]
pub extern "C" fn SQLCancelHandle(kind: i16, handle: Handle) -> i16 {
    cancel::handle(kind, handle)
}
