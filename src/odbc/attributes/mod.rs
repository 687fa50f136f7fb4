//! Attributes of environments, connections and statements: tables of number, default and rule.

pub mod connection;
pub mod environment;
pub mod statement;

use super::diagnostics::Diagnostic;
use super::sqlstate::SqlState;

/// HY092 for a number that is no attribute of this kind of handle.
fn unknown(attribute: i32) -> Diagnostic {
    Diagnostic::new(
        SqlState::AttributeId,
        format!("There is no attribute with the number {attribute} here."),
    )
}

/// HY024 for a value that the standard does not have.
fn bad_value(name: &str, value: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::new(SqlState::AttributeValue, format!("{name} cannot be {value}."))
}

/// HYC00 for what the standard has and this driver has not.
fn unsupported(name: &str, value: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::new(
        SqlState::Unsupported,
        format!("This driver does not support {value} for {name}."),
    )
}

/// HY011 for an attribute whose time has passed.
fn too_late(name: &str, when: &str) -> Diagnostic {
    Diagnostic::new(SqlState::CannotSetNow, format!("{name} cannot be set {when}."))
}

/// 01S02 for a value that was replaced.
fn changed(name: &str, asked: impl std::fmt::Display, taken: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::new(
        SqlState::OptionChanged,
        format!("{name} was set to {taken} because {asked} is not supported."),
    )
}
