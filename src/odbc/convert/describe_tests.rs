//! Every Arrow type against the table of SQL types.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::string_slice,
    clippy::panic
)]

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{Fields, Int16Type, Int32Type, IntervalUnit};

use crate::odbc::info::type_info;

use super::*;

fn described(data_type: DataType) -> Description {
    Description::of(&Field::new("c", data_type, true))
}

fn measured(key: &str, length: usize) -> Description {
    let metadata = HashMap::from([(key.to_owned(), length.to_string())]);
    Description::of(&Field::new("c", DataType::Utf8, true).with_metadata(metadata))
}

fn every_type() -> Vec<DataType> {
    let item = Arc::new(Field::new("item", DataType::Int64, true));
    vec![
        DataType::Null,
        DataType::Boolean,
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Float16,
        DataType::Float32,
        DataType::Float64,
        DataType::Decimal32(5, 2),
        DataType::Decimal64(12, 4),
        DataType::Decimal128(38, 10),
        DataType::Decimal128(5, -2),
        DataType::Decimal256(76, 10),
        DataType::Date32,
        DataType::Date64,
        DataType::Time32(TimeUnit::Second),
        DataType::Time32(TimeUnit::Millisecond),
        DataType::Time64(TimeUnit::Microsecond),
        DataType::Time64(TimeUnit::Nanosecond),
        DataType::Timestamp(TimeUnit::Second, None),
        DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::Timestamp(TimeUnit::Nanosecond, Some("+00:00".into())),
        DataType::Interval(IntervalUnit::MonthDayNano),
        DataType::Duration(TimeUnit::Second),
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Utf8View,
        DataType::Binary,
        DataType::BinaryView,
        DataType::FixedSizeBinary(16),
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        DataType::List(Arc::clone(&item)),
        DataType::Struct(Fields::from(vec![item])),
    ]
}

#[test]
fn every_description_agrees_with_type_info() {
    let none = TypeRules::default();
    for rules in [
        none,
        TypeRules {
            narrow_text: true,
            long_text: Some(0),
            ..none
        },
        TypeRules {
            long_text: Some(1 << 20),
            bigint: Bigint::Integer,
            ..none
        },
        TypeRules {
            maximum_size: Some(1),
            bigint: Bigint::Text,
            ..none
        },
    ] {
        agree_with_type_info(&rules);
    }
}

fn agree_with_type_info(rules: &TypeRules) {
    for data_type in every_type() {
        let description = Description::by(&Field::new("c", data_type.clone(), true), rules);
        let info = type_info(description.sql_type, false, rules).expect("a known type");
        assert!(info.num_rows() > 0, "{data_type}: no row of SQLGetTypeInfo");
        let small = |name: &str| info.column_by_name(name).unwrap().as_primitive::<Int16Type>();
        let integer = |name: &str| info.column_by_name(name).unwrap().as_primitive::<Int32Type>();
        let text = |name: &str| info.column_by_name(name).unwrap().as_string::<i32>();
        assert_eq!(text("TYPE_NAME").value(0), description.type_name, "{data_type}");
        assert!(description.column_size > 0, "{data_type}: size 0");
        assert!(
            description.column_size <= integer("COLUMN_SIZE").value(0) as usize,
            "{data_type}: larger than its type"
        );
        assert_eq!(
            small("SQL_DATA_TYPE").value(0),
            description.verbose_type(),
            "{data_type}"
        );
        assert_eq!(
            small("CASE_SENSITIVE").value(0) == 1,
            description.is_case_sensitive(),
            "{data_type}"
        );
        assert_eq!(
            small("SEARCHABLE").value(0),
            description.searchable() as i16,
            "{data_type}"
        );
        let code = small("SQL_DATETIME_SUB").iter().next().flatten().unwrap_or(0);
        assert_eq!(code, description.datetime_code(), "{data_type}");
        let radix = integer("NUM_PREC_RADIX").iter().next().flatten().unwrap_or(0);
        assert_eq!(radix, i32::from(description.radix()), "{data_type}");
        if let Some(digits) = description.decimal_digits {
            assert!(
                (0..=small("MAXIMUM_SCALE").value(0)).contains(&digits),
                "{data_type}: scale {digits}"
            );
        }
        assert!(description.display_size >= description.column_size, "{data_type}");
    }
}

#[test]
fn types_are_described_as_programs_expect() {
    let of = |data_type| {
        let d = described(data_type);
        (
            d.sql_type,
            d.column_size,
            d.decimal_digits,
            d.display_size,
            d.octet_length,
        )
    };
    assert_eq!(of(DataType::Boolean), (number::BIT, 1, None, 1, 1));
    assert_eq!(of(DataType::Int64), (number::BIGINT, 19, Some(0), 20, 8));
    assert_eq!(of(DataType::UInt8), (number::SMALLINT, 5, Some(0), 6, 2));
    assert_eq!(of(DataType::UInt64), (number::DECIMAL, 20, Some(0), 22, 22));
    assert_eq!(of(DataType::Float64), (number::DOUBLE, 15, None, 24, 8));
    assert_eq!(of(DataType::Decimal128(10, 2)), (number::DECIMAL, 10, Some(2), 12, 12));
    assert_eq!(of(DataType::Decimal128(5, -2)), (number::DECIMAL, 7, Some(0), 9, 9));
    assert_eq!(of(DataType::Date32), (number::DATE, 10, None, 10, 6));
    assert_eq!(of(DataType::Time32(TimeUnit::Second)), (number::TIME, 8, Some(0), 8, 6));
    assert_eq!(
        of(DataType::Timestamp(TimeUnit::Microsecond, None)),
        (number::TIMESTAMP, 26, Some(6), 26, 16)
    );
    assert_eq!(of(DataType::Null), (number::WVARCHAR, 1, None, 1, 2));
    assert_eq!(
        of(DataType::Utf8),
        (
            number::WVARCHAR,
            UNMEASURED_LENGTH,
            None,
            UNMEASURED_LENGTH,
            2 * UNMEASURED_LENGTH
        )
    );
    assert_eq!(of(DataType::FixedSizeBinary(16)), (number::VARBINARY, 16, None, 32, 16));
}

#[test]
fn text_has_room_beyond_the_sample() {
    for (length, sql_type, column_size) in [
        (0, number::WVARCHAR, 32),
        (10, number::WVARCHAR, 32),
        (20, number::WVARCHAR, 64),
        (255, number::WVARCHAR, 512),
        (3999, number::WVARCHAR, MAX_VARCHAR),
        (4000, number::WVARCHAR, MAX_VARCHAR),
        (4001, number::WLONGVARCHAR, 8192),
        (1_000_000, number::WLONGVARCHAR, 1 << 21),
        (usize::MAX, number::WLONGVARCHAR, MAX_DESCRIBED_LENGTH),
    ] {
        let description = measured(TEXT_LENGTH, length);
        assert_eq!(
            (description.sql_type, description.column_size),
            (sql_type, column_size),
            "{length}"
        );
    }
    assert_eq!(measured(DECLARED_LENGTH, 128).column_size, 128);
}

#[test]
fn odbc_2_has_its_own_numbers_for_dates() {
    assert_eq!(
        [number::DATE, number::TIME, number::TIMESTAMP].map(odbc2_type),
        [9, 10, 11]
    );
    assert_eq!(odbc2_type(number::WVARCHAR), number::WVARCHAR);
    assert_eq!(
        [9, 10, 11].map(types::odbc3_number),
        [number::DATE, number::TIME, number::TIMESTAMP]
    );
}
