//! DataFusion as a small SQL engine: tables over documents, statements, procedures, streams of record batches.

mod apply;
mod catalog;
pub mod dialect;
mod errors;
mod file_columns;
mod functions;
mod intervals;
mod inventory;
mod kept;
mod keys;
mod paging;
mod parameters;
mod places;
pub mod procedures;
mod property_entry;
mod query;
mod recollection;
mod rules;
pub mod runtime;
mod sampling;
mod scan;
mod scratch;
pub mod session;
mod shape;
mod standard;
pub mod statement;
mod system_tables;
mod table;
#[cfg(test)]
mod tests;

pub use crate::json::path::JsonPath;
pub use crate::json::schema::TEXT_LENGTH;
pub use crate::json::{DataModel, Model, Qualification};
pub use catalog::DocumentOptions;
pub use dialect::{Effect, View};
pub use file_columns::PseudoColumns;
pub use kept::Kept;
pub use keys::{Key, Reference};
pub use paging::PageValue;
pub use places::Places;
pub use property_entry::PropertyEntry;
pub use rules::Rules;
pub use scratch::change::{Done, Failed};
pub use session::{DECLARED_LENGTH, Options, Session};
pub use standard::{Ability, Described, Standard};
pub use statement::{Prepared, Rows};
