//! Functions of texts.

use super::pattern;
use super::row::{Answer, Answers, Function, Takes, Value, function, text, whole};
use super::soundex::soundex;

const TEXT: Takes = Takes::Text;
const WHOLE: Takes = Takes::Whole;

pub(super) const FUNCTIONS: &[Function] = &[
    function("len", &[&[TEXT]], Answers::Whole, |row| match row {
        [Value::Text(said)] => whole(said.trim_end_matches(' ').chars().count()),
        _ => Ok(None),
    }),
    function(
        "charindex",
        &[&[TEXT, TEXT], &[TEXT, TEXT, WHOLE]],
        Answers::Whole,
        |row| match row {
            [Value::Text(wanted), Value::Text(said)] => whole(place(wanted, said, 1)),
            [Value::Text(wanted), Value::Text(said), Value::Whole(start)] => whole(place(wanted, said, *start)),
            _ => Ok(None),
        },
    ),
    function("patindex", &[&[TEXT, TEXT]], Answers::Whole, |row| match row {
        [Value::Text(pattern), Value::Text(said)] => whole(pattern::find(pattern, said)),
        _ => Ok(None),
    }),
    function("stuff", &[&[TEXT, WHOLE, WHOLE, TEXT]], Answers::Text, stuff),
    function("quotename", &[&[TEXT], &[TEXT, TEXT]], Answers::Text, |row| match row {
        [Value::Text(name)] => quoted(name, "["),
        [Value::Text(name), Value::Text(quote)] => quoted(name, quote),
        _ => Ok(None),
    }),
    function("char", &[&[WHOLE]], Answers::Text, |row| match row {
        [Value::Whole(code)] => match u8::try_from(*code) {
            Ok(code) => text(char::from(code)),
            Err(_) => Ok(None),
        },
        _ => Ok(None),
    }),
    function("nchar", &[&[WHOLE]], Answers::Text, |row| match row {
        [Value::Whole(code)] => match u32::try_from(*code).ok().and_then(char::from_u32) {
            Some(character) => text(character),
            None => Ok(None),
        },
        _ => Ok(None),
    }),
    function(
        "str",
        &[
            &[Takes::Number],
            &[Takes::Number, WHOLE],
            &[Takes::Number, WHOLE, WHOLE],
        ],
        Answers::Text,
        |row| match row {
            [Value::Number(number)] => right_aligned(*number, 10, 0),
            [Value::Number(number), Value::Whole(length)] => right_aligned(*number, *length, 0),
            [Value::Number(number), Value::Whole(length), Value::Whole(digits)] => {
                right_aligned(*number, *length, *digits)
            }
            _ => Ok(None),
        },
    ),
    function("isnumeric", &[&[Takes::Any]], Answers::Whole, |row| match row {
        [Value::Text(said)] => whole(i64::from(is_numeric(said))),
        [Value::Whole(_) | Value::Number(_) | Value::Truth(_)] => whole(1),
        _ => whole(0),
    }),
    function("soundex", &[&[TEXT]], Answers::Text, |row| match row {
        [Value::Text(word)] => text(soundex(word)),
        _ => Ok(None),
    }),
    function("difference", &[&[TEXT, TEXT]], Answers::Whole, |row| match row {
        [Value::Text(one), Value::Text(other)] => {
            let (one, other) = (soundex(one), soundex(other));
            whole(one.chars().zip(other.chars()).filter(|(a, b)| a == b).count())
        }
        _ => Ok(None),
    }),
];

/// Where `wanted` stands in `said` at or after `start`, in characters from 1; 0 when it does not.
fn place(wanted: &str, said: &str, start: i64) -> usize {
    let skipped = usize::try_from(start.saturating_sub(1)).unwrap_or(0);
    let Some((from, _)) = said.char_indices().nth(skipped) else {
        return 0;
    };
    let rest = said.get(from..).unwrap_or_default();
    match rest.find(wanted) {
        Some(at) if !wanted.is_empty() => skipped + rest.get(..at).map_or(0, |before| before.chars().count()) + 1,
        _ => 0,
    }
}

/// Takes characters out and puts others in; NULL for a place outside of the text.
fn stuff(row: &[Value<'_>]) -> Answer {
    let [
        Value::Text(said),
        Value::Whole(start),
        Value::Whole(length),
        Value::Text(put),
    ] = row
    else {
        return Ok(None);
    };
    let characters = said.chars().count();
    let (Ok(start), Ok(length)) = (usize::try_from(*start), usize::try_from(*length)) else {
        return Ok(None);
    };
    if start == 0 || start > characters {
        return Ok(None);
    }
    let before = said.chars().take(start - 1);
    let after = said.chars().skip((start - 1).saturating_add(length));
    text(before.chain(put.chars()).chain(after).collect::<String>())
}

/// The longest name there is in SQL Server.
const LONGEST_NAME: usize = 128;

fn quoted(name: &str, quote: &str) -> Answer {
    let (open, close) = match quote {
        "[" | "]" | "" => ('[', ']'),
        "'" => ('\'', '\''),
        "\"" => ('"', '"'),
        "`" => ('`', '`'),
        "(" | ")" => ('(', ')'),
        "<" | ">" => ('<', '>'),
        "{" | "}" => ('{', '}'),
        _ => return Ok(None),
    };
    if name.chars().count() > LONGEST_NAME {
        return Ok(None);
    }
    let doubled: String = [close, close].iter().collect();
    text(format!("{open}{}{close}", name.replace(close, &doubled)))
}

/// The longest answer of STR.
const LONGEST_NUMBER: usize = 8_000;
/// The most digits after the point in STR.
const MOST_DIGITS: i32 = 16;

fn right_aligned(number: f64, length: i64, digits: i64) -> Answer {
    let (Ok(length), Ok(digits)) = (usize::try_from(length), i32::try_from(digits)) else {
        return Ok(None);
    };
    if length > LONGEST_NUMBER || digits < 0 || !number.is_finite() {
        return Ok(None);
    }
    let mut digits = digits.min(MOST_DIGITS);
    let mut written = rounded(number, digits);
    // The digits before the point come first.
    while written.len() > length && digits > 0 {
        digits -= 1;
        written = rounded(number, digits);
    }
    match written.len() > length {
        true => text("*".repeat(length)),
        false => text(format!("{written:>length$}")),
    }
}

/// Rounds half away from zero, where a double can tell what half is.
fn rounded(number: f64, digits: i32) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let scale = 10_f64.powi(digits);
    let scaled = number * scale;
    let number = if scaled.abs() < EXACT {
        scaled.round() / scale
    } else {
        number
    };
    let precision = usize::try_from(digits).unwrap_or(0);
    format!("{number:.precision$}")
}

/// A number with or without sign, currency, commas and exponent.
fn is_numeric(said: &str) -> bool {
    let said = said.trim();
    let unsigned = said.strip_prefix(['+', '-']).unwrap_or(said);
    let amount = unsigned
        .strip_prefix(['$', '€', '£', '¥'])
        .unwrap_or(unsigned)
        .replace(',', "");
    amount.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && amount.contains(|c: char| c.is_ascii_digit())
        && amount.parse::<f64>().is_ok()
}
