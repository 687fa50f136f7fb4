//! Plans rows that are made of a value in every row: a list beside the row, and then a row for each of its elements.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{Column, DFSchema, NullHandling, UnnestOptions};
use datafusion::error::{DataFusionError, Result};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, ScalarUDF, cast};
use datafusion::sql::sqlparser::ast::{
    CastKind, Expr as SqlExpr, Join, JoinConstraint, JoinOperator, OpenJsonTableColumn, TableFactor, TableWithJoins,
    Value, ValueWithSpan,
};

use crate::error::{Error, Kind};
use crate::json::path::{JsonPath, Step};

use super::dialect::{self, RowSource, Rows};
use super::errors::into_datafusion;
use super::functions::{self, JsonRows, Made};

/// Plans what `dialect` has brought into the form `(before CROSS APPLY rows)`.
#[derive(Debug)]
pub(super) struct AppliedRows;

impl RelationPlanner for AppliedRows {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        if let Some(source) = RowSource::of(&relation) {
            let one_row = LogicalPlanBuilder::empty(true).build()?;
            return planned(apply(one_row, source, NullHandling::Drop, context)?);
        }
        match relation {
            TableFactor::NestedJoin {
                table_with_joins,
                alias: None,
            } => match applied(&table_with_joins) {
                Some((source, join)) => {
                    let (nulls, condition) = kept(&join.join_operator);
                    let before = context.plan(table_with_joins.relation.clone())?;
                    let rows = apply(before, source, nulls, context)?;
                    let Some(condition) = condition else {
                        return planned(rows);
                    };
                    let condition = context.sql_to_expr(condition.clone(), rows.schema())?;
                    planned(LogicalPlanBuilder::from(rows).filter(condition)?.build()?)
                }
                None => Ok(RelationPlanning::Original(Box::new(TableFactor::NestedJoin {
                    table_with_joins,
                    alias: None,
                }))),
            },
            other => Ok(RelationPlanning::Original(Box::new(other))),
        }
    }
}

fn planned(plan: LogicalPlan) -> Result<RelationPlanning> {
    Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, None))))
}

fn applied(table: &TableWithJoins) -> Option<(RowSource, &Join)> {
    match table.joins.as_slice() {
        [join] => Some((RowSource::of(&join.relation)?, join)),
        _ => None,
    }
}

/// What becomes of a row for which there are none, and the condition on those that there are.
fn kept(operator: &JoinOperator) -> (NullHandling, Option<&SqlExpr>) {
    match operator {
        JoinOperator::OuterApply | JoinOperator::Left(_) | JoinOperator::LeftOuter(_) => {
            (NullHandling::PreserveAndExpandEmpty, None)
        }
        JoinOperator::Join(JoinConstraint::On(condition)) | JoinOperator::Inner(JoinConstraint::On(condition)) => {
            (NullHandling::Drop, Some(condition))
        }
        _ => (NullHandling::Drop, None),
    }
}

/// The rows of `source` beside each row of `before`.
fn apply(
    before: LogicalPlan,
    source: RowSource,
    nulls: NullHandling,
    context: &mut dyn RelationPlannerContext,
) -> Result<LogicalPlan> {
    let schema = before.schema().clone();
    let own: Vec<_> = schema.iter().map(Column::from).map(Expr::Column).collect();
    // No name that a user writes has this form, and no other rows of the same FROM have the name.
    let list = format!("rows of {}", source.name);
    let item = Expr::Column(Column::new_unqualified(&list));
    let (rows, values) = match source.rows {
        Rows::Elements(array) => {
            let array = context.sql_to_expr(array, &schema)?;
            match array.get_type(&schema)? {
                DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => (array, vec![item]),
                _ => (rows(Made::Elements, array), vec![get_field(item, "0")]),
            }
        }
        Rows::Pieces(arguments) => {
            let split = context.context_provider().get_function_meta("string_to_array");
            let split = split.ok_or_else(|| DataFusionError::Internal("string_to_array is missing".to_owned()))?;
            let arguments = arguments
                .into_iter()
                .map(|argument| context.sql_to_expr(argument, &schema));
            (split.call(arguments.collect::<Result<_>>()?), vec![item])
        }
        Rows::Entries(json, path) => {
            let made = Made::Entries(row_path(path)?);
            let values = vec![
                get_field(item.clone(), "0"),
                get_field(item.clone(), "1"),
                cast(get_field(item, "2"), DataType::Int32),
            ];
            (rows(made, context.sql_to_expr(json, &schema)?), values)
        }
        Rows::Objects(json, path, columns) => {
            let mut paths = Vec::new();
            let mut values = Vec::new();
            for (at, column) in columns.into_iter().enumerate() {
                paths.push((column_path(&column)?, column.as_json));
                let value = get_field(item.clone(), at.to_string());
                values.push(cast(value, column_type(column, context)?));
            }
            let made = Made::Objects(row_path(path)?, paths);
            (rows(made, context.sql_to_expr(json, &schema)?), values)
        }
    };
    // The engine's plan of a correlated subquery has no place for these rows.
    if rows.exists(|inner| Ok(matches!(inner, Expr::OuterReferenceColumn(..))))? {
        let message = "Rows made of a value in a subquery cannot use a column of the query around it; join them to its table \
                       with CROSS APPLY, and use DISTINCT or IN";
        return Err(into_datafusion(Error::new(Kind::Unsupported, message)));
    }
    let values = values.into_iter().zip(source.columns);
    let values = values.map(|(value, name)| value.alias_qualified(Some(source.name.as_str()), name));
    LogicalPlanBuilder::from(before)
        .project(own.iter().cloned().chain([rows.alias(&list)]))?
        .unnest_column_with_options(
            Column::new_unqualified(&list),
            UnnestOptions::new().with_null_handling(nulls),
        )?
        .project(own.iter().cloned().chain(values))?
        .build()
}

fn rows(made: Made, json: Expr) -> Expr {
    let function = Arc::new(ScalarUDF::new_from_impl(JsonRows::new(made)));
    function.call(vec![cast(json, DataType::Utf8)])
}

/// The path to what the rows are made of; the whole text where none is given.
fn row_path(path: Option<ValueWithSpan>) -> Result<JsonPath> {
    match path.map(|path| path.value) {
        None => Ok(JsonPath::default()),
        Some(Value::SingleQuotedString(path)) => functions::json_path("openjson", &path).map_err(into_datafusion),
        Some(other) => Err(into_datafusion(Error::new(
            Kind::Unsupported,
            format!("The path of OPENJSON is a constant text such as '$.vehicles', and not {other}"),
        ))),
    }
}

/// The path from a row to a column: that of its own, or the member that has its name.
fn column_path(column: &OpenJsonTableColumn) -> Result<JsonPath> {
    match &column.path {
        Some(path) => functions::json_path("openjson", path).map_err(into_datafusion),
        None => Ok(JsonPath {
            steps: vec![Step::Member(column.name.value.as_str().into())],
        }),
    }
}

/// The type of a column, as the planner reads it in a cast.
fn column_type(column: OpenJsonTableColumn, context: &mut dyn RelationPlannerContext) -> Result<DataType> {
    let data_type = match dialect::engine_type(&column.r#type) {
        Some((data_type, _)) => data_type,
        None => column.r#type,
    };
    let nothing = DFSchema::empty();
    let typed = SqlExpr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(SqlExpr::value(Value::Null)),
        data_type,
        array: false,
        format: None,
    };
    context.sql_to_expr(typed, &nothing)?.get_type(&nothing)
}
