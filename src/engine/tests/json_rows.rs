//! Rows made of JSON texts: APPLY, OPENJSON, JSONTABLE, UNNEST, STRING_SPLIT.

use super::json::{column, error_of, over, owners};
use super::*;

#[test]
fn objects_of_an_array_become_rows() {
    for source in [
        "CROSS APPLY OPENJSON(o.vehicles) WITH (type NVARCHAR(100), model VARCHAR(255) '$.model', built INT '$.year') AS v",
        "CROSS APPLY OPENJSON(o.vehicles, 'lax $') WITH (type NVARCHAR(100), model VARCHAR(255), built BIGINT '$.year') v",
        "CROSS APPLY JSONTABLE(o.vehicles, '$') WITH (type VARCHAR(255), model VARCHAR(255) PATH '$.model', built INT PATH '$.year') AS v",
        "CROSS APPLY jsontable(vehicles) with (type varchar(255), model varchar(255), built int path 'year') v",
        "JOIN OPENJSON(o.vehicles) WITH (type TEXT, model TEXT, built INT 'year') v ON 1 = 1",
        ", OPENJSON(o.vehicles, '[x]') WITH (type TEXT, model TEXT, built INT 'year') AS v",
    ] {
        let (names, rows) = over(&format!(
            "SELECT o.name, v.type, model, v.built FROM owners o {source} ORDER BY v.type"
        ));
        assert_eq!(names, ["name", "type", "model", "built"]);
        assert_eq!(
            rows,
            [["Jane", "car", "Civic", "2010"], ["Jane", "truck", "Ram \"3\"", "NULL"]],
            "{source}"
        );
    }
}

#[test]
fn columns_have_their_types_and_conditions_their_rows() {
    let session = owners();
    let sql = "SELECT v.* FROM owners CROSS APPLY OPENJSON(vehicles) WITH (year INT, cost VARCHAR(9), \
               repairs NVARCHAR(MAX) AS JSON, paid DECIMAL(9, 2) '$.repairs[1].price', is_new BIT '$.new', whole TEXT '$') v";
    let prepared = runtime::run(&wait(), async move { session.prepare(sql.to_owned()).await }).unwrap();
    let schema = prepared.schema();
    let types: Vec<_> = schema.fields().iter().map(|field| field.data_type().clone()).collect();
    assert_eq!(
        types,
        [
            DataType::Int32,
            DataType::Utf8,
            DataType::Utf8,
            DataType::Decimal128(9, 2),
            DataType::Boolean,
            DataType::Utf8
        ]
    );
    let (names, rows) = over(sql);
    assert_eq!(names, ["year", "cost", "repairs", "paid", "is_new", "whole"]);
    assert_eq!(
        rows[0][..5],
        ["2010", "1.5", r#"[{"price":10},{"price":20.5}]"#, "20.50", "NULL"]
    );
    assert_eq!(rows[1][..5], ["NULL", "none", "NULL", "NULL", "NULL"]);
    assert!(rows[1][5].starts_with(r#"{"type":"truck","#), "{rows:?}");
    assert_eq!(
        column(
            "SELECT v.type FROM owners o JOIN OPENJSON(o.vehicles) WITH (type TEXT, year INT) v \
             ON v.year > 2000 AND o.name = 'Jane' WHERE v.type LIKE 'c%'"
        ),
        ["car"]
    );
    let error = error_of("SELECT v.cost FROM owners CROSS APPLY OPENJSON(vehicles) WITH (cost INT) v");
    assert_eq!(error.kind(), Kind::Conversion);
}

#[test]
fn a_row_without_elements_is_kept_by_outer_apply() {
    for source in [
        "OUTER APPLY OPENJSON(vehicles) WITH (type TEXT) v",
        "LEFT JOIN OPENJSON(vehicles) WITH (type TEXT) v ON TRUE",
        "LEFT OUTER JOIN OPENJSON(vehicles) WITH (type TEXT) v ON 1=1",
    ] {
        let (_, rows) = over(&format!(
            "SELECT name, v.type FROM owners {source} ORDER BY name, v.type"
        ));
        assert_eq!(
            rows,
            [["Bob", "NULL"], ["Eve", "NULL"], ["Jane", "car"], ["Jane", "truck"]],
            "{source}"
        );
    }
}

#[test]
fn rows_are_made_of_rows() {
    assert_eq!(
        over(
            "SELECT o.name, v.type, r.price FROM owners o \
             CROSS APPLY OPENJSON(o.vehicles) WITH (type TEXT, repairs TEXT AS JSON) v \
             OUTER APPLY OPENJSON(v.repairs) WITH (price DOUBLE) r \
             JOIN owners p ON p.name = o.name"
        )
        .1,
        [
            ["Jane", "car", "10.0"],
            ["Jane", "car", "20.5"],
            ["Jane", "truck", "NULL"]
        ]
    );
    // A path goes on into a column that holds JSON.
    assert_eq!(
        column("SELECT v.[repairs.1.price] FROM owners CROSS APPLY OPENJSON(vehicles) WITH (repairs TEXT AS JSON) v"),
        ["20.5", "NULL"]
    );
    assert_eq!(
        over("SELECT v.type, count(*) AS n FROM owners o, owners p, OPENJSON(p.vehicles) WITH (type TEXT) v GROUP BY v.type ORDER BY 1").1,
        [["car", "3"], ["truck", "3"]]
    );
    assert_eq!(
        column("SELECT DOCUMENT(v.*) FROM owners CROSS APPLY OPENJSON(vehicles) WITH (type TEXT, year INT) AS v"),
        [r#"{"type":"car","year":2010}"#, r#"{"type":"truck"}"#]
    );
    assert_eq!(
        column(
            "SELECT name FROM owners WHERE name IN (SELECT p.name FROM owners p CROSS APPLY OPENJSON(p.vehicles) WITH (type TEXT) v WHERE v.type = 'car')"
        ),
        ["Jane"]
    );
    assert_eq!(
        column(
            "WITH t AS (SELECT v.type FROM owners CROSS APPLY OPENJSON(vehicles) WITH (type TEXT) v) SELECT type FROM t WHERE type > 'd'"
        ),
        ["truck"]
    );
}

#[test]
fn entries_of_a_value() {
    let json = r#"{"a": null, "b": "x", "c": 1.50, "d": true, "e": [1], "f": {"g": 2}}"#;
    let (names, rows) = over(&format!("SELECT * FROM OPENJSON('{json}')"));
    assert_eq!(names, ["key", "value", "type"]);
    assert_eq!(
        rows,
        [
            ["a", "NULL", "0"],
            ["b", "x", "1"],
            ["c", "1.50", "2"],
            ["d", "true", "3"],
            ["e", "[1]", "4"],
            ["f", r#"{"g":2}"#, "5"]
        ]
    );
    assert_eq!(
        over("SELECT j.[key], j.value FROM owners CROSS APPLY OPENJSON(vehicles, '$[1]') AS j WHERE j.type = 1").1,
        [["type", "truck"], ["model", "Ram \"3\""], ["cost", "none"]]
    );
    assert_eq!(
        over("SELECT [key] FROM owners CROSS APPLY OPENJSON(vehicles)").1,
        [["0"], ["1"]]
    );
    assert_eq!(over("SELECT * FROM OPENJSON('5')").1, Vec::<Vec<String>>::new());
}

#[test]
fn elements_and_pieces() {
    for (sql, expected) in [
        (
            "SELECT t.tag FROM owners o CROSS JOIN UNNEST(o.tags) AS t(tag)",
            vec!["x", "y, z", "[plain"],
        ),
        (
            "SELECT tag FROM owners, UNNEST(tags) AS tag",
            vec!["x", "y, z", "[plain"],
        ),
        (
            "SELECT t.unnest FROM owners CROSS JOIN UNNEST(tags) t(unnest) WHERE name = 'Bob'",
            vec!["[plain"],
        ),
        (
            "SELECT u.e FROM UNNEST('[1, \"a\", [2]]') AS u(e)",
            vec!["1", "a", "[2]"],
        ),
        ("SELECT u.e FROM UNNEST(make_array(1, 2)) AS u(e)", vec!["1", "2"]),
        (
            "SELECT u.e FROM owners CROSS JOIN UNNEST(make_array(1, 2)) AS u(e) WHERE name = 'Bob'",
            vec!["1", "2"],
        ),
        (
            "SELECT s.value FROM owners CROSS APPLY STRING_SPLIT(name, 'n') AS s WHERE name = 'Jane'",
            vec!["Ja", "e"],
        ),
        ("SELECT value FROM STRING_SPLIT('a,b', ',')", vec!["a", "b"]),
        (
            "SELECT coalesce(t.tag, '-') FROM owners LEFT JOIN UNNEST(tags) AS t(tag) ON true",
            vec!["x", "y, z", "[plain", "-"],
        ),
        (
            "SELECT v.type FROM owners o CROSS APPLY (SELECT 'n' AS type WHERE o.name = 'Bob') v",
            vec!["n"],
        ),
    ] {
        assert_eq!(column(sql), expected, "{sql}");
    }
    let (_, rows) = answer(
        &owners(),
        "SELECT u.e FROM UNNEST(?) AS u(e)",
        vec![text("[true, null]")],
    )
    .unwrap();
    assert_eq!(rows, [["true"], ["NULL"]]);
}

#[test]
fn many_rows_come_from_many() {
    let source = numbers(20_000, 1 << 16);
    let session = session_over(source).0;
    let sql = "SELECT count(*), sum(e.n) FROM numbers o CROSS APPLY OPENJSON('[{\"n\": ' || o.n || '}, {\"n\": 1}, {}]') \
               WITH (n BIGINT) e";
    let (_, rows) = answer(&session, sql, vec![]).unwrap();
    assert_eq!(rows, [["60000".to_owned(), (19_999_i64 * 10_000 + 20_000).to_string()]]);
}

#[test]
fn what_cannot_be_applied_says_so() {
    for (sql, kind, said) in [
        (
            "SELECT 1 FROM owners RIGHT JOIN OPENJSON(vehicles) v ON TRUE",
            Kind::Unsupported,
            "Rows made of a value can be joined by CROSS APPLY",
        ),
        (
            "SELECT 1 FROM owners o, UNNEST(o.tags) t RIGHT JOIN owners p ON p.name = t.t",
            Kind::Unsupported,
            "Rows made of a value can be joined by CROSS APPLY",
        ),
        (
            "SELECT 1 FROM owners CROSS APPLY owners p",
            Kind::Unsupported,
            "APPLY takes OPENJSON, JSONTABLE, UNNEST, STRING_SPLIT or a subquery, and not owners",
        ),
        (
            "SELECT 1 FROM owners, JSON_TABLE(vehicles, '$' COLUMNS(a INT PATH '$.a')) v",
            Kind::Unsupported,
            "JSON_TABLE is not supported; write OPENJSON",
        ),
        (
            "SELECT 1 FROM owners CROSS APPLY OPENJSON(vehicles, '$[') v",
            Kind::Syntax,
            "The path '$[' of OPENJSON has a `[` without its `]`",
        ),
        (
            "SELECT 1 FROM owners CROSS APPLY OPENJSON(vehicles, 'strict $') v",
            Kind::Syntax,
            "The path 'strict $' of OPENJSON is strict",
        ),
        (
            "SELECT v.* FROM owners CROSS APPLY OPENJSON(name) v",
            Kind::Conversion,
            "OPENJSON was given a text that is not JSON",
        ),
        (
            "SELECT 1 FROM owners o WHERE EXISTS (SELECT 1 FROM OPENJSON(o.vehicles) v WHERE v.value = 'x')",
            Kind::Unsupported,
            "Rows made of a value in a subquery cannot use a column of the query around it",
        ),
        (
            "SELECT v.nothing FROM owners CROSS APPLY OPENJSON(vehicles) v",
            Kind::ColumnNotFound,
            "There is no column v.nothing",
        ),
    ] {
        let error = error_of(sql);
        assert_eq!(error.kind(), kind, "{sql}: {error}");
        assert!(error.message().starts_with(said), "{sql}: {error}");
    }
}
