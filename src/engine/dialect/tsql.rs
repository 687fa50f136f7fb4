//! THE table of functions that are called as in SQL Server: what each becomes in the engine's SQL.
//!
//! A function that the engine has by the same name and with the same meaning, or that `engine::functions` adds to it,
//! needs no row.

use super::functions::{self, Form};

/// The function called `name`, without regard to case, and its form.
pub(super) fn find(name: &str) -> Option<(&'static str, &'static Form)> {
    let own = FUNCTIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    own.map(|(name, form)| (*name, form)).or_else(|| {
        let name = ODBC.iter().find(|known| known.eq_ignore_ascii_case(name))?;
        functions::find(name).map(|function| (function.name, &function.form))
    })
}

/// Functions of ODBC that may also be called without `{fn …}`.
const ODBC: &[&str] = &[
    "CEILING",
    "CURDATE",
    "CURTIME",
    "DATABASE",
    "IFNULL",
    "LCASE",
    "LOCATE",
    "MOD",
    "RAND",
    "SIGN",
    "TIMESTAMPADD",
    "TIMESTAMPDIFF",
    "TRUNCATE",
    "UCASE",
];

/// Whether an expression may follow the keyword, so that a name and a parenthesis after it are a call.
pub(super) fn precedes_an_expression(word: &str) -> bool {
    const KEYWORDS: [&str; 27] = [
        "all", "and", "between", "by", "case", "default", "distinct", "else", "escape", "for", "from", "having",
        "ilike", "in", "is", "like", "limit", "not", "offset", "on", "or", "placing", "select", "set", "then", "when",
        "where",
    ];
    KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

/// What CONVERT converts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A text, with the most characters it may have.
    Text(Option<i64>),
    /// A date, a time or both, in the engine's SQL.
    Moment(&'static str),
    /// Any other type, in the engine's SQL.
    Other(String),
}

impl Target {
    /// The type of SQL Server that is written so.
    pub(super) fn named(written: &str) -> Option<Self> {
        let (name, arguments) = match written.split_once('(') {
            Some((name, arguments)) => (name, Some(arguments.trim().strip_suffix(')')?.trim())),
            None => (written, None),
        };
        let other = |sql_type: &str| Some(Self::Other(sql_type.to_owned()));
        match (name.trim().to_ascii_lowercase().as_str(), arguments) {
            ("char" | "varchar" | "nchar" | "nvarchar", Some(length)) if !length.eq_ignore_ascii_case("max") => {
                let length = length.parse().ok().filter(|length| *length > 0)?;
                Some(Self::Text(Some(length)))
            }
            ("char" | "varchar" | "nchar" | "nvarchar" | "text" | "ntext" | "sysname", _) => Some(Self::Text(None)),
            ("uniqueidentifier", None) => Some(Self::Text(Some(36))),
            ("date", None) => Some(Self::Moment("DATE")),
            ("time", _) => Some(Self::Moment("TIME")),
            ("datetime" | "smalldatetime", None) | ("datetime2", _) => Some(Self::Moment("TIMESTAMP(6)")),
            ("bit", None) => other("BOOLEAN"),
            // Without a sign in SQL Server, so that it reaches 255.
            ("tinyint" | "smallint", None) => other("SMALLINT"),
            ("int" | "integer", None) => other("INTEGER"),
            ("bigint", None) => other("BIGINT"),
            ("real", None) => other("REAL"),
            ("float" | "double" | "double precision", _) => other("DOUBLE"),
            ("money", None) => other("DECIMAL(19, 4)"),
            ("smallmoney", None) => other("DECIMAL(10, 4)"),
            ("decimal" | "numeric" | "dec", None) => other("DECIMAL(18, 0)"),
            ("decimal" | "numeric" | "dec", Some(digits)) => {
                let is_digits = digits.bytes().all(|c| c.is_ascii_digit() || matches!(c, b',' | b' '));
                is_digits.then(|| Self::Other(format!("DECIMAL({digits})")))
            }
            ("binary" | "varbinary", _) => other("BYTEA"),
            _ => None,
        }
    }
}

const NOW: &str = "CAST(now() AS TIMESTAMP(6))";

const fn templates(name: &'static str, forms: &'static [(usize, &'static str)]) -> (&'static str, Form) {
    (name, Form::Templates(forms))
}

const fn of_part(name: &'static str, forms: &'static [(usize, &'static str)]) -> (&'static str, Form) {
    (name, Form::OfPart(forms))
}

const FUNCTIONS: &[(&str, Form)] = &[
    // The time is UTC, as everywhere in the driver.
    templates("GETDATE", &[(0, NOW)]),
    templates("GETUTCDATE", &[(0, NOW)]),
    templates("SYSDATETIME", &[(0, NOW)]),
    templates("SYSUTCDATETIME", &[(0, NOW)]),
    of_part("DATEADD", &[(3, "dateadd({0}, {1}, {2})")]),
    of_part("DATEDIFF", &[(3, "datediff({0}, {1}, {2})")]),
    of_part("DATEDIFF_BIG", &[(3, "datediff({0}, {1}, {2})")]),
    of_part("DATENAME", &[(2, "datename({0}, {1})")]),
    of_part("DATEPART", &[(2, "datepart({0}, {1})")]),
    of_part("DATETRUNC", &[(2, "datetrunc({0}, {1})")]),
    templates("YEAR", &[(1, "datepart('year', {0})")]),
    templates("QUARTER", &[(1, "datepart('quarter', {0})")]),
    templates("MONTH", &[(1, "datepart('month', {0})")]),
    templates("WEEK", &[(1, "datepart('week', {0})")]),
    templates("DAY", &[(1, "datepart('day', {0})")]),
    templates("DAYOFMONTH", &[(1, "datepart('day', {0})")]),
    templates("DAYOFWEEK", &[(1, "datepart('weekday', {0})")]),
    templates("DAYOFYEAR", &[(1, "datepart('dayofyear', {0})")]),
    templates("HOUR", &[(1, "datepart('hour', {0})")]),
    templates("MINUTE", &[(1, "datepart('minute', {0})")]),
    templates("SECOND", &[(1, "datepart('second', {0})")]),
    templates("DAYNAME", &[(1, "datename('weekday', {0})")]),
    templates("MONTHNAME", &[(1, "datename('month', {0})")]),
    templates("ISDATE", &[(1, "coalesce(isdate({0}), 0)")]),
    templates("MAKEDATE", &[(2, "dateadd('day', {1} - 1, datefromparts({0}, 1, 1))")]),
    // Whether the count is one of seconds, and not of milliseconds.
    templates(
        "FROM_UNIXTIME",
        &[
            (1, "dateadd('second', {0}, '1970-01-01')"),
            (
                2,
                "CASE WHEN CAST({1} AS BOOLEAN) THEN dateadd('second', {0}, '1970-01-01') \
                 ELSE dateadd('millisecond', {0}, '1970-01-01') END",
            ),
        ],
    ),
    templates("FDWEEK", &[(1, "CAST(datetrunc('week', {0}) AS DATE)")]),
    templates("FDMONTH", &[(1, "CAST(datetrunc('month', {0}) AS DATE)")]),
    templates("FDQUARTER", &[(1, "CAST(datetrunc('quarter', {0}) AS DATE)")]),
    templates(
        "LDWEEK",
        &[(1, "CAST(dateadd('day', 6, datetrunc('week', {0})) AS DATE)")],
    ),
    templates("LDMONTH", &[(1, "eomonth({0})")]),
    templates("LDQUARTER", &[(1, "eomonth(datetrunc('quarter', {0}), 2)")]),
    templates("L_TODAY", &[(0, "current_date")]),
    templates("L_YESTERDAY", &[(0, "dateadd('day', -1, current_date)")]),
    templates("L_TOMORROW", &[(0, "dateadd('day', 1, current_date)")]),
    templates("LAST_WEEK", &[(0, "dateadd('week', -1, current_date)")]),
    templates("LAST_MONTH", &[(0, "dateadd('month', -1, current_date)")]),
    templates("LAST_YEAR", &[(0, "dateadd('year', -1, current_date)")]),
    // NULL for a negative count.
    templates("REPLICATE", &[(2, "repeat({0}, nullif(greatest({1}, -1), -1))")]),
    templates("SPACE", &[(1, "repeat(' ', nullif(greatest({0}, -1), -1))")]),
    // Here NULL puts nothing in.
    templates("STUFF", &[(4, "stuff({0}, {1}, {2}, coalesce({3}, ''))")]),
    templates("UNICODE", &[(1, "ascii(nullif({0}, ''))")]),
    templates("STARTSWITH", &[(2, "starts_with({0}, {1})")]),
    templates("ENDSWITH", &[(2, "ends_with({0}, {1})")]),
    // Counted from 0.
    templates(
        "INDEXOF",
        &[
            (2, "(charindex({1}, {0}) - 1)"),
            (3, "(charindex({1}, {0}, {2} + 1) - 1)"),
        ],
    ),
    templates("SPLIT", &[(3, "split_part({0}, {1}, {2})")]),
    templates("TOSTRING", &[(1, "convert_to_text({0}, -1, -1)")]),
    templates("HEX", &[(1, "upper(to_hex(CAST({0} AS BIGINT)))")]),
    templates("NEWID", &[(0, "upper(uuid())")]),
    templates(
        "HASHBYTES",
        &[(
            2,
            "digest({1}, CASE upper({0}) WHEN 'MD5' THEN 'md5' WHEN 'SHA2_256' THEN 'sha256' \
             WHEN 'SHA2_512' THEN 'sha512' ELSE {0} END)",
        )],
    ),
    templates("ISNUMERIC", &[(1, "coalesce(isnumeric({0}), 0)")]),
    templates("ISNULL", &[(2, "coalesce({0}, {1})")]),
    templates("IIF", &[(3, "CASE WHEN {0} THEN {1} ELSE {2} END")]),
    ("CHOOSE", Form::Choose),
    ("CONVERT", Form::ConvertTo { tries: false }),
    ("TRY_CONVERT", Form::ConvertTo { tries: true }),
    templates("ATN2", &[(2, "atan2({0}, {1})")]),
    templates("LOG", &[(1, "ln({0})"), (2, "log({1}, {0})")]),
    templates("NEGATE", &[(1, "(-({0}))")]),
    // A third argument other than 0 cuts off instead.
    templates(
        "ROUND",
        &[
            (1, "round({0})"),
            (2, "round({0}, {1})"),
            (3, "CASE WHEN {2} = 0 THEN round({0}, {1}) ELSE trunc({0}, {1}) END"),
        ],
    ),
    templates("SQUARE", &[(1, "power(CAST({0} AS DOUBLE), 2)")]),
    templates("COUNT_BIG", &[(1, "count({0})")]),
    templates("STDEV", &[(1, "stddev({0})")]),
    templates("STDEVP", &[(1, "stddev_pop({0})")]),
    templates("VARP", &[(1, "var_pop({0})")]),
];
