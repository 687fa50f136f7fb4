//! Addition, subtraction and multiplication of whole numbers that are an error when the result does not fit.

use std::any::Any;
use std::sync::Arc;

use datafusion::arrow::compute::kernels::numeric;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable, LogicalPlan, Operator, ReturnFieldArgs, ScalarFunctionArgs,
    ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::optimizer::AnalyzerRule;
use datafusion::physical_expr_common::datum::apply;

/// Replaces the engine's own arithmetic of whole numbers, which wraps around. It comes after the rule that gives both
/// operands one type, and before constants are folded.
#[derive(Debug)]
pub(in crate::engine) struct CheckedArithmetic;

impl AnalyzerRule for CheckedArithmetic {
    fn name(&self) -> &str {
        "checked_arithmetic"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let plan = plan.transform_up_with_subqueries(|plan| {
            let schema = merge_schema(&plan.inputs());
            plan.map_expressions(|expression| expression.transform_up(|expression| Ok(checked(expression, &schema))))
        })?;
        Ok(plan.data)
    }
}

fn checked(expression: Expr, schema: &DFSchema) -> Transformed<Expr> {
    match expression {
        Expr::BinaryExpr(BinaryExpr { left, op, right })
            if matches!(op, Operator::Plus | Operator::Minus | Operator::Multiply) =>
        {
            match (type_of(&left, schema), type_of(&right, schema)) {
                (Some(data_type), Some(other)) if data_type == other && data_type.is_integer() => {
                    let function = ScalarUDF::new_from_impl(Checked::new(op, data_type));
                    Transformed::yes(Expr::ScalarFunction(ScalarFunction::new_udf(
                        Arc::new(function),
                        vec![*left, *right],
                    )))
                }
                _ => Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right })),
            }
        }
        other => Transformed::no(other),
    }
}

/// The type of an operand. A long chain would take the square of its length if each link asked all those before it.
fn type_of(operand: &Expr, schema: &DFSchema) -> Option<DataType> {
    if let Expr::ScalarFunction(call) = operand
        && let Some(known) = (call.func.inner().as_ref() as &dyn Any).downcast_ref::<Checked>()
    {
        return Some(known.data_type.clone());
    }
    operand.get_type(schema).ok()
}

/// `+`, `-` or `*` of two numbers of one type.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Checked {
    operator: Operator,
    data_type: DataType,
    signature: Signature,
}

impl Checked {
    fn new(operator: Operator, data_type: DataType) -> Self {
        let signature = Signature::exact(vec![data_type.clone(), data_type.clone()], Volatility::Immutable);
        Self {
            operator,
            data_type,
            signature,
        }
    }
}

impl ScalarUDFImpl for Checked {
    fn name(&self) -> &str {
        match self.operator {
            Operator::Plus => "plus",
            Operator::Minus => "minus",
            _ => "times",
        }
    }

    /// What the expression it stands for is called: other parts of the plan know the column by that name.
    fn schema_name(&self, operands: &[Expr]) -> Result<String> {
        match operands {
            [left, right] => Ok(format!(
                "{} {} {}",
                left.schema_name(),
                self.operator,
                right.schema_name()
            )),
            _ => Err(wrong_operands()),
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.data_type.clone())
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef> {
        let is_nullable = arguments.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(self.name(), self.data_type.clone(), is_nullable)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [left, right] = arguments.args.as_slice() else {
            return Err(wrong_operands());
        };
        match self.operator {
            Operator::Plus => apply(left, right, numeric::add),
            Operator::Minus => apply(left, right, numeric::sub),
            _ => apply(left, right, numeric::mul),
        }
    }
}

fn wrong_operands() -> DataFusionError {
    DataFusionError::Internal("arithmetic takes two operands".to_owned())
}
