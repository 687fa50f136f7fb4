//! Rows made of a value in every row (`CROSS APPLY OPENJSON(…)`, `UNNEST(…)`), each brought into the form the planner takes.
//!
//! `a JOIN b … CROSS APPLY rows` becomes `((a JOIN b …) CROSS APPLY rows)`: a join in parentheses with everything before on
//! its left, and nothing but the rows on its right.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Join, JoinConstraint, JoinOperator, OpenJsonTableColumn, Select, Statement,
    TableAlias, TableFactor, TableWithJoins, Value, ValueWithSpan, VisitMut, VisitorMut,
};

use crate::error::{Error, Kind, Result};

use super::scope;

/// Something in FROM that makes rows of a value.
#[derive(Clone, Debug)]
pub(in crate::engine) struct RowSource {
    /// What may stand before its columns.
    pub(in crate::engine) name: String,
    pub(in crate::engine) columns: Vec<String>,
    /// The columns that hold JSON.
    pub(in crate::engine) nested: Vec<String>,
    pub(in crate::engine) rows: Rows,
}

/// What the rows are.
#[derive(Clone, Debug)]
pub(in crate::engine) enum Rows {
    /// `UNNEST(array)`: its elements.
    Elements(Expr),
    /// `STRING_SPLIT(text, separator)`: the pieces.
    Pieces(Box<[Expr; 2]>),
    /// `OPENJSON(json [, path])`: names and values.
    Entries(Expr, Option<ValueWithSpan>),
    /// `OPENJSON(json [, path]) WITH (…)`: a row for each object.
    Objects(Expr, Option<ValueWithSpan>, Vec<OpenJsonTableColumn>),
}

const ENTRIES: [&str; 3] = ["key", "value", "type"];

impl RowSource {
    /// What `factor` is, if it makes rows of a value.
    pub(in crate::engine) fn of(factor: &TableFactor) -> Option<Self> {
        let (alias, usual, columns, rows) = match factor {
            TableFactor::UNNEST {
                alias,
                array_exprs,
                with_offset: false,
                with_ordinality: false,
                ..
            } => {
                let [array] = array_exprs.as_slice() else { return None };
                let column = alias.as_ref().map_or("unnest", |alias| &alias.name.value);
                let rows = Rows::Elements(array.clone());
                (alias, "unnest", vec![column.to_owned()], rows)
            }
            TableFactor::OpenJsonTable {
                json_expr,
                json_path,
                columns,
                alias,
            } if columns.is_empty() => {
                let rows = Rows::Entries(json_expr.clone(), json_path.clone());
                (alias, "openjson", ENTRIES.map(str::to_owned).to_vec(), rows)
            }
            TableFactor::OpenJsonTable {
                json_expr,
                json_path,
                columns,
                alias,
            } => {
                let names = columns.iter().map(|column| column.name.value.clone());
                let rows = Rows::Objects(json_expr.clone(), json_path.clone(), columns.clone());
                (alias, "openjson", names.collect(), rows)
            }
            TableFactor::Table {
                name,
                alias,
                args: Some(arguments),
                ..
            } => {
                let name = scope::parts(name)?;
                let [text, separator] = arguments.args.as_slice() else {
                    return None;
                };
                let is_split = matches!(name.as_slice(), [name] if name.eq_ignore_ascii_case("string_split"));
                let rows = Rows::Pieces(Box::new([value(text)?, value(separator)?]));
                is_split.then(|| (alias, "string_split", vec!["value".to_owned()], rows))?
            }
            _ => return None,
        };
        let columns = renamed(alias.as_ref(), columns);
        let nested = match &rows {
            Rows::Objects(_, _, defined) => {
                let defined = columns.iter().zip(defined).filter(|(_, column)| column.as_json);
                defined.map(|(name, _)| name.clone()).collect()
            }
            _ => Vec::new(),
        };
        Some(Self {
            name: alias.as_ref().map_or(usual, |alias| &alias.name.value).to_owned(),
            columns,
            nested,
            rows,
        })
    }
}

fn value(argument: &FunctionArg) -> Option<Expr> {
    match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(value.clone()),
        _ => None,
    }
}

/// The columns after `AS t(a, b)` has renamed the first of them.
fn renamed(alias: Option<&TableAlias>, columns: Vec<String>) -> Vec<String> {
    let given = alias.into_iter().flat_map(|alias| &alias.columns);
    let given: Vec<_> = given.map(|column| column.name.value.clone()).collect();
    let kept = columns.into_iter().skip(given.len());
    given.iter().cloned().chain(kept).collect()
}

/// Brings every FROM into the form.
///
/// `Kind::Unsupported` for an `APPLY` of anything else, and for a join that has no such form.
pub(super) fn fold(statement: &mut Statement) -> Result<()> {
    match statement.visit(&mut Folding) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

struct Folding;

impl VisitorMut for Folding {
    type Break = Error;

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Error> {
        match separated(std::mem::take(&mut select.from)) {
            Ok(from) => select.from = from,
            Err(error) => return ControlFlow::Break(error),
        }
        ControlFlow::Continue(())
    }
}

/// A list of tables. Rows made of a value may name every table before them.
fn separated(from: Vec<TableWithJoins>) -> Result<Vec<TableWithJoins>> {
    let mut tables: Vec<TableWithJoins> = Vec::new();
    for table in from {
        let mut before = std::mem::take(&mut tables).into_iter();
        match before.next() {
            Some(first) if RowSource::of(&table.relation).is_some() => {
                // Such a join would keep rows that the tables before the comma have nothing to do with.
                if table.joins.iter().any(|join| keeps_the_right(&join.join_operator)) {
                    return Err(not_applicable());
                }
                let mut all = crossed(first, before);
                all.joins.push(join(table.relation, JoinOperator::CrossApply));
                all.joins.extend(table.joins);
                tables.push(all);
            }
            first => tables.extend(first.into_iter().chain(before).chain([table])),
        }
    }
    tables.into_iter().map(joined).collect()
}

/// A table, or a join in parentheses.
fn factor(table: TableWithJoins) -> TableFactor {
    if table.joins.is_empty() {
        return table.relation;
    }
    TableFactor::NestedJoin {
        table_with_joins: Box::new(table),
        alias: None,
    }
}

fn join(relation: TableFactor, join_operator: JoinOperator) -> Join {
    Join {
        relation,
        global: false,
        join_operator,
    }
}

/// Tables of a list as one.
fn crossed(first: TableWithJoins, others: impl Iterator<Item = TableWithJoins>) -> TableWithJoins {
    let others = others.map(|table| join(factor(table), JoinOperator::CrossJoin(JoinConstraint::None)));
    TableWithJoins {
        relation: factor(first),
        joins: others.collect(),
    }
}

fn joined(table: TableWithJoins) -> Result<TableWithJoins> {
    let mut all = TableWithJoins {
        relation: inside(table.relation)?,
        joins: Vec::new(),
    };
    for written in table.joins {
        let relation = inside(written.relation)?;
        if RowSource::of(&relation).is_none() {
            let (relation, operator) = lateral(relation, written.join_operator)?;
            all.joins.push(Join {
                relation,
                global: written.global,
                join_operator: operator,
            });
            continue;
        }
        if !is_applicable(&written.join_operator) {
            return Err(not_applicable());
        }
        let applied = TableWithJoins {
            relation: factor(all),
            joins: vec![join(relation, written.join_operator)],
        };
        all = TableWithJoins {
            relation: factor(applied),
            joins: Vec::new(),
        };
    }
    Ok(all)
}

fn inside(factor: TableFactor) -> Result<TableFactor> {
    match factor {
        TableFactor::NestedJoin {
            table_with_joins,
            alias,
        } => Ok(TableFactor::NestedJoin {
            table_with_joins: Box::new(joined(*table_with_joins)?),
            alias,
        }),
        TableFactor::JsonTable { .. } => Err(Error::new(
            Kind::Unsupported,
            "JSON_TABLE is not supported; write OPENJSON(json, 'path') WITH (name type 'path', …)",
        )),
        other => Ok(other),
    }
}

fn is_applicable(operator: &JoinOperator) -> bool {
    use JoinConstraint as C;
    use JoinOperator as O;
    match operator {
        O::CrossApply | O::OuterApply | O::CrossJoin(C::None) => true,
        O::Join(constraint) | O::Inner(constraint) => matches!(constraint, C::On(_) | C::None),
        O::Left(C::On(condition)) | O::LeftOuter(C::On(condition)) => is_true(condition),
        _ => false,
    }
}

fn not_applicable() -> Error {
    Error::new(
        Kind::Unsupported,
        "Rows made of a value can be joined by CROSS APPLY, OUTER APPLY, CROSS JOIN, JOIN … ON, and LEFT JOIN … ON TRUE",
    )
}

fn keeps_the_right(operator: &JoinOperator) -> bool {
    use JoinOperator as O;
    matches!(
        operator,
        O::Right(_) | O::RightOuter(_) | O::RightSemi(_) | O::RightAnti(_) | O::FullOuter(_)
    )
}

/// Whether the expression is `TRUE` or `1 = 1`, as people write where a condition is asked for.
fn is_true(condition: &Expr) -> bool {
    match condition {
        Expr::Value(value) => value.value == Value::Boolean(true),
        condition => condition.to_string() == "1 = 1",
    }
}

/// The rows of a subquery for every row: the engine has another word for it.
fn lateral(relation: TableFactor, operator: JoinOperator) -> Result<(TableFactor, JoinOperator)> {
    let operator = match operator {
        JoinOperator::CrossApply => JoinOperator::CrossJoin(JoinConstraint::None),
        JoinOperator::OuterApply => JoinOperator::LeftOuter(JoinConstraint::On(Expr::value(Value::Boolean(true)))),
        other => return Ok((relation, other)),
    };
    match relation {
        TableFactor::Derived {
            subquery,
            alias,
            sample,
            ..
        } => {
            let relation = TableFactor::Derived {
                lateral: true,
                subquery,
                alias,
                sample,
            };
            Ok((relation, operator))
        }
        other => Err(Error::new(
            Kind::Unsupported,
            format!("APPLY takes OPENJSON, JSONTABLE, UNNEST, STRING_SPLIT or a subquery, and not {other}"),
        )),
    }
}
