//! THE list of the functions this driver has: it answers SQLGetFunctions, and the exported symbols are held to it by a test.

use super::boundary::{Completion, Status};
use super::diagnostics::Diagnostic;
use super::memory::Address;
use super::sqlstate::SqlState;

/// In which forms a function is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forms {
    /// Without text, hence once.
    One,
    /// Narrow, and wide with a `W` behind its name.
    Both,
}

/// Declares the list: name without `SQL`, number (`SQL_API_*`), forms.
macro_rules! functions {
    ($($name:ident $id:literal $forms:ident,)*) => {
        /// A function of the standard that this driver has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Function { $(
            #[doc = concat!("`SQL", stringify!($name), "`")]
            $name,
        )* }

        impl Function {
            /// Every function.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name of its narrow form.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => concat!("SQL", stringify!($name)),)* }
            }

            /// Its number in SQLGetFunctions.
            pub fn id(self) -> u16 {
                match self { $(Self::$name => $id,)* }
            }

            /// The forms it is exported in.
            pub fn forms(self) -> Forms {
                match self { $(Self::$name => Forms::$forms,)* }
            }
        }
    };
}

functions! {
    AllocHandle 1001 One,
    BindCol 4 One,
    BindParameter 72 One,
    BrowseConnect 55 Both,
    Cancel 5 One,
    CancelHandle 1022 One,
    CloseCursor 1003 One,
    ColAttribute 6 Both,
    ColumnPrivileges 56 Both,
    Columns 40 Both,
    Connect 7 Both,
    CopyDesc 1004 One,
    DescribeCol 8 Both,
    DescribeParam 58 One,
    Disconnect 9 One,
    DriverConnect 41 Both,
    EndTran 1005 One,
    ExecDirect 11 Both,
    Execute 12 One,
    ExtendedFetch 59 One,
    Fetch 13 One,
    FetchScroll 1021 One,
    ForeignKeys 60 Both,
    FreeHandle 1006 One,
    FreeStmt 16 One,
    GetConnectAttr 1007 Both,
    GetCursorName 17 Both,
    GetData 43 One,
    GetDescField 1008 Both,
    GetDescRec 1009 Both,
    GetDiagField 1010 Both,
    GetDiagRec 1011 Both,
    GetEnvAttr 1012 One,
    GetFunctions 44 One,
    GetInfo 45 Both,
    GetStmtAttr 1014 Both,
    GetTypeInfo 47 Both,
    MoreResults 61 One,
    NativeSql 62 Both,
    NumParams 63 One,
    NumResultCols 18 One,
    ParamData 48 One,
    Prepare 19 Both,
    PrimaryKeys 65 Both,
    ProcedureColumns 66 Both,
    Procedures 67 Both,
    PutData 49 One,
    RowCount 20 One,
    SetConnectAttr 1016 Both,
    SetCursorName 21 Both,
    SetDescField 1017 Both,
    SetDescRec 1018 One,
    SetEnvAttr 1019 One,
    SetPos 68 One,
    SetStmtAttr 1020 Both,
    SpecialColumns 52 Both,
    Statistics 53 Both,
    TablePrivileges 70 Both,
    Tables 54 Both,
}

/// The dynamic symbols of the library that belong to the standard.
pub fn symbols() -> impl Iterator<Item = String> {
    Function::ALL.iter().flat_map(|function| {
        let wide = (function.forms() == Forms::Both).then(|| format!("{}W", function.name()));
        std::iter::once(function.name().to_owned()).chain(wide)
    })
}

/// `SQL_API_ALL_FUNCTIONS`: an array of 100 booleans, for ODBC 2.
const ALL_FUNCTIONS: u16 = 0;
/// `SQL_API_ODBC3_ALL_FUNCTIONS`: a bitmap of 250 words.
const ODBC3_ALL_FUNCTIONS: u16 = 999;
const BITMAP_WORDS: u16 = 250;

/// `SQLGetFunctions`.
pub fn supported(id: u16, answer: Address) -> Completion {
    match id {
        ALL_FUNCTIONS => write_words(answer, 0..100, |word| u16::from(is_supported(word))),
        ODBC3_ALL_FUNCTIONS => write_words(answer, 0..BITMAP_WORDS, |word| {
            (0..16)
                .filter(|bit| is_supported(word * 16 + bit))
                .fold(0, |bits, bit| bits | 1 << bit)
        }),
        id if id < BITMAP_WORDS * 16 => answer.write(u16::from(is_supported(id))),
        id => {
            let message = format!("There is no ODBC function with the number {id}.");
            return Err(Diagnostic::new(SqlState::FunctionOutOfRange, message));
        }
    }
    Ok(Status::Success)
}

fn is_supported(id: u16) -> bool {
    Function::ALL.iter().any(|function| function.id() == id)
}

fn write_words(answer: Address, words: std::ops::Range<u16>, value: impl Fn(u16) -> u16) {
    for word in words {
        answer
            .offset(isize::try_from(word).unwrap_or_default() * 2)
            .write(value(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_listed_twice() {
        for function in Function::ALL {
            let same = Function::ALL.iter().filter(|other| other.id() == function.id()).count();
            assert_eq!(same, 1, "{}", function.name());
        }
    }

    #[test]
    fn text_functions_have_a_wide_symbol() {
        let symbols: Vec<_> = symbols().collect();
        assert!(symbols.iter().any(|name| name == "SQLTablesW"));
        assert!(!symbols.iter().any(|name| name == "SQLFetchW"));
    }
}
