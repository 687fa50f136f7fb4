//! Which C types the standard lets become which SQL types.

use crate::odbc::convert::c_type::CType;
use crate::odbc::convert::interval::Fields;
use crate::odbc::convert::types::{self, Shape, number};

/// Whether a value of the C type can be one of the SQL type at all. Text and bytes can be anything.
pub(super) fn converts(c_type: CType, sql_type: i16) -> bool {
    let shape = types::by_number(sql_type).map(|row| row.shape);
    let is_text = matches!(shape, Some(Shape::WideText | Shape::NarrowText));
    let of_sql_type = Fields::of(sql_type);
    let is_single = of_sql_type.is_some_and(Fields::is_single);
    match c_type {
        CType::Char | CType::WChar | CType::Binary => true,
        CType::Guid => is_text || sql_type == number::GUID,
        CType::Date => is_text || matches!(sql_type, number::DATE | number::TIMESTAMP),
        CType::Time => is_text || matches!(sql_type, number::TIME | number::TIMESTAMP),
        CType::Timestamp => is_text || matches!(shape, Some(Shape::Temporal { .. })),
        CType::Interval(fields) => {
            let is_exact = matches!(
                sql_type,
                number::TINYINT | number::SMALLINT | number::INTEGER | number::BIGINT
            ) || shape == Some(Shape::Digits);
            is_text || of_sql_type.is_some_and(|own| own.is_like(fields)) || (is_exact && fields.is_single())
        }
        CType::Bit | CType::Float | CType::Double => is_text || is_number(shape),
        CType::STinyInt
        | CType::UTinyInt
        | CType::SShort
        | CType::UShort
        | CType::SLong
        | CType::ULong
        | CType::SBigInt
        | CType::UBigInt
        | CType::Numeric => is_text || is_number(shape) || is_single,
    }
}

fn is_number(shape: Option<Shape>) -> bool {
    matches!(shape, Some(Shape::Fixed { .. } | Shape::Digits))
}
