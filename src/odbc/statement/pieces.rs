//! Parameter values given at execution: `SQLParamData`, `SQLPutData`.

use crate::odbc::boundary::{Completion, Status};
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::memory::Address;
use crate::odbc::parameters::Giving;
use crate::odbc::sqlstate::SqlState;

use super::{Execution, OnStatement, State, execute};

/// Executes when every value is there, and else says that data are needed.
pub(super) fn go_on(on: &mut OnStatement<'_>, execution: Execution) -> Completion {
    if execution.sets.are_whole() {
        return execute::run(on, execution);
    }
    on.enter(State::NeedsData(Box::new(execution)));
    Ok(Status::NeedData)
}

/// `SQLParamData`: takes the value that was given, if one was, and asks for the next or executes.
pub fn param_data(on: &mut OnStatement<'_>, mark: Address) -> Completion {
    let State::NeedsData(execution) = &mut on.statement.state else {
        return Err(nothing_needed());
    };
    if let Some(giving) = &execution.giving {
        giving.check()?;
    }
    // An error from here on ends the execution.
    let State::NeedsData(execution) = std::mem::take(&mut on.statement.state) else {
        return Err(nothing_needed());
    };
    let mut execution = *execution;
    let prepared = execution.is_prepared.then(|| execution.plan.clone());
    on.enter(prepared.map_or(State::Allocated, State::Prepared));
    if let Some(giving) = execution.giving.take() {
        execution.sets.give(giving, execution.plan.prepared.parameters())?;
    }
    let Some(later) = execution.sets.next_later() else {
        return execute::run(on, execution);
    };
    mark.write(later.mark.as_pointer().expose_provenance());
    execution.giving = Some(Giving::of(later));
    on.enter(State::NeedsData(Box::new(execution)));
    Ok(Status::NeedData)
}

/// `SQLPutData`: a piece of the value that `SQLParamData` asked for.
pub fn put_data(on: &mut OnStatement<'_>, data: Address, length: isize) -> Completion {
    let State::NeedsData(execution) = &mut on.statement.state else {
        return Err(nothing_needed());
    };
    let Some(giving) = &mut execution.giving else {
        let message = "Ask with SQLParamData which value is needed first.";
        return Err(Diagnostic::new(SqlState::Sequence, message));
    };
    giving.put(data, length)?;
    Ok(Status::Success)
}

fn nothing_needed() -> Diagnostic {
    let message = "The statement does not wait for a value of a parameter.";
    Diagnostic::new(SqlState::Sequence, message)
}
