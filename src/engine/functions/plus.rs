//! `+` of two texts, which joins them in SQL Server.

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
        let is_text = |operand: &Expr| operand.get_type(schema).is_ok_and(|data_type| data_type.is_string());
        let is_null = |operand: &Expr| operand.get_type(schema).is_ok_and(|data_type| data_type.is_null());
        let (left, right) = (&sum.left, &sum.right);
        let are_texts = is_text(left) && (is_text(right) || is_null(right)) || is_null(left) && is_text(right);
        if sum.op != BinaryOperator::Plus || !are_texts {
            return Ok(PlannerResult::Original(sum));
        }
        let joined = BinaryExpr::new(Box::new(sum.left), Operator::StringConcat, Box::new(sum.right));
        Ok(PlannerResult::Planned(Expr::BinaryExpr(joined)))
    }
}
