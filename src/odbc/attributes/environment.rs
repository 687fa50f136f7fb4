//! `SQLSetEnvAttr` and `SQLGetEnvAttr`.

use odbc_sys::EnvironmentAttribute as Id;

use crate::odbc::argument::Word;
use crate::odbc::boundary::{Completion, Status};
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::environment::OnEnvironment;
use crate::odbc::host;
use crate::odbc::memory::Address;
use crate::odbc::numbers::attribute::{CP_UTF16, DRIVER_UNICODE_TYPE};
use crate::odbc::numbers::{ODBC2, ODBC3, ODBC3_80};
use crate::odbc::sqlstate::SqlState;

use super::{bad_value, unknown, unsupported};

const VERSION: i32 = Id::OdbcVersion as i32;
const POOLING: i32 = Id::ConnectionPooling as i32;
const CP_MATCH: i32 = Id::CpMatch as i32;
const OUTPUT_NTS: i32 = Id::OutputNts as i32;
/// `SQL_TRUE`
const TRUE: i32 = 1;
/// The highest values of the two pooling attributes: `SQL_CP_DRIVER_AWARE`, `SQL_CP_RELAXED_MATCH`.
const HIGHEST_POOLING: i32 = 3;
const HIGHEST_CP_MATCH: i32 = 1;

/// What pooling driver managers set, kept to be given back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attributes {
    pooling: i32,
    cp_match: i32,
}

/// `SQLSetEnvAttr`.
pub fn set(on: &mut OnEnvironment<'_>, attribute: i32, value: Word) -> Completion {
    let value = value.integer();
    match attribute {
        VERSION if on.state.connections > 0 => {
            let message = "SQL_ATTR_ODBC_VERSION cannot be set while the environment has connections.";
            return Err(Diagnostic::new(SqlState::Sequence, message));
        }
        VERSION => match value {
            ODBC2 | ODBC3 | ODBC3_80 => on.environment.set_version(value),
            other => return Err(bad_value("SQL_ATTR_ODBC_VERSION", other)),
        },
        POOLING => match value {
            0..=HIGHEST_POOLING => on.state.attributes.pooling = value,
            other => return Err(bad_value("SQL_ATTR_CONNECTION_POOLING", other)),
        },
        CP_MATCH => match value {
            0..=HIGHEST_CP_MATCH => on.state.attributes.cp_match = value,
            other => return Err(bad_value("SQL_ATTR_CP_MATCH", other)),
        },
        OUTPUT_NTS => match value {
            TRUE => (),
            0 => return Err(unsupported("SQL_ATTR_OUTPUT_NTS", "SQL_FALSE")),
            other => return Err(bad_value("SQL_ATTR_OUTPUT_NTS", other)),
        },
        other => return Err(unknown(other)),
    }
    Ok(Status::Success)
}

/// `SQLGetEnvAttr`: every attribute is an `SQLINTEGER`.
pub fn get(on: &mut OnEnvironment<'_>, attribute: i32, value: Address, length: Address) -> Completion {
    let number = match attribute {
        VERSION => on.environment.version().unwrap_or(ODBC3),
        POOLING => on.state.attributes.pooling,
        CP_MATCH => on.state.attributes.cp_match,
        OUTPUT_NTS => TRUE,
        DRIVER_UNICODE_TYPE => {
            host::agree_on_utf16();
            CP_UTF16
        }
        other => return Err(unknown(other)),
    };
    value.write(number);
    length.write(4_i32);
    Ok(Status::Success)
}
