//! What a page of a web API says of the next one, found by a path into its JSON.

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error::{Error, Kind, Result};
use crate::json::path::{JsonPath, Step};
use crate::source::web::{Found, PageReader};

/// Looks into pages at one path.
#[derive(Clone, Debug)]
pub struct PageValue(JsonPath);

impl PageValue {
    /// Reads the value of `PagingPath`. `Kind::Property` when it is no path, or one to several values.
    pub fn parse(property: &str, text: &str) -> Result<Self> {
        let path = JsonPath::of_property(property, text)?;
        if !path.is_definite() {
            let text = format!(
                "The property {property} has the path '{text}', which leads to several values; it has to lead to one."
            );
            return Err(Error::new(Kind::Property, text));
        }
        Ok(Self(path))
    }
}

impl PageReader for PageValue {
    fn find(&self, page: &[u8]) -> Result<Found, String> {
        let mut text = serde_json::Deserializer::from_slice(page);
        let described = |error: serde_json::Error| format!("{error}.");
        if text.end().is_ok() {
            return Ok(Found::Nothing);
        }
        let found = Walk(&self.0.steps).deserialize(&mut text).map_err(described)?;
        if text.end().is_ok() {
            return Ok(found);
        }
        if !self.0.steps.is_empty() {
            return Err("it holds several values, and PagingPath leads into one.".to_owned());
        }
        let mut count = 1;
        while text.end().is_err() {
            IgnoredAny::deserialize(&mut text).map_err(described)?;
            count += 1;
        }
        Ok(Found::Records(count))
    }
}

/// The rest of the path from a value on.
struct Walk<'a>(&'a [Step]);

impl Walk<'_> {
    /// What a value is that has nothing inside it.
    fn scalar(&self, found: Found) -> Found {
        match self.0 {
            [] => found,
            [..] => Found::Missing,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Found, E> {
        Ok(self.scalar(Found::Nothing))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Found, E> {
        Ok(self.scalar(if value { Found::Other } else { Found::Nothing }))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Found, E> {
        Ok(self.scalar(match value {
            0 => Found::Nothing,
            value => Found::Text(value.to_string()),
        }))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Found, E> {
        Ok(self.scalar(Found::Text(value.to_string())))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Found, E> {
        Ok(self.scalar(Found::Other))
    }

    fn visit_str<E>(self, value: &str) -> Result<Found, E> {
        Ok(self.scalar(match value {
            "" => Found::Nothing,
            value => Found::Text(value.to_owned()),
        }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Found, A::Error> {
        let wanted = match self.0.split_first() {
            Some((Step::Elements { first, .. }, rest)) => Some((*first, rest)),
            Some((Step::Member(name), rest)) => name.parse().ok().map(|at| (at, rest)),
            Some((Step::Any, _)) | None => None,
        };
        let mut found = None;
        let mut count = 0;
        loop {
            let next = match wanted {
                Some((at, rest)) if at == count => {
                    found = elements.next_element_seed(Walk(rest))?;
                    found.is_some()
                }
                _ => elements.next_element::<IgnoredAny>()?.is_some(),
            };
            if !next {
                break;
            }
            count += 1;
        }
        Ok(match (self.0, count) {
            ([], 0) => Found::Nothing,
            ([], count) => Found::Records(u64::try_from(count).map_err(A::Error::custom)?),
            _ => found.unwrap_or(Found::Missing),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Found, A::Error> {
        let wanted = match self.0.split_first() {
            Some((Step::Member(name), rest)) => Some((&**name, rest)),
            _ => None,
        };
        let mut found = Found::Missing;
        let mut is_empty = true;
        while let Some(name) = members.next_key::<String>()? {
            is_empty = false;
            match wanted {
                Some((wanted, rest)) if wanted == name => found = members.next_value_seed(Walk(rest))?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(match self.0 {
            [] if is_empty => Found::Nothing,
            [] => Found::Object,
            _ => found,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn found(path: &str, page: &str) -> Result<Found, String> {
        PageValue::parse("PagingPath", path).unwrap().find(page.as_bytes())
    }

    fn text(text: &str) -> Found {
        Found::Text(text.to_owned())
    }

    #[test]
    fn what_is_at_the_path_is_found() {
        for (path, page, expected) in [
            (
                "$.next",
                r#"{"data":[{"next":"x"}],"next":"https:\/\/h\/2"}"#,
                text("https://h/2"),
            ),
            ("$.a.b", r#"{"a":{"b":17,"c":1}}"#, text("17")),
            ("/a/b", r#"{"a":{"b":-3}}"#, text("-3")),
            ("$.a[1].b", r#"{"a":[{"b":1},{"b":"x"},{"b":3}]}"#, text("x")),
            ("a.1", r#"{"a":["x","y"]}"#, text("y")),
            ("a.1", r#"{"a":{"1":"z"}}"#, text("z")),
            ("$['a.b']", r#"{"a.b":"c"}"#, text("c")),
            ("$.next", r#"{"next":1,"next":"last"}"#, text("last")),
            ("$.next", r#"{"next":null}"#, Found::Nothing),
            ("$.next", r#"{"next":""}"#, Found::Nothing),
            ("$.next", r#"{"next":0}"#, Found::Nothing),
            ("$.more", r#"{"more":false}"#, Found::Nothing),
            ("$.data", r#"{"data":[]}"#, Found::Nothing),
            ("$.data", r#"{"data":{}}"#, Found::Nothing),
            ("$.next", r#"{"other":{"next":1}}"#, Found::Missing),
            ("$.a.b.c", r#"{"a":{"b":"x"}}"#, Found::Missing),
            ("$.a[3]", r#"{"a":[1]}"#, Found::Missing),
            ("$.a[0]", r#"{"a":{"0":1}}"#, Found::Missing),
            ("$.a", r#"[{"a":1}]"#, Found::Missing),
            ("$.data", r#"{"data":[1,[2],{"a":[]}]}"#, Found::Records(3)),
            ("$.data", r#"{"data":{"a":1}}"#, Found::Object),
            ("$.more", r#"{"more":true}"#, Found::Other),
            ("$.more", r#"{"more":1.5}"#, Found::Other),
            ("$.data", " \n", Found::Nothing),
            ("", "[]", Found::Nothing),
            ("", "", Found::Nothing),
            ("", " [1,2] ", Found::Records(2)),
            ("", r#"{"a":1}"#, Found::Object),
            ("", "{\"a\":1}\n{\"a\":2}\n", Found::Records(2)),
            ("", "1 [2] 3", Found::Records(3)),
        ] {
            assert_eq!(found(path, page), Ok(expected), "{path} {page}");
        }
        let deep = format!(
            "{{\"a\":{}{},\"next\":\"n\"}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert_eq!(found("$.next", &deep), Ok(text("n")));
    }

    #[test]
    fn what_is_no_json_says_where() {
        for (path, page) in [
            ("$.a", "{\"a\":1"),
            ("$.b", "{\"a\":tru}"),
            ("", "[1,]"),
            ("", "{} x"),
            ("$.a", "<html>"),
        ] {
            let problem = found(path, page).unwrap_err();
            assert!(problem.contains("line 1 column"), "{problem}");
        }
        assert!(found("$.a", "{}{}").unwrap_err().contains("several values"));
    }

    #[test]
    fn a_path_to_several_values_is_refused() {
        for path in ["$.a[*]", "$.*", "$.a[0..1].b", "$.a[1..]"] {
            let error = PageValue::parse("PagingPath", path).unwrap_err();
            assert!(error.message().contains("several values"), "{error}");
        }
    }
}
