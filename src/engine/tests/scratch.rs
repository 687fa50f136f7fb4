//! Scratch tables: what is kept in them, who sees it, and what a failed change leaves behind.

use super::*;
use crate::engine::DECLARED_LENGTH;

/// Runs statements one after the other; answers the rows of the last.
fn all(session: &Arc<Session>, statements: &[&str]) -> Vec<Vec<String>> {
    let mut last = Vec::new();
    for sql in statements {
        last = answer(session, sql, vec![])
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
            .1;
    }
    last
}

fn fails(session: &Arc<Session>, sql: &str, kind: Kind, part: &str) {
    match answer(session, sql, vec![]) {
        Err(error) => {
            assert_eq!(error.kind(), kind, "{sql}: {error:?}");
            assert!(error.message().contains(part), "{sql}: {error:?}");
        }
        Ok((_, rows)) => panic!("{sql} answered {rows:?}"),
    }
}

/// How many rows a change says it has changed.
fn changed(session: &Arc<Session>, sql: &str, sets: Vec<Vec<ScalarValue>>) -> Result<Option<u64>> {
    let (session, sql) = (session.clone(), sql.to_owned());
    runtime::run(&wait(), async move {
        let prepared = session.prepare(sql).await?;
        assert!(prepared.effect().is_some());
        prepared
            .change(sets)
            .await
            .map(|done| done.rows)
            .map_err(|failed| failed.error)
    })
}

fn count(session: &Arc<Session>, sql: &str) -> Option<u64> {
    changed(session, sql, vec![vec![]]).unwrap_or_else(|error| panic!("{sql}: {error:?}"))
}

fn within(memory: usize) -> Arc<Session> {
    Session::new(Options {
        scratch_memory: memory,
        ..of_people()
    })
}

#[test]
fn rows_are_inserted_updated_and_deleted_and_counted() {
    let session = people();
    assert_eq!(
        count(
            &session,
            "CREATE TABLE t (id INT NOT NULL, name VARCHAR(10), n DECIMAL(5,2))"
        ),
        None
    );
    assert_eq!(
        count(
            &session,
            "INSERT INTO t VALUES (1, 'one', 1.5), (2, 'two', NULL), (3, 'three', 3)"
        ),
        Some(3)
    );
    assert_eq!(
        count(&session, "INSERT INTO TEMP.T (NAME, ID) VALUES ('four', 4)"),
        Some(1)
    );
    assert_eq!(
        count(
            &session,
            "UPDATE t SET n = id * 1.25, name = upper(T.name) WHERE temp.t.id > 2"
        ),
        Some(2)
    );
    assert_eq!(count(&session, "UPDATE t SET name = 'x' WHERE n > 100"), Some(0));
    assert_eq!(
        count(
            &session,
            "UPDATE temp.t AS u SET name = u.name || '!' WHERE u.id IN (SELECT min(id) FROM t)"
        ),
        Some(1)
    );
    let rows = all(&session, &["SELECT id, name, n FROM temp.t ORDER BY id"]);
    assert_eq!(
        rows,
        [
            ["1", "one!", "1.50"],
            ["2", "two", "NULL"],
            ["3", "THREE", "3.75"],
            ["4", "FOUR", "5.00"]
        ]
    );
    assert_eq!(
        count(
            &session,
            "DELETE FROM t WHERE n IS NULL OR id IN (SELECT id FROM people WHERE id = 3)"
        ),
        Some(2)
    );
    assert_eq!(
        count(&session, "INSERT INTO t SELECT id + 10, name, NULL FROM t"),
        Some(2)
    );
    assert_eq!(
        all(&session, &["SELECT id FROM latchkey.temp.t"]),
        [["1"], ["4"], ["11"], ["14"]]
    );
    assert_eq!(count(&session, "DELETE FROM t"), Some(4));
    assert_eq!(count(&session, "INSERT INTO t SELECT 1, 'a', 1 WHERE false"), Some(0));
    assert_eq!(count(&session, "INSERT INTO t VALUES (1, 'a', 1)"), Some(1));
    assert_eq!(count(&session, "TRUNCATE TABLE t"), None);
    assert_eq!(all(&session, &["SELECT count(*) FROM t"]), [["0"]]);
    assert_eq!(count(&session, "DROP TABLE t"), None);
    fails(&session, "SELECT * FROM t", Kind::TableNotFound, "people");
    assert_eq!(count(&session, "DROP TABLE IF EXISTS t"), None);
    fails(&session, "DROP TABLE t", Kind::TableNotFound, "t");
}

#[test]
fn every_way_to_make_a_table_is_understood() {
    for create in [
        "CREATE TABLE t AS SELECT id, name FROM people",
        "CREATE TEMP TABLE t AS SELECT id, name FROM people",
        "CREATE TEMPORARY TABLE temp.t AS SELECT id, name FROM people",
        "CREATE LOCAL TEMPORARY TABLE t AS SELECT id, name FROM people",
        "CREATE TABLE latchkey.temp.t AS SELECT id, name FROM people",
        "CREATE TABLE IF NOT EXISTS t AS SELECT id, name FROM people",
        "CREATE OR REPLACE TABLE t AS SELECT id, name FROM people",
        "CREATE TABLE t (ID BIGINT, Name VARCHAR(20)) AS SELECT id, name FROM people",
        "SELECT id, name INTO temp.t FROM people",
        "select id, name into TEMP.[t] from people",
        "SELECT id, name INTO t FROM people",
        "SELECT id, name INTO TEMPORARY t FROM people",
    ] {
        let session = people();
        assert_eq!(count(&session, create), Some(3), "{create}");
        let rows = all(&session, &["SELECT id, name FROM t WHERE ID > 1 ORDER BY id"]);
        assert_eq!(rows, [["2", "Grace"], ["3", "Linus"]], "{create}");
    }
    let session = people();
    let rows = all(
        &session,
        &[
            "CREATE LOCAL TEMPORARY TABLE \"#Tableau_1_Connect\" (\"COL\" INTEGER) ON COMMIT PRESERVE ROWS",
            "INSERT INTO \"#Tableau_1_Connect\" (\"COL\") VALUES (1)",
            "SELECT \"COL\" INTO #second FROM \"#Tableau_1_Connect\"",
            "SELECT a.COL + b.col FROM [#tableau_1_connect] a JOIN #Second b ON a.col = b.col",
        ],
    );
    assert_eq!(rows, [["2"]]);
}

#[test]
fn a_change_may_ask_anything_a_query_may() {
    let session = people();
    let rows = all(
        &session,
        &[
            "WITH x AS (SELECT id FROM people UNION ALL SELECT 9) SELECT TOP 3 id, NULL AS name, ARRAY[1] AS list INTO t FROM x \
             ORDER BY id DESC",
            "UPDATE t SET name = (SELECT max(upper(p.name)) FROM people p WHERE p.id = t.id)",
            "DELETE FROM t WHERE NOT EXISTS (SELECT 1 FROM people WHERE people.id = t.id) AND {fn ABS(id)} > 8",
            "INSERT INTO t (id, list) SELECT p.id, t.name FROM t JOIN people p ON p.id < t.id",
            "SELECT id, name, list FROM t ORDER BY id, name, list",
        ],
    );
    assert_eq!(
        rows,
        [
            ["1", "NULL", "GRACE"],
            ["1", "NULL", "LINUS"],
            ["2", "GRACE", "[1]"],
            ["2", "NULL", "LINUS"],
            ["3", "LINUS", "[1]"]
        ]
    );
}

#[test]
fn a_copy_of_documents_needs_them_no_more() {
    let (session, source) = session_over(Fake::people());
    all(&session, &["CREATE TABLE temp.people AS SELECT * FROM json.people"]);
    let (listings, chunks) = (
        source.listings.load(Ordering::SeqCst),
        source.chunks.load(Ordering::SeqCst),
    );
    let rows = all(
        &session,
        &[
            "UPDATE temp.people SET age = age + 1",
            "UPDATE people SET Name = NULL WHERE id = 3",
            "SELECT people.name, people.address.city, age FROM people WHERE id > 1",
        ],
    );
    assert_eq!(rows, [["Grace", "New York", "46"], ["NULL", "Helsinki", "31"]]);
    assert_eq!(source.listings.load(Ordering::SeqCst), listings);
    assert_eq!(source.chunks.load(Ordering::SeqCst), chunks);
    // Both are there, told apart by their schemas.
    let joined = "SELECT t.age - j.age FROM temp.people t JOIN json.people j ON t.id = j.id ORDER BY t.id";
    assert_eq!(all(&session, &[joined]), [["1"], ["1"], ["1"]]);
    fails(
        &session,
        "UPDATE json.people SET age = 1",
        Kind::Syntax,
        "people cannot be changed",
    );
    assert_eq!(
        all(&session, &["DROP TABLE people", "SELECT age FROM people WHERE id = 1"]),
        [["36"]]
    );
    fails(&session, "DROP TABLE people", Kind::Syntax, "read-only");
}

#[test]
fn the_catalog_of_the_connection_shows_them_and_no_other() {
    let (session, other) = (people(), people());
    all(
        &session,
        &["CREATE TABLE Orders (id INT NOT NULL, note NVARCHAR(30), long TEXT, raw VARBINARY(16))"],
    );
    let tables = |session: &Arc<Session>| {
        let mut tables = runtime::run(&wait(), session.clone().tables()).unwrap();
        tables.retain(|table| table.kind != SYSTEM_TABLE);
        tables
    };
    assert_eq!(tables(&other).len(), 1);
    let table = tables(&session).pop().unwrap();
    assert_eq!(
        (
            table.catalog.as_str(),
            table.schema.as_str(),
            table.name.as_str(),
            table.kind
        ),
        ("latchkey", "temp", "Orders", "TABLE")
    );
    let columns = runtime::run(&wait(), session.clone().columns(table)).unwrap();
    let shown: Vec<_> = columns
        .fields()
        .iter()
        .map(|field| {
            (
                field.name().as_str(),
                field.is_nullable(),
                field.metadata().get(DECLARED_LENGTH).cloned(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("id", false, None),
            ("note", true, Some("30".to_owned())),
            ("long", true, None),
            ("raw", true, Some("16".to_owned()))
        ]
    );
    let listed = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'temp'";
    assert_eq!(all(&session, &[listed]), [["Orders"]]);
    assert_eq!(all(&other, &[listed]).len(), 0);
    fails(&other, "SELECT * FROM temp.orders", Kind::TableNotFound, "temp.orders");
    assert_eq!(all(&session, &["DESCRIBE orders"]).len(), 4);
}

#[test]
fn what_does_not_fit_says_so_and_changes_nothing() {
    let session = people();
    all(
        &session,
        &[
            "CREATE TABLE t (id TINYINT NOT NULL, name VARCHAR(5), n DECIMAL(4,1) DEFAULT 7.5, raw VARBINARY(2), d DATE)",
            "INSERT INTO t (id, name) VALUES (1, 'größe')",
        ],
    );
    for (sql, kind, part) in [
        (
            "INSERT INTO t (id, name) VALUES (2, 'b'), (3, 'größer')",
            Kind::TooLong,
            "name",
        ),
        ("INSERT INTO t (name) VALUES ('b')", Kind::NullValue, "id"),
        ("INSERT INTO t (id, n) VALUES (2, 1000)", Kind::OutOfRange, "1000"),
        ("INSERT INTO t (id, n) SELECT 2, 12345.6", Kind::OutOfRange, "12345"),
        ("INSERT INTO t (id) VALUES (300)", Kind::OutOfRange, "300"),
        (
            "INSERT INTO t (id) SELECT id + 126 FROM people",
            Kind::OutOfRange,
            "128",
        ),
        ("INSERT INTO t (id, d) VALUES (2, 'soon')", Kind::Conversion, "soon"),
        ("INSERT INTO t (id, raw) VALUES (2, X'010203')", Kind::TooLong, "bytes"),
        ("INSERT INTO t VALUES (1, 'x')", Kind::ValueCount, "5 columns"),
        (
            "INSERT INTO t (id, name) VALUES (1, 'x', 2)",
            Kind::ValueCount,
            "3 values",
        ),
        ("INSERT INTO t (id, name) SELECT 1", Kind::ValueCount, "temp.t"),
        ("INSERT INTO t (id, nam) VALUES (1, 'x')", Kind::ColumnNotFound, "name"),
        ("INSERT INTO u VALUES (1)", Kind::TableNotFound, "temp.t"),
        ("UPDATE t SET id = NULL", Kind::NullValue, "id"),
        ("UPDATE t SET name = name || '!'", Kind::TooLong, "5"),
        ("UPDATE t SET id = 2, t.ID = 3", Kind::Syntax, "twice"),
        (
            "INSERT OVERWRITE t VALUES (2, 'x', 1, NULL, NULL)",
            Kind::Unsupported,
            "replaces",
        ),
        (
            "REPLACE INTO t VALUES (2, 'x', 1, NULL, NULL)",
            Kind::Unsupported,
            "replaces",
        ),
        ("TRUNCATE TABLE t PARTITION (id = 2)", Kind::Unsupported, "part"),
        ("CREATE TABLE u (a INT DEFAULT ?)", Kind::Syntax, "DEFAULT"),
        ("UPDATE t SET nam = 'x'", Kind::ColumnNotFound, "name"),
        ("UPDATE t SET id = 1 / (id - 1)", Kind::DivisionByZero, "zero"),
        ("UPDATE u SET id = 1", Kind::TableNotFound, "temp.t"),
        ("DELETE FROM t WHERE nam = 1", Kind::ColumnNotFound, "name"),
        ("DELETE FROM t LIMIT 1", Kind::Unsupported, "WHERE"),
        ("CREATE TABLE T (a INT)", Kind::TableExists, "t"),
        ("CREATE TABLE people (a INT)", Kind::TableExists, "people"),
        ("CREATE TABLE u (a INT, a INT)", Kind::ColumnExists, "a"),
        ("CREATE TABLE u AS SELECT id, id FROM people", Kind::ColumnExists, "id"),
        ("CREATE TABLE u (a INT PRIMARY KEY)", Kind::Unsupported, "PRIMARY KEY"),
        ("CREATE TABLE u (a INT, UNIQUE (a))", Kind::Unsupported, "UNIQUE"),
        ("CREATE TABLE u (a INT CHECK (a > 1))", Kind::Unsupported, "CHECK"),
        ("CREATE TABLE u (a GEOMETRY)", Kind::Unsupported, "VARCHAR"),
        ("CREATE TABLE u (a DECIMAL(39,0))", Kind::Unsupported, "38"),
        (
            "CREATE GLOBAL TEMPORARY TABLE u (a INT)",
            Kind::Unsupported,
            "connection",
        ),
        ("CREATE TABLE elsewhere.u (a INT)", Kind::Unsupported, "temp"),
        (
            "CREATE TABLE u AS SELECT 1 / (id - 3) AS x FROM people",
            Kind::DivisionByZero,
            "zero",
        ),
    ] {
        fails(&session, sql, kind, part);
        let rows = all(&session, &["SELECT * FROM t"]);
        assert_eq!(rows, [["1", "größe", "7.5", "NULL", "NULL"]], "{sql}");
        fails(&session, "SELECT * FROM u", Kind::TableNotFound, "temp.t");
    }
}

#[test]
fn a_set_of_an_array_that_fails_takes_the_others_with_it() {
    let session = people();
    all(&session, &["CREATE TABLE t (id SMALLINT NOT NULL)"]);
    let sets = |numbers: &[i64]| {
        numbers
            .iter()
            .map(|n| vec![ScalarValue::Int64(Some(*n))])
            .collect::<Vec<_>>()
    };
    let insert = "INSERT INTO t VALUES (?)";
    assert_eq!(changed(&session, insert, sets(&[1, 2, 3])).unwrap(), Some(3));
    assert_eq!(
        changed(&session, insert, sets(&[4, 70_000, 5])).unwrap_err().kind(),
        Kind::OutOfRange
    );
    assert_eq!(all(&session, &["SELECT id FROM t"]), [["1"], ["2"], ["3"]]);
    // Each set sees what the sets before it have done.
    assert_eq!(
        changed(&session, "UPDATE t SET id = id + 1 WHERE id = ?", sets(&[1, 2, 9])).unwrap(),
        Some(3)
    );
    assert_eq!(all(&session, &["SELECT id FROM t"]), [["3"], ["3"], ["3"]]);
}

#[test]
fn parameters_are_those_of_their_columns() {
    let session = people();
    all(
        &session,
        &["CREATE TABLE t (a TINYINT, b VARCHAR(7), c DECIMAL(10,3), d TIMESTAMP, e TIME, f BIT)"],
    );
    let prepared = |sql: &str| runtime::run(&wait(), session.clone().prepare(sql.to_owned())).unwrap();
    let insert = prepared("INSERT INTO t (f, e, d, c, b, a) VALUES (?, ?, ?, ?, ?, ?)");
    let types: Vec<_> = insert
        .parameters()
        .iter()
        .map(|data_type| data_type.clone().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            DataType::Boolean,
            DataType::Time64(TimeUnit::Nanosecond),
            DataType::Timestamp(TimeUnit::Microsecond, None),
            DataType::Decimal128(10, 3),
            DataType::Utf8,
            DataType::Int8,
        ]
    );
    assert_eq!(insert.assigned(4).unwrap().metadata()[DECLARED_LENGTH], "7");
    let update = prepared("UPDATE t SET B = ?, a = a + ? WHERE c = ?");
    assert_eq!(update.parameters()[0], Some(DataType::Utf8));
    assert_eq!(update.parameters()[2], Some(DataType::Decimal128(10, 3)));
    assert_eq!(update.assigned(0).unwrap().name(), "b");
    assert!(update.assigned(1).is_none() && update.assigned(2).is_none());
    let values = vec![
        ScalarValue::Boolean(Some(true)),
        text("01:02:03.000000004"),
        text("9999-12-31 23:59:59.999999"),
        text("-1234567.125"),
        text("12345"),
        ScalarValue::Int64(Some(-128)),
    ];
    answer(
        &session,
        "INSERT INTO t (f, e, d, c, b, a) VALUES (?, ?, ?, ?, ?, ?)",
        values,
    )
    .unwrap();
    assert_eq!(
        all(&session, &["SELECT * FROM t"]),
        [[
            "-128",
            "12345",
            "-1234567.125",
            "9999-12-31T23:59:59.999999",
            "01:02:03.000000004",
            "true"
        ]]
    );
}

#[test]
fn a_prepared_statement_follows_its_table() {
    let session = people();
    all(&session, &["CREATE TABLE t (a INT)"]);
    let prepared = |sql: &str| runtime::run(&wait(), session.clone().prepare(sql.to_owned())).unwrap();
    let (insert, select) = (prepared("INSERT INTO t VALUES (?)"), prepared("SELECT a FROM t"));
    let put = |value: i32| {
        let insert = insert.clone();
        let sets = vec![vec![ScalarValue::Int32(Some(value))]];
        runtime::run(&wait(), async move {
            Ok(insert.change(sets).await.map_err(|failed| failed.error))
        })
        .unwrap()
    };
    let first = || {
        let select = select.clone();
        runtime::run(&wait(), async move { select.execute(vec![]).await?.next().await })
            .map(|next| next.map_or_else(Vec::new, |(batch, _)| texts(&batch)))
    };
    put(1).unwrap();
    assert_eq!(first().unwrap(), [["1"]]);
    put(2).unwrap();
    assert_eq!(first().unwrap(), [["1"], ["2"]]);
    all(&session, &["DROP TABLE t"]);
    assert_eq!(first().unwrap_err().kind(), Kind::TableNotFound);
    assert_eq!(put(3).unwrap_err().kind(), Kind::TableNotFound);
    all(&session, &["CREATE TABLE t (a VARCHAR(5))"]);
    put(4).unwrap();
    assert_eq!(first().unwrap(), [["4"]]);
    all(&session, &["CREATE OR REPLACE TABLE t (b INT)"]);
    assert_eq!(first().unwrap_err().kind(), Kind::ColumnNotFound);
}

#[test]
fn what_is_worth_telling_about_documents_is_told_of_a_copy_too() {
    let mut text: String = (0..150).map(|n| format!("{{\"n\": {n}}}\n")).collect();
    text.push_str("{\"n\": 150, \"late\": 1}\n");
    let (session, _) = session_over(Fake::of("numbers", &[("n.ndjson", &text)]));
    let done = runtime::run(&wait(), async move {
        let prepared = session
            .prepare("CREATE TABLE t AS SELECT * FROM numbers".to_owned())
            .await?;
        prepared.change(vec![vec![]]).await.map_err(|failed| failed.error)
    })
    .unwrap();
    assert_eq!(done.rows, Some(151));
    let warnings: Vec<_> = done
        .warnings
        .iter()
        .map(|warning| warning.message().to_owned())
        .collect();
    assert!(warnings.len() == 1 && warnings[0].contains("late"), "{warnings:?}");
}

#[test]
fn rows_that_are_being_read_stay_as_they_were() {
    let (session, _) = session_over(numbers(20_000, 100_000));
    all(&session, &["CREATE TABLE t AS SELECT n FROM numbers"]);
    let running = session.clone();
    let (_, rest) = runtime::run(&wait(), async move {
        let prepared = running.prepare("SELECT n FROM t".to_owned()).await?;
        prepared.execute(vec![]).await?.next().await
    })
    .unwrap()
    .unwrap();
    all(
        &session,
        &["UPDATE t SET n = -1", "DELETE FROM t WHERE n < 0", "DROP TABLE t"],
    );
    let mut rest = Some(rest);
    let mut last = String::new();
    while let Some(rows) = rest {
        rest = runtime::run(&wait(), rows.next()).unwrap().map(|(batch, rows)| {
            last = texts(&batch).pop().unwrap()[0].clone();
            rows
        });
    }
    assert_eq!(last, "19999");
}

#[test]
fn memory_has_a_limit_that_names_its_property_and_leaves_everything_as_it_was() {
    let session = within(200_000);
    all(&session, &["CREATE TABLE t AS SELECT 1 AS n, 'text' AS name"]);
    let many = "SELECT a.id AS n, 'a text of some length' AS name FROM people a, people b, people c, people d, people e, \
                people f, people g, people h";
    for sql in [
        format!("INSERT INTO t {many}"),
        format!("CREATE TABLE u AS {many}"),
        "UPDATE t SET name = repeat('x', 300000)".to_owned(),
    ] {
        fails(&session, &sql, Kind::Memory, "ScratchMemory");
        assert_eq!(all(&session, &["SELECT * FROM t"]), [["1", "text"]], "{sql}");
    }
    fails(&session, "SELECT * FROM u", Kind::TableNotFound, "temp.t");
    // What is deleted or dropped makes room.
    for _ in 0..10 {
        all(
            &session,
            &["CREATE TABLE u AS SELECT repeat('x', 100000) AS x", "DELETE FROM u"],
        );
        all(&session, &["INSERT INTO u SELECT repeat('y', 100000)", "DROP TABLE u"]);
    }
}

#[test]
fn a_change_that_is_given_up_changes_nothing_and_frees_the_turn() {
    let mut source = numbers(20_000, 100_000);
    source.stalls = true;
    let (session, _) = session_over(source);
    all(&session, &["CREATE TABLE t (n BIGINT)"]);
    let insert = "INSERT INTO t SELECT n FROM numbers".to_owned();
    let insert = runtime::run(&wait(), session.clone().prepare(insert)).unwrap();
    let late = Wait {
        deadline: std::time::Instant::now().checked_add(Duration::from_millis(300)),
        ..wait()
    };
    // The documents never end, and rows of theirs have come already.
    let made = runtime::run(&late, async move { Ok(insert.change(vec![vec![]]).await) });
    assert_eq!(made.map(|_| ()).unwrap_err().kind(), Kind::Timeout);
    assert_eq!(count(&session, "INSERT INTO t VALUES (1)"), Some(1));
    assert_eq!(all(&session, &["SELECT n FROM t"]), [["1"]]);
}

#[test]
fn rows_are_changed_by_what_other_tables_say() {
    let session = people();
    all(
        &session,
        &[
            "CREATE TABLE temp.notes (id BIGINT NOT NULL DEFAULT 7, note VARCHAR(20) DEFAULT 'none', at DATE)",
            "CREATE TABLE temp.more (id BIGINT, row VARCHAR(20))",
            "INSERT INTO notes (id, note) VALUES (1, 'a'), (2, 'b'), (3, 'c')",
            "INSERT INTO more VALUES (1, 'x'), (2, 'y'), (2, 'y')",
        ],
    );
    assert_eq!(count(&session, "INSERT INTO notes DEFAULT VALUES"), Some(1));
    let notes = |session: &Arc<Session>| rows_of(session, "SELECT * FROM notes ORDER BY id");
    assert_eq!(notes(&session)[3], ["7", "none", "NULL"]);
    for (sql, changed) in [
        ("UPDATE notes SET note = more.row FROM more WHERE notes.id = more.id", 2),
        (
            "UPDATE n SET note = n.note || m.row FROM notes AS n JOIN more m ON m.id = n.id WHERE n.id < 9",
            2,
        ),
        (
            "UPDATE N SET n.note = Name FROM temp.notes n, people p WHERE p.id = n.id AND p.id = 3",
            1,
        ),
        (
            "UPDATE notes SET note = note || m.row FROM more m JOIN notes ON m.id = notes.id AND m.row = 'z'",
            0,
        ),
        (
            "UPDATE n SET n.note = COALESCE(m.row, n.note) FROM more m RIGHT JOIN notes n ON m.id = n.id WHERE n.id = 7",
            1,
        ),
        (
            "UPDATE n SET note = 'lost' FROM more m LEFT JOIN notes n ON m.id = n.id + 100",
            0,
        ),
        ("UPDATE n SET at = {d '2024-02-29'} FROM notes n WHERE n.id = 7", 1),
    ] {
        assert_eq!(count(&session, sql), Some(changed), "{sql}");
    }
    assert_eq!(
        notes(&session),
        [
            ["1", "xx", "NULL"],
            ["2", "yy", "NULL"],
            ["3", "Linus", "NULL"],
            ["7", "none", "2024-02-29"]
        ]
    );
    for (sql, changed) in [
        ("DELETE FROM notes AS n WHERE n.id = 7", 1),
        ("DELETE n FROM notes n JOIN more m ON m.id = N.ID AND m.row = 'y'", 1),
        (
            "DELETE m FROM notes n RIGHT JOIN more m ON m.id = n.id WHERE n.id IS NULL",
            2,
        ),
        (
            "DELETE n FROM more m RIGHT JOIN notes n ON m.id = n.id WHERE m.id IS NULL",
            1,
        ),
        ("DELETE temp.notes FROM notes WHERE id = 9", 0),
        ("DELETE FROM n FROM notes AS n WHERE n.id = 9", 0),
        ("DELETE FROM notes USING more WHERE notes.id = more.id AND row = 'z'", 0),
        ("DELETE n FROM notes n, notes other WHERE n.id = other.id", 1),
    ] {
        assert_eq!(count(&session, sql), Some(changed), "{sql}");
    }
    assert_eq!(notes(&session), Vec::<Vec<String>>::new());
    assert_eq!(rows_of(&session, "SELECT id FROM more"), [["1"]]);
    for (sql, kind, part) in [
        ("UPDATE notes SET nil = 1 FROM more", Kind::ColumnNotFound, "note"),
        ("DELETE FROM notes, more", Kind::Unsupported, "several tables"),
        (
            "DELETE p FROM people p JOIN notes n ON n.id = p.id",
            Kind::Syntax,
            "read-only",
        ),
        ("DELETE x FROM notes n", Kind::TableNotFound, "no table x"),
    ] {
        fails(&session, sql, kind, part);
    }
}

fn rows_of(session: &Arc<Session>, sql: &str) -> Vec<Vec<String>> {
    answer(session, sql, vec![]).unwrap().1
}
