//! Cursor names: `SQLSetCursorName` and `SQLGetCursorName`.

use crate::odbc::argument::{TextIn, TextOut};
use crate::odbc::boundary::{Completion, Status};
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::registry::Token;
use crate::odbc::sqlstate::SqlState;

use super::OnStatement;

/// What generated names begin with; names that applications choose must not.
const GENERATED: [&str; 2] = ["SQL_CUR", "SQLCUR"];
/// `SQL_MAX_CURSOR_NAME_LEN`
const LONGEST: usize = 64;

/// `SQLSetCursorName`.
pub fn set(on: &mut OnStatement<'_>, name: TextIn) -> Completion {
    let name = name.required()?;
    if on.statement.cursor().is_some() {
        return Err(Diagnostic::new(SqlState::CursorState, "The cursor is open already."));
    }
    check(&name)?;
    let mut others = on
        .connection
        .cursor_names
        .iter()
        .filter(|(token, _)| **token != on.token);
    if others.any(|(_, other)| other.eq_ignore_ascii_case(&name)) {
        let message = format!("Another statement of the connection has the cursor name \"{name}\".");
        return Err(Diagnostic::new(SqlState::DuplicateCursorName, message));
    }
    on.connection.cursor_names.insert(on.token, name);
    Ok(Status::Success)
}

/// `SQLGetCursorName`: a name is generated where none was set.
pub fn get(on: &mut OnStatement<'_>, out: TextOut) -> Completion {
    let name = on
        .connection
        .cursor_names
        .get(&on.token)
        .cloned()
        .unwrap_or_else(|| generated(on.token));
    out.deliver(&name, on.call.diagnostics)?;
    Ok(Status::Success)
}

fn generated(token: Token) -> String {
    format!("SQL_CUR{:06}", token.slot())
}

fn check(name: &str) -> Result<(), Diagnostic> {
    let begins = |prefix: &str| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if name.is_empty() || name.chars().count() > LONGEST || GENERATED.into_iter().any(begins) {
        let message = format!(
            "\"{name}\" cannot be a cursor name: it needs 1 to {LONGEST} characters and must not begin with SQL_CUR."
        );
        return Err(Diagnostic::new(SqlState::CursorName, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_are_not_given_away() {
        for name in ["SQL_CUR1", "sqlcur7", "", &"x".repeat(65)] {
            assert_eq!(check(name).err().map(|d| d.state), Some(SqlState::CursorName), "{name}");
        }
        for name in ["c", "sales", &"ä".repeat(64)] {
            assert!(check(name).is_ok(), "{name}");
        }
    }
}
