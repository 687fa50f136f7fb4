//! Documents that list their columns in one place and have their rows in another.

use super::*;
use crate::engine::Model;

const PATH: &str = "column:$.columns;row:$.rows";

fn over(source: Fake, path: &str, depth: usize) -> (Arc<Session>, Arc<Fake>) {
    let documents = DocumentOptions {
        model: Model::default().reading("JSONRows", path).unwrap(),
        row_scan_depth: depth,
        ..DocumentOptions::default()
    };
    session_with(source, documents)
}

fn folder(documents: &[(&str, &str)]) -> (Arc<Session>, Arc<Fake>) {
    over(Fake::of("folder", documents), PATH, 0)
}

#[test]
fn every_document_lists_its_own_columns_before_or_behind_its_rows() {
    let (session, _) = folder(&[
        (
            "a.json",
            r#"{"columns": ["id", "at"], "rows": [[1, "2026-01-02"], [2]], "count": 2}"#,
        ),
        (
            "b.json",
            r#"{"rows": [["2026-03-04", 3.5, {"x": [1]}]], "columns": ["at", "id", "more"]}"#,
        ),
        ("c.json", r#"{"columns": ["empty"], "rows": []}"#),
        ("d.json", "{}"),
    ]);
    let (names, rows) = both(&session, "SELECT * FROM folder");
    assert_eq!(names, ["id", "at", "more.x", "empty"]);
    assert_eq!(
        rows,
        [
            ["1.0", "2026-01-02", "NULL", "NULL"],
            ["2.0", "NULL", "NULL", "NULL"],
            ["3.5", "2026-03-04", "[1]", "NULL"]
        ]
    );
    let counted = both(&session, "SELECT count(*), sum(id) FROM folder WHERE _file_name < 'c'").1;
    assert_eq!(counted, [["3", "6.5"]]);
}

#[test]
fn columns_are_objects_with_names_in_them() {
    let document = r#"{"set": {"data": [["Ada", 1]], "fields": [{"type": "s", "name": "Name"}, {"name": "id"}]}}"#;
    let path = "column:/set/fields;row:/set/data;columnname:/set/fields.name";
    let (session, _) = over(Fake::of("people", &[("people.json", document)]), path, 0);
    let (names, rows) = both(&session, "SELECT * FROM people");
    assert_eq!(
        (names, rows),
        (
            vec!["Name".to_owned(), "id".to_owned()],
            vec![vec!["Ada".to_owned(), "1".to_owned()]]
        )
    );
}

/// Rows in small chunks, with the list in front of them or behind.
fn long(rows: usize, list_first: bool) -> Fake {
    let list = r#""columns": ["n", "text"]"#;
    let rows: Vec<_> = (0..rows).map(|n| format!("[{n}, \"number {n}\"]")).collect();
    let rows = format!("\"rows\": [{}]", rows.join(", "));
    let text = match list_first {
        true => format!("{{{list}, {rows}}}"),
        false => format!("{{{rows}, {list}}}"),
    };
    let bytes = Bytes::from(text);
    let chunks = (0..bytes.len().div_ceil(1000)).map(|at| bytes.slice(at * 1000..bytes.len().min((at + 1) * 1000)));
    Fake {
        name: "numbers",
        documents: Mutex::new(vec![("numbers.json".to_owned(), chunks.collect())]),
        ..Fake::default()
    }
}

#[test]
fn a_list_in_front_is_streamed_past_and_one_behind_costs_a_second_reading() {
    for (list_first, readings) in [(true, 1), (false, 2)] {
        let (session, source) = over(long(20_000, list_first), PATH, 10);
        let sums = both(&session, "SELECT count(*), sum(n), max(text) FROM numbers").1;
        assert_eq!(sums, [["20000", "199990000", "number 9999"]]);
        // A look for the columns, and the scan.
        assert_eq!(source.opened.lock().len(), 2 * readings, "{list_first}");
    }
    let (session, source) = over(long(200_000, true), PATH, 10);
    let all = source.documents.lock()[0].1.len();
    assert_eq!(both(&session, "SELECT TOP 3 n FROM numbers").1, [["0"], ["1"], ["2"]]);
    let read = source.chunks.load(Ordering::SeqCst);
    assert!(read < all / 2, "{read} of {all} chunks");
}

#[test]
fn what_is_wrong_is_told_with_document_and_place() {
    for (document, said) in [
        (
            r#"{"rows": [[1]]}"#,
            "a.json: it has rows, but lists no columns at $.columns",
        ),
        (
            r#"{"columns": ["a"], "rows": [[1], [1, 2]]}"#,
            "a.json, line 1, column 34: a row has 2 values, but the document lists 1 columns.",
        ),
        (
            r#"{"columns": ["a"], "rows": [{"a": 1}]}"#,
            "a.json, line 1, column 29: a row is not an array",
        ),
        (
            r#"{"columns": "a", "rows": [[1]]}"#,
            "a.json, line 1, column 13: what is at $.columns is no array",
        ),
        (
            r#"{"columns": [{"name": "a"}], "rows": [[1]]}"#,
            "a.json, line 1, column 13: column 1 of the list at $.columns is no text",
        ),
        (
            r#"{"columns": ["a"], "rows": [[1]]} {"columns": ["b"], "rows": [[2]]}"#,
            "a.json, line 1, column 47: columns are listed at $.columns more than once",
        ),
        (
            r#"{"columns": ["a"], "rows": [[1"#,
            "a.json, line 1, column 31: the document ends inside the record that starts at line 1, column 29",
        ),
    ] {
        let (session, _) = folder(&[("a.json", document)]);
        let error = problem(&session, "SELECT * FROM folder");
        assert_eq!(error.kind(), Kind::Document, "{document}");
        assert!(error.message().starts_with(said), "{document}: {error}");
    }
    let (session, _) = folder(&[("a.json", r#"{"other": 1}"#)]);
    let error = problem(&session, "SELECT * FROM folder");
    assert_eq!(error.kind(), Kind::Property);
}

#[test]
fn problems_behind_what_was_looked_at_end_the_statement_or_the_document() {
    let good = r#"{"columns": ["n"], "rows": [[1], [2]]}"#;
    let bad = r#"{"columns": ["n"], "rows": [[3], [4, 5]]}"#;
    for (skips, expected) in [
        (false, Err("b.json, line 1, column 34: a row has 2 values")),
        (true, Ok("6")),
    ] {
        let documents = DocumentOptions {
            model: Model::default().reading("JSONRows", PATH).unwrap(),
            row_scan_depth: 1,
            skips_bad: skips,
            ..DocumentOptions::default()
        };
        let (session, _) = session_with(Fake::of("t", &[("a.json", good), ("b.json", bad)]), documents);
        match expected {
            Ok(sum) => assert_eq!(both(&session, "SELECT sum(n) FROM t").1, [[sum]]),
            Err(said) => {
                let error = problem(&session, "SELECT n FROM t");
                assert!(error.message().starts_with(said), "{error}");
            }
        }
    }
}

#[test]
fn rows_have_no_arrays_that_are_tables() {
    let (session, _) = folder(&[("a.json", r#"{"columns": ["a"], "rows": [[[{"b": 1}]]]}"#)]);
    let error = problem(&session, "SELECT * FROM [folder.a]");
    assert_eq!(error.kind(), Kind::TableNotFound);
    let both = both(&session, "SELECT JSON_EXTRACT(a, '[0].b'), [a.0.b] FROM folder");
    assert_eq!(both.1, [["1", "1"]]);
}
