//! Bytes to Arrow. This room knows no source: it is fed chunks of bytes and answers with schemas and batches.

pub mod decode;
pub mod frame;
pub mod infer;
pub mod schema;

pub use decode::Decoder;
pub use frame::Framer;
pub use infer::Inference;
pub use schema::TableSchema;
