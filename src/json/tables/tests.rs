//! The models over the documents that users know from elsewhere.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::arrow::record_batch::RecordBatch;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::json::path::JsonPath;
use crate::json::{Block, Decoder, Frame};

const PEOPLE: &[&str] = &[
    r#"{"personal":{"age":20,"name":{"first":"Ada"}},"source":"web","vehicles":[
        {"type":"car","insurance":{"company":"A"},"maintenance":[{"date":"2024-01-01","desc":"oil"},{"date":"2024-02-01","desc":"tyres"}]},
        {"type":"truck","source":"dealer","maintenance":[]}],"addresses":[{"zip":"1"},{"zip":"2"}]}"#,
    r#"{"personal":{"age":24,"name":{"first":"Bob"}},"source":"call","vehicles":[]}"#,
];

fn model(data_model: DataModel) -> Model {
    Model {
        data_model,
        ..Model::default()
    }
}

fn learnt(model: &Model, frame: Frame, records: &[&str]) -> Inference {
    let mut inference = Inference::new(frame, model.clone());
    for record in records {
        inference.learn(record.as_bytes()).unwrap();
    }
    inference
}

/// The tables of records that are found at `$.people`.
fn made(model: &Model, records: &[&str]) -> Vec<Table> {
    let frame = match model.frames().unwrap() {
        Some(frames) => frames.into_iter().next().unwrap(),
        None => model.found(JsonPath::parse("$.people").unwrap()),
    };
    tables(&[learnt(model, frame, records)], "document")
}

fn names(table: &Table) -> Vec<String> {
    let fields = table.schema.arrow.fields().iter();
    fields.map(|field| field.name().clone()).collect()
}

fn batch(schema: &TableSchema, records: &[&str]) -> RecordBatch {
    let all: Vec<_> = (0..schema.arrow.fields().len()).collect();
    let mut decoder = Decoder::new(schema, &all);
    decoder.begin(1, "");
    for (number, record) in (1..).zip(records) {
        let pushed = decoder.push(record.as_bytes());
        pushed
            .map_err(|failure| failure.of("people.json", number, &Block::default(), 0))
            .unwrap();
    }
    assert_eq!(decoder.take_unknown().names, Vec::<String>::new());
    decoder.flush().unwrap()
}

/// The rows of a table as text, with `-` for NULL.
fn rows(table: &Table, records: &[&str]) -> Vec<String> {
    let batch = batch(&table.schema, records);
    let columns: Vec<_> = batch
        .columns()
        .iter()
        .map(|column| cast(column, &DataType::Utf8).unwrap())
        .collect();
    let cell = |column: usize, row: usize| {
        let texts = columns[column].as_string::<i32>();
        if columns[column].is_null(row) {
            "-"
        } else {
            texts.value(row)
        }
    };
    let row = |row| {
        (0..columns.len())
            .map(|column| cell(column, row))
            .collect::<Vec<_>>()
            .join(" ")
    };
    (0..batch.num_rows()).map(row).collect()
}

#[test]
fn a_value_beside_rows_of_the_same_place_is_kept() {
    let model = Model {
        data_model: DataModel::Relational,
        ..Model::default()
    };
    let records = [r#"{"v":[{"a":1}]}"#, r#"{"v":{"a":2}}"#, r#"{"v":3}"#];
    let mut inference = Inference::new(model.found(JsonPath::default()), model.clone());
    for record in records {
        inference.learn(record.as_bytes()).unwrap();
    }
    let tables = tables(&[inference], "people");
    let schema = &tables.iter().find(|table| table.name == "people").unwrap().schema;
    let names: Vec<_> = schema
        .arrow
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    assert_eq!(names, ["_id", "v", "v.a"]);
    let mut decoder = Decoder::new(schema, &[1, 2]);
    for record in records {
        decoder.push(record.as_bytes()).unwrap();
    }
    let batch = decoder.flush().unwrap();
    let column = |at: usize| batch.column(at).as_primitive::<Int64Type>().iter().collect::<Vec<_>>();
    assert_eq!(column(0), [None, None, Some(3)]);
    assert_eq!(column(1), [None, Some(2), None]);
    let schema = &tables.iter().find(|table| table.name == "v").unwrap().schema;
    let mut decoder = Decoder::new(schema, &[2]);
    for record in records {
        decoder.push(record.as_bytes()).unwrap();
    }
    let batch = decoder.flush().unwrap();
    assert_eq!(
        batch.column(0).as_primitive::<Int64Type>().iter().collect::<Vec<_>>(),
        [Some(1)]
    );
}

#[test]
fn a_table_tells_of_the_members_of_its_own_rows_alone() {
    let model = Model {
        data_model: DataModel::Relational,
        ..Model::default()
    };
    let many: String = (0..2000).map(|number| format!("\"m{number}\":1,")).collect();
    for others in ["", &many] {
        let record = format!(r#"{{{others}"id":1,"cars":[{{"type":"a"}}],"pets":[{{"name":"b"}}]}}"#);
        let later = format!(r#"{{{others}"id":1,"new":1,"cars":[{{"type":"a","late":1}}]}}"#);
        let mut inference = Inference::new(model.found(JsonPath::default()), model.clone());
        inference.learn(record.as_bytes()).unwrap();
        let tables = tables(&[inference], "people");
        for (name, unknown) in [("people", "new"), ("cars", "late")] {
            let table = tables.iter().find(|table| table.name == name).unwrap();
            let all: Vec<_> = (0..table.schema.arrow.fields().len()).collect();
            let mut decoder = Decoder::new(&table.schema, &all);
            decoder.push(record.as_bytes()).unwrap();
            assert_eq!(decoder.take_unknown().names, Vec::<String>::new());
            decoder.push(later.as_bytes()).unwrap();
            assert_eq!(decoder.take_unknown().names, [unknown]);
            assert_eq!(decoder.flush().unwrap().num_rows(), 2);
        }
    }
}

#[test]
fn document_keeps_arrays_as_json() {
    let tables = made(&model(DataModel::Document), PEOPLE);
    assert_eq!(tables.len(), 1);
    assert_eq!(tables[0].name, "people");
    let columns = ["personal.age", "personal.name.first", "source", "vehicles", "addresses"];
    assert_eq!(names(&tables[0]), columns);
    assert!(rows(&tables[0], PEOPLE)[0].ends_with(r#"[{"zip":"1"},{"zip":"2"}]"#));
}

#[test]
fn relational_makes_a_table_of_every_array_of_objects() {
    let tables = made(&model(DataModel::Relational), PEOPLE);
    let shown: Vec<_> = tables
        .iter()
        .map(|table| (table.name.as_str(), names(table).join(" ")))
        .collect();
    assert_eq!(
        shown,
        [
            ("people", "_id personal.age personal.name.first source".to_owned()),
            ("vehicles", "_id people_id type insurance.company source".to_owned()),
            ("maintenance", "_id vehicles_id date desc".to_owned()),
            ("addresses", "_id people_id zip".to_owned()),
        ]
    );
    assert_eq!(tables[2].key.as_deref(), Some("_id"));
    assert_eq!(
        tables[2].parent,
        Some(("vehicles_id".to_owned(), "vehicles".to_owned()))
    );
    assert_eq!(rows(&tables[0], PEOPLE), ["1 20 Ada web", "2 24 Bob call"]);
    assert_eq!(rows(&tables[1], PEOPLE), ["1.1 1 car A -", "1.2 1 truck - dealer"]);
    assert_eq!(
        rows(&tables[2], PEOPLE),
        ["1.1.1 1.1 2024-01-01 oil", "1.1.2 1.1 2024-02-01 tyres"]
    );
    assert_eq!(rows(&tables[3], PEOPLE), ["1.1 1 1", "1.2 1 2"]);
}

#[test]
fn flattened_documents_join_what_lies_in_a_row_and_cross_what_lies_side_by_side() {
    let tables = made(&model(DataModel::FlattenedDocuments), PEOPLE);
    assert_eq!(tables.len(), 1);
    let columns = [
        "personal.age",
        "personal.name.first",
        "source",
        "type",
        "insurance.company",
        "vehicles.source",
        "date",
        "desc",
        "zip",
    ];
    assert_eq!(names(&tables[0]), columns);
    assert_eq!(
        rows(&tables[0], PEOPLE),
        [
            "20 Ada web car A - 2024-01-01 oil 1",
            "20 Ada web car A - 2024-01-01 oil 2",
            "20 Ada web car A - 2024-02-01 tyres 1",
            "20 Ada web car A - 2024-02-01 tyres 2",
            "20 Ada web truck - dealer - - 1",
            "20 Ada web truck - dealer - - 2",
            "24 Bob call - - - - - -",
        ]
    );
}

#[test]
fn paths_choose_which_arrays_are_rows() {
    let with = |data_model, paths: &[&str]| Model {
        paths: paths.iter().map(|path| JsonPath::parse(path).unwrap()).collect(),
        ..model(data_model)
    };
    let tables = made(
        &with(
            DataModel::Relational,
            &["$.people", "$.people[*].vehicles.maintenance[*]"],
        ),
        PEOPLE,
    );
    // An array on the way to another is rows, too.
    let shown: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(shown, ["people", "vehicles", "maintenance"]);
    let paths = ["$.people", "$.people.vehicles", "/people/vehicles/maintenance"];
    let tables = made(&with(DataModel::Relational, &paths), PEOPLE);
    let shown: Vec<_> = tables
        .iter()
        .map(|table| (table.name.as_str(), names(table).join(" ")))
        .collect();
    assert_eq!(shown[0].1, "_id personal.age personal.name.first source addresses");
    assert_eq!(shown[2], ("maintenance", "_id vehicles_id date desc".to_owned()));
    // What is no array where rows are asked for is a row by itself.
    let odd = [
        r#"{"vehicles":{"type":"bike"}}"#,
        r#"{"vehicles":"none"}"#,
        r#"{"vehicles":null}"#,
        r#"{"vehicles":[null]}"#,
    ];
    let tables = made(&with(DataModel::Relational, &["$.people", "$.people.vehicles"]), &odd);
    assert_eq!(names(&tables[1]), ["_id", "people_id", "type", "value"]);
    assert_eq!(rows(&tables[1], &odd), ["1.1 1 bike -", "2.1 2 - none", "4.1 4 - -"]);
    assert!(with(DataModel::Document, &["$.a", "$.b"]).frames().is_err());
    let frames = with(DataModel::Relational, &["$.b.c", "$.a", "$.b", "$.*.d"])
        .frames()
        .unwrap()
        .unwrap();
    let shown: Vec<_> = frames.iter().map(|frame| frame.path.to_string()).collect();
    assert_eq!(shown, ["$.a", "$.b", "$.*.d"]);
    let frames = with(DataModel::FlattenedDocuments, &["$.x.a", "$.x.b"])
        .frames()
        .unwrap()
        .unwrap();
    assert_eq!(frames[0].path.to_string(), "$.x");
}

#[test]
fn names_are_qualified_as_the_model_says() {
    let qualified = |qualification, data_model| {
        let model = Model {
            qualification,
            separator: "/".to_owned(),
            ..model(data_model)
        };
        let tables = made(&model, PEOPLE);
        names(tables.last().unwrap()).join(" ")
    };
    use Qualification::{Full, Parent};
    assert_eq!(qualified(Parent, DataModel::Relational), "_id people_id addresses/zip");
    assert_eq!(
        qualified(Full, DataModel::Relational),
        "_id people_id people/addresses/zip"
    );
    assert!(
        qualified(Full, DataModel::FlattenedDocuments)
            .contains("people/personal/name/first people/source people/vehicles/type")
    );
}

#[test]
fn objects_may_stay_whole_and_elements_become_columns() {
    let records = [
        r#"{"o":{"a":[1]},"c":[1,2],"e":[]}"#,
        r#"{"o":{},"c":[3,{"x":4},5,null]}"#,
    ];
    let whole = Model {
        flatten_objects: false,
        ..model(DataModel::Document)
    };
    let tables = made(&whole, &records);
    assert_eq!(names(&tables[0]), ["o", "c", "e"]);
    assert_eq!(
        rows(&tables[0], &records),
        [r#"{"a":[1]} [1,2] []"#, r#"{} [3,{"x":4},5,null] -"#]
    );
    let few = Model {
        flatten_arrays: 2,
        ..model(DataModel::Document)
    };
    let tables = made(&few, &records);
    // The whole array is a column where it has more elements.
    assert_eq!(names(&tables[0]), ["o.a.0", "c", "c.0", "c.1", "e", "o", "c.1.x"]);
    assert_eq!(
        rows(&tables[0], &records),
        ["1 [1,2] 1 2 [] - -", r#"- [3,{"x":4},5,null] 3 - - {} 4"#]
    );
    let all = Model {
        flatten_arrays: usize::MAX,
        ..model(DataModel::Document)
    };
    assert_eq!(
        names(&made(&all, &records)[0]),
        ["o.a.0", "c.0", "c.1", "e", "o", "c.1.x", "c.2", "c.3"]
    );
}

#[test]
fn names_that_are_taken_are_not_used_twice() {
    let records = [r#"{"_id":"x","items":[{"n":1,"_ID":2}],"back":{"items":[{"n":2}]},"ITEMS":[{"n":3}]}"#];
    let tables = made(&model(DataModel::Relational), &records);
    let shown: Vec<_> = tables
        .iter()
        .map(|table| (table.name.as_str(), table.key.clone().unwrap()))
        .collect();
    let expected = [
        ("people", "__id"),
        ("items", "__id"),
        ("back_items", "_id"),
        ("people_ITEMS", "_id"),
    ];
    assert_eq!(shown, expected.map(|(name, key)| (name, key.to_owned())));
}

#[test]
fn what_fails_or_comes_twice_leaves_no_rows_behind() {
    let tables = made(&model(DataModel::Relational), PEOPLE);
    let twice = [r#"{"vehicles":[{"type":"a","maintenance":[{"desc":"x"}]},{"type":"b"}],"vehicles":[{"type":"c"}]}"#];
    assert_eq!(rows(&tables[1], &twice), ["1.1 1 c - -"]);
    assert_eq!(rows(&tables[2], &twice), Vec::<String>::new());
    let all: Vec<_> = (0..4).collect();
    let mut decoder = Decoder::new(&tables[2].schema, &all);
    decoder.push(PEOPLE[0].as_bytes()).unwrap();
    decoder
        .push(br#"{"vehicles":[{"maintenance":[{"desc":"y"}]},{"maintenance":[{"date":7}]}]}"#)
        .unwrap_err();
    assert_eq!(decoder.len(), 2);
    decoder
        .push(br#"{"vehicles":[{"maintenance":[{"desc":"z"}]}]}"#)
        .unwrap();
    assert_eq!(decoder.flush().unwrap().num_rows(), 3);
}

#[test]
fn more_combinations_than_can_be_held_are_refused() {
    let array = format!("[{}]", vec![r#"{"x":1}"#; 2100].join(","));
    let record = format!(r#"{{"a":{array},"b":{array}}}"#);
    let tables = made(&model(DataModel::FlattenedDocuments), &[&record]);
    let mut decoder = Decoder::new(&tables[0].schema, &[0]);
    let error = decoder
        .push(record.as_bytes())
        .unwrap_err()
        .of("people.json", 1, &Block::default(), 0);
    assert_eq!(error.kind(), crate::error::Kind::Memory);
    assert!(error.message().contains("JSONPath"), "{error}");
    decoder.push(b"{}").unwrap();
    assert_eq!(decoder.flush().unwrap().num_rows(), 1);
}

fn record() -> impl Strategy<Value = Value> {
    let leaf = (0..100_i32).prop_map(|number| json!({ "n": number }));
    leaf.prop_recursive(4, 40, 4, |inner| {
        (
            0..100_i32,
            prop::collection::vec(inner.clone(), 0..4),
            prop::collection::vec(inner, 0..3),
        )
            .prop_map(|(number, a, b)| json!({ "n": number, "a": a, "b": b }))
    })
}

/// The numbers on each way from a record to the objects at `path`, by the plain reading of a tree.
fn reached(record: &Value, path: &[&str]) -> Vec<i64> {
    match path.split_first() {
        None => vec![record["n"].as_i64().unwrap()],
        Some((name, rest)) => {
            let elements = record[name].as_array().into_iter().flatten();
            elements.flat_map(|element| reached(element, rest)).collect()
        }
    }
}

/// How many combinations the rows in a record make.
fn combinations(record: &Value) -> usize {
    let side = |name: &str| {
        let elements = record[name].as_array().into_iter().flatten();
        elements.map(combinations).sum::<usize>().max(1)
    };
    side("a") * side("b")
}

proptest! {
    #[test]
    fn random_records_make_the_rows_their_trees_have(records in prop::collection::vec(record(), 1..4)) {
        let texts: Vec<_> = records.iter().map(Value::to_string).collect();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        for table in made(&model(DataModel::Relational), &texts) {
            let batch = batch(&table.schema, &texts);
            let keys = batch.column(0).as_string::<i32>();
            let depth = if batch.num_rows() == 0 { 0 } else { keys.value(0).matches('.').count() };
            prop_assert!((0..batch.num_rows()).all(|row| keys.value(row).matches('.').count() == depth));
            let distinct: std::collections::HashSet<_> = (0..batch.num_rows()).map(|row| keys.value(row)).collect();
            prop_assert_eq!(distinct.len(), batch.num_rows());
        }
        for path in [&["a"][..], &["b"], &["a", "b"], &["b", "a", "a"]] {
            let model = Model {
                paths: (0..=path.len()).map(|to| {
                    let names = ["people"].into_iter().chain(path[..to].iter().copied());
                    JsonPath::parse(&names.collect::<Vec<_>>().join(".")).unwrap()
                }).collect(),
                ..model(DataModel::Relational)
            };
            let tables = made(&model, &texts);
            let expected: Vec<_> = records.iter().flat_map(|record| reached(record, path)).collect();
            let found = match tables.get(path.len()) {
                Some(table) => rows(table, &texts).iter().map(|row| row.split(' ').nth(2).unwrap().parse::<i64>().unwrap()).collect(),
                None => Vec::new(),
            };
            prop_assert_eq!(found, expected);
        }
        let flattened = made(&model(DataModel::FlattenedDocuments), &texts);
        let count: usize = records.iter().map(combinations).sum();
        prop_assert_eq!(batch(&flattened[0].schema, &texts).num_rows(), count);
    }
}
