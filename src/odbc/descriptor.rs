//! Descriptors: the one place where bindings, parameter types and column descriptions are kept.

pub mod calls;
pub mod header;
pub mod record;
pub mod row;

use std::sync::Arc;

use super::boundary::Call;
use super::convert::Description;
use super::diagnostics::Diagnostic;
use super::sqlstate::SqlState;

pub use header::Header;
pub use record::Record;

/// What a descriptor describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Buffers of the application: an ARD, an APD, or explicit and hence either.
    Application,
    /// Columns of a result: an IRD, computed from their descriptions.
    Row,
    /// Parameters of a statement: an IPD.
    Parameter,
}

/// A descriptor.
#[derive(Clone, Debug)]
pub struct Descriptor {
    /// What it describes.
    pub role: Role,
    /// The fields there are once.
    pub header: Header,
    automatic: bool,
    /// Record 0, that of the bookmark.
    bookmark: Record,
    records: Vec<Record>,
    columns: Option<Arc<[Description]>>,
}

/// A call on a descriptor, with the lock of its group held.
pub struct OnDescriptor<'a> {
    /// The call.
    pub call: Call<'a>,
    /// The descriptor.
    pub descriptor: &'a mut Descriptor,
}

/// The most records of a descriptor: column and parameter numbers are `SQLSMALLINT` in descriptor calls.
pub const MOST_RECORDS: usize = i16::MAX.cast_unsigned() as usize;

impl Descriptor {
    /// One that comes with a statement.
    pub fn automatic(role: Role) -> Self {
        Self {
            role,
            header: Header::default(),
            automatic: true,
            bookmark: Record::default(),
            records: Vec::new(),
            columns: None,
        }
    }

    /// One that an application allocates.
    pub fn explicit() -> Self {
        Self {
            automatic: false,
            ..Self::automatic(Role::Application)
        }
    }

    /// Whether it came with a statement.
    pub fn is_automatic(&self) -> bool {
        self.automatic
    }

    /// The columns an IRD shows; HY007 when its statement is not prepared.
    pub fn columns(&self) -> Result<&Arc<[Description]>, Diagnostic> {
        self.columns.as_ref().ok_or_else(|| {
            let message = "The statement of the descriptor is not prepared, so it has no columns yet.";
            Diagnostic::new(SqlState::NotPrepared, message)
        })
    }

    /// Shows the columns of a statement in its IRD.
    pub fn show_columns(&mut self, columns: Option<Arc<[Description]>>) {
        self.columns = columns;
    }

    /// `SQL_DESC_COUNT`
    pub fn count(&self) -> Result<usize, Diagnostic> {
        match self.role {
            Role::Row => Ok(self.columns()?.len()),
            Role::Application | Role::Parameter => Ok(self.records.len()),
        }
    }

    /// Sets `SQL_DESC_COUNT`: records above it are freed.
    pub fn set_count(&mut self, count: usize) {
        self.records.resize_with(count, Record::default);
    }

    /// The record with this number, from 1; 0 for that of the bookmark.
    pub fn record(&self, number: usize) -> Option<&Record> {
        match number.checked_sub(1) {
            Some(index) => self.records.get(index),
            None => Some(&self.bookmark),
        }
    }

    /// The record of the bookmark.
    pub fn bookmark_mut(&mut self) -> &mut Record {
        &mut self.bookmark
    }

    /// The record with this number, from 1; made when there is none yet. 07009 for a number that cannot be one.
    pub fn record_mut(&mut self, number: usize) -> Result<&mut Record, Diagnostic> {
        let index = number
            .checked_sub(1)
            .filter(|index| *index < MOST_RECORDS)
            .ok_or_else(no_such_record)?;
        if index >= self.records.len() {
            self.set_count(number);
        }
        self.records.get_mut(index).ok_or_else(no_such_record)
    }

    /// The records, in order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Lowers the count to the highest record that is in use, as unbinding the last column does.
    pub fn trim(&mut self) {
        let used = self
            .records
            .iter()
            .rposition(Record::is_bound)
            .map_or(0, |index| index + 1);
        self.records.truncate(used);
    }

    /// Takes over everything of another descriptor but how it was allocated and what it describes.
    fn copy_from(&mut self, source: &Self) -> Result<(), Diagnostic> {
        self.records = match source.role {
            Role::Row => source.columns()?.iter().map(Record::of_column).collect(),
            Role::Application | Role::Parameter => source.records.clone(),
        };
        self.bookmark = source.bookmark.clone();
        self.header = source.header;
        Ok(())
    }
}

/// 07009 for a record number that cannot be one.
fn no_such_record() -> Diagnostic {
    let message = "There is no record with that number; records count from 1.";
    Diagnostic::new(SqlState::DescriptorIndex, message)
}

#[cfg(test)]
mod tests;
