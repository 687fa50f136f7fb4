//! The names of a result's columns, as the user wrote them.

use std::ops::Range;

use datafusion::sql::sqlparser::ast::{Expr, Query, SelectItem, SetExpr, Value, ValueWithSpan};

use super::lexer::{self, Token, TokenKind};

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
    /// Reads the SELECT list that names the query's columns: the first one of a UNION. `written` is what the user wrote for
    /// its items where the statement has something else.
    pub(super) fn of(query: &Query, written: &[Option<String>]) -> Self {
        let mut body = query.body.as_ref();
        loop {
            match body {
                SetExpr::Select(select) => {
                    let is_known = written.len() == select.projection.len();
                    let written = if is_known { written } else { &[] };
                    let items = select.projection.iter().enumerate();
                    let items = items.map(|(at, item)| match (item, written.get(at)) {
                        (SelectItem::UnnamedExpr(_), Some(Some(written))) => Label::Text(shortened(written)),
                        _ => label(item),
                    });
                    return Self { items: items.collect() };
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

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// What the user wrote for each item of the outermost SELECT list that has one of `calls` in it, which have become something
/// else. Empty where the list cannot be told.
pub(super) fn rewritten_items(sql: &str, calls: &[Range<usize>]) -> Vec<Option<String>> {
    if calls.is_empty() {
        return Vec::new();
    }
    let tokens = lexer::tokens(sql).unwrap_or_default();
    let solid: Vec<_> = tokens.iter().filter(|token| !token.is_blank()).cloned().collect();
    let items = items(sql, &solid).into_iter().map(|item| {
        let span = item.first()?.span.start..item.last()?.span.end;
        let is_rewritten = calls
            .iter()
            .any(|call| span.start <= call.start && call.end <= span.end);
        let tokens = tokens
            .iter()
            .filter(|token| span.start <= token.span.start && token.span.end <= span.end);
        let tokens: Vec<_> = tokens.cloned().collect();
        is_rewritten.then(|| lexer::spoken(sql, &tokens))
    });
    items.collect()
}

/// The items of the first SELECT list that is not deeper in parentheses than the statement begins.
fn items<'a>(sql: &str, tokens: &'a [Token]) -> Vec<&'a [Token]> {
    let outermost = tokens.iter().take_while(|token| token.is('(')).count();
    let is = |token: &Token, words: &[&str]| {
        token.kind == TokenKind::Word && words.iter().any(|word| token.text(sql).eq_ignore_ascii_case(word))
    };
    let depths = tokens.iter().scan(0_usize, |depth, token| {
        match token.kind {
            TokenKind::Punctuation('(') => *depth += 1,
            TokenKind::Punctuation(')') => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    let depths: Vec<_> = depths.collect();
    let at_depth = |at: usize| depths.get(at) == Some(&outermost);
    let Some(select) =
        (0..tokens.len()).find(|at| at_depth(*at) && tokens.get(*at).is_some_and(|token| is(token, &["select"])))
    else {
        return Vec::new();
    };
    let mut start = select + 1;
    while let Some(word) = tokens.get(start).filter(|token| is(token, &["all", "distinct", "top"])) {
        start += 1;
        if is(word, &["top"]) {
            let is_group = tokens.get(start).is_some_and(|token| token.is('('));
            let length = (start..tokens.len())
                .take_while(|at| is_group && !at_depth(*at))
                .count();
            start += length + 1;
        }
    }
    let ends = |token: &Token| {
        const AFTER: [&str; 14] = [
            "from",
            "into",
            "where",
            "group",
            "having",
            "order",
            "limit",
            "offset",
            "fetch",
            "union",
            "except",
            "intersect",
            "window",
            "qualify",
        ];
        is(token, &AFTER) || token.is(';')
    };
    let end = (start..tokens.len())
        .find(|at| {
            depths.get(*at).is_some_and(|depth| *depth < outermost)
                || at_depth(*at) && tokens.get(*at).is_some_and(ends)
        })
        .unwrap_or(tokens.len());
    let mut items = Vec::new();
    let mut begin = start;
    for at in start..end {
        if at_depth(at) && tokens.get(at).is_some_and(|token| token.is(',')) {
            items.extend(tokens.get(begin..at));
            begin = at + 1;
        }
    }
    items.extend(tokens.get(begin..end));
    items
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
        SelectItem::UnnamedExpr(expr) => Label::Text(shortened(&expr.to_string())),
        SelectItem::ExprWithAlias { alias, .. } => Label::Text(alias.value.clone()),
        SelectItem::ExprWithAliases { .. } | SelectItem::QualifiedWildcard(..) | SelectItem::Wildcard(_) => {
            Label::Wildcard
        }
    }
}
