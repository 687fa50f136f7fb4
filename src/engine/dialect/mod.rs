//! The SQL users write to the SQL DataFusion reads: ODBC escapes, `[brackets]`, `TOP`, parameter markers, case of names.

mod applies;
mod calls;
mod casts;
mod changes;
mod columns;
mod escapes;
mod functions;
mod intervals;
mod labels;
pub(super) mod lexer;
mod names;
mod nested;
mod numerals;
mod places;
mod reader;
mod readonly;
mod scope;
mod targets;
#[cfg(test)]
mod tests;
mod top;
mod tsql;
mod unknown;
mod views;
mod wildcard;

pub(super) use applies::{RowSource, Rows};
pub use changes::Effect;
pub(super) use changes::{Creation, assigned, create, exists, inserts_defaults, target};
pub(super) use columns::{Limit, engine_type};
pub use escapes::Braces;
pub use functions::{Family, ScalarFunction, function_names, scalar_functions};
pub(super) use labels::Labels;
pub(super) use places::Place;
pub(super) use scope::KnownTable;
pub(super) use targets::{alias, query_of_deleted, query_of_updated};
pub use views::View;
pub(super) use views::expand;

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{ObjectName, Statement as SqlStatement, VisitMut, VisitorMut};

use crate::error::Result;

use super::session::{CATALOG, SCHEMA};

/// A statement that has been read and may run: it reads data, or changes a scratch table.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    /// The statement; its names are still as the user wrote them.
    pub(super) statement: Statement,
    /// How many `?` it has; they are `$1`, `$2`, … in the statement.
    pub(super) markers: usize,
    /// The names of the result's columns.
    pub(super) labels: Labels,
    /// What it changes; none for a query.
    pub(super) effect: Option<Effect>,
}

/// Reads one statement.
///
/// `Kind::Syntax` with line and column where it cannot be read, and for a statement that would change something.
pub(super) fn parse(sql: &str, braces: Braces) -> Result<Parsed> {
    let rewritten = escapes::rewrite(sql, braces)?;
    let mut statement = reader::read(sql, &rewritten)?;
    if let Statement::Statement(inner) = &mut statement {
        changes::create_from_into(inner);
    }
    readonly::allow(&statement)?;
    let mut labels = Labels::default();
    let mut effect = None;
    let written = || labels::rewritten_items(sql, &rewritten.calls);
    if let Some(inner) = standard(&mut statement) {
        unknown::refuse(inner, sql, &rewritten)?;
        top::rewrite(inner)?;
        applies::fold(inner)?;
        effect = Effect::of(inner);
        labels = match inner {
            SqlStatement::Query(query) => Labels::of(query, &written()),
            SqlStatement::CreateTable(table) => match table.query.as_deref() {
                Some(query) => Labels::of(query, &written()),
                None => labels,
            },
            _ => labels,
        };
        casts::spell(inner);
        numerals::keep_digits(inner);
    }
    Ok(Parsed {
        effect,
        statement,
        markers: rewritten.markers,
        labels,
    })
}

/// The statement as the engine reads it. The text of a statement without `TOP` keeps its layout and comments.
pub(super) fn native(sql: &str) -> Result<String> {
    let rewritten = escapes::rewrite(sql, Braces::Escapes)?;
    let mut statement = reader::read(sql, &rewritten)?;
    match standard(&mut statement).map(top::rewrite) {
        Some(Ok(true)) => Ok(statement.to_string()),
        Some(Err(error)) => Err(error),
        _ => Ok(rewritten.sql),
    }
}

/// The names in the statement that may mean tables of documents: those of `tables` in [`SCHEMA`], and names of none.
pub(super) fn documents(statement: &mut Statement, tables: &[KnownTable]) -> Vec<String> {
    let mut relations = Relations {
        names: scope::Names { tables, queries: &[] },
        found: Vec::new(),
    };
    if let Some(inner) = standard(statement) {
        // The visitor never breaks.
        let _ = inner.visit(&mut relations);
    }
    relations.found
}

/// Puts tables in the stead of the places that the statement names: for each, `visit` answers what its table is called in
/// the catalog, and the alias it has where the statement gives none.
pub(super) fn visit_places(
    statement: &mut Statement,
    visit: &mut dyn FnMut(Place) -> Result<(String, String)>,
) -> Result<()> {
    standard(statement).map_or(Ok(()), |inner| places::visit(inner, visit))
}

/// Whether the statement may name one of these columns: its text has the name, whatever it means there.
pub(super) fn may_name(statement: &Statement, mut columns: impl Iterator<Item = &'static str>) -> bool {
    let text = statement.to_string().to_lowercase();
    columns.any(|column| text.contains(column))
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

struct Relations<'a> {
    names: scope::Names<'a>,
    found: Vec<String>,
}

impl VisitorMut for Relations<'_> {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &mut ObjectName) -> ControlFlow<()> {
        self.look_at(relation);
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &mut SqlStatement) -> ControlFlow<()> {
        if let Some(name) = names::shown_table(statement) {
            self.look_at(name);
        }
        ControlFlow::Continue(())
    }
}

impl Relations<'_> {
    fn look_at(&mut self, name: &ObjectName) {
        let Some(parts) = scope::parts(name) else { return };
        match self.names.table(&parts) {
            Some((table, _)) if table.schema == SCHEMA => self.found.push(table.name.clone()),
            Some(_) => {}
            None => {
                let qualifiers = [CATALOG, SCHEMA];
                let is_qualifier = |part: &String| qualifiers.iter().any(|name| part.eq_ignore_ascii_case(name));
                let unqualified = parts.iter().position(|part| !is_qualifier(part)).unwrap_or_default();
                self.found
                    .extend([parts.join("."), parts.get(unqualified..).unwrap_or_default().join(".")]);
            }
        }
    }
}
