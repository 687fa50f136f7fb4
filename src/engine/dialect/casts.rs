//! Types of SQL Server in CAST that the engine has by other names.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{DataType, Expr, Statement, VisitMut, VisitorMut};

use super::columns;

/// Spells the types as the engine does. One it has none for stays, for the planner to refuse by its name.
pub(super) fn spell(statement: &mut Statement) {
    let _: ControlFlow<()> = statement.visit(&mut Casts);
}

struct Casts;

impl VisitorMut for Casts {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::Cast { data_type, .. } = expression
            && matches!(
                data_type,
                DataType::Datetime(_) | DataType::Bit(_) | DataType::Custom(..)
            )
            && let Some(known) = columns::engine_type(data_type)
        {
            *data_type = known.0;
        }
        ControlFlow::Continue(())
    }
}
