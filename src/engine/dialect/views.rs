//! Views in a statement: a query that names one gets it as a common table expression.

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    Cte, ObjectName, Query, Statement as SqlStatement, TableAlias, VisitMut, VisitorMut, With,
};

use crate::engine::session::{CATALOG, SCHEMA, SYSTEM};
use crate::error::{Error, Kind, Result};

use super::escapes::Braces;
use super::scope::{self, KnownTable, Names};

/// How deep views may lie in each other.
const MAX_DEPTH: usize = 32;

/// A query with a name, to be read as a table.
#[derive(Clone, Debug)]
pub struct View {
    /// Its name.
    pub name: String,
    /// Its query as it is written.
    pub definition: String,
    query: Box<Query>,
}

impl View {
    /// Reads the query of a view, which has no parameters.
    pub fn new(name: &str, definition: &str) -> Result<Self> {
        let mut parsed = super::parse(definition, Braces::Escapes)?;
        match super::standard(&mut parsed.statement) {
            Some(SqlStatement::Query(query)) if parsed.markers == 0 && parsed.effect.is_none() => Ok(Self {
                name: name.to_owned(),
                definition: definition.to_owned(),
                query: query.clone(),
            }),
            _ => Err(Error::new(Kind::Syntax, "A view is a SELECT without parameter markers")),
        }
    }
}

/// Puts the views that a statement names into it. A table of documents or a scratch table of the same name comes first, and so
/// does a common table expression of the statement.
///
/// `Kind::Syntax` for views that are made of each other.
pub(in crate::engine) fn expand(statement: &mut Statement, views: &[View], tables: &[KnownTable]) -> Result<()> {
    let mut expansion = Expansion {
        views,
        names: Names { tables, queries: &[] },
        depth: 0,
    };
    match super::standard(statement).map(|inner| inner.visit(&mut expansion)) {
        Some(ControlFlow::Break(error)) => Err(error),
        _ => Ok(()),
    }
}

struct Expansion<'a> {
    views: &'a [View],
    names: Names<'a>,
    /// Queries around this place.
    depth: usize,
}

impl VisitorMut for Expansion<'_> {
    type Break = Error;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        self.depth += 1;
        if self.depth > 1 {
            return ControlFlow::Continue(());
        }
        let mut needed = Vec::new();
        if let Err(error) = self.collect(query, &mut needed, &mut Vec::new()) {
            return ControlFlow::Break(error);
        }
        if !needed.is_empty() {
            let with = query.with.get_or_insert_with(|| With {
                with_token: AttachedToken::empty(),
                recursive: false,
                cte_tables: Vec::new(),
            });
            with.cte_tables.splice(0..0, needed);
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<Error> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }
}

impl<'a> Expansion<'a> {
    /// Adds the views that `query` names to those `needed`, each behind those it names itself. `around` are the views in
    /// whose definition the query is.
    fn collect(&self, query: &mut Query, needed: &mut Vec<Cte>, around: &mut Vec<&'a str>) -> Result<()> {
        let mut mentions = Mentions {
            expansion: self,
            own: own_names(query),
            found: Vec::new(),
        };
        let _: ControlFlow<()> = query.visit(&mut mentions);
        for view in mentions.found {
            if needed.iter().any(|cte| cte.alias.name.value == view.name) {
                continue;
            }
            if around.contains(&view.name.as_str()) || around.len() == MAX_DEPTH {
                let path = around.iter().copied().chain([view.name.as_str()]).collect::<Vec<_>>();
                let message = format!(
                    "The views of UserDefinedViews are made of each other ({}), or of more than {MAX_DEPTH} others",
                    path.join(" of ")
                );
                return Err(Error::new(Kind::Syntax, message));
            }
            let mut query = view.query.clone();
            around.push(&view.name);
            self.collect(&mut query, needed, around)?;
            around.pop();
            needed.push(Cte {
                alias: TableAlias {
                    explicit: true,
                    name: scope::quoted(&view.name),
                    columns: Vec::new(),
                    at: None,
                },
                query,
                from: None,
                materialized: None,
                closing_paren_token: AttachedToken::empty(),
            });
        }
        Ok(())
    }

    /// The view that a name means.
    fn view(&self, name: &ObjectName, own: &[String]) -> Option<&'a View> {
        let parts = scope::parts(name)?;
        let is_own = |part: &String| own.iter().any(|own| own.to_lowercase() == part.to_lowercase());
        if parts.len() == 1 && parts.iter().any(is_own) {
            return None;
        }
        if self
            .names
            .table(&parts)
            .is_some_and(|(table, _)| table.schema != SYSTEM)
        {
            return None;
        }
        let is = |at: usize, word: &str| parts.get(at).is_some_and(|part| part.eq_ignore_ascii_case(word));
        let qualifiers = match (is(0, SCHEMA), is(0, CATALOG) && is(1, SCHEMA)) {
            (true, _) if parts.len() > 1 => 1,
            (_, true) => 2,
            _ => 0,
        };
        let wanted = parts.get(qualifiers..)?.join(".");
        let found = scope::matching(self.views.iter().map(|view| view.name.as_str()), &wanted)?;
        self.views.iter().find(|view| view.name == found)
    }
}

/// The relations of a query that are views; they are renamed to the common table expressions they become.
struct Mentions<'e, 'a> {
    expansion: &'e Expansion<'a>,
    own: Vec<String>,
    found: Vec<&'a View>,
}

impl VisitorMut for Mentions<'_, '_> {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &mut ObjectName) -> ControlFlow<()> {
        if let Some(view) = self.expansion.view(relation, &self.own) {
            *relation = scope::object_name([view.name.as_str()].into_iter());
            self.found.push(view);
        }
        ControlFlow::Continue(())
    }
}

/// The names of all common table expressions in a query.
fn own_names(query: &mut Query) -> Vec<String> {
    struct Own(Vec<String>);
    impl VisitorMut for Own {
        type Break = ();

        fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
            let tables = query.with.iter().flat_map(|with| &with.cte_tables);
            self.0.extend(tables.map(|cte| cte.alias.name.value.clone()));
            ControlFlow::Continue(())
        }
    }
    let mut own = Own(Vec::new());
    let _: ControlFlow<()> = query.visit(&mut own);
    own.0
}
