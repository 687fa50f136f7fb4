//! Records to a table schema: which columns, of which types.

use crate::error::Result;

use super::TableSchema;

/// Learns columns and types from records, over as many documents as are given to it.
#[derive(Debug, Default)]
pub struct Inference {}

impl Inference {
    /// Learns from one record. `Kind::Document` when it is not valid JSON.
    pub fn learn(&mut self, document: &str, record: &[u8]) -> Result<()> {
        let _ = (document, record);
        todo!()
    }

    /// The columns in first-seen order.
    pub fn schema(&self) -> TableSchema {
        todo!()
    }
}
