//! The fields of a result column: what an IRD and `SQLColAttribute` answer, computed from the one description.

use crate::odbc::argument::Value;
use crate::odbc::convert::Description;
use crate::odbc::convert::describe::odbc2_type;
use crate::odbc::numbers::descriptor::{NAMED, PRED_BASIC, PRED_SEARCHABLE, READ_ONLY, UNNAMED};
use crate::odbc::numbers::{field, sql_type as t};

/// A field of a column with its width in descriptors; none when a column has none such.
pub fn get(column: &Description, id: i16, odbc2: bool) -> Option<Value> {
    Some(match id {
        field::NAME | field::LABEL | field::COLUMN_NAME => Value::Text(column.name.clone()),
        field::TYPE_NAME | field::LOCAL_TYPE_NAME => Value::Text(column.type_name.to_owned()),
        field::LITERAL_PREFIX => Value::Text(column.literal_affixes().0.to_owned()),
        field::LITERAL_SUFFIX => Value::Text(column.literal_affixes().1.to_owned()),
        // Expressions and joins have no one table, and the engine does not trace columns back to theirs.
        field::BASE_COLUMN_NAME
        | field::BASE_TABLE_NAME
        | field::TABLE_NAME
        | field::SCHEMA_NAME
        | field::CATALOG_NAME => Value::Text(String::new()),
        field::CONCISE_TYPE => Value::Small(concise_type(column, odbc2)),
        field::TYPE => Value::Small(column.verbose_type()),
        field::DATETIME_INTERVAL_CODE => Value::Small(column.datetime_code()),
        field::DATETIME_INTERVAL_PRECISION => Value::Integer(0),
        field::LENGTH | field::COLUMN_PRECISION => Value::Size(column.column_size),
        field::OCTET_LENGTH | field::COLUMN_LENGTH => {
            Value::Length(isize::try_from(column.octet_length).unwrap_or(isize::MAX))
        }
        field::DISPLAY_SIZE => Value::Length(isize::try_from(column.display_size).unwrap_or(isize::MAX)),
        field::PRECISION => Value::Small(precision(column)),
        field::SCALE | field::COLUMN_SCALE => Value::Small(scale(column)),
        field::NUM_PREC_RADIX => Value::Integer(column.radix().into()),
        field::NULLABLE | field::COLUMN_NULLABLE => Value::Small(nullable(column)),
        field::UNNAMED => Value::Small(if column.name.is_empty() { UNNAMED } else { NAMED }),
        field::UNSIGNED => Value::Small(column.is_unsigned().into()),
        field::CASE_SENSITIVE => Value::Integer(column.is_case_sensitive().into()),
        field::SEARCHABLE => Value::Small(if is_text(column) { PRED_SEARCHABLE } else { PRED_BASIC }),
        field::UPDATABLE => Value::Small(READ_ONLY),
        field::AUTO_UNIQUE_VALUE => Value::Integer(0),
        field::FIXED_PREC_SCALE | field::ROWVER => Value::Small(0),
        _ => return None,
    })
}

/// The concise type as the application's version of ODBC numbers it.
pub fn concise_type(column: &Description, odbc2: bool) -> i16 {
    if odbc2 {
        odbc2_type(column.sql_type)
    } else {
        column.sql_type
    }
}

/// `SQL_NULLABLE` or `SQL_NO_NULLS`.
pub fn nullable(column: &Description) -> i16 {
    use odbc_sys::Nullability;
    if column.nullable {
        Nullability::NULLABLE.0
    } else {
        Nullability::NO_NULLS.0
    }
}

/// Digits of a number, fractional digits of a time, 0 for everything else.
fn precision(column: &Description) -> i16 {
    match column.sql_type {
        t::TYPE_DATE..=t::TYPE_TIMESTAMP => column.decimal_digits.unwrap_or(0),
        _ if column.radix() != 0 => i16::try_from(column.column_size).unwrap_or(i16::MAX),
        _ => 0,
    }
}

/// Digits after the point of an exact number.
fn scale(column: &Description) -> i16 {
    match column.sql_type {
        t::TYPE_DATE..=t::TYPE_TIMESTAMP => 0,
        _ => column.decimal_digits.unwrap_or(0),
    }
}

fn is_text(column: &Description) -> bool {
    matches!(
        column.sql_type,
        t::CHAR | t::VARCHAR | t::LONGVARCHAR | t::WLONGVARCHAR..=t::WCHAR
    )
}
