//! Buffers of an application, and arrays of every type, for the tests of conversions.

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

mod conversions;
mod pieces;

use std::sync::Arc;

use datafusion::arrow::array::*;
use datafusion::arrow::datatypes::{Field, Int32Type};

use crate::odbc::convert::c_type::number as c;
use crate::odbc::text::Encoding;

use super::*;

const GUARD: u8 = 0xAA;
/// More than any fixed value or short text needs.
const ROOM: usize = 256;

/// What an application sees after a call.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    result: Result<Outcome, Failure>,
    buffer: Vec<u8>,
    length: isize,
}

/// The untouched length buffer.
const UNTOUCHED: isize = -77;

struct Buffers {
    data: Vec<u8>,
    length: isize,
    capacity: usize,
}

impl Buffers {
    fn new(capacity: usize) -> Self {
        Self {
            data: vec![GUARD; capacity + 64],
            length: UNTOUCHED,
            capacity,
        }
    }

    fn target(&mut self, c_type: i16) -> Target {
        let length = Address::from(&raw mut self.length);
        Target {
            c_type,
            value: Address::from(self.data.as_mut_ptr()),
            buffer_length: self.capacity as isize,
            octet_length: length,
            indicator: length,
            precision: 0,
            scale: 0,
            interval_precision: 2,
        }
    }

    fn seen(mut self, result: Result<Outcome, Failure>) -> Seen {
        assert!(
            self.data[self.capacity..].iter().all(|byte| *byte == GUARD),
            "wrote past the buffer"
        );
        self.data.truncate(self.capacity);
        Seen {
            result,
            buffer: self.data,
            length: self.length,
        }
    }
}

fn converter(array: &ArrayRef, c_type: i16) -> Result<Converter, Failure> {
    let description = Description::of(&Field::new("c", array.data_type().clone(), true));
    Converter::new(array, &description, &Buffers::new(0).target(c_type))
}

fn by_block(array: &ArrayRef, row: usize, c_type: i16, capacity: usize) -> Seen {
    let mut buffers = Buffers::new(capacity);
    let target = buffers.target(c_type);
    let mut result = Ok(Outcome::Exact);
    let stride = Stride { value: 0, length: 0 };
    match converter(array, c_type) {
        Ok(converter) => converter.block(row..row + 1, &target, stride, &mut |_, told| result = told),
        Err(failure) => result = Err(failure),
    }
    buffers.seen(result)
}

fn by_piece(array: &ArrayRef, row: usize, c_type: i16, capacity: usize) -> Seen {
    let mut buffers = Buffers::new(capacity);
    let target = buffers.target(c_type);
    let result = converter(array, c_type).and_then(|converter| converter.piece(row, &target, &mut Progress::default()));
    buffers.seen(result)
}

fn text_of(seen: &Seen, encoding: Encoding) -> String {
    encoding
        .read(Address::of(seen.buffer.as_ptr()), odbc_sys::NTS)
        .unwrap()
        .unwrap()
}

/// The text of row 0 and the outcome.
fn as_text(array: &ArrayRef) -> String {
    let narrow = by_block(array, 0, c::CHAR, ROOM);
    assert_eq!(narrow.result, Ok(Outcome::Exact));
    let text = text_of(&narrow, Encoding::Narrow);
    assert_eq!(narrow.length, text.len() as isize);
    let wide = by_block(array, 0, c::WCHAR, ROOM);
    assert_eq!(text_of(&wide, Encoding::Wide), text);
    assert_eq!(wide.length, 2 * text.encode_utf16().count() as isize);
    text
}

/// Row 0 as a fixed C type.
fn as_value<T: crate::odbc::memory::Plain>(array: &ArrayRef, c_type: i16) -> Result<(T, Outcome), Failure> {
    let seen = by_block(array, 0, c_type, ROOM);
    seen.result.map(|outcome| {
        assert_eq!(seen.length, size_of::<T>() as isize);
        (Address::of(seen.buffer.as_ptr()).read().unwrap(), outcome)
    })
}

fn text(value: &str) -> ArrayRef {
    Arc::new(StringArray::from(vec![value]))
}

fn double(value: f64) -> ArrayRef {
    Arc::new(Float64Array::from(vec![value]))
}

fn integer(value: i64) -> ArrayRef {
    Arc::new(Int64Array::from(vec![value]))
}

fn decimal(unscaled: i128, scale: i8) -> ArrayRef {
    Arc::new(
        Decimal128Array::from(vec![unscaled])
            .with_precision_and_scale(38, scale)
            .unwrap(),
    )
}

fn timestamp(micros: i64) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(vec![micros]))
}

/// An array of every type, each with a value and a NULL.
fn every_array() -> Vec<ArrayRef> {
    let items = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1), None]), None]);
    vec![
        Arc::new(NullArray::new(2)),
        Arc::new(BooleanArray::from(vec![Some(true), None])),
        Arc::new(Int8Array::from(vec![Some(-7), None])),
        Arc::new(Int16Array::from(vec![Some(300), None])),
        Arc::new(Int32Array::from(vec![Some(70_000), None])),
        Arc::new(Int64Array::from(vec![Some(5_000_000_000), None])),
        Arc::new(UInt8Array::from(vec![Some(200), None])),
        Arc::new(UInt32Array::from(vec![Some(u32::MAX), None])),
        Arc::new(UInt64Array::from(vec![Some(u64::MAX), None])),
        Arc::new(Float32Array::from(vec![Some(1.5), None])),
        Arc::new(Float64Array::from(vec![Some(-0.1), None])),
        Arc::new(
            Decimal128Array::from(vec![Some(-12345), None])
                .with_precision_and_scale(10, 2)
                .unwrap(),
        ),
        Arc::new(StringArray::from(vec![Some("12.5"), None])),
        Arc::new(LargeStringArray::from(vec![Some("2024-02-29"), None])),
        Arc::new(StringViewArray::from(vec![
            Some("a text of more than twelve bytes 👩‍🚀"),
            None,
        ])),
        Arc::new(DictionaryArray::<Int32Type>::from_iter([Some("word"), None])),
        Arc::new(BinaryArray::from(vec![Some(&b"\x00\xFFz"[..]), None])),
        Arc::new(BinaryViewArray::from(vec![Some(&b"\x01"[..]), None])),
        Arc::new(Date32Array::from(vec![Some(19_782), None])),
        Arc::new(Date64Array::from(vec![Some(86_400_000), None])),
        Arc::new(Time32SecondArray::from(vec![Some(3_723), None])),
        Arc::new(Time64MicrosecondArray::from(vec![Some(3_723_500_000), None])),
        Arc::new(TimestampSecondArray::from(vec![Some(-1), None])),
        Arc::new(TimestampMicrosecondArray::from(vec![Some(1_709_168_523_250_000), None])),
        Arc::new(TimestampNanosecondArray::from(vec![Some(1), None]).with_timezone("+00:00")),
        Arc::new(IntervalYearMonthArray::from(vec![Some(14), None])),
        Arc::new(items),
    ]
}
