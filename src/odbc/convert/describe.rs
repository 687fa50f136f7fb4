//! One description of every type: it feeds SQLDescribeCol, SQLColAttribute, SQLColumns, SQLGetTypeInfo,
//! SQLProcedureColumns and the IRD.

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};

pub use crate::engine::DECLARED_LENGTH;
use crate::engine::{Bigint, TEXT_LENGTH, TypeRules};

use super::types::{self, MAX_DIGITS, MAX_VARCHAR, Searchable, Shape, SqlType, number};

/// Characters (or bytes) described for a value whose length nobody has measured, an expression for instance.
pub const UNMEASURED_LENGTH: usize = 2000;

/// Characters of the longest number of 64 bits.
const BIGINT_CHARACTERS: usize = 20;

/// The most characters described for a long text: programs that allocate by it must survive.
const MAX_DESCRIBED_LENGTH: usize = 1 << 24;

/// A column or parameter as ODBC describes it (always in ODBC 3 type numbers).
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Column name.
    pub name: String,
    /// Concise SQL type, such as `SQL_TYPE_TIMESTAMP` (93).
    pub sql_type: i16,
    /// `TYPE_NAME` of the same row of SQLGetTypeInfo.
    pub type_name: &'static str,
    /// `COLUMN_SIZE`: characters or digits.
    pub column_size: usize,
    /// `DECIMAL_DIGITS`, where the type has them.
    pub decimal_digits: Option<i16>,
    /// Bytes of the default C type, or of the text (`SQL_DESC_OCTET_LENGTH`).
    pub octet_length: usize,
    /// Characters needed to show a value.
    pub display_size: usize,
    /// Whether NULL may occur.
    pub nullable: bool,
}

impl Description {
    /// The description of an Arrow field.
    ///
    /// A text column is as long as its field says: exactly for [`DECLARED_LENGTH`]; with headroom for [`TEXT_LENGTH`],
    /// which may have been measured on a sample; else [`UNMEASURED_LENGTH`].
    pub fn of(field: &Field) -> Self {
        Self::by(field, &TypeRules::default())
    }

    /// The same by the rules of a connection.
    pub fn by(field: &Field, rules: &TypeRules) -> Self {
        let length = declared_length(field).unwrap_or_else(|| with_headroom(measured_length(field)));
        let form = Form::of(field.data_type(), length, rules);
        Self::new(rules.shown(field.name()), &form, field.is_nullable())
    }

    /// The description of a parameter of this type; WVARCHAR when the plan does not tell. One that is the value of a column
    /// is described as the column.
    pub fn of_parameter(data_type: Option<&DataType>, column: Option<&Field>, rules: &TypeRules) -> Self {
        let name = String::new();
        match column {
            Some(column) => Self {
                name,
                ..Self::by(column, rules)
            },
            None => {
                let form = Form::of(data_type.unwrap_or(&DataType::Utf8), MAX_VARCHAR, rules);
                Self::new(name, &form, true)
            }
        }
    }

    /// `SQL_DESC_TYPE`: the verbose type (`SQL_DATETIME` for dates and times).
    pub fn verbose_type(&self) -> i16 {
        self.row().map_or(self.sql_type, |row| row.verbose)
    }

    /// `SQL_DESC_DATETIME_INTERVAL_CODE`, 0 where there is none.
    pub fn datetime_code(&self) -> i16 {
        self.row().and_then(|row| row.datetime_sub).unwrap_or(0)
    }

    /// `NUM_PREC_RADIX`: 10 or 2 for numbers, 0 otherwise.
    pub fn radix(&self) -> i16 {
        self.row().and_then(|row| row.radix).unwrap_or(0)
    }

    /// The C type of `SQL_C_DEFAULT`.
    pub fn default_c_type(&self) -> i16 {
        self.row().map_or(super::c_type::number::CHAR, |row| row.default_c_type)
    }

    /// Whether the type is an unsigned number or no number at all (`SQL_DESC_UNSIGNED`).
    pub fn is_unsigned(&self) -> bool {
        self.radix() == 0
    }

    /// `LITERAL_PREFIX` and `LITERAL_SUFFIX`.
    pub fn literal_affixes(&self) -> (&'static str, &'static str) {
        self.row().map_or(("", ""), |row| row.literal)
    }

    /// Whether comparisons of this type heed case.
    pub fn is_case_sensitive(&self) -> bool {
        self.row().is_some_and(|row| row.case_sensitive)
    }

    /// `SQL_DESC_SEARCHABLE`
    pub fn searchable(&self) -> Searchable {
        self.row().map_or(Searchable::AllExceptLike, |row| row.searchable)
    }

    /// `CHAR_OCTET_LENGTH`: for text and binary only.
    pub fn char_octet_length(&self) -> Option<usize> {
        let row = self.row()?;
        matches!(row.shape, Shape::WideText | Shape::NarrowText | Shape::Binary).then_some(self.octet_length)
    }

    /// The row of SQLGetTypeInfo this description rests on.
    fn row(&self) -> Option<&'static SqlType> {
        types::by_number(self.sql_type)
    }

    fn new(name: String, form: &Form, nullable: bool) -> Self {
        let &Form {
            sql_type,
            column_size,
            decimal_digits,
        } = form;
        let row = types::by_number(sql_type);
        let shape = row.map_or(Shape::WideText, |row| row.shape);
        let (display_size, octet_length) = match shape {
            Shape::WideText => (column_size, column_size.saturating_mul(2)),
            Shape::NarrowText => (column_size, column_size),
            Shape::Binary => (column_size.saturating_mul(2), column_size),
            Shape::Fixed { display, octets } => (display, octets),
            Shape::Digits => (column_size + 2, column_size + 2),
            Shape::Temporal { octets } => (column_size, octets),
        };
        Self {
            name,
            sql_type,
            type_name: row.map_or("", |row| row.name),
            column_size,
            decimal_digits,
            octet_length,
            display_size,
            nullable,
        }
    }
}

/// The number an ODBC 2 application knows for a type (9, 10, 11 for dates and times).
pub fn odbc2_type(sql_type: i16) -> i16 {
    types::by_number(sql_type).map_or(sql_type, |row| row.odbc2)
}

/// What the Arrow type and the rules of the connection decide.
struct Form {
    sql_type: i16,
    column_size: usize,
    decimal_digits: Option<i16>,
}

impl Form {
    fn of(data_type: &DataType, length: usize, rules: &TypeRules) -> Self {
        match data_type {
            DataType::Null => Self::text(1, rules),
            DataType::Boolean => Self::fixed(number::BIT, None),
            DataType::Int8 => Self::fixed(number::TINYINT, Some(0)),
            // Unsigned numbers become the next wider signed type: few programs know unsigned columns.
            DataType::Int16 | DataType::UInt8 => Self::fixed(number::SMALLINT, Some(0)),
            DataType::Int32 | DataType::UInt16 => Self::fixed(number::INTEGER, Some(0)),
            DataType::Int64 | DataType::UInt32 => match rules.bigint {
                Bigint::Bigint => Self::fixed(number::BIGINT, Some(0)),
                Bigint::Integer => Self::fixed(number::INTEGER, Some(0)),
                Bigint::Text => Self::text(BIGINT_CHARACTERS, rules),
            },
            DataType::UInt64 => Self {
                decimal_digits: Some(0),
                ..Self::sized(number::DECIMAL, 20)
            },
            DataType::Float16 | DataType::Float32 => Self::fixed(number::REAL, None),
            DataType::Float64 => Self::fixed(number::DOUBLE, None),
            DataType::Decimal32(precision, scale)
            | DataType::Decimal64(precision, scale)
            | DataType::Decimal128(precision, scale) => Self::decimal(*precision, *scale),
            DataType::Date32 | DataType::Date64 => Self::fixed(number::DATE, None),
            DataType::Time32(unit) | DataType::Time64(unit) => Self::temporal(number::TIME, 8, *unit),
            DataType::Timestamp(unit, _) => Self::temporal(number::TIMESTAMP, 19, *unit),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Self::binary(length, rules),
            DataType::FixedSizeBinary(size) => {
                let size = usize::try_from(*size).unwrap_or(0).max(1);
                Self::binary(size, rules)
            }
            DataType::Dictionary(_, value) => Self::of(value, length, rules),
            DataType::RunEndEncoded(_, values) => Self::of(values.data_type(), length, rules),
            DataType::List(_)
            | DataType::LargeList(_)
            | DataType::ListView(_)
            | DataType::LargeListView(_)
            | DataType::FixedSizeList(..)
            | DataType::Struct(_)
            | DataType::Map(..)
            | DataType::Union(..) => Self::text(length.max(types::longest_short_text(rules) + 1), rules),
            // Text, and what only text can carry: intervals, durations, decimals beyond 38 digits.
            _ => Self::text(length, rules),
        }
    }

    fn sized(sql_type: i16, column_size: usize) -> Self {
        Self {
            sql_type,
            column_size,
            decimal_digits: None,
        }
    }

    /// A type that has one size only.
    fn fixed(sql_type: i16, decimal_digits: Option<i16>) -> Self {
        let column_size = types::by_number(sql_type).map_or(0, |row| row.column_size);
        Self {
            decimal_digits,
            ..Self::sized(sql_type, column_size)
        }
    }

    fn text(length: usize, rules: &TypeRules) -> Self {
        let is_long = length > types::longest_short_text(rules);
        let sql_type = match (is_long, rules.narrow_text) {
            (false, false) => number::WVARCHAR,
            (true, false) => number::WLONGVARCHAR,
            (false, true) => number::VARCHAR,
            (true, true) => number::LONGVARCHAR,
        };
        Self::sized(sql_type, types::no_longer_than_allowed(length, rules))
    }

    fn binary(length: usize, rules: &TypeRules) -> Self {
        let is_long = length > MAX_VARCHAR;
        let sql_type = if is_long {
            number::LONGVARBINARY
        } else {
            number::VARBINARY
        };
        Self::sized(sql_type, types::no_longer_than_allowed(length, rules))
    }

    fn decimal(precision: u8, scale: i8) -> Self {
        let shift = usize::from(scale.unsigned_abs());
        let digits = if scale < 0 {
            usize::from(precision) + shift
        } else {
            usize::from(precision).max(shift)
        };
        Self {
            decimal_digits: Some(i16::from(scale.max(0))),
            ..Self::sized(number::DECIMAL, digits.min(MAX_DIGITS))
        }
    }

    fn temporal(sql_type: i16, whole: usize, unit: TimeUnit) -> Self {
        let (digits, fraction) = match unit {
            TimeUnit::Second => (0, 0),
            TimeUnit::Millisecond => (3, 4),
            TimeUnit::Microsecond => (6, 7),
            TimeUnit::Nanosecond => (9, 10),
        };
        Self {
            decimal_digits: Some(digits),
            ..Self::sized(sql_type, whole + fraction)
        }
    }
}

fn declared_length(field: &Field) -> Option<usize> {
    let length = field.metadata().get(DECLARED_LENGTH)?.parse::<usize>().ok()?;
    Some(length.max(1))
}

fn measured_length(field: &Field) -> Option<usize> {
    field.metadata().get(TEXT_LENGTH)?.parse().ok()
}

/// Rows beyond the sample may be longer: the next power of two that leaves as much again, but a text that is measured
/// as short stays `WVARCHAR`, and no size ruins a program that allocates by it.
fn with_headroom(measured: Option<usize>) -> usize {
    const LEAST: usize = 32;
    let Some(measured) = measured else {
        return UNMEASURED_LENGTH;
    };
    let roomy = measured
        .saturating_mul(2)
        .clamp(LEAST, MAX_DESCRIBED_LENGTH)
        .next_power_of_two();
    if measured <= MAX_VARCHAR {
        roomy.min(MAX_VARCHAR)
    } else {
        roomy
    }
}

#[cfg(test)]
#[path = "describe_tests.rs"]
mod tests;
