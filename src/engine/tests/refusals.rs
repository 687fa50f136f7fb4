//! What is refused, and how it is told.

use super::*;

#[test]
fn an_error_of_the_source_keeps_its_kind() {
    let mut source = numbers(20_000, 100_000);
    source.failure = Some(Kind::Unreachable);
    let (session, _) = session_over(source);
    let error = answer(&session, "SELECT max(n) FROM numbers", vec![]).unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (Kind::Unreachable, "The download broke off")
    );
}

#[test]
fn a_value_that_does_not_fit_keeps_its_error() {
    let mut text = String::new();
    for n in 0..150 {
        text.push_str(&format!("{{\"n\": {n}}}\n"));
    }
    text.push_str("{\"n\": \"many\"}\n");
    let (session, _) = session_over(Fake::of("numbers", &[("n.ndjson", &text)]));
    let error = answer(&session, "SELECT sum(n) FROM numbers", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::Conversion);
    assert!(error.message().contains("n.ndjson"), "{error:?}");
}

#[test]
fn whatever_changes_something_is_refused() {
    for sql in [
        "INSERT INTO people VALUES (1)",
        "UPDATE people SET age = 1",
        "DELETE FROM people",
        "DROP TABLE people",
        "CREATE TABLE json.t (a int)",
        "CREATE VIEW v AS SELECT 1",
        "ALTER TABLE people ADD COLUMN x int",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "COPY people TO '/tmp/x.csv'",
        "SELECT * INTO json.t FROM people",
        "INSERT INTO json.people SELECT * FROM people",
        "UPDATE latchkey.json.people SET age = 1",
        "MERGE INTO people USING people p ON 1 = 1 WHEN MATCHED THEN DELETE",
        "EXPLAIN INSERT INTO people VALUES (1)",
        "WITH x AS (DELETE FROM people) SELECT 1",
        "EXPLAIN DELETE FROM people",
        "TRUNCATE TABLE people",
    ] {
        let error = refused(sql);
        assert_eq!(error.kind(), Kind::Syntax, "{sql}: {error:?}");
        assert!(error.message().contains("read-only"), "{sql}: {error:?}");
    }
    for sql in [
        "SET x = 1",
        "BEGIN",
        "COMMIT",
        "PREPARE x AS SELECT 1",
        "RESET x",
        "",
        ";",
        "SELECT 1; SELECT 2",
    ] {
        assert_eq!(refused(sql).kind(), Kind::Syntax, "{sql}");
    }
    assert_eq!(refused("SELECT * FROM '/etc/passwd'").kind(), Kind::TableNotFound);
}

#[test]
fn errors_say_what_is_wrong_and_where() {
    let cases = [
        ("SELECT * FROM persons", Kind::TableNotFound, "people"),
        ("SELECT nam FROM people", Kind::ColumnNotFound, "Name"),
        ("SELECT p.nam FROM people p", Kind::ColumnNotFound, "Name"),
        ("SELECT 1 / 0", Kind::DivisionByZero, "zero"),
        ("SELECT CAST('x' || id AS BIGINT) FROM people", Kind::Conversion, "x1"),
        (
            "SELECT arrow_cast(300 + id, 'Int8') FROM people",
            Kind::OutOfRange,
            "301",
        ),
        ("SELECT FROM people WHERE", Kind::Syntax, "line 1"),
        ("SELECT\n  id,, age FROM people", Kind::Syntax, "line 2, column 6"),
        ("SELECT 'x FROM people", Kind::Syntax, "line 1, column 8"),
        ("SELECT {fn NOSUCH(1)}", Kind::Syntax, "NOSUCH"),
        ("SELECT {xyz 1}", Kind::Syntax, "line 1, column 8"),
        ("SELECT nosuch(1)", Kind::Syntax, "nosuch"),
        ("SELECT {d '2024-02-30'}", Kind::Conversion, "2024-02-30"),
        (
            "SELECT a.id FROM people a JOIN people b ON a.id = b.id WHERE age > 1",
            Kind::Syntax,
            "age",
        ),
    ];
    for (sql, kind, part) in cases {
        let error = refused(sql);
        assert_eq!(error.kind(), kind, "{sql}: {error:?}");
        let message = error.message();
        assert!(message.contains(part), "{sql}: {error:?}");
        assert!(
            !message.contains('\n') && !message.contains("rror:"),
            "{sql}: {error:?}"
        );
    }
}

#[test]
fn a_connection_without_documents_says_what_to_set() {
    let session = without_documents(Vec::new());
    let error = answer(&session, "SELECT * FROM people", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::TableNotFound);
    assert!(error.message().contains("URI"));
    assert_eq!(answer(&session, "SELECT 1", vec![]).unwrap().1, [["1"]]);
}

#[test]
fn deep_nesting_is_an_error_and_never_a_crash() {
    let deep = |open: &str, middle: &str, close: &str, times: usize| {
        format!("SELECT {}{middle}{}", open.repeat(times), close.repeat(times))
    };
    assert_eq!(refused(&deep("(", "1", ")", 10_000)).kind(), Kind::Syntax);
    assert_eq!(refused(&deep("(SELECT ", "1", ")", 10_000)).kind(), Kind::Syntax);
    assert_eq!(refused(&deep("{fn ABS(", "1", ")}", 10_000)).kind(), Kind::Syntax);
    assert_eq!(refused(&deep("NOT ", "true", "", 10_000)).kind(), Kind::Syntax);
    assert_eq!(refused(&deep("/*", "", "", 10_000)).kind(), Kind::Syntax);
    assert_eq!(
        refused(&deep("CASE WHEN ", "true", " THEN 1 END", 10_000)).kind(),
        Kind::Syntax
    );
    let chain = |times: usize| format!("SELECT id FROM people WHERE id = 1{}", " OR id = 2".repeat(times));
    assert_eq!(refused(&chain(50_000)).kind(), Kind::Unsupported);
    assert_eq!(rows(&chain(2_000)).len(), 2);
    // A thread of the host may have little stack, and it is there that a statement is dropped.
    let host = std::thread::Builder::new().stack_size(256 * 1024).spawn(move || {
        let prepared = runtime::run(&wait(), people().prepare(chain(2_450))).unwrap();
        let copy = prepared.clone();
        drop(prepared);
        copy.schema()
    });
    assert_eq!(host.unwrap().join().unwrap().fields().len(), 1);
    assert_eq!(one(&deep("(", "1", ")", 30)), "1");
}
