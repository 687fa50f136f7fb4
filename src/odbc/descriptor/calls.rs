//! `SQLGetDescField`, `SQLSetDescField`, `SQLGetDescRec`, `SQLSetDescRec` and `SQLCopyDesc`.

use std::ffi::c_void;

use crate::odbc::argument::{TextIn, TextOut, Value, Word, negative_length};
use crate::odbc::boundary::{self, Completion, Status};
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::functions::Function;
use crate::odbc::memory::Address;
use crate::odbc::numbers::descriptor::{ALLOC_AUTO, ALLOC_USER};
use crate::odbc::numbers::{code, field};
use crate::odbc::registry::{self, Kind, Token};
use crate::odbc::sqlstate::SqlState;
use crate::odbc::text::Encoding;

use super::{Descriptor, Header, MOST_RECORDS, OnDescriptor, Record, Role, no_such_record, row};

/// `SQLGetDescField`. The length of a text is in bytes.
pub fn field(on: &mut OnDescriptor<'_>, number: i16, id: i16, out: TextOut) -> Completion {
    let descriptor = &*on.descriptor;
    let value = match id {
        field::ALLOC_TYPE => Value::Small(if descriptor.is_automatic() {
            ALLOC_AUTO
        } else {
            ALLOC_USER
        }),
        field::COUNT => Value::Small(i16::try_from(descriptor.count()?).unwrap_or(i16::MAX)),
        id => match descriptor.header.get(id) {
            Some(value) => value,
            None => {
                let number = record_number(number)?;
                if number > descriptor.count()? {
                    return Ok(Status::NoData);
                }
                record_field(descriptor, number, id, on.call.odbc2())?
            }
        },
    };
    value.deliver(&out, on.call.diagnostics)?;
    Ok(Status::Success)
}

fn record_field(descriptor: &Descriptor, number: usize, id: i16, odbc2: bool) -> Result<Value, Diagnostic> {
    let value = match descriptor.role {
        Role::Row => {
            let column = descriptor.columns()?.get(number - 1).ok_or_else(no_such_record)?;
            row::get(column, id, odbc2).filter(|_| !is_odbc2_column(id))
        }
        role => descriptor.record(number).ok_or_else(no_such_record)?.get(role, id),
    };
    value.ok_or_else(|| {
        let message = format!("There is no descriptor field with the number {id} here.");
        Diagnostic::new(SqlState::FieldId, message)
    })
}

/// The `SQL_COLUMN_*` numbers of ODBC 2 that are no descriptor fields.
fn is_odbc2_column(id: i16) -> bool {
    matches!(
        id,
        field::COLUMN_NAME
            | field::COLUMN_LENGTH
            | field::COLUMN_PRECISION
            | field::COLUMN_SCALE
            | field::COLUMN_NULLABLE
    )
}

/// `SQLSetDescField`. The length of a text is in bytes.
pub fn set_field(
    on: &mut OnDescriptor<'_>,
    encoding: Encoding,
    number: i16,
    id: i16,
    value: Word,
    length: i32,
) -> Completion {
    let descriptor = &mut *on.descriptor;
    match id {
        field::ARRAY_STATUS_PTR | field::ROWS_PROCESSED_PTR => {
            descriptor.header.set(id, value)?;
        }
        _ if descriptor.role == Role::Row => return Err(read_only()),
        field::COUNT => {
            let count = usize::try_from(value.small()).map_err(|_| no_such_record())?;
            descriptor.set_count(count.min(MOST_RECORDS));
        }
        id if Header::has(id) => {
            if let Some(warning) = descriptor.header.set(id, value)? {
                on.call.diagnostics.post(warning);
            }
        }
        field::NAME if descriptor.role == Role::Parameter => {
            let name = TextIn::bytes(encoding, value.0, length as isize)
                .read()?
                .unwrap_or_default();
            descriptor.record_mut(record_number(number)?)?.name = name;
        }
        id => {
            let role = descriptor.role;
            let number = record_number(number)?;
            // A field that does not exist must not make a record.
            let mut record = descriptor.record(number).cloned().unwrap_or_default();
            record.set(role, id, value)?;
            *descriptor.record_mut(number)? = record;
        }
    }
    Ok(Status::Success)
}

/// Where `SQLGetDescRec` writes. Each may be null.
#[derive(Clone, Copy, Debug)]
pub struct RecordOut {
    /// `SQL_DESC_NAME`
    pub name: TextOut,
    /// `SQL_DESC_TYPE`
    pub verbose_type: Address,
    /// `SQL_DESC_DATETIME_INTERVAL_CODE`
    pub datetime_code: Address,
    /// `SQL_DESC_OCTET_LENGTH`
    pub octet_length: Address,
    /// `SQL_DESC_PRECISION`
    pub precision: Address,
    /// `SQL_DESC_SCALE`
    pub scale: Address,
    /// `SQL_DESC_NULLABLE`
    pub nullable: Address,
}

/// `SQLGetDescRec`.
pub fn record(on: &mut OnDescriptor<'_>, number: i16, out: &RecordOut) -> Completion {
    let number = record_number(number)?;
    if number > on.descriptor.count()? {
        return Ok(Status::NoData);
    }
    let odbc2 = on.call.odbc2();
    let read = |id| record_field(on.descriptor, number, id, odbc2).ok();
    let fields = [
        (field::TYPE, out.verbose_type),
        (field::DATETIME_INTERVAL_CODE, out.datetime_code),
        (field::OCTET_LENGTH, out.octet_length),
        (field::PRECISION, out.precision),
        (field::SCALE, out.scale),
        (field::NULLABLE, out.nullable),
    ];
    for (id, address) in fields {
        if let Some(value) = read(id) {
            value.write(address, &out.name);
        }
    }
    let name = match read(field::NAME) {
        Some(Value::Text(name)) => name,
        _ => String::new(),
    };
    out.name.deliver(&name, on.call.diagnostics)?;
    Ok(Status::Success)
}

/// What `SQLSetDescRec` sets.
#[derive(Clone, Copy, Debug)]
pub struct RecordIn {
    /// `SQL_DESC_TYPE`
    pub verbose_type: i16,
    /// `SQL_DESC_DATETIME_INTERVAL_CODE`
    pub datetime_code: i16,
    /// `SQL_DESC_OCTET_LENGTH`
    pub octet_length: isize,
    /// `SQL_DESC_PRECISION`
    pub precision: i16,
    /// `SQL_DESC_SCALE`
    pub scale: i16,
    /// `SQL_DESC_DATA_PTR`
    pub data: Address,
    /// `SQL_DESC_OCTET_LENGTH_PTR`
    pub octet_length_ptr: Address,
    /// `SQL_DESC_INDICATOR_PTR`
    pub indicator: Address,
}

/// `SQLSetDescRec`: the fields one after another, the data pointer with its consistency check last.
pub fn set_record(on: &mut OnDescriptor<'_>, number: i16, values: &RecordIn) -> Completion {
    let role = on.descriptor.role;
    if role == Role::Row {
        return Err(read_only());
    }
    let number = record_number(number)?;
    if values.octet_length < 0 {
        return Err(negative_length());
    }
    let word = |number: i16| Word::of(isize::from(number).cast_unsigned());
    let mut record = Record::default();
    record.set(role, field::TYPE, word(values.verbose_type))?;
    if record.datetime_code() != 0 {
        record.set(role, field::DATETIME_INTERVAL_CODE, word(values.datetime_code))?;
    }
    record.octet_length = values.octet_length;
    record.precision = values.precision;
    record.scale = values.scale;
    record.check(role)?;
    if role == Role::Application {
        record.data = values.data;
        record.octet_length_ptr = values.octet_length_ptr;
        record.indicator = values.indicator;
    }
    *on.descriptor.record_mut(number)? = record;
    Ok(Status::Success)
}

/// `SQLCopyDesc`: the source is copied out of its group before the target's is locked, so that two copies that
/// cross each other cannot wait for each other.
pub fn copy(source: *mut c_void, target: *mut c_void) -> i16 {
    let Some(node) = registry::find(Kind::Descriptor, source) else {
        return code::INVALID_HANDLE;
    };
    let Some(group) = node.group() else {
        return code::INVALID_HANDLE;
    };
    let copied = group.lock().descriptors.get(&Token::of(source)).cloned();
    let Some(copied) = copied else {
        return code::INVALID_HANDLE;
    };
    boundary::descriptor(Function::CopyDesc, target, |on| {
        if on.descriptor.role == Role::Row {
            return Err(read_only());
        }
        on.descriptor.copy_from(&copied)?;
        Ok(Status::Success)
    })
}

fn read_only() -> Diagnostic {
    Diagnostic::new(
        SqlState::ReadOnlyDescriptor,
        "The descriptor of a result cannot be changed.",
    )
}

fn record_number(number: i16) -> Result<usize, Diagnostic> {
    usize::try_from(number)
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(no_such_record)
}
