//! The widening table.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use datafusion::arrow::datatypes::{DataType, TimeUnit};

use super::super::schema::{TEXT_LENGTH, ZONED};
use super::*;
use crate::json::{TableSchema, tables};

fn infer(records: &[&str]) -> TableSchema {
    let mut inference = Inference::default();
    for record in records {
        inference.learn(record.as_bytes()).unwrap();
    }
    tables(&[inference], "people").remove(0).schema
}

/// The columns as `name type`, text with its length.
fn columns(records: &[&str]) -> Vec<String> {
    let schema = infer(records);
    let type_name = |field: &datafusion::arrow::datatypes::FieldRef| match field.data_type() {
        DataType::Boolean => "boolean".to_owned(),
        DataType::Int64 => "bigint".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Decimal128(38, scale) => format!("decimal {scale}"),
        DataType::Date32 => "date".to_owned(),
        DataType::Time64(TimeUnit::Nanosecond) => "time".to_owned(),
        DataType::Timestamp(unit, None) => {
            let zone = if field.metadata()[ZONED] == "true" {
                " in UTC"
            } else {
                ""
            };
            let unit = if *unit == TimeUnit::Nanosecond {
                " of nanoseconds"
            } else {
                ""
            };
            format!("timestamp{unit}{zone}")
        }
        DataType::Utf8 => format!("text {}", field.metadata()[TEXT_LENGTH]),
        other => panic!("{other}"),
    };
    assert!(schema.arrow.fields().iter().all(|field| field.is_nullable()));
    schema
        .arrow
        .fields()
        .iter()
        .map(|field| format!("{} {}", field.name(), type_name(field)))
        .collect()
}

#[test]
fn a_column_has_the_narrowest_type_that_holds_every_value_unchanged() {
    for (values, expected) in [
        (vec!["null"], "text 0"),
        (vec!["true", "null", "false"], "boolean"),
        (vec!["1", "-9223372036854775808"], "bigint"),
        (vec!["1", "1.5"], "double"),
        (vec!["1.5", "9007199254740992"], "double"),
        (vec!["1.5", "9007199254740993"], "decimal 1"),
        (vec!["1.5", "100000000000000000000"], "double"),
        (vec!["9223372036854775808"], "decimal 0"),
        (vec!["1", "9223372036854775808"], "decimal 0"),
        (vec!["18446744073709551615"], "decimal 0"),
        (vec!["99999999999999999999999999999999999999"], "decimal 0"),
        (vec!["100000000000000000000000000000000000000"], "text 39"),
        (vec!["18446744073709551615", "0.1"], "decimal 1"),
        (vec!["18446744073709551615", "1e-18"], "decimal 18"),
        (vec!["18446744073709551615", "1e-19"], "text 20"),
        (vec!["1234567890123.4567"], "decimal 4"),
        (vec!["0.33333333333333333333", "2.50"], "decimal 20"),
        (vec!["0.33333333333333333333", "1e30"], "text 22"),
        (vec!["1e400"], "text 5"),
        (vec!["1e-400"], "text 6"),
        (vec!["1e3"], "double"),
        (vec!["\"2024-02-29\""], "date"),
        (vec!["\"2024-02-29\"", "\"2024-02-29T10:00:00\""], "timestamp"),
        (
            vec!["\"2024-02-29T10:00:00Z\"", "\"2024-02-29T10:00:00+02:00\""],
            "timestamp in UTC",
        ),
        (vec!["\"2024-02-29\"", "\"2024-02-29T10:00:00Z\""], "text 20"),
        (vec!["\"2024-02-29T10:00:00\"", "\"2024-02-29T10:00:00Z\""], "text 20"),
        (vec!["\"2024-02-29 10:00\""], "timestamp"),
        (vec!["\"2024-02-29\"", "\"2023-02-29\""], "text 10"),
        (vec!["\"2024-02-29\"", "\"\""], "text 10"),
        (
            vec!["\"2024-02-29T10:00:00.1234567Z\""],
            "timestamp of nanoseconds in UTC",
        ),
        (
            vec!["\"2024-02-29\"", "\"2024-02-29T10:00:00.1234567\""],
            "timestamp of nanoseconds",
        ),
        (vec!["\"9999-12-31\"", "\"2024-02-29T10:00:00.1234567\""], "text 27"),
        (vec!["\"2024-02-29T10:00:00.1234567891Z\""], "text 31"),
        (vec!["\"12:30:15\"", "\"23:59:59.00\""], "time"),
        (vec!["\"12:30:15.5\""], "text 10"),
        (vec!["\"12:30:15\"", "\"2024-02-29\""], "text 10"),
        (vec!["\"12:30:15\"", "1"], "text 8"),
        (vec!["\"550e8400-e29b-41d4-a716-446655440000\""], "text 36"),
        (vec!["\"日本\\ud83d\\ude00\""], "text 3"),
        (vec!["1", "true"], "text 4"),
        (vec!["1", "\"a\""], "text 1"),
        (vec!["1", "\"2024-02-29\""], "text 10"),
        (vec!["true", "\"x\""], "text 4"),
        (vec!["[1, 2]"], "text 5"),
        (vec!["[]", "1"], "text 2"),
        (vec!["{}"], "text 2"),
        (vec!["{}", "1.50"], "text 4"),
    ] {
        let records: Vec<_> = values.iter().map(|value| format!("{{\"c\":{value}}}")).collect();
        let records: Vec<_> = records.iter().map(String::as_str).collect();
        assert_eq!(columns(&records), [format!("c {expected}")], "{values:?}");
        let backwards: Vec<_> = records.into_iter().rev().collect();
        assert_eq!(columns(&backwards), [format!("c {expected}")], "{values:?} backwards");
    }
}

/// The rows of docs/sql.md's table of types: what a value is, what becomes of a column of the values, which are given.
fn table_of_types() -> Vec<(String, Vec<String>)> {
    let page = include_str!("../../../docs/sql.md");
    let (_, table) = page
        .split_once("<!-- A test runs each row of this table. -->\n")
        .unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|')).skip(2);
    let code = |cell: &str| {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
        (code(cells[1]).concat(), code(cells[2]))
    })
    .collect()
}

#[test]
fn the_page_of_sql_tells_what_becomes_of_values() {
    let sql = |arrow: &DataType| match arrow {
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Int64 => "BIGINT".to_owned(),
        DataType::Float64 => "DOUBLE".to_owned(),
        DataType::Decimal128(digits, scale) => format!("DECIMAL({digits},{scale})"),
        DataType::Date32 => "DATE".to_owned(),
        DataType::Time64(_) => "TIME".to_owned(),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => "TIMESTAMP(9)".to_owned(),
        DataType::Timestamp(..) => "TIMESTAMP".to_owned(),
        _ => "VARCHAR".to_owned(),
    };
    let rows = table_of_types();
    assert!(rows.len() > 15, "{rows:?}");
    for (expected, values) in rows {
        assert!(!values.is_empty(), "{expected}");
        let records: Vec<_> = values.iter().map(|value| format!("{{\"c\":{value}}}")).collect();
        for records in [records.iter().collect::<Vec<_>>(), records.iter().rev().collect()] {
            let schema = infer(&records.iter().map(|record| record.as_str()).collect::<Vec<_>>());
            assert_eq!(sql(schema.arrow.field(0).data_type()), expected, "{values:?}");
            let mut decoder = crate::json::Decoder::new(&schema, &[0]);
            for record in records {
                decoder.push(record.as_bytes()).unwrap();
            }
            let nulls = values.iter().filter(|value| *value == "null").count();
            assert_eq!(decoder.flush().unwrap().column(0).null_count(), nulls, "{values:?}");
        }
    }
}

#[test]
fn columns_may_be_text_whatever_their_values() {
    let mut inference = Inference::new(
        Frame::default(),
        Model {
            untyped: true,
            ..Model::default()
        },
    );
    for record in [r#"{"a":1,"b":{"c":true}}"#, r#"{"a":22,"d":"2024-02-29"}"#] {
        inference.learn(record.as_bytes()).unwrap();
    }
    let fields = tables(&[inference], "people").remove(0).schema.arrow.fields().clone();
    let described: Vec<_> = fields
        .iter()
        .map(|field| (field.name().as_str(), field.metadata()[TEXT_LENGTH].as_str()))
        .collect();
    assert_eq!(described, [("a", "2"), ("b.c", "4"), ("d", "10")]);
    assert!(fields.iter().all(|field| *field.data_type() == DataType::Utf8));
}

#[test]
fn objects_are_flattened_and_nothing_beside_them_is_lost() {
    let table: [(&[&str], &[&str]); 12] = [
        (&[r#"{"a":{"b":1,"c":{"d":true}}}"#], &["a.b bigint", "a.c.d boolean"]),
        (&[r#"{"a":{"b":1}}"#, r#"{"a":7}"#], &["a.b bigint", "a bigint"]),
        (&[r#"{"a":"x"}"#, r#"{"a":{"b":1}}"#], &["a text 1", "a.b bigint"]),
        (&[r#"{"a":[1]}"#, r#"{"a":{"b":1}}"#], &["a text 3", "a.b bigint"]),
        (&[r#"{"a":{}}"#, r#"{"a":{"b":1}}"#], &["a text 2", "a.b bigint"]),
        (
            &[r#"{"a":null,"z":1}"#, r#"{"a":{"b":1}}"#],
            &["z bigint", "a.b bigint"],
        ),
        (&[r#"{"a":{"b":1}}"#, r#"{"a":null}"#], &["a.b bigint"]),
        (&[r#"{"a.b":1}"#, r#"{"a":{"b":"x"}}"#], &["a.b text 1"]),
        (&[r#"{"":1,"a":{"":2}}"#], &[" bigint", "a. bigint"]),
        (&[r#"{"b":1}"#, r#"{"a":1,"b":2}"#], &["b bigint", "a bigint"]),
        // A table has a column in any case.
        (&["{}"], &["value text 0"]),
        (&[], &["value text 0"]),
    ];
    for (records, expected) in table {
        assert_eq!(columns(records), expected, "{records:?}");
    }
}

#[test]
fn records_that_are_no_objects_make_one_column() {
    assert_eq!(columns(&["1", "2"]), ["value bigint"]);
    assert_eq!(columns(&["[1, 2]", "[]"]), ["value text 5"]);
    assert_eq!(columns(&["null"]), ["value text 0"]);
    assert_eq!(columns(&["null", r#"{"a":1}"#]), ["a bigint"]);
    assert_eq!(columns(&["1", r#"{"value":"x"}"#, "{}"]), ["value text 1"]);
}

#[test]
fn what_is_not_json_is_named() {
    let mut inference = Inference::default();
    let malformed = inference.learn(b"{\"a\" 1}").unwrap_err();
    assert_eq!(malformed.offset, 5);
    assert_eq!(malformed.problem, "`:` was expected after a member name");
    let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert!(inference.learn(nested(MAX_DEPTH).as_bytes()).is_ok());
    let malformed = inference.learn(nested(MAX_DEPTH + 1).as_bytes()).unwrap_err();
    assert_eq!(malformed.offset, "{\"a\":".len() * MAX_DEPTH);
    assert!(
        malformed.problem.contains(&format!("more than {MAX_DEPTH} ")),
        "{malformed:?}"
    );
}

#[test]
fn many_columns_are_found_in_order() {
    let members: Vec<_> = (0..20_000).map(|number| format!("\"c{number}\":{number}")).collect();
    let record = format!("{{{}}}", members.join(","));
    let schema = infer(&[&record, &record]);
    assert_eq!(schema.arrow.fields().len(), 20_000);
    assert_eq!(schema.arrow.field(19_999).name(), "c19999");
}
