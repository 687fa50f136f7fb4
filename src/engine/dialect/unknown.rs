//! Functions that do not exist, told with their place in the user's text.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, ObjectNamePart, Statement, visit_expressions};

use crate::engine::functions;
use crate::error::{Error, Kind, Result};

use super::escapes::Rewritten;
use super::lexer;

/// Refuses the first call of a function that there is none of.
pub(super) fn refuse(statement: &Statement, sql: &str, rewritten: &Rewritten) -> Result<()> {
    let found = visit_expressions(statement, |expression| match unknown(expression, sql, rewritten) {
        Some(error) => ControlFlow::Break(error),
        None => ControlFlow::Continue(()),
    });
    match found {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

fn unknown(expression: &Expr, sql: &str, rewritten: &Rewritten) -> Option<Error> {
    let Expr::Function(call) = expression else {
        return None;
    };
    let [ObjectNamePart::Identifier(name)] = call.name.0.as_slice() else {
        return None;
    };
    if functions::is_known(&name.value) {
        return None;
    }
    let place = name.span.start;
    let (line, column) = (usize::try_from(place.line).ok()?, usize::try_from(place.column).ok()?);
    let hint = match functions::most_like(&name.value) {
        Some(hint) => format!("; did you mean {hint}?"),
        None => String::new(),
    };
    let message = format!("There is no function {}{hint}", name.value);
    Some(lexer::error_at(
        Kind::Syntax,
        sql,
        rewritten.origin(line, column),
        &message,
    ))
}
