//! Bytes to Arrow. This room knows no source: it is fed chunks of bytes and answers with schemas and batches.

mod cursor;
pub mod decode;
mod evidence;
pub mod frame;
pub mod infer;
mod members;
mod number;
pub mod path;
mod plain;
pub mod schema;
pub mod select;
mod temporal;
pub mod write;

pub use cursor::{Malformed, Value};
pub use decode::{Decoder, Failure, UnknownColumns};
pub use frame::{Block, Framer};
pub use infer::Inference;
pub use schema::TableSchema;
