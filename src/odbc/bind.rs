//! Buffers bound to columns and parameters, written as descriptor records; those of columns read.

use super::argument::negative_length;
use super::boundary::{Completion, Status};
use super::convert::Description;
use super::convert::fetch::{Converter, Stride, Target};
use super::descriptor::record::DEFAULT_PRECISION;
use super::descriptor::{Descriptor, Record};
use super::diagnostics::Diagnostic;
use super::memory::Address;
use super::numbers::sql_type as t;
use super::sqlstate::SqlState;
use super::statement::{OnStatement, Which};

/// What `SQLBindCol` binds.
#[derive(Clone, Copy, Debug)]
pub struct ColumnBinding {
    /// The C type.
    pub c_type: i16,
    /// The buffer of the first row; null unbinds.
    pub value: Address,
    /// Its length in bytes.
    pub buffer_length: isize,
    /// Where lengths and NULLs are told.
    pub indicator: Address,
}

/// `SQLBindCol`.
pub fn bind_column(on: &mut OnStatement<'_>, column: u16, binding: &ColumnBinding) -> Completion {
    if column == 0 {
        on.statement.options.bookmarks().check()?;
    }
    let ard = on.descriptor_mut(Which::Ard)?;
    if binding.value.is_null() && binding.indicator.is_null() {
        if column == 0 {
            ard.bookmark_mut().unbind();
        } else if usize::from(column) <= ard.records().len() {
            ard.record_mut(column.into())?.unbind();
            ard.trim();
        }
        return Ok(Status::Success);
    }
    check_c_type(binding.c_type)?;
    if binding.buffer_length < 0 {
        return Err(negative_length());
    }
    let record = match column {
        0 => ard.bookmark_mut(),
        column => ard.record_mut(column.into())?,
    };
    record.bind(binding.c_type, binding.value, binding.buffer_length, binding.indicator);
    Ok(Status::Success)
}

/// What `SQLBindParameter` binds.
#[derive(Clone, Copy, Debug)]
pub struct ParameterBinding {
    /// Input, output or both.
    pub direction: i16,
    /// The C type.
    pub c_type: i16,
    /// The SQL type.
    pub sql_type: i16,
    /// Characters, bytes or digits of the SQL type.
    pub column_size: usize,
    /// Digits after the point; rubbish for texts (DBD::ODBC).
    pub decimal_digits: i16,
    /// The value.
    pub value: Address,
    /// Bytes of the buffer.
    pub buffer_length: isize,
    /// Its length or an indicator.
    pub indicator: Address,
}

/// `SQLBindParameter`.
pub fn bind_parameter(on: &mut OnStatement<'_>, number: u16, binding: &ParameterBinding) -> Completion {
    let mut described = Record::default();
    described.set_parameter_type(binding.direction)?;
    check_c_type(binding.c_type)?;
    if !t::is_sql_type(binding.sql_type) {
        let message = format!("There is no SQL type with the number {}.", binding.sql_type);
        return Err(Diagnostic::new(SqlState::SqlType, message));
    }
    if binding.value.is_null() && binding.indicator.is_null() {
        let message = format!("Parameter {number} has neither a value nor an indicator.");
        return Err(Diagnostic::new(SqlState::NullPointer, message));
    }
    if binding.buffer_length < 0 {
        return Err(negative_length());
    }
    described.set_type(binding.sql_type);
    described.set_size(binding.column_size, binding.decimal_digits);
    described.is_declared = true;
    if matches!(described.concise_type, t::NUMERIC | t::DECIMAL) {
        let scale = 0..=described.precision;
        if !(1..=DEFAULT_PRECISION).contains(&described.precision) || !scale.contains(&described.scale) {
            let message = format!(
                "Parameter {number} cannot have {} digits with {} after the point.",
                binding.column_size, binding.decimal_digits
            );
            return Err(Diagnostic::new(SqlState::Precision, message));
        }
    }

    on.descriptor_mut(Which::Apd)?.record_mut(number.into())?.bind(
        binding.c_type,
        binding.value,
        binding.buffer_length,
        binding.indicator,
    );
    *on.descriptor_mut(Which::Ipd)?.record_mut(number.into())? = described;
    Ok(Status::Success)
}

/// HY003 for a number that is no C type.
pub fn check_c_type(c_type: i16) -> Result<(), Diagnostic> {
    if t::is_c_type(c_type) {
        return Ok(());
    }
    Err(Diagnostic::new(
        SqlState::CType,
        format!("There is no C type with the number {c_type}."),
    ))
}

/// Where the values of a bound column go in a rowset, and how far its rows are apart.
///
/// None when the column has no buffer. The bind offset is applied; the addresses are those of the first row.
pub fn target(ard: &Descriptor, column: usize, description: &Description) -> Option<(Target, Stride)> {
    let record = ard.record(column).filter(|record| !record.data.is_null())?;
    let header = &ard.header;
    let target = Target {
        c_type: record.concise_type,
        value: header.moved(record.data),
        buffer_length: record.octet_length,
        octet_length: header.moved(record.octet_length_ptr),
        indicator: header.moved(record.indicator),
        precision: record.precision,
        scale: record.scale,
        interval_precision: record.interval_precision,
    };
    let stride = match isize::try_from(header.bind_type).unwrap_or(isize::MAX) {
        0 => {
            let c_type = if target.c_type == t::DEFAULT {
                description.default_c_type()
            } else {
                target.c_type
            };
            let value = Converter::element_size(c_type, target.buffer_length);
            Stride {
                value,
                length: isize::try_from(size_of::<odbc_sys::Len>()).unwrap_or_default(),
            }
        }
        row => Stride {
            value: row,
            length: row,
        },
    };
    Some((target, stride))
}

/// The same target, some rows further down.
pub fn below(target: &Target, stride: Stride, rows: usize) -> Target {
    let rows = isize::try_from(rows).unwrap_or(isize::MAX);
    let length = stride.length.saturating_mul(rows);
    Target {
        value: target.value.offset(stride.value.saturating_mul(rows)),
        octet_length: target.octet_length.offset(length),
        indicator: target.indicator.offset(length),
        ..*target
    }
}
