//! The types of results, and what the system tables say of them to a program that speaks this API.

use datafusion::arrow::datatypes::{DataType, Field};

use crate::engine::dialect::{Family, function_names};
use crate::engine::{Ability, DECLARED_LENGTH, Described, Standard, TEXT_LENGTH, TypeRules};

use super::types::lk_type::{self, *};

/// Characters or bytes of a value whose length nobody has measured.
const UNMEASURED_LENGTH: usize = 2000;
/// A character of UTF-8 has so many bytes at most.
const LONGEST_CHARACTER: usize = 4;

/// Plain C.
#[derive(Debug)]
pub struct Plain;

/// The type of a column. The engine has no others.
pub fn type_of(data_type: &DataType) -> lk_type {
    match data_type {
        DataType::Boolean => LK_TYPE_BOOL,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => LK_TYPE_INT64,
        DataType::Float32 | DataType::Float64 => LK_TYPE_DOUBLE,
        DataType::Decimal128(..) => LK_TYPE_DECIMAL,
        DataType::Date32 => LK_TYPE_DATE,
        DataType::Time64(_) => LK_TYPE_TIME,
        DataType::Timestamp(..) => LK_TYPE_TIMESTAMP,
        DataType::Binary => LK_TYPE_BYTES,
        _ => LK_TYPE_TEXT,
    }
}

impl Standard for Plain {
    // How a type is shown is what work-arounds for programs of ODBC change; here it is what it is.
    fn column(&self, field: &Field, _: &TypeRules) -> Described {
        described(field.data_type(), length(field), field.is_nullable())
    }

    fn input(&self, _: &TypeRules) -> Described {
        described(&DataType::Utf8, UNMEASURED_LENGTH, true)
    }

    fn abilities(&self) -> Vec<Ability> {
        vec![
            ("IDENTIFIER_QUOTE_OPEN_CHAR", "[".to_owned()),
            ("IDENTIFIER_QUOTE_CLOSE_CHAR", "]".to_owned()),
            ("STRING_FUNCTIONS", function_names(Family::Text)),
            ("NUMERIC_FUNCTIONS", function_names(Family::Numeric)),
            ("TIMEDATE_FUNCTIONS", function_names(Family::DateTime)),
        ]
    }
}

fn described(data_type: &DataType, length: usize, nullable: bool) -> Described {
    let kind = type_of(data_type);
    // Digits of the longest value, bytes of the answer, characters that show it, digits after the point.
    let (type_name, size, octets, display_size, digits) = match (kind, data_type) {
        (LK_TYPE_BOOL, _) => ("BOOLEAN", 1, 1, 5, None),
        (LK_TYPE_INT64, _) => ("BIGINT", 19, 8, 20, Some(0)),
        (LK_TYPE_DOUBLE, _) => ("DOUBLE", 15, 8, 24, None),
        (LK_TYPE_DECIMAL, DataType::Decimal128(precision, scale)) => {
            let digits = usize::from(*precision);
            ("DECIMAL", digits, digits + 2, digits + 2, Some(i32::from(*scale)))
        }
        (LK_TYPE_DECIMAL, _) => ("DECIMAL", 38, 40, 40, None),
        (LK_TYPE_DATE, _) => ("DATE", 10, 8, 10, None),
        (LK_TYPE_TIME, _) => ("TIME", 15, 8, 15, Some(6)),
        (LK_TYPE_TIMESTAMP, _) => ("TIMESTAMP", 26, 8, 29, Some(6)),
        (LK_TYPE_TEXT, _) => (
            "VARCHAR",
            length,
            length.saturating_mul(LONGEST_CHARACTER),
            length,
            None,
        ),
        (LK_TYPE_BYTES, _) => ("VARBINARY", length, length, length.saturating_mul(2), None),
    };
    let is_number = matches!(kind, LK_TYPE_INT64 | LK_TYPE_DOUBLE | LK_TYPE_DECIMAL);
    Described {
        type_name,
        type_number: kind as i32,
        size,
        octets,
        display_size,
        digits,
        radix: is_number.then_some(10),
        char_octets: matches!(kind, LK_TYPE_TEXT | LK_TYPE_BYTES).then_some(octets),
        nullable,
    }
}

/// The declared or measured length of a text or binary column.
fn length(field: &Field) -> usize {
    let told = |key| field.metadata().get(key).and_then(|length| length.parse().ok());
    told(DECLARED_LENGTH)
        .or_else(|| told(TEXT_LENGTH))
        .unwrap_or(UNMEASURED_LENGTH)
}
