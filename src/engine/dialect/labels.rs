//! The names of a result's columns, as the user wrote them.

use datafusion::sql::sqlparser::ast::{Expr, Query, SelectItem, SetExpr, Value, ValueWithSpan};

/// Longest name of a column (`SQL_MAX_COLUMN_NAME_LEN`).
const LONGEST: usize = 255;

/// What the user wrote for the columns of a statement, from the left and from the right of its wildcards.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Labels {
    items: Vec<Label>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Label {
    /// An expression or an alias.
    Text(String),
    /// A plain column, which has its own spelling; the last part of what was written.
    Column(String),
    /// Any number of columns.
    Wildcard,
}

impl Labels {
    /// Reads the SELECT list that names the query's columns: the first one of a UNION.
    pub(super) fn of(query: &Query) -> Self {
        let mut body = query.body.as_ref();
        loop {
            match body {
                SetExpr::Select(select) => {
                    let items = select.projection.iter().map(label).collect();
                    return Self { items };
                }
                SetExpr::Query(query) => body = query.body.as_ref(),
                SetExpr::SetOperation { left, .. } => body = left,
                _ => return Self::default(),
            }
        }
    }

    /// The name of the column at `position` of `count`, given what the planner calls it.
    pub(in crate::engine) fn name(&self, position: usize, count: usize, planned: &str) -> String {
        let first = self.items.iter().position(|item| *item == Label::Wildcard);
        let last = self.items.iter().rposition(|item| *item == Label::Wildcard);
        let from_the_end = count
            .checked_sub(position)
            .and_then(|rest| self.items.len().checked_sub(rest));
        let at = match (first, last) {
            (None, _) if self.items.len() == count => Some(position),
            (Some(first), _) if position < first => Some(position),
            (_, Some(last)) => from_the_end.filter(|at| *at > last),
            _ => None,
        };
        match at.and_then(|at| Some((at, self.items.get(at)?))) {
            Some((_, Label::Text(text))) => text.clone(),
            Some((at, Label::Column(written))) => told_apart(planned, at, written).to_owned(),
            _ => planned.to_owned(),
        }
    }
}

/// The alias that tells the second of two equal columns apart.
pub(super) fn apart(name: &str, position: usize) -> String {
    format!("{name} ({})", position + 1)
}

/// What [`apart`] was made from, when `planned` is one.
fn told_apart<'a>(planned: &'a str, position: usize, written: &str) -> &'a str {
    let written = written.to_lowercase();
    match planned.strip_suffix(&apart("", position)) {
        Some(name) if name.to_lowercase().ends_with(&written) && !planned.to_lowercase().ends_with(&written) => name,
        _ => planned,
    }
}

fn label(item: &SelectItem) -> Label {
    match item {
        SelectItem::UnnamedExpr(Expr::Identifier(ident)) => Label::Column(ident.value.clone()),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(idents)) => {
            Label::Column(idents.last().map(|ident| ident.value.clone()).unwrap_or_default())
        }
        SelectItem::UnnamedExpr(Expr::Value(ValueWithSpan {
            value: Value::Placeholder(_),
            ..
        })) => Label::Text("?".to_owned()),
        SelectItem::UnnamedExpr(expr) => Label::Text(expr.to_string().chars().take(LONGEST).collect()),
        SelectItem::ExprWithAlias { alias, .. } => Label::Text(alias.value.clone()),
        SelectItem::ExprWithAliases { .. } | SelectItem::QualifiedWildcard(..) | SelectItem::Wildcard(_) => {
            Label::Wildcard
        }
    }
}
