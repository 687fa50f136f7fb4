//! Only questions pass, and changes of scratch tables: documents are read-only.

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{ObjectType, Query, Select, SetExpr, Statement as SqlStatement, Visit, Visitor};

use crate::error::{Error, Kind, Result};

/// Refuses whatever is neither a question nor something a scratch table may be the target of.
pub(super) fn allow(statement: &Statement) -> Result<()> {
    if let Statement::Statement(inner) = statement
        && let SqlStatement::Insert(_)
        | SqlStatement::Update(_)
        | SqlStatement::Delete(_)
        | SqlStatement::Truncate(_)
        | SqlStatement::CreateTable(_)
        | SqlStatement::Drop {
            object_type: ObjectType::Table,
            ..
        } = inner.as_ref()
    {
        return reads_only(inner.as_ref());
    }
    question(statement)
}

fn question(statement: &Statement) -> Result<()> {
    let refused = match statement {
        Statement::Explain(explain) => return question(&explain.statement),
        Statement::Statement(inner) => match inner.as_ref() {
            SqlStatement::Query(query) => return reads_only(query.as_ref()),
            SqlStatement::Explain { .. }
            | SqlStatement::ExplainTable { .. }
            | SqlStatement::ShowTables { .. }
            | SqlStatement::ShowColumns { .. }
            | SqlStatement::ShowVariable { .. }
            | SqlStatement::ShowFunctions { .. } => return Ok(()),
            other => other.to_string(),
        },
        other => other.to_string(),
    };
    let word = refused.split_whitespace().next().unwrap_or_default().to_uppercase();
    Err(refusal(&word))
}

fn refusal(word: &str) -> Error {
    let changes = [
        "ALTER", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "MERGE", "REPLACE", "TRUNCATE", "UPDATE",
    ];
    if changes.contains(&word) {
        return Error::new(
            Kind::Syntax,
            format!(
                "{word} is not possible: documents are read-only, and can be queried with SELECT; a scratch table takes \
                 CREATE TABLE, INSERT, UPDATE, DELETE, TRUNCATE and DROP TABLE"
            ),
        );
    }
    Error::new(
        Kind::Syntax,
        format!("{word} is not supported; a statement is a SELECT, SHOW, DESCRIBE, EXPLAIN or a procedure call"),
    )
}

/// A change can hide inside a query: `WITH x AS (DELETE …)`, `SELECT … INTO`.
fn reads_only(statement: &impl Visit) -> Result<()> {
    match statement.visit(&mut Changes) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(word) => Err(refusal(word)),
    }
}

struct Changes;

impl Visitor for Changes {
    type Break = &'static str;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<&'static str> {
        match query.body.as_ref() {
            SetExpr::Insert(_) => ControlFlow::Break("INSERT"),
            SetExpr::Update(_) => ControlFlow::Break("UPDATE"),
            SetExpr::Delete(_) => ControlFlow::Break("DELETE"),
            SetExpr::Merge(_) => ControlFlow::Break("MERGE"),
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<&'static str> {
        match select.into {
            Some(_) => ControlFlow::Break("CREATE"),
            None => ControlFlow::Continue(()),
        }
    }
}
