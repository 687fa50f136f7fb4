//! Arrow values into the application's buffers. One converter per bound column per batch.

use std::ops::Range;

use datafusion::arrow::array::ArrayRef;

use crate::odbc::memory::Address;

use super::describe::Description;
use super::outcome::{Failure, Outcome};

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
    /// For `SQL_C_NUMERIC`.
    pub precision: i16,
    /// For `SQL_C_NUMERIC`.
    pub scale: i16,
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
#[derive(Clone, Debug, Default)]
pub struct Progress {}

/// Converts the values of one array to one C type.
#[derive(Debug)]
pub struct Converter {}

impl Converter {
    /// The converter for a column of a batch. `Failure::Restricted` or `Failure::CType` when there is none.
    pub fn new(column: &ArrayRef, description: &Description, target: &Target) -> Result<Self, Failure> {
        let _ = (column, description, target);
        todo!()
    }

    /// The size in bytes of a fixed-size C type, for column-wise strides; the buffer length for text and binary.
    pub fn element_size(c_type: i16, buffer_length: isize) -> isize {
        let _ = (c_type, buffer_length);
        todo!()
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
        let _ = (rows, target, stride, report);
        todo!()
    }

    /// Delivers one value, or the next piece of it (`SQLGetData`).
    pub fn piece(&self, row: usize, target: &Target, progress: &mut Progress) -> Result<Outcome, Failure> {
        let _ = (row, target, progress);
        todo!()
    }
}
