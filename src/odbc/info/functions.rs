//! Bits of scalar functions, taken from the engine's table of them.

use crate::engine::dialect::{Family, ScalarFunction, scalar_functions};

use super::promises::Promise;

/// A bit, and the function of the engine's table it stands for.
type Bit = (&'static str, &'static str, u32);

/// The information types, their families in the engine's table, and their bits.
const MASKS: &[(u16, Family, &[Bit])] = &[
    // SQL_CONVERT_FUNCTIONS; SQL_FN_CVT_CAST is not called as a function.
    (48, Family::Conversion, &[("SQL_FN_CVT_CONVERT", "CONVERT", 0x1)]),
    // SQL_NUMERIC_FUNCTIONS
    (
        49,
        Family::Numeric,
        &[
            ("SQL_FN_NUM_ABS", "ABS", 0x1),
            ("SQL_FN_NUM_ACOS", "ACOS", 0x2),
            ("SQL_FN_NUM_ASIN", "ASIN", 0x4),
            ("SQL_FN_NUM_ATAN", "ATAN", 0x8),
            ("SQL_FN_NUM_ATAN2", "ATAN2", 0x10),
            ("SQL_FN_NUM_CEILING", "CEILING", 0x20),
            ("SQL_FN_NUM_COS", "COS", 0x40),
            ("SQL_FN_NUM_COT", "COT", 0x80),
            ("SQL_FN_NUM_EXP", "EXP", 0x100),
            ("SQL_FN_NUM_FLOOR", "FLOOR", 0x200),
            ("SQL_FN_NUM_LOG", "LOG", 0x400),
            ("SQL_FN_NUM_MOD", "MOD", 0x800),
            ("SQL_FN_NUM_SIGN", "SIGN", 0x1000),
            ("SQL_FN_NUM_SIN", "SIN", 0x2000),
            ("SQL_FN_NUM_SQRT", "SQRT", 0x4000),
            ("SQL_FN_NUM_TAN", "TAN", 0x8000),
            ("SQL_FN_NUM_PI", "PI", 0x1_0000),
            ("SQL_FN_NUM_RAND", "RAND", 0x2_0000),
            ("SQL_FN_NUM_DEGREES", "DEGREES", 0x4_0000),
            ("SQL_FN_NUM_LOG10", "LOG10", 0x8_0000),
            ("SQL_FN_NUM_POWER", "POWER", 0x10_0000),
            ("SQL_FN_NUM_RADIANS", "RADIANS", 0x20_0000),
            ("SQL_FN_NUM_ROUND", "ROUND", 0x40_0000),
            ("SQL_FN_NUM_TRUNCATE", "TRUNCATE", 0x80_0000),
        ],
    ),
    // SQL_STRING_FUNCTIONS
    (
        50,
        Family::Text,
        &[
            ("SQL_FN_STR_CONCAT", "CONCAT", 0x1),
            ("SQL_FN_STR_INSERT", "INSERT", 0x2),
            ("SQL_FN_STR_LEFT", "LEFT", 0x4),
            ("SQL_FN_STR_LTRIM", "LTRIM", 0x8),
            ("SQL_FN_STR_LENGTH", "LENGTH", 0x10),
            ("SQL_FN_STR_LOCATE", "LOCATE", 0x20),
            ("SQL_FN_STR_LCASE", "LCASE", 0x40),
            ("SQL_FN_STR_REPEAT", "REPEAT", 0x80),
            ("SQL_FN_STR_REPLACE", "REPLACE", 0x100),
            ("SQL_FN_STR_RIGHT", "RIGHT", 0x200),
            ("SQL_FN_STR_RTRIM", "RTRIM", 0x400),
            ("SQL_FN_STR_SUBSTRING", "SUBSTRING", 0x800),
            ("SQL_FN_STR_UCASE", "UCASE", 0x1000),
            ("SQL_FN_STR_ASCII", "ASCII", 0x2000),
            ("SQL_FN_STR_CHAR", "CHAR", 0x4000),
            ("SQL_FN_STR_DIFFERENCE", "DIFFERENCE", 0x8000),
            // LOCATE with two arguments, beside the one with three.
            ("SQL_FN_STR_LOCATE_2", "LOCATE", 0x1_0000),
            ("SQL_FN_STR_SOUNDEX", "SOUNDEX", 0x2_0000),
            ("SQL_FN_STR_SPACE", "SPACE", 0x4_0000),
            ("SQL_FN_STR_BIT_LENGTH", "BIT_LENGTH", 0x8_0000),
            ("SQL_FN_STR_CHAR_LENGTH", "CHAR_LENGTH", 0x10_0000),
            ("SQL_FN_STR_CHARACTER_LENGTH", "CHARACTER_LENGTH", 0x20_0000),
            ("SQL_FN_STR_OCTET_LENGTH", "OCTET_LENGTH", 0x40_0000),
            ("SQL_FN_STR_POSITION", "POSITION", 0x80_0000),
        ],
    ),
    // SQL_SYSTEM_FUNCTIONS
    (
        51,
        Family::System,
        &[
            ("SQL_FN_SYS_USERNAME", "USER", 0x1),
            ("SQL_FN_SYS_DBNAME", "DATABASE", 0x2),
            ("SQL_FN_SYS_IFNULL", "IFNULL", 0x4),
        ],
    ),
    // SQL_TIMEDATE_FUNCTIONS
    (
        52,
        Family::DateTime,
        &[
            ("SQL_FN_TD_NOW", "NOW", 0x1),
            ("SQL_FN_TD_CURDATE", "CURDATE", 0x2),
            ("SQL_FN_TD_DAYOFMONTH", "DAYOFMONTH", 0x4),
            ("SQL_FN_TD_DAYOFWEEK", "DAYOFWEEK", 0x8),
            ("SQL_FN_TD_DAYOFYEAR", "DAYOFYEAR", 0x10),
            ("SQL_FN_TD_MONTH", "MONTH", 0x20),
            ("SQL_FN_TD_QUARTER", "QUARTER", 0x40),
            ("SQL_FN_TD_WEEK", "WEEK", 0x80),
            ("SQL_FN_TD_YEAR", "YEAR", 0x100),
            ("SQL_FN_TD_CURTIME", "CURTIME", 0x200),
            ("SQL_FN_TD_HOUR", "HOUR", 0x400),
            ("SQL_FN_TD_MINUTE", "MINUTE", 0x800),
            ("SQL_FN_TD_SECOND", "SECOND", 0x1000),
            ("SQL_FN_TD_TIMESTAMPADD", "TIMESTAMPADD", 0x2000),
            ("SQL_FN_TD_TIMESTAMPDIFF", "TIMESTAMPDIFF", 0x4000),
            ("SQL_FN_TD_DAYNAME", "DAYNAME", 0x8000),
            ("SQL_FN_TD_MONTHNAME", "MONTHNAME", 0x1_0000),
            ("SQL_FN_TD_CURRENT_DATE", "CURRENT_DATE", 0x2_0000),
            ("SQL_FN_TD_CURRENT_TIME", "CURRENT_TIME", 0x4_0000),
            ("SQL_FN_TD_CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", 0x8_0000),
            ("SQL_FN_TD_EXTRACT", "EXTRACT", 0x10_0000),
        ],
    ),
];

/// `SQL_FN_CVT_CAST`: the engine's grammar, not a scalar function.
const CAST: u32 = 0x2;
const CONVERT_FUNCTIONS: u16 = 48;

pub(super) fn promises() -> impl Iterator<Item = Promise> {
    let functions = MASKS.iter().flat_map(|(id, family, bits)| {
        bits.iter().map(|(name, function, bit)| {
            let known = find(*family, function);
            // What the engine does not have, it refuses by its name, whatever the arguments.
            let call = known.map_or_else(|| format!("{function}(1)"), |known| known.example.to_owned());
            Promise {
                id: *id,
                name,
                bit: *bit,
                kept: known.is_some(),
                sentence: format!("SELECT {{fn {call}}}"),
            }
        })
    });
    let cast = Promise {
        id: CONVERT_FUNCTIONS,
        name: "SQL_FN_CVT_CAST",
        bit: CAST,
        kept: true,
        sentence: "SELECT CAST(1 AS VARCHAR)".to_owned(),
    };
    functions.chain(std::iter::once(cast))
}

pub(super) fn mask(id: u16) -> Option<u32> {
    let (_, family, bits) = MASKS.iter().find(|(known, ..)| *known == id)?;
    let functions = bits.iter().filter(|(_, function, _)| find(*family, function).is_some());
    let cast = if id == CONVERT_FUNCTIONS { CAST } else { 0 };
    Some(functions.fold(cast, |mask, (_, _, bit)| mask | bit))
}

fn find(family: Family, name: &str) -> Option<&'static ScalarFunction> {
    scalar_functions()
        .iter()
        .find(|function| function.family == family && function.name == name)
}
