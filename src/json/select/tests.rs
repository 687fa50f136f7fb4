//! Paths to values, over JSON texts with and without faults.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::json::write;

fn found(text: &str, path: &str) -> String {
    let path = JsonPath::parse(path).unwrap();
    match select(text, &path) {
        Ok(values) => write::array(&values),
        Err(Malformed { offset, problem }) => format!("{offset}: {problem}"),
    }
}

const PERSON: &str = r#" {"name": {"first": "Jane", "last": "D\u00f6e"}, "age": 20, "vehicles": [
    {"type": "car", "model": "Honda Civic", "year": 2010, "done": [1, 2.50]},
    {"type": "truck", "model": "Dodge \"Ram\"", "year": null, "done": []} ] } "#;

#[test]
fn steps_lead_to_members_and_elements() {
    for (path, expected) in [
        ("name.last", r#"["Döe"]"#),
        ("$.age", "[20]"),
        ("$.vehicles[1].model", r#"["Dodge \"Ram\""]"#),
        ("vehicles.1.type", r#"["truck"]"#),
        ("vehicles[x].type", r#"["car","truck"]"#),
        ("vehicles.*.year", "[2010,null]"),
        ("vehicles[1..].type", r#"["truck"]"#),
        ("vehicles[..0].type", r#"["car"]"#),
        ("vehicles[0..5].done[*]", "[1,2.50]"),
        ("name.*", r#"["Jane","Döe"]"#),
        ("name", r#"[{"first":"Jane","last":"D\u00f6e"}]"#),
        ("vehicles[0].done", "[[1,2.50]]"),
        ("vehicles[7]", "[]"),
        ("vehicles.-1", "[]"),
        ("vehicles.+1", "[]"),
        ("age.x", "[]"),
        ("age[0]", "[]"),
        ("name[0]", "[]"),
        ("nobody", "[]"),
    ] {
        assert_eq!(found(PERSON, path), expected, "{path}");
    }
    assert_eq!(found("17", "$"), "[17]");
    assert_eq!(found(r#"{"1": "one"}"#, "1"), r#"["one"]"#);
}

#[test]
fn of_members_with_one_name_the_last_counts() {
    let twice = r#"{"a": [1, 2], "b": 3, "a": [4]}"#;
    assert_eq!(found(twice, "a[*]"), "[4]");
    assert_eq!(found(twice, "*"), "[[4],3]");
    let twice = r#"{"a": {"b": 1}, "a": 2}"#;
    assert_eq!(found(twice, "a.b"), "[]");
}

#[test]
fn a_text_that_is_not_one_value_is_found_out_wherever_the_fault_is() {
    for (text, path, offset) in [
        ("", "a", 0),
        ("abc", "$", 0),
        (r#"{"a": 1, "b": tru}"#, "a", 17),
        (r#"{"a": 1} 2"#, "a", 9),
        ("[1, 2", "[0]", 5),
        ("[1 2]", "[0]", 3),
        (r#"{"a": "\ud800"}"#, "a", 7),
    ] {
        let problem = found(text, path);
        assert!(problem.starts_with(&format!("{offset}: ")), "{text}: {problem}");
    }
}

#[test]
fn entries_are_members_or_elements() {
    let named = |text| {
        let entries = entries(text).unwrap();
        let shown = entries
            .iter()
            .map(|(name, value)| format!("{name}={}", write::array(std::slice::from_ref(value))));
        shown.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        named(r#"{"a": 1, "b": {"c": 2}, "a": null}"#),
        r#"a=[null] b=[{"c":2}]"#
    );
    assert_eq!(named(r#"["x", [1]]"#), r#"0=["x"] 1=[[1]]"#);
    assert_eq!(named("5"), "");
    assert!(entries("[1,").is_err());
}

#[test]
fn nested_values_are_told_from_texts_that_begin_like_them() {
    for (text, nested) in [
        ("[]", true),
        (" {\"a\": 1} ", true),
        ("[1", false),
        ("{a}", false),
        ("1", false),
        ("", false),
    ] {
        assert_eq!(is_nested(text), nested, "{text}");
    }
}

#[test]
fn depth_costs_no_stack() {
    let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(select(&text, &JsonPath::parse("[0].a").unwrap()).unwrap(), Vec::new());
}
