//! THE table of SQL types: numbers, names, sizes, literals and everything else SQLGetTypeInfo tells about them.

use odbc_sys::SqlDataType;

use crate::engine::{Bigint, TypeRules};

use super::c_type;
use super::interval::Fields;

/// `SQL_DATETIME`: the verbose type of dates, times and timestamps.
const DATETIME: i16 = SqlDataType::DATETIME.0;

/// Numbers of the SQL types that other files need by name.
pub mod number {
    use odbc_sys::SqlDataType as T;

    /// `SQL_WLONGVARCHAR`
    pub const WLONGVARCHAR: i16 = T::EXT_W_LONG_VARCHAR.0;
    /// `SQL_WVARCHAR`
    pub const WVARCHAR: i16 = T::EXT_W_VARCHAR.0;
    /// `SQL_WCHAR`
    pub const WCHAR: i16 = T::EXT_W_CHAR.0;
    /// `SQL_BIT`
    pub const BIT: i16 = T::EXT_BIT.0;
    /// `SQL_TINYINT`
    pub const TINYINT: i16 = T::EXT_TINY_INT.0;
    /// `SQL_BIGINT`
    pub const BIGINT: i16 = T::EXT_BIG_INT.0;
    /// `SQL_LONGVARBINARY`
    pub const LONGVARBINARY: i16 = T::EXT_LONG_VAR_BINARY.0;
    /// `SQL_VARBINARY`
    pub const VARBINARY: i16 = T::EXT_VAR_BINARY.0;
    /// `SQL_BINARY`
    pub const BINARY: i16 = T::EXT_BINARY.0;
    /// `SQL_LONGVARCHAR`
    pub const LONGVARCHAR: i16 = T::EXT_LONG_VARCHAR.0;
    /// `SQL_CHAR`
    pub const CHAR: i16 = T::CHAR.0;
    /// `SQL_NUMERIC`
    pub const NUMERIC: i16 = T::NUMERIC.0;
    /// `SQL_DECIMAL`
    pub const DECIMAL: i16 = T::DECIMAL.0;
    /// `SQL_INTEGER`
    pub const INTEGER: i16 = T::INTEGER.0;
    /// `SQL_SMALLINT`
    pub const SMALLINT: i16 = T::SMALLINT.0;
    /// `SQL_FLOAT`
    pub const FLOAT: i16 = T::FLOAT.0;
    /// `SQL_REAL`
    pub const REAL: i16 = T::REAL.0;
    /// `SQL_DOUBLE`
    pub const DOUBLE: i16 = T::DOUBLE.0;
    /// `SQL_VARCHAR`
    pub const VARCHAR: i16 = T::VARCHAR.0;
    /// `SQL_TYPE_DATE`
    pub const DATE: i16 = T::DATE.0;
    /// `SQL_TYPE_TIME`
    pub const TIME: i16 = T::TIME.0;
    /// `SQL_TYPE_TIMESTAMP`
    pub const TIMESTAMP: i16 = T::TIMESTAMP.0;
    /// `SQL_GUID`
    pub const GUID: i16 = T::EXT_GUID.0;
}

/// What values of a type are made of: it decides sizes in bytes and on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Characters of UTF-16.
    WideText,
    /// Characters of UTF-8.
    NarrowText,
    /// Bytes.
    Binary,
    /// A number that is shown in at most so many characters and held in so many bytes.
    Fixed {
        /// `SQL_DESC_DISPLAY_SIZE`
        display: usize,
        /// `SQL_DESC_OCTET_LENGTH`
        octets: usize,
    },
    /// A number in decimal digits: sign and point come on top.
    Digits,
    /// A date or time held in a structure of so many bytes.
    Temporal {
        /// `SQL_DESC_OCTET_LENGTH`
        octets: usize,
    },
}

/// `SEARCHABLE`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Searchable {
    /// `SQL_PRED_BASIC`: every predicate but `LIKE`.
    AllExceptLike = 2,
    /// `SQL_PRED_SEARCHABLE`
    All = 3,
}

/// One SQL type.
#[derive(Debug, PartialEq, Eq)]
pub struct SqlType {
    /// Concise number in ODBC 3.
    pub number: i16,
    /// The name users write, in `CAST` for instance.
    pub name: &'static str,
    /// The largest `COLUMN_SIZE`.
    pub column_size: usize,
    /// What its values are made of.
    pub shape: Shape,
    /// `LITERAL_PREFIX` and `LITERAL_SUFFIX`, empty where there are none.
    pub literal: (&'static str, &'static str),
    /// `CREATE_PARAMS`
    pub create_params: Option<&'static str>,
    /// `CASE_SENSITIVE`
    pub case_sensitive: bool,
    /// `SEARCHABLE`
    pub searchable: Searchable,
    /// `MINIMUM_SCALE` and `MAXIMUM_SCALE`
    pub scales: Option<(i16, i16)>,
    /// `NUM_PREC_RADIX`; none for what is no number.
    pub radix: Option<i16>,
    /// `SQL_DATA_TYPE`: differs from the concise number for dates and times.
    pub verbose: i16,
    /// `SQL_DATETIME_SUB`
    pub datetime_sub: Option<i16>,
    /// What `SQL_C_DEFAULT` means.
    pub default_c_type: i16,
    /// The number an ODBC 2 application knows.
    pub odbc2: i16,
}

/// The longest text described as `SQL_WVARCHAR`, in characters; longer ones are `SQL_WLONGVARCHAR`.
pub const MAX_VARCHAR: usize = 4000;
/// The longest text or binary value described at all.
pub const MAX_LONG: usize = 1 << 30;
/// `DECIMAL` holds so many digits, which is also what `SQL_C_NUMERIC` can carry.
pub const MAX_DIGITS: usize = 38;

/// The longest text that is no long text by the rules of a connection, in characters.
pub fn longest_short_text(rules: &TypeRules) -> usize {
    rules.long_text.unwrap_or(MAX_VARCHAR)
}

/// A length as far as the rules of a connection let it be told.
pub fn no_longer_than_allowed(length: usize, rules: &TypeRules) -> usize {
    rules.maximum_size.map_or(length, |maximum| length.min(maximum))
}

/// All types, in the order of SQLGetTypeInfo: by number, the closest to the source's own type first.
pub static TYPES: &[SqlType] = &[
    text(number::WLONGVARCHAR, "TEXT", MAX_LONG, Shape::WideText),
    text(number::WVARCHAR, "VARCHAR", MAX_VARCHAR, Shape::WideText),
    text(number::WCHAR, "CHAR", MAX_VARCHAR, Shape::WideText),
    SqlType {
        radix: None,
        ..approximate(number::BIT, "BOOLEAN", 1, (1, 1), c_type::number::BIT)
    },
    numeric(number::TINYINT, "TINYINT", 3, (4, 1), c_type::number::STINYINT),
    numeric(number::BIGINT, "BIGINT", 19, (20, 8), c_type::number::SBIGINT),
    binary(number::LONGVARBINARY, MAX_LONG),
    binary(number::VARBINARY, MAX_VARCHAR),
    binary(number::BINARY, MAX_VARCHAR),
    text(number::LONGVARCHAR, "TEXT", MAX_LONG, Shape::NarrowText),
    text(number::CHAR, "CHAR", MAX_VARCHAR, Shape::NarrowText),
    decimal(number::NUMERIC, "NUMERIC"),
    decimal(number::DECIMAL, "DECIMAL"),
    numeric(number::INTEGER, "INTEGER", 10, (11, 4), c_type::number::SLONG),
    numeric(number::SMALLINT, "SMALLINT", 5, (6, 2), c_type::number::SSHORT),
    approximate(number::FLOAT, "DOUBLE", 15, (24, 8), c_type::number::DOUBLE),
    approximate(number::REAL, "REAL", 7, (14, 4), c_type::number::FLOAT),
    approximate(number::DOUBLE, "DOUBLE", 15, (24, 8), c_type::number::DOUBLE),
    text(number::VARCHAR, "VARCHAR", MAX_VARCHAR, Shape::NarrowText),
    temporal(number::DATE, "DATE", 10, 6, ("DATE '", "'"), None),
    temporal(number::TIME, "TIME", 18, 6, ("TIME '", "'"), Some((0, 9))),
    temporal(
        number::TIMESTAMP,
        "TIMESTAMP",
        29,
        16,
        ("TIMESTAMP '", "'"),
        Some((0, 9)),
    ),
];

impl SqlType {
    /// Whether columns and results have the type by the rules of a connection.
    pub fn is_used(&self, rules: &TypeRules) -> bool {
        match self.number {
            number::BIGINT => rules.bigint == Bigint::Bigint,
            _ => !(rules.narrow_text && self.shape == Shape::WideText),
        }
    }

    /// The largest `COLUMN_SIZE` by the rules of a connection.
    pub fn column_size_by(&self, rules: &TypeRules) -> usize {
        match (self.shape, self.column_size) {
            (Shape::WideText | Shape::NarrowText, MAX_VARCHAR) => {
                no_longer_than_allowed(longest_short_text(rules).max(1), rules)
            }
            (Shape::WideText | Shape::NarrowText | Shape::Binary, size) => no_longer_than_allowed(size, rules),
            (_, size) => size,
        }
    }
}

/// The row of a type by its ODBC 3 number.
pub fn by_number(number: i16) -> Option<&'static SqlType> {
    TYPES.iter().find(|row| row.number == number)
}

/// What `SQL_C_DEFAULT` means for a type, also for those that only parameters can have: GUID and the intervals.
pub fn default_c_type(number: i16) -> Option<i16> {
    let is_own = number == number::GUID || Fields::of(number).is_some();
    by_number(number)
        .map(|row| row.default_c_type)
        .or_else(|| is_own.then_some(number))
}

/// The ODBC 3 number for a number that may be one of ODBC 2 (9, 10, 11 for dates and times).
pub fn odbc3_number(number: i16) -> i16 {
    TYPES
        .iter()
        .find(|row| row.odbc2 == number)
        .map_or(number, |row| row.number)
}

/// Whether ODBC knows the number, even where Latchkey has no such type: GUID and the intervals.
pub fn is_known(number: i16) -> bool {
    default_c_type(odbc3_number(number)).is_some()
}

const fn text(number: i16, name: &'static str, column_size: usize, shape: Shape) -> SqlType {
    let wide = matches!(shape, Shape::WideText);
    SqlType {
        number,
        name,
        column_size,
        shape,
        literal: ("'", "'"),
        // A long text is as long as it likes.
        create_params: if column_size > MAX_VARCHAR {
            None
        } else {
            Some("length")
        },
        case_sensitive: true,
        searchable: Searchable::All,
        scales: None,
        radix: None,
        verbose: number,
        datetime_sub: None,
        default_c_type: if wide {
            c_type::number::WCHAR
        } else {
            c_type::number::CHAR
        },
        odbc2: number,
    }
}

const fn binary(number: i16, column_size: usize) -> SqlType {
    SqlType {
        literal: ("X'", "'"),
        create_params: None,
        case_sensitive: false,
        searchable: Searchable::AllExceptLike,
        default_c_type: c_type::number::BINARY,
        ..text(number, "BYTEA", column_size, Shape::Binary)
    }
}

const fn approximate(
    number: i16,
    name: &'static str,
    column_size: usize,
    (display, octets): (usize, usize),
    default_c_type: i16,
) -> SqlType {
    SqlType {
        literal: ("", ""),
        create_params: None,
        case_sensitive: false,
        searchable: Searchable::AllExceptLike,
        radix: Some(10),
        default_c_type,
        ..text(number, name, column_size, Shape::Fixed { display, octets })
    }
}

const fn numeric(
    number: i16,
    name: &'static str,
    column_size: usize,
    widths: (usize, usize),
    default_c_type: i16,
) -> SqlType {
    SqlType {
        scales: Some((0, 0)),
        ..approximate(number, name, column_size, widths, default_c_type)
    }
}

const fn decimal(number: i16, name: &'static str) -> SqlType {
    SqlType {
        shape: Shape::Digits,
        create_params: Some("precision,scale"),
        scales: Some((0, 38)),
        ..numeric(number, name, MAX_DIGITS, (0, 0), c_type::number::CHAR)
    }
}

const fn temporal(
    number: i16,
    name: &'static str,
    column_size: usize,
    octets: usize,
    literal: (&'static str, &'static str),
    scales: Option<(i16, i16)>,
) -> SqlType {
    /// The concise types follow `SQL_DATETIME` and its codes 1, 2, 3; ODBC 2 numbered them 9, 10, 11.
    const BEFORE_DATE: i16 = number::DATE - 1;
    SqlType {
        literal,
        create_params: None,
        case_sensitive: false,
        searchable: Searchable::AllExceptLike,
        scales,
        verbose: DATETIME,
        datetime_sub: Some(number - BEFORE_DATE),
        default_c_type: number,
        odbc2: number - BEFORE_DATE + DATETIME - 1,
        ..text(number, name, column_size, Shape::Temporal { octets })
    }
}
