//! DataFusion as a small SQL engine: tables over documents, statements, procedures, streams of record batches.

pub mod catalog;
pub mod dialect;
pub mod parameters;
pub mod procedures;
pub mod runtime;
pub mod session;
pub mod statement;
pub mod table;

pub use crate::json::schema::TEXT_LENGTH;
pub use session::{Options, Session};
pub use statement::{Prepared, Rows};
