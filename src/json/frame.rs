//! Chunks of bytes to records: the elements of a top-level array, the values of NDJSON, or one object.

use crate::error::Result;

/// Cuts a document into records without holding more than the record it is in.
#[derive(Debug, Default)]
pub struct Framer {}

impl Framer {
    /// A framer for the document that errors call `name`.
    pub fn new(name: &str) -> Self {
        let _ = name;
        Self::default()
    }

    /// Takes the next chunk; calls `record` with each record that is now complete. `record` answers false to stop early.
    ///
    /// `Kind::Document` with line and column when the bytes cannot be JSON.
    pub fn push(&mut self, chunk: &[u8], record: &mut dyn FnMut(&[u8]) -> Result<bool>) -> Result<bool> {
        let _ = (chunk, record);
        todo!()
    }

    /// The end of the document. `Kind::Document` when it ends inside a record.
    pub fn finish(&mut self, record: &mut dyn FnMut(&[u8]) -> Result<bool>) -> Result<()> {
        let _ = record;
        todo!()
    }
}
