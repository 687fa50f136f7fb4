//! Catalog functions over tables and procedures made for the test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::panic
)]

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, Int16Type, Int32Type, Schema};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::engine::DocumentOptions;
use crate::engine::Options;
use crate::engine::procedures::Procedure;
use crate::engine::session::{CATALOG, SCHEMA, TableEntry};
use crate::odbc::convert::Description;

use crate::odbc::standard::Odbc;

use super::*;

fn entry(schema: &str, name: &str, kind: &'static str) -> TableEntry {
    TableEntry {
        catalog: CATALOG.to_owned(),
        schema: schema.to_owned(),
        name: name.to_owned(),
        kind,
        remarks: String::new(),
    }
}

fn entries() -> Vec<TableEntry> {
    vec![
        entry(SCHEMA, "people", "TABLE"),
        entry("sys", "sys_tables", "SYSTEM TABLE"),
        entry(SCHEMA, "an_order", "TABLE"),
        entry(SCHEMA, "recent", "VIEW"),
    ]
}

fn argument(text: Option<&str>) -> Argument {
    text.map(str::to_owned)
}

/// The rows as text, NULL as an empty one.
fn shown(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default();
    let columns: Vec<_> = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &options).unwrap())
        .collect();
    (0..batch.num_rows())
        .map(|row| columns.iter().map(|column| column.value(row).to_string()).collect())
        .collect()
}

fn list(arguments: [Option<&str>; 4]) -> Vec<Vec<String>> {
    let [catalog, schema, table, kinds] = arguments.map(argument);
    let request = tables::Request::new(Style::default(), &catalog, &schema, &table, &kinds);
    let entries = if request.needs_tables() { entries() } else { Vec::new() };
    shown(&request.answer(Style::default(), entries).unwrap())
}

fn names(arguments: [Option<&str>; 4]) -> Vec<String> {
    list(arguments).into_iter().map(|row| row[2].clone()).collect()
}

#[test]
fn lists_of_catalogs_schemas_and_types() {
    assert_eq!(list([Some("%"), Some(""), Some(""), None]), [[CATALOG, "", "", "", ""]]);
    assert_eq!(
        list([Some("%"), Some(""), Some(""), Some("TABLE,VIEW")]),
        [[CATALOG, "", "", "", ""]]
    );
    assert_eq!(
        list([Some(""), Some("%"), Some(""), None]),
        [["", SCHEMA, "", "", ""], ["", "sys", "", "", ""]]
    );
    assert_eq!(
        list([Some(""), Some(""), Some(""), Some("%")]),
        [
            ["", "", "", "SYSTEM TABLE", ""],
            ["", "", "", "TABLE", ""],
            ["", "", "", "VIEW", ""]
        ]
    );
}

#[test]
fn tables_as_each_program_asks_for_them() {
    let all = ["sys_tables", "an_order", "people", "recent"];
    let plain = ["an_order", "people", "recent"];
    // isql; ADO; Excel; nothing but a catalog; every type by pattern.
    assert_eq!(names([None, None, None, None]), all);
    assert_eq!(names([None, None, Some("%"), None]), all);
    assert_eq!(names([Some("%"), None, None, Some("TABLE,VIEW")]), plain);
    assert_eq!(names([Some(CATALOG), None, None, Some("'TABLE','VIEW'")]), plain);
    assert_eq!(names([Some("%"), Some("%"), Some("%"), Some("%")]), all);
    assert_eq!(names([None, None, None, Some("")]), all);
    // .NET asks for types nobody has.
    assert_eq!(
        names([None, None, None, Some("TABLE, GLOBAL TEMPORARY")]),
        ["an_order", "people"]
    );
    assert_eq!(names([None, None, None, Some("SYSTEM TABLE")]), ["sys_tables"]);
    assert_eq!(names([None, None, None, Some("SYNONYM")]), [""; 0]);
    assert_eq!(names([None, Some(SCHEMA), Some("an\\_order"), None]), ["an_order"]);
    assert_eq!(names([None, None, Some("pe_ple"), None]), ["people"]);
    assert_eq!(names([Some(""), None, None, None]), [""; 0]);
    assert_eq!(names([Some("elsewhere"), None, None, None]), [""; 0]);
}

#[test]
fn odbc_2_has_its_own_column_names() {
    let style = Style {
        odbc2: true,
        ..Style::default()
    };
    let request = tables::Request::new(style, &None, &None, &None, &None);
    let batch = request.answer(style, entries()).unwrap();
    let names: Vec<_> = batch
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    assert_eq!(
        names,
        ["TABLE_QUALIFIER", "TABLE_OWNER", "TABLE_NAME", "TABLE_TYPE", "REMARKS"]
    );
}

#[test]
fn name_columns_are_wide_enough_for_their_names() {
    let long = "x".repeat(300);
    let request = tables::Request::new(Style::default(), &None, &None, &None, &None);
    let batch = request
        .answer(Style::default(), vec![entry(SCHEMA, &long, "TABLE")])
        .unwrap();
    let sizes = batch
        .schema()
        .fields()
        .iter()
        .map(|field| Description::of(field).column_size)
        .collect::<Vec<_>>();
    assert_eq!(sizes, [255, 255, 300, 255, 255]);
}

fn schema() -> Schema {
    Schema::new(vec![
        Field::new("id", DataType::Int64, true),
        Field::new("born", DataType::Date32, true),
        Field::new("name", DataType::Utf8, true),
    ])
}

#[test]
fn columns_are_described_as_the_result_set_describes_them() {
    for style in [
        Style::default(),
        Style {
            odbc2: true,
            ..Style::default()
        },
    ] {
        let selection = columns::Selection::new(style, &None, &None, &None, &None);
        let batch = selection
            .answer(style, &[(entry(SCHEMA, "people", "TABLE"), Arc::new(schema()))])
            .unwrap();
        assert_eq!(batch.num_columns(), 18);
        let small = |index: usize| batch.column(index).as_primitive::<Int16Type>();
        let integer = |index: usize| batch.column(index).as_primitive::<Int32Type>();
        for (row, field) in schema().fields().iter().enumerate() {
            let description = Description::of(field);
            let date = if style.odbc2 { 9 } else { 91 };
            let data_type = if row == 1 { date } else { description.sql_type };
            assert_eq!(small(4).value(row), data_type);
            assert_eq!(batch.column(5).as_string::<i32>().value(row), description.type_name);
            assert_eq!(integer(6).value(row) as usize, description.column_size);
            assert_eq!(integer(7).value(row) as usize, description.octet_length);
            assert_eq!(small(13).value(row), description.verbose_type());
            assert_eq!(integer(16).value(row) as usize, row + 1);
            assert_eq!(batch.column(17).as_string::<i32>().value(row), "YES");
        }
        assert!(small(8).is_null(1) && small(8).value(0) == 0);
        assert!(small(9).is_null(2) && small(9).value(0) == 10);
        assert!(small(14).value(1) == 1 && small(14).is_null(0));
        assert!(integer(15).is_null(0) && !integer(15).is_null(2));
    }
}

#[test]
fn columns_keep_their_ordinal_when_some_are_left_out() {
    let selection = columns::Selection::new(Style::default(), &None, &None, &None, &argument(Some("n%")));
    let tables = [(entry(SCHEMA, "people", "TABLE"), Arc::new(schema()))];
    let rows = shown(&selection.answer(Style::default(), &tables).unwrap());
    assert_eq!(
        rows.iter()
            .map(|row| (row[3].as_str(), row[16].as_str()))
            .collect::<Vec<_>>(),
        [("name", "3")]
    );
}

/// A session without documents or a sign-in.
fn empty_session() -> Arc<Session> {
    Session::new(Options {
        source: None,
        oauth: None,
        documents: DocumentOptions::default(),
        rules: crate::engine::Rules::default(),
        views: Vec::new(),
        schemas: None,
        scratch_memory: usize::MAX,
        places: None,
        properties: Vec::new(),
        standard: &Odbc,
    })
}

fn all_procedures() -> &'static [Procedure] {
    empty_session().procedures()
}

fn chosen(name: Option<&str>) -> Vec<&'static Procedure> {
    procedures::Selection::new(Style::default(), &None, &None, &argument(name)).of(all_procedures())
}

#[test]
fn procedures_are_listed_by_name() {
    let rows = shown(&procedures::list(Style::default(), &chosen(None)).unwrap());
    assert_eq!(rows.len(), all_procedures().len());
    assert!(rows.is_sorted_by_key(|row| row[2].clone()));
    for row in rows {
        let procedure = all_procedures()
            .iter()
            .find(|procedure| procedure.name == row[2])
            .unwrap();
        let inputs = procedure.inputs.len().to_string();
        assert_eq!(
            row,
            [
                CATALOG,
                SCHEMA,
                procedure.name,
                &inputs,
                "0",
                "1",
                procedure.description,
                "1"
            ]
        );
    }
    assert_eq!(chosen(Some("Refresh%")).len(), 1);
    let elsewhere = procedures::Selection::new(Style::default(), &None, &argument(Some("other")), &None);
    assert!(elsewhere.of(all_procedures()).is_empty());
}

#[test]
fn procedure_columns_are_inputs_then_results() {
    let batch = procedure_columns::list(Style::default(), &chosen(None), &Filter::Any).unwrap();
    assert_eq!(batch.num_columns(), 19);
    let rows = shown(&batch);
    for procedure in all_procedures() {
        let own: Vec<_> = rows.iter().filter(|row| row[2] == procedure.name).collect();
        let names = procedure.inputs.iter().map(|input| input.name);
        let names: Vec<_> = names
            .chain(procedure.results.iter().map(|result| result.name))
            .collect();
        assert_eq!(own.iter().map(|row| &row[3]).collect::<Vec<_>>(), names);
        for (input, row) in procedure.inputs.iter().zip(&own) {
            let nullable = if input.required { ["0", "NO"] } else { ["1", "YES"] };
            assert_eq!([&row[4], &row[11], &row[18]], ["1", nullable[0], nullable[1]]);
            let default = input.default.map(|default| format!("'{default}'"));
            assert_eq!(row[13], default.unwrap_or_default());
        }
        for (ordinal, row) in (1..).zip(&own[procedure.inputs.len()..]) {
            assert_eq!([row[4].clone(), row[17].clone()], ["3".to_owned(), ordinal.to_string()]);
        }
    }
    let filter = Filter::pattern(&argument(Some("AuthMode")), Style::default());
    assert_eq!(
        procedure_columns::list(Style::default(), &chosen(None), &filter)
            .unwrap()
            .num_rows(),
        1
    );
}

#[tokio::test]
async fn a_session_answers_every_catalog_function() {
    let session = empty_session();
    let style = Style::default();
    tables(session.clone(), style, None, None, None, None).await.unwrap();
    let nothing = argument(Some("no such table"));
    let columns = columns(session.clone(), style, None, None, nothing, None)
        .await
        .unwrap();
    assert_eq!(columns.num_rows(), 0);
    assert!(super::procedures(&session, style, None, None, None).unwrap().num_rows() > 0);
    assert!(
        super::procedure_columns(&session, style, None, None, None, None)
            .unwrap()
            .num_rows()
            > 0
    );
}
