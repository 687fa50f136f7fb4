//! Preparing and executing: `SQLPrepare`, `SQLExecute`, `SQLExecDirect`, `SQLRowCount`.

use std::sync::Arc;

use crate::engine::Rows;
use crate::odbc::argument::TextIn;
use crate::odbc::bind;
use crate::odbc::boundary::{Completion, Status};
use crate::odbc::convert::Description;
use crate::odbc::cursor::Cursor;
use crate::odbc::diagnostics::{Diagnostic, DynamicFunction};
use crate::odbc::memory::Address;
use crate::odbc::sqlstate::SqlState;

use super::{OnStatement, Plan, State, Which};

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
    let cursor = start(on, plan.clone())?;
    on.enter(State::Open {
        plan: Some(plan),
        cursor,
    });
    Ok(Status::Success)
}

/// `SQLExecDirect`.
pub fn execute_directly(on: &mut OnStatement<'_>, sql: TextIn) -> Completion {
    on.no_cursor()?;
    let sql = sql.required()?;
    on.enter(State::Allocated);
    let plan = plan(on, sql)?;
    let cursor = start(on, plan)?;
    on.enter(State::Open { plan: None, cursor });
    Ok(Status::Success)
}

/// `SQLRowCount`: how many rows a stream holds is not known, and nothing ever changes any.
pub fn row_count(on: &mut OnStatement<'_>, count: Address) -> Completion {
    if on.statement.cursor().is_none() {
        return Err(Diagnostic::new(
            SqlState::Sequence,
            "Execute a statement before asking for its row count.",
        ));
    }
    count.write(-1_isize);
    Ok(Status::Success)
}

impl OnStatement<'_> {
    /// Opens a cursor over rows that no prepared statement made (catalog functions).
    pub fn open(&mut self, rows: Rows) {
        let columns: Arc<[Description]> = rows
            .schema()
            .fields()
            .iter()
            .map(|field| Description::of(field))
            .collect();
        let cursor = Cursor::new(
            rows,
            columns,
            DynamicFunction::Unknown,
            self.statement.options.max_rows(),
        );
        self.enter(State::Open {
            plan: None,
            cursor: Box::new(cursor),
        });
    }
}

fn plan(on: &mut OnStatement<'_>, sql: String) -> Result<Plan, Diagnostic> {
    let session = on.session()?;
    let function = function(&sql);
    // Not the text: a call may carry a verifier or a token.
    tracing::debug!(length = sql.len(), function = function.name(), "statement");
    let prepared = on.run(session.prepare(sql))?;
    let columns = prepared
        .schema()
        .fields()
        .iter()
        .map(|field| Description::of(field))
        .collect();
    Ok(Plan {
        prepared,
        columns,
        function,
    })
}

fn start(on: &mut OnStatement<'_>, plan: Plan) -> Result<Box<Cursor>, Diagnostic> {
    let apd = on.descriptor(Which::Apd)?;
    let ipd = on.descriptor(Which::Ipd)?;
    let parameters = bind::parameters(apd, ipd, plan.prepared.parameters())?;
    ipd.header.rows_processed.write(1_usize);
    let rows = on.run(plan.prepared.execute(parameters))?;
    on.connection.dead = false;
    on.call.warn_all(rows.warnings());
    let max_rows = on.statement.options.max_rows();
    Ok(Box::new(Cursor::new(rows, plan.columns, plan.function, max_rows)))
}

/// Describes in the IPD the parameters that the application has not described itself.
fn describe_parameters(on: &mut OnStatement<'_>, plan: &Plan) -> Result<(), Diagnostic> {
    if !on.statement.options.describes_parameters() {
        return Ok(());
    }
    let ipd = on.descriptor_mut(Which::Ipd)?;
    let types = plan.prepared.parameters();
    if ipd.records().len() > types.len() && !ipd.records().iter().skip(types.len()).any(|record| record.is_declared) {
        ipd.set_count(types.len());
    }
    for (index, data_type) in types.iter().enumerate() {
        let record = ipd.record_mut(index + 1)?;
        if !record.is_declared {
            let described = Description::of_parameter(data_type.as_ref());
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
