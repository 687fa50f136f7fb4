//! Preparing and executing: `SQLPrepare`, `SQLExecute`, `SQLExecDirect`, `SQLRowCount`.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::engine::{Effect, Rows};
use crate::odbc::argument::TextIn;
use crate::odbc::boundary::{Completion, Status};
use crate::odbc::convert::Description;
use crate::odbc::cursor::Cursor;
use crate::odbc::diagnostics::{Diagnostic, DynamicFunction};
use crate::odbc::memory::Address;
use crate::odbc::numbers::param_status;
use crate::odbc::parameters::{Set, Sets, tell_status};
use crate::odbc::sqlstate::SqlState;

use super::{Execution, OnStatement, Plan, State, Which, descriptor_lost, pieces};

/// `SQLPrepare`: plans at once, so that columns and parameters can be described before execution.
pub fn prepare(on: &mut OnStatement<'_>, sql: TextIn) -> Completion {
    on.no_cursor()?;
    let sql = sql.required()?;
    on.enter(State::Allocated);
    let plan = plan(on, sql)?;
    describe_parameters(on, &plan)?;
    on.enter(State::Prepared(plan));
    Ok(Status::Success)
}

/// `SQLExecute`.
pub fn execute(on: &mut OnStatement<'_>) -> Completion {
    on.no_cursor()?;
    let Some(plan) = on.statement.plan().cloned() else {
        return Err(Diagnostic::new(
            SqlState::Sequence,
            "Prepare a statement before executing it.",
        ));
    };
    begin(on, plan, true)
}

/// `SQLExecDirect`.
pub fn execute_directly(on: &mut OnStatement<'_>, sql: TextIn) -> Completion {
    on.no_cursor()?;
    let sql = sql.required()?;
    on.enter(State::Allocated);
    let plan = plan(on, sql)?;
    begin(on, plan, false)
}

/// `SQLRowCount`.
pub fn row_count(on: &mut OnStatement<'_>, count: Address) -> Completion {
    let Some(rows) = on.statement.row_count() else {
        return Err(Diagnostic::new(
            SqlState::Sequence,
            "Execute a statement before asking for its row count.",
        ));
    };
    count.write(rows);
    Ok(Status::Success)
}

impl OnStatement<'_> {
    /// Opens a cursor over rows that no prepared statement made (catalog functions).
    pub fn open(&mut self, rows: Rows) {
        let types = self.types();
        let columns: Arc<[Description]> = rows
            .schema()
            .fields()
            .iter()
            .map(|field| Description::by(field, &types))
            .collect();
        let cursor = Cursor::new(rows, columns, DynamicFunction::Unknown, self.statement.options.cursor());
        self.enter(State::Open {
            plan: None,
            cursor: Box::new(cursor),
            rest: VecDeque::new(),
        });
    }
}

fn plan(on: &mut OnStatement<'_>, sql: String) -> Result<Plan, Diagnostic> {
    let session = on.session()?;
    let types = *session.types();
    let function = function(&sql);
    // Not the text: a call may carry a verifier or a token.
    tracing::debug!(length = sql.len(), function = function.name(), "statement");
    let braces = on.statement.options.braces();
    let prepared = on.run(session.prepare_with(sql, braces))?;
    let function = prepared.effect().map_or(function, DynamicFunction::from);
    let columns = prepared
        .schema()
        .fields()
        .iter()
        .map(|field| Description::by(field, &types))
        .collect();
    Ok(Plan {
        prepared,
        columns,
        function,
    })
}

/// Reads the parameters and executes, unless values are still to be given.
fn begin(on: &mut OnStatement<'_>, plan: Plan, is_prepared: bool) -> Completion {
    let descriptor = |which| {
        let token = on.statement.descriptor(which);
        on.descriptors.get(&token).ok_or_else(descriptor_lost)
    };
    let (apd, ipd) = (descriptor(Which::Apd)?, descriptor(Which::Ipd)?);
    let sets = Sets::read(apd, ipd, plan.prepared.parameters(), on.call.diagnostics)?;
    if plan.prepared.effect().is_some() && on.call.diagnostics.has_error() {
        // All sets of an array are one change, and one of them cannot be read.
        for set in sets.into_sets() {
            tell_status(ipd, set.position, param_status::DIAG_UNAVAILABLE);
        }
        return Ok(Status::Failed);
    }
    let execution = Execution {
        plan,
        is_prepared,
        sets,
        giving: None,
    };
    pieces::go_on(on, execution)
}

/// Executes a statement whose parameters are all there: the first set now, the others by `SQLMoreResults`.
pub(super) fn run(on: &mut OnStatement<'_>, execution: Execution) -> Completion {
    let Execution {
        plan,
        is_prepared,
        sets,
        ..
    } = execution;
    if plan.prepared.effect().is_some() {
        return change(on, plan, is_prepared, sets.into_sets());
    }
    let mut rest = sets.into_sets();
    let Some(set) = rest.pop_front() else {
        // The application told to ignore every set.
        return Ok(Status::NoData);
    };
    let cursor = start(on, plan.clone(), set)?;
    on.enter(State::Open {
        plan: (is_prepared || !rest.is_empty()).then_some(plan),
        cursor,
        rest,
    });
    Ok(Status::Success)
}

/// Makes a change for all sets of parameters together, so that none of them is left half done.
fn change(on: &mut OnStatement<'_>, plan: Plan, is_prepared: bool, sets: VecDeque<Set>) -> Completion {
    if sets.is_empty() {
        return Ok(Status::NoData);
    }
    let (positions, values): (Vec<_>, Vec<_>) = sets.into_iter().map(|set| (set.position, set.values)).unzip();
    let prepared = plan.prepared.clone();
    let made = on.run(async move { Ok(prepared.change(values).await) })?;
    let done = match made {
        Ok(done) => done,
        Err(failed) => {
            let ipd = on.descriptor(Which::Ipd)?;
            for (set, position) in positions.iter().enumerate() {
                let status = match set == failed.set {
                    true => param_status::ERROR,
                    false => param_status::DIAG_UNAVAILABLE,
                };
                tell_status(ipd, *position, status);
            }
            let position = positions.get(failed.set).copied().unwrap_or_default();
            return Err(Diagnostic::from(failed.error).at_set(position));
        }
    };
    on.connection.dead = false;
    on.call.warn_all(done.warnings);
    let changes_rows = plan.prepared.effect().is_some_and(Effect::is_of_rows);
    let is_without_effect = changes_rows && done.rows == Some(0) && !on.call.odbc2();
    on.enter(State::Changed {
        function: plan.function,
        plan: is_prepared.then_some(plan),
        rows: done.rows.map_or(-1, |rows| isize::try_from(rows).unwrap_or(isize::MAX)),
    });
    Ok(match is_without_effect {
        true => Status::NoData,
        false => Status::Success,
    })
}

/// `SQLMoreResults`: the result of the next set of parameters; without one this ends the cursor.
pub fn more_results(on: &mut OnStatement<'_>) -> Completion {
    let next = match &mut on.statement.state {
        State::Open {
            plan: Some(plan), rest, ..
        } => rest.pop_front().map(|set| (plan.clone(), set, std::mem::take(rest))),
        _ => None,
    };
    on.close()?;
    let Some((plan, set, rest)) = next else {
        return Ok(Status::NoData);
    };
    let cursor = start(on, plan.clone(), set)?;
    on.enter(State::Open {
        plan: Some(plan),
        cursor,
        rest,
    });
    Ok(Status::Success)
}

fn start(on: &mut OnStatement<'_>, plan: Plan, set: Set) -> Result<Box<Cursor>, Diagnostic> {
    let rows = on
        .run(plan.prepared.execute(set.values))
        .map_err(|error| error.at_set(set.position));
    let rows = match rows {
        Ok(rows) => rows,
        Err(error) => {
            tell_status(on.descriptor(Which::Ipd)?, set.position, param_status::ERROR);
            return Err(error);
        }
    };
    on.connection.dead = false;
    on.call.warn_all(rows.warnings());
    let shape = on.statement.options.cursor();
    Ok(Box::new(Cursor::new(rows, plan.columns, plan.function, shape)))
}

/// Describes in the IPD the parameters that the application has not described itself.
fn describe_parameters(on: &mut OnStatement<'_>, plan: &Plan) -> Result<(), Diagnostic> {
    if !on.statement.options.describes_parameters() {
        return Ok(());
    }
    let rules = on.types();
    let ipd = on.descriptor_mut(Which::Ipd)?;
    let types = plan.prepared.parameters();
    if ipd.records().len() > types.len() && !ipd.records().iter().skip(types.len()).any(|record| record.is_declared) {
        ipd.set_count(types.len());
    }
    for (index, data_type) in types.iter().enumerate() {
        let record = ipd.record_mut(index + 1)?;
        if !record.is_declared {
            let described = Description::of_parameter(data_type.as_ref(), plan.prepared.assigned(index), &rules);
            record.set_type(described.sql_type);
            record.set_size(described.column_size, described.decimal_digits.unwrap_or(0));
        }
    }
    Ok(())
}

/// Whether a text is a procedure call, by its first word.
fn function(sql: &str) -> DynamicFunction {
    let text = sql.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '?' | '='));
    let word = text
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    if ["EXEC", "EXECUTE", "CALL"]
        .iter()
        .any(|call| word.eq_ignore_ascii_case(call))
    {
        DynamicFunction::Call
    } else {
        DynamicFunction::SelectCursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_recognised_in_every_spelling() {
        for sql in [
            "EXEC P",
            "  execute P @a=1",
            "CALL P('x')",
            "{call P}",
            "{ ? = call P(?)}",
            "exec\tP",
        ] {
            assert_eq!(function(sql), DynamicFunction::Call, "{sql}");
        }
        for sql in [
            "SELECT 1",
            "WITH exec AS (SELECT 1) SELECT * FROM exec",
            "",
            "SELECT 'call'",
        ] {
            assert_eq!(function(sql), DynamicFunction::SelectCursor, "{sql}");
        }
    }
}
