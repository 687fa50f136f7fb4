#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::arrow::array::{Array, Int64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::scalar::ScalarValue;
use futures::{StreamExt, stream};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::runtime::{self, Wait};
use super::session::{CATALOG, Options, SCHEMA, Session};
use super::statement::Rows;
use super::{catalog, dialect};
use crate::error::{Error, Kind, Result};
use crate::json::schema::TEXT_LENGTH;
use crate::source::{ByteStream, Document, Source};

const PEOPLE: &str = r#"[
    {"id": 1, "Name": "Ada", "age": 36, "address": {"city": "London"}, "born": "1815-12-10", "tags": ["a", "b"]},
    {"id": 2, "Name": "Grace", "age": 45, "address": {"city": "New York"}, "born": "1906-12-09", "tags": []},
    {"id": 3, "Name": "Linus", "age": 30, "address": {"city": "Helsinki"}, "born": "1969-12-28", "tags": null}
]"#;

/// Documents in memory that count what is asked of them.
#[derive(Debug, Default)]
struct Fake {
    name: &'static str,
    documents: Mutex<Vec<(String, Vec<Bytes>)>>,
    listings: AtomicUsize,
    chunks: Arc<AtomicUsize>,
    /// Streams end with this error instead of their end.
    failure: Option<Kind>,
    /// Streams wait for ever after their last chunk.
    stalls: bool,
}

impl Fake {
    fn of(name: &'static str, documents: &[(&str, &str)]) -> Self {
        Self {
            name,
            documents: Mutex::new(
                documents
                    .iter()
                    .map(|(name, text)| ((*name).to_owned(), vec![Bytes::from((*text).to_owned())]))
                    .collect(),
            ),
            ..Self::default()
        }
    }

    fn people() -> Self {
        Self::of("people", &[("people.json", PEOPLE)])
    }
}

#[async_trait]
impl Source for Fake {
    fn table_name(&self) -> String {
        self.name.to_owned()
    }

    async fn list(&self) -> Result<Vec<Document>> {
        self.listings.fetch_add(1, Ordering::SeqCst);
        let documents = self.documents.lock();
        let document = |(name, chunks): &(String, Vec<Bytes>)| Document {
            name: name.clone(),
            location: name.clone(),
            size: chunks.iter().map(|chunk| chunk.len() as u64).sum(),
            revision: format!("{:?}", chunks.iter().map(Bytes::len).collect::<Vec<_>>()),
        };
        Ok(documents.iter().map(document).collect())
    }

    async fn open(&self, document: &Document) -> Result<ByteStream> {
        let documents = self.documents.lock();
        let (_, chunks) = documents.iter().find(|(name, _)| *name == document.name).unwrap();
        let counter = self.chunks.clone();
        let counted = stream::iter(chunks.clone()).map(move |chunk| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(chunk)
        });
        let end = self.failure.map(|kind| Err(Error::new(kind, "The download broke off")));
        if self.stalls {
            return Ok(counted.chain(stream::pending()).boxed());
        }
        Ok(counted.chain(stream::iter(end)).boxed())
    }
}

fn session_over(source: Fake) -> (Arc<Session>, Arc<Fake>) {
    let source = Arc::new(source);
    let options = Options {
        source: Some(source.clone()),
        oauth: None,
        row_scan_depth: 100,
    };
    (Session::with_freshness(options, Duration::ZERO).unwrap(), source)
}

fn people() -> Arc<Session> {
    session_over(Fake::people()).0
}

fn wait() -> Wait {
    Wait::default()
}

/// The names and the values, as text, that a statement answers.
fn answer(session: &Arc<Session>, sql: &str, parameters: Vec<ScalarValue>) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let session = session.clone();
    let sql = sql.to_owned();
    runtime::run(&wait(), async move {
        let prepared = session.prepare(sql).await?;
        let described = prepared.schema();
        let mut rows = prepared.execute(parameters).await?;
        assert_eq!(rows.schema(), described);
        let mut values = Vec::new();
        while let Some((batch, rest)) = rows.next().await? {
            assert!(batch.num_rows() > 0);
            assert_eq!(batch.schema(), described);
            values.extend(texts(&batch));
            rows = rest;
        }
        let names = described.fields().iter().map(|field| field.name().clone()).collect();
        Ok((names, values))
    })
}

fn texts(batch: &RecordBatch) -> Vec<Vec<String>> {
    (0..batch.num_rows())
        .map(|row| {
            batch
                .columns()
                .iter()
                .map(|column| match column.is_null(row) {
                    true => "NULL".to_owned(),
                    false => array_value_to_string(column, row).unwrap(),
                })
                .collect()
        })
        .collect()
}

fn rows(sql: &str) -> Vec<Vec<String>> {
    answer(&people(), sql, vec![])
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
        .1
}

fn names(sql: &str) -> Vec<String> {
    answer(&people(), sql, vec![])
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
        .0
}

fn one(sql: &str) -> String {
    rows(sql)[0][0].clone()
}

fn refused(sql: &str) -> Error {
    match answer(&people(), sql, vec![]) {
        Err(error) => error,
        Ok((_, rows)) => panic!("{sql} answered {rows:?}"),
    }
}

fn text(value: &str) -> ScalarValue {
    ScalarValue::Utf8(Some(value.to_owned()))
}

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
fn a_prepared_statement_runs_again_and_sees_new_documents() {
    let (session, source) = session_over(Fake::people());
    let prepared = runtime::run(&wait(), session.prepare("SELECT count(*) FROM people".to_owned())).unwrap();
    let count = || {
        let prepared = prepared.clone();
        runtime::run(&wait(), async move {
            let rows = prepared.execute(vec![]).await?;
            let (batch, _) = rows.next().await?.unwrap();
            Ok(texts(&batch)[0][0].clone())
        })
    };
    assert_eq!(count().unwrap(), "3");
    assert_eq!(count().unwrap(), "3");
    source.documents.lock()[0].1.push(Bytes::from_static(b" "));
    source
        .documents
        .lock()
        .push(("more.json".to_owned(), vec![Bytes::from_static(br#"{"id": 4}"#)]));
    assert_eq!(count().unwrap(), "4");
}

#[test]
fn documents_that_lose_a_described_column_ask_for_a_new_prepare() {
    let (session, source) = session_over(Fake::people());
    let prepared = runtime::run(&wait(), session.prepare("SELECT * FROM people".to_owned())).unwrap();
    source.documents.lock()[0].1 = vec![Bytes::from_static(br#"{"id": 4}"#)];
    let error = runtime::run(&wait(), prepared.execute(vec![])).unwrap_err();
    assert_eq!(error.kind(), Kind::Document);
}

#[test]
fn a_fresh_listing_is_used_again() {
    let source = Arc::new(Fake::people());
    let session = Session::with_freshness(
        Options {
            source: Some(source.clone()),
            oauth: None,
            row_scan_depth: 100,
        },
        catalog::FRESH,
    )
    .unwrap();
    for _ in 0..3 {
        answer(&session, "SELECT id FROM people", vec![]).unwrap();
    }
    assert_eq!(source.listings.load(Ordering::SeqCst), 1);
}

#[test]
fn connecting_and_listing_tables_costs_no_request() {
    let (session, source) = session_over(Fake::people());
    let tables = runtime::run(&wait(), session.clone().tables()).unwrap();
    assert_eq!(tables.len(), 1);
    assert_eq!(
        (
            tables[0].catalog.as_str(),
            tables[0].schema.as_str(),
            tables[0].name.as_str()
        ),
        (CATALOG, SCHEMA, "people")
    );
    answer(&session, "SELECT 1", vec![]).unwrap();
    assert_eq!(source.listings.load(Ordering::SeqCst), 0);
    let columns = runtime::run(&wait(), session.columns(tables[0].clone())).unwrap();
    let names: Vec<_> = columns.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["id", "Name", "age", "address.city", "born", "tags"]);
}

/// `count` documents of one record, and one document of many records in small chunks.
fn numbers(records: usize, chunk: usize) -> Fake {
    let mut text = String::new();
    for n in 0..records {
        text.push_str(&format!("{{\"n\": {n}, \"text\": \"number {n}\"}}\n"));
    }
    let bytes = Bytes::from(text);
    let chunks = (0..bytes.len().div_ceil(chunk))
        .map(|at| bytes.slice(at * chunk..bytes.len().min((at + 1) * chunk)))
        .collect();
    Fake {
        name: "numbers",
        documents: Mutex::new(vec![("numbers.ndjson".to_owned(), chunks)]),
        ..Fake::default()
    }
}

#[test]
fn rows_of_a_document_keep_their_order_in_batches_of_bounded_size() {
    let (session, _) = session_over(numbers(50_000, 10_000));
    let ids = runtime::run(&wait(), async move {
        let prepared = session
            .prepare("SELECT n FROM numbers WHERE n % 2 = 0".to_owned())
            .await?;
        let mut rows = prepared.execute(vec![]).await?;
        let mut ids = Vec::new();
        while let Some((batch, rest)) = rows.next().await? {
            assert!(batch.num_rows() <= 8192);
            let column = batch.column(0).as_any().downcast_ref::<Int64Array>().unwrap();
            ids.extend(column.values().iter().copied());
            rows = rest;
        }
        Ok(ids)
    })
    .unwrap();
    assert_eq!(ids, (0..50_000).step_by(2).collect::<Vec<_>>());
}

#[test]
fn a_limit_stops_the_reading() {
    let (session, source) = session_over(numbers(50_000, 1_000));
    answer(&session, "SELECT n FROM numbers LIMIT 0", vec![]).unwrap();
    let sampled = source.chunks.swap(0, Ordering::SeqCst);
    let (_, rows) = answer(&session, "SELECT n FROM numbers LIMIT 30", vec![]).unwrap();
    assert_eq!(rows.len(), 30);
    let read = source.chunks.load(Ordering::SeqCst);
    assert!(read <= 2 * sampled.max(3), "{read} chunks were read");
    assert!(sampled < 300, "{sampled} chunks were sampled");
}

#[test]
fn counting_decodes_no_column() {
    let (session, _) = session_over(numbers(20_000, 10_000));
    assert_eq!(
        answer(&session, "SELECT count(*) FROM numbers", vec![]).unwrap().1,
        [["20000"]]
    );
    let plan = answer(&session, "EXPLAIN SELECT text FROM numbers WHERE n = 1", vec![])
        .unwrap()
        .1;
    let plan: String = plan.into_iter().flatten().collect();
    assert!(
        plan.contains("DataSourceExec") && plan.contains("projection=[n, text]"),
        "{plan}"
    );
}

#[test]
fn the_first_rows_come_before_the_document_has_ended() {
    // More than is sampled arrives, and then nothing for ever.
    let mut source = numbers(20_000, 300_000);
    source.stalls = true;
    let (session, _) = session_over(source);
    let first = runtime::run(&wait(), async move {
        let rows = session
            .prepare("SELECT n FROM numbers".to_owned())
            .await?
            .execute(vec![])
            .await?;
        Ok(rows.next().await?.unwrap().0.num_rows())
    })
    .unwrap();
    assert!(first > 0);
}

#[test]
fn several_documents_are_one_table_with_the_columns_of_all() {
    let documents = [
        ("a.json", r#"[{"id": 1, "x": 1}]"#),
        ("b.json", r#"{"id": 2, "y": "two"}"#),
        ("c.json", "{\"id\": 3, \"x\": 1.5}\n{\"id\": 4}"),
    ];
    let (session, _) = session_over(Fake::of("folder", &documents));
    let (names, rows) = answer(&session, "SELECT * FROM folder ORDER BY id", vec![]).unwrap();
    assert_eq!(names, ["id", "x", "y"]);
    assert_eq!(
        rows,
        [
            ["1", "1.0", "NULL"],
            ["2", "NULL", "two"],
            ["3", "1.5", "NULL"],
            ["4", "NULL", "NULL"]
        ]
    );
}

#[test]
fn members_beyond_the_sample_are_a_warning() {
    let mut text = String::new();
    for n in 0..150 {
        text.push_str(&format!("{{\"n\": {n}}}\n"));
    }
    text.push_str("{\"n\": 150, \"late\": 1}\n");
    let (session, _) = session_over(Fake::of("numbers", &[("n.ndjson", &text)]));
    let warnings = runtime::run(&wait(), async move {
        let mut rows = session
            .prepare("SELECT n FROM numbers".to_owned())
            .await?
            .execute(vec![])
            .await?;
        let mut warnings = Vec::new();
        while let Some((_, rest)) = rows.next().await? {
            warnings = rest.warnings();
            rows = rest;
        }
        Ok(warnings)
    })
    .unwrap();
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].kind(), Kind::Warning);
    assert!(warnings[0].message().contains("late") && warnings[0].message().contains("n.ndjson"));
}

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
fn a_stalled_download_can_be_cancelled() {
    let mut source = numbers(1_000, 1_000_000);
    source.stalls = true;
    let source = Arc::new(source);
    let options = Options {
        source: Some(source),
        oauth: None,
        row_scan_depth: 10,
    };
    let session = Session::new(options).unwrap();
    let cancel = CancellationToken::new();
    let wait = Wait {
        cancel: cancel.clone(),
        deadline: None,
    };
    let (started, starts) = std::sync::mpsc::channel();
    let canceller = std::thread::spawn(move || {
        starts.recv().unwrap();
        cancel.cancel();
    });
    let error = runtime::run::<(), _>(&wait, async move {
        started.send(()).unwrap();
        let prepared = session.prepare("SELECT count(*) FROM numbers".to_owned()).await?;
        prepared.execute(vec![]).await?.next().await?;
        Ok(())
    })
    .unwrap_err();
    assert_eq!(error.kind(), Kind::Cancelled);
    canceller.join().unwrap();
}

#[test]
fn whatever_changes_something_is_refused() {
    for sql in [
        "INSERT INTO people VALUES (1)",
        "UPDATE people SET age = 1",
        "DELETE FROM people",
        "DROP TABLE people",
        "CREATE TABLE t (a int)",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "COPY people TO '/tmp/x.csv'",
        "SELECT * INTO t FROM people",
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
    let session = Session::new(Options {
        source: None,
        oauth: None,
        row_scan_depth: 100,
    })
    .unwrap();
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

#[test]
fn rows_in_memory_are_rows() {
    let batch = RecordBatch::try_from_iter([("a", Arc::new(StringArray::from(vec!["x"])) as _)]).unwrap();
    let next = runtime::run(&wait(), Rows::of(batch.clone()).next()).unwrap();
    let (first, rest) = next.unwrap();
    assert_eq!(first, batch);
    assert!(runtime::run(&wait(), rest.next()).unwrap().is_none());
    let empty = Rows::of(batch.slice(0, 0));
    assert_eq!(empty.schema(), batch.schema());
    assert!(runtime::run(&wait(), empty.next()).unwrap().is_none());
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
