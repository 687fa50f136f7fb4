//! Standard numbers under short names, most of them from odbc-sys; those that it lacks stand here and nowhere else.

/// Return codes.
pub mod code {
    use odbc_sys::SqlReturn;

    /// `SQL_SUCCESS`
    pub const SUCCESS: i16 = SqlReturn::SUCCESS.0;
    /// `SQL_SUCCESS_WITH_INFO`
    pub const SUCCESS_WITH_INFO: i16 = SqlReturn::SUCCESS_WITH_INFO.0;
    /// `SQL_NEED_DATA`
    pub const NEED_DATA: i16 = SqlReturn::NEED_DATA.0;
    /// `SQL_NO_DATA`
    pub const NO_DATA: i16 = SqlReturn::NO_DATA.0;
    /// `SQL_ERROR`
    pub const ERROR: i16 = SqlReturn::ERROR.0;
    /// `SQL_INVALID_HANDLE`
    pub const INVALID_HANDLE: i16 = SqlReturn::INVALID_HANDLE.0;
}

/// Descriptor fields (`SQL_DESC_*`); the `COLUMN_*` ones are ODBC 2's and known to `SQLColAttribute` alone.
pub mod field {
    use odbc_sys::Desc;

    /// Declares constants of descriptor fields.
    macro_rules! fields {
        ($($name:ident = $value:expr;)*) => { $(
            #[doc = concat!("`SQL_DESC_", stringify!($name), "`")]
            pub const $name: i16 = $value;
        )* };
    }

    fields! {
        ALLOC_TYPE = Desc::AllocType as i16;
        ARRAY_SIZE = Desc::ArraySize as i16;
        ARRAY_STATUS_PTR = Desc::ArrayStatusPtr as i16;
        AUTO_UNIQUE_VALUE = Desc::AutoUniqueValue as i16;
        BASE_COLUMN_NAME = Desc::BaseColumnName as i16;
        BASE_TABLE_NAME = Desc::BaseTableName as i16;
        BIND_OFFSET_PTR = Desc::BindOffsetPtr as i16;
        BIND_TYPE = Desc::BindType as i16;
        CASE_SENSITIVE = Desc::CaseSensitive as i16;
        CATALOG_NAME = Desc::CatalogName as i16;
        CONCISE_TYPE = Desc::ConciseType as i16;
        COUNT = Desc::Count as i16;
        DATA_PTR = Desc::DataPtr as i16;
        DATETIME_INTERVAL_CODE = Desc::DatetimeIntervalCode as i16;
        DATETIME_INTERVAL_PRECISION = Desc::DatetimeIntervalPrecision as i16;
        DISPLAY_SIZE = Desc::DisplaySize as i16;
        FIXED_PREC_SCALE = Desc::FixedPrecScale as i16;
        INDICATOR_PTR = Desc::IndicatorPtr as i16;
        LABEL = Desc::Label as i16;
        LENGTH = Desc::Length as i16;
        LITERAL_PREFIX = Desc::LiteralPrefix as i16;
        LITERAL_SUFFIX = Desc::LiteralSuffix as i16;
        LOCAL_TYPE_NAME = Desc::LocalTypeName as i16;
        NAME = Desc::Name as i16;
        NULLABLE = Desc::Nullable as i16;
        NUM_PREC_RADIX = Desc::NumPrecRadix as i16;
        OCTET_LENGTH = Desc::OctetLength as i16;
        OCTET_LENGTH_PTR = Desc::OctetLengthPtr as i16;
        PARAMETER_TYPE = Desc::ParameterType as i16;
        PRECISION = Desc::Precision as i16;
        ROWS_PROCESSED_PTR = Desc::RowsProcessedPtr as i16;
        ROWVER = Desc::RowVer as i16;
        SCALE = Desc::Scale as i16;
        SCHEMA_NAME = Desc::SchemaName as i16;
        SEARCHABLE = Desc::Searchable as i16;
        TABLE_NAME = Desc::TableName as i16;
        TYPE = Desc::Type as i16;
        TYPE_NAME = Desc::TypeName as i16;
        UNNAMED = Desc::Unnamed as i16;
        UNSIGNED = Desc::Unsigned as i16;
        UPDATABLE = Desc::Updatable as i16;
    }

    /// `SQL_COLUMN_COUNT`
    pub const COLUMN_COUNT: i16 = 0;
    /// `SQL_COLUMN_NAME`
    pub const COLUMN_NAME: i16 = 1;
    /// `SQL_COLUMN_LENGTH`
    pub const COLUMN_LENGTH: i16 = 3;
    /// `SQL_COLUMN_PRECISION`
    pub const COLUMN_PRECISION: i16 = 4;
    /// `SQL_COLUMN_SCALE`
    pub const COLUMN_SCALE: i16 = 5;
    /// `SQL_COLUMN_NULLABLE`
    pub const COLUMN_NULLABLE: i16 = 7;
}

/// Values of descriptor fields.
pub mod descriptor {
    /// `SQL_DESC_ALLOC_AUTO`
    pub const ALLOC_AUTO: i16 = 1;
    /// `SQL_DESC_ALLOC_USER`
    pub const ALLOC_USER: i16 = 2;
    /// `SQL_NAMED`
    pub const NAMED: i16 = 0;
    /// `SQL_UNNAMED`
    pub const UNNAMED: i16 = 1;
    /// `SQL_PRED_BASIC`: every comparison but LIKE.
    pub const PRED_BASIC: i16 = 2;
    /// `SQL_PRED_SEARCHABLE`: every comparison.
    pub const PRED_SEARCHABLE: i16 = 3;
    /// `SQL_ATTR_READONLY`
    pub const READ_ONLY: i16 = 0;
    /// `SQL_DEFAULT_PARAM`
    pub const DEFAULT_PARAM: isize = -5;
    /// `SQL_LEN_DATA_AT_EXEC_OFFSET`: indicators at or below it ask for the value at execution.
    pub const DATA_AT_EXEC_OFFSET: isize = -100;
}

/// Type numbers that descriptors tell apart.
pub mod sql_type {
    /// `SQL_CHAR` and `SQL_C_CHAR`
    pub const CHAR: i16 = 1;
    /// `SQL_NUMERIC` and `SQL_C_NUMERIC`
    pub const NUMERIC: i16 = 2;
    /// `SQL_DECIMAL`
    pub const DECIMAL: i16 = 3;
    /// `SQL_FLOAT`
    pub const FLOAT: i16 = 6;
    /// `SQL_DOUBLE`
    pub const DOUBLE: i16 = 8;
    /// `SQL_DATETIME`: the verbose type; as a concise type ODBC 2's `SQL_DATE`.
    pub const DATETIME: i16 = 9;
    /// `SQL_INTERVAL`: the verbose type; as a concise type ODBC 2's `SQL_TIME`.
    pub const INTERVAL: i16 = 10;
    /// ODBC 2's `SQL_TIMESTAMP`
    pub const TIMESTAMP: i16 = 11;
    /// `SQL_VARCHAR`
    pub const VARCHAR: i16 = 12;
    /// `SQL_TYPE_DATE`
    pub const TYPE_DATE: i16 = 91;
    /// `SQL_TYPE_TIME`
    pub const TYPE_TIME: i16 = 92;
    /// `SQL_TYPE_TIMESTAMP`
    pub const TYPE_TIMESTAMP: i16 = 93;
    /// `SQL_INTERVAL_YEAR`: the interval types are this plus the interval code less one.
    pub const INTERVAL_YEAR: i16 = 101;
    /// `SQL_INTERVAL_MINUTE_TO_SECOND`
    pub const INTERVAL_MINUTE_TO_SECOND: i16 = 113;
    /// `SQL_LONGVARCHAR`
    pub const LONGVARCHAR: i16 = -1;
    /// `SQL_BINARY` and `SQL_C_BINARY`
    pub const BINARY: i16 = -2;
    /// `SQL_VARBINARY`
    pub const VARBINARY: i16 = -3;
    /// `SQL_LONGVARBINARY`
    pub const LONGVARBINARY: i16 = -4;
    /// `SQL_WCHAR` and `SQL_C_WCHAR`
    pub const WCHAR: i16 = -8;
    /// `SQL_WVARCHAR`
    pub const WVARCHAR: i16 = -9;
    /// `SQL_WLONGVARCHAR`
    pub const WLONGVARCHAR: i16 = -10;
    /// `SQL_GUID` and `SQL_C_GUID`
    pub const GUID: i16 = -11;
    /// `SQL_C_DEFAULT`
    pub const DEFAULT: i16 = 99;
    /// `SQL_ARD_TYPE`
    pub const ARD_TYPE: i16 = -99;

    /// Whether the number is a concise SQL type of the standard, of ODBC 3 or 2.
    pub fn is_sql_type(number: i16) -> bool {
        matches!(number, GUID..=-1 | CHAR..=VARCHAR | TYPE_DATE..=TYPE_TIMESTAMP)
            || (INTERVAL_YEAR..=INTERVAL_MINUTE_TO_SECOND).contains(&number)
    }

    /// Whether the number is a C type of the standard, `SQL_C_DEFAULT` among them.
    pub fn is_c_type(number: i16) -> bool {
        matches!(
            number,
            -28..=-25 | -18..=-15 | GUID | WCHAR | -7 | -6 | BINARY | CHAR | NUMERIC | 4 | 5 | 7..=TIMESTAMP
        ) || matches!(number, TYPE_DATE..=TYPE_TIMESTAMP | DEFAULT)
            || (INTERVAL_YEAR..=INTERVAL_MINUTE_TO_SECOND).contains(&number)
    }

    /// ODBC 3's number for a date or time type that ODBC 2 numbered 9 to 11.
    pub fn odbc3_type(number: i16) -> i16 {
        match number {
            DATETIME => TYPE_DATE,
            INTERVAL => TYPE_TIME,
            TIMESTAMP => TYPE_TIMESTAMP,
            other => other,
        }
    }
}

/// Connection and environment attributes that odbc-sys lacks.
pub mod attribute {
    /// `SQL_ATTR_ANSI_APP`: set by a driver manager.
    pub const ANSI_APP: i32 = 115;
    /// `SQL_ATTR_DRIVER_UNICODE_TYPE`: asked by iODBC.
    pub const DRIVER_UNICODE_TYPE: i32 = 1065;
    /// `SQL_DM_CP_UTF16`: what iODBC is answered.
    pub const CP_UTF16: i32 = 1;
    /// `SQL_ROWSET_SIZE`: the rowset of `SQLExtendedFetch`.
    pub const ROWSET_SIZE: i32 = 9;
}

/// What a parameter operation array may say, and what a parameter status array is told.
pub mod param_status {
    /// `SQL_PARAM_IGNORE`
    pub const IGNORE: u16 = 1;
    /// `SQL_PARAM_SUCCESS`
    pub const SUCCESS: u16 = 0;
    /// `SQL_PARAM_DIAG_UNAVAILABLE`: nothing is wrong with the set, but it was not made a change either.
    pub const DIAG_UNAVAILABLE: u16 = 1;
    /// `SQL_PARAM_ERROR`
    pub const ERROR: u16 = 5;
    /// `SQL_PARAM_UNUSED`
    pub const UNUSED: u16 = 7;
}

/// Row status values.
pub mod row {
    /// `SQL_ROW_SUCCESS`
    pub const SUCCESS: u16 = 0;
    /// `SQL_ROW_NOROW`
    pub const NO_ROW: u16 = 3;
    /// `SQL_ROW_ERROR`
    pub const ERROR: u16 = 5;
    /// `SQL_ROW_SUCCESS_WITH_INFO`
    pub const SUCCESS_WITH_INFO: u16 = 6;
}

/// Fetch orientations.
pub mod fetch {
    use odbc_sys::FetchOrientation as O;

    /// `SQL_FETCH_NEXT`
    pub const NEXT: i16 = O::Next as i16;
    /// `SQL_FETCH_FIRST`
    pub const FIRST: i16 = O::First as i16;
    /// `SQL_FETCH_LAST`
    pub const LAST: i16 = O::Last as i16;
    /// `SQL_FETCH_PRIOR`
    pub const PRIOR: i16 = O::Prior as i16;
    /// `SQL_FETCH_ABSOLUTE`
    pub const ABSOLUTE: i16 = O::Absolute as i16;
    /// `SQL_FETCH_RELATIVE`
    pub const RELATIVE: i16 = O::Relative as i16;
    /// `SQL_FETCH_BOOKMARK`
    pub const BOOKMARK: i16 = 8;
}

/// What `SQLSetPos` does.
pub mod set_pos {
    /// `SQL_POSITION`
    pub const POSITION: u16 = 0;
    /// `SQL_REFRESH`
    pub const REFRESH: u16 = 1;
    /// `SQL_ADD`: the last of them.
    pub const ADD: u16 = 4;
    /// `SQL_LOCK_NO_CHANGE`
    pub const LOCK_NO_CHANGE: u16 = 0;
    /// `SQL_LOCK_UNLOCK`: the last of them.
    pub const LOCK_UNLOCK: u16 = 2;
}

/// `SQL_OV_ODBC2`
pub const ODBC2: i32 = 2;
/// `SQL_OV_ODBC3`
pub const ODBC3: i32 = 3;
/// `SQL_OV_ODBC3_80`
pub const ODBC3_80: i32 = 380;
