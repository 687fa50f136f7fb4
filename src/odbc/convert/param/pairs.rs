//! Which C types the standard lets become which SQL types.

use crate::odbc::convert::c_type::CType;
use crate::odbc::convert::types::{self, Shape, number};

/// Whether a value of the C type can be one of the SQL type at all. Text and bytes can be anything.
pub(super) fn converts(c_type: CType, sql_type: i16) -> bool {
    let shape = types::by_number(sql_type).map(|row| row.shape);
    let is_text = matches!(shape, Some(Shape::WideText | Shape::NarrowText));
    match c_type {
        CType::Char | CType::WChar | CType::Binary => true,
        CType::Guid => is_text || sql_type == number::GUID,
        CType::Date => is_text || matches!(sql_type, number::DATE | number::TIMESTAMP),
        CType::Time => is_text || matches!(sql_type, number::TIME | number::TIMESTAMP),
        CType::Timestamp => is_text || matches!(shape, Some(Shape::Temporal { .. })),
        CType::Bit
        | CType::STinyInt
        | CType::UTinyInt
        | CType::SShort
        | CType::UShort
        | CType::SLong
        | CType::ULong
        | CType::SBigInt
        | CType::UBigInt
        | CType::Float
        | CType::Double
        | CType::Numeric => is_text || matches!(shape, Some(Shape::Fixed { .. } | Shape::Digits)),
    }
}
