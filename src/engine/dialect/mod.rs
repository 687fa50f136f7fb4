//! The SQL users write to the SQL DataFusion reads: ODBC escapes, `[brackets]`, `TOP`, parameter markers, case of names.

mod escapes;
mod functions;
mod labels;
pub(super) mod lexer;
mod names;
mod scope;
#[cfg(test)]
mod tests;
mod top;

pub use functions::{Family, ScalarFunction, scalar_functions};
pub(super) use labels::Labels;
pub(super) use scope::KnownTable;

use std::ops::ControlFlow;

use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::{
    ObjectName, Query, Select, SetExpr, Statement as SqlStatement, Visit, VisitMut, Visitor, VisitorMut,
};
use datafusion::sql::sqlparser::parser::ParserError;

use crate::error::{Error, Kind, Result};

use escapes::Rewritten;
use lexer::{Token, TokenKind};

/// Nesting of parentheses, subqueries and the like past which a statement is refused.
const DEEPEST: usize = 200;
/// Operators past which a statement is refused: a chain of `OR` is as deep as it is long, and everything that
/// later walks the expression recurses that deep.
const MOST_OPERATORS: usize = 5000;

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
    let mut statement = read(sql, &rewritten)?;
    allow(&statement)?;
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
    let mut statement = read(sql, &rewritten)?;
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

fn read(sql: &str, rewritten: &Rewritten) -> Result<Statement> {
    let operators = lexer::tokens(&rewritten.sql)?
        .iter()
        .filter(|token| lengthens_a_chain(token, &rewritten.sql))
        .count();
    if operators > MOST_OPERATORS {
        return Err(Error::new(
            Kind::Unsupported,
            format!(
                "The statement combines {operators} conditions and operators, and {MOST_OPERATORS} are possible; \
                 use IN (…) or a join"
            ),
        ));
    }
    let mut statements = DFParserBuilder::new(rewritten.sql.as_str())
        .with_recursion_limit(DEEPEST)
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(|error| match error.find_root() {
            datafusion::error::DataFusionError::SQL(error, _) => unreadable(sql, rewritten, error),
            other => Error::new(Kind::Syntax, format!("The statement cannot be read: {other}")),
        })?;
    match (statements.pop_front(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        (None, _) => Err(Error::new(Kind::Syntax, "The statement is empty")),
        (Some(_), false) => Err(Error::new(
            Kind::Syntax,
            "The text holds several statements; send them one by one",
        )),
    }
}

fn lengthens_a_chain(token: &Token, sql: &str) -> bool {
    match token.kind {
        TokenKind::Punctuation(c) => matches!(c, '+' | '-' | '*' | '/' | '%' | '|' | '&' | '^' | '=' | '<' | '>' | ':'),
        TokenKind::Word => ["and", "or", "union", "except", "intersect", "join", "collate", "is"]
            .iter()
            .any(|word| token.text(sql).eq_ignore_ascii_case(word)),
        _ => false,
    }
}

/// The parser's complaint as a sentence, with the place in the user's own text.
fn unreadable(sql: &str, rewritten: &Rewritten, error: &ParserError) -> Error {
    let said = match error {
        ParserError::RecursionLimitExceeded => {
            return Error::new(Kind::Syntax, "The statement is nested too deeply to be read");
        }
        ParserError::TokenizerError(said) | ParserError::ParserError(said) => said,
    };
    let (said, place) = match said.rsplit_once(" at Line: ") {
        Some((said, place)) => (said, place.split_once(", Column: ")),
        None => (said.as_str(), None),
    };
    let offset = place
        .and_then(|(line, column)| Some((line.trim().parse().ok()?, column.trim().parse().ok()?)))
        .map_or(sql.len(), |(line, column)| rewritten.origin(line, column));
    let message = match said
        .strip_prefix("Expected: ")
        .and_then(|said| said.split_once(", found: "))
    {
        Some((expected, "EOF")) => format!("The statement ends where {expected} is expected"),
        // The text could be a secret in a misspelled procedure call.
        Some((expected, found)) if found.contains('\'') => {
            format!("The statement has a text where {expected} is expected")
        }
        Some((expected, found)) => format!("The statement has {found} where {expected} is expected"),
        None => format!("The statement cannot be read: {said}"),
    };
    lexer::error_at(Kind::Syntax, sql, offset, &message)
}

impl Rewritten {
    /// Where in the user's text the line and column of the rewritten text come from.
    fn origin(&self, line: usize, column: usize) -> usize {
        let start: usize = self
            .sql
            .split_inclusive('\n')
            .take(line.saturating_sub(1))
            .map(str::len)
            .sum();
        let rest = self.sql.get(start..).unwrap_or_default();
        let inside: usize = rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
        let offset = start + inside;
        self.origins
            .iter()
            .rev()
            .find(|(here, _)| *here <= offset)
            .map_or(0, |(_, origin)| *origin)
    }
}

/// Refuses whatever is not a question.
fn allow(statement: &Statement) -> Result<()> {
    let refused = match statement {
        Statement::Explain(explain) => return allow(&explain.statement),
        Statement::Statement(inner) => match inner.as_ref() {
            SqlStatement::Query(query) => return reads_only(query),
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
            format!("{word} is not possible: documents are read-only, and can be queried with SELECT"),
        );
    }
    Error::new(
        Kind::Syntax,
        format!("{word} is not supported; a statement is a SELECT, SHOW, DESCRIBE, EXPLAIN or a procedure call"),
    )
}

/// A change can hide inside a query: `WITH x AS (DELETE …)`, `SELECT … INTO`.
fn reads_only(query: &Query) -> Result<()> {
    match query.visit(&mut Changes) {
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
