//! The SQL users write to the SQL DataFusion reads: ODBC escapes, `[brackets]`, `TOP`, parameter markers, case of names.

mod escapes;
mod functions;
mod labels;
pub(super) mod lexer;
mod names;
mod reader;
mod readonly;
mod scope;
#[cfg(test)]
mod tests;
mod top;

pub use functions::{Family, ScalarFunction, scalar_functions};
pub(super) use labels::Labels;
pub(super) use scope::KnownTable;

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{ObjectName, Statement as SqlStatement, VisitMut, VisitorMut};

use crate::error::Result;

/// A statement that has been read and may run: it reads data and nothing else.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    /// The statement; its names are still as the user wrote them.
    pub(super) statement: Statement,
    /// How many `?` it has; they are `$1`, `$2`, … in the statement.
    pub(super) markers: usize,
    /// The names of the result's columns.
    pub(super) labels: Labels,
}

/// Reads one statement.
///
/// `Kind::Syntax` with line and column where it cannot be read, and for a statement that would change something.
pub(super) fn parse(sql: &str) -> Result<Parsed> {
    let rewritten = escapes::rewrite(sql)?;
    let mut statement = reader::read(sql, &rewritten)?;
    readonly::allow(&statement)?;
    let mut labels = Labels::default();
    if let Some(inner) = standard(&mut statement) {
        top::rewrite(inner)?;
        if let SqlStatement::Query(query) = inner {
            labels = Labels::of(query);
        }
    }
    Ok(Parsed {
        statement,
        markers: rewritten.markers,
        labels,
    })
}

/// The statement as the engine reads it. The text of a statement without `TOP` keeps its layout and comments.
pub(super) fn native(sql: &str) -> Result<String> {
    let rewritten = escapes::rewrite(sql)?;
    let mut statement = reader::read(sql, &rewritten)?;
    match standard(&mut statement).map(top::rewrite) {
        Some(Ok(true)) => Ok(statement.to_string()),
        Some(Err(error)) => Err(error),
        _ => Ok(rewritten.sql),
    }
}

/// Whether the statement reads the table called `name`.
pub(super) fn mentions(statement: &mut Statement, name: &str) -> bool {
    let table = KnownTable {
        name: name.to_owned(),
        columns: Vec::new(),
        is_system: false,
    };
    let mut mentions = Mentions {
        names: scope::Names {
            tables: std::slice::from_ref(&table),
            queries: &[],
        },
    };
    standard(statement).is_some_and(|inner| inner.visit(&mut mentions).is_break())
}

/// Spells the names in a statement as the catalog does.
pub(super) fn resolve(statement: &mut Statement, tables: &[KnownTable]) -> Result<()> {
    standard(statement).map_or(Ok(()), |inner| names::resolve(inner, tables))
}

/// The standard statement inside DataFusion's, also under `EXPLAIN`.
fn standard(statement: &mut Statement) -> Option<&mut SqlStatement> {
    match statement {
        Statement::Statement(inner) => Some(inner),
        Statement::Explain(explain) => standard(&mut explain.statement),
        _ => None,
    }
}

struct Mentions<'a> {
    names: scope::Names<'a>,
}

impl VisitorMut for Mentions<'_> {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &mut ObjectName) -> ControlFlow<()> {
        self.look_at(relation)
    }

    fn pre_visit_statement(&mut self, statement: &mut SqlStatement) -> ControlFlow<()> {
        match names::shown_table(statement) {
            Some(name) => self.look_at(name),
            None => ControlFlow::Continue(()),
        }
    }
}

impl Mentions<'_> {
    fn look_at(&self, name: &ObjectName) -> ControlFlow<()> {
        match scope::parts(name).and_then(|parts| self.names.table(&parts)) {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    }
}
