//! Descriptors by themselves: the type triple, sizes, counts, widths.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::odbc::argument::{Value, Word};
use crate::odbc::memory::Address;
use crate::odbc::numbers::{field, sql_type as t};

fn bound() -> Record {
    let mut record = Record::default();
    record.set_type(t::CHAR);
    record.data = Address::of(&0_u8);
    record
}

fn set(record: &mut Record, role: Role, id: i16, value: isize) -> Result<(), SqlState> {
    let value = Word::of(value.cast_unsigned());
    record.set(role, id, value).map_err(|diagnostic| diagnostic.state)
}

#[test]
fn the_type_triple_is_one_type() {
    let mut record = Record::default();
    for (concise, verbose, code) in [
        (t::TYPE_DATE, t::DATETIME, 1),
        (t::TYPE_TIMESTAMP, t::DATETIME, 3),
        (110, t::INTERVAL, 10),
        (t::WCHAR, t::WCHAR, 0),
    ] {
        set(&mut record, Role::Application, field::CONCISE_TYPE, concise.into()).unwrap();
        assert_eq!(
            (record.verbose_type(), record.datetime_code()),
            (verbose, code),
            "{concise}"
        );
    }
    set(&mut record, Role::Application, field::TYPE, t::DATETIME.into()).unwrap();
    set(&mut record, Role::Application, field::DATETIME_INTERVAL_CODE, 2).unwrap();
    assert_eq!(record.concise_type, t::TYPE_TIME);
    let wrong = set(&mut record, Role::Application, field::DATETIME_INTERVAL_CODE, 9);
    assert_eq!(wrong, Err(SqlState::Inconsistent));
}

#[test]
fn odbc_2_date_types_become_odbc_3() {
    let mut record = Record::default();
    for (old, new) in [(9, t::TYPE_DATE), (10, t::TYPE_TIME), (11, t::TYPE_TIMESTAMP)] {
        record.set_type(old);
        assert_eq!(record.concise_type, new);
    }
}

#[test]
fn setting_a_type_sets_its_defaults() {
    let mut record = Record::default();
    record.set_type(t::NUMERIC);
    assert_eq!((record.precision, record.scale), (38, 0));
    record.set_type(t::TYPE_TIMESTAMP);
    assert_eq!(record.precision, 6);
    record.set_type(t::VARCHAR);
    assert_eq!((record.length, record.precision), (1, 0));
}

#[test]
fn digits_of_a_text_are_rubbish_and_forgotten() {
    let mut record = Record::default();
    record.set_type(t::VARCHAR);
    record.set_size(200, 77);
    assert_eq!((record.column_size(), record.decimal_digits()), (200, 0));
    record.set_type(t::DECIMAL);
    record.set_size(10, 2);
    assert_eq!((record.column_size(), record.decimal_digits()), (10, 2));
    record.set_type(t::TYPE_TIMESTAMP);
    record.set_size(23, 3);
    assert_eq!(record.decimal_digits(), 3);
}

#[test]
fn any_field_but_the_buffers_unbinds() {
    for id in [
        field::CONCISE_TYPE,
        field::TYPE,
        field::LENGTH,
        field::OCTET_LENGTH,
        field::PRECISION,
        field::SCALE,
    ] {
        let mut record = bound();
        set(&mut record, Role::Application, id, 4).unwrap();
        assert!(record.data.is_null(), "{id}");
    }
    for id in [field::INDICATOR_PTR, field::OCTET_LENGTH_PTR] {
        let mut record = bound();
        set(&mut record, Role::Application, id, 64).unwrap();
        assert!(!record.data.is_null(), "{id}");
    }
}

#[test]
fn binding_checks_that_the_fields_agree() {
    let mut record = Record::default();
    record.set_type(t::NUMERIC);
    record.precision = 39;
    assert_eq!(
        set(&mut record, Role::Application, field::DATA_PTR, 64),
        Err(SqlState::Inconsistent)
    );
    record.precision = 10;
    assert_eq!(set(&mut record, Role::Application, field::DATA_PTR, 64), Ok(()));
    assert!(record.is_bound());
    // An IPD checks and keeps no buffer.
    record.unbind();
    assert_eq!(set(&mut record, Role::Parameter, field::DATA_PTR, 64), Ok(()));
    assert!(!record.is_bound());
}

#[test]
fn every_field_has_the_width_of_the_standard() {
    let record = bound();
    let small = [
        field::TYPE,
        field::CONCISE_TYPE,
        field::DATETIME_INTERVAL_CODE,
        field::PRECISION,
        field::SCALE,
        field::NULLABLE,
        field::UNNAMED,
        field::UNSIGNED,
        field::FIXED_PREC_SCALE,
        field::PARAMETER_TYPE,
        field::ROWVER,
    ];
    for id in small {
        assert!(matches!(record.get(Role::Parameter, id), Some(Value::Small(_))), "{id}");
    }
    for id in [
        field::CASE_SENSITIVE,
        field::NUM_PREC_RADIX,
        field::DATETIME_INTERVAL_PRECISION,
    ] {
        assert!(
            matches!(record.get(Role::Parameter, id), Some(Value::Integer(_))),
            "{id}"
        );
    }
    assert!(matches!(
        record.get(Role::Application, field::LENGTH),
        Some(Value::Size(_))
    ));
    assert!(matches!(
        record.get(Role::Application, field::OCTET_LENGTH),
        Some(Value::Length(_))
    ));
    for id in [field::DATA_PTR, field::INDICATOR_PTR, field::OCTET_LENGTH_PTR] {
        assert!(
            matches!(record.get(Role::Application, id), Some(Value::Pointer(_))),
            "{id}"
        );
    }
    let header = Header::default();
    assert!(matches!(header.get(field::ARRAY_SIZE), Some(Value::Size(1))));
    assert!(matches!(header.get(field::BIND_TYPE), Some(Value::Unsigned(0))));
    for id in [
        field::ARRAY_STATUS_PTR,
        field::BIND_OFFSET_PTR,
        field::ROWS_PROCESSED_PTR,
    ] {
        assert!(matches!(header.get(id), Some(Value::Pointer(_))), "{id}");
    }
}

#[test]
fn unbinding_the_last_column_lowers_the_count() {
    let mut ard = Descriptor::explicit();
    for number in [1, 3] {
        *ard.record_mut(number).unwrap() = bound();
    }
    assert_eq!(ard.count().unwrap(), 3);
    ard.record_mut(3).unwrap().unbind();
    ard.trim();
    assert_eq!(ard.count().unwrap(), 1);
}

#[test]
fn record_numbers_have_bounds() {
    let mut ard = Descriptor::explicit();
    for number in [0, MOST_RECORDS + 1, usize::MAX] {
        assert_eq!(
            ard.record_mut(number).err().map(|diagnostic| diagnostic.state),
            Some(SqlState::DescriptorIndex)
        );
    }
    assert_eq!(ard.count().unwrap(), 0);
    assert!(ard.record_mut(MOST_RECORDS).is_ok());
}

#[test]
fn an_ird_without_a_statement_is_hy007() {
    let ird = Descriptor::automatic(Role::Row);
    assert_eq!(
        ird.count().err().map(|diagnostic| diagnostic.state),
        Some(SqlState::NotPrepared)
    );
}

#[test]
fn a_copied_ird_becomes_records_of_the_same_types() {
    let mut ird = Descriptor::automatic(Role::Row);
    let field = datafusion::arrow::datatypes::Field::new("born", datafusion::arrow::datatypes::DataType::Date32, true);
    ird.show_columns(Some([Description::of(&field)].into()));
    let mut copy = Descriptor::explicit();
    copy.copy_from(&ird).unwrap();
    let record = copy.record(1).unwrap();
    assert_eq!((record.concise_type, record.name.as_str()), (t::TYPE_DATE, "born"));
    assert!(!copy.is_automatic());
}
