//! Names as users write them to names as they are spelled: without regard to case, and `address.city` as one column.
//!
//! Every name the statement declares (aliases, common table expressions) keeps its spelling; every reference that can
//! be resolved is replaced by the exact spelling in quotes. What cannot be resolved, or is ambiguous, stays as it is,
//! so that the planner reports it.

use std::collections::HashSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AssignmentTarget, Delete, ExceptSelectItem, ExcludeSelectItem, Expr, FromTable, Ident, Insert, JoinConstraint,
    ObjectName, ObjectNamePart, OrderBy, OrderByKind, Query, Select, SelectItem, SelectItemQualifiedWildcardKind,
    SetExpr, Statement, TableAlias, TableAliasColumnDef, TableFactor, TableObject, TableWithJoins, Update, Value,
    VisitMut, VisitorMut, WildcardAdditionalOptions, visit_expressions_mut,
};

use crate::engine::session::{INFORMATION_SCHEMA, SCHEMA};
use crate::error::{Error, Kind, Result};

use super::labels;
use super::nested;
use super::scope::{self, KnownTable, NamedQuery, Names, Relation, Scope, quoted};
use super::wildcard;

/// Spells every name in `statement` as the catalog does.
///
/// `Kind::TableNotFound` for a table that does not exist, naming those that do.
pub(super) fn resolve(statement: &mut Statement, tables: &[KnownTable]) -> Result<()> {
    let mut resolver = Resolver {
        tables,
        queries: Vec::new(),
        marks: Vec::new(),
        scopes: Vec::new(),
    };
    match statement.visit(&mut resolver) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

/// The table of `DESCRIBE table` or `SHOW COLUMNS FROM table`.
pub(super) fn shown_table(statement: &mut Statement) -> Option<&mut ObjectName> {
    match statement {
        Statement::ExplainTable { table_name, .. } => Some(table_name),
        Statement::ShowColumns { show_options, .. } => show_options.show_in.as_mut()?.parent_name.as_mut(),
        _ => None,
    }
}

struct Resolver<'a> {
    tables: &'a [KnownTable],
    /// Common table expressions in force, the latest last.
    queries: Vec<NamedQuery>,
    /// How many of them were in force before each query around this place.
    marks: Vec<usize>,
    /// Innermost last.
    scopes: Vec<Scope>,
}

impl VisitorMut for Resolver<'_> {
    type Break = Error;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        self.marks.push(self.queries.len());
        if let Some(with) = &mut query.with {
            for cte in &mut with.cte_tables {
                let named = self.names().named_query(cte);
                self.queries.push(named);
                keep_alias(&mut cte.alias);
            }
        }
        let scope = self.names().of_order_by(query);
        self.scopes.push(scope);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        order_by_position(query);
        self.scopes.pop();
        self.queries.truncate(self.marks.pop().unwrap_or_default());
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Error> {
        let scope = self.names().of_select(select);
        for table in &mut select.from {
            if let Err(error) = self.joined(table, &scope) {
                return ControlFlow::Break(error);
            }
        }
        for item in &mut select.projection {
            nested::keep_name(item, &scope);
            item_names(item, &scope);
        }
        wildcard::leave_out_hidden(select, &scope);
        self.scopes.push(scope);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Error> {
        let scope = self.scopes.pop().unwrap_or_default();
        tell_apart(&mut select.projection, &scope);
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Error> {
        let resolved = match expr {
            Expr::Identifier(ident) => self.column(std::slice::from_ref(ident)),
            Expr::CompoundIdentifier(idents) => self.column(idents),
            Expr::Function(call) => match nested::expand_document(call, &self.scopes) {
                Ok(()) => None,
                Err(error) => return ControlFlow::Break(error),
            },
            _ => None,
        };
        if let Some(resolved) = resolved {
            *expr = resolved;
        }
        ControlFlow::Continue(())
    }

    /// What a statement names outside of any query; the tables of a FROM are already spelled when the walk comes to them.
    fn pre_visit_statement(&mut self, statement: &mut Statement) -> ControlFlow<Error> {
        let named = match statement {
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            other => shown_table(other).map_or(Ok(()), |name| self.table_name(name)),
        };
        named.map_or_else(ControlFlow::Break, ControlFlow::Continue)
    }

    fn post_visit_statement(&mut self, statement: &mut Statement) -> ControlFlow<Error> {
        if let Statement::Update(_) | Statement::Delete(_) = statement {
            self.scopes.pop();
        }
        ControlFlow::Continue(())
    }
}

impl Resolver<'_> {
    fn names(&self) -> Names<'_> {
        Names {
            tables: self.tables,
            queries: &self.queries,
        }
    }

    fn column(&self, idents: &[Ident]) -> Option<Expr> {
        let parts: Vec<_> = idents.iter().map(|ident| ident.value.clone()).collect();
        let scopes = self.scopes.iter().rev();
        match scopes.clone().find_map(|scope| scope.column(&parts)) {
            Some((qualifier, column)) => Some(scope::column(&qualifier, &column)),
            None => scopes
                .into_iter()
                .find_map(|scope| scope.inside(&parts))
                .map(nested::value),
        }
    }

    fn insert(&self, insert: &mut Insert) -> Result<()> {
        let TableObject::TableName(name) = &mut insert.table else {
            return Ok(());
        };
        let table = scope::parts(name).and_then(|parts| self.names().table(&parts));
        if let Some((table, _)) = table {
            for column in &mut insert.columns {
                let names = table.columns.iter().map(String::as_str);
                let found = scope::parts(column).and_then(|parts| scope::matching(names, &parts.join(".")));
                if let Some(found) = found {
                    *column = ObjectName(vec![ObjectNamePart::Identifier(quoted(found))]);
                }
            }
        }
        self.table_name(name)
    }

    fn update(&mut self, update: &mut Update) -> Result<()> {
        let scope = self.names().of_target(&update.table);
        self.joined(&mut update.table, &scope)?;
        for assignment in &mut update.assignments {
            match &mut assignment.target {
                AssignmentTarget::ColumnName(name) => column_name(name, &scope),
                AssignmentTarget::Tuple(names) => names.iter_mut().for_each(|name| column_name(name, &scope)),
            }
        }
        self.scopes.push(scope);
        Ok(())
    }

    fn delete(&mut self, delete: &mut Delete) -> Result<()> {
        let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &mut delete.from;
        let mut scope = Scope::default();
        for table in tables {
            let target = self.names().of_target(table);
            self.joined(table, &target)?;
            scope.relations.extend(target.relations);
        }
        self.scopes.push(scope);
        Ok(())
    }

    fn joined(&self, table: &mut TableWithJoins, scope: &Scope) -> Result<()> {
        self.factor(&mut table.relation, scope)?;
        for join in &mut table.joins {
            self.factor(&mut join.relation, scope)?;
            if let Some(JoinConstraint::Using(columns)) = scope::constraint(&mut join.join_operator) {
                for column in columns {
                    column_name(column, scope);
                }
            }
        }
        Ok(())
    }

    fn factor(&self, factor: &mut TableFactor, scope: &Scope) -> Result<()> {
        match factor {
            TableFactor::Table { name, alias, args, .. } => {
                keep(alias);
                if let Some(alias) = alias {
                    self.rename_hidden(name, alias);
                }
                if args.is_none() {
                    self.table_name(name)?;
                }
            }
            TableFactor::Derived { alias, .. }
            | TableFactor::TableFunction { alias, .. }
            | TableFactor::Function { alias, .. }
            | TableFactor::UNNEST { alias, .. } => keep(alias),
            TableFactor::NestedJoin {
                table_with_joins,
                alias,
            } => {
                keep(alias);
                self.joined(table_with_joins, scope)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// `AS t(a, b)` renames the columns that are seen; the planner wants a name for the hidden ones as well.
    fn rename_hidden(&self, name: &ObjectName, alias: &mut TableAlias) {
        if alias.columns.is_empty() {
            return;
        }
        let table = scope::parts(name).and_then(|parts| self.names().table(&parts));
        if let Some((table, _)) = table {
            let hidden = table.hidden.iter().map(|name| TableAliasColumnDef {
                name: quoted(name),
                data_type: None,
            });
            alias.columns.extend(hidden);
        }
    }

    fn table_name(&self, name: &mut ObjectName) -> Result<()> {
        let Some(parts) = scope::parts(name) else {
            return Ok(());
        };
        let names = self.names();
        if let [single] = parts.as_slice()
            && let Some((query, _)) = names.query(single)
        {
            *name = ObjectName(vec![ObjectNamePart::Identifier(quoted(query))]);
            return Ok(());
        }
        if let Some((table, qualifiers)) = names.table(&parts) {
            // The engine looks for a bare name among the documents.
            let schema = (qualifiers == 0 && table.schema != SCHEMA).then(|| table.schema.to_owned());
            let qualifiers = parts.iter().take(qualifiers).map(|part| part.to_lowercase());
            let path = schema.into_iter().chain(qualifiers).chain([table.name.clone()]);
            *name = ObjectName(path.map(|part| ObjectNamePart::Identifier(quoted(&part))).collect());
            return Ok(());
        }
        let schema = parts.iter().rev().nth(1);
        if schema.is_some_and(|schema| schema.eq_ignore_ascii_case(INFORMATION_SCHEMA)) {
            return Ok(());
        }
        Err(missing(&parts.join("."), self.tables))
    }
}

pub(super) fn missing(name: &str, tables: &[KnownTable]) -> Error {
    let shown = tables.iter().filter(|table| !table.is_system);
    let mut known: Vec<_> = shown.map(KnownTable::shown).collect();
    known.sort_unstable();
    let message = match known.as_slice() {
        [] => {
            format!("There is no table {name}, because the connection has no documents; set URI to the place of some")
        }
        [only] => format!("There is no table {name}; the only table of this connection is {only}"),
        several => format!("There is no table {name}; the tables are {}", several.join(", ")),
    };
    Error::new(Kind::TableNotFound, message)
}

/// The names in a SELECT list that are not expressions.
fn item_names(item: &mut SelectItem, scope: &Scope) {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => alias.quote_style = Some('"'),
        SelectItem::Wildcard(options) => wildcard_names(options, scope),
        SelectItem::QualifiedWildcard(kind, options) => {
            wildcard_names(options, scope);
            if let SelectItemQualifiedWildcardKind::ObjectName(name) = kind
                && let Some(relation) = scope.named(name)
            {
                *name = scope::object_name(relation.qualifier());
            }
        }
        _ => {}
    }
}

fn wildcard_names(options: &mut WildcardAdditionalOptions, scope: &Scope) {
    match &mut options.opt_exclude {
        Some(ExcludeSelectItem::Single(column)) => column_name(column, scope),
        Some(ExcludeSelectItem::Multiple(columns)) => columns.iter_mut().for_each(|column| column_name(column, scope)),
        None => {}
    }
    if let Some(ExceptSelectItem {
        first_element,
        additional_elements,
    }) = &mut options.opt_except
    {
        for ident in std::iter::once(first_element).chain(additional_elements) {
            if let Some((_, column)) = scope.column(std::slice::from_ref(&ident.value)) {
                *ident = quoted(&column);
            }
        }
    }
}

fn column_name(name: &mut ObjectName, scope: &Scope) {
    if let Some((_, column)) = scope::parts(name).and_then(|parts| scope.column(&parts)) {
        *name = ObjectName(vec![ObjectNamePart::Identifier(quoted(&column))]);
    }
}

fn keep(alias: &mut Option<TableAlias>) {
    if let Some(alias) = alias {
        keep_alias(alias);
    }
}

fn keep_alias(alias: &mut TableAlias) {
    alias.name.quote_style = Some('"');
    for column in &mut alias.columns {
        column.name.quote_style = Some('"');
    }
}

/// `SELECT DISTINCT f(a) … ORDER BY f(a)` to `ORDER BY 1`: the planner does not see that they are the same.
fn order_by_position(query: &mut Query) {
    let (
        SetExpr::Select(select),
        Some(OrderBy {
            kind: OrderByKind::Expressions(keys),
            ..
        }),
    ) = (query.body.as_ref(), &mut query.order_by)
    else {
        return;
    };
    if select.distinct.is_none() {
        return;
    }
    for key in keys {
        let same = |item: &SelectItem| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => *expr == key.expr,
            _ => false,
        };
        let before = select.projection.iter().take_while(|item| !same(item));
        let positions_known = before
            .clone()
            .all(|item| !matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)));
        let position = before.count() + 1;
        if positions_known && position <= select.projection.len() {
            key.expr = Expr::value(Value::Number(position.to_string(), false));
        }
    }
}

/// Gives the second and later of equal columns an alias: the planner refuses `SELECT 1, 1` and `SELECT *, id`.
fn tell_apart(projection: &mut [SelectItem], scope: &Scope) {
    let mut seen: HashSet<String> = projection.iter().flat_map(|item| wildcard(item, scope)).collect();
    for (position, item) in projection.iter_mut().enumerate() {
        let name = match &*item {
            SelectItem::ExprWithAlias { alias, .. } => alias.value.clone(),
            SelectItem::UnnamedExpr(expr) => planned(expr),
            _ => continue,
        };
        if seen.insert(name.clone()) {
            continue;
        }
        let alias = quoted(&labels::apart(&name, position));
        match item {
            SelectItem::ExprWithAlias { alias: old, .. } => *old = alias,
            SelectItem::UnnamedExpr(expr) => {
                let expr = std::mem::replace(expr, Expr::value(Value::Null));
                *item = SelectItem::ExprWithAlias { expr, alias };
            }
            _ => {}
        }
    }
}

/// The columns that a wildcard stands for, as far as they are known.
fn wildcard(item: &SelectItem, scope: &Scope) -> Vec<String> {
    let relations: Vec<&Relation> = match item {
        SelectItem::Wildcard(_) => scope.relations.iter().collect(),
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
            scope.named(name).into_iter().collect()
        }
        _ => Vec::new(),
    };
    relations
        .iter()
        .filter_map(|relation| relation.columns.clone())
        .flatten()
        .collect()
}

/// What the planner calls an expression, as far as two could have one name.
fn planned(expr: &Expr) -> String {
    match expr {
        Expr::Identifier(ident) => ident.value.clone(),
        Expr::CompoundIdentifier(idents) => idents.last().map(|ident| ident.value.clone()).unwrap_or_default(),
        // It names a cast and parentheses as what is inside.
        Expr::Cast { expr, .. } | Expr::Nested(expr) => planned(expr),
        // It has one name for `count(*)` and `COUNT(*)`.
        expr => without_subqueries(expr).to_string().to_lowercase(),
    }
}

/// An expression with a name for every subquery in it, as the planner has one: that of its first column, and the same for all of
/// which something is only asked.
fn without_subqueries(expr: &Expr) -> Expr {
    let mut expr = expr.clone();
    let word = || Expr::Identifier(Ident::new("subquery"));
    // The visitor never breaks.
    let _ = visit_expressions_mut(&mut expr, |expr| {
        let named = match expr {
            Expr::Subquery(query) => {
                Some(first_column(&query.body).map_or_else(word, |name| Expr::Identifier(Ident::new(name))))
            }
            Expr::Exists { negated: false, .. } => Some(Expr::IsNotNull(Box::new(word()))),
            Expr::Exists { negated: true, .. } => Some(Expr::IsNull(Box::new(word()))),
            Expr::InSubquery { expr, negated, .. } => Some(Expr::InList {
                expr: std::mem::replace(expr, Box::new(word())),
                list: vec![word()],
                negated: *negated,
            }),
            _ => None,
        };
        if let Some(named) = named {
            *expr = named;
        }
        ControlFlow::<()>::Continue(())
    });
    expr
}

/// What the planner calls the first column of a query, as far as it is known.
fn first_column(body: &SetExpr) -> Option<String> {
    match body {
        SetExpr::Select(select) => match select.projection.first()? {
            SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
            SelectItem::UnnamedExpr(expr) => Some(planned(expr)),
            _ => None,
        },
        SetExpr::Query(query) => first_column(&query.body),
        SetExpr::SetOperation { left, .. } => first_column(left),
        _ => None,
    }
}
