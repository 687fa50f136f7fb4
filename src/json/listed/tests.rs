//! Lists of columns in every place, and rows that are none.

use std::collections::BTreeMap;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::json::{Decoder, Inference, Model, Table, tables};

fn parsed(text: &str) -> Result<String, String> {
    ColumnList::parse(text).map(|(list, rows)| list.with_rows(&rows).to_string())
}

fn names(path: &str, document: &str, chunk: usize) -> Result<Option<Vec<String>>> {
    let (list, _) = ColumnList::parse(path).unwrap();
    let mut reader = ListReader::new("a.json", &list);
    for chunk in document.as_bytes().chunks(chunk) {
        reader.add(chunk)?;
    }
    let names = reader.names();
    Ok(names.map(|names| names.iter().map(|name| name.to_string()).collect()))
}

#[test]
fn the_property_is_read_in_every_spelling() {
    for (text, read) in [
        (
            "column:/dataset/column_names;row:/dataset/data",
            "column:$.dataset.column_names;row:$.dataset.data",
        ),
        (
            " Row : $.rows[*] ; COLUMN: $.columns[*] ;",
            "column:$.columns;row:$.rows",
        ),
        (
            "column:/columns;row:/rows;columnname:/columns.name",
            "column:$.columns;row:$.rows;columnname:$.columns.name",
        ),
        (
            "column:$.columns;row:$.rows;columnname:$.columns[*].name",
            "column:$.columns;row:$.rows;columnname:$.columns.name",
        ),
        (
            "column:$.columns;row:$.rows;columnname:/columns/name",
            "column:$.columns;row:$.rows;columnname:$.columns.name",
        ),
        (
            "column:$.columns;row:$.rows;columnname:meta.name",
            "column:$.columns;row:$.rows;columnname:$.columns.meta.name",
        ),
        ("column:$.t[0].c;row:$.t[0].r", "column:$.t[0].c;row:$.t[0].r"),
    ] {
        assert_eq!(parsed(text).as_deref(), Ok(read), "{text}");
    }
    for (text, said) in [
        ("", "does not say where columns and rows are"),
        ("$.people", "has the part '$.people', which is no place"),
        ("column:$.c", "does not say where columns and rows are"),
        ("column:$.c;row:$.r;row:$.s", "says twice where row is"),
        ("column:$.c;row:$.r;key:$.k", "has the part 'key:$.k', which is none of"),
        ("column:$.c[;row:$.r", "has the path '$.c[', which has a `[`"),
        ("column:$;row:$.r", "has columns and rows in one place"),
        ("column:$.r;row:$.r", "has columns and rows in one place"),
        (
            "column:$.c;row:$.r;columnname:$.d.name",
            "has columnname:$.d.name, which is not in the columns at $.c",
        ),
        (
            "column:$.c;row:$.r;columnname:$.c",
            "has columnname:$.c, which is no member",
        ),
    ] {
        let problem = parsed(text).unwrap_err();
        assert!(problem.starts_with(said), "{text}: {problem}");
    }
}

#[test]
fn a_list_is_found_wherever_it_is_and_however_it_is_cut() {
    let rows = r#""rows": [[1, "columns"], [{"columns": ["x"]}, "]"]]"#;
    let list = r#""columns": ["id", "a.b", "id", "id_2", "id", 7]"#;
    let found = ["id", "a.b", "id_3", "id_2", "id_4", "7"].map(str::to_owned).to_vec();
    for document in [
        format!("{{{list}, {rows}}}"),
        format!("{{{rows}, {list}}}"),
        format!("\u{FEFF}{{{list}, {rows}}}\n{{{list}, {rows}}}"),
        format!("[{{{rows}}}, {{{list}}}]"),
    ] {
        for chunk in [1, 3, 7, 4096] {
            let names = names("column:$.columns;row:$.rows", &document, chunk).unwrap();
            assert_eq!(names.as_ref(), Some(&found), "{document}");
        }
    }
    let objects = r#"{"columns": [{"name": "id", "type": "int"}, {"type": "text", "name": "x", "name": "y"}]}"#;
    let by_name = names("column:$.columns;row:$.rows;columnname:name", objects, 5).unwrap();
    assert_eq!(by_name.unwrap(), ["id", "y"]);
    for document in [r#"{"rows": []}"#, r#"{"columns": null}"#, "[]", ""] {
        assert_eq!(
            names("column:$.columns;row:$.rows", document, 5).unwrap(),
            None,
            "{document}"
        );
    }
}

#[test]
fn a_list_that_is_none_is_told_with_its_place() {
    for (path, document, said) in [
        (
            "",
            r#"{"columns": {"a": 1}}"#,
            "a.json, line 1, column 13: what is at $.columns is no array",
        ),
        (
            "",
            r#"{"columns": ["a", null]}"#,
            "a.json, line 1, column 13: column 2 of the list at $.columns is no text; where columns are objects",
        ),
        (
            "",
            r#"{"columns": [{"name": "a"}]}"#,
            "a.json, line 1, column 13: column 1 of the list at $.columns is no text",
        ),
        (
            ";columnname:name",
            r#"{"columns": [{"name": "a"}, "b"]}"#,
            "a.json, line 1, column 13: column 2 of the list at $.columns has no text at $.name",
        ),
        (
            "",
            r#"{"columns": ["a"]} {"columns": ["b"]}"#,
            "a.json, line 1, column 32: columns are listed at $.columns more than once",
        ),
        (
            "",
            r#"{"columns": ["a", "b"]} {"columns": ["a"]}"#,
            "a.json, line 1, column 37: columns are listed at $.columns more than once",
        ),
        (
            "",
            r#"{"columns": ["a", ]}"#,
            "a.json, line 1, column 19: a value was expected",
        ),
        ("", r#"{"columns" ["a"]}"#, "a.json, line 1, column 12: "),
    ] {
        let error = names(&format!("column:$.columns;row:$.rows{path}"), document, 4).unwrap_err();
        assert_eq!(error.kind(), Kind::Document);
        assert!(error.message().starts_with(said), "{document}: {error}");
    }
}

#[test]
fn rows_are_read_by_the_columns_of_their_document() {
    let model = Model::default().reading("jsonrows", "column:$.c;row:$.r").unwrap();
    let mut inference = Inference::new(model.frames().unwrap().unwrap().remove(0), model.clone());
    let first: Names = ["id", "at", "more"].map(Box::from).into();
    let second: Names = ["at", "id", "later"].map(Box::from).into();
    inference.learn_columns(&first);
    inference
        .learn_row(br#"[1, "2026-01-02", {"x": [1]}]"#, &first)
        .unwrap();
    inference.learn_row(b"[2.5]", &first).unwrap();
    let table = tables(&[inference], "a").remove(0);
    assert_eq!(table.name, "a");
    let fields: Vec<_> = table
        .schema
        .arrow
        .fields()
        .iter()
        .map(|field| (field.name().as_str(), field.data_type()))
        .collect();
    assert_eq!(
        fields,
        [
            ("id", &DataType::Float64),
            ("at", &DataType::Date32),
            ("more.x", &DataType::Utf8)
        ]
    );

    let mut decoder = Decoder::new(&table.schema, &[0, 1, 2]);
    decoder.list(&first);
    decoder.push(br#"[3, "2026-03-04", {"x": [2]}]"#).unwrap();
    decoder.push(b"[4]").unwrap();
    decoder.list(&second);
    decoder.push(br#"["2026-03-05", 5, "kept"]"#).unwrap();
    decoder.push(br#"[null, 6, null]"#).unwrap();
    for (record, said) in [
        (
            "[null, 2, 3, 4]",
            "b.json, line 1, column 1: a row has 4 values, but the document lists 3 columns.",
        ),
        (r#"{"id": 1}"#, "b.json, line 1, column 1: a row is not an array"),
        ("null", "b.json, line 1, column 1: a row is not an array"),
    ] {
        let error = decoder
            .push(record.as_bytes())
            .unwrap_err()
            .of("b.json", 9, &Block::default(), 0);
        assert_eq!(error.kind(), Kind::Document);
        assert!(error.message().starts_with(said), "{error}");
    }
    let batch = decoder.flush().unwrap();
    let shown = |row: usize| -> Vec<String> {
        let columns = batch.columns().iter();
        columns
            .map(|column| array_value_to_string(column, row).unwrap())
            .collect()
    };
    assert_eq!(shown(0), ["3.0", "2026-03-04", "[2]"]);
    assert_eq!(shown(1), ["4.0", "", ""]);
    assert_eq!(shown(2), ["5.0", "2026-03-05", ""]);
    assert_eq!(shown(3), ["6.0", "", ""]);
    assert_eq!(batch.num_rows(), 4);
    let unknown = decoder.take_unknown();
    // Once in the row that was kept, and once in the one that was not.
    assert_eq!((unknown.names, unknown.values), (vec!["later".to_owned()], 2));
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        2 => Just(json!(null)),
        2 => (-9_i64..9).prop_map(|number| json!(number)),
        1 => (-9_i64..9).prop_map(|number| json!(number as f64 + 0.5)),
        1 => Just(json!("2026-01-02")),
        1 => "[a-c\"\\\\\\[\\]{}é😀]{0,4}".prop_map(|text| json!(text)),
        1 => Just(json!([1, {"x": "]"}])),
        1 => (-9_i64..9).prop_map(|number| json!({"x": number, "y": [number]})),
        1 => Just(json!({})),
    ]
}

/// The rows of a table, each as the texts of its columns by name.
fn shown(table: &Table, batch: &RecordBatch) -> Vec<Vec<String>> {
    let mut columns: Vec<_> = table.schema.arrow.fields().iter().zip(batch.columns()).collect();
    columns.sort_by_key(|(field, _)| field.name().clone());
    let cell = |field: &Field, column: &ArrayRef, row: usize| {
        let metadata: BTreeMap<_, _> = field.metadata().iter().collect();
        let value = (!column.is_null(row)).then(|| array_value_to_string(column, row).unwrap());
        format!("{} {} {metadata:?} {value:?}", field.name(), field.data_type())
    };
    let row = |row: usize| columns.iter().map(|(field, column)| cell(field, column, row)).collect();
    (0..batch.num_rows()).map(row).collect()
}

proptest! {
    #[test]
    fn rows_are_what_objects_with_the_listed_names_would_be(
        rows in prop::collection::vec(prop::collection::vec(value(), 0..5), 1..8),
        list_first: bool,
        chunk in 1_usize..40,
    ) {
        let names = ["a", "b.c", "é\"", "rows"];
        let rows: Vec<_> = rows.into_iter().map(|mut row| { row.truncate(names.len()); row }).collect();
        let (list, records) = (json!(names), json!(rows));
        let document = match list_first {
            true => format!("{{\"c\": {list}, \"x\": [[{list}]], \"r\": {records}}}"),
            false => format!("{{\"r\": {records}, \"c\": {list}}}"),
        };
        let model = Model::default().reading("JSONRows", "column:$.c;row:$.r").unwrap();
        let frame = model.frames().unwrap().unwrap().remove(0);
        let mut list = ListReader::new("a.json", model.columns.as_ref().unwrap());
        let mut framer = model.framer("a.json", &frame.path);
        let mut records = Vec::new();
        for chunk in document.as_bytes().chunks(chunk) {
            list.add(chunk).unwrap();
            framer.add(chunk);
            records.extend(framer.block().records().map(<[u8]>::to_vec));
        }
        prop_assert!(framer.finish().problem.is_none());
        let columns = list.names().unwrap();
        let mut inference = Inference::new(frame, model);
        inference.learn_columns(columns);
        records.iter().for_each(|row| inference.learn_row(row, columns).unwrap());
        let table = tables(&[inference], "t").remove(0);
        let all: Vec<_> = (0..table.schema.arrow.fields().len()).collect();
        let mut decoder = Decoder::new(&table.schema, &all);
        decoder.list(columns);
        records.iter().for_each(|row| decoder.push(row).unwrap());
        let of_rows = shown(&table, &decoder.flush().unwrap());

        let object = |row: &Vec<serde_json::Value>| {
            let values = row.iter().cloned().chain(std::iter::repeat(json!(null)));
            let object: Map<_, _> = names.iter().map(|name| (*name).to_owned()).zip(values).collect();
            serde_json::to_vec(&object).unwrap()
        };
        let objects: Vec<_> = rows.iter().map(object).collect();
        let mut inference = Inference::default();
        objects.iter().for_each(|object| inference.learn(object).unwrap());
        let table = tables(&[inference], "t").remove(0);
        let mut decoder = Decoder::new(&table.schema, &all);
        objects.iter().for_each(|object| decoder.push(object).unwrap());
        prop_assert_eq!(of_rows, shown(&table, &decoder.flush().unwrap()));
    }
}
