//! Bytes to Arrow. This room knows no source: it is fed chunks of bytes and answers with schemas and batches.

mod cursor;
pub mod decode;
pub mod detect;
mod evidence;
pub mod frame;
pub mod infer;
pub mod listed;
mod malformed;
mod members;
pub mod model;
mod number;
pub mod path;
pub mod schema;
pub mod schema_file;
pub mod select;
mod structure;
mod tables;
mod temporal;
pub mod write;

pub use cursor::{Malformed, Value};
pub use decode::{Decoder, Failure, UnknownColumns};
pub use frame::{Block, Framer};
pub use infer::{Inference, Untaught};
pub use listed::{ColumnList, ListReader, Names, NoRow};
pub use model::{DataModel, Frame, Model, Qualification};
pub use schema::TableSchema;
pub use schema_file::SchemaFile;
pub use tables::{Table, first_free, tables};
