//! ODBC as the standard of the system tables: they say what the functions of ODBC answer, from the same tables.

use datafusion::arrow::datatypes::{DataType, Field};

use crate::engine::dialect::{Family, function_names};
use crate::engine::{Ability, Described, Standard, TypeRules};

use super::convert::Description;
use super::info::{self, Answer, Facts};

/// ODBC, with the numbers of ODBC 3.
#[derive(Debug)]
pub struct Odbc;

impl Standard for Odbc {
    fn column(&self, field: &Field, types: &TypeRules) -> Described {
        described(&Description::by(field, types))
    }

    fn input(&self, types: &TypeRules) -> Described {
        described(&Description::of_parameter(Some(&DataType::Utf8), None, types))
    }

    fn abilities(&self) -> Vec<Ability> {
        let counts = kept(AGGREGATE_FUNCTIONS).any(|name| name == "SQL_AF_COUNT");
        vec![
            ("AGGREGATE_FUNCTIONS", words(AGGREGATE_FUNCTIONS, "SQL_AF_")),
            ("COUNT", yes_or_no(counts)),
            ("IDENTIFIER_QUOTE_OPEN_CHAR", "[".to_owned()),
            ("IDENTIFIER_QUOTE_CLOSE_CHAR", "]".to_owned()),
            ("SUPPORTED_OPERATORS", operators()),
            ("GROUP_BY", group_by().to_owned()),
            ("OJ_CAPABILITIES", words(OJ_CAPABILITIES, "SQL_OJ_")),
            (
                "OUTER_JOINS",
                yes_or_no(answer(OUTER_JOINS) == Some(Answer::Text("Y".to_owned()))),
            ),
            ("SUBQUERIES", words(SUBQUERIES, "SQL_SQ_")),
            ("STRING_FUNCTIONS", function_names(Family::Text)),
            ("NUMERIC_FUNCTIONS", function_names(Family::Numeric)),
            ("TIMEDATE_FUNCTIONS", function_names(Family::DateTime)),
        ]
    }
}

/// Information types of SQLGetInfo.
const OUTER_JOINS: u16 = 38;
const GROUP_BY: u16 = 88;
const SUBQUERIES: u16 = 95;
const OJ_CAPABILITIES: u16 = 115;
const PREDICATES: u16 = 160;
const AGGREGATE_FUNCTIONS: u16 = 169;

/// The operators that a bit of `SQL_SQL92_PREDICATES` promises.
const OPERATORS: &[(&str, &str)] = &[
    ("SQL_SP_COMPARISON", "=, >, <, >=, <=, <>, !="),
    ("SQL_SP_LIKE", "LIKE, NOT LIKE"),
    ("SQL_SP_IN", "IN, NOT IN"),
    ("SQL_SP_BETWEEN", "BETWEEN, NOT BETWEEN"),
    ("SQL_SP_ISNULL", "IS NULL"),
    ("SQL_SP_ISNOTNULL", "IS NOT NULL"),
    ("SQL_SP_EXISTS", "EXISTS"),
];

fn described(description: &Description) -> Described {
    let radix = description.radix();
    Described {
        type_name: description.type_name,
        type_number: i32::from(description.sql_type),
        size: description.column_size,
        octets: description.octet_length,
        display_size: description.display_size,
        digits: description.decimal_digits.map(i32::from),
        radix: (radix != 0).then(|| i32::from(radix)),
        char_octets: description.char_octet_length(),
        nullable: description.nullable,
    }
}

fn answer(id: u16) -> Option<Answer> {
    info::info(id, &Facts::default())
}

/// The bits of an information type that are set.
fn kept(id: u16) -> impl Iterator<Item = &'static str> {
    let promises = info::promises().into_iter();
    promises
        .filter(move |promise| promise.id == id && promise.kept)
        .map(|promise| promise.name)
}

fn words(id: u16, prefix: &str) -> String {
    let words: Vec<_> = kept(id).filter_map(|name| name.strip_prefix(prefix)).collect();
    words.join(", ")
}

fn operators() -> String {
    let promised: Vec<_> = kept(PREDICATES).collect();
    let operators = OPERATORS.iter().filter(|(promise, _)| promised.contains(promise));
    let operators: Vec<_> = operators
        .map(|(_, operators)| *operators)
        .chain(["AND", "OR"])
        .collect();
    operators.join(", ")
}

fn group_by() -> &'static str {
    match answer(GROUP_BY) {
        Some(Answer::U16(1)) => "EQUALS_SELECT",
        Some(Answer::U16(2)) => "CONTAINS_SELECT",
        Some(Answer::U16(3)) => "NO_RELATION",
        Some(Answer::U16(4)) => "SQL_GB_COLLATE",
        _ => "NO",
    }
}

fn yes_or_no(yes: bool) -> String {
    if yes { "YES" } else { "NO" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_belongs_to_a_promise() {
        let promises = info::promises();
        for (name, _) in OPERATORS {
            let promise = promises.iter().find(|promise| promise.name == *name);
            assert!(promise.is_some_and(|promise| promise.id == PREDICATES), "{name}");
        }
    }

    #[test]
    fn every_ability_has_a_value() {
        let abilities = Odbc.abilities();
        for (name, value) in &abilities {
            assert!(!value.is_empty(), "{name}");
        }
        let value = |wanted| {
            abilities
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(value("GROUP_BY"), Some("CONTAINS_SELECT"));
        assert_eq!(value("COUNT"), Some("YES"));
        assert_eq!(value("OUTER_JOINS"), Some("YES"));
    }
}
