//! Records at a path, against a walk through the tree of the document.

use serde_json::Value;

use super::*;
use crate::json::path::Step;

fn at(path: &str, document: &str) -> Result<Vec<String>> {
    frame_by(
        Framer::at("people.json", &JsonPath::parse(path).unwrap()),
        &[document.as_bytes()],
    )
}

fn lines(path: &str, document: &str) -> Result<Vec<String>> {
    frame_by(
        Framer::lines("people.json", &JsonPath::parse(path).unwrap()),
        &[document.as_bytes()],
    )
}

#[test]
fn a_path_leads_to_records() {
    let people = r#"{"meta": {"people": [0]}, "people": [{"n": 1, "v": [7, 8]}, {"n": 2, "v": 9}, {"v": null}]}"#;
    let table: [(&str, &str, &[&str]); 18] = [
        (
            "$.people",
            people,
            &[r#"{"n": 1, "v": [7, 8]}"#, r#"{"n": 2, "v": 9}"#, r#"{"v": null}"#],
        ),
        ("$.people.v", people, &["7", "8", "9"]),
        ("$.people[*].v", people, &["7", "8", "9"]),
        ("$.people[1].v", people, &["9"]),
        ("$.people.1.v", people, &["9"]),
        ("$.people[0..1].n", people, &["1", "2"]),
        ("$.people[1..]", people, &[r#"{"n": 2, "v": 9}"#, r#"{"v": null}"#]),
        ("$.*.people", people, &["0"]),
        (
            "/people/*",
            people,
            &[r#"{"n": 1, "v": [7, 8]}"#, r#"{"n": 2, "v": 9}"#, r#"{"v": null}"#],
        ),
        ("$.nobody", people, &[]),
        ("$.people.n.x", people, &[]),
        (
            "$.a",
            r#"[{"a": 1}, {"b": 2}, [{"a": [3, null]}]]"#,
            &["1", "3", "null"],
        ),
        ("$.a", "{\"a\":1}\n{\"a\":[2]} {\"a\":{}}", &["1", "2", "{}"]),
        ("$.a", r#"{"a": [1], "a": 2}"#, &["1", "2"]),
        ("$.a", r#"{"\u0061": 1, "\"a": 2, "a\\": 3}"#, &["1"]),
        ("$['a.b']", r#"{"a.b": "x\"}"}"#, &[r#""x\"}""#]),
        ("$[*]", "[[1, 2], 3, null]", &["1", "2", "3"]),
        ("$.a", "7 true \"a\" null", &[]),
    ];
    for (path, document, records) in table {
        assert_eq!(at(path, document).unwrap(), records, "{path} in {document}");
    }
}

#[test]
fn what_is_beside_the_path_is_judged_with_line_and_column() {
    for (document, expected) in [
        (
            "{\"b\" 1}",
            "line 1, column 6: `:` was expected after a member name, not `1`.",
        ),
        (
            "{\"b\": 1\n \"a\": 2}",
            "line 2, column 2: `,` or `}` was expected, not `\"`.",
        ),
        (
            "{\"b\": 1,}",
            "line 1, column 9: a member name in double quotes was expected, not `}`.",
        ),
        (
            "{b: 1}",
            "line 1, column 2: a member name in double quotes was expected, not `b`.",
        ),
        (
            "{\"b\": [1, {]}",
            "line 1, column 12: this bracket does not close what was opened last.",
        ),
        (
            "{\"b\": \"\n\"}",
            "line 1, column 8: a control character must be escaped in a string.",
        ),
        (
            "{\"a\": [1,]}",
            "line 1, column 10: a JSON value was expected, not `]`.",
        ),
        ("{\"a\": [1}", "line 1, column 9: `,` or `]` was expected, not `}`."),
        (
            "{\"a\": [1]",
            "line 1, column 10: the document ends before `}`; it may be cut short.",
        ),
        (
            "{\"a\": [1",
            "line 1, column 9: the document ends inside the record that starts at line 1, column 8; it may be cut short.",
        ),
        (
            "{\"b\": [1",
            "line 1, column 9: the document ends inside a value; it may be cut short.",
        ),
        ("{\"a\": {}}}", "line 1, column 10: a JSON value was expected, not `}`."),
        ("{\"\\x\": 1}", "line 1, column 2: there is no such escape in JSON."),
    ] {
        let error = at("$.a", document).unwrap_err();
        assert_eq!(error.message(), format!("people.json, {expected}"), "{document}");
    }
}

#[test]
fn every_line_is_a_document() {
    let table: [(&str, &str, &[&str]); 6] = [
        ("", "{\"a\":1}\r\n\r\n \n{\"a\":2}", &["{\"a\":1}", "{\"a\":2}"]),
        ("", "[1,2]\n[]\n3\nnull\n", &["1", "2", "3", "null"]),
        ("", "\u{FEFF}1\n2", &["1", "2"]),
        ("$.a", "{\"a\":[1,2]}\n{\"b\":3}\n{\"a\":4}\n5\n", &["1", "2", "4"]),
        ("$.a", "[{\"a\":1},{\"a\":2}]\n", &["1", "2"]),
        ("", "", &[]),
    ];
    for (path, document, records) in table {
        assert_eq!(lines(path, document).unwrap(), records, "{document:?}");
    }
    for (document, expected) in [
        (
            "1\n{\"a\":\n1}",
            "line 2, column 6: the line ends inside a value; with JSONFormat=LDJSON",
        ),
        ("{\"a\":\"x\n\"}", "line 1, column 8: the line ends inside a value"),
        ("[1,\n2]", "line 1, column 4: the line ends inside a value"),
        ("[1", "line 1, column 3: the line ends inside a value"),
        (
            "1\n2 3",
            "line 2, column 3: nothing may follow the value of a line, but `3` does",
        ),
        (
            "[1]]\n",
            "line 1, column 4: nothing may follow the value of a line, but `]` does",
        ),
        ("[1]\n}", "line 2, column 1: a JSON value was expected, not `}`."),
    ] {
        let error = lines("", document).unwrap_err();
        assert!(
            error.message().starts_with(&format!("people.json, {expected}")),
            "{document:?}: {error}"
        );
    }
}

#[test]
fn what_is_not_on_the_way_is_not_held() {
    let mut framer = Framer::at("people.json", &JsonPath::parse("$.people").unwrap());
    framer.add(b"{\"meta\": {\"text\": \"");
    for _ in 0..100 {
        framer.add("long \\\" ".repeat(1000).as_bytes());
        assert!(framer.block().is_empty());
        assert_eq!(framer.buffer.len(), 0);
    }
    framer.add(b"\"}, \"people\": [1");
    assert!(framer.block().is_empty());
    framer.add(b", 2]}");
    let block = framer.block();
    assert_eq!(block.records().collect::<Vec<_>>(), [b"1", b"2"]);
    assert!(framer.finish().problem.is_none());
}

#[test]
fn a_way_without_end_is_an_error() {
    let error = at("$.a", &"[".repeat(2 << 20)).unwrap_err();
    assert!(error.message().contains("more than 1048576 arrays"), "{error}");
}

/// The records by a walk through the tree.
fn walked(value: &Value, steps: &[Step], records: &mut Vec<String>) {
    let Some((step, rest)) = steps.split_first() else {
        match value {
            Value::Array(elements) => records.extend(elements.iter().map(Value::to_string)),
            Value::Null => {}
            other => records.push(other.to_string()),
        }
        return;
    };
    match (step, value) {
        (Step::Member(name), Value::Object(members)) => {
            members
                .get(&**name)
                .into_iter()
                .for_each(|value| walked(value, rest, records));
        }
        (Step::Member(name), Value::Array(elements)) => match name.parse::<usize>() {
            Ok(at) => elements
                .get(at)
                .into_iter()
                .for_each(|value| walked(value, rest, records)),
            Err(_) => elements.iter().for_each(|value| walked(value, steps, records)),
        },
        (Step::Any, Value::Object(members)) => members.values().for_each(|value| walked(value, rest, records)),
        (Step::Any, Value::Array(elements)) => elements.iter().for_each(|value| walked(value, rest, records)),
        (Step::Elements { first, last }, Value::Array(elements)) => {
            let wanted = elements
                .iter()
                .enumerate()
                .filter(|(at, _)| first <= at && last.is_none_or(|last| *at <= last));
            wanted.for_each(|(_, value)| walked(value, rest, records));
        }
        _ => {}
    }
}

fn path() -> impl Strategy<Value = JsonPath> {
    let step = prop_oneof![
        4 => "[ab1\"]".prop_map(|name| Step::Member(name.into())),
        1 => Just(Step::Any),
        1 => Just(Step::ALL),
        1 => (0..3_usize, prop::option::of(0..3_usize)).prop_map(|(first, last)| Step::Elements { first, last }),
    ];
    prop::collection::vec(step, 1..4).prop_map(|steps| JsonPath { steps })
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i8>().prop_map(Into::into),
        r#"[\[\]{}",\\a é]{0,6}"#.prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec(("[ab1\"]", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn records_are_those_of_the_tree(
        documents in prop::collection::vec(document(), 0..4), path in path(), pretty in any::<bool>(),
        by_lines in any::<bool>(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut expected = Vec::new();
        documents.iter().for_each(|document| walked(document, &path.steps, &mut expected));
        let write = |value: &Value| match pretty && !by_lines {
            true => serde_json::to_string_pretty(value).unwrap(),
            false => value.to_string(),
        };
        let text = documents.iter().map(write).collect::<Vec<_>>().join("\n");
        let framer = if by_lines { Framer::lines("people.json", &path) } else { Framer::at("people.json", &path) };
        let records = frame_by(framer, &chunks(text.as_bytes(), &cuts)).unwrap();
        let records = records.iter().map(|record| serde_json::from_str::<Value>(record).unwrap().to_string());
        prop_assert_eq!(records.collect::<Vec<_>>(), expected, "{} in {}", path, text);
    }

    #[test]
    fn a_damaged_document_is_read_the_same_however_it_is_cut(
        document in document(), path in path(), by_lines in any::<bool>(), byte in r#"[\[\]{}",:\\a\n ]"#,
        at in any::<prop::sample::Index>(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut text = serde_json::to_vec(&document).unwrap();
        let at = at.index(text.len());
        text[at] = byte.as_bytes()[0];
        let framer = || if by_lines { Framer::lines("people.json", &path) } else { Framer::at("people.json", &path) };
        let shown = |records: Result<Vec<String>>| records.map_err(|error| error.to_string());
        let whole = shown(frame_by(framer(), &[&text]));
        prop_assert_eq!(shown(frame_by(framer(), &chunks(&text, &cuts))), whole);
    }
}
