//! Hidden columns: what they hold, where they are seen, and which documents a filter on them opens.

use super::*;
use crate::engine::PseudoColumns;

const ORDERS: &[(&str, &str)] = &[
    ("2025-12.json", r#"[{"id": 1, "total": 5}, {"id": 2, "total": 6}]"#),
    ("2026-01.json", r#"[{"id": 3, "total": 7}]"#),
    ("2026-02.json", r#"[{"id": 4, "total": 8}, {"id": 5, "total": 9}]"#),
    ("undated.json", r#"[{"id": 6}]"#),
];

/// A session that keeps its listing, over documents it has looked into.
fn orders_with(pseudo_columns: &str) -> (Arc<Session>, Arc<Fake>) {
    let documents = DocumentOptions {
        pseudo_columns: PseudoColumns::parse(pseudo_columns).unwrap(),
        ..DocumentOptions::default()
    };
    let (session, source) = session_with(Fake::of("orders", ORDERS), documents);
    answered(&session, "SELECT id FROM orders");
    source.opened.lock().clear();
    (session, source)
}

fn orders() -> (Arc<Session>, Arc<Fake>) {
    orders_with("")
}

fn answered(session: &Arc<Session>, sql: &str) -> Vec<Vec<String>> {
    both(session, sql).1
}

/// The names of the documents that a statement opens, in order.
fn opened(session: &Arc<Session>, source: &Fake, sql: &str) -> Vec<String> {
    source.opened.lock().clear();
    answered(session, sql);
    let mut opened = source.opened.lock().clone();
    opened.sort();
    opened
}

#[test]
fn every_row_tells_of_its_document() {
    let (session, _) = orders();
    let sql = "SELECT id, _file_path, _File_Name, _file_modified, _file_size, _file_rev FROM orders WHERE id IN (3, 6) ORDER BY id";
    let (names, rows) = both(&session, sql);
    assert_eq!(
        names,
        [
            "id",
            "_file_path",
            "_file_name",
            "_file_modified",
            "_file_size",
            "_file_rev"
        ]
    );
    assert_eq!(
        rows,
        [
            [
                "3",
                "2026-01.json",
                "2026-01.json",
                "2026-02-03T04:05:06.789012",
                "23",
                "[23]"
            ],
            ["6", "undated.json", "undated.json", "NULL", "11", "[11]"],
        ]
    );
    let (session, _) = session_over(Fake::of("deep", &[("dropbox:///a/b/c.json", r#"{"id": 1}"#)]));
    let rows = answered(&session, "SELECT _file_path, _file_name FROM deep");
    assert_eq!(rows, [["dropbox:///a/b/c.json", "c.json"]]);
}

#[test]
fn a_wildcard_never_stands_for_them() {
    let (session, _) = orders();
    let plain = ["id", "total"];
    for (sql, expected) in [
        ("SELECT * FROM orders", &plain[..]),
        ("SELECT * FROM orders WHERE _file_size > 0", &plain),
        ("SELECT * FROM orders ORDER BY _file_name, id", &plain),
        ("SELECT o.* FROM orders o WHERE o._file_size > 0", &plain),
        ("SELECT _file_name, * FROM orders", &["_file_name", "id", "total"]),
        ("SELECT *, _file_name FROM orders", &["id", "total", "_file_name"]),
        (
            "SELECT o._file_size, o.* FROM json.orders AS o",
            &["_file_size", "id", "total"],
        ),
        (
            "SELECT json.orders._file_size, orders.* FROM json.orders",
            &["_file_size", "id", "total"],
        ),
        ("SELECT * EXCLUDE (total) FROM orders WHERE _file_size > 0", &["id"]),
        ("SELECT * FROM (SELECT * FROM orders WHERE _file_size > 0) t", &plain),
        (
            "SELECT * FROM (SELECT *, _file_name FROM orders) t",
            &["id", "total", "_file_name"],
        ),
        (
            "WITH t AS (SELECT * FROM orders WHERE _file_size > 0) SELECT * FROM t",
            &plain,
        ),
        (
            "SELECT * FROM orders WHERE _file_size > 0 UNION ALL SELECT * FROM orders",
            &plain,
        ),
        (
            "SELECT * FROM orders WHERE EXISTS (SELECT * FROM orders WHERE _file_size > 0)",
            &plain,
        ),
        ("SELECT * FROM orders AS t(a, b) WHERE _file_size > 0", &["a", "b"]),
        (
            "SELECT a._file_name, * FROM orders a JOIN orders b ON a.id = b.id",
            &["_file_name", "id", "total", "id", "total"],
        ),
        (
            "SELECT a._file_name, * FROM orders a JOIN orders b USING (id)",
            &["_file_name", "id", "total", "total"],
        ),
        (
            "SELECT * EXCLUDE (b_total) FROM orders a JOIN (SELECT id AS b, total AS b_total, _file_size FROM orders) t ON a.id = t.b",
            &["id", "total", "b", "_file_size"],
        ),
        (
            "WITH f AS (SELECT _file_name, count(*) AS n FROM orders GROUP BY _file_name) \
             SELECT * FROM orders o JOIN f ON f._file_name = o._file_name",
            &["id", "total", "_file_name", "n"],
        ),
    ] {
        let (names, rows) = both(&session, sql);
        assert_eq!(names, expected, "{sql}");
        assert!(!rows.is_empty(), "{sql}");
    }
    assert_eq!(
        answered(&session, "SELECT count(*) FROM orders WHERE _file_size > 0"),
        [["6"]]
    );
    let described = answered(&session, "DESCRIBE orders");
    assert_eq!(described.len(), 2, "{described:?}");
}

#[test]
fn the_catalog_functions_do_not_list_them() {
    for (shown, expected) in [
        ("", &["id", "total"][..]),
        ("*=_file_name", &["id", "total", "_file_name"]),
        ("people=*;orders=_FILE_REV", &["id", "total", "_file_rev"]),
    ] {
        let (session, _) = orders_with(shown);
        let tables = runtime::run(&wait(), session.clone().tables()).unwrap();
        let columns = runtime::run(&wait(), session.clone().columns(tables[0].clone())).unwrap();
        let names: Vec<_> = columns.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(names, expected);
        assert_eq!(both(&session, "SELECT * FROM orders").0, expected);
        // Beside a hidden one.
        assert_eq!(both(&session, "SELECT * FROM orders WHERE _file_size > 0").0, expected);
    }
}

#[test]
fn scratch_tables_are_made_of_what_is_named() {
    let (session, _) = orders();
    answered(
        &session,
        "SELECT * INTO temp.plain FROM orders WHERE _file_name LIKE '2026%'",
    );
    assert_eq!(both(&session, "SELECT * FROM temp.plain").0, ["id", "total"]);
    answered(&session, "SELECT _file_name, * INTO temp.named FROM orders");
    assert_eq!(
        both(&session, "SELECT * FROM temp.named").0,
        ["_file_name", "id", "total"]
    );
    answered(
        &session,
        "INSERT INTO temp.plain SELECT * FROM orders WHERE _file_name = '2025-12.json'",
    );
    assert_eq!(answered(&session, "SELECT count(*) FROM temp.plain"), [["5"]]);
}

#[test]
fn a_member_of_the_same_name_wins() {
    let documents = [("a.json", r#"{"id": 1, "_File_Name": "mine"}"#)];
    let (session, _) = session_over(Fake::of("own", &documents));
    assert_eq!(both(&session, "SELECT * FROM own").0, ["id", "_File_Name"]);
    let rows = answered(&session, "SELECT _file_name, _file_path FROM own");
    assert_eq!(rows, [["mine", "a.json"]]);
}

#[test]
fn a_filter_opens_only_what_can_match() {
    let (session, source) = orders();
    let all: Vec<_> = ORDERS.iter().map(|(name, _)| *name).collect();
    for (filter, expected) in [
        ("_file_name = '2026-01.json'", &["2026-01.json"][..]),
        ("'2026-01.json' = _file_name", &["2026-01.json"]),
        (
            "_file_name <> '2026-01.json'",
            &["2025-12.json", "2026-02.json", "undated.json"],
        ),
        (
            "_file_name IN ('undated.json', '2025-12.json')",
            &["2025-12.json", "undated.json"],
        ),
        ("_file_name LIKE '2026%'", &["2026-01.json", "2026-02.json"]),
        (
            "_file_name NOT LIKE '2026%' AND id > 0",
            &["2025-12.json", "undated.json"],
        ),
        ("_file_size < 20", &["undated.json"]),
        ("_file_size BETWEEN 20 AND 30", &["2026-01.json"]),
        ("_file_modified IS NULL", &["undated.json"]),
        (
            "_file_modified >= {ts '2026-01-01 00:00:00'}",
            &["2026-01.json", "2026-02.json"],
        ),
        (
            "year(_file_modified) = 2025 OR _file_name = 'undated.json'",
            &["2025-12.json", "undated.json"],
        ),
        ("upper(left(_file_path, 2)) = 'UN'", &["undated.json"]),
        ("_file_rev = 'none'", &[]),
        ("_file_modified = NULL", &[]),
        // An error of a filter is met only where the rows would meet it.
        (
            "_file_name LIKE '2026%' AND CAST(left(_file_name, 4) AS INTEGER) = 2026",
            &["2026-01.json", "2026-02.json"],
        ),
        ("_file_name = '2026-01.json' OR id = 1", &all),
        ("id = 3", &all),
        ("_file_name = (SELECT '2026-01.json' WHERE random() < 2)", &all),
    ] {
        let sql = format!("SELECT id FROM orders WHERE {filter}");
        assert_eq!(opened(&session, &source, &sql), expected, "{filter}");
        let counted = answered(&session, &format!("SELECT count(*) FROM orders WHERE {filter}"));
        let rows = answered(&session, &sql).len();
        assert_eq!(counted, [[rows.to_string()]], "{filter}");
        // The same filter, where it cannot be asked before the rows are there.
        let late = format!(
            "SELECT id FROM (SELECT *, _file_name, _file_size, _file_modified, _file_path, _file_rev FROM orders LIMIT 100) t WHERE {filter}"
        );
        assert_eq!(answered(&session, &late).len(), rows, "{filter}");
    }
}

#[test]
fn a_filter_with_a_parameter_opens_only_what_can_match() {
    let (session, source) = orders();
    let sql = "SELECT id FROM orders WHERE _file_name = ? AND id > ?";
    let parameters = vec![text("2026-02.json"), ScalarValue::Int64(Some(4))];
    let (_, rows) = answer(&session, sql, parameters).unwrap();
    assert_eq!(rows, [["5"]]);
    assert_eq!(*source.opened.lock(), ["2026-02.json"]);
}

#[test]
fn a_shown_column_filters_as_well() {
    let (session, source) = orders_with("*=*");
    let sql = "SELECT * FROM orders WHERE _file_name = '2026-01.json'";
    assert_eq!(opened(&session, &source, sql), ["2026-01.json"]);
}

#[test]
fn explain_shows_which_documents_are_read() {
    let (session, source) = orders();
    let sql = "EXPLAIN SELECT id FROM orders WHERE _file_name LIKE '2026%'";
    let plan: String = answered(&session, sql).into_iter().flatten().collect();
    assert!(source.opened.lock().is_empty());
    assert!(
        plan.contains("full_filters=[json.orders._file_name LIKE")
            || plan.contains("full_filters=[orders._file_name LIKE"),
        "{plan}"
    );
    assert!(plan.contains("2026-01.json") && plan.contains("2026-02.json"), "{plan}");
    assert!(
        !plan.contains("2025-12.json") && !plan.contains("undated.json"),
        "{plan}"
    );
}
