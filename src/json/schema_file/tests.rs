//! What a schema file says is what the table is, and what it cannot say is told with its name.

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Int64Type;

use proptest::prelude::*;

use super::*;
use crate::json::{Block, Decoder, Inference, tables};

const PEOPLE: &str = r#"{"version": 1, "table": "people", "jsonPath": "$.people", "columns": [
    {"name": "City", "type": "VARCHAR(20)", "path": "$.address.city"},
    {"name": "id", "type": "bigint", "path": "$.id"},
    {"name": "first tag", "type": "VARCHAR", "path": "$.tags[0]"},
    {"name": "address", "type": "JSON", "path": "$.address"}]}"#;

fn types(schema: &TableSchema) -> Vec<String> {
    let fields = schema.arrow.fields().iter();
    fields
        .map(|field| format!("{} {}", field.name(), types::text(field, true)))
        .collect()
}

fn refusal(text: &str) -> String {
    match SchemaFile::read("/schemas/people.schema", text) {
        Ok(file) => panic!("{text} was read as {file:?}"),
        Err(error) => {
            assert_eq!(error.kind(), Kind::Property);
            error.message().to_owned()
        }
    }
}

#[test]
fn columns_have_the_names_types_places_and_order_of_the_file() {
    let file = SchemaFile::read("people.schema", PEOPLE).unwrap();
    assert_eq!((file.table.as_str(), file.uri), ("people", None));
    assert_eq!(file.model.paths[0].to_string(), "$.people");
    assert_eq!(
        types(&file.schema),
        ["City VARCHAR(20)", "id BIGINT", "first tag VARCHAR", "address JSON"]
    );
    let mut decoder = Decoder::new(&file.schema, &[0, 1, 2, 3]);
    decoder
        .push(br#"{"id": 7, "name": "x", "address": {"city": "Rome"}, "tags": ["a", "b"]}"#)
        .unwrap();
    decoder.push(br#"{"tags": [], "address": "Rome", "id": null}"#).unwrap();
    let batch = decoder.flush().unwrap();
    let texts = |column: usize| -> Vec<_> { batch.column(column).as_string::<i32>().iter().collect() };
    assert_eq!(texts(0), [Some("Rome"), None]);
    assert_eq!(batch.column(1).as_primitive::<Int64Type>().iter().next(), Some(Some(7)));
    assert_eq!(texts(2), [Some("a"), None]);
    // An object has its members in other columns, and is none beside them.
    assert_eq!(texts(3), [None, Some("Rome")]);
}

#[test]
fn a_value_of_another_type_is_told_with_path_file_and_both_types() {
    let file = SchemaFile::read("/s/people.schema", PEOPLE).unwrap();
    for (record, projection, said) in [
        (
            r#"{"id": "seven"}"#,
            1,
            "the value at $.id, 'seven', is VARCHAR, but the schema file /s/people.schema says that the column \"id\" is BIGINT. Change",
        ),
        (r#"{"id": 1.5}"#, 1, "the value at $.id, 1.5, is DOUBLE, "),
        (
            r#"{"id": "2026-01-02"}"#,
            1,
            "the value at $.id, '2026-01-02', is DATE, ",
        ),
        (r#"{"id": {"a": 1}}"#, 1, "the value at $.id, {\"a\":1}, is JSON, "),
        (r#"{"id": [1]}"#, 1, "the value at $.id, [1], is JSON, "),
    ] {
        let mut decoder = Decoder::new(&file.schema, &[projection]);
        let error = decoder
            .push(record.as_bytes())
            .unwrap_err()
            .of("a.json", 3, &Block::default(), 0);
        assert_eq!(error.kind(), Kind::Conversion);
        let start = format!("a.json, record 3: {said}");
        assert!(error.message().starts_with(&start), "{error}");
    }
}

#[test]
fn what_was_found_is_written_and_read_again() {
    let mut inference = Inference::new(crate::json::Frame::at(JsonPath::default()), Model::default());
    for record in [
        r#"{"a.b": 1, "a": {"b": 2, "it's": true, "empty": {}}, "d": 1.25, "n": 18446744073709551616, "on": "2026-01-02"}"#,
        r#"{"at": "12:00:00", "t": "2026-01-02T03:04:05", "z": "2026-01-02T03:04:05Z", "f": "2026-01-02T03:04:05.123456789Z"}"#,
        r#"{"x": "ä😀", "list": [1], "nothing": null}"#,
    ] {
        inference.learn(record.as_bytes()).unwrap();
    }
    let found = tables(&[inference], "t").remove(0).schema;
    let path = JsonPath::parse("$.people['a b']").unwrap();
    let text = SchemaFile::text("t", Some("dropbox:///a.json"), &Model::default(), &path, &found).unwrap();
    let read = SchemaFile::read("t.schema", &text).unwrap();
    assert_eq!(read.schema.arrow, found.arrow);
    assert_eq!(format!("{:?}", read.schema.places), format!("{:?}", found.places));
    assert_eq!(read.uri.as_deref(), Some("dropbox:///a.json"));
    assert_eq!(read.model.paths, [path]);
    assert!(
        text.contains("\n    {\"name\":\"a.b\",\"type\":\"BIGINT\",\"path\":[\"$['a.b']\",\"$.a.b\"]},\n"),
        "{text}"
    );
    assert!(
        text.starts_with("{\n  \"version\": 1,\n  \"table\": \"t\",\n"),
        "{text}"
    );
}

#[test]
fn formats_are_written_and_read_again() {
    for (format, path) in [
        ("LDJSON", "$.a"),
        ("JSONRows", "column:$.c;row:$.r"),
        ("JSONRows", "column:$.c;row:$.r;columnname:$.c.name"),
    ] {
        let text = PEOPLE.replace(
            "\"jsonPath\": \"$.people\"",
            &format!("\"jsonFormat\": \"{format}\", \"jsonPath\": \"{path}\""),
        );
        let file = SchemaFile::read("a.schema", &text).unwrap();
        let again = SchemaFile::text("people", None, &file.model, &file.model.paths[0], &file.schema).unwrap();
        assert!(again.contains(&format!("\"jsonPath\": \"{path}\"")), "{again}");
        assert_eq!(SchemaFile::read("a.schema", &again).unwrap().model, file.model);
    }
}

#[test]
fn tables_of_other_models_are_refused() {
    for data_model in [
        crate::json::DataModel::Relational,
        crate::json::DataModel::FlattenedDocuments,
    ] {
        let model = Model {
            data_model,
            ..Model::default()
        };
        let mut inference = Inference::new(model.found(JsonPath::default()), model.clone());
        inference.learn(br#"{"a": 1, "b": [{"c": 1}]}"#).unwrap();
        for table in tables(&[inference], "t") {
            let error = SchemaFile::text(&table.name, None, &model, &JsonPath::default(), &table.schema).unwrap_err();
            assert_eq!(error.kind(), Kind::Unsupported);
        }
    }
}

#[test]
fn what_is_wrong_is_told_with_the_file() {
    let column = r#"{"name": "id", "type": "BIGINT", "path": "$.id"}"#;
    let with = |columns: &str| format!(r#"{{"version": 1, "table": "t", "columns": [{columns}]}}"#);
    let of_type = |name: &str| with(&column.replace("BIGINT", name));
    let at = |path: &str| with(&column.replace("$.id", path));
    for (text, said) in [
        (String::new(), "cannot be read: EOF"),
        ("[]".to_owned(), "cannot be read: "),
        (
            r#"{"table": "t", "columns": []}"#.to_owned(),
            "cannot be read: missing field `version`",
        ),
        (
            r#"{"version": 2, "table": "t", "tint": "red"}"#.to_owned(),
            "is of version 2, but this Latchkey reads version 1; update Latchkey",
        ),
        (
            with(column).replace("\"table\"", "\"colour\": 1, \"table\""),
            "cannot be read: unknown field `colour`",
        ),
        (
            with(&column.replace("\"path\"", "\"paths\"")),
            "cannot be read: unknown field `paths`",
        ),
        (with(""), "has no columns"),
        (with(column).replace("\"t\"", "\" \""), "gives its table no name"),
        (
            with(&format!("{column}, {column}")),
            "has two columns with the path $.id",
        ),
        (
            with(&format!("{column}, {}", column.replace("$.id", "$.x"))),
            "has two columns \"id\"",
        ),
        (
            with(column).replace("\"table\"", "\"jsonFormat\": \"XML\", \"table\""),
            "has the jsonFormat \"XML\"; it must be one of JSON, JSONRows, LDJSON",
        ),
        (
            with(column).replace("\"table\"", "\"jsonPath\": \"$.\", \"table\""),
            "has a jsonPath that cannot be read: it has the path '$.', which has a step",
        ),
        (
            with(column).replace("\"table\"", "\"jsonPath\": \"$.a;$.b\", \"table\""),
            "has several paths in jsonPath",
        ),
        (
            of_type("INTEGER"),
            "gives the column \"id\" the type INTEGER, which is none of BIT, BIGINT, ",
        ),
        (
            of_type("DECIMAL(10,2)"),
            "gives the column \"id\" the type DECIMAL(10,2), which is none of ",
        ),
        (
            of_type("TIMESTAMP(3)"),
            "gives the column \"id\" the type TIMESTAMP(3), ",
        ),
        (of_type("VARCHAR(x)"), "gives the column \"id\" the type VARCHAR(x), "),
        (
            at("$.a[*]"),
            "gives the column \"id\" the path '$.a[*]', which does not lead to one value",
        ),
        (
            at("$.a[99999999]"),
            "gives the column \"id\" the path '$.a[99999999]', which does not lead to one value",
        ),
        (
            at("$.a["),
            "gives the column \"id\" the path '$.a[', which has a `[` without its `]`",
        ),
        (
            with(&column.replace("\"$.id\"", "[]")),
            "gives the column \"id\" no path",
        ),
    ] {
        let message = refusal(&text);
        let start = format!("The schema file /schemas/people.schema {said}");
        assert!(message.starts_with(&start), "{message}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(
        table in ".{0,3}",
        name in ".{0,5}",
        type_name in "[A-Z(),0-9 ]{0,14}|DECIMAL\\([0-9]{1,3},[0-9]{1,3}\\)|TIMESTAMP(\\([0-9]\\))?( WITH TIME ZONE)?",
        path in "\\$(\\.[a-z.*\\[\\]0-9']{1,6}){0,3}",
        cut in 0_usize..400,
    ) {
        let column = serde_json::json!({"name": name, "type": type_name, "path": path});
        let text = serde_json::json!({"version": 1, "table": table, "columns": [column]}).to_string();
        if let Ok(file) = SchemaFile::read("a.schema", &text) {
            let again = SchemaFile::text(&file.table, None, &file.model, &file.records(), &file.schema).unwrap();
            let again = SchemaFile::read("a.schema", &again).unwrap();
            prop_assert_eq!(file.schema.arrow, again.schema.arrow);
            prop_assert_eq!(format!("{:?}", file.schema.places), format!("{:?}", again.schema.places));
        }
        let start: String = text.chars().take(cut).collect();
        if start.len() < text.len() {
            prop_assert!(SchemaFile::read("a.schema", &start).is_err());
        }
    }
}
