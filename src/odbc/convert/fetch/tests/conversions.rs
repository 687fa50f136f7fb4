//! Every type into every C type, by block and by piece.

use datafusion::arrow::array::*;

use crate::odbc::convert::c_type::C_TYPES;

use super::*;

#[test]
fn block_and_piece_agree_for_every_pair_of_types() {
    for array in every_array() {
        for (_, numbers) in C_TYPES {
            for c_type in numbers.iter().chain([&c::DEFAULT]) {
                for row in 0..2 {
                    for capacity in [ROOM, 0, 1, 2, 3, 7, 11] {
                        // Fixed types do not look at the buffer length.
                        let fixed = CType::of(*c_type).is_ok_and(|c_type| c_type.size().is_some());
                        let capacity = if fixed || *c_type == c::DEFAULT { ROOM } else { capacity };
                        let block = by_block(&array, row, *c_type, capacity);
                        let piece = by_piece(&array, row, *c_type, capacity);
                        let today = *c_type == c::TIMESTAMP || *c_type == c::ODBC2_TIMESTAMP;
                        if block != piece && !today {
                            panic!(
                                "{} to {c_type}, row {row}, {capacity} bytes:\n{block:?}\n{piece:?}",
                                array.data_type()
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn null_is_said_and_nothing_else_written() {
    for array in every_array() {
        for (c_type, numbers) in C_TYPES {
            let Ok(converter) = converter(&array, numbers[0]) else {
                continue;
            };
            let seen = by_block(&array, 1, numbers[0], ROOM);
            assert_eq!(
                (seen.result, seen.length),
                (Ok(Outcome::Exact), -1),
                "{} {c_type:?}",
                array.data_type()
            );
            assert!(seen.buffer.iter().all(|byte| *byte == GUARD));
            let mut buffers = Buffers::new(ROOM);
            let target = Target {
                indicator: Address::NULL,
                ..buffers.target(numbers[0])
            };
            let result = converter.piece(1, &target, &mut Progress::default());
            assert_eq!(result, Err(Failure::IndicatorRequired));
        }
    }
}

#[test]
fn the_conversions_are_those_of_the_standard() {
    let numeric = [
        c::BIT,
        c::STINYINT,
        c::UTINYINT,
        c::SSHORT,
        c::USHORT,
        c::SLONG,
        c::ULONG,
        c::SBIGINT,
        c::UBIGINT,
        c::FLOAT,
        c::DOUBLE,
        c::NUMERIC,
    ];
    let allowed = |array: &ArrayRef| -> Vec<i16> {
        C_TYPES
            .iter()
            .map(|(_, numbers)| numbers[0])
            .filter(|c_type| converter(array, *c_type).is_ok())
            .collect()
    };
    let bytes = [c::CHAR, c::WCHAR, c::BINARY];
    let with = |more: &[i16]| {
        let all = C_TYPES.iter().map(|(_, numbers)| numbers[0]);
        all.filter(|c_type| bytes.contains(c_type) || more.contains(c_type))
            .collect::<Vec<_>>()
    };
    for array in [
        integer(1),
        double(1.0),
        decimal(1, 0),
        Arc::new(BooleanArray::from(vec![true])) as ArrayRef,
    ] {
        assert_eq!(allowed(&array), with(&numeric));
    }
    assert_eq!(allowed(&text("")).len(), C_TYPES.len());
    assert_eq!(
        allowed(&(Arc::new(BinaryArray::from(vec![&b"x"[..]])) as ArrayRef)),
        with(&[])
    );
    assert_eq!(
        allowed(&(Arc::new(Date32Array::from(vec![1])) as ArrayRef)),
        with(&[c::DATE, c::TIMESTAMP])
    );
    assert_eq!(
        allowed(&(Arc::new(Time32SecondArray::from(vec![1])) as ArrayRef)),
        with(&[c::TIME, c::TIMESTAMP])
    );
    assert_eq!(allowed(&timestamp(1)), with(&[c::DATE, c::TIME, c::TIMESTAMP]));
    assert_eq!(converter(&integer(1), c::DATE).unwrap_err(), Failure::Restricted);
    assert_eq!(converter(&integer(1), 1234).unwrap_err(), Failure::CType);
    // Intervals: exact numbers become those of one field, text any.
    const DAY: i16 = 103;
    const DAY_TO_SECOND: i16 = 110;
    for (array, of_one, of_several) in [
        (text(""), true, true),
        (integer(1), true, false),
        (decimal(1, 0), true, false),
        (double(1.0), false, false),
        (timestamp(1), false, false),
    ] {
        assert_eq!(converter(&array, DAY).is_ok(), of_one);
        assert_eq!(converter(&array, DAY_TO_SECOND).is_ok(), of_several);
    }
}

#[test]
fn numbers_keep_to_the_range_of_the_target() {
    let exact = Outcome::Exact;
    let cut = Outcome::FractionTruncated;
    assert_eq!(as_value::<i8>(&integer(127), c::STINYINT), Ok((127, exact)));
    assert_eq!(as_value::<i8>(&integer(128), c::STINYINT), Err(Failure::OutOfRange));
    assert_eq!(as_value::<u8>(&integer(-1), c::UTINYINT), Err(Failure::OutOfRange));
    assert_eq!(
        as_value::<u64>(&decimal(i128::from(u64::MAX), 0), c::UBIGINT),
        Ok((u64::MAX, exact))
    );
    assert_eq!(
        as_value::<i64>(&decimal(i128::from(u64::MAX), 0), c::SBIGINT),
        Err(Failure::OutOfRange)
    );
    assert_eq!(as_value::<i32>(&double(-1.9), c::SLONG), Ok((-1, cut)));
    assert_eq!(as_value::<i32>(&double(f64::NAN), c::SLONG), Err(Failure::OutOfRange));
    assert_eq!(as_value::<i64>(&double(1e19), c::SBIGINT), Err(Failure::OutOfRange));
    assert_eq!(as_value::<i16>(&decimal(12_345, 2), c::SSHORT), Ok((123, cut)));
    assert_eq!(as_value::<f32>(&double(1e300), c::FLOAT), Err(Failure::OutOfRange));
    assert_eq!(as_value::<f64>(&decimal(11, 1), c::DOUBLE), Ok((1.1, exact)));
    assert_eq!(as_value::<i32>(&text(" 42 "), c::SLONG), Ok((42, exact)));
    assert_eq!(as_value::<i32>(&text("42.5"), c::LONG), Ok((42, cut)));
    assert_eq!(as_value::<i32>(&text("4e9"), c::SLONG), Err(Failure::OutOfRange));
    assert_eq!(as_value::<i32>(&text("forty"), c::SLONG), Err(Failure::BadCharacter));
    assert_eq!(as_value::<f64>(&text("1e3"), c::DOUBLE), Ok((1000.0, exact)));
    assert_eq!(as_value::<f64>(&text("1e999"), c::DOUBLE), Err(Failure::OutOfRange));
}

#[test]
fn bits_are_zero_or_one() {
    for (array, expected) in [
        (integer(0), Ok((0, Outcome::Exact))),
        (integer(1), Ok((1, Outcome::Exact))),
        (integer(2), Err(Failure::OutOfRange)),
        (integer(-1), Err(Failure::OutOfRange)),
        (double(0.5), Ok((0, Outcome::FractionTruncated))),
        (double(1.5), Ok((1, Outcome::FractionTruncated))),
        (double(2.0), Err(Failure::OutOfRange)),
        (double(-0.5), Err(Failure::OutOfRange)),
        (decimal(15, 1), Ok((1, Outcome::FractionTruncated))),
        (text("1"), Ok((1, Outcome::Exact))),
        (text("true"), Err(Failure::BadCharacter)),
    ] {
        assert_eq!(as_value::<u8>(&array, c::BIT), expected, "{array:?}");
    }
}

#[test]
fn text_forms_are_those_of_odbc() {
    assert_eq!(as_text(&(Arc::new(BooleanArray::from(vec![true])) as ArrayRef)), "1");
    assert_eq!(as_text(&integer(i64::MIN)), "-9223372036854775808");
    assert_eq!(as_text(&double(0.1)), "0.1");
    assert_eq!(as_text(&double(1e300)), "1e+300");
    assert_eq!(as_text(&double(f64::NEG_INFINITY)), "-Infinity");
    assert_eq!(as_text(&(Arc::new(Float32Array::from(vec![0.1])) as ArrayRef)), "0.1");
    assert_eq!(as_text(&decimal(-5, 3)), "-0.005");
    assert_eq!(
        as_text(&(Arc::new(Date32Array::from(vec![0])) as ArrayRef)),
        "1970-01-01"
    );
    assert_eq!(
        as_text(&(Arc::new(Time64MicrosecondArray::from(vec![3_723_500_000])) as ArrayRef)),
        "01:02:03.5"
    );
    assert_eq!(as_text(&timestamp(1_709_168_523_250_000)), "2024-02-29 01:02:03.25");
    assert_eq!(as_text(&timestamp(-1_000_000)), "1969-12-31 23:59:59");
    assert_eq!(
        as_text(&(Arc::new(BinaryArray::from(vec![&b"\x00\xFFz"[..]])) as ArrayRef)),
        "00FF7A"
    );
    assert_eq!(
        as_text(&(Arc::new(UInt64Array::from(vec![u64::MAX])) as ArrayRef)),
        u64::MAX.to_string()
    );
}

#[test]
fn dates_and_times_lose_parts_with_a_warning() {
    let date = odbc_sys::Date {
        year: 2024,
        month: 2,
        day: 29,
    };
    let time = odbc_sys::Time {
        hour: 1,
        minute: 2,
        second: 3,
    };
    let moment = timestamp(1_709_168_523_250_000);
    assert_eq!(as_value(&moment, c::DATE), Ok((date, Outcome::FractionTruncated)));
    assert_eq!(as_value(&moment, c::TIME), Ok((time, Outcome::FractionTruncated)));
    let whole = odbc_sys::Timestamp {
        year: 2024,
        month: 2,
        day: 29,
        hour: 1,
        minute: 2,
        second: 3,
        fraction: 250_000_000,
    };
    for c_type in [c::TIMESTAMP, c::ODBC2_TIMESTAMP, c::DEFAULT] {
        assert_eq!(as_value(&moment, c_type), Ok((whole, Outcome::Exact)));
    }
    assert_eq!(
        as_value(&timestamp(1_709_164_800_000_000), c::ODBC2_DATE),
        Ok((date, Outcome::Exact))
    );
    assert_eq!(as_value(&text("2024-02-29"), c::DATE), Ok((date, Outcome::Exact)));
    assert_eq!(
        as_value(&text("2024-02-29T01:02:03Z"), c::DATE),
        Ok((date, Outcome::FractionTruncated))
    );
    assert_eq!(
        as_value::<odbc_sys::Date>(&text("2024-02-30"), c::DATE),
        Err(Failure::BadCharacter)
    );
    assert_eq!(
        as_value::<odbc_sys::Date>(&text("01:02:03"), c::DATE),
        Err(Failure::BadCharacter)
    );
    assert_eq!(as_value(&text("01:02:03"), c::TIME), Ok((time, Outcome::Exact)));
    let years = Arc::new(TimestampSecondArray::from(vec![i64::MAX])) as ArrayRef;
    assert_eq!(
        as_value::<odbc_sys::Timestamp>(&years, c::TIMESTAMP),
        Err(Failure::DatetimeOverflow)
    );
}

#[test]
fn numeric_structures_follow_the_descriptor() {
    let mut buffers = Buffers::new(ROOM);
    let target = Target {
        precision: 6,
        scale: 1,
        ..buffers.target(c::NUMERIC)
    };
    let array = decimal(-12_345, 2);
    let result = converter(&array, c::NUMERIC)
        .unwrap()
        .piece(0, &target, &mut Progress::default());
    assert_eq!(result, Ok(Outcome::FractionTruncated));
    let numeric: odbc_sys::Numeric = Address::of(buffers.data.as_ptr()).read().unwrap();
    assert_eq!(
        (
            numeric.precision,
            numeric.scale,
            numeric.sign,
            numeric.val[..2].to_vec()
        ),
        (6, 1, 0, vec![0xD2, 0x04])
    );
    let narrow = Target {
        precision: 3,
        scale: 1,
        ..target
    };
    let result = converter(&array, c::NUMERIC)
        .unwrap()
        .piece(0, &narrow, &mut Progress::default());
    assert_eq!(result, Err(Failure::OutOfRange));
}

#[test]
fn numbers_and_dates_as_text_lose_only_what_is_behind_the_point() {
    let cut = |array: &ArrayRef, capacity| {
        let seen = by_block(array, 0, c::CHAR, capacity);
        seen.result.map(|outcome| (text_of(&seen, Encoding::Narrow), outcome))
    };
    let number = decimal(12_345, 2);
    assert_eq!(cut(&number, 7), Ok(("123.45".to_owned(), Outcome::Exact)));
    assert_eq!(cut(&number, 6), Ok(("123.4".to_owned(), Outcome::Truncated)));
    assert_eq!(cut(&number, 4), Ok(("123".to_owned(), Outcome::Truncated)));
    assert_eq!(cut(&number, 3), Err(Failure::OutOfRange));
    assert_eq!(cut(&integer(1234), 4), Err(Failure::OutOfRange));
    assert_eq!(cut(&double(1e300), 5), Err(Failure::OutOfRange));
    let moment = timestamp(1_709_168_523_250_000);
    assert_eq!(
        cut(&moment, 20),
        Ok(("2024-02-29 01:02:03".to_owned(), Outcome::Truncated))
    );
    assert_eq!(cut(&moment, 19), Err(Failure::OutOfRange));
}

#[test]
fn blocks_follow_the_strides() {
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    struct Row {
        number: i32,
        length: isize,
        indicator: isize,
    }
    let array: ArrayRef = Arc::new(Int64Array::from(vec![Some(9), Some(1), None, Some(1 << 40), Some(4)]));
    let mut rows = [Row {
        number: -5,
        length: UNTOUCHED,
        indicator: UNTOUCHED,
    }; 4];
    let base = Address::from(rows.as_mut_ptr());
    let target = Target {
        c_type: c::SLONG,
        value: base.forward(std::mem::offset_of!(Row, number)),
        buffer_length: 0,
        octet_length: base.forward(std::mem::offset_of!(Row, length)),
        indicator: base.forward(std::mem::offset_of!(Row, indicator)),
        precision: 0,
        scale: 0,
        interval_precision: 2,
    };
    let stride = Stride {
        value: size_of::<Row>() as isize,
        length: size_of::<Row>() as isize,
    };
    let mut reports = Vec::new();
    let mut report = |position, result| reports.push((position, result));
    converter(&array, c::SLONG)
        .unwrap()
        .block(1..5, &target, stride, &mut report);
    assert_eq!(reports, [(2, Err(Failure::OutOfRange))]);
    let seen = rows.map(|row| (row.number, row.length, row.indicator));
    assert_eq!(
        seen,
        [(1, 4, 0), (-5, UNTOUCHED, -1), (-5, UNTOUCHED, UNTOUCHED), (4, 4, 0)]
    );
}

#[test]
fn where_only_the_length_is_bound_nothing_is_cut() {
    let mut length = UNTOUCHED;
    let address = Address::from(&raw mut length);
    let target = Target {
        c_type: c::CHAR,
        value: Address::NULL,
        buffer_length: 0,
        octet_length: address,
        indicator: address,
        precision: 0,
        scale: 0,
        interval_precision: 2,
    };
    let stride = Stride { value: 0, length: 0 };
    converter(&text("abc"), c::CHAR)
        .unwrap()
        .block(0..1, &target, stride, &mut |_, told| panic!("{told:?}"));
    assert_eq!(length, 3);
}

#[test]
fn element_sizes_are_those_of_the_c_types() {
    assert_eq!(Converter::element_size(c::CHAR, 40), 40);
    assert_eq!(Converter::element_size(c::WCHAR, 40), 40);
    assert_eq!(Converter::element_size(c::SLONG, 0), 4);
    assert_eq!(Converter::element_size(c::NUMERIC, 0), 19);
    assert_eq!(Converter::element_size(c::TIMESTAMP, 99), 16);
}
