//! Documents that cannot be read, with and without `OnBadDocument=skip`.

use super::*;

const TRUNCATED: &str = r#"[{"id": 7, "only_here": 1}, {"id": "#;

fn skipping(documents: &[(&str, &str)]) -> Arc<Session> {
    reading(documents, true)
}

fn reading(documents: &[(&str, &str)], skips_bad: bool) -> Arc<Session> {
    let options = DocumentOptions {
        look: look(100),
        skips_bad,
        ..DocumentOptions::default()
    };
    session_with(Fake::of("folder", documents), options).0
}

/// `{"id": 0}` and so on, and what comes behind.
fn records(count: usize, rest: &str) -> String {
    let records = (0..count).map(|n| format!("{{\"id\": {n}}}\n"));
    records.chain([rest.to_owned()]).collect()
}

/// What a query answers, and the warnings on execution, with batches, and at the end.
fn told(session: &Arc<Session>, sql: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let session = session.clone();
    let sql = sql.to_owned();
    runtime::run(&wait(), async move {
        let mut rows = session.prepare(sql).await?.execute(vec![]).await?;
        let mut values = Vec::new();
        let mut told = vec![rows.warnings()];
        loop {
            let ending = rows.ending();
            match rows.next().await? {
                Some((batch, rest)) => {
                    values.extend(texts(&batch));
                    told.push(rest.warnings());
                    rows = rest;
                }
                None => {
                    told.push(ending.warning().into_iter().collect());
                    break;
                }
            }
        }
        let messages = |warnings: Vec<Error>| {
            let all = warnings
                .into_iter()
                .inspect(|warning| assert_eq!(warning.kind(), Kind::Warning));
            all.map(|warning| warning.message().to_owned()).collect()
        };
        Ok((values, told.into_iter().map(messages).collect()))
    })
    .unwrap()
}

#[test]
fn a_document_that_is_bad_from_the_beginning_is_left_out_wholly() {
    let documents = [
        ("a.json", r#"[{"id": 1}]"#),
        ("b.json", TRUNCATED),
        ("c.json", r#"{"id": 2}"#),
    ];
    let error = answer(&reading(&documents, false), "SELECT * FROM folder", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::Document);
    let session = skipping(&documents);
    // A member that only the bad document has is no column.
    let (names, rows) = answer(&session, "SELECT * FROM folder ORDER BY id", vec![]).unwrap();
    assert_eq!(
        (names, rows),
        (vec!["id".to_owned()], vec![vec!["1".to_owned()], vec!["2".to_owned()]])
    );
    let (_, told) = told(&session, "SELECT a.id FROM folder a JOIN folder b ON a.id = b.id");
    assert_eq!(told[0].len(), 1, "{told:?}");
    assert!(
        told[0][0].starts_with("1 document") && told[0][0].contains("b.json"),
        "{told:?}"
    );
    assert!(told[1..].iter().all(Vec::is_empty), "{told:?}");
}

#[test]
fn a_document_that_turns_bad_gives_the_rows_before() {
    let bad = records(20_000, "{\"id\": oops}\n{\"id\": 1}");
    let documents = [("bad.ndjson", bad.as_str()), ("good.json", r#"[{"id": -1}]"#)];
    let error = answer(&reading(&documents, false), "SELECT * FROM folder", vec![]).unwrap_err();
    assert!(error.message().contains("bad.ndjson"), "{error}");
    let session = skipping(&documents);
    let (rows, told_of_rows) = told(&session, "SELECT id FROM folder");
    assert_eq!(rows.len(), 20_001);
    let all: Vec<_> = told_of_rows.concat();
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(
        all[0].contains("bad.ndjson") && all[0].contains("line 20001"),
        "{all:?}"
    );
    let (rows, told_of_count) = told(&session, "SELECT count(*) FROM folder");
    assert_eq!(rows, [["20001"]]);
    assert_eq!(told_of_count[1].len(), 1, "{told_of_count:?}");
    // Who asks for none of its rows is not told.
    let (_, told) = told(&session, "SELECT id FROM folder WHERE _file_name = 'good.json'");
    assert!(told.concat().is_empty(), "{told:?}");
}

#[test]
fn several_are_counted_in_one_warning() {
    let documents = [
        ("a.json", "[1"),
        ("b.json", "{]"),
        ("c.json", "[{\"id\": 1}]"),
        ("d.json", "\""),
    ];
    let (rows, told) = told(&skipping(&documents), "SELECT id FROM folder");
    assert_eq!(rows, [["1"]]);
    assert_eq!(told.concat().len(), 1);
    assert!(told[0][0].starts_with("3 documents"), "{told:?}");
}

#[test]
fn a_table_without_any_good_document_is_an_error() {
    for documents in [&[("a.json", TRUNCATED)][..], &[("a.json", TRUNCATED), ("b.json", "[1")]] {
        let error = answer(&skipping(documents), "SELECT * FROM folder", vec![]).unwrap_err();
        assert_eq!(error.kind(), Kind::Document);
        assert!(error.message().contains(".json"), "{error}");
    }
}

#[test]
fn only_what_is_no_json_is_skipped() {
    let late = records(200, "{\"id\": \"text\"}");
    let documents = [("bad.ndjson", late.as_str()), ("good.json", r#"[{"id": -1}]"#)];
    let error = answer(&skipping(&documents), "SELECT * FROM folder", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::Conversion);
    let source = Fake {
        failure: Some(Kind::DataSource),
        ..Fake::of("folder", &documents[1..])
    };
    let options = DocumentOptions {
        skips_bad: true,
        ..DocumentOptions::default()
    };
    let error = answer(&session_with(source, options).0, "SELECT * FROM folder", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::DataSource);
}

#[test]
fn the_files_tell_what_was_skipped() {
    let late = records(200, "{\"id\": oops}");
    let documents = [
        ("2026.json", TRUNCATED),
        ("b.ndjson", late.as_str()),
        ("c.json", r#"{"id": 1}"#),
    ];
    let session = skipping(&documents);
    let files = || {
        let sql = "SELECT Name, Modified, Skipped, Problem IS NOT NULL FROM sys_files ORDER BY Name";
        answer(&session, sql, vec![]).unwrap().1
    };
    let moment = "2026-02-03T04:05:06.789012";
    assert_eq!(files()[0], ["2026.json", moment, "false", "false"], "nobody has looked");
    answer(&session, "SELECT id FROM folder LIMIT 1", vec![]).unwrap();
    assert_eq!(
        files(),
        [
            ["2026.json", moment, "true", "true"],
            ["b.ndjson", "NULL", "false", "false"],
            ["c.json", "NULL", "false", "false"]
        ]
    );
    answer(&session, "SELECT count(*) FROM folder", vec![]).unwrap();
    assert_eq!(files()[1], ["b.ndjson", "NULL", "true", "true"]);
}

#[test]
fn a_change_tells_what_it_did_not_copy() {
    let documents = [("a.json", TRUNCATED), ("b.json", r#"{"id": 1}"#)];
    let session = skipping(&documents);
    let sql = "SELECT * INTO temp.copy FROM folder".to_owned();
    let prepared = runtime::run(&wait(), session.clone().prepare(sql)).unwrap();
    let done = runtime::run(&wait(), async move {
        prepared.change(vec![vec![]]).await.map_err(|failed| failed.error)
    });
    let warnings = done.unwrap().warnings;
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].message().contains("a.json"), "{warnings:?}");
}
