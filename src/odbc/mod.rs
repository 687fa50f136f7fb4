//! The ODBC face: the standard's functions in C, and the only place where an `Error` becomes a SQLSTATE.

pub mod catalog;
pub mod convert;
pub mod info;
pub mod memory;
pub mod text;
