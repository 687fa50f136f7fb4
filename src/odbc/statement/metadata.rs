//! What a statement tells about its columns and parameters.

use std::borrow::Cow;

use crate::odbc::argument::TextOut;
use crate::odbc::boundary::{Completion, Status};
use crate::odbc::convert::Description;
use crate::odbc::cursor::bookmark;
use crate::odbc::descriptor::row;
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::memory::Address;
use crate::odbc::numbers::field;
use crate::odbc::sqlstate::SqlState;

use super::OnStatement;

/// `SQLNumResultCols`.
pub fn num_result_cols(on: &mut OnStatement<'_>, count: Address) -> Completion {
    count.write(i16::try_from(columns(on)?.len()).unwrap_or(i16::MAX));
    Ok(Status::Success)
}

/// Where `SQLDescribeCol` writes. Each may be null.
#[derive(Clone, Copy, Debug)]
pub struct ColumnOut {
    /// The name, its length in characters.
    pub name: TextOut,
    /// The concise type.
    pub data_type: Address,
    /// Characters or digits.
    pub column_size: Address,
    /// Digits after the point.
    pub decimal_digits: Address,
    /// Whether NULL may occur.
    pub nullable: Address,
}

/// `SQLDescribeCol`.
pub fn describe_col(on: &mut OnStatement<'_>, number: u16, out: &ColumnOut) -> Completion {
    let columns = columns(on)?;
    let column = &column(on, &columns, number)?;
    out.data_type.write(row::concise_type(column, on.call.odbc2()));
    out.column_size.write(column.column_size);
    out.decimal_digits.write(column.decimal_digits.unwrap_or(0));
    out.nullable.write(row::nullable(column));
    out.name.deliver(&column.name, on.call.diagnostics)?;
    Ok(Status::Success)
}

/// `SQLColAttribute`: the length of a text is in bytes, a number is an `SQLLEN`.
pub fn col_attribute(on: &mut OnStatement<'_>, number: u16, id: u16, text: TextOut, out: Address) -> Completion {
    let columns = columns(on)?;
    let unknown = || {
        let message = format!("There is no column attribute with the number {id}.");
        Diagnostic::new(SqlState::FieldId, message)
    };
    let id = i16::try_from(id).map_err(|_| unknown())?;
    if matches!(id, field::COUNT | field::COLUMN_COUNT) {
        out.write(isize::try_from(columns.len()).unwrap_or(isize::MAX));
        return Ok(Status::Success);
    }
    let column = &column(on, &columns, number)?;
    let value = row::get(column, id, on.call.odbc2()).ok_or_else(unknown)?;
    match value.as_length() {
        Some(number) => out.write(number),
        None => value.deliver(&text, on.call.diagnostics)?,
    }
    Ok(Status::Success)
}

/// `SQLNumParams`.
pub fn num_params(on: &mut OnStatement<'_>, count: Address) -> Completion {
    let plan = on.statement.plan().ok_or_else(not_prepared)?;
    count.write(i16::try_from(plan.prepared.parameters().len()).unwrap_or(i16::MAX));
    Ok(Status::Success)
}

/// Where `SQLDescribeParam` writes. Each may be null.
#[derive(Clone, Copy, Debug)]
pub struct ParameterOut {
    /// The SQL type.
    pub data_type: Address,
    /// Characters or digits.
    pub column_size: Address,
    /// Digits after the point.
    pub decimal_digits: Address,
    /// Whether NULL may be given.
    pub nullable: Address,
}

/// `SQLDescribeParam`: every parameter that exists is described; as text where the plan does not tell.
pub fn describe_param(on: &mut OnStatement<'_>, number: u16, out: &ParameterOut) -> Completion {
    let plan = on.statement.plan().ok_or_else(not_prepared)?;
    let parameters = plan.prepared.parameters();
    let Some(data_type) = usize::from(number)
        .checked_sub(1)
        .and_then(|index| parameters.get(index))
    else {
        let message = format!(
            "There is no parameter {number}; the statement has {}.",
            parameters.len()
        );
        return Err(Diagnostic::new(SqlState::DescriptorIndex, message));
    };
    let column = plan.prepared.assigned(usize::from(number).saturating_sub(1));
    let described = Description::of_parameter(data_type.as_ref(), column, &on.types());
    out.data_type.write(row::concise_type(&described, on.call.odbc2()));
    out.column_size.write(described.column_size);
    out.decimal_digits.write(described.decimal_digits.unwrap_or(0));
    let nullable = column.map(|_| row::nullable(&described));
    out.nullable.write(nullable.unwrap_or(odbc_sys::Nullability::UNKNOWN.0));
    Ok(Status::Success)
}

fn columns(on: &OnStatement<'_>) -> Result<std::sync::Arc<[Description]>, Diagnostic> {
    on.statement.columns().ok_or_else(not_prepared)
}

/// The column with this number, 0 for the bookmark; 07005 in a result without columns, 07009 for a number that is none.
fn column<'a>(
    on: &OnStatement<'_>,
    columns: &'a [Description],
    number: u16,
) -> Result<Cow<'a, Description>, Diagnostic> {
    if number == 0 {
        on.statement.options.bookmarks().check()?;
        return Ok(Cow::Owned(bookmark::description()));
    }
    if columns.is_empty() {
        return Err(Diagnostic::new(
            SqlState::NoCursorSpecification,
            "The statement has no result columns.",
        ));
    }
    usize::from(number)
        .checked_sub(1)
        .and_then(|index| columns.get(index))
        .map(Cow::Borrowed)
        .ok_or_else(|| {
            let message = format!("There is no column {number}; the result has {}.", columns.len());
            Diagnostic::new(SqlState::DescriptorIndex, message)
        })
}

fn not_prepared() -> Diagnostic {
    Diagnostic::new(SqlState::Sequence, "Prepare or execute a statement first.")
}
