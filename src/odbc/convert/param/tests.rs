//! Parameters as programs bind them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::panic
)]

use datafusion::scalar::ScalarValue as S;

use crate::odbc::convert::c_type::number as c;
use crate::odbc::memory::Plain;

use super::*;

/// A binding of a buffer that holds `value`.
struct Bound<T> {
    value: T,
    length: isize,
    parameter: Parameter,
}

impl<T: Plain> Bound<T> {
    fn new(c_type: i16, sql_type: i16, value: T) -> Self {
        let parameter = Parameter {
            c_type,
            sql_type,
            value: Address::NULL,
            buffer_length: 0,
            octet_length: Address::NULL,
            indicator: Address::NULL,
            column_size: 0,
            decimal_digits: 0,
            fraction_digits: 6,
        };
        Self {
            value,
            length: 0,
            parameter,
        }
    }

    fn sized(mut self, column_size: usize, decimal_digits: i16) -> Self {
        (self.parameter.column_size, self.parameter.decimal_digits) = (column_size, decimal_digits);
        self
    }

    fn read(&self, wanted: Option<&DataType>) -> Result<S, Failure> {
        let parameter = Parameter {
            value: Address::of(&raw const self.value),
            ..self.parameter
        };
        read(&parameter, wanted)
    }

    /// With a length or indicator beside the value.
    fn read_with(&mut self, length: isize) -> Result<S, Failure> {
        self.length = length;
        let address = Address::from(&raw mut self.length);
        let value = Address::of(&raw const self.value);
        read(
            &Parameter {
                value,
                octet_length: address,
                indicator: address,
                ..self.parameter
            },
            None,
        )
    }
}

fn text(
    sql_type: i16,
    value: &str,
    column_size: usize,
    decimal_digits: i16,
    wanted: Option<&DataType>,
) -> Result<S, Failure> {
    let narrow: Vec<u8> = value.bytes().chain([0]).collect();
    let wide: Vec<u16> = value.encode_utf16().chain([0]).collect();
    let parameter = |c_type, value| Parameter {
        value,
        ..Bound::new(c_type, sql_type, 0_u8)
            .sized(column_size, decimal_digits)
            .parameter
    };
    let result = read(&parameter(c::CHAR, Address::of(narrow.as_ptr())), wanted);
    assert_eq!(
        result,
        read(&parameter(c::WCHAR, Address::of(wide.as_ptr())), wanted),
        "{value}"
    );
    result
}

fn utf8(text: &str) -> S {
    S::Utf8(Some(text.to_owned()))
}

#[test]
fn every_fixed_c_type_is_read() {
    let int64 = |value: i64| Ok(S::Int64(Some(value)));
    assert_eq!(Bound::new(c::STINYINT, number::BIGINT, -5_i8).read(None), int64(-5));
    assert_eq!(Bound::new(c::UTINYINT, number::BIGINT, 200_u8).read(None), int64(200));
    assert_eq!(Bound::new(c::SHORT, number::BIGINT, -300_i16).read(None), int64(-300));
    assert_eq!(
        Bound::new(c::USHORT, number::BIGINT, 60_000_u16).read(None),
        int64(60_000)
    );
    assert_eq!(
        Bound::new(c::LONG, number::BIGINT, -70_000_i32).read(None),
        int64(-70_000)
    );
    assert_eq!(
        Bound::new(c::ULONG, number::BIGINT, u32::MAX).read(None),
        int64(4_294_967_295)
    );
    assert_eq!(
        Bound::new(c::SBIGINT, number::BIGINT, i64::MIN).read(None),
        int64(i64::MIN)
    );
    assert_eq!(
        Bound::new(c::UBIGINT, number::BIGINT, u64::MAX).read(None),
        Err(Failure::OutOfRange)
    );
    assert_eq!(
        Bound::new(c::FLOAT, number::DOUBLE, 0.1_f32).read(None),
        Ok(S::Float64(Some(0.1)))
    );
    assert_eq!(
        Bound::new(c::DOUBLE, number::REAL, 0.1_f64).read(None),
        Ok(S::Float32(Some(0.1)))
    );
    assert_eq!(
        Bound::new(c::BIT, number::BIT, 1_u8).read(None),
        Ok(S::Boolean(Some(true)))
    );
    assert_eq!(
        Bound::new(c::BIT, number::BIT, 2_u8).read(None),
        Err(Failure::OutOfRange)
    );
    assert_eq!(
        Bound::new(c::DEFAULT, number::INTEGER, 7_i32).read(None),
        Ok(S::Int32(Some(7)))
    );
    assert_eq!(Bound::new(1234, number::INTEGER, 7_i32).read(None), Err(Failure::CType));
    assert_eq!(Bound::new(c::SLONG, 110, 7_i32).read(None), Err(Failure::Restricted));
}

#[test]
fn lengths_and_indicators_are_obeyed() {
    let mut bound = Bound::new(c::SLONG, number::INTEGER, 5_i32);
    assert_eq!(bound.read_with(odbc_sys::NULL_DATA), Ok(S::Int32(None)));
    assert_eq!(bound.read_with(4), Ok(S::Int32(Some(5))));
    for at_execution in [odbc_sys::DATA_AT_EXEC, -100, -5_000] {
        assert_eq!(
            bound.read_with(at_execution),
            Err(Failure::Unsupported),
            "{at_execution}"
        );
    }
    assert_eq!(bound.read_with(-5), Err(Failure::Length));
    let mut bound = Bound::new(c::CHAR, number::VARCHAR, u64::from_ne_bytes(*b"abc\0def\0"));
    assert_eq!(bound.read_with(odbc_sys::NTS), Ok(utf8("abc")));
    assert_eq!(bound.read_with(2), Ok(utf8("ab")));
    assert_eq!(bound.read_with(0), Ok(utf8("")));
    assert_eq!(bound.read_with(7), Ok(utf8("abc\0def")));
    assert_eq!(bound.read_with(-4), Err(Failure::Length));
    let nothing = Bound::new(c::CHAR, number::VARCHAR, 0_u8).parameter;
    assert_eq!(read(&nothing, None), Err(Failure::Length));
}

#[test]
fn a_null_has_the_type_the_plan_wants() {
    let mut length = odbc_sys::NULL_DATA;
    let address = Address::from(&raw mut length);
    let parameter = Parameter {
        octet_length: address,
        indicator: address,
        ..Bound::new(c::CHAR, number::VARCHAR, 0_u8).parameter
    };
    assert_eq!(read(&parameter, None), Ok(S::Utf8(None)));
    assert_eq!(read(&parameter, Some(&DataType::Date32)), Ok(S::Date32(None)));
}

#[test]
fn text_becomes_what_the_binding_says() {
    let date = S::Date32(Some(19_782));
    let micros = |micros| S::TimestampMicrosecond(Some(micros), None);
    for (sql_type, value, expected) in [
        (number::WVARCHAR, "grüße 👩‍🚀", Ok(utf8("grüße 👩‍🚀"))),
        (number::INTEGER, " 12 ", Ok(S::Int32(Some(12)))),
        (number::INTEGER, "12.0", Ok(S::Int32(Some(12)))),
        (number::INTEGER, "12.5", Err(Failure::RightTruncation)),
        (number::INTEGER, "3000000000", Err(Failure::OutOfRange)),
        (number::INTEGER, "twelve", Err(Failure::BadCharacter)),
        (number::INTEGER, "", Err(Failure::BadCharacter)),
        (number::DOUBLE, "1e3", Ok(S::Float64(Some(1000.0)))),
        (number::DOUBLE, "1e999", Err(Failure::OutOfRange)),
        (number::BIT, "1", Ok(S::Boolean(Some(true)))),
        (number::BIT, "2", Err(Failure::OutOfRange)),
        (number::DATE, "2024-02-29", Ok(date.clone())),
        (9, "2024-02-29", Ok(date.clone())),
        (number::DATE, "{d '2024-02-29'}", Ok(date)),
        (number::DATE, "2024-02-30", Err(Failure::DatetimeFormat)),
        (number::DATE, "yesterday", Err(Failure::BadCharacter)),
        (number::DATE, "2024-02-29 01:00:00", Err(Failure::DatetimeOverflow)),
        (
            number::TIME,
            "01:02:03.5",
            Ok(S::Time64Nanosecond(Some(3_723_500_000_000))),
        ),
        (
            number::TIMESTAMP,
            "2024-02-29 01:02:03.25",
            Ok(micros(1_709_168_523_250_000)),
        ),
        (11, "2024-02-29", Ok(micros(1_709_164_800_000_000))),
        (
            number::TIMESTAMP,
            "2024-02-29 01:02:03.000000001",
            Ok(S::TimestampNanosecond(Some(1_709_168_523_000_000_001), None)),
        ),
        (number::VARBINARY, "00fF", Ok(S::Binary(Some(vec![0, 255])))),
        (number::VARBINARY, "0", Err(Failure::BadCharacter)),
    ] {
        assert_eq!(text(sql_type, value, 0, 0, None), expected, "{sql_type} {value}");
    }
}

#[test]
fn text_may_not_be_longer_than_the_binding() {
    assert_eq!(text(number::WVARCHAR, "grüße", 5, 0, None), Ok(utf8("grüße")));
    assert_eq!(
        text(number::WVARCHAR, "grüße", 4, 0, None),
        Err(Failure::RightTruncation)
    );
    assert_eq!(
        text(number::VARBINARY, "0011", 1, 0, None),
        Err(Failure::RightTruncation)
    );
}

#[test]
fn decimals_take_precision_and_scale_of_the_binding() {
    let decimal = |value, precision, scale| Ok(S::Decimal128(Some(value), precision, scale));
    assert_eq!(text(number::DECIMAL, "1.5", 10, 2, None), decimal(150, 10, 2));
    assert_eq!(
        text(number::NUMERIC, "-1.239", 10, 2, None),
        Err(Failure::RightTruncation)
    );
    assert_eq!(text(number::DECIMAL, "12345", 4, 0, None), Err(Failure::OutOfRange));
    assert_eq!(text(number::DECIMAL, "1.25", 0, 0, None), decimal(125, 38, 2));
    assert_eq!(
        Bound::new(c::DOUBLE, number::DECIMAL, 0.1 + 0.2)
            .sized(10, 2)
            .read(None),
        decimal(30, 10, 2)
    );
    let numeric = odbc_sys::Numeric {
        precision: 5,
        scale: 2,
        sign: 0,
        val: 12_345_u128.to_le_bytes(),
    };
    assert_eq!(
        Bound::new(c::NUMERIC, number::NUMERIC, numeric).sized(10, 3).read(None),
        decimal(-123_450, 10, 3)
    );
    assert_eq!(
        Bound::new(c::NUMERIC, number::INTEGER, numeric).read(None),
        Err(Failure::RightTruncation)
    );
    let huge = odbc_sys::Numeric {
        val: [255; 16],
        ..numeric
    };
    assert_eq!(
        Bound::new(c::NUMERIC, number::NUMERIC, huge).read(None),
        Err(Failure::OutOfRange)
    );
}

#[test]
fn date_and_time_structures_are_checked() {
    let date = odbc_sys::Date {
        year: 2024,
        month: 2,
        day: 29,
    };
    let moment = odbc_sys::Timestamp {
        year: 2024,
        month: 2,
        day: 29,
        hour: 1,
        minute: 2,
        second: 3,
        fraction: 250_000_000,
    };
    let time = odbc_sys::Time {
        hour: 1,
        minute: 2,
        second: 3,
    };
    assert_eq!(
        Bound::new(c::DATE, number::DATE, date).read(None),
        Ok(S::Date32(Some(19_782)))
    );
    let micros = Ok(S::TimestampMicrosecond(Some(1_709_168_523_250_000), None));
    assert_eq!(
        Bound::new(c::ODBC2_TIMESTAMP, number::TIMESTAMP, moment).read(None),
        micros
    );
    let nanos = |nanos| Ok(S::Time64Nanosecond(Some(nanos)));
    assert_eq!(
        Bound::new(c::TIME, number::TIME, time).read(None),
        nanos(3_723_000_000_000)
    );
    // pyodbc binds times as timestamps where it wants the fraction.
    assert_eq!(
        Bound::new(c::TIMESTAMP, number::TIME, moment).read(None),
        nanos(3_723_250_000_000)
    );
    assert_eq!(
        Bound::new(c::TIMESTAMP, number::DATE, moment).read(None),
        Err(Failure::DatetimeOverflow)
    );
    assert_eq!(
        Bound::new(c::TIME, number::DATE, time).read(None),
        Err(Failure::Restricted)
    );
    assert_eq!(
        Bound::new(c::DATE, number::INTEGER, date).read(None),
        Err(Failure::Restricted)
    );
    let wrong = odbc_sys::Date { day: 30, ..date };
    assert_eq!(
        Bound::new(c::DATE, number::DATE, wrong).read(None),
        Err(Failure::DatetimeFormat)
    );
    let late = odbc_sys::Time { hour: 25, ..time };
    assert_eq!(
        Bound::new(c::TIME, number::TIME, late).read(None),
        Err(Failure::DatetimeFormat)
    );
}

#[test]
fn other_values_become_text() {
    assert_eq!(Bound::new(c::SLONG, number::VARCHAR, -5_i32).read(None), Ok(utf8("-5")));
    assert_eq!(
        Bound::new(c::DOUBLE, number::VARCHAR, 0.5_f64).read(None),
        Ok(utf8("0.5"))
    );
    let date = odbc_sys::Date {
        year: 2024,
        month: 2,
        day: 29,
    };
    assert_eq!(
        Bound::new(c::DATE, number::WVARCHAR, date).read(None),
        Ok(utf8("2024-02-29"))
    );
    let guid = odbc_sys::Guid {
        d1: 1,
        d2: 2,
        d3: 3,
        d4: [4; 8],
    };
    let expected = utf8("00000001-0002-0003-0404-040404040404");
    assert_eq!(
        Bound::new(c::GUID, number::GUID, guid).sized(16, 0).read(None),
        Ok(expected)
    );
}

#[test]
fn binary_is_bytes_for_binary_types_and_characters_for_text() {
    let mut bytes = Bound::new(c::BINARY, number::VARBINARY, 0x0041_0000_u32.to_be());
    assert_eq!(bytes.read_with(3), Ok(S::Binary(Some(vec![0, 0x41, 0]))));
    let mut wide = Bound::new(c::BINARY, number::WVARCHAR, 0x41_u16);
    assert_eq!(wide.read_with(2), Ok(utf8("A")));
    assert_eq!(wide.read_with(0), Ok(utf8("")));
}

#[test]
fn the_plan_gets_its_type_when_nothing_is_lost() {
    let wants = |value: &str, wanted: DataType| text(number::VARCHAR, value, 0, 0, Some(&wanted)).unwrap();
    assert_eq!(wants("12", DataType::Int64), S::Int64(Some(12)));
    assert_eq!(wants("12", DataType::UInt8), S::UInt8(Some(12)));
    assert_eq!(wants("300", DataType::UInt8), utf8("300"));
    assert_eq!(wants("1.5", DataType::Int64), utf8("1.5"));
    assert_eq!(wants("abc", DataType::Int64), utf8("abc"));
    assert_eq!(wants("abc", DataType::Utf8View), S::Utf8View(Some("abc".to_owned())));
    assert_eq!(wants("2024-02-29", DataType::Date32), S::Date32(Some(19_782)));
    assert_eq!(
        wants("1.10", DataType::Decimal128(10, 2)),
        S::Decimal128(Some(110), 10, 2)
    );
    assert_eq!(wants("1.105", DataType::Decimal128(10, 2)), utf8("1.105"));
    let seconds = DataType::Timestamp(TimeUnit::Second, None);
    assert_eq!(
        wants("2024-02-29 01:02:03", seconds.clone()),
        S::TimestampSecond(Some(1_709_168_523), None)
    );
    assert_eq!(wants("2024-02-29 01:02:03.5", seconds), utf8("2024-02-29 01:02:03.5"));
    let number = Bound::new(c::SLONG, number::INTEGER, 5_i32);
    assert_eq!(number.read(Some(&DataType::Int64)), Ok(S::Int64(Some(5))));
    assert_eq!(number.read(Some(&DataType::Float64)), Ok(S::Float64(Some(5.0))));
    assert_eq!(number.read(Some(&DataType::Date32)), Ok(S::Int32(Some(5))));
}
