//! The grammar of connection strings.
//!
//! ```text
//! string    = [ attribute ] *( ";" [ attribute ] )
//! attribute = key "=" value
//! value     = "{" *( any-but-"}" / "}}" ) "}"         ; braces: everything literal, "}}" is one "}"
//!           / quote *( any-but-quote / 2quote ) quote  ; ' or ", only when the closing quote ends the value
//!           / *( any-but-";" )                         ; trimmed
//! ```
//!
//! Keys are compared without regard to case and spaces (`OAuth Client Id` is `OAuthClientId`). The first of two equal
//! keys wins, as ODBC says.

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

/// One `Key=Value`. Every value is kept as a secret until the property table says that it is none.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The key as written, trimmed.
    pub key: String,
    /// The value without braces or quotes.
    pub value: Secret,
}

/// Parses a connection string into its attributes, in order, without those whose key came before.
pub fn parse(text: &str) -> Result<Vec<Attribute>> {
    let mut attributes: Vec<Attribute> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c == ';' || c == '\0' || c.is_whitespace());
        if rest.is_empty() {
            return Ok(attributes);
        }
        let Some((key, after)) = rest.split_once('=').filter(|(key, _)| !key.contains(';')) else {
            return Err(Error::new(
                Kind::Property,
                format!(
                    "The connection string has no \"=\" in its part number {}. Write it as Key=Value;Key=Value, with \
                     values that hold a semicolon in braces: Key={{a;b}}.",
                    attributes.len() + 1
                ),
            ));
        };
        let key = key.trim();
        let (value, after) = value(key, after)?;
        if !attributes.iter().any(|earlier| same_key(&earlier.key, key)) {
            attributes.push(Attribute {
                key: key.to_owned(),
                value: Secret::new(value),
            });
        }
        rest = after;
    }
}

/// Appends `key=value;`, in braces where the value needs them.
pub fn append(text: &mut String, key: &str, value: &str) {
    text.push_str(key);
    text.push('=');
    let plain = !value.contains([';', '{', '}', '\'', '"', '=']) && value.trim() == value;
    if plain {
        text.push_str(value);
    } else {
        text.push('{');
        text.push_str(&value.replace('}', "}}"));
        text.push('}');
    }
    text.push(';');
}

/// Whether two spellings name the same key.
pub fn same_key(a: &str, b: &str) -> bool {
    let letters = |text: &'_ str| -> Vec<char> {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect()
    };
    letters(a) == letters(b)
}

/// The value at the start of `text`, and what follows its `;`.
fn value<'a>(key: &str, text: &'a str) -> Result<(String, &'a str)> {
    let start = text.trim_start();
    if let Some(inside) = start.strip_prefix('{') {
        let Some((value, after)) = delimited(inside, '}') else {
            return Err(Error::new(
                Kind::Property,
                format!(
                    "The value of {key} in the connection string begins with a brace that is never closed. Close it \
                     with \"}}\"; write a brace inside the value as \"}}}}\"."
                ),
            ));
        };
        let Some(after) = end_of_value(after) else {
            return Err(Error::new(
                Kind::Property,
                format!(
                    "The value of {key} in the connection string goes on after its closing brace. Put a semicolon \
                     there; write a brace inside the value as \"}}}}\"."
                ),
            ));
        };
        return Ok((value, after));
    }
    for quote in ['\'', '"'] {
        // A quote that does not enclose the whole value is an ordinary character: passwords hold them.
        if let Some((value, after)) = start.strip_prefix(quote).and_then(|inside| delimited(inside, quote))
            && let Some(after) = end_of_value(after)
        {
            return Ok((value, after));
        }
    }
    let (value, after) = text.split_once(';').unwrap_or((text, ""));
    Ok((
        value.trim_matches(|c: char| c == '\0' || c.is_whitespace()).to_owned(),
        after,
    ))
}

/// The text up to the closing delimiter, where a doubled delimiter stands for one; and what follows it.
fn delimited(text: &str, close: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once(close)?;
        value.push_str(before);
        match after.strip_prefix(close) {
            Some(doubled) => {
                value.push(close);
                rest = doubled;
            }
            None => return Some((value, after)),
        }
    }
}

/// What follows the `;` after a delimited value; none when something else stands there.
fn end_of_value(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(|c: char| c == '\0' || c.is_whitespace());
    if text.is_empty() {
        Some(text)
    } else {
        text.strip_prefix(';')
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(text)
            .unwrap()
            .into_iter()
            .map(|attribute| (attribute.key, attribute.value.expose().clone()))
            .collect()
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn every_form_of_a_value_is_read() {
        for (text, value) in [
            ("k=plain", "plain"),
            ("k= spaced out ;", "spaced out"),
            ("k={a;b}}c};", "a;b}c"),
            ("k={ kept };", " kept "),
            ("k = {} ;", ""),
            ("k='a;b''c'", "a;b'c"),
            ("k=\"a;b\"", "a;b"),
            ("k=it's", "it's"),
            ("k='tis", "'tis"),
            ("k='a'b", "'a'b"),
            ("k=a=b==", "a=b=="),
            ("k=a{b}", "a{b}"),
            ("k=データ", "データ"),
            ("k=", ""),
            ("k=v\0", "v"),
        ] {
            assert_eq!(pairs(text), [pair("k", value)], "{text}");
        }
    }

    #[test]
    fn the_first_of_equal_keys_wins_whatever_its_case_and_spaces() {
        assert_eq!(
            pairs(";;OAuth Client Id=1;OAUTHCLIENTID=2; uri=x;"),
            [pair("OAuth Client Id", "1"), pair("uri", "x")]
        );
    }

    #[test]
    fn a_malformed_string_names_the_part_that_is_wrong() {
        assert!(parse("a=1;b;c=2").unwrap_err().message().contains("part number 2"));
        assert!(parse("URI={a").unwrap_err().message().contains("URI"));
        assert!(
            parse("URI={a}b;")
                .unwrap_err()
                .message()
                .contains("after its closing brace")
        );
    }

    proptest! {
        #[test]
        fn what_append_writes_parse_reads(value in "[^\0]*") {
            let mut text = String::new();
            append(&mut text, "Key", &value);
            append(&mut text, "Other", "1");
            prop_assert_eq!(pairs(&text), [pair("Key", &value), pair("Other", "1")]);
        }

        #[test]
        fn parse_never_panics(text in "[a=;{}'\" é\0]*") {
            let _ = parse(&text);
        }
    }
}
