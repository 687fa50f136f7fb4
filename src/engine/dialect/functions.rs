//! THE table of ODBC scalar functions (ODBC appendix E): what each becomes in the engine's SQL.

/// The group `SQLGetInfo` reports a function in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `SQL_STRING_FUNCTIONS`.
    Text,
    /// `SQL_NUMERIC_FUNCTIONS`.
    Numeric,
    /// `SQL_TIMEDATE_FUNCTIONS`.
    DateTime,
    /// `SQL_SYSTEM_FUNCTIONS`.
    System,
    /// `SQL_CONVERT_FUNCTIONS`.
    Conversion,
}

/// A function that may stand in `{fn …}`.
#[derive(Debug)]
pub struct ScalarFunction {
    /// The name in the ODBC standard.
    pub name: &'static str,
    /// Its group.
    pub family: Family,
    /// A call that answers one value, for the tests that hold `SQLGetInfo` to its promises.
    pub example: &'static str,
    pub(super) form: Form,
}

/// How a call is written in the engine's SQL.
#[derive(Debug)]
pub(super) enum Form {
    /// One template for each number of arguments; `{0}` is the first argument.
    Templates(&'static [(usize, &'static str)]),
    /// The same words, because the arguments are separated by keywords.
    Verbatim,
    /// As [`Form::Templates`]; the first argument is a part of a date, which `{0}` gets as a text.
    OfPart(&'static [(usize, &'static str)]),
    /// `CONVERT(value, SQL_type)`.
    Convert,
    /// `CONVERT(type, value, style)`; whether what cannot be converted becomes NULL.
    ConvertTo {
        /// `TRY_CONVERT`
        tries: bool,
    },
    /// `CHOOSE(index, first, …)`
    Choose,
}

/// Every scalar function.
pub fn scalar_functions() -> &'static [ScalarFunction] {
    FUNCTIONS
}

/// The names of a family, as one text.
pub fn function_names(family: Family) -> String {
    let functions = FUNCTIONS.iter().filter(|function| function.family == family);
    functions.map(|function| function.name).collect::<Vec<_>>().join(", ")
}

/// The function called `name`, without regard to case.
pub(super) fn find(name: &str) -> Option<&'static ScalarFunction> {
    FUNCTIONS
        .iter()
        .find(|function| function.name.eq_ignore_ascii_case(name))
}

/// The engine's name of a data type of `{fn CONVERT}`, without regard to case.
pub(super) fn conversion_type(name: &str) -> Option<&'static str> {
    CONVERSIONS
        .iter()
        .find(|(odbc, _)| odbc.eq_ignore_ascii_case(name))
        .map(|(_, sql)| *sql)
}

const CONVERSIONS: &[(&str, &str)] = &[
    ("SQL_BIGINT", "BIGINT"),
    ("SQL_BINARY", "BYTEA"),
    ("SQL_BIT", "BOOLEAN"),
    ("SQL_CHAR", "VARCHAR"),
    ("SQL_DATE", "DATE"),
    ("SQL_DECIMAL", "DECIMAL(38, 10)"),
    ("SQL_DOUBLE", "DOUBLE"),
    ("SQL_FLOAT", "DOUBLE"),
    ("SQL_GUID", "VARCHAR"),
    ("SQL_INTEGER", "INTEGER"),
    ("SQL_LONGVARBINARY", "BYTEA"),
    ("SQL_LONGVARCHAR", "VARCHAR"),
    ("SQL_NUMERIC", "DECIMAL(38, 10)"),
    ("SQL_REAL", "REAL"),
    ("SQL_SMALLINT", "SMALLINT"),
    ("SQL_TIME", "TIME"),
    ("SQL_TIMESTAMP", "TIMESTAMP(6)"),
    ("SQL_TINYINT", "TINYINT"),
    ("SQL_TYPE_DATE", "DATE"),
    ("SQL_TYPE_TIME", "TIME"),
    ("SQL_TYPE_TIMESTAMP", "TIMESTAMP(6)"),
    ("SQL_VARBINARY", "BYTEA"),
    ("SQL_VARCHAR", "VARCHAR"),
    ("SQL_WCHAR", "VARCHAR"),
    ("SQL_WLONGVARCHAR", "VARCHAR"),
    ("SQL_WVARCHAR", "VARCHAR"),
];

const fn row(name: &'static str, family: Family, example: &'static str, form: Form) -> ScalarFunction {
    ScalarFunction {
        name,
        family,
        example,
        form,
    }
}

const fn text(name: &'static str, example: &'static str, forms: &'static [(usize, &'static str)]) -> ScalarFunction {
    row(name, Family::Text, example, Form::Templates(forms))
}

const fn numeric(name: &'static str, example: &'static str, forms: &'static [(usize, &'static str)]) -> ScalarFunction {
    row(name, Family::Numeric, example, Form::Templates(forms))
}

const fn time(name: &'static str, example: &'static str, forms: &'static [(usize, &'static str)]) -> ScalarFunction {
    row(name, Family::DateTime, example, Form::Templates(forms))
}

const FUNCTIONS: &[ScalarFunction] = &[
    text("ASCII", "ASCII('a')", &[(1, "ascii({0})")]),
    text("BIT_LENGTH", "BIT_LENGTH('a')", &[(1, "bit_length({0})")]),
    text("CHAR", "CHAR(97)", &[(1, "chr({0})")]),
    text("CHAR_LENGTH", "CHAR_LENGTH('ab')", &[(1, "character_length({0})")]),
    text(
        "CHARACTER_LENGTH",
        "CHARACTER_LENGTH('ab')",
        &[(1, "character_length({0})")],
    ),
    // The operator and not the function: NULL with anything is NULL, as SQL_CONCAT_NULL_BEHAVIOR says.
    text("CONCAT", "CONCAT('a', 'b')", &[(2, "({0} || {1})")]),
    text(
        "DIFFERENCE",
        "DIFFERENCE('Smith', 'Smythe')",
        &[(2, "difference({0}, {1})")],
    ),
    text(
        "INSERT",
        "INSERT('abcd', 2, 2, 'xyz')",
        &[(4, "overlay({0} PLACING {3} FROM {1} FOR {2})")],
    ),
    text("LCASE", "LCASE('A')", &[(1, "lower({0})")]),
    text("LEFT", "LEFT('abc', 2)", &[(2, "left({0}, {1})")]),
    // The standard does not count trailing blanks here; CHAR_LENGTH does.
    text("LENGTH", "LENGTH('ab ')", &[(1, "character_length(rtrim({0}))")]),
    text(
        "LOCATE",
        "LOCATE('b', 'abab', 3)",
        &[(2, "strpos({1}, {0})"), (3, "charindex({0}, {1}, {2})")],
    ),
    text("LTRIM", "LTRIM(' a')", &[(1, "ltrim({0})")]),
    text("OCTET_LENGTH", "OCTET_LENGTH('é')", &[(1, "octet_length({0})")]),
    row("POSITION", Family::Text, "POSITION('b' IN 'ab')", Form::Verbatim),
    text("REPEAT", "REPEAT('ab', 2)", &[(2, "repeat({0}, {1})")]),
    text("REPLACE", "REPLACE('abc', 'b', 'x')", &[(3, "replace({0}, {1}, {2})")]),
    text("RIGHT", "RIGHT('abc', 2)", &[(2, "right({0}, {1})")]),
    text("RTRIM", "RTRIM('a ')", &[(1, "rtrim({0})")]),
    text("SOUNDEX", "SOUNDEX('Smith')", &[(1, "soundex({0})")]),
    text("SPACE", "SPACE(2)", &[(1, "repeat(' ', {0})")]),
    text(
        "SUBSTRING",
        "SUBSTRING('abcd', 2, 2)",
        &[(2, "substr({0}, {1})"), (3, "substr({0}, {1}, {2})")],
    ),
    text("UCASE", "UCASE('a')", &[(1, "upper({0})")]),
    numeric("ABS", "ABS(-1)", &[(1, "abs({0})")]),
    numeric("ACOS", "ACOS(1)", &[(1, "acos({0})")]),
    numeric("ASIN", "ASIN(1)", &[(1, "asin({0})")]),
    numeric("ATAN", "ATAN(1)", &[(1, "atan({0})")]),
    numeric("ATAN2", "ATAN2(1, 2)", &[(2, "atan2({0}, {1})")]),
    numeric("CEILING", "CEILING(1.2)", &[(1, "ceil({0})")]),
    numeric("COS", "COS(0)", &[(1, "cos({0})")]),
    numeric("COT", "COT(1)", &[(1, "cot({0})")]),
    numeric("DEGREES", "DEGREES(1)", &[(1, "degrees({0})")]),
    numeric("EXP", "EXP(1)", &[(1, "exp({0})")]),
    numeric("FLOOR", "FLOOR(1.8)", &[(1, "floor({0})")]),
    numeric("LOG", "LOG(2)", &[(1, "ln({0})")]),
    numeric("LOG10", "LOG10(100)", &[(1, "log10({0})")]),
    numeric("MOD", "MOD(7, 4)", &[(2, "(({0}) % ({1}))")]),
    numeric("PI", "PI()", &[(0, "pi()")]),
    numeric("POWER", "POWER(2, 3)", &[(2, "power({0}, {1})")]),
    numeric("RADIANS", "RADIANS(180)", &[(1, "radians({0})")]),
    numeric("RAND", "RAND()", &[(0, "random()")]),
    numeric("ROUND", "ROUND(1.26, 1)", &[(1, "round({0})"), (2, "round({0}, {1})")]),
    numeric("SIGN", "SIGN(-2)", &[(1, "signum({0})")]),
    numeric("SIN", "SIN(0)", &[(1, "sin({0})")]),
    numeric("SQRT", "SQRT(4)", &[(1, "sqrt({0})")]),
    numeric("TAN", "TAN(0)", &[(1, "tan({0})")]),
    numeric("TRUNCATE", "TRUNCATE(1.29, 1)", &[(2, "trunc({0}, {1})")]),
    time("CURDATE", "CURDATE()", &[(0, "current_date")]),
    time("CURRENT_DATE", "CURRENT_DATE()", &[(0, "current_date")]),
    time(
        "CURRENT_TIME",
        "CURRENT_TIME()",
        &[(0, "current_time"), (1, "current_time")],
    ),
    time(
        "CURRENT_TIMESTAMP",
        "CURRENT_TIMESTAMP()",
        &[(0, "CAST(now() AS TIMESTAMP(6))"), (1, "CAST(now() AS TIMESTAMP(6))")],
    ),
    time("CURTIME", "CURTIME()", &[(0, "current_time")]),
    time("DAYNAME", "DAYNAME({d '2024-02-29'})", &[(1, "to_char({0}, '%A')")]),
    time(
        "DAYOFMONTH",
        "DAYOFMONTH({d '2024-02-29'})",
        &[(1, "date_part('day', {0})")],
    ),
    // Sunday is 1 in the standard and 0 in the engine.
    time(
        "DAYOFWEEK",
        "DAYOFWEEK({d '2024-02-29'})",
        &[(1, "(date_part('dow', {0}) + 1)")],
    ),
    time(
        "DAYOFYEAR",
        "DAYOFYEAR({d '2024-02-29'})",
        &[(1, "date_part('doy', {0})")],
    ),
    row(
        "EXTRACT",
        Family::DateTime,
        "EXTRACT(YEAR FROM {d '2024-02-29'})",
        Form::Verbatim,
    ),
    time(
        "HOUR",
        "HOUR({ts '2024-02-29 01:02:03'})",
        &[(1, "date_part('hour', {0})")],
    ),
    time(
        "MINUTE",
        "MINUTE({ts '2024-02-29 01:02:03'})",
        &[(1, "date_part('minute', {0})")],
    ),
    time("MONTH", "MONTH({d '2024-02-29'})", &[(1, "date_part('month', {0})")]),
    time("MONTHNAME", "MONTHNAME({d '2024-02-29'})", &[(1, "to_char({0}, '%B')")]),
    time("NOW", "NOW()", &[(0, "CAST(now() AS TIMESTAMP(6))")]),
    time(
        "QUARTER",
        "QUARTER({d '2024-02-29'})",
        &[(1, "date_part('quarter', {0})")],
    ),
    time(
        "SECOND",
        "SECOND({ts '2024-02-29 01:02:03'})",
        &[(1, "date_part('second', {0})")],
    ),
    // The standard answers a timestamp also for a date.
    row(
        "TIMESTAMPADD",
        Family::DateTime,
        "TIMESTAMPADD(SQL_TSI_MONTH, 1, {d '2024-01-31'})",
        Form::OfPart(&[(3, "CAST(dateadd({0}, {1}, {2}) AS TIMESTAMP(6))")]),
    ),
    row(
        "TIMESTAMPDIFF",
        Family::DateTime,
        "TIMESTAMPDIFF(SQL_TSI_DAY, {d '2024-01-31'}, {d '2024-02-29'})",
        Form::OfPart(&[(3, "datediff({0}, {1}, {2})")]),
    ),
    time("WEEK", "WEEK({d '2024-02-29'})", &[(1, "date_part('week', {0})")]),
    time("YEAR", "YEAR({d '2024-02-29'})", &[(1, "date_part('year', {0})")]),
    row(
        "DATABASE",
        Family::System,
        "DATABASE()",
        Form::Templates(&[(0, "'latchkey'")]),
    ),
    row(
        "IFNULL",
        Family::System,
        "IFNULL(NULL, 'a')",
        Form::Templates(&[(2, "coalesce({0}, {1})")]),
    ),
    // As SQL_USER_NAME: the account is known to the service alone.
    row("USER", Family::System, "USER()", Form::Templates(&[(0, "''")])),
    row(
        "CONVERT",
        Family::Conversion,
        "CONVERT('12', SQL_INTEGER)",
        Form::Convert,
    ),
];
