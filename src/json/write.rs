//! JSON texts, without white space.

use std::borrow::Cow;

use super::cursor::Value;
use super::structure::plain_length;

/// The values as an array.
pub fn array(values: &[Value<'_>]) -> String {
    let mut out = String::from("[");
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&one(value));
    }
    out.push(']');
    out
}

/// A value as its text.
pub fn one<'a>(value: &'a Value<'_>) -> Cow<'a, str> {
    match value {
        Value::Null => "null".into(),
        Value::Boolean(true) => "true".into(),
        Value::Boolean(false) => "false".into(),
        Value::Number(written) => (*written).into(),
        Value::Text(said) => {
            let mut out = String::with_capacity(said.len() + 2);
            text(said, &mut out);
            out.into()
        }
        Value::Nested(written) => Cow::Borrowed(written),
    }
}

/// Writes a string in its quotes.
pub fn text(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    loop {
        let (plain, special) = rest
            .split_at_checked(plain_length(rest.as_bytes()))
            .unwrap_or((rest, ""));
        out.push_str(plain);
        let mut characters = special.chars();
        let Some(character) = characters.next() else { break };
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control => out.push_str(&format!("\\u{:04x}", u32::from(control))),
        }
        rest = characters.as_str();
    }
    out.push('"');
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_written_text_reads_as_it_was() {
        let every: String = (0..0x300).filter_map(char::from_u32).chain("€😀".chars()).collect();
        let mut written = String::new();
        text(&every, &mut written);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), every);
        assert!(written.contains(r#"\u0000"#) && written.contains(r#"\n"#));
    }
}
