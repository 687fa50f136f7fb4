//! `MaxRows`, `Readonly` and `Tables`.

use super::*;

fn ruled(rules: Rules) -> Arc<Session> {
    ruled_with(rules, Vec::new())
}

fn ruled_with(rules: Rules, tables: Vec<String>) -> Arc<Session> {
    let documents = DocumentOptions {
        row_scan_depth: 100,
        tables,
        ..DocumentOptions::default()
    };
    Session::new(Options {
        rules,
        ..options(Arc::new(Fake::people()), documents)
    })
}

#[test]
fn max_rows_limits_queries_that_have_no_limit() {
    let session = ruled(Rules {
        max_rows: Some(2),
        ..Rules::default()
    });
    for (sql, expected) in [
        ("SELECT id FROM people", 2),
        ("SELECT id FROM people WHERE id > 0 ORDER BY id DESC", 2),
        ("SELECT DISTINCT id FROM people", 2),
        ("SELECT id FROM people UNION ALL SELECT id FROM people", 2),
        ("SELECT id, count(*) OVER () FROM people", 2),
        ("SELECT id FROM (SELECT id FROM people LIMIT 3)", 2),
        (
            "SELECT id FROM (SELECT id, count(*) FROM people GROUP BY id) AS counted",
            2,
        ),
        ("SELECT id FROM (SELECT id, count(*) FROM people GROUP BY id)", 2),
        ("SELECT id FROM people ORDER BY age", 2),
        ("SELECT id FROM people OFFSET 1", 2),
        ("SELECT id FROM people LIMIT 3", 3),
        ("SELECT TOP 3 id FROM people ORDER BY id", 3),
        ("SELECT id, count(*) FROM people GROUP BY id", 3),
        (
            "SELECT id, count(*) FROM people GROUP BY id HAVING count(*) > 0 ORDER BY id",
            3,
        ),
        ("SELECT id FROM people GROUP BY id ORDER BY max(age)", 3),
        ("SELECT count(*) FROM people", 1),
        ("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3", 3),
    ] {
        let (_, rows) = answer(&session, sql, vec![]).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        assert_eq!(rows.len(), expected, "{sql}");
    }
    let (_, rows) = answer(&session, "SELECT id FROM people ORDER BY id DESC", vec![]).unwrap();
    assert_eq!(rows, [["3"], ["2"]]);
    // What is kept is kept whole.
    answer(&session, "CREATE TABLE kept AS SELECT id FROM people", vec![]).unwrap();
    let (_, rows) = answer(&session, "SELECT * FROM kept", vec![]).unwrap();
    assert_eq!(rows.len(), 3);
}

#[test]
fn a_read_only_connection_changes_nothing() {
    let session = ruled(Rules {
        read_only: true,
        ..Rules::default()
    });
    for sql in [
        "CREATE TABLE kept AS SELECT id FROM people",
        "SELECT id INTO kept FROM people",
        "DROP TABLE IF EXISTS kept",
    ] {
        let error = answer(&session, sql, vec![]).unwrap_err();
        assert_eq!(error.kind(), Kind::Syntax, "{sql}");
        assert!(error.message().contains("Readonly"), "{error}");
    }
    assert_eq!(
        answer(&session, "SELECT count(*) FROM people", vec![]).unwrap().1,
        [["3"]]
    );
}

#[test]
fn only_the_tables_that_are_listed_exist() {
    let listing = |tables: &[&str]| {
        let tables = tables.iter().map(|&name| name.to_owned());
        ruled_with(Rules::default(), tables.collect())
    };
    let names = |session: &Arc<Session>| {
        let sql = "SELECT TableName FROM sys_tables WHERE TableType = 'TABLE'";
        answer(session, sql, vec![]).unwrap().1.concat()
    };
    let session = listing(&["orders", "PEOPLE"]);
    assert_eq!(names(&session), ["people"]);
    assert_eq!(
        answer(&session, "SELECT count(*) FROM people", vec![]).unwrap().1,
        [["3"]]
    );
    let session = listing(&["orders"]);
    assert!(names(&session).is_empty());
    for sql in [
        "SELECT * FROM people",
        "SELECT * FROM json.people",
        "SELECT * FROM latchkey.json.people",
    ] {
        let error = answer(&session, sql, vec![]).unwrap_err();
        assert_eq!(error.kind(), Kind::TableNotFound, "{sql}: {error}");
    }
}
