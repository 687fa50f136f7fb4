//! Records are the same however the bytes are cut into chunks.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn frame(chunks: &[&[u8]]) -> Result<Vec<String>> {
    let mut framer = Framer::new("people.json");
    let mut records = Vec::new();
    let mut record = |bytes: &[u8]| {
        records.push(String::from_utf8_lossy(bytes).into_owned());
        Ok(true)
    };
    for chunk in chunks {
        framer.push(chunk, &mut record)?;
    }
    framer.finish(&mut record)?;
    Ok(records)
}

#[test]
fn documents_are_recognised_by_content() {
    let table: [(&str, &[&str]); 19] = [
        ("", &[]),
        (" \n\t", &[]),
        ("[]", &[]),
        (" [ ] \n", &[]),
        ("{}", &["{}"]),
        (r#"{"a":1}"#, &[r#"{"a":1}"#]),
        ("{\n \"a\": {\"b\": [1]}\n}\n", &["{\n \"a\": {\"b\": [1]}\n}"]),
        (r#"[{"a":1}, {"a":2}]"#, &[r#"{"a":1}"#, r#"{"a":2}"#]),
        ("{\"a\":1}\n{\"a\":2}\n", &[r#"{"a":1}"#, r#"{"a":2}"#]),
        ("{\"a\":1}\r\n\r\n{\"a\":2}", &[r#"{"a":1}"#, r#"{"a":2}"#]),
        (r#"{"a":1}{"a":2}"#, &[r#"{"a":1}"#, r#"{"a":2}"#]),
        (
            r#"["]",{"k":"}{\"]\\"},[[1],2], 3 ,null]"#,
            &[r#""]""#, r#"{"k":"}{\"]\\"}"#, "[[1],2]", "3", "null"],
        ),
        ("1", &["1"]),
        ("1 2\n\"x\"", &["1", "2", "\"x\""]),
        ("null", &["null"]),
        ("\"a\\\"b\"", &["\"a\\\"b\""]),
        ("\u{FEFF}[1]", &["1"]),
        ("\u{FEFF}{}", &["{}"]),
        ("\u{FEFF}", &[]),
    ];
    for (document, records) in table {
        assert_eq!(frame(&[document.as_bytes()]).unwrap(), records, "{document}");
        let bytes: Vec<_> = document.as_bytes().chunks(1).collect();
        assert_eq!(frame(&bytes).unwrap(), records, "{document}, byte by byte");
    }
}

#[test]
fn what_cannot_be_json_is_refused_with_line_and_column() {
    let deep = "[".repeat(1002);
    let table: [(&[u8], &str); 18] = [
        (
            b"[1]\n x",
            "line 2, column 2: nothing may follow the array, but `x` does.",
        ),
        (b"[1][2]", "line 1, column 4: nothing may follow"),
        (b"[1,\n]", "line 2, column 1: a JSON value was expected, not `]`."),
        (b"[,1]", "line 1, column 2: a JSON value was expected, not `,`."),
        (b"[1 2]", "line 1, column 4: `,` or `]` was expected, not `2`."),
        (b"[{} {}]", "line 1, column 5: `,` or `]`"),
        (b"{}, {}", "line 1, column 3: a JSON value was expected, not `,`."),
        (b"{}\n}", "line 2, column 1: a JSON value was expected, not `}`."),
        (b"{\n\"a\":1", "line 2, column 6: the document ends inside a record"),
        (b"\"abc", "ends inside a record"),
        (b"[1", "ends inside a record"),
        (b"[1\n", "line 2, column 1: the document ends before `]`"),
        (b"[", "ends before `]`"),
        (b"<html>", "looks like HTML"),
        (b"\xFF\xFE{\0", "not UTF-8"),
        (b"\xEF\xBB", "not UTF-8"),
        (b"\xEF{}", "not UTF-8"),
        (
            deep.as_bytes(),
            "line 1, column 2: values are nested more than 1000 levels",
        ),
    ];
    for (document, expected) in table {
        let error = frame(&[document]).unwrap_err();
        let shown = String::from_utf8_lossy(document);
        assert_eq!(error.kind(), Kind::Document);
        assert!(error.message().starts_with("people.json, line "), "{shown}: {error}");
        assert!(error.message().contains(expected), "{shown}: {error}");
        let bytes: Vec<_> = document.chunks(1).collect();
        if document.len() < 1000 {
            assert_eq!(
                frame(&bytes).unwrap_err().message(),
                error.message(),
                "{shown}, byte by byte"
            );
        }
    }
}

#[test]
fn stopping_early_takes_nothing_more() {
    let mut framer = Framer::new("people.json");
    let mut seen = 0;
    let mut record = |_: &[u8]| {
        seen += 1;
        Ok(seen < 2)
    };
    assert!(!framer.push(b"[1,2,3", &mut record).unwrap());
    assert!(!framer.push(b",4}", &mut record).unwrap());
    framer.finish(&mut record).unwrap();
    assert_eq!(seen, 2);
}

#[test]
fn an_error_about_a_record_says_where_it_starts() {
    for split in 0..=18 {
        let document = b"[\n {\"a\":1},\n  {\"a\":x}]";
        let mut framer = Framer::new("people.json");
        let mut record = |bytes: &[u8]| match bytes.contains(&b'x') {
            true => Err(Error::new(Kind::Document, "Bad.")),
            false => Ok(true),
        };
        let (first, second) = document.split_at(split);
        let result = framer
            .push(first, &mut record)
            .and_then(|_| framer.push(second, &mut record));
        assert_eq!(
            result.unwrap_err().message(),
            "Bad. The record starts at line 3, column 3.",
            "{split}"
        );
    }
}

#[test]
fn a_long_record_is_put_together_from_many_chunks() {
    let text = format!("{{\"a\":\"{}\"}}", "é\\\\\\\"".repeat(100_000));
    let document = format!("[{text},{text}]");
    let chunks: Vec<_> = document.as_bytes().chunks(4096).collect();
    assert_eq!(frame(&chunks).unwrap(), [text.clone(), text]);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        r#"[\[\]{}",\\a é]{0,6}"#.prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec((r#"[{}"\\a]{0,3}"#, inner), 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_split_gives_the_same_records(
        values in prop::collection::vec(json(), 0..5), pretty in any::<bool>(), lines in any::<bool>(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let write = |value: &serde_json::Value| match pretty {
            true => serde_json::to_string_pretty(value).unwrap(),
            false => value.to_string(),
        };
        let records: Vec<_> = values.iter().map(write).collect();
        // A first line that is an array would open an array of records.
        let lines = lines && !matches!(values.first(), Some(serde_json::Value::Array(_)));
        let document = if lines { records.join("\n") } else { format!("[{}]", records.join(" , ")) };
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(document.len() + 1)).collect();
        cuts.extend([0, document.len()]);
        cuts.sort_unstable();
        let chunks: Vec<_> = cuts.windows(2).map(|pair| &document.as_bytes()[pair[0]..pair[1]]).collect();
        prop_assert_eq!(frame(&chunks).unwrap(), records);
    }
}
