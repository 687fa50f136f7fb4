//! Places that statements name themselves.

use super::*;
use crate::engine::Places;

/// Two places, and what was asked for.
#[derive(Debug, Default)]
struct Two {
    asked: Mutex<Vec<String>>,
    people: Arc<Fake>,
    numbers: Arc<Fake>,
}

impl Places for Two {
    fn open(&self, uri: &str, options: &[(String, String)]) -> Result<(Arc<dyn Source>, DocumentOptions)> {
        self.asked.lock().push(format!("{uri} {options:?}"));
        let documents = DocumentOptions {
            row_scan_depth: options.first().map_or(100, |(_, value)| value.parse().unwrap()),
            ..DocumentOptions::default()
        };
        match uri {
            "box://people.json" => Ok((self.people.clone(), documents)),
            "box://n/*.json" => Ok((self.numbers.clone(), documents)),
            _ => Err(Error::new(Kind::Property, format!("Nothing is known about {uri}"))),
        }
    }
}

fn two() -> (Arc<Session>, Arc<Two>) {
    let places = Arc::new(Two {
        people: Arc::new(Fake::people()),
        numbers: Arc::new(Fake::of(
            "n",
            &[("1.json", "{\"id\": 1, \"tags\": [7]} {\"id\": 2.5, \"tags\": []}")],
        )),
        ..Two::default()
    });
    let own = Arc::new(Fake::of("own", &[("own.json", "{\"id\": 2}")]));
    let options = Options {
        places: Some(places.clone()),
        ..options(own, DocumentOptions::default())
    };
    (Session::new(options), places)
}

#[test]
fn a_place_stands_where_a_table_may_stand() {
    let (session, _) = two();
    let over = |sql: &str| {
        answer(&session, sql, vec![])
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
            .1
    };
    for sql in [
        "SELECT name FROM \"box://people.json\" WHERE id = 2",
        "SELECT people.Name FROM [box://people.json] WHERE people.id = 2",
        "SELECT name FROM 'box://people.json' WHERE id = 2",
        "SELECT p.name FROM read_json('box://people.json') AS p WHERE p.id = 2",
        "SELECT name FROM READ_JSON('box://people.json', RowScanDepth => 2) WHERE id = 2",
        "SELECT people.name FROM own JOIN \"box://people.json\" ON own.id = people.id",
        "SELECT name FROM (SELECT * FROM [box://people.json]) AS t WHERE t.id IN (SELECT id FROM own)",
        "WITH t AS (SELECT * FROM [box://people.json]) SELECT name FROM t JOIN own USING (id)",
    ] {
        assert_eq!(over(sql), [["Grace"]], "{sql}");
    }
    assert_eq!(
        over(
            "SELECT a.name, n.[tags.0] FROM [box://people.json] a JOIN [box://people.json] b ON a.id = b.id JOIN [box://n/*.json] n ON n.id = a.id"
        ),
        [["Ada", "7"]]
    );
    assert_eq!(
        over("SELECT _file_name FROM [box://n/*.json] WHERE id = 1"),
        [["1.json"]]
    );
    assert_eq!(
        over("SELECT t.tag FROM [box://people.json] CROSS JOIN UNNEST(tags) AS t(tag)"),
        [["a"], ["b"]]
    );
    assert!(over("EXPLAIN SELECT * FROM [box://people.json]").len() > 1);
}

#[test]
fn options_belong_to_their_place() {
    let (session, places) = two();
    let types = |sql: &'static str| {
        let session = session.clone();
        let schema = runtime::run(
            &wait(),
            async move { Ok(session.prepare(sql.to_owned()).await?.schema()) },
        );
        schema.unwrap().field(0).data_type().clone()
    };
    assert_eq!(
        types("SELECT id FROM read_json('box://n/*.json', RowScanDepth => 1)"),
        DataType::Int64
    );
    assert_eq!(
        types("SELECT id FROM read_json('box://n/*.json', RowScanDepth => 2)"),
        DataType::Float64
    );
    assert_eq!(types("SELECT id FROM [box://n/*.json]"), DataType::Float64);
    assert_eq!(
        types("SELECT id FROM read_json('box://n/*.json', RowScanDepth => 1)"),
        DataType::Int64
    );
    assert_eq!(
        *places.asked.lock(),
        [
            "box://n/*.json [(\"RowScanDepth\", \"1\")]",
            "box://n/*.json [(\"RowScanDepth\", \"2\")]",
            "box://n/*.json []"
        ]
    );
}

#[test]
fn a_statement_sees_a_place_as_it_is_when_it_runs() {
    let (session, places) = two();
    let run = session.clone();
    let values = runtime::run(&wait(), async move {
        let prepared = run.prepare("SELECT count(*) FROM [box://n/*.json]".to_owned()).await?;
        let more = ("2.json".to_owned(), vec![Bytes::from_static(b"{\"id\": 3}")]);
        places.numbers.documents.lock().push(more);
        let (batch, _) = prepared.execute(vec![]).await?.next().await?.unwrap();
        Ok(texts(&batch))
    });
    assert_eq!(values.unwrap(), [["3"]]);
}

#[test]
fn a_place_that_cannot_be_read_says_so() {
    let (session, _) = two();
    let error_of = |session: &Arc<Session>, sql: &str| match answer(session, sql, vec![]) {
        Err(error) => (error.kind(), error.message().to_owned()),
        Ok((_, rows)) => panic!("{sql} answered {rows:?}"),
    };
    assert_eq!(
        error_of(&session, "SELECT * FROM [box://else.json]"),
        (Kind::Property, "Nothing is known about box://else.json".to_owned())
    );
    for sql in [
        "SELECT * FROM read_json()",
        "SELECT * FROM read_json(?)",
        "SELECT * FROM read_json('box://people.json', 5)",
        "SELECT * FROM read_json('box://people.json', RowScanDepth => 1 + 1)",
    ] {
        let (kind, message) = error_of(&session, sql);
        assert_eq!(kind, Kind::Syntax, "{sql}");
        assert!(
            message.starts_with("read_json takes a constant text with a URI"),
            "{sql}: {message}"
        );
    }
    let (kind, message) = error_of(&people(), "SELECT * FROM [box://people.json]");
    assert_eq!(kind, Kind::TableNotFound);
    assert_eq!(
        message,
        "There is no table box://people.json, and no other place can be read here"
    );
}
