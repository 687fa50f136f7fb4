//! What statements mean.

use super::*;

#[test]
fn names_are_found_without_regard_to_case_and_quotes() {
    for sql in [
        "SELECT name FROM people WHERE id = 1",
        "select NAME from PEOPLE where ID = 1",
        "SELECT \"Name\" FROM \"people\" WHERE \"id\" = 1",
        "SELECT [Name] FROM [people] WHERE [id] = 1",
        "SELECT P.name FROM People AS p WHERE p.Id = 1",
        "SELECT people.NAME FROM json.people WHERE json.people.id = 1",
        "SELECT `Name` FROM latchkey.json.people WHERE LATCHKEY.JSON.PEOPLE.id = 1",
        "WITH X AS (SELECT name AS Who, id FROM people) SELECT WHO FROM x WHERE x.ID = 1",
        "SELECT q.NAME FROM (SELECT * FROM people) AS Q WHERE q.id = 1",
        "SELECT name FROM people p WHERE EXISTS (SELECT 1 FROM people o WHERE O.ID = P.Id AND o.id = 1)",
        "SELECT a.name FROM people a JOIN people b USING (ID) WHERE a.id = 1",
    ] {
        assert_eq!(rows(sql), [["Ada"]], "{sql}");
    }
}

#[test]
fn a_flattened_column_is_reached_with_and_without_quotes() {
    for sql in [
        "SELECT address.city FROM people WHERE id = 1",
        "SELECT [address.city] FROM people WHERE id = 1",
        "SELECT \"address.city\" FROM people WHERE id = 1",
        "SELECT p.Address.City FROM people p WHERE id = 1",
        "SELECT [p].[address.city] FROM people p WHERE id = 1",
        "SELECT MAX(address.city) FROM people WHERE ADDRESS.CITY LIKE 'L%'",
        "SELECT address.city FROM people GROUP BY address.city ORDER BY address.city DESC LIMIT 1 OFFSET 1",
    ] {
        assert_eq!(rows(sql), [["London"]], "{sql}");
    }
    // A table of that name comes first.
    assert_eq!(
        rows("SELECT address.city FROM (SELECT 'Paris' AS city) AS address CROSS JOIN people LIMIT 1"),
        [["Paris"]]
    );
}

#[test]
fn result_columns_are_called_what_the_user_wrote() {
    assert_eq!(names("SELECT p.NAME, p.age FROM people p"), ["Name", "age"]);
    assert_eq!(
        names("SELECT count(*), COUNT(*), age + 1 AS Older, upper(name), people.age*2 FROM people GROUP BY age, name"),
        ["count(*)", "COUNT(*)", "Older", "upper(name)", "people.age * 2"]
    );
    assert_eq!(
        names("SELECT *, age + 1 FROM people")[5..],
        ["tags".to_owned(), "age + 1".to_owned()]
    );
    assert_eq!(names("SELECT 1 AS a UNION SELECT 2 AS b"), ["a"]);
    assert_eq!(names("SELECT 1, 1"), ["1", "1"]);
    assert_eq!(
        names("SELECT (SELECT 1 AS a), (SELECT 2 AS a), (SELECT 1), (SELECT 2)"),
        ["(SELECT 1 AS a)", "(SELECT 2 AS a)", "(SELECT 1)", "(SELECT 2)"]
    );
    assert_eq!(
        rows("SELECT (SELECT max(id) AS a FROM people) AS a, (SELECT 2 AS a), (SELECT 2), (SELECT 2)"),
        [["3", "2", "2", "2"]]
    );
    let count = names("SELECT * FROM people").len();
    assert_eq!(names("SELECT *, NAME FROM people")[count..], ["Name"]);
    assert_eq!(
        names("SELECT Age, p.*, upper(name) AS name FROM people p")[count..],
        ["tags", "name"]
    );
    assert_eq!(names("SELECT name, * FROM people ORDER BY name")[..2], ["Name", "id"]);
    assert_eq!(
        names("SELECT id, CAST(id AS INT), (CAST(id AS DECIMAL(9, 2))) FROM people"),
        ["id", "CAST(id AS INT)", "(CAST(id AS DECIMAL(9,2)))"]
    );
    assert_eq!(
        names("SELECT name, NAME, p.Name FROM people p"),
        ["Name", "Name", "Name"]
    );
    assert_eq!(
        names("SELECT address.city, [address.city] FROM people"),
        ["address.city", "address.city"]
    );
    assert_eq!(rows("SELECT DISTINCT age + 1 FROM people ORDER BY age + 1").len(), 3);
    assert_eq!(
        rows("SELECT age AS Years FROM people ORDER BY YEARS"),
        [["30"], ["36"], ["45"]]
    );
}

#[test]
fn top_is_a_limit() {
    assert_eq!(rows("SELECT TOP 2 id FROM people ORDER BY id"), [["1"], ["2"]]);
    assert_eq!(rows("SELECT DISTINCT TOP 1 id FROM people ORDER BY id DESC"), [["3"]]);
    assert_eq!(
        rows("SELECT id FROM (SELECT TOP (1) id FROM people ORDER BY id) q"),
        [["1"]]
    );
    assert_eq!(
        rows("SELECT * FROM (SELECT TOP 1 id FROM people UNION ALL SELECT 9) q").len(),
        2
    );
    assert_eq!(
        refused("SELECT TOP 10 PERCENT id FROM people").kind(),
        Kind::Unsupported
    );
}

#[test]
fn every_scalar_function_answers() {
    for function in dialect::scalar_functions() {
        let sql = format!("SELECT {{fn {}}}", function.example);
        assert_ne!(one(&sql), "NULL", "{sql}");
    }
    assert_eq!(one("SELECT {fn LOCATE('b', 'abab', 3)}"), "4");
    assert_eq!(one("SELECT {fn INSERT('abcd', 2, 2, 'xyz')}"), "axyzd");
    assert_eq!(one("SELECT {fn UCASE({fn CONCAT('a', {fn LTRIM(' b')})})}"), "AB");
    assert_eq!(one("SELECT {fn CONCAT('a', NULL)}"), "NULL");
    assert_eq!(one("SELECT {fn DAYOFWEEK({d '2024-02-29'})}"), "5");
    assert_eq!(one("SELECT {fn MONTHNAME({d '2024-02-29'})}"), "February");
    assert_eq!(one("SELECT {fn MOD(7 + 1, 5)}"), "3");
}

#[test]
fn literals_have_their_types() {
    let schema = |sql: &str| {
        let session = people();
        let sql = sql.to_owned();
        runtime::run(&wait(), async move { Ok(session.prepare(sql).await?.schema()) }).unwrap()
    };
    let types = schema(
        "SELECT {d '2024-02-29'}, {ts '9999-12-31 23:59:59.5'}, {t '10:00:00'}, {guid '12345678-90ab-cdef-1234-567890abcdef'}, N'x', 1, 1.5, true, NULL",
    );
    let types: Vec<_> = types.fields().iter().map(|field| field.data_type().clone()).collect();
    assert_eq!(
        types,
        [
            DataType::Date32,
            DataType::Timestamp(TimeUnit::Microsecond, None),
            DataType::Time64(TimeUnit::Nanosecond),
            DataType::Utf8,
            DataType::Utf8,
            DataType::Int64,
            DataType::Float64,
            DataType::Boolean,
            DataType::Utf8
        ]
    );
    assert_eq!(one("SELECT {ts '9999-12-31 23:59:59.5'}"), "9999-12-31T23:59:59.500");
    let plain = schema(
        "SELECT now(), array_agg(id), row_number() OVER () , arrow_cast('a', 'Dictionary(Int32, Utf8)') \
         FROM people GROUP BY id",
    );
    let types: Vec<_> = plain.fields().iter().map(|field| field.data_type().clone()).collect();
    assert_eq!(
        types,
        [
            DataType::Timestamp(TimeUnit::Nanosecond, None),
            DataType::Utf8,
            DataType::Int64,
            DataType::Utf8
        ]
    );
    assert_eq!(one("SELECT array_agg(id) FROM people WHERE id = 1"), "[1]");
}

#[test]
fn the_length_of_texts_is_known_through_a_query() {
    let session = people();
    let schema = runtime::run(&wait(), async move {
        Ok(session
            .prepare("SELECT p.name AS n FROM people p ORDER BY 1".to_owned())
            .await?
            .schema())
    })
    .unwrap();
    assert_eq!(
        schema.field(0).metadata().get(TEXT_LENGTH).map(String::as_str),
        Some("5")
    );
}

#[test]
fn markers_take_the_type_of_what_they_are_compared_with() {
    let session = people();
    let prepare = |sql: &str| {
        let session = session.clone();
        let sql = sql.to_owned();
        runtime::run(&wait(), session.prepare(sql)).unwrap()
    };
    let types = |sql: &str| prepare(sql).parameters().to_vec();
    assert_eq!(types("SELECT id FROM people WHERE age > ?"), [Some(DataType::Int64)]);
    assert_eq!(
        types("SELECT id FROM people WHERE name = ? AND born < ? AND age BETWEEN ? AND ? LIMIT ?"),
        [
            Some(DataType::Utf8),
            Some(DataType::Date32),
            Some(DataType::Int64),
            Some(DataType::Int64),
            Some(DataType::Int64)
        ]
    );
    assert_eq!(types("SELECT ?"), [None]);

    let ids = |sql: &str, values: Vec<ScalarValue>| answer(&session, sql, values).unwrap().1;
    let older = "SELECT id FROM people WHERE age > ? ORDER BY id";
    assert_eq!(ids(older, vec![ScalarValue::Int64(Some(35))]), [["1"], ["2"]]);
    assert_eq!(ids(older, vec![text("35")]), [["1"], ["2"]]);
    assert_eq!(ids(older, vec![ScalarValue::Float64(Some(35.5))]), [["1"], ["2"]]);
    assert_eq!(ids(older, vec![ScalarValue::Float64(Some(36.5))]), [["2"]]);
    assert_eq!(ids(older, vec![ScalarValue::Null]), Vec::<Vec<String>>::new());
    assert_eq!(ids("SELECT ?", vec![text("x")]), [["x"]]);
    assert_eq!(ids("SELECT ?", vec![ScalarValue::Int32(Some(5))]), [["5"]]);
    assert_eq!(
        ids(
            "SELECT {fn SUBSTRING(name, ?, 1)} FROM people WHERE id = ?",
            vec![ScalarValue::Int32(Some(2)), text("1")]
        ),
        [["d"]]
    );
    assert_eq!(
        ids("SELECT TOP (?) id FROM people ORDER BY id", vec![text("1")]),
        [["1"]]
    );
    assert_eq!(
        ids(
            "SELECT id FROM people WHERE name LIKE ? OR id IN (?, ?) ORDER BY id",
            vec![text("L%"), ScalarValue::Int64(Some(1)), text("1")]
        ),
        [["1"], ["3"]]
    );
    let error = answer(&session, older, vec![text("old")]).unwrap_err();
    assert_eq!(error.kind(), Kind::Conversion);
    let error = answer(&session, older, vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::Syntax);
}

#[test]
fn questions_about_tables_are_answered() {
    assert!(rows("SHOW TABLES").iter().any(|row| row.contains(&"people".to_owned())));
    assert!(rows("DESCRIBE People").iter().any(|row| row[0] == "address.city"));
    assert!(
        rows("SHOW COLUMNS FROM PEOPLE")
            .iter()
            .any(|row| row.contains(&"born".to_owned()))
    );
    assert_eq!(
        one("SELECT count(*) FROM information_schema.columns WHERE table_name = 'people'"),
        "6"
    );
    assert!(!rows("EXPLAIN SELECT NAME FROM People").is_empty());
}

#[test]
fn native_sql_shows_what_the_engine_reads() {
    let session = people();
    let native = |sql: &str| session.native_sql(sql).unwrap();
    assert_eq!(
        native("SELECT [a b], {fn UCASE(c)} -- why\nFROM t WHERE d = {d '2024-01-31'} AND e = ?;"),
        "SELECT \"a b\", upper(c) -- why\nFROM t WHERE d = DATE '2024-01-31' AND e = $1"
    );
    assert_eq!(native("SELECT TOP 5 a FROM t"), "SELECT a FROM t LIMIT 5");
    assert_eq!(native("EXEC GetOAuthAuthorizationURL"), "EXEC GetOAuthAuthorizationURL");
}
