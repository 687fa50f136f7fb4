//! The ODBC face: the standard's functions in C, and the only place where an `Error` becomes a SQLSTATE.

pub mod argument;
pub mod attributes;
pub mod bind;
pub mod boundary;
pub mod cancel;
pub mod catalog;
pub mod connection;
pub mod convert;
pub mod cursor;
pub mod descriptor;
pub mod diagnostics;
pub mod environment;
#[cfg(feature = "exports")]
pub mod exports;
pub mod functions;
pub mod group;
pub mod handles;
pub mod info;
pub mod memory;
pub mod numbers;
pub mod parameters;
pub mod registry;
pub mod sqlstate;
pub mod statement;
pub mod text;
pub mod transaction;
