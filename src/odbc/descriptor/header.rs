//! The header of a descriptor: rowset size, binding orientation, offsets and status arrays.

use crate::odbc::argument::{Value, Word};
use crate::odbc::attributes::statement::MOST_ROWS;
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::memory::Address;
use crate::odbc::numbers::field;
use crate::odbc::sqlstate::SqlState;

/// The fields there are once in a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// `SQL_DESC_ARRAY_SIZE`
    pub array_size: usize,
    /// `SQL_DESC_ARRAY_STATUS_PTR`
    pub array_status: Address,
    /// `SQL_DESC_BIND_OFFSET_PTR`
    pub bind_offset: Address,
    /// `SQL_DESC_BIND_TYPE`: 0 for column-wise, else the bytes of a row.
    pub bind_type: u32,
    /// `SQL_DESC_ROWS_PROCESSED_PTR`
    pub rows_processed: Address,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            array_size: 1,
            array_status: Address::NULL,
            bind_offset: Address::NULL,
            bind_type: 0,
            rows_processed: Address::NULL,
        }
    }
}

impl Header {
    /// Whether the number is a field of the header.
    pub fn has(field: i16) -> bool {
        Self::default().get(field).is_some()
    }

    /// A field with its width; none when it is no field of the header.
    pub fn get(&self, field: i16) -> Option<Value> {
        Some(match field {
            field::ARRAY_SIZE => Value::Size(self.array_size),
            field::ARRAY_STATUS_PTR => Value::Pointer(self.array_status),
            field::BIND_OFFSET_PTR => Value::Pointer(self.bind_offset),
            field::BIND_TYPE => Value::Unsigned(self.bind_type),
            field::ROWS_PROCESSED_PTR => Value::Pointer(self.rows_processed),
            _ => return None,
        })
    }

    /// Sets a field; answers a warning when another value was taken.
    pub fn set(&mut self, field: i16, value: Word) -> Result<Option<Diagnostic>, Diagnostic> {
        match field {
            field::ARRAY_SIZE => match value.size() {
                0 => {
                    let message = "The size of a rowset or of a set of parameters cannot be 0.";
                    return Err(Diagnostic::new(SqlState::AttributeValue, message));
                }
                size if size > MOST_ROWS => {
                    self.array_size = MOST_ROWS;
                    let message = format!("The size was set to {MOST_ROWS}, the largest there is.");
                    return Ok(Some(Diagnostic::new(SqlState::OptionChanged, message)));
                }
                size => self.array_size = size,
            },
            field::ARRAY_STATUS_PTR => self.array_status = value.0,
            field::BIND_OFFSET_PTR => self.bind_offset = value.0,
            field::BIND_TYPE => self.bind_type = value.unsigned(),
            field::ROWS_PROCESSED_PTR => self.rows_processed = value.0,
            other => {
                let message = format!("{other} is not a field of the header of a descriptor.");
                return Err(Diagnostic::new(SqlState::FieldId, message));
            }
        }
        Ok(None)
    }

    /// Where a buffer is now: the bind offset is read anew for every rowset, and null stays null.
    pub fn moved(&self, address: Address) -> Address {
        address.offset(self.bind_offset.read::<isize>().unwrap_or(0))
    }
}
