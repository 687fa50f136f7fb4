//! The loop over rows: one copy of it for every pair of logical type and C type.

use std::ops::Range;

use datafusion::arrow::buffer::NullBuffer;

use crate::odbc::convert::c_type::CType;
use crate::odbc::convert::interval::Digits;
use crate::odbc::convert::outcome::{Failure, Outcome};
use crate::odbc::convert::scratch::Scratch;
use crate::odbc::convert::types::MAX_DIGITS;
use crate::odbc::memory::{Address, Plain};

use super::column::{Column, Converted, Value};
use super::content::Form;
use super::{Progress, Stride, Target};

/// Rows of a column on their way into buffers.
pub(super) struct Job<'a> {
    pub(super) rows: Range<usize>,
    pub(super) target: &'a Target,
    pub(super) stride: Stride,
    /// For `SQLGetData`; a block delivers the beginning of every value.
    pub(super) progress: Option<&'a mut Progress>,
    pub(super) report: &'a mut dyn FnMut(usize, Result<Outcome, Failure>),
}

/// The buffers of one row.
#[derive(Clone, Copy)]
struct Cell {
    value: Address,
    length: Address,
    indicator: Address,
}

impl Job<'_> {
    /// Delivers the rows as `c_type`.
    pub(super) fn run<C: Column>(self, column: &C, nulls: Option<&NullBuffer>, c_type: CType) {
        let (precision, scale) = numeric_form(self.target);
        match c_type {
            CType::Char => self.varying(column, nulls, Form::Narrow),
            CType::WChar => self.varying(column, nulls, Form::Wide),
            CType::Binary => self.varying(column, nulls, Form::Binary),
            CType::Bit => self.fixed(nulls, |row| column.value(row).bit()),
            CType::STinyInt => self.fixed(nulls, |row| column.value(row).integer::<i8>()),
            CType::UTinyInt => self.fixed(nulls, |row| column.value(row).integer::<u8>()),
            CType::SShort => self.fixed(nulls, |row| column.value(row).integer::<i16>()),
            CType::UShort => self.fixed(nulls, |row| column.value(row).integer::<u16>()),
            CType::SLong => self.fixed(nulls, |row| column.value(row).integer::<i32>()),
            CType::ULong => self.fixed(nulls, |row| column.value(row).integer::<u32>()),
            CType::SBigInt => self.fixed(nulls, |row| column.value(row).integer::<i64>()),
            CType::UBigInt => self.fixed(nulls, |row| column.value(row).integer::<u64>()),
            CType::Float => self.fixed(nulls, |row| column.value(row).float()),
            CType::Double => self.fixed(nulls, |row| column.value(row).double()),
            CType::Numeric => self.fixed(nulls, |row| column.value(row).numeric(precision, scale)),
            CType::Date => self.fixed(nulls, |row| column.value(row).date()),
            CType::Time => self.fixed(nulls, |row| column.value(row).time()),
            CType::Timestamp => self.fixed(nulls, |row| column.value(row).timestamp()),
            CType::Guid => self.fixed(nulls, |row| column.value(row).guid()),
            CType::Interval(fields) => {
                let digits = interval_digits(self.target);
                self.fixed(nulls, |row| column.value(row).interval(fields, digits))
            }
        }
    }

    fn fixed<T: Plain>(self, nulls: Option<&NullBuffer>, convert: impl Fn(usize) -> Converted<T>) {
        let Self {
            rows,
            target,
            stride,
            progress,
            report,
        } = self;
        let size = isize::try_from(size_of::<T>()).unwrap_or(0);
        let mut cell = Cell::first(target);
        let mut delivered = true;
        for (position, row) in rows.enumerate() {
            let result = if is_null(nulls, row) {
                cell.null()
            } else {
                convert(row).map(|(value, outcome)| {
                    cell.value.write(value);
                    cell.not_null(size);
                    outcome
                })
            };
            if result != Ok(Outcome::Exact) {
                delivered = result.is_ok();
                report(position, result);
            }
            cell = cell.next(stride);
        }
        if let Some(progress) = progress {
            progress.done = delivered;
        }
    }

    fn varying<C: Column>(self, column: &C, nulls: Option<&NullBuffer>, form: Form) {
        let Self {
            rows,
            target,
            stride,
            mut progress,
            report,
        } = self;
        let capacity = usize::try_from(target.buffer_length).unwrap_or(0);
        let mut scratch = Scratch::new();
        let mut cell = Cell::first(target);
        for (position, row) in rows.enumerate() {
            let result = if is_null(nulls, row) {
                let result = cell.null();
                if let (Ok(_), Some(progress)) = (result, &mut progress) {
                    progress.done = true;
                }
                result
            } else {
                scratch.clear();
                let value = column.value(row);
                let content = match form {
                    Form::Binary => value.bytes(&mut scratch),
                    Form::Narrow | Form::Wide => value.content(&mut scratch),
                };
                let (mut whole, goes_on) = (Progress::default(), progress.is_some());
                let progress = progress.as_deref_mut().unwrap_or(&mut whole);
                content
                    .and_then(|content| content.deliver(form, cell.value, capacity, progress))
                    .map(|delivery| {
                        cell.not_null(isize::try_from(delivery.length).unwrap_or(isize::MAX));
                        // Where only the length is bound there is nothing that could be cut.
                        if cell.value.is_null() && !goes_on {
                            Outcome::Exact
                        } else {
                            delivery.outcome
                        }
                    })
            };
            if result != Ok(Outcome::Exact) {
                report(position, result);
            }
            cell = cell.next(stride);
        }
    }
}

impl Cell {
    fn first(target: &Target) -> Self {
        Self {
            value: target.value,
            length: target.octet_length,
            indicator: target.indicator,
        }
    }

    fn next(self, stride: Stride) -> Self {
        Self {
            value: self.value.offset(stride.value),
            length: self.length.offset(stride.length),
            indicator: self.indicator.offset(stride.length),
        }
    }

    fn null(self) -> Result<Outcome, Failure> {
        if self.indicator.is_null() {
            return Err(Failure::IndicatorRequired);
        }
        self.indicator.write(odbc_sys::NULL_DATA);
        Ok(Outcome::Exact)
    }

    fn not_null(self, length: isize) {
        if self.indicator != self.length {
            self.indicator.write(0_isize);
        }
        self.length.write(length);
    }
}

fn is_null(nulls: Option<&NullBuffer>, row: usize) -> bool {
    nulls.is_some_and(|nulls| nulls.is_null(row))
}

/// Precision and scale of `SQL_C_NUMERIC`; what the application left out or got wrong is 38 digits, none of them
/// behind the point.
fn numeric_form(target: &Target) -> (u8, i8) {
    let most = u8::try_from(MAX_DIGITS).unwrap_or(u8::MAX);
    let precision = u8::try_from(target.precision)
        .ok()
        .filter(|precision| (1..=most).contains(precision));
    (precision.unwrap_or(most), i8::try_from(target.scale).unwrap_or(0))
}

/// Digits of an interval's fields; what the application got wrong is the standard's default.
fn interval_digits(target: &Target) -> Digits {
    Digits {
        leading: u32::try_from(target.interval_precision).unwrap_or(2),
        fraction: u32::try_from(target.precision).unwrap_or(6),
    }
}
