//! Which relation UPDATE and DELETE change, where SQL Server names it apart from the tables that choose its rows.

use datafusion::sql::parser::{DFParserBuilder, Statement as DFStatement};
use datafusion::sql::sqlparser::ast::{
    AssignmentTarget, BinaryOperator, Delete, Expr, FromTable, Join, JoinConstraint, JoinOperator, ObjectName,
    SelectItem, SetExpr, Statement, TableFactor, TableWithJoins, Update, UpdateTableFromKind,
};

use crate::error::{Error, Kind, Result};

use super::scope::{self, quoted};

/// `UPDATE t SET … FROM notes AS t JOIN other ON …` to `UPDATE notes AS t SET … FROM other WHERE …`.
///
/// `Kind::Unsupported` for an outer join.
pub(super) fn update_in_front(update: &mut Update) -> Result<()> {
    let Some(UpdateTableFromKind::AfterSet(tables)) = &update.from else {
        return Ok(());
    };
    let Some(name) = name_of(&update.table.relation).filter(|_| update.table.joins.is_empty()) else {
        return Ok(());
    };
    let mut relations: Vec<_> = factors(tables).cloned().collect();
    let target = relations.iter().position(|relation| is_called(relation, name));
    if target.is_none() && tables.len() == 1 {
        return Ok(());
    }
    let mut conditions: Vec<_> = update.selection.take().into_iter().collect();
    for join in tables.iter().flat_map(|table| &table.joins) {
        conditions.extend(condition(&join.join_operator)?.cloned());
    }
    if let Some(target) = target {
        update.table.relation = relations.remove(target);
    }
    let mut relations = relations.into_iter();
    update.from = relations.next().map(|relation| {
        let joins = relations.map(|relation| Join {
            relation,
            global: false,
            join_operator: JoinOperator::CrossJoin(JoinConstraint::None),
        });
        let joins = joins.collect();
        UpdateTableFromKind::AfterSet(vec![TableWithJoins { relation, joins }])
    });
    update.selection = conditions.into_iter().reduce(|all, condition| Expr::BinaryOp {
        left: Box::new(Expr::Nested(Box::new(all))),
        op: BinaryOperator::And,
        right: Box::new(Expr::Nested(Box::new(condition))),
    });
    Ok(())
}

fn condition(operator: &JoinOperator) -> Result<Option<&Expr>> {
    match operator {
        JoinOperator::Join(JoinConstraint::On(condition)) | JoinOperator::Inner(JoinConstraint::On(condition)) => {
            Ok(Some(condition))
        }
        JoinOperator::CrossJoin(JoinConstraint::None) => Ok(None),
        _ => Err(Error::new(
            Kind::Unsupported,
            "UPDATE … FROM takes tables that are joined by JOIN … ON, and no other joins",
        )),
    }
}

/// The relation whose rows are changed.
pub(super) fn relation(statement: &Statement) -> Option<&TableFactor> {
    match statement {
        Statement::Update(update) => Some(&update.table.relation),
        Statement::Delete(delete) => match delete.tables.as_slice() {
            [] => from(delete).first().map(|table| &table.relation),
            [name] => factors(from(delete)).find(|relation| is_called(relation, name)),
            _ => None,
        },
        _ => None,
    }
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
/// `Kind::Unsupported` where it does not say which table they are of, or has more than FROM and WHERE.
pub(in crate::engine) fn query_of_deleted(statement: &DFStatement) -> Result<DFStatement> {
    let DFStatement::Statement(inner) = statement else {
        return Err(unsupported("This DELETE"));
    };
    let Statement::Delete(delete) = inner.as_ref() else {
        return Err(unsupported("This DELETE"));
    };
    if delete.tables.is_empty() && factors(from(delete)).nth(1).is_some() {
        return Err(unsupported(
            "DELETE FROM several tables without the name of one directly after DELETE",
        ));
    }
    let has_more = delete.using.is_some()
        || delete.returning.is_some()
        || delete.output.is_some()
        || delete.limit.is_some()
        || !delete.order_by.is_empty();
    if has_more {
        return Err(unsupported("DELETE with anything but FROM and WHERE"));
    }
    select(Vec::new(), from(delete).to_vec(), delete.selection.clone())
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
    let Some(UpdateTableFromKind::BeforeSet(others) | UpdateTableFromKind::AfterSet(others)) = &update.from else {
        return Ok(None);
    };
    let TableFactor::Table { name, alias, .. } = &update.table.relation else {
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
    let tables = std::iter::once(&update.table).chain(others).cloned();
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

fn factors(tables: &[TableWithJoins]) -> impl Iterator<Item = &TableFactor> {
    tables
        .iter()
        .flat_map(|table| std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation)))
}
