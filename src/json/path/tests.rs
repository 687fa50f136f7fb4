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
    fn a_path_is_read_as_it_is_shown(names in prop::collection::vec("[^'\"]{1,8}", 0..5)) {
        let steps: Vec<_> = names.iter().map(|name| Step::Member(name.as_str().into())).collect();
        // Spaces at the ends of the whole, and a wildcard as a name, are read as something else.
        prop_assume!(names.iter().all(|name| name != "*" && name.trim() == name));
        let path = JsonPath { steps };
        prop_assert_eq!(JsonPath::parse(&path.to_string()), Ok(path));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = JsonPath::parse(&text);
    }
}
