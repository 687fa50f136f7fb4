//! The columns of CREATE TABLE: types of every dialect to the engine's, and how long their values may be.

use datafusion::sql::sqlparser::ast::{
    BinaryLength, CharacterLength, ColumnDef, ColumnOption, DataType, ExactNumberInfo, TimezoneInfo,
};

use crate::error::{Error, Kind, Result};

use super::scope::quoted;

/// How long the values of a text or binary column may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Limit {
    /// So many characters, or bytes.
    Most(usize),
    /// As long as memory has room for.
    Unlimited,
}

/// The most digits of a `DECIMAL`.
const MOST_DIGITS: u64 = 38;
/// Digits of a fraction of a second that microseconds hold.
const MICROSECONDS: u64 = 6;
/// The most digits of a fraction of a second.
const NANOSECONDS: u64 = 9;

/// Spells the column as the engine does; answers the limit of its values, for text and binary.
///
/// `Kind::Unsupported` for a type there is none for, and for a constraint, which would not be kept.
pub(super) fn spell(column: &mut ColumnDef) -> Result<Option<Limit>> {
    column.name = quoted(&column.name.value);
    for option in &column.options {
        match &option.option {
            ColumnOption::Null | ColumnOption::NotNull | ColumnOption::Default(_) => {}
            other => return Err(no_constraint(&other.to_string())),
        }
    }
    let Some((data_type, limit)) = engine_type(&column.data_type) else {
        return Err(Error::new(
            Kind::Unsupported,
            format!(
                "The column {} cannot have the type {}; the types are BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, \
                 DECIMAL(p,s) up to {MOST_DIGITS} digits, REAL, DOUBLE, CHAR(n), VARCHAR(n), TEXT, BYTEA, VARBINARY(n), \
                 DATE, TIME and TIMESTAMP(p) up to {NANOSECONDS} digits",
                column.name.value, column.data_type
            ),
        ));
    };
    column.data_type = data_type;
    Ok(limit)
}

/// A constraint that is written and would not be kept.
pub(super) fn no_constraint(constraint: &str) -> Error {
    Error::new(
        Kind::Unsupported,
        format!("A scratch table cannot have the constraint {constraint}; leave it out, or write NOT NULL or DEFAULT"),
    )
}

/// The engine's name of a type, and the limit of its values where it has one.
pub(in crate::engine) fn engine_type(written: &DataType) -> Option<(DataType, Option<Limit>)> {
    use DataType as T;
    let plain = |data_type| Some((data_type, None));
    match written {
        T::Boolean | T::Bool | T::Bit(None | Some(1)) => plain(T::Boolean),
        T::TinyInt(_) => plain(T::TinyInt(None)),
        T::SmallInt(_) | T::Int2(_) | T::TinyIntUnsigned(_) => plain(T::SmallInt(None)),
        T::Int(_) | T::Integer(_) | T::Int4(_) | T::MediumInt(_) | T::SmallIntUnsigned(_) => plain(T::Int(None)),
        T::BigInt(_) | T::Int8(_) | T::IntUnsigned(_) | T::IntegerUnsigned(_) => plain(T::BigInt(None)),
        T::Real | T::Float4 => plain(T::Real),
        T::Float(ExactNumberInfo::Precision(bits)) if *bits <= 24 => plain(T::Real),
        T::Float(_) | T::Float8 | T::Double(_) | T::DoublePrecision => plain(T::DoublePrecision),
        T::Numeric(digits) | T::Decimal(digits) | T::Dec(digits) => decimal(digits).and_then(plain),
        T::Char(length)
        | T::Character(length)
        | T::Varchar(length)
        | T::CharVarying(length)
        | T::CharacterVarying(length)
        | T::Nvarchar(length) => Some((T::Text, Some(characters(*length)))),
        T::Text | T::String(_) | T::Clob(_) | T::JSON | T::JSONB => Some((T::Text, Some(Limit::Unlimited))),
        T::Uuid => guid(),
        T::Bytea | T::Blob(_) => Some((T::Bytea, Some(Limit::Unlimited))),
        T::Binary(length) => Some((T::Bytea, Some(length.map_or(Limit::Unlimited, most)))),
        T::Varbinary(Some(BinaryLength::IntegerLength { length })) => Some((T::Bytea, Some(most(*length)))),
        T::Varbinary(_) => Some((T::Bytea, Some(Limit::Unlimited))),
        T::Date => plain(T::Date),
        T::Time(digits, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) if digits.unwrap_or(0) <= NANOSECONDS => {
            plain(T::Time(None, TimezoneInfo::None))
        }
        T::Timestamp(digits, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) | T::Datetime(digits) => {
            timestamp(*digits).and_then(plain)
        }
        T::Custom(name, arguments) => {
            let name = name.to_string().to_lowercase();
            let length = arguments.first().and_then(|argument| argument.parse().ok());
            match name.as_str() {
                "nchar" => Some((T::Text, Some(length.map_or(Limit::Unlimited, most)))),
                "ntext" => Some((T::Text, Some(Limit::Unlimited))),
                "image" => Some((T::Bytea, Some(Limit::Unlimited))),
                "uniqueidentifier" | "guid" => guid(),
                "money" => plain(T::Decimal(ExactNumberInfo::PrecisionAndScale(19, 4))),
                "smallmoney" => plain(T::Decimal(ExactNumberInfo::PrecisionAndScale(10, 4))),
                "datetime2" | "smalldatetime" => timestamp(length).and_then(plain),
                _ => None,
            }
        }
        _ => None,
    }
}

fn characters(length: Option<CharacterLength>) -> Limit {
    match length {
        Some(CharacterLength::IntegerLength { length, .. }) => most(length),
        Some(CharacterLength::Max) | None => Limit::Unlimited,
    }
}

fn most(length: u64) -> Limit {
    usize::try_from(length).map_or(Limit::Unlimited, Limit::Most)
}

/// The 36 characters of `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
fn guid() -> Option<(DataType, Option<Limit>)> {
    Some((DataType::Text, Some(Limit::Most(36))))
}

fn decimal(digits: &ExactNumberInfo) -> Option<DataType> {
    let (precision, scale) = match *digits {
        ExactNumberInfo::None => (MOST_DIGITS, 10),
        ExactNumberInfo::Precision(precision) => (precision, 0),
        ExactNumberInfo::PrecisionAndScale(precision, scale) => (precision, scale),
    };
    let fits = (1..=MOST_DIGITS).contains(&precision) && u64::try_from(scale).is_ok_and(|scale| scale <= precision);
    fits.then_some(DataType::Decimal(ExactNumberInfo::PrecisionAndScale(precision, scale)))
}

/// Microseconds, as documents have, reach from the year 1 to 9999; nanoseconds, only where they are asked for, end in 2262.
fn timestamp(digits: Option<u64>) -> Option<DataType> {
    let unit = match digits {
        Some(digits) if digits > NANOSECONDS => return None,
        Some(digits) if digits > MICROSECONDS => NANOSECONDS,
        _ => MICROSECONDS,
    };
    Some(DataType::Timestamp(Some(unit), TimezoneInfo::None))
}
