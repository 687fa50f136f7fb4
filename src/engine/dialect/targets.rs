//! Which relation UPDATE and DELETE change, where SQL Server names it apart from the tables that choose its rows.

use datafusion::sql::parser::{DFParserBuilder, Statement as DFStatement};
use datafusion::sql::sqlparser::ast::{
    AssignmentTarget, Delete, Expr, FromTable, ObjectName, SelectItem, SetExpr, Statement, TableFactor, TableWithJoins,
    Update, UpdateTableFromKind,
};

use crate::error::{Error, Kind, Result};

use super::scope::{self, quoted};

/// The relation whose rows are changed: in `UPDATE t SET … FROM notes AS t …` and `DELETE FROM t USING notes AS t …` one of
/// those behind it.
pub(super) fn relation(statement: &Statement) -> Option<&TableFactor> {
    let (target, others) = match statement {
        Statement::Update(update) => (&update.table.relation, others(update)),
        Statement::Delete(delete) => (&from(delete).first()?.relation, using(delete)),
        _ => return None,
    };
    let named = name_of(target).and_then(|name| factors(others).find(|other| is_called(other, name)));
    Some(named.unwrap_or(target))
}

/// What the rows of [`relation`] are called in the statement, when that is not the name of their table.
pub(in crate::engine) fn alias(statement: &DFStatement) -> Option<String> {
    let DFStatement::Statement(inner) = statement else {
        return None;
    };
    match relation(inner)? {
        TableFactor::Table { alias, .. } => alias.as_ref().map(|alias| alias.name.value.clone()),
        _ => None,
    }
}

/// The query for the rows that a DELETE takes away: `SELECT 1 FROM … WHERE …`.
///
/// `Kind::Unsupported` where it does not say which table they are of, or has more than FROM, USING and WHERE.
pub(in crate::engine) fn query_of_deleted(statement: &DFStatement) -> Result<DFStatement> {
    let DFStatement::Statement(inner) = statement else {
        return Err(unsupported("This DELETE"));
    };
    let Statement::Delete(delete) = inner.as_ref() else {
        return Err(unsupported("This DELETE"));
    };
    let [target] = from(delete) else {
        return Err(unsupported("DELETE from several tables"));
    };
    let has_more = !target.joins.is_empty()
        || delete.returning.is_some()
        || delete.output.is_some()
        || delete.limit.is_some()
        || !delete.order_by.is_empty();
    if has_more {
        return Err(unsupported("DELETE with anything but FROM, USING and WHERE"));
    }
    let is_apart = relation(inner).is_some_and(|relation| std::ptr::eq(relation, &target.relation));
    let tables = is_apart.then_some(target).into_iter().chain(using(delete)).cloned();
    select(Vec::new(), tables.collect(), delete.selection.clone())
}

/// The query for the new rows of an UPDATE that has a FROM: `SELECT value AS column, … FROM … WHERE …`; none for another
/// statement. `columns` are those of the table.
pub(in crate::engine) fn query_of_updated(statement: &DFStatement, columns: &[String]) -> Result<Option<DFStatement>> {
    let DFStatement::Statement(inner) = statement else {
        return Ok(None);
    };
    let Statement::Update(update) = inner.as_ref() else {
        return Ok(None);
    };
    if update.from.is_none() {
        return Ok(None);
    }
    let Some(target @ TableFactor::Table { name, alias, .. }) = relation(inner) else {
        return Err(unsupported("UPDATE of anything but a table"));
    };
    let qualifier: Vec<_> = match alias {
        Some(alias) => vec![alias.name.clone()],
        None => name.0.iter().filter_map(|part| part.as_ident().cloned()).collect(),
    };
    let mut values: Vec<_> = columns
        .iter()
        .map(|column| Expr::CompoundIdentifier(qualifier.iter().cloned().chain([quoted(column)]).collect()))
        .collect();
    for assignment in &update.assignments {
        let AssignmentTarget::ColumnName(name) = &assignment.target else {
            return Err(unsupported("UPDATE of several columns from one row"));
        };
        let value = assigned_column(name, columns).and_then(|at| values.get_mut(at));
        *value.ok_or_else(|| no_column(name, columns))? = assignment.value.clone();
    }
    let items = values
        .into_iter()
        .zip(columns)
        .map(|(expr, column)| SelectItem::ExprWithAlias {
            expr,
            alias: quoted(column),
        });
    let is_apart = std::ptr::eq(target, &update.table.relation);
    let tables = is_apart
        .then_some(&update.table)
        .into_iter()
        .chain(others(update))
        .cloned();
    select(items.collect(), tables.collect(), update.selection.clone()).map(Some)
}

fn assigned_column(name: &ObjectName, columns: &[String]) -> Option<usize> {
    let parts = scope::parts(name)?;
    let spelled = (0..parts.len()).find_map(|qualifiers| {
        let rest = parts.get(qualifiers..)?.join(".");
        scope::matching(columns.iter().map(String::as_str), &rest)
    })?;
    columns.iter().position(|column| column == spelled)
}

fn no_column(name: &ObjectName, columns: &[String]) -> Error {
    Error::new(
        Kind::ColumnNotFound,
        format!("There is no column {name}; the columns are {}", columns.join(", ")),
    )
}

/// `SELECT items FROM from WHERE selection`; without items it answers rows of nothing in particular.
fn select(items: Vec<SelectItem>, from: Vec<TableWithJoins>, selection: Option<Expr>) -> Result<DFStatement> {
    let parsed = DFParserBuilder::new("SELECT 1")
        .build()
        .and_then(|mut parser| parser.parse_statement());
    let mut query = parsed.map_err(|error| Error::new(Kind::Internal, error.to_string()))?;
    if let DFStatement::Statement(inner) = &mut query
        && let Statement::Query(query) = inner.as_mut()
        && let SetExpr::Select(select) = query.body.as_mut()
    {
        if !items.is_empty() {
            select.projection = items;
        }
        select.from = from;
        select.selection = selection;
    }
    Ok(query)
}

fn unsupported(what: &str) -> Error {
    Error::new(Kind::Unsupported, format!("{what} is not supported"))
}

fn name_of(relation: &TableFactor) -> Option<&ObjectName> {
    match relation {
        TableFactor::Table { name, .. } => Some(name),
        _ => None,
    }
}

/// Whether a statement means this relation by `name`.
fn is_called(relation: &TableFactor, name: &ObjectName) -> bool {
    let TableFactor::Table { name: table, alias, .. } = relation else {
        return false;
    };
    let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
    let (Some(table), Some(name)) = (scope::parts(table), scope::parts(name)) else {
        return false;
    };
    match (alias, name.as_slice()) {
        (Some(alias), [name]) => same(&alias.name.value, name),
        (Some(_), _) => false,
        // The schema may be written in one place and left out in the other.
        (None, _) => table
            .iter()
            .rev()
            .zip(name.iter().rev())
            .all(|(one, other)| same(one, other)),
    }
}

fn from(delete: &Delete) -> &[TableWithJoins] {
    let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
    from
}

fn using(delete: &Delete) -> &[TableWithJoins] {
    delete.using.as_deref().unwrap_or_default()
}

fn others(update: &Update) -> &[TableWithJoins] {
    match &update.from {
        Some(UpdateTableFromKind::BeforeSet(tables) | UpdateTableFromKind::AfterSet(tables)) => tables,
        None => &[],
    }
}

fn factors(tables: &[TableWithJoins]) -> impl Iterator<Item = &TableFactor> {
    tables
        .iter()
        .flat_map(|table| std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation)))
}
