//! How documents are listed, sampled and read.

use super::*;

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
    let documents = DocumentOptions {
        row_scan_depth: 100,
        tolerance: Duration::from_secs(3600),
        ..DocumentOptions::default()
    };
    let (session, source) = session_with(Fake::people(), documents);
    for _ in 0..3 {
        answer(&session, "SELECT id FROM people", vec![]).unwrap();
    }
    assert_eq!(source.listings.load(Ordering::SeqCst), 1);
}

#[test]
fn connecting_and_listing_tables_costs_no_request() {
    let (session, source) = session_over(Fake::people());
    let mut tables = runtime::run(&wait(), session.clone().tables()).unwrap();
    tables.retain(|table| table.kind != SYSTEM_TABLE);
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
fn a_stalled_download_can_be_cancelled() {
    let mut source = numbers(1_000, 1_000_000);
    source.stalls = true;
    let documents = DocumentOptions {
        row_scan_depth: 10,
        ..DocumentOptions::default()
    };
    let (session, _) = session_with(source, documents);
    let cancel = CancellationToken::new();
    let wait = Wait {
        cancel: cancel.clone(),
        ..Wait::default()
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
fn what_a_listing_tells_is_told_once_a_statement() {
    let source = Fake {
        warnings: vec!["1 file was left out".to_owned()],
        ..Fake::people()
    };
    let session = session_over(source).0;
    for sql in [
        "SELECT name FROM people",
        "SELECT a.name FROM people a JOIN people b ON a.name = b.name",
    ] {
        let session = session.clone();
        let told = runtime::run(&wait(), async move {
            let mut rows = session.prepare(sql.to_owned()).await?.execute(vec![]).await?;
            let mut told = rows.warnings();
            while let Some((_, rest)) = rows.next().await? {
                told.extend(rest.warnings());
                rows = rest;
            }
            Ok(told)
        });
        let told: Vec<_> = told.unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["1 file was left out"], "{sql}");
    }
}
