//! The cursor against serde_json, and against text that is no JSON.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn value(text: &str) -> Result<Value<'_>, Malformed> {
    let mut cursor = Cursor::new(text.as_bytes())?;
    let value = cursor.value()?;
    cursor.end()?;
    Ok(value)
}

/// Whether one value of the text is all of it, when it is passed over.
fn skips(text: &[u8]) -> bool {
    passes(text, |cursor| cursor.skip())
}

/// The same when it is checked as well.
fn checks(text: &[u8]) -> bool {
    passes(text, |cursor| cursor.value().map(drop))
}

fn passes(text: &[u8], pass: fn(&mut Cursor<'_>) -> Read<()>) -> bool {
    Cursor::new(text).is_ok_and(|mut cursor| pass(&mut cursor).and_then(|()| cursor.end()).is_ok())
}

#[test]
fn scalars_are_read_as_written() {
    for (text, expected) in [
        ("null", Value::Null),
        (" true\n", Value::Boolean(true)),
        ("false", Value::Boolean(false)),
        ("-0.50e+3", Value::Number("-0.50e+3")),
        (r#""plain""#, Value::Text("plain".into())),
        (
            r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#,
            Value::Text("\"\\/\u{8}\u{c}\n\r\té😀".into()),
        ),
        ("[]", Value::Nested("[]".into())),
        ("{ }", Value::Nested("{}".into())),
        (
            "[ 1, \"a \\\" b\" ,\n{ \"k\" : [ ] } ]",
            Value::Nested(r#"[1,"a \" b",{"k":[]}]"#.into()),
        ),
        (r#"["é", "\ud800"]"#, Value::Nested(r#"["é","\ud800"]"#.into())),
    ] {
        assert_eq!(value(text), Ok(expected), "{text}");
    }
}

#[test]
fn compacting_borrows_what_is_compact_already() {
    let Ok(Value::Nested(text)) = value(r#"[1,"a b",{"k":"\\"}]"#) else {
        panic!()
    };
    assert!(matches!(text, Cow::Borrowed(_)));
}

#[test]
fn what_is_not_json_is_refused_at_its_byte() {
    for (text, offset) in [
        ("", 0),
        ("nul", 3),
        ("nulx", 3),
        ("01", 1),
        ("1.", 2),
        ("1.e3", 2),
        ("+1", 0),
        ("-", 1),
        (".5", 0),
        ("1x", 1),
        ("1 2", 2),
        ("NaN", 0),
        ("'a'", 0),
        ("\"a", 2),
        ("\"a\tb\"", 2),
        (r#""\x""#, 1),
        (r#""\u12g4""#, 5),
        (r#""a\ud800""#, 2),
        (r#""\ud800\u0041""#, 1),
        (r#""\udc00""#, 1),
        ("[1,]", 3),
        ("[1 2]", 3),
        ("[1}", 2),
        (r#"{"a" 1}"#, 5),
        (r#"{"a":1,}"#, 7),
        ("{a:1}", 1),
        (r#"{"a":1"#, 6),
    ] {
        assert_eq!(value(text).unwrap_err().offset, offset, "{text}");
    }
    assert_eq!(Cursor::new(b"\"a\xFFb\"").unwrap_err().offset, 2);
}

#[test]
fn members_come_in_order_with_their_keys_unescaped() {
    let mut cursor = Cursor::new(br#" { "a" : 1 , "\u0062" : [ 2 ] } "#).unwrap();
    let seen = members(&mut cursor, "").unwrap();
    assert_eq!(
        seen,
        [
            ("a".to_owned(), Value::Number("1")),
            ("b".to_owned(), Value::Nested("[2]".into()))
        ]
    );
    assert_eq!(cursor.end(), Ok(()));
    assert_eq!(Cursor::new(b"{}").unwrap().first_member(), Ok(false));
}

#[test]
fn a_guessed_key_is_taken_only_where_it_stands() {
    for (text, guess, right) in [
        (r#"{"a":1}"#, "a", true),
        (r#"{ "a" : 1}"#, "a", true),
        (r#"{"ab":1}"#, "a", false),
        (r#"{"a":1}"#, "ab", false),
        (r#"{"\u0061":1}"#, "a", false),
    ] {
        let mut cursor = Cursor::new(text.as_bytes()).unwrap();
        assert_eq!(cursor.first_member(), Ok(true));
        assert_eq!(cursor.is_member(&Quoted::of(guess).unwrap()), Ok(right), "{text}");
    }
    let mut cursor = Cursor::new(br#"{"a" 1}"#).unwrap();
    cursor.first_member().unwrap();
    assert_eq!(cursor.is_member(&Quoted::of("a").unwrap()).unwrap_err().offset, 5);
}

/// The members of an object, of which `guess` is expected to be the next one each time.
fn members<'a>(cursor: &mut Cursor<'a>, guess: &str) -> Read<Vec<(String, Value<'a>)>> {
    let mut seen = Vec::new();
    let mut more = cursor.first_member()?;
    while more {
        let key = match cursor.is_member(&Quoted::of(guess).unwrap())? {
            true => guess.to_owned(),
            false => cursor.key()?.into_owned(),
        };
        seen.push((key, cursor.value()?));
        more = cursor.next_member()?;
    }
    Ok(seen)
}

#[test]
fn of_nested_values_nobody_asked_for_the_extent_is_judged() {
    for text in [
        "[}",
        "{]",
        "[[]",
        "[\"]",
        "[\"\t\"]",
        "[\\]",
        "[]]",
        "[] []",
        "{\"a\":[1}}",
    ] {
        assert!(!skips(text.as_bytes()), "{text}");
    }
    for text in ["[1 2]", "{a:1}", "[,]", "[nul]", r#"["\x"]"#] {
        assert!(skips(text.as_bytes()) && !checks(text.as_bytes()), "{text}");
    }
}

#[test]
fn depth_costs_no_stack_when_skipping() {
    let depth = 1_000_000;
    for passes in [skips, checks] {
        assert!(passes(format!("{}{}", "[".repeat(depth), "]".repeat(depth)).as_bytes()));
        assert!(!passes("[".repeat(depth).as_bytes()));
    }
}

/// JSON values whose numbers serde_json takes too: it refuses exponents beyond the range of a double.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1e9..1e9f64).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn nested_text_is_what_serde_would_write(value in prop::collection::vec(json(), 0..4)) {
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let compact = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(self::value(&pretty), Ok(Value::Nested(compact.into())));
    }

    #[test]
    fn a_damaged_text_is_refused_exactly_when_serde_refuses_it(
        value in json(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let mut text = serde_json::to_vec(&value).unwrap();
        let at = at.index(text.len());
        if cut { text.truncate(at) } else { text[at] = byte }
        let reference = serde_json::from_slice::<serde::de::IgnoredAny>(&text);
        // It does not look into the strings it ignores.
        let expected = reference.is_ok() && std::str::from_utf8(&text).is_ok();
        prop_assert_eq!(checks(&text), expected, "{:?} {:?}", String::from_utf8_lossy(&text), reference.err());
        // What nobody asked for is judged less, but by its brackets and strings.
        let lone = matches!(value, serde_json::Value::Array(_) | serde_json::Value::Object(_));
        prop_assert!(skips(&text) || !expected);
        prop_assert!(!skips(&text) || expected || lone);
    }

    #[test]
    fn strings_are_unescaped_as_serde_does(text in r#"\PC{0,4}(\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}|\\ud83d\\ude00){0,3}\PC{0,4}"#) {
        let text = format!("\"{text}\"");
        let reference = serde_json::from_str::<String>(&text).ok();
        let read = match self::value(&text) {
            Ok(Value::Text(text)) => Some(text.into_owned()),
            _ => None,
        };
        prop_assert_eq!(read, reference);
    }

    #[test]
    fn any_text_ends_without_a_panic(text in r#"[{}\[\]",:0-9eE+.a-fnrtu \\é😀-]{0,64}"#) {
        let _ = value(&text);
        let _ = Cursor::new(text.as_bytes()).and_then(|mut cursor| members(&mut cursor, "a"));
    }
}
