//! Decoded columns against a plain reading of the same documents.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::HashMap;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, Time64NanosecondType, TimeUnit,
    TimestampMicrosecondType, TimestampNanosecondType,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::json::{Inference, tables};

fn infer(records: &[String]) -> TableSchema {
    let mut inference = Inference::default();
    for record in records {
        inference.learn(record.as_bytes()).unwrap();
    }
    tables(&[inference], "people").remove(0).schema
}

fn decode(schema: &TableSchema, projection: &[usize], records: &[String]) -> Result<RecordBatch> {
    let mut decoder = Decoder::new(schema, projection);
    for (number, record) in (1..).zip(records) {
        decoder
            .push(record.as_bytes())
            .map_err(|failure| failure.of("people.json", number, &Block::default(), 0))?;
    }
    assert_eq!(decoder.len(), records.len());
    let batch = decoder.flush()?;
    assert!(decoder.is_empty());
    Ok(batch)
}

fn all(schema: &TableSchema) -> Vec<usize> {
    (0..schema.arrow.fields().len()).collect()
}

/// The cell as JSON: numbers, booleans and text as themselves, decimals as text, dates as days, times and timestamps in
/// their unit.
fn cell(batch: &RecordBatch, column: usize, row: usize) -> Value {
    let array = batch.column(column);
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => json!(array.as_boolean().value(row)),
        DataType::Int64 => json!(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => json!(array.as_primitive::<Float64Type>().value(row)),
        DataType::Date32 => json!(array.as_primitive::<Date32Type>().value(row)),
        DataType::Decimal128(..) => json!(array.as_primitive::<Decimal128Type>().value_as_string(row)),
        DataType::Time64(_) => json!(array.as_primitive::<Time64NanosecondType>().value(row)),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            json!(array.as_primitive::<TimestampNanosecondType>().value(row))
        }
        DataType::Timestamp(..) => json!(array.as_primitive::<TimestampMicrosecondType>().value(row)),
        _ => json!(array.as_string::<i32>().value(row)),
    }
}

fn rows(records: &[&str]) -> Vec<Value> {
    let records: Vec<_> = records.iter().map(|&record| record.to_owned()).collect();
    let schema = infer(&records);
    let batch = decode(&schema, &all(&schema), &records).unwrap();
    (0..batch.num_rows())
        .map(|row| {
            let cells = schema.arrow.fields().iter().enumerate();
            Value::Object(
                cells
                    .map(|(at, field)| (field.name().clone(), cell(&batch, at, row)))
                    .collect(),
            )
        })
        .collect()
}

#[test]
fn every_type_is_decoded() {
    assert_eq!(
        rows(&[
            r#"{"b":true,"i":1,"d":1,"day":"1970-01-02","t":"1970-01-01T01:00:00+01:00","s":"é","n":[1, {"x" : 2}]}"#,
            r#"{"s":"\u0000","n":null,"t":"1970-01-02T00:00:00Z","d":0.1}"#,
        ]),
        [
            json!({"b": true, "i": 1, "d": 1.0, "day": 1, "t": 0, "s": "é", "n": r#"[1,{"x":2}]"#}),
            json!({"b": null, "i": null, "d": 0.1, "day": null, "t": 86_400_000_000_i64, "s": "\0", "n": null}),
        ]
    );
    assert_eq!(
        rows(&[
            r#"{"id":18446744073709551615,"price":0.12345678901234567890,"at":"00:00:01","t":"1970-01-01","u":"1970-01-01"}"#,
            r#"{"id":-7,"price":-1e3,"at":"23:59:59.0","t":"1970-01-01T00:00:01","u":"1970-01-01T00:00:00.0000011"}"#,
        ]),
        [
            json!({"id": "18446744073709551615", "price": "0.1234567890123456789", "at": 1_000_000_000, "t": 0, "u": 0}),
            json!({"id": "-7", "price": "-1000.0000000000000000000", "at": 86_399_000_000_000_i64, "t": 1_000_000, "u": 1_100}),
        ]
    );
}

#[test]
fn mixed_kinds_keep_their_spelling_as_text() {
    assert_eq!(
        rows(&[
            r#"{"a":1.50}"#,
            r#"{"a":true}"#,
            r#"{"a":"x"}"#,
            r#"{"a":{"b":2}}"#,
            r#"{"a":{}}"#,
            r#"{"a":[ ]}"#
        ]),
        [
            json!({"a": "1.50", "a.b": null}),
            json!({"a": "true", "a.b": null}),
            json!({"a": "x", "a.b": null}),
            json!({"a": null, "a.b": 2}),
            json!({"a": "{}", "a.b": null}),
            json!({"a": "[]", "a.b": null}),
        ]
    );
}

#[test]
fn records_that_are_no_objects_are_values() {
    assert_eq!(
        rows(&["1", "null", "2"]),
        [json!({"value": 1}), json!({"value": null}), json!({"value": 2})]
    );
    assert_eq!(rows(&["[1, 2]"]), [json!({"value": "[1,2]"})]);
    assert_eq!(
        rows(&["1", r#"{"a":2}"#]),
        [json!({"value": 1, "a": null}), json!({"value": null, "a": 2})]
    );
}

#[test]
fn the_last_of_equal_members_counts() {
    assert_eq!(
        rows(&[
            r#"{"a":1,"a":2,"s":"long text","s":"b"}"#,
            r#"{"a":1,"a":null}"#,
            r#"{"o":{"x":1,"y":2},"o":{"x":3}}"#,
            r#"{"o":{"x":1},"o":[7]}"#,
        ]),
        [
            json!({"a": 2, "s": "b", "o.x": null, "o.y": null, "o": null}),
            json!({"a": null, "s": null, "o.x": null, "o.y": null, "o": null}),
            json!({"a": null, "s": null, "o.x": 3, "o.y": null, "o": null}),
            json!({"a": null, "s": null, "o.x": null, "o.y": null, "o": "[7]"}),
        ]
    );
}

#[test]
fn names_with_dots_share_the_column_of_the_path() {
    assert_eq!(
        rows(&[r#"{"a.b":1}"#, r#"{"a":{"b":2}}"#]),
        [json!({"a.b": 1}), json!({"a.b": 2})]
    );
}

#[test]
fn only_wanted_columns_are_built_in_the_order_wanted() {
    let records = [r#"{"a":1,"b":{"c":2,"d":3},"e":4}"#.to_owned()];
    let schema = infer(&records);
    let batch = decode(&schema, &[3, 1, 3], &records).unwrap();
    let names: Vec<_> = batch
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    assert_eq!(names, ["e", "b.c", "e"]);
    let cells: Vec<_> = (0..3).map(|column| cell(&batch, column, 0)).collect();
    assert_eq!(cells, [json!(4), json!(2), json!(4)]);
}

#[test]
fn no_column_at_all_still_counts_and_checks_records() {
    let records = [r#"{"a":1}"#.to_owned(), "{}".to_owned(), "7".to_owned()];
    let schema = infer(&records);
    let batch = decode(&schema, &[], &records).unwrap();
    assert_eq!((batch.num_columns(), batch.num_rows()), (0, 3));
    let error = decode(&schema, &[], &[r#"{"a":[}"#.to_owned()]).unwrap_err();
    assert_eq!(error.kind(), Kind::Document);
}

#[test]
fn a_value_that_does_not_fit_is_an_error_that_names_it() {
    let sampled = [concat!(
        r#"{"p":{"age":1},"d":1.5,"day":"2024-01-01","ok":true,"t":"2024-01-01T00:00:00Z","local":"2024-01-01 00:00","#,
        r#""fine":"2024-01-01T00:00:00.1234567Z","id":18446744073709551615,"price":0.33333333333333333333,"at":"10:00:00"}"#,
    )
    .to_owned()];
    let schema = infer(&sampled);
    for (late, column, value, type_name) in [
        (r#"{"p":{"age":"old"}}"#, "p.age", "'old'", "bigint"),
        (r#"{"p":{"age":1.5}}"#, "p.age", "1.5", "bigint"),
        (
            r#"{"p":{"age":9223372036854775808}}"#,
            "p.age",
            "9223372036854775808",
            "bigint",
        ),
        (r#"{"p":{"age":{}}}"#, "p.age", "{}", "bigint"),
        (r#"{"d":9007199254740993}"#, "d", "9007199254740993", "double"),
        (r#"{"d":[1,2]}"#, "d", "[1,2]", "double"),
        (r#"{"d":1234567890123.4567}"#, "d", "1234567890123.4567", "double"),
        (r#"{"id":0.5}"#, "id", "0.5", "decimal"),
        (r#"{"price":1e18}"#, "price", "1e18", "decimal"),
        (r#"{"price":"1"}"#, "price", "'1'", "decimal"),
        (r#"{"at":"10:00:00.5"}"#, "at", "'10:00:00.5'", "time"),
        (r#"{"at":"2024-01-01"}"#, "at", "'2024-01-01'", "time"),
        (
            r#"{"t":"2024-01-01T00:00:00"}"#,
            "t",
            "'2024-01-01T00:00:00'",
            "timestamp",
        ),
        (r#"{"t":"2024-01-01"}"#, "t", "'2024-01-01'", "timestamp"),
        (
            r#"{"t":"2024-01-01T00:00:00.1234567Z"}"#,
            "t",
            "'2024-01-01T00:00:00.1234567Z'",
            "timestamp",
        ),
        (
            r#"{"local":"2024-01-01T00:00:00Z"}"#,
            "local",
            "'2024-01-01T00:00:00Z'",
            "timestamp",
        ),
        (
            r#"{"fine":"9999-12-31T00:00:00Z"}"#,
            "fine",
            "'9999-12-31T00:00:00Z'",
            "timestamp",
        ),
        (
            r#"{"day":"2024-01-01T00:00:00Z"}"#,
            "day",
            "'2024-01-01T00:00:00Z'",
            "date",
        ),
        (r#"{"t":"soon"}"#, "t", "'soon'", "timestamp"),
        (r#"{"ok":1}"#, "ok", "1", "boolean"),
    ] {
        let mut decoder = Decoder::new(&schema, &all(&schema));
        decoder.push(sampled[0].as_bytes()).unwrap();
        let error = decoder
            .push(late.as_bytes())
            .unwrap_err()
            .of("people.json", 2, &Block::default(), 0);
        assert_eq!(error.kind(), Kind::Conversion, "{late}");
        let start = format!("people.json, record 2, column \"{column}\": {value} does not fit {type_name}, ");
        assert!(error.message().starts_with(&start), "{error}");
        assert!(error.message().contains("RowScanDepth=0"), "{error}");
        // The record left nothing behind.
        decoder.push(b"{}").unwrap();
        let batch = decoder.flush().unwrap();
        assert_eq!(batch.num_rows(), 2);
        assert!((0..batch.num_columns()).all(|column| cell(&batch, column, 1) == Value::Null));
    }
}

#[test]
fn a_value_that_equals_one_of_the_type_fits() {
    let schema = infer(&[r#"{"i":1,"d":1.5,"id":18446744073709551615,"t":"2024-01-01 00:00"}"#.to_owned()]);
    let record = r#"{"i":2e3,"d":-7,"id":2.50e1,"t":"1970-01-02"}"#.to_owned();
    let batch = decode(&schema, &all(&schema), &[record]).unwrap();
    let cells: Vec<_> = (0..4).map(|column| cell(&batch, column, 0)).collect();
    assert_eq!(
        cells,
        [json!(2000), json!(-7.0), json!("25"), json!(86_400_000_000_i64)]
    );
}

#[test]
fn text_that_cannot_be_text_is_an_error() {
    let schema = infer(&[r#"{"s":"x"}"#.to_owned()]);
    for record in [
        &b"{\"s\":\"\\ud800\"}"[..],
        b"{\"s\":\"\xFF\"}",
        b"{\"s\":\"x\"",
        b"{\"s\":\"x\"} x",
    ] {
        let error = Decoder::new(&schema, &[0])
            .push(record)
            .unwrap_err()
            .of("people.json", 1, &Block::default(), 0);
        assert_eq!(error.kind(), Kind::Document);
        assert!(error.message().starts_with("people.json, line 1, column "), "{error}");
    }
}

#[test]
fn members_the_schema_does_not_know_are_told() {
    let schema = infer(&[r#"{"a":1,"o":{"x":1},"skipped":{"y":1}}"#.to_owned()]);
    let mut decoder = Decoder::new(&schema, &[0, 1]);
    decoder.push(br#"{"a":1,"o":{"x":2},"skipped":{"z":1}}"#).unwrap();
    assert_eq!(decoder.take_unknown(), UnknownColumns::default());
    decoder.push(br#"{"b":1,"c":null,"o":{"new":[1]}}"#).unwrap();
    decoder.push(br#"{"b":{"deep":1},"o":"scalar"}"#).unwrap();
    decoder.push(br#"7"#).unwrap();
    let unknown = decoder.take_unknown();
    assert_eq!(unknown.names, ["b", "o.new", "o", "value"]);
    assert_eq!(unknown.values, 5);
}

#[test]
fn batches_follow_each_other() {
    let schema = infer(&[r#"{"s":"x"}"#.to_owned()]);
    let mut decoder = Decoder::new(&schema, &[0]);
    for texts in [["a", "bb"], ["ccc", ""]] {
        for text in texts {
            decoder.push(json!({ "s": text }).to_string().as_bytes()).unwrap();
        }
        assert_eq!(decoder.text_bytes(), 3);
        let batch = decoder.flush().unwrap();
        assert_eq!(
            [cell(&batch, 0, 0), cell(&batch, 0, 1)],
            [json!(texts[0]), json!(texts[1])]
        );
    }
    assert_eq!(decoder.flush().unwrap().num_rows(), 0);
}

/// That a column of records like the one that was sampled is what a tree has at `pointer`, and that none is read of the bad ones.
fn leaps_rightly(sampled: &str, column: &str, pointer: &str, good: &[&str], bad: &[&str]) {
    let sampled = sampled.to_owned();
    let schema = infer(std::slice::from_ref(&sampled));
    let place = schema.arrow.index_of(column).unwrap();
    let read = |record: &str| decode(&schema, &[place], &[sampled.clone(), record.to_owned()]);
    for record in good {
        let tree: Value = serde_json::from_str(record).unwrap();
        let expected = tree.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(cell(&read(record).unwrap(), 0, 1), expected, "{record}");
    }
    for record in bad {
        assert_eq!(read(record).unwrap_err().kind(), Kind::Document, "{record}");
    }
}

#[test]
fn leaping_to_a_member_finds_the_last_of_its_name() {
    leaps_rightly(
        r#"{"a":1,"b":{"c":1},"c":2,"d":[1],"e":"x"}"#,
        "c",
        "/c",
        &[
            r#"{"a":1,"b":{"c":1},"c":3,"d":[1],"e":"x"}"#,
            r#"{ "a" : 1 , "c"	:
 3 , "e" : "x" }"#,
            r#"{"b":{"c":9},"e":"\"c\":7,\"c\":8"}"#,
            r#"{"c":1,"d":[{"c":9}],"c":3}"#,
            r#"{"e":"x","c":3,"a":1}"#,
            r#"{"a":1,"\u0063":3}"#,
            r#"{"a":1,"c":3,"new":{"c":9}}"#,
            r#"{"a":1,"c":null,"\"c":9}"#,
            "{}",
        ],
        &[
            r#"{"a":1 "c":2}"#,
            r#"{"a":1,"c":2 3}"#,
            r#"{"a":1,"c":2,}"#,
            r#"{,"a":1,"c":2}"#,
            r#"{"a":1,"c":2}}"#,
            r#"{"a":1,"c":2"#,
            r#"{"a":1,c:2}"#,
            r#"{"a":[1,"c":2}"#,
        ],
    );
}

#[test]
fn leaping_to_a_member_of_a_member_finds_the_last_of_its_name() {
    leaps_rightly(
        r#"{"a":1,"b":{"a":"x","c":2,"d":{"c":1}},"c":2,"d":[{"c":1}],"e":"x"}"#,
        "b.c",
        "/b/c",
        &[
            r#"{"a":1,"b":{"a":"x","c":3,"d":{"c":1}},"c":2,"d":[{"c":1}],"e":"x"}"#,
            r#"{ "a" : 1 , "b" : { "a" : "x" , "c" : 3 , "d" : { "c" : 1 } } , "d" : [ { "c" : 1 } ] }"#,
            r#"{"b":{"c":3},"c":2,"d":[[{"c":5},{"b":{"c":7}}]]}"#,
            r#"{"b":{"c":1,"c":3},"e":"x"}"#,
            r#"{"b":{"c":1},"b":{"c":3}}"#,
            r#"{"b":{"c":1},"\u0062":{"d":{"c":4}}}"#,
            r#"{"b":{"d":{"c":4},"c":3}}"#,
            r#"{"b":{"\u0063":3}}"#,
            r#"{"b":{"c":3,"new":{"c":9}},"c":1}"#,
            r#"{"b":{"a":"\"c\":1","c":null,"d":{"c":7}}}"#,
            r#"{"b":{}}"#,
            r#"{"b":null,"c":{"c":7}}"#,
            r#"{"c":{"c":7}}"#,
        ],
        &[
            r#"{"b":{"a":"x" "c":2}}"#,
            r#"{"b":{"c":2 3}}"#,
            r#"{"b":{"c":2,}}"#,
            r#"{"b":{"c":2},}"#,
            r#"{"b":{"c":2} 3}"#,
            r#"{"b":{,"c":2}}"#,
            r#"{"b":{"c":2}"#,
            r#"{"b":{c:2}}"#,
            r#"{"b":{"d":[1,"c":2}}"#,
        ],
    );
}

/// What the columns of a record are, by the plain reading of a tree.
fn flatten(path: &str, value: &Value, cells: &mut HashMap<String, Value>) {
    match value {
        Value::Object(members) if !members.is_empty() || path.is_empty() => {
            for (key, value) in members {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                flatten(&path, value, cells);
            }
        }
        Value::Null => {}
        _ => {
            let name = if path.is_empty() { "value" } else { path };
            cells.insert(name.to_owned(), value.clone());
        }
    }
}

fn as_text(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text),
        other => json!(other.to_string()),
    }
}

/// A number without the zeros at the end of its fraction.
fn without_zeros(number: &str) -> &str {
    match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1000..1000).prop_map(|eighths| (f64::from(eighths) / 8.0).into()),
        "[a-zé\"\\\\\n]{0,4}".prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Into::into),
            prop::collection::vec(("[a-c]", inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn random_documents_decode_as_their_trees_read(records in prop::collection::vec(value(), 0..6), pretty in any::<bool>()) {
        let texts: Vec<_> = records
            .iter()
            .map(|record| if pretty { serde_json::to_string_pretty(record).unwrap() } else { record.to_string() })
            .collect();
        let schema = infer(&texts);
        let batch = decode(&schema, &all(&schema), &texts).unwrap();
        prop_assert_eq!(batch.num_rows(), records.len());
        for (row, record) in records.iter().enumerate() {
            let mut expected = HashMap::new();
            flatten("", record, &mut expected);
            for (at, field) in schema.arrow.fields().iter().enumerate() {
                let shown = cell(&batch, at, row);
                let shown = match (field.data_type(), &shown) {
                    (DataType::Decimal128(..), Value::String(text)) => json!(without_zeros(text)),
                    _ => shown,
                };
                let expected = match (expected.remove(field.name()), field.data_type()) {
                    (None, _) => Value::Null,
                    (Some(value), DataType::Utf8) => as_text(&value),
                    (Some(value), DataType::Float64) => json!(value.as_f64().unwrap()),
                    (Some(value), DataType::Decimal128(..)) => json!(without_zeros(&value.to_string())),
                    (Some(value), _) => value,
                };
                prop_assert_eq!(shown, expected, "row {} column {}", row, field.name());
            }
            prop_assert!(expected.is_empty(), "lost: {:?}", expected);
        }
    }

    #[test]
    fn a_column_alone_is_what_it_is_among_all(
        records in prop::collection::vec(prop::collection::vec(("[a-h]", value()), 0..8), 1..8), pretty in any::<bool>(),
    ) {
        let texts: Vec<_> = records
            .into_iter()
            .map(|members| Value::Object(members.into_iter().collect()))
            .map(|record| if pretty { serde_json::to_string_pretty(&record).unwrap() } else { record.to_string() })
            .collect();
        let schema = infer(&texts);
        let together = decode(&schema, &all(&schema), &texts).unwrap();
        for at in all(&schema) {
            let alone = decode(&schema, &[at], &texts).unwrap();
            prop_assert_eq!(alone.column(0), together.column(at));
        }
    }
}
