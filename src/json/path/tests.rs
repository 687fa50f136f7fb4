//! Paths in every spelling, and what is none.

use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> String {
    JsonPath::parse(text).map_or_else(str::to_owned, |path| path.to_string())
}

#[test]
fn a_path_is_read_in_every_spelling() {
    for (written, read) in [
        ("", "$"),
        ("$", "$"),
        ("/", "$"),
        (" $.people ", "$.people"),
        ("people", "$.people"),
        ("$.people.vehicles", "$.people.vehicles"),
        ("$.people[*].vehicles[x]", "$.people[*].vehicles[*]"),
        ("/feed/*", "$.feed.*"),
        ("/feed/entry.v2/", "$.feed['entry.v2']"),
        ("[0].grade", "$[0].grade"),
        ("$[1..12].score", "$[1..12].score"),
        ("[..8]", "$[0..8]"),
        ("[ 2.. ]", "$[2..]"),
        ("vehicles.1.type", "$.vehicles.1.type"),
        ("$['a.b'][\"it's\"]", "$['a.b'][\"it's\"]"),
        ("$.*.rows", "$.*.rows"),
        ("['*'].x", "$['*'].x"),
        ("['it''s \"so\"']", "$[\"it's \"\"so\"\"\"]"),
        ("$[' a ']", "$[' a ']"),
    ] {
        assert_eq!(shown(written), read, "{written}");
    }
}

#[test]
fn what_is_no_path_says_why() {
    for (written, problem) in [
        ("$.", "without a name"),
        ("$..a", "without a name"),
        ("a..b", "without a name"),
        ("$a", "no `.` stands before"),
        ("[0]a", "no `.` stands before"),
        ("[0", "without its `]`"),
        ("['a", "without its end"),
        ("['a'", "without its `]`"),
        ("[-1]", "no element"),
        ("[1..a]", "no element"),
        ("[]", "no element"),
    ] {
        assert!(shown(written).contains(problem), "{written}: {}", shown(written));
    }
}

#[test]
fn a_property_with_a_bad_path_is_named() {
    let error = JsonPath::of_property("JSONPath", "$.").unwrap_err();
    assert_eq!(error.kind(), Kind::Property);
    assert!(
        error
            .message()
            .starts_with("The property JSONPath has the path '$.', which has a step")
    );
}

proptest! {
    #[test]
    fn a_path_is_read_as_it_is_shown(names in prop::collection::vec("[^\n]{0,8}", 0..5)) {
        let steps: Vec<_> = names.iter().map(|name| Step::Member(name.as_str().into())).collect();
        let path = JsonPath { steps };
        prop_assert_eq!(JsonPath::parse(&path.to_string()), Ok(path));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = JsonPath::parse(&text);
    }
}

#[test]
fn a_path_of_single_steps_is_definite() {
    let definite = |text: &str| JsonPath::parse(text).map(|path| path.is_definite());
    for text in ["$", "a.b", "a[3].1", "a[2..2]"] {
        assert_eq!(definite(text), Ok(true), "{text}");
    }
    for text in ["a.*", "[x]", "a[1..2]", "a[1..].b"] {
        assert_eq!(definite(text), Ok(false), "{text}");
    }
}
