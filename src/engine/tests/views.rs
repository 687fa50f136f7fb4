//! `UserDefinedViews`.

use super::*;
use crate::engine::View;

fn viewing(views: &[(&str, &str)]) -> Arc<Session> {
    let views = views.iter().map(|(name, query)| View::new(name, query).unwrap());
    Session::new(Options {
        views: views.collect(),
        ..of_people()
    })
}

fn values(session: &Arc<Session>, sql: &str) -> Vec<Vec<String>> {
    let answered = answer(session, sql, vec![]);
    answered.unwrap_or_else(|error| panic!("{sql}: {error:?}")).1
}

fn some() -> Arc<Session> {
    viewing(&[
        (
            "Adults",
            "SELECT id, [Name], address.city AS city FROM people WHERE age > 35",
        ),
        (
            "Londoners",
            "SELECT TOP 1 name FROM adults WHERE city = 'London' ORDER BY id",
        ),
        ("people", "SELECT 'never' AS word"),
    ])
}

#[test]
fn a_view_is_read_as_a_table() {
    let session = some();
    for (sql, expected) in [
        ("SELECT name FROM adults ORDER BY id", vec!["Ada", "Grace"]),
        (
            "SELECT a.NAME FROM json.Adults AS a WHERE a.city LIKE 'L%'",
            vec!["Ada"],
        ),
        ("SELECT * FROM latchkey.json.\"Londoners\"", vec!["Ada"]),
        ("SELECT count(*) FROM people", vec!["3"]),
        (
            "SELECT p.name FROM people p JOIN adults a ON a.id = p.id WHERE a.city = 'New York'",
            vec!["Grace"],
        ),
        ("WITH x AS (SELECT id FROM adults) SELECT count(*) FROM x", vec!["2"]),
        ("WITH adults AS (SELECT 7 AS id) SELECT id FROM adults", vec!["7"]),
        (
            "SELECT name FROM people WHERE id NOT IN (SELECT id FROM adults)",
            vec!["Linus"],
        ),
        (
            "SELECT city FROM adults UNION SELECT name FROM londoners ORDER BY 1",
            vec!["Ada", "London", "New York"],
        ),
    ] {
        assert_eq!(values(&session, sql).concat(), expected, "{sql}");
    }
    let (_, rows) = answer(&session, "SELECT name FROM adults WHERE id = ?", vec![text("2")]).unwrap();
    assert_eq!(rows, [["Grace"]]);
    answer(&session, "CREATE TABLE kept AS SELECT * FROM adults", vec![]).unwrap();
    assert_eq!(values(&session, "SELECT count(*) FROM kept"), [["2"]]);
}

#[test]
fn views_are_listed_with_their_columns_and_definitions() {
    let session = some();
    assert_eq!(
        values(
            &session,
            "SELECT SchemaName, TableName FROM sys_tables WHERE TableType = 'VIEW' ORDER BY 2"
        ),
        [["json", "Adults"], ["json", "Londoners"]]
    );
    assert_eq!(
        values(
            &session,
            "SELECT TableName, ColumnName FROM sys_tablecolumns WHERE TableName IN ('Adults', 'Londoners')"
        ),
        [
            ["Adults", "id"],
            ["Adults", "Name"],
            ["Adults", "city"],
            ["Londoners", "Name"]
        ]
    );
    let definitions = values(
        &session,
        "SELECT table_name, definition FROM information_schema.views ORDER BY 1",
    );
    assert_eq!(definitions.len(), 2);
    assert_eq!(
        definitions[0][1],
        "SELECT id, [Name], address.city AS city FROM people WHERE age > 35"
    );
}

#[test]
fn a_view_that_cannot_be_planned_hides_no_other_table() {
    let session = viewing(&[("broken", "SELECT * FROM nobody")]);
    let error = answer(&session, "SELECT * FROM broken", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::TableNotFound);
    let columns = values(
        &session,
        "SELECT DISTINCT TableName FROM sys_tablecolumns WHERE SchemaName = 'json'",
    );
    assert_eq!(columns, [["people"]]);
}

#[test]
fn views_that_are_made_of_each_other_are_refused() {
    let session = viewing(&[
        ("a", "SELECT * FROM b"),
        ("b", "SELECT * FROM people JOIN A ON true"),
        ("self", "SELECT * FROM self"),
    ]);
    for (sql, path) in [
        ("SELECT * FROM a", "a of b of a"),
        ("SELECT * FROM self", "self of self"),
    ] {
        let error = answer(&session, sql, vec![]).unwrap_err();
        assert_eq!(error.kind(), Kind::Syntax, "{sql}");
        assert!(error.message().contains(path), "{error}");
    }
    let deep: Vec<_> = (0..40)
        .map(|n| (format!("v{n}"), format!("SELECT * FROM v{}", n + 1)))
        .collect();
    let deep: Vec<_> = deep
        .iter()
        .map(|(name, query)| (name.as_str(), query.as_str()))
        .collect();
    let error = answer(&viewing(&deep), "SELECT * FROM v0", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::Syntax);
}
