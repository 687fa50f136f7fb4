//! Bookmarks: column 0 of a rowset, which holds the numbers of its rows.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, FixedSizeBinaryArray, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field};

use crate::odbc::convert::c_type::number;
use crate::odbc::convert::fetch::{Converter, Target};
use crate::odbc::convert::{Description, Failure};

/// What column 0 is called in messages.
pub const NAME: &str = "bookmark";

/// Column 0 as the standard describes it: eight bytes that mean nothing to the application.
pub fn description() -> Description {
    Description::of(&Field::new("", binary_type(), false))
}

fn binary_type() -> DataType {
    DataType::FixedSizeBinary(BYTES)
}

const BYTES: i32 = 8;

/// The converter for the bookmarks of rows with these numbers: `SQL_C_VARBOOKMARK` or, as a number, `SQL_C_BOOKMARK`.
pub fn converter(rows: Range<usize>, target: &Target) -> Result<Converter, Failure> {
    let numbers = rows.map(|row| i64::try_from(row).unwrap_or(i64::MAX));
    let (array, description): (ArrayRef, _) = match target.c_type {
        number::BINARY | number::DEFAULT => {
            let bytes = numbers.map(i64::to_ne_bytes);
            let array = FixedSizeBinaryArray::try_from_iter(bytes).map_err(|_| Failure::Restricted)?;
            (Arc::new(array), description())
        }
        _ => {
            let description = Description::of(&Field::new("", DataType::Int64, false));
            (Arc::new(Int64Array::from_iter_values(numbers)), description)
        }
    };
    Converter::new(&array, &description, target)
}
