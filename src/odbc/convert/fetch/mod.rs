//! Arrow values into the application's buffers. One converter per bound column per batch.

mod binary;
mod boolean;
mod column;
mod content;
mod date;
mod decimal;
mod float;
mod integer;
mod job;
mod number;
mod text;
mod time;
mod timestamp;

use std::ops::Range;

use datafusion::arrow::array::ArrayRef;

use crate::odbc::memory::Address;

use super::c_type::{self, CType};
use super::describe::Description;
use super::outcome::{Failure, Outcome};
use column::Values;
use job::Job;

/// Where a value goes, as a descriptor record of the ARD says.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Concise C type; `SQL_C_DEFAULT` is resolved by [`Converter::new`].
    pub c_type: i16,
    /// Data buffer of the first row.
    pub value: Address,
    /// Bytes of one value's buffer.
    pub buffer_length: isize,
    /// Where the length goes (`SQL_DESC_OCTET_LENGTH_PTR`), first row.
    pub octet_length: Address,
    /// Where NULL is said (`SQL_DESC_INDICATOR_PTR`), first row; usually the same address.
    pub indicator: Address,
    /// For `SQL_C_NUMERIC`; for intervals, digits of the fraction of a second.
    pub precision: i16,
    /// For `SQL_C_NUMERIC`.
    pub scale: i16,
    /// For intervals: digits of the leading field.
    pub interval_precision: i32,
}

/// How far apart the rows of a rowset are, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Stride {
    /// Between data buffers.
    pub value: isize,
    /// Between lengths and indicators.
    pub length: isize,
}

/// How much of one value `SQLGetData` has delivered.
///
/// A caller starts with the default for another row or another column. A change of the C type in the middle of a value
/// begins the value again.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    c_type: Option<CType>,
    /// Bytes (or hexadecimal digits) of the value that were delivered.
    offset: usize,
    /// Whether more calls can follow, so that a character may begin in one piece and end in the next.
    in_pieces: bool,
    /// The second half of a surrogate pair of which the first is delivered.
    half: Option<u16>,
    /// Bytes of the target that are still to come, once counted.
    remaining: Option<usize>,
    done: bool,
}

impl Progress {
    /// Whether nothing is delivered yet.
    fn is_new(&self) -> bool {
        self.offset == 0 && self.half.is_none()
    }
}

/// Converts the values of one array to one C type.
///
/// Making one is cheap for the types documents have; for the others the whole array is cast, so keep it per batch.
#[derive(Debug)]
pub struct Converter {
    values: Values,
    c_type: CType,
}

impl Converter {
    /// The converter for a column of a batch. `Failure::Restricted` or `Failure::CType` when there is none.
    pub fn new(column: &ArrayRef, description: &Description, target: &Target) -> Result<Self, Failure> {
        let number = match target.c_type {
            c_type::number::DEFAULT => description.default_c_type(),
            number => number,
        };
        let c_type = CType::of(number)?;
        let values = Values::of(column, description)?;
        if !values.converts_to(c_type) {
            return Err(Failure::Restricted);
        }
        Ok(Self { values, c_type })
    }

    /// The size in bytes of a fixed-size C type, for column-wise strides; the buffer length for text and binary.
    pub fn element_size(c_type: i16, buffer_length: isize) -> isize {
        let size = CType::of(c_type).ok().and_then(CType::size);
        size.and_then(|size| isize::try_from(size).ok())
            .unwrap_or(buffer_length)
    }

    /// Delivers the values of `rows` (indices into the array) into consecutive elements of the rowset buffers.
    /// `report` is called with the position in the rowset for every row that is not [`Outcome::Exact`].
    pub fn block(
        &self,
        rows: Range<usize>,
        target: &Target,
        stride: Stride,
        report: &mut dyn FnMut(usize, Result<Outcome, Failure>),
    ) {
        self.run(Job {
            rows,
            target,
            stride,
            progress: None,
            report,
        });
    }

    /// Delivers one value, or the next piece of it (`SQLGetData`).
    pub fn piece(&self, row: usize, target: &Target, progress: &mut Progress) -> Result<Outcome, Failure> {
        if progress.done {
            return Ok(Outcome::NoData);
        }
        if progress.c_type != Some(self.c_type) {
            *progress = Progress {
                c_type: Some(self.c_type),
                in_pieces: true,
                ..Progress::default()
            };
        }
        let mut result = Ok(Outcome::Exact);
        self.run(Job {
            rows: row..row.saturating_add(1),
            target,
            stride: Stride { value: 0, length: 0 },
            progress: Some(progress),
            report: &mut |_, told| result = told,
        });
        result
    }

    fn run(&self, mut job: Job<'_>) {
        job.rows.end = job.rows.end.min(self.values.len());
        let nulls = self.values.nulls.as_ref();
        match &self.values.column {
            column::Kind::Boolean(column) => job.run(column, nulls, self.c_type),
            column::Kind::Integer(column) => job.run(column, nulls, self.c_type),
            column::Kind::Real(column) => job.run(column, nulls, self.c_type),
            column::Kind::Double(column) => job.run(column, nulls, self.c_type),
            column::Kind::Decimal(column) => job.run(column, nulls, self.c_type),
            column::Kind::Text(column) => job.run(column, nulls, self.c_type),
            column::Kind::Binary(column) => job.run(column, nulls, self.c_type),
            column::Kind::Date(column) => job.run(column, nulls, self.c_type),
            column::Kind::Time(column) => job.run(column, nulls, self.c_type),
            column::Kind::Timestamp(column) => job.run(column, nulls, self.c_type),
        }
    }
}

#[cfg(test)]
mod tests;
