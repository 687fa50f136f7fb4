//! The SQLSTATEs and numbers that the faces give to errors.

use crate::error::Kind;

/// Declares the states: name, code in ODBC 3, code in ODBC 2, meaning.
macro_rules! states {
    ($($name:ident $odbc3:literal $odbc2:literal $meaning:literal,)*) => {
        /// A SQLSTATE.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum SqlState { $(
            #[doc = concat!($odbc3, ": ", $meaning)]
            $name,
        )* }

        impl SqlState {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The five characters an application of this version of ODBC knows.
            pub fn code(self, odbc2: bool) -> &'static str {
                match self { $(Self::$name => if odbc2 { $odbc2 } else { $odbc3 },)* }
            }
        }
    };
}

states! {
    Warning "01000" "01000" "general warning",
    RightTruncated "01004" "01004" "text or binary data were cut at the end of the buffer",
    BadConnectionAttribute "01S00" "01S00" "the connection string names an unknown property",
    ErrorInRow "01S01" "01S01" "a row of the rowset could not be delivered",
    OptionChanged "01S02" "01S02" "another value was taken instead",
    BeforeFirst "01S06" "01S06" "the rowset would begin before the first row",
    FractionTruncated "01S07" "01004" "fractional digits were lost",
    TooFewParameters "07002" "07002" "fewer parameters are bound than the statement has",
    NoCursorSpecification "07005" "24000" "the statement has no result columns",
    RestrictedType "07006" "07006" "the types cannot be converted",
    DefaultParameter "07S01" "07S01" "a parameter has no default",
    DescriptorIndex "07009" "S1002" "no such column, parameter or record",
    CannotConnect "08001" "08001" "the connection could not be made",
    InUse "08002" "08002" "the connection is open already",
    NotOpen "08003" "08003" "the connection is not open",
    LinkFailure "08S01" "08S01" "the connection was lost",
    ValueCount "21S01" "21S01" "not as many values as columns",
    StringTruncated "22001" "22001" "a text is longer than its type",
    IndicatorRequired "22002" "22002" "a NULL needs an indicator",
    OutOfRange "22003" "22003" "a number does not fit",
    DatetimeFormat "22007" "22008" "a date or time is not well formed",
    DatetimeOverflow "22008" "22008" "a date or time does not fit",
    DivisionByZero "22012" "22012" "division by zero",
    IntervalOverflow "22015" "S1000" "a field of an interval does not fit",
    BadCharacter "22018" "22005" "a text is no value of the type",
    Constraint "23000" "23000" "a column takes no NULL",
    CursorState "24000" "24000" "a cursor is open, or none is",
    Authorization "28000" "28000" "sign-in failed",
    CursorName "34000" "34000" "not a cursor name",
    DuplicateCursorName "3C000" "3C000" "the cursor name is taken",
    CatalogName "3D000" "S1009" "no such catalog",
    Syntax "42000" "37000" "the statement is wrong or not allowed",
    TableExists "42S01" "S0001" "the table exists already",
    TableNotFound "42S02" "S0002" "no such table",
    ColumnExists "42S21" "S0021" "the column exists already",
    ColumnNotFound "42S22" "S0022" "no such column",
    General "HY000" "S1000" "general error",
    Memory "HY001" "S1001" "out of memory",
    CType "HY003" "S1003" "no such C type",
    SqlType "HY004" "S1004" "no such SQL type",
    NotPrepared "HY007" "S1010" "the statement of the descriptor is not prepared",
    Cancelled "HY008" "S1008" "cancelled",
    NullPointer "HY009" "S1009" "a pointer is null",
    Sequence "HY010" "S1010" "not at this point",
    CannotSetNow "HY011" "S1011" "the attribute cannot be set now",
    TransactionOperation "HY012" "S1012" "neither commit nor rollback",
    HandleLimit "HY014" "S1000" "no handle is left",
    ReadOnlyDescriptor "HY016" "S1000" "an IRD cannot be changed",
    AutomaticDescriptor "HY017" "S1000" "an automatic descriptor cannot be used so",
    InPieces "HY019" "S1000" "only texts and binary values come in pieces",
    NullInPieces "HY020" "S1000" "a NULL was put to other pieces",
    Inconsistent "HY021" "S1000" "descriptor fields contradict each other",
    AttributeValue "HY024" "S1009" "not a value of the attribute",
    Length "HY090" "S1090" "a length is negative",
    FieldId "HY091" "S1091" "no such descriptor field",
    AttributeId "HY092" "S1092" "no such attribute or option",
    FunctionOutOfRange "HY095" "S1095" "no such function",
    InfoType "HY096" "S1096" "no such information type",
    ColumnKind "HY097" "S1097" "no such kind of special column",
    Scope "HY098" "S1098" "no such scope",
    NullableOption "HY099" "S1099" "no such option of NULL columns",
    UniqueOption "HY100" "S1100" "no such option of unique indexes",
    AccuracyOption "HY101" "S1101" "no such option of accuracy",
    Precision "HY104" "S1104" "not a precision or scale of the type",
    ParameterType "HY105" "S1105" "no such parameter type",
    FetchType "HY106" "S1106" "the cursor cannot move so",
    RowValue "HY107" "S1107" "no such row in the rowset",
    Position "HY109" "S1109" "the cursor is not on a row that allows it",
    Completion "HY110" "S1110" "no such driver completion",
    Unsupported "HYC00" "S1C00" "not supported",
    Timeout "HYT00" "S1T00" "the time is over",
    ConnectionTimeout "HYT01" "S1T00" "the time of the connection is over",
    DataSourceNotFound "IM002" "IM002" "no such data source",
}

/// When an error happened: the same failure has another state while connecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// In `SQLConnect` or `SQLDriverConnect`.
    Connect,
    /// On an open connection.
    Later,
}

impl SqlState {
    /// The state an error of this kind becomes.
    pub fn of(kind: Kind, phase: Phase) -> Self {
        let (connect, later, _) = row(kind);
        match phase {
            Phase::Connect => connect,
            Phase::Later => later,
        }
    }

    /// Whether it warns only (class 01).
    pub fn is_warning(self) -> bool {
        self.code(false).starts_with("01")
    }

    /// `SQL_DIAG_CLASS_ORIGIN`.
    pub fn class_origin(self) -> &'static str {
        if self.code(false).starts_with("IM") { ODBC } else { ISO }
    }

    /// `SQL_DIAG_SUBCLASS_ORIGIN`: ODBC's own subclasses, else the ISO standard's.
    pub fn subclass_origin(self) -> &'static str {
        let code = self.code(false);
        let own = code.get(2..3) == Some("S") || ["IM", "HYT"].iter().any(|class| code.starts_with(class));
        let listed = matches!(
            self,
            Self::FunctionOutOfRange
                | Self::Precision
                | Self::ParameterType
                | Self::FetchType
                | Self::RowValue
                | Self::Position
                | Self::Completion
        );
        if own || listed { ODBC } else { ISO }
    }
}

const ISO: &str = "ISO 9075";
const ODBC: &str = "ODBC 3.0";

/// The native error number of a kind: stable, so that programs may rely on it.
pub fn native(kind: Kind) -> i32 {
    row(kind).2
}

/// State while connecting, state later, native number.
fn row(kind: Kind) -> (SqlState, SqlState, i32) {
    use SqlState as S;
    match kind {
        Kind::Property => (S::CannotConnect, S::General, 101),
        Kind::UnknownProperty => (S::BadConnectionAttribute, S::BadConnectionAttribute, 102),
        Kind::Warning => (S::Warning, S::Warning, 103),
        Kind::DataSource => (S::DataSourceNotFound, S::DataSourceNotFound, 104),
        Kind::SignIn => (S::Authorization, S::LinkFailure, 201),
        Kind::Refused => (S::Authorization, S::Authorization, 206),
        Kind::Unreachable => (S::CannotConnect, S::LinkFailure, 202),
        Kind::Timeout => (S::Timeout, S::Timeout, 203),
        Kind::Cancelled => (S::Cancelled, S::Cancelled, 204),
        Kind::Settings => (S::General, S::General, 205),
        Kind::Syntax => (S::Syntax, S::Syntax, 301),
        Kind::TableNotFound => (S::TableNotFound, S::TableNotFound, 302),
        Kind::ColumnNotFound => (S::ColumnNotFound, S::ColumnNotFound, 303),
        Kind::TableExists => (S::TableExists, S::TableExists, 308),
        Kind::ColumnExists => (S::ColumnExists, S::ColumnExists, 309),
        Kind::ValueCount => (S::ValueCount, S::ValueCount, 310),
        Kind::TooLong => (S::StringTruncated, S::StringTruncated, 311),
        Kind::NullValue => (S::Constraint, S::Constraint, 312),
        Kind::Conversion => (S::BadCharacter, S::BadCharacter, 304),
        Kind::OutOfRange => (S::OutOfRange, S::OutOfRange, 305),
        Kind::DivisionByZero => (S::DivisionByZero, S::DivisionByZero, 306),
        Kind::Document => (S::General, S::General, 307),
        Kind::Unsupported => (S::Unsupported, S::Unsupported, 901),
        Kind::Memory => (S::Memory, S::Memory, 902),
        Kind::Internal => (S::General, S::General, 903),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_five_characters_and_listed_once() {
        for state in SqlState::ALL {
            assert_eq!(state.code(false).len(), 5, "{state:?}");
            assert_eq!(state.code(true).len(), 5, "{state:?}");
            let same = SqlState::ALL
                .iter()
                .filter(|other| other.code(false) == state.code(false))
                .count();
            assert_eq!(same, 1, "{state:?}");
        }
    }

    #[test]
    fn odbc_2_never_sees_class_hy() {
        for state in SqlState::ALL {
            assert!(!state.code(true).starts_with("HY"), "{state:?}");
            assert!(!state.code(true).starts_with("42"), "{state:?}");
        }
    }

    #[test]
    fn a_lost_server_is_08001_while_connecting_and_08s01_later() {
        assert_eq!(SqlState::of(Kind::Unreachable, Phase::Connect).code(false), "08001");
        assert_eq!(SqlState::of(Kind::Unreachable, Phase::Later).code(false), "08S01");
        assert_eq!(SqlState::of(Kind::SignIn, Phase::Connect).code(false), "28000");
        assert_eq!(SqlState::of(Kind::SignIn, Phase::Later).code(false), "08S01");
    }

    #[test]
    fn origins_follow_the_standard() {
        assert_eq!(SqlState::Syntax.subclass_origin(), "ISO 9075");
        assert_eq!(SqlState::TableNotFound.subclass_origin(), "ODBC 3.0");
        assert_eq!(SqlState::Timeout.subclass_origin(), "ODBC 3.0");
        assert_eq!(SqlState::DataSourceNotFound.class_origin(), "ODBC 3.0");
        assert_eq!(SqlState::BadConnectionAttribute.class_origin(), "ISO 9075");
    }
}
