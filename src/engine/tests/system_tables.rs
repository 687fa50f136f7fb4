//! System tables: what they tell, what they ask for it, and who hides them.

use super::*;
use crate::engine::system_tables::SYSTEM_TABLES;

fn answered(session: &Arc<Session>, sql: &str) -> Vec<Vec<String>> {
    answer(session, sql, vec![])
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
        .1
}

fn count(session: &Arc<Session>, table: &str) -> usize {
    answered(session, &format!("SELECT * FROM {table}")).len()
}

fn property(name: &'static str, value: Option<&str>) -> PropertyEntry {
    PropertyEntry {
        name,
        display_name: name.to_owned(),
        description: "A property",
        data_type: "String",
        default: "",
        values: &["a", "b"],
        value: value.map(str::to_owned),
        category: "Data",
        category_ordinal: 1,
        is_secret: value.is_none(),
        hierarchy: None,
        is_visible: true,
    }
}

#[test]
fn every_table_answers_its_columns_with_and_without_documents() {
    for session in [people(), without_documents(Vec::new())] {
        for table in SYSTEM_TABLES {
            let sql = format!("SELECT * FROM {}.{}", table.schema, table.name);
            let (names, _) = answer(&session, &sql, vec![]).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            assert_eq!(names, table.column_names(), "{sql}");
            assert!(!table.description.is_empty());
        }
    }
    assert_eq!(count(&without_documents(Vec::new()), "sys_files"), 0);
}

#[test]
fn only_what_tells_of_documents_asks_for_them() {
    let (session, source) = session_over(Fake::people());
    for table in SYSTEM_TABLES {
        let looks = ["sys_tablecolumns", "columns"].contains(&table.name);
        let lists = looks || table.name == "sys_files";
        let listings = source.listings.swap(0, Ordering::SeqCst);
        assert_eq!(listings, 0);
        source.chunks.store(0, Ordering::SeqCst);
        answered(&session, &format!("SELECT * FROM {}.{}", table.schema, table.name));
        assert_eq!(
            source.listings.swap(0, Ordering::SeqCst),
            usize::from(lists),
            "{table:?}"
        );
        // What was looked into for one table is known to the next.
        assert!(looks || source.chunks.load(Ordering::SeqCst) == 0, "{table:?}");
    }
}

#[test]
fn the_files_are_those_of_the_source_now() {
    let (session, source) = session_over(Fake::of("n", &[("a/x.json", "[1]"), ("a/y.json", "[1, 2]")]));
    let sql = "SELECT Path, Name, Size FROM sys_files ORDER BY Path";
    assert_eq!(
        answered(&session, sql),
        [["a/x.json", "x.json", "3"], ["a/y.json", "y.json", "6"]]
    );
    source.documents.lock().pop();
    assert_eq!(answered(&session, sql), [["a/x.json", "x.json", "3"]]);
    assert_eq!(source.chunks.load(Ordering::SeqCst), 0);
}

#[test]
fn a_prepared_statement_reads_them_anew() {
    let session = people();
    let sql = "SELECT count(*) FROM sys_tables WHERE TableType = 'TABLE'";
    let prepared = runtime::run(&wait(), session.clone().prepare(sql.to_owned())).unwrap();
    let tables = || {
        let prepared = prepared.clone();
        runtime::run(&wait(), async move {
            let (batch, _) = prepared.execute(vec![]).await?.next().await?.unwrap();
            Ok(texts(&batch)[0][0].clone())
        })
        .unwrap()
    };
    assert_eq!(tables(), "1");
    answered(&session, "CREATE TABLE notes (id INT NOT NULL)");
    assert_eq!(tables(), "2");
}

#[test]
fn scratch_tables_are_told_from_documents() {
    let session = people();
    answered(&session, "CREATE TABLE notes (id INT NOT NULL)");
    let tables = "SELECT SchemaName, TableName, IsUpdateable FROM sys_tables WHERE TableType = 'TABLE' ORDER BY 1";
    assert_eq!(
        answered(&session, tables),
        [["json", "people", "false"], ["temp", "notes", "true"]]
    );
    let columns = "SELECT ColumnName, IsReadOnly, IsNullable, Ordinal FROM sys_tablecolumns WHERE TableName = 'notes'";
    assert_eq!(answered(&session, columns), [["id", "false", "false", "1"]]);
    let schemas = "SELECT SchemaName FROM sys_schemas";
    assert_eq!(
        answered(&session, schemas),
        [["information_schema"], ["json"], ["system"], ["temp"]]
    );
    let standard = "SELECT table_name, table_type FROM information_schema.tables WHERE table_type <> 'SYSTEM TABLE'";
    assert_eq!(
        answered(&session, standard),
        [["people", "BASE TABLE"], ["notes", "LOCAL TEMPORARY"]]
    );
}

#[test]
fn a_document_hides_the_system_table_of_its_name_and_the_schema_tells_them_apart() {
    let (session, _) = session_over(Fake::of("sys_files", &[("sys_files.json", r#"{"a": 1}"#)]));
    assert_eq!(answered(&session, "SELECT * FROM SYS_FILES"), [["1"]]);
    assert_eq!(
        answered(&session, "SELECT Name FROM System.Sys_Files"),
        [["sys_files.json"]]
    );
    assert_eq!(
        answered(
            &session,
            "SELECT latchkey.system.sys_files.name FROM latchkey.System.sys_files"
        ),
        [["sys_files.json"]]
    );
    // The standard's views have names that documents have: none of them is meant without its schema.
    let error = answer(&session, "SELECT * FROM columns", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::TableNotFound);
}

#[test]
fn a_scratch_table_may_have_the_name_of_one_when_its_own_schema_is_written() {
    let session = people();
    let error = answer(&session, "CREATE TABLE sys_files (a INT)", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::TableExists);
    answered(&session, "CREATE TABLE temp.sys_files (a INT)");
    assert_eq!(count(&session, "sys_files"), 0);
    assert_eq!(count(&session, "System.sys_files"), 1);
    // Nobody means the standard's views by these names alone.
    answered(&session, "CREATE TABLE tables (a INT)");
    assert_eq!(count(&session, "tables"), 0);
}

#[test]
fn they_are_filtered_joined_and_counted_like_any_table() {
    let session = people();
    let joined = "SELECT t.TableName, count(*) FROM sys_tables t JOIN sys_tablecolumns c ON c.TableName = t.TableName \
                  AND c.SchemaName = t.SchemaName WHERE t.TableType = 'TABLE' GROUP BY t.TableName";
    assert_eq!(answered(&session, joined), [["people", "6"]]);
    let both = "SELECT p.\"Name\" FROM people p JOIN sys_information i ON i.Product = 'Latchkey' WHERE p.id = 1";
    assert_eq!(answered(&session, both), [["Ada"]]);
    let any_case = "SELECT \"COLUMN_NAME\" FROM INFORMATION_SCHEMA.COLUMNS WHERE [Table_Name] = 'people' LIMIT 1";
    assert_eq!(answered(&session, any_case), [["id"]]);
}

#[test]
fn types_are_told_in_the_words_of_the_standard() {
    let session = people();
    let sql = "SELECT DataTypeName, DataType, NumericPrecision, Length, DisplaySize, NumericScale FROM sys_tablecolumns \
               WHERE TableName = 'people' AND ColumnName = 'id'";
    assert_eq!(answered(&session, sql), [["ANYTHING", "7", "5", "10", "6", "NULL"]]);
    let sql = "SELECT data_type, character_maximum_length, character_octet_length, numeric_precision \
               FROM information_schema.columns WHERE table_name = 'people' AND column_name = 'id'";
    assert_eq!(answered(&session, sql), [["ANYTHING", "5", "10", "NULL"]]);
    assert_eq!(answered(&session, "SELECT * FROM sys_sqlinfo"), [["COUNT", "YES"]]);
}

#[test]
fn a_document_that_is_no_json_is_told_unless_it_would_hide_other_tables() {
    let (session, _) = session_over(Fake::of("bad", &[("bad.json", "{")]));
    let error = answer(&session, "SELECT * FROM sys_tablecolumns", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::Document);
    answered(&session, "CREATE TABLE notes (id INT)");
    let columns = "SELECT TableName, ColumnName FROM sys_tablecolumns WHERE SchemaName IN ('json', 'temp')";
    assert_eq!(answered(&session, columns), [["notes", "id"]]);
}

#[test]
fn procedures_and_their_inputs_and_results_come_from_their_table() {
    let session = without_documents(Vec::new());
    let all = session.procedures();
    assert_eq!(count(&session, "sys_procedures"), all.len());
    let sql =
        "SELECT ProcedureName, ColumnName, Direction, Ordinal, \"Values\", \"Default\" FROM sys_procedureparameters";
    let rows = answered(&session, sql);
    let parameters = all
        .iter()
        .map(|procedure| procedure.inputs.len() + procedure.results.len());
    assert_eq!(rows.len(), parameters.sum::<usize>());
    let of_access_token = rows.iter().find(|row| row[0] == "GetOAuthAccessToken").unwrap();
    assert_eq!(
        of_access_token,
        &["GetOAuthAccessToken", "AuthMode", "1", "1", "WEB,APP", "WEB"]
    );
    let results = "SELECT ColumnName, Ordinal FROM sys_procedureparameters \
                   WHERE ProcedureName = 'RevokeOAuthAccessToken' AND Direction = 4";
    assert_eq!(answered(&session, results), [["Revoked", "1"], ["Remarks", "2"]]);
}

#[test]
fn properties_are_numbered_and_secrets_are_marked() {
    let session = without_documents(vec![property("URI", Some("a")), property("PWD", None)]);
    let sql = "SELECT PropertyName, Value, Sensitivity, Ordinal, \"Values\", \"Default\" FROM sys_connection_props";
    assert_eq!(
        answered(&session, sql),
        [
            ["URI", "a", "NULL", "1", "a,b", "NULL"],
            ["PWD", "NULL", "PASSWORD", "2", "a,b", "NULL"]
        ]
    );
}

#[test]
fn the_driver_knows_the_file_it_was_loaded_from() {
    let session = without_documents(Vec::new());
    let [row] = &answered(&session, "SELECT Product, Version, Location FROM sys_information")[..] else {
        panic!("one row");
    };
    let here = std::env::current_exe().unwrap();
    assert_eq!(row[..2], ["Latchkey", env!("CARGO_PKG_VERSION")]);
    assert_eq!(std::path::Path::new(&row[2]), here);
}
