//! THE table of stored procedures: inputs, result columns, description, body.

/// One procedure. `SQLProcedures`, `SQLProcedureColumns`, the call checker and the manual read this and nothing else.
#[derive(Debug)]
pub struct Procedure {
    /// The name users write, matched without regard to case.
    pub name: &'static str,
    /// One line for people.
    pub description: &'static str,
    /// Inputs in positional order.
    pub inputs: &'static [Input],
    /// Columns of the one result set, all text.
    pub results: &'static [ResultColumn],
}

/// An input of a procedure; all inputs are text.
#[derive(Debug)]
pub struct Input {
    /// Name, matched without regard to case and without a leading `@`.
    pub name: &'static str,
    /// Whether a call without it is refused before any I/O.
    pub required: bool,
    /// Used when the call does not give it.
    pub default: Option<&'static str>,
    /// The only values allowed, when there is such a list.
    pub values: &'static [&'static str],
    /// One line for people.
    pub description: &'static str,
}

/// A column of a procedure's result set.
#[derive(Debug)]
pub struct ResultColumn {
    /// Name.
    pub name: &'static str,
    /// One line for people.
    pub description: &'static str,
}
