//! THE table of C types.

use super::Failure;
use super::interval::{Fields, IntervalStruct};

/// Numbers of the C types that other files need by name.
pub mod number {
    use odbc_sys::CDataType as T;

    /// `SQL_C_CHAR`
    pub const CHAR: i16 = T::Char as i16;
    /// `SQL_C_WCHAR`
    pub const WCHAR: i16 = T::WChar as i16;
    /// `SQL_C_BIT`
    pub const BIT: i16 = T::Bit as i16;
    /// `SQL_C_STINYINT`
    pub const STINYINT: i16 = T::STinyInt as i16;
    /// `SQL_C_UTINYINT`
    pub const UTINYINT: i16 = T::UTinyInt as i16;
    /// `SQL_C_TINYINT` of ODBC 1
    pub const TINYINT: i16 = -6;
    /// `SQL_C_SSHORT`
    pub const SSHORT: i16 = T::SShort as i16;
    /// `SQL_C_USHORT`
    pub const USHORT: i16 = T::UShort as i16;
    /// `SQL_C_SHORT` of ODBC 1
    pub const SHORT: i16 = 5;
    /// `SQL_C_SLONG`
    pub const SLONG: i16 = T::SLong as i16;
    /// `SQL_C_ULONG`
    pub const ULONG: i16 = T::ULong as i16;
    /// `SQL_C_LONG` of ODBC 1
    pub const LONG: i16 = 4;
    /// `SQL_C_SBIGINT`
    pub const SBIGINT: i16 = T::SBigInt as i16;
    /// `SQL_C_UBIGINT`
    pub const UBIGINT: i16 = T::UBigInt as i16;
    /// `SQL_C_FLOAT`
    pub const FLOAT: i16 = T::Float as i16;
    /// `SQL_C_DOUBLE`
    pub const DOUBLE: i16 = T::Double as i16;
    /// `SQL_C_NUMERIC`
    pub const NUMERIC: i16 = T::Numeric as i16;
    /// `SQL_C_BINARY`
    pub const BINARY: i16 = T::Binary as i16;
    /// `SQL_C_GUID`
    pub const GUID: i16 = -11;
    /// `SQL_C_TYPE_DATE`
    pub const DATE: i16 = T::TypeDate as i16;
    /// `SQL_C_TYPE_TIME`
    pub const TIME: i16 = T::TypeTime as i16;
    /// `SQL_C_TYPE_TIMESTAMP`
    pub const TIMESTAMP: i16 = T::TypeTimestamp as i16;
    /// `SQL_C_DATE` of ODBC 2
    pub const ODBC2_DATE: i16 = T::Date as i16;
    /// `SQL_C_TIME` of ODBC 2
    pub const ODBC2_TIME: i16 = T::Time as i16;
    /// `SQL_C_TIMESTAMP` of ODBC 2
    pub const ODBC2_TIMESTAMP: i16 = T::TimeStamp as i16;
    /// `SQL_C_DEFAULT`
    pub const DEFAULT: i16 = T::Default as i16;
}

/// A C type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CType {
    /// `SQLCHAR[]`, UTF-8
    Char,
    /// `SQLWCHAR[]`, UTF-16
    WChar,
    /// One byte, 0 or 1
    Bit,
    /// `SQLSCHAR`
    STinyInt,
    /// `SQLCHAR` as a number
    UTinyInt,
    /// `SQLSMALLINT`
    SShort,
    /// `SQLUSMALLINT`
    UShort,
    /// `SQLINTEGER`
    SLong,
    /// `SQLUINTEGER`
    ULong,
    /// `SQLBIGINT`
    SBigInt,
    /// `SQLUBIGINT`
    UBigInt,
    /// `SQLREAL`
    Float,
    /// `SQLDOUBLE`
    Double,
    /// `SQL_NUMERIC_STRUCT`
    Numeric,
    /// `SQL_DATE_STRUCT`
    Date,
    /// `SQL_TIME_STRUCT`
    Time,
    /// `SQL_TIMESTAMP_STRUCT`
    Timestamp,
    /// Bytes
    Binary,
    /// `SQLGUID`
    Guid,
    /// `SQL_INTERVAL_STRUCT` of a type with these fields
    Interval(Fields),
}

/// Every C type but the intervals, with its number first and its older numbers behind.
pub static C_TYPES: &[(CType, &[i16])] = &[
    (CType::Char, &[number::CHAR]),
    (CType::WChar, &[number::WCHAR]),
    (CType::Bit, &[number::BIT]),
    (CType::STinyInt, &[number::STINYINT, number::TINYINT]),
    (CType::UTinyInt, &[number::UTINYINT]),
    (CType::SShort, &[number::SSHORT, number::SHORT]),
    (CType::UShort, &[number::USHORT]),
    (CType::SLong, &[number::SLONG, number::LONG]),
    (CType::ULong, &[number::ULONG]),
    (CType::SBigInt, &[number::SBIGINT]),
    (CType::UBigInt, &[number::UBIGINT]),
    (CType::Float, &[number::FLOAT]),
    (CType::Double, &[number::DOUBLE]),
    (CType::Numeric, &[number::NUMERIC]),
    (CType::Date, &[number::DATE, number::ODBC2_DATE]),
    (CType::Time, &[number::TIME, number::ODBC2_TIME]),
    (CType::Timestamp, &[number::TIMESTAMP, number::ODBC2_TIMESTAMP]),
    (CType::Binary, &[number::BINARY]),
    (CType::Guid, &[number::GUID]),
];

impl CType {
    /// The C type of a number.
    pub fn of(number: i16) -> Result<Self, Failure> {
        match C_TYPES.iter().find(|(_, numbers)| numbers.contains(&number)) {
            Some((c_type, _)) => Ok(*c_type),
            None => Fields::of(number).map(Self::Interval).ok_or(Failure::CType),
        }
    }

    /// Bytes of a value; none where the buffer length says it.
    pub fn size(self) -> Option<usize> {
        match self {
            Self::Char | Self::WChar | Self::Binary => None,
            Self::Bit | Self::STinyInt | Self::UTinyInt => Some(1),
            Self::SShort | Self::UShort => Some(2),
            Self::SLong | Self::ULong | Self::Float => Some(4),
            Self::SBigInt | Self::UBigInt | Self::Double => Some(8),
            Self::Numeric => Some(size_of::<odbc_sys::Numeric>()),
            Self::Date => Some(size_of::<odbc_sys::Date>()),
            Self::Time => Some(size_of::<odbc_sys::Time>()),
            Self::Timestamp => Some(size_of::<odbc_sys::Timestamp>()),
            Self::Guid => Some(size_of::<odbc_sys::Guid>()),
            Self::Interval(_) => Some(size_of::<IntervalStruct>()),
        }
    }
}
