//! What a connection allows its statements, and how it wants what they answer.

use datafusion::logical_expr::{Distinct, LogicalPlan, LogicalPlanBuilder};

use crate::error::{Error, Kind, Result};

use super::errors;
use super::type_rules::TypeRules;

/// The rules of a connection. By default everything is allowed.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// `MaxRows`: the most rows of a query over documents that limits them in no way of its own.
    pub max_rows: Option<usize>,
    /// `Readonly`: whether scratch tables cannot be made or changed.
    pub read_only: bool,
    /// How columns are described.
    pub types: TypeRules,
}

impl Rules {
    /// `Kind::Syntax` when nothing may be changed.
    pub(super) fn allow_change(&self) -> Result<()> {
        match self.read_only {
            false => Ok(()),
            true => Err(Error::new(
                Kind::Syntax,
                "The connection is read-only, because its property Readonly is true: scratch tables cannot be made or \
                 changed. Set Readonly=false to allow it",
            )),
        }
    }

    /// The plan of a query over documents with as many rows as are allowed.
    pub(super) fn limited(&self, plan: LogicalPlan) -> Result<LogicalPlan> {
        match self.max_rows {
            Some(most) if answers_rows_of_documents(&plan) => {
                let limited = LogicalPlanBuilder::from(plan).limit(0, Some(most));
                limited
                    .and_then(LogicalPlanBuilder::build)
                    .map_err(errors::from_datafusion)
            }
            _ => Ok(plan),
        }
    }
}

/// Whether a plan is a query whose outermost SELECT neither aggregates nor has a limit.
fn answers_rows_of_documents(plan: &LogicalPlan) -> bool {
    let mut plan = match plan {
        LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_) => return false,
        LogicalPlan::Limit(limit) if limit.fetch.is_some() => return false,
        LogicalPlan::Limit(offset) => offset.input.as_ref(),
        other => other,
    };
    // What is sorted by more than the columns of the SELECT is planned with them, and without them around it.
    if let LogicalPlan::Projection(outer) = plan
        && let LogicalPlan::Sort(_) = outer.input.as_ref()
    {
        plan = &outer.input;
    }
    if let LogicalPlan::Sort(sort) = plan {
        plan = &sort.input;
    }
    if let LogicalPlan::Distinct(Distinct::All(input)) = plan {
        plan = input;
    }
    if let LogicalPlan::Projection(select) = plan {
        plan = &select.input;
    }
    loop {
        plan = match plan {
            LogicalPlan::Filter(having) => &having.input,
            LogicalPlan::Window(window) => &window.input,
            LogicalPlan::Aggregate(_) => return false,
            _ => return true,
        };
    }
}
