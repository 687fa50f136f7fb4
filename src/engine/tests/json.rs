//! SQL over JSON texts: functions of a path, names that lead into a column, rows put together again.

use super::*;

const OWNERS: &str = r#"[
    {"name": "Jane", "home": {"city": "Rome", "floor": 3}, "since": "2020-01-31", "vehicles": [
        {"type": "car", "model": "Civic", "year": 2010, "cost": 1.5, "repairs": [{"price": 10}, {"price": 20.5}]},
        {"type": "truck", "model": "Ram \"3\"", "year": null, "cost": "none"}], "tags": ["x", "y, z"]},
    {"name": "Bob", "home": {"city": "Oslo"}, "vehicles": [], "tags": "[plain"},
    {"name": "Eve", "home": {"floor": 0}, "active": true, "vehicles": {"type": "bike"}, "tags": null}
]"#;

pub(super) fn owners() -> Arc<Session> {
    session_over(Fake::of("owners", &[("owners.json", OWNERS)])).0
}

pub(super) fn over(sql: &str) -> (Vec<String>, Vec<Vec<String>>) {
    answer(&owners(), sql, vec![]).unwrap_or_else(|error| panic!("{sql}: {error:?}"))
}

pub(super) fn column(sql: &str) -> Vec<String> {
    over(sql).1.into_iter().map(|mut row| row.remove(0)).collect()
}

pub(super) fn error_of(sql: &str) -> Error {
    match answer(&owners(), sql, vec![]) {
        Err(error) => error,
        Ok((_, rows)) => panic!("{sql} answered {rows:?}"),
    }
}

#[test]
fn functions_of_a_path() {
    let grades =
        r#"[{"n": "a", "g": 4}, {"n": "b", "g": 2.5}, {"n": "c", "g": "ill"}, {"n": null, "more": [1, 2, 3]}]"#;
    for (call, expected) in [
        ("JSON_EXTRACT(g, '[0].n')", "a"),
        ("JSON_EXTRACT(g, '[1].g')", "2.5"),
        ("JSON_EXTRACT(g, '[0]')", r#"{"n":"a","g":4}"#),
        ("JSON_EXTRACT(g, '$[x].n')", r#"["a","b","c",null]"#),
        ("JSON_EXTRACT(g, '[1..2].n')", r#"["b","c"]"#),
        ("JSON_EXTRACT(g, '[2..].n')", r#"["c",null]"#),
        ("JSON_EXTRACT(g, '[..1].n')", r#"["a","b"]"#),
        ("JSON_EXTRACT(g, '[3].n')", "NULL"),
        ("JSON_EXTRACT(g, '[9].n')", "NULL"),
        ("JSON_EXTRACT(g, '[x].nothing')", "NULL"),
        ("JSON_EXTRACT(NULL, '[x]')", "NULL"),
        ("JSON_EXTRACT(g, NULL)", "NULL"),
        ("JSON_EXTRACT('17', '$')", "17"),
        ("JSON_EXTRACT(g, '[' || '0' || '].n')", "a"),
        ("JSON_COUNT(g, '[x]')", "4"),
        ("JSON_COUNT(g, '$')", "4"),
        ("JSON_COUNT(g, '[3].more')", "3"),
        ("JSON_COUNT(g, '[x].g')", "3"),
        ("JSON_COUNT(g, '[x].nothing')", "0"),
        ("JSON_COUNT(g, '[0].n')", "1"),
        ("JSON_COUNT(NULL, '[x]')", "NULL"),
        ("JSON_SUM(g, '[x].g')", "6.5"),
        ("JSON_SUM(g, '[3].more')", "6.0"),
        ("JSON_SUM(g, '[x].n')", "NULL"),
        ("JSON_MIN(g, '[x].g')", "2.5"),
        ("JSON_MAX(g, '[x].g')", "4.0"),
        ("JSON_AVG(g, '[x].g')", "3.25"),
        ("JSON_AVG(g, '[0..1].g')", "3.25"),
        ("JSON_VALUE(g, '$[0].n')", "a"),
        ("JSON_VALUE(g, '$[0]')", "NULL"),
        ("JSON_VALUE('true')", "true"),
        ("JSON_QUERY(g, '$[3].more')", "[1,2,3]"),
        ("JSON_QUERY(g, '$[0].n')", "NULL"),
        ("JSON_ARRAY_LENGTH(g)", "4"),
        ("JSON_ARRAY_LENGTH(g, '[3].more')", "3"),
        ("JSON_ARRAY_LENGTH(g, '[3]')", "NULL"),
        ("ISJSON(g)", "1"),
        ("ISJSON('{a}')", "0"),
        ("ISJSON('17')", "0"),
        ("ISJSON(NULL)", "NULL"),
    ] {
        let sql = format!("SELECT {call} FROM (SELECT '{grades}' AS g) AS t");
        let (names, values) = over(&sql);
        assert_eq!((values[0][0].as_str(), names[0].as_str()), (expected, call), "{call}");
    }
    let types = |sql: &str| {
        let (session, sql) = (owners(), sql.to_owned());
        let schema = runtime::run(&wait(), async move { Ok(session.prepare(sql).await?.schema()) }).unwrap();
        schema.field(0).data_type().clone()
    };
    assert_eq!(types("SELECT JSON_COUNT(?, '[x]')"), DataType::Int64);
    assert_eq!(types("SELECT JSON_SUM(?, '[x]')"), DataType::Float64);
    assert_eq!(types("SELECT JSON_EXTRACT(?, ?)"), DataType::Utf8);
}

#[test]
fn functions_over_columns() {
    assert_eq!(
        column("SELECT JSON_COUNT(vehicles, '[x]') FROM owners ORDER BY name"),
        ["0", "NULL", "2"]
    );
    assert_eq!(
        column("SELECT JSON_SUM(vehicles, '[x].repairs[x].price') FROM owners WHERE name = 'Jane'"),
        ["30.5"]
    );
    // A path may be another in every row.
    assert_eq!(
        column("SELECT JSON_EXTRACT(vehicles, CASE name WHEN 'Jane' THEN '[1].type' ELSE '$' END) FROM owners"),
        ["truck", "[]", "NULL"]
    );
    let with = "SELECT JSON_EXTRACT(vehicles, ?) FROM owners";
    let (_, rows) = answer(&owners(), with, vec![text("[1].model")]).unwrap();
    assert_eq!(rows[0], ["Ram \"3\""]);
}

#[test]
fn what_is_no_json_and_no_path_is_told() {
    let error = error_of("SELECT JSON_EXTRACT(name, 'a') FROM owners");
    assert_eq!(error.kind(), Kind::Conversion);
    assert!(
        error
            .message()
            .starts_with("JSON_EXTRACT was given a text that is not JSON: "),
        "{error}"
    );
    assert!(error.message().ends_with("(byte 1 of 'Jane')"), "{error}");
    let error = error_of("SELECT JSON_SUM('[1, 1e999]', '[x]')");
    assert_eq!(error.kind(), Kind::OutOfRange);
    // Before the first row.
    let error = error_of("SELECT JSON_COUNT(vehicles, '[first]') FROM owners WHERE 1 = 0");
    assert_eq!(error.kind(), Kind::Syntax);
    assert!(
        error
            .message()
            .starts_with("The path '[first]' of JSON_COUNT has something"),
        "{error}"
    );
    let error = error_of("SELECT JSON_COUNT(vehicles) FROM owners");
    assert_eq!(
        (error.kind(), error.message()),
        (
            Kind::Syntax,
            "JSON_COUNT takes a text that holds JSON and a path such as '$.name' or '[0].name'"
        )
    );
}

#[test]
fn names_lead_into_columns() {
    let (names, rows) = over(
        "SELECT [vehicles.0.type], o.[Vehicles.1.model], \"tags[1]\", [vehicles.type] AS kind FROM owners o ORDER BY name DESC",
    );
    assert_eq!(names, ["vehicles.0.type", "Vehicles.1.model", "tags[1]", "kind"]);
    assert_eq!(rows[0], ["car", "Ram \"3\"", "y, z", "NULL"]);
    assert_eq!(rows[1], ["NULL", "NULL", "NULL", "bike"]);
    assert_eq!(rows[2], ["NULL", "NULL", "NULL", "NULL"]);
    assert_eq!(
        column("SELECT name FROM owners WHERE [vehicles.0.model] LIKE 'C%' AND owners.[vehicles.0.year] = 2010"),
        ["Jane"]
    );
    let (names, rows) = over(
        "SELECT [vehicles.0.type], count(*) FROM owners GROUP BY [vehicles.0.type] HAVING [vehicles.0.type] IS NULL \
         OR count(*) = 1 ORDER BY [vehicles.0.type]",
    );
    assert_eq!(names, ["vehicles.0.type", "count(*)"]);
    assert_eq!(rows, [["car", "1"], ["NULL", "2"]]);
    assert_eq!(
        column("SELECT DISTINCT [vehicles.0.type] FROM owners ORDER BY [vehicles.0.type] DESC"),
        ["NULL", "car"]
    );
    assert_eq!(
        column("SELECT a.name FROM owners a JOIN owners b ON a.[vehicles.0.type] = b.[vehicles.0.type]"),
        ["Jane"]
    );
    assert_eq!(
        column("SELECT t.[vehicles.0.type] FROM (SELECT [vehicles.0.type], name FROM owners) t WHERE t.name = 'Jane'"),
        ["car"]
    );
    assert_eq!(
        column(
            "SELECT [vehicles.0.type] FROM owners UNION ALL SELECT [home.city] FROM owners ORDER BY [vehicles.0.type]"
        ),
        ["Oslo", "Rome", "car", "NULL", "NULL", "NULL"]
    );
    assert_eq!(
        column("SELECT name FROM owners o WHERE EXISTS (SELECT 1 WHERE o.[vehicles.0.cost] = '1.5')"),
        ["Jane"]
    );
    let (names, rows) = over("SELECT [g.0], [G.0] FROM owners o (a, b, c, d, e, g, h, i) LIMIT 1");
    assert_eq!(names, ["g.0", "G.0"]);
    assert_eq!(rows, [["x", "x"]]);
}

#[test]
fn only_columns_with_nested_values_are_led_into() {
    for sql in [
        "SELECT [name.first] FROM owners",
        "SELECT [home.city.x] FROM owners",
        "SELECT [vehicle.0] FROM owners",
        "SELECT [vehicles.[0] FROM owners",
    ] {
        let error = error_of(sql);
        assert!(
            matches!(error.kind(), Kind::ColumnNotFound | Kind::Syntax),
            "{sql}: {error:?}"
        );
    }
    assert_eq!(error_of("SELECT [name.first] FROM owners").kind(), Kind::ColumnNotFound);
}

#[test]
fn a_row_is_put_together_again() {
    assert_eq!(
        over("SELECT DOCUMENT(*) FROM owners"),
        (
            vec!["DOCUMENT(*)".to_owned()],
            vec![
                vec![
                    r#"{"name":"Jane","home":{"city":"Rome","floor":3},"since":"2020-01-31","vehicles":[{"type":"car","model":"Civic","year":2010,"cost":1.5,"repairs":[{"price":10},{"price":20.5}]},{"type":"truck","model":"Ram \"3\"","year":null,"cost":"none"}],"tags":["x","y, z"]}"#
                        .to_owned()
                ],
                vec![r#"{"name":"Bob","home":{"city":"Oslo"},"vehicles":[],"tags":"[plain"}"#.to_owned()],
                vec![r#"{"name":"Eve","home":{"floor":0},"vehicles":{"type":"bike"},"active":true}"#.to_owned()],
            ]
        )
    );
    assert_eq!(
        column("SELECT DOCUMENT(b.*) FROM owners a JOIN owners b ON a.name = b.name WHERE a.name = 'Bob'"),
        [r#"{"name":"Bob","home":{"city":"Oslo"},"vehicles":[],"tags":"[plain"}"#]
    );
    assert_eq!(
        column(
            "SELECT DOCUMENT(*) AS d FROM (SELECT name, [home.floor] AS f FROM owners) a, (SELECT 1 AS n, 1.5e0 AS x) b"
        ),
        [
            r#"{"a":{"name":"Jane","f":3},"b":{"n":1,"x":1.5}}"#,
            r#"{"a":{"name":"Bob"},"b":{"n":1,"x":1.5}}"#,
            r#"{"a":{"name":"Eve","f":0},"b":{"n":1,"x":1.5}}"#
        ]
    );
    assert_eq!(
        column("SELECT JSON_EXTRACT(DOCUMENT(*), 'home.city') FROM owners WHERE name = 'Bob'"),
        ["Oslo"]
    );
    assert_eq!(error_of("SELECT DOCUMENT(*)").kind(), Kind::Unsupported);
    // A value and what is inside it cannot have one name.
    assert_eq!(
        column("SELECT DOCUMENT(*) FROM (SELECT 1 AS a, 2 AS \"a.b\", 3 AS \"a.b.c\", 'é\"' AS \"d.e\") t"),
        [r#"{"a":1,"a.b":2,"a.b.c":3,"d":{"e":"é\""}}"#]
    );
    let deep = vec!["a"; 50_000].join(".");
    let whole = column(&format!("SELECT DOCUMENT(*) FROM (SELECT 1 AS \"{deep}\") t"));
    assert!(whole[0].starts_with(r#"{"a":{"a":{"a":"#) && whole[0].ends_with("}}}"));
}
