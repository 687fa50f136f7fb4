//! Records are the same however the bytes are cut into chunks.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::error::Kind;

mod paths;

/// The records of a document that comes in chunks; those of lines with several values are told apart by the decoder.
fn frame(chunks: &[&[u8]]) -> Result<Vec<String>> {
    frame_by(Framer::new("people.json"), chunks)
}

fn frame_by(mut framer: Framer, chunks: &[&[u8]]) -> Result<Vec<String>> {
    let mut records = Vec::new();
    let mut take = |block: Block| {
        records.extend(block.records().map(|bytes| String::from_utf8_lossy(bytes).into_owned()));
        block.problem.map_or(Ok(()), Err)
    };
    for chunk in chunks {
        framer.add(chunk);
        take(framer.block())?;
    }
    take(framer.finish())?;
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
    let table: [(&[u8], &str); 35] = [
        (
            b"[1]\n x",
            "line 2, column 2: nothing may follow the array, but `x` does.",
        ),
        (
            b"[1][2]",
            "line 1, column 4: nothing may follow the array, but `[` does; where",
        ),
        (b"[1,\n]", "line 2, column 1: a JSON value was expected, not `]`."),
        (b"[,1]", "line 1, column 2: a JSON value was expected, not `,`."),
        (b"[1 2]", "line 1, column 4: `,` or `]` was expected, not `2`."),
        (b"[{} {}]", "line 1, column 5: `,` or `]`"),
        (b"{}, {}", "line 1, column 3: a JSON value was expected, not `,`."),
        (b"{}\n}", "line 2, column 1: a JSON value was expected, not `}`."),
        (
            b"[1,\n {\n\"a\":1",
            "line 3, column 6: the document ends inside the record that starts at line 2, column 2; it may be cut short.",
        ),
        (b"\"abc", "ends inside the record"),
        (b"[1", "ends inside the record"),
        // What is missing is missed where the next record begins.
        (
            b"{}\n{\"a\":1\n{\"a\":2}\n",
            "line 3, column 1: `,` or `}` was expected after a member.",
        ),
        (b"[{\"a\":[1}, {}]", "line 1, column 9: this bracket does not close"),
        (b"[{\"a\":[1, {}", "line 1, column 13: the document ends inside"),
        (
            b"[{\"a\":01, \"b\":",
            "line 1, column 8: this is not how a number is written",
        ),
        (b"{\"a\":\"\xC3", "line 1, column 8: the document ends inside"),
        (b"{\"a\":\"\xC3\x28", "line 1, column 7: this is not UTF-8."),
        (b"{\"a\":\"\xC3\x28\" 1", "line 1, column 7: this is not UTF-8."),
        (b"{\"a\":1 2\"\xC3\x28", "line 1, column 8: `,` or `}` was expected"),
        (b"[1\n", "line 2, column 1: the document ends before `]`"),
        (b"[", "ends before `]`"),
        (b"<html>", "looks like HTML"),
        (
            b"\xFF\xFE{\0}\0",
            "line 1, column 1: the document is UTF-16; save it as UTF-8.",
        ),
        (b"{\0\"\0\"\0:\0\x31\0}\0", "line 1, column 1: the document is UTF-16;"),
        (b"\0[\0]", "line 1, column 1: the document is UTF-16;"),
        (b"\0\0\xFE\xFF\0\0\0[", "line 1, column 1: the document is UTF-32;"),
        (b"[\0\0\0]\0\0\0", "line 1, column 1: the document is UTF-32;"),
        (
            b"\0\0\0\0",
            "line 1, column 1: a JSON value was expected, not byte 0x00.",
        ),
        (b"[\xFF]", "line 1, column 2: the document is not UTF-8"),
        (b"\xEF\xBB", "not UTF-8"),
        (b"\xEF{}", "not UTF-8"),
        (
            b"[\n[1}]",
            "line 2, column 3: this bracket does not close what was opened last.",
        ),
        (b"[[\"a\nb\"]]", "line 1, column 5: a control character must be escaped"),
        (b"[\"a\tb\"]", "line 1, column 4: a control character must be escaped"),
        (b"[[\\\"]]", "line 1, column 3: a backslash stands outside"),
    ];
    for (document, expected) in table {
        let error = frame(&[document]).unwrap_err();
        let shown = String::from_utf8_lossy(document);
        assert_eq!(error.kind(), Kind::Document);
        assert!(error.message().starts_with("people.json, line "), "{shown}: {error}");
        assert!(error.message().contains(expected), "{shown}: {error}");
        let bytes: Vec<_> = document.chunks(1).collect();
        assert_eq!(
            frame(&bytes).unwrap_err().message(),
            error.message(),
            "{shown}, byte by byte"
        );
    }
}

#[test]
fn nothing_follows_a_problem_and_everything_before_it_is_there() {
    let mut framer = Framer::new("people.json");
    framer.add(b"[1,2,3}");
    let block = framer.block();
    assert_eq!(block.records().collect::<Vec<_>>(), [b"1", b"2", b"3"]);
    assert!(block.problem.is_some());
    framer.add(b",4]");
    for block in [framer.block(), framer.finish()] {
        assert!(block.is_empty() && block.problem.is_none());
    }
}

#[test]
fn an_error_about_a_record_says_where_it_is() {
    for split in 0..=18 {
        let document = b"[\n {\"a\":1},\n  {\"a\":x}]";
        let mut framer = Framer::new("people.json");
        let (first, second) = document.split_at(split);
        framer.add(first);
        let mut blocks = vec![framer.block()];
        framer.add(second);
        blocks.push(framer.block());
        let error = blocks.iter().find_map(|block| {
            let at = block.records().position(|record| record.contains(&b'x'))?;
            let malformed = Malformed {
                offset: 5,
                problem: "a value was expected",
            };
            Some([
                block.located(Error::new(Kind::Conversion, "Bad."), at),
                block.malformed("people.json", at, &malformed),
            ])
        });
        assert_eq!(
            error.unwrap().map(|error| error.message().to_owned()),
            [
                "Bad. The record starts at line 3, column 3.",
                "people.json, line 3, column 8: a value was expected."
            ],
            "{split}"
        );
    }
}

#[test]
fn lines_are_records_only_where_they_are_whole() {
    let table: [(&str, &[&str]); 6] = [
        (
            "{\"a\":1}\n{\"a\":2}\r\n{\"a\":3}\n{\"a\":4}",
            &["{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "{\"a\":4}"],
        ),
        (
            "{}\n{\"a\":{\"b\":1}\n,\"c\":2}\n{}",
            &["{}", "{\"a\":{\"b\":1}\n,\"c\":2}", "{}"],
        ),
        ("{}\n{\"a\":{\n\"b\":1}}\n{}\n", &["{}", "{\"a\":{\n\"b\":1}}", "{}"]),
        ("{}\n{\n}\n{}\n{}", &["{}", "{\n}", "{}", "{}"]),
        ("{}\n{\"a\":[{}\n]}\n{}\n{}", &["{}", "{\"a\":[{}\n]}", "{}", "{}"]),
        // Two values in one line, which the decoder takes one by one.
        ("{}\n{\"a\":1} {\"a\":2}\n{}\n", &["{}", "{\"a\":1} {\"a\":2}", "{}"]),
    ];
    for (document, records) in table {
        let seen = frame(&[document.as_bytes()]).unwrap();
        assert_eq!(
            seen.iter().map(|record| record.trim_end()).collect::<Vec<_>>(),
            records,
            "{document}"
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

#[test]
fn what_no_bracket_closes_is_not_held_for_long() {
    let mut framer = Framer::new("people.json");
    let lines = "{\"a\":1}\n".repeat(100);
    framer.add(b"{}\n{\"a\":1\n");
    let mut problem = None;
    let mut chunks = 0;
    while problem.is_none() && chunks * lines.len() < 2 * LONG {
        framer.add(lines.as_bytes());
        problem = framer.block().problem;
        chunks += 1;
    }
    let message = problem.map(|problem| problem.message().to_owned());
    assert_eq!(
        message.as_deref(),
        Some("people.json, line 3, column 1: `,` or `}` was expected after a member.")
    );
    // What is whole so far goes on, however long it is.
    let mut framer = Framer::new("people.json");
    let mut elements = "[1,{\"a\":null},".to_owned();
    while elements.len() < 2 * LONG {
        elements.push_str("\"é\",[2],");
    }
    for chunk in elements.as_bytes().chunks(64 * 1024 + 1) {
        framer.add(chunk);
        assert!(framer.block().problem.is_none());
    }
    framer.add(b"3]");
    assert!(framer.finish().problem.is_none());
}

#[test]
fn depth_is_no_matter() {
    let record = format!("{}1{}", "{\"a\":[".repeat(100_000), "]}".repeat(100_000));
    assert_eq!(frame(&[format!("[{record}]").as_bytes()]).unwrap(), [record]);
}

/// A document in pieces.
fn chunks<'a>(document: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(document.len() + 1)).collect();
    cuts.extend([0, document.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &document[pair[0]..pair[1]]).collect()
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
        let seen = frame(&chunks(document.as_bytes(), &cuts)).unwrap();
        prop_assert_eq!(seen.iter().map(|record| record.trim_end()).collect::<Vec<_>>(), records);
    }
}
