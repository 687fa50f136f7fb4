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
    /// A plain column, which has its own name.
    Column,
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
        let item = match (first, last) {
            (None, _) if self.items.len() == count => self.items.get(position),
            (Some(first), _) if position < first => self.items.get(position),
            (_, Some(last)) => from_the_end.filter(|at| *at > last).and_then(|at| self.items.get(at)),
            _ => None,
        };
        match item {
            Some(Label::Text(text)) => text.clone(),
            _ => planned.to_owned(),
        }
    }
}

fn label(item: &SelectItem) -> Label {
    match item {
        SelectItem::UnnamedExpr(Expr::Identifier(_)) => Label::Column,
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(_)) => Label::Column,
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
