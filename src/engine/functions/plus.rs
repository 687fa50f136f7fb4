//! `+` of two texts, which joins them in SQL Server.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator};
use datafusion::sql::sqlparser::ast::BinaryOperator;

/// Plans `+` as `||` where both sides are texts, or one is NULL; the engine itself adds numbers and times only.
#[derive(Debug)]
pub(in crate::engine) struct JoinedTexts;

impl ExprPlanner for JoinedTexts {
    fn plan_binary_op(&self, sum: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        if sum.op != BinaryOperator::Plus {
            return Ok(PlannerResult::Original(sum));
        }
        // The right side first: of a long chain the left one is everything before.
        let are_texts = match data_type(&sum.right, schema) {
            Some(DataType::Null) => data_type(&sum.left, schema).is_some_and(|left| left.is_string()),
            Some(right) if right.is_string() => {
                data_type(&sum.left, schema).is_some_and(|left| left.is_string() || left.is_null())
            }
            _ => false,
        };
        if !are_texts {
            return Ok(PlannerResult::Original(sum));
        }
        let joined = BinaryExpr::new(Box::new(sum.left), Operator::StringConcat, Box::new(sum.right));
        Ok(PlannerResult::Planned(Expr::BinaryExpr(joined)))
    }
}

/// The type of an operand; none for a parameter. What was joined already is a text, without asking all its parts again.
fn data_type(operand: &Expr, schema: &DFSchema) -> Option<DataType> {
    match operand {
        Expr::BinaryExpr(BinaryExpr {
            op: Operator::StringConcat,
            ..
        }) => Some(DataType::Utf8),
        operand => operand.get_type(schema).ok(),
    }
}
