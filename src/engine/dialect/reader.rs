//! From rewritten text to one statement, with the parser's complaints as sentences about the user's own text.

use datafusion::error::DataFusionError;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::parser::ParserError;

use crate::error::{Error, Kind, Result};

use super::escapes::Rewritten;
use super::lexer::{self, Token, TokenKind};

/// Nesting of parentheses, subqueries and the like past which a statement is refused.
const DEEPEST: usize = 200;
/// Operators past which a statement is refused: a chain of `OR` is as deep as it is long, and everything that
/// later walks the expression recurses that deep.
const MOST_OPERATORS: usize = 5000;

/// Reads the one statement of `rewritten`, which was made from `sql`.
pub(super) fn read(sql: &str, rewritten: &Rewritten) -> Result<Statement> {
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
            DataFusionError::SQL(error, _) => unreadable(sql, rewritten, error),
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
    pub(super) fn origin(&self, line: usize, column: usize) -> usize {
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
