use super::*;

fn found(text: &str) -> String {
    records(text.as_bytes()).path.to_string()
}

#[test]
fn records_are_found_where_a_document_has_them() {
    for (document, path) in [
        ("", "$"),
        ("[{}]", "$"),
        ("7", "$"),
        (r#"{"a":1}"#, "$"),
        (r#"{"people":[{"a":1}]}"#, "$.people"),
        (r#" {"meta":{"n":1},"people":[ {"a":1}], "x":2} "#, "$.people"),
        (r#"{"tags":["a"],"empty":[],"rows":[[1]],"people":[{}]}"#, "$.people"),
        // The topmost one, and of several the first.
        (r#"{"deep":{"down":[{}]},"top":[{}],"other":[{}]}"#, "$.top"),
        (r#"{"feed":{"entry":[{}]}}"#, "$.feed.entry"),
        (r#"{"a.b":[{}]}"#, "$['a.b']"),
        // Values one behind the other are records themselves.
        ("{\"items\":[{}]}\n{\"items\":[{}]}", "$"),
        ("{\"items\":[{}]}\n", "$.items"),
        ("\u{feff}{\"items\":[{}]}", "$.items"),
    ] {
        assert_eq!(found(document), path, "{document}");
    }
}

#[test]
fn a_beginning_is_enough() {
    let document = r#"{"é":"é","deep":{"down":[{"x":1}]},"people":[{"name":"Ada"},{"name":"Bob"}],"more":[{}]}"#;
    let people = document.find("[{\"name").unwrap() + 2;
    for end in 0..document.len() {
        let path = records(&document.as_bytes()[..end]).path.to_string();
        let down = document.find("[{\"x").unwrap() + 2;
        // An array that does not end yet is gone into nowhere, so what comes first is what is known.
        let expected = match end {
            end if end >= people => "$.people",
            end if end >= down => "$.deep.down",
            _ => "$",
        };
        assert_eq!(path, expected, "{end}");
    }
}

#[test]
fn what_is_no_json_is_left_to_others_to_refuse() {
    assert_eq!(found("{\"a\" 1}"), "$");
    assert_eq!(records(b"{\"a\":[{\xFF").path.to_string(), "$.a");
    let deep = "{\"a\":".repeat(100_000);
    assert_eq!(found(&deep), "$");
}

#[test]
fn what_lies_beside_the_records_is_told() {
    let alone = |text: &str| records(text.as_bytes()).is_alone;
    assert!(alone(r#"{"feed":{"entry":[{"a":1}]}}"#));
    assert!(alone(r#"{"entry":[{"a":1},{"a":"#));
    assert!(!alone(r#"{"n":1,"entry":[{"a":1}]}"#));
    assert!(!alone(r#"{"entry":[{"a":1}],"other":[{}]}"#));
    assert!(!alone(r#"{"tags":[],"entry":[{"a":1}]}"#));
}
