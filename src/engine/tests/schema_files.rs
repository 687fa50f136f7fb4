//! Tables that schema files describe, and the files that are written.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::engine::{Places, SchemaFolder};

const PINNED: &str = r#"{"version": 1, "table": "People", "columns": [
    {"name": "town", "type": "VARCHAR(20)", "path": "$.address.city"},
    {"name": "years", "type": "BIGINT", "path": "$.age"},
    {"name": "tags", "type": "JSON", "path": "$.tags"}]}"#;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn with(folder: &Path, written: bool, source: Fake, rest: Options) -> (Arc<Session>, Arc<Fake>) {
    let source = Arc::new(source);
    let session = Session::new(Options {
        source: Some(source.clone()),
        schemas: Some(Arc::new(SchemaFolder::new(folder.to_str().unwrap(), written))),
        ..rest
    });
    (session, source)
}

/// A session over the people, whose schema files have been read.
fn pinned(folder: &Path) -> (Arc<Session>, Arc<Fake>) {
    let (session, source) = with(folder, false, Fake::people(), bare());
    session.read_schemas().unwrap();
    (session, source)
}

#[test]
fn a_pinned_table_is_read_and_not_looked_into() {
    let folder = folder(&[("people.schema", PINNED), ("notes.json", "{"), ("other.txt", "")]);
    let (session, source) = pinned(folder.path());
    assert_eq!(tables(&session), ["People"]);
    let columns = "SELECT ColumnName, Ordinal FROM sys_tablecolumns WHERE TableName = 'People'";
    assert_eq!(
        both(&session, columns).1,
        [["town", "1"], ["years", "2"], ["tags", "3"]]
    );
    let prepared = runtime::run(&wait(), session.clone().prepare("SELECT * FROM people".to_owned())).unwrap();
    assert_eq!(prepared.schema().field(0).name(), "town");
    assert!(source.opened.lock().is_empty(), "a document was read before the query");
    let (names, rows) = both(
        &session,
        "SELECT *, _file_name FROM PEOPLE WHERE years > 30 ORDER BY years",
    );
    assert_eq!(names, ["town", "years", "tags", "_file_name"]);
    assert_eq!(
        rows,
        [
            ["London", "36", "[\"a\",\"b\"]", "people.json"],
            ["New York", "45", "[]", "people.json"]
        ]
    );
    assert_eq!(source.opened.lock().len(), 1);
    // The column that is left out is none.
    assert_eq!(
        problem(&session, "SELECT born FROM people").kind(),
        Kind::ColumnNotFound
    );
    assert_eq!(
        both(&session, "SELECT [tags.0] FROM json.People WHERE town LIKE 'L%'").1,
        [["a"]]
    );
    assert_eq!(
        both(
            &session,
            "SELECT a.town FROM people a JOIN people b ON a.years < b.years WHERE b.years = 36"
        )
        .1,
        [["Helsinki"]]
    );
}

#[test]
fn an_array_in_a_column_that_has_another_name_is_a_table() {
    let renamed = PINNED.replace(
        "\"tags\", \"type\": \"JSON\", \"path\": \"$.tags\"",
        "\"Cars\", \"type\": \"JSON\", \"path\": \"$.has.cars\"",
    );
    let folder = folder(&[("people.schema", &renamed)]);
    let document = r#"[{"age": 1, "has": {"cars": [{"model": "a"}, {"model": "b"}]}}, {"has": {"cars": []}}]"#;
    let (session, _) = with(
        folder.path(),
        false,
        Fake::of("people", &[("people.json", document)]),
        bare(),
    );
    session.read_schemas().unwrap();
    for sql in ["SELECT model FROM [people.cars]", "SELECT model FROM [People.has.cars]"] {
        assert_eq!(both(&session, sql).1, [["a"], ["b"]], "{sql}");
    }
    assert_eq!(both(&session, "SELECT [Cars.1.model] FROM people").1, [["b"], ["NULL"]]);
}

#[test]
fn members_without_a_column_are_left_out_and_not_warned_of() {
    let folder = folder(&[("people.schema", PINNED)]);
    let (session, _) = pinned(folder.path());
    let warnings = runtime::run(&wait(), async move {
        let prepared = session.prepare("SELECT count(town) FROM people".to_owned()).await?;
        let (_, rows) = prepared.execute(vec![]).await?.next().await?.unwrap();
        Ok(rows.warnings())
    });
    assert!(warnings.unwrap().is_empty());
}

#[test]
fn a_value_that_contradicts_the_file_is_told_with_file_path_and_types() {
    let folder = folder(&[("people.schema", &PINNED.replace("$.age", "$.born"))]);
    let (session, _) = pinned(folder.path());
    let error = problem(&session, "SELECT years FROM people");
    assert_eq!(error.kind(), Kind::Conversion);
    let file = folder.path().join("people.schema");
    let said = format!(
        "people.json, record 1: the value at $.born, '1815-12-10', is DATE, but the schema file {} says that the column \
         \"years\" is BIGINT. Change its type",
        file.display()
    );
    assert!(error.message().starts_with(&said), "{error}");
    // What is not asked for contradicts nothing.
    assert_eq!(both(&session, "SELECT count(town) FROM people").1, [["3"]]);
}

#[test]
fn a_file_of_another_name_adds_a_table_to_those_that_are_found() {
    let folder = folder(&[("more.schema", &PINNED.replace("\"People\"", "\"towns\""))]);
    let (session, source) = pinned(folder.path());
    assert_eq!(tables(&session), ["towns", "people"]);
    assert_eq!(both(&session, "SELECT count(town) FROM towns").1, [["3"]]);
    assert_eq!(source.opened.lock().len(), 1);
    let joined = "SELECT p.Name, t.town FROM people p JOIN towns t ON t.years = p.age WHERE p.id = 2";
    assert_eq!(both(&session, joined).1, [["Grace", "New York"]]);
    let documents = DocumentOptions {
        tables: vec!["Towns".to_owned()],
        ..DocumentOptions::default()
    };
    let (session, _) = with(folder.path(), false, Fake::people(), Options { documents, ..bare() });
    session.read_schemas().unwrap();
    assert_eq!(tables(&session), ["towns"]);
    assert_eq!(problem(&session, "SELECT * FROM people").kind(), Kind::TableNotFound);
}

/// One place.
#[derive(Debug)]
struct Elsewhere(Arc<Fake>);

impl Places for Elsewhere {
    fn open(&self, uri: &str, options: &[(String, String)]) -> Result<(Arc<dyn Source>, DocumentOptions)> {
        if uri != "box://numbers.ndjson" {
            return Err(Error::new(Kind::Property, format!("Nothing may be read at {uri}.")));
        }
        let mut documents = DocumentOptions::default();
        if let Some((name, path)) = options.first() {
            assert_eq!(name, "JSONPath");
            documents.model = documents.model.reading("JSON", path).unwrap();
        }
        Ok((self.0.clone(), documents))
    }
}

const NUMBERS: &str = r#"{"version": 1, "table": "numbers", "uri": "box://numbers.ndjson", "columns": [
    {"name": "N", "type": "DOUBLE", "path": "$.n"}]}"#;

#[test]
fn a_file_says_where_its_documents_are() {
    let elsewhere = Arc::new(numbers(10, 50));
    let places = || Some(Arc::new(Elsewhere(elsewhere.clone())) as Arc<dyn Places>);
    let files = folder(&[("numbers.schema", NUMBERS)]);
    let (session, _) = with(
        files.path(),
        false,
        Fake::people(),
        Options {
            places: places(),
            ..bare()
        },
    );
    session.read_schemas().unwrap();
    assert_eq!(tables(&session), ["numbers", "people"]);
    let joined = "SELECT p.Name, n.\"N\" FROM numbers n JOIN people p ON p.id = n.N ORDER BY p.id";
    assert_eq!(
        both(&session, joined).1,
        [["Ada", "1.0"], ["Grace", "2.0"], ["Linus", "3.0"]]
    );

    let files = folder(&[("numbers.schema", &NUMBERS.replace("box:", "other:"))]);
    let (session, _) = with(
        files.path(),
        false,
        Fake::people(),
        Options {
            places: places(),
            ..bare()
        },
    );
    let error = session.read_schemas().unwrap_err();
    assert!(
        error
            .message()
            .contains("numbers.schema: Nothing may be read at other://numbers.ndjson."),
        "{error}"
    );

    let files = folder(&[("people.schema", PINNED)]);
    let session = Session::new(Options {
        schemas: Some(Arc::new(SchemaFolder::new(files.path().to_str().unwrap(), false))),
        places: places(),
        ..bare()
    });
    let error = session.read_schemas().unwrap_err();
    assert!(
        error
            .message()
            .contains("people.schema: it describes documents of the connection, which has no URI"),
        "{error}"
    );
}

#[test]
fn two_files_for_one_table_and_a_folder_that_is_none_are_told() {
    let files = folder(&[("a.schema", PINNED), ("b.schema", &PINNED.replace("People", "PEOPLE"))]);
    let (session, _) = with(files.path(), false, Fake::people(), bare());
    let error = session.read_schemas().unwrap_err();
    assert_eq!(error.kind(), Kind::Property);
    for part in ["a.schema and ", "b.schema both describe a table called PEOPLE"] {
        assert!(error.message().contains(part), "{error}");
    }
    let (session, _) = with(&files.path().join("missing"), false, Fake::people(), bare());
    let error = session.read_schemas().unwrap_err();
    assert!(
        error.message().contains("The property Location names the folder "),
        "{error}"
    );
}

#[test]
fn create_schema_writes_what_was_found_and_replaces_nothing_unasked() {
    let files = folder(&[]);
    let (session, source) = pinned(files.path());
    let found = both(&session, "SELECT * FROM people");
    let (names, rows) = both(&session, "EXEC CreateSchema TableName='people'");
    let path = files.path().join("people.schema");
    assert_eq!(names, ["Result", "FileName", "FileData"]);
    assert_eq!(rows, [["Success", path.to_str().unwrap(), "NULL"]]);
    // It holds from now on.
    source.opened.lock().clear();
    assert_eq!(both(&session, "SELECT * FROM people"), found);
    assert_eq!(source.opened.lock().len(), 1);

    fs::write(&path, PINNED).unwrap();
    let error = problem(&session, "EXEC CreateSchema 'people'");
    assert_eq!(error.kind(), Kind::TableExists);
    assert!(error.message().contains(path.to_str().unwrap()), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), PINNED);
    both(&session, "EXEC CreateSchema 'people', Overwrite='true'");
    assert!(fs::read_to_string(&path).unwrap().contains("\"born\""));
    // Nothing lies about beside it.
    assert_eq!(fs::read_dir(files.path()).unwrap().count(), 1);
}

#[test]
fn create_schema_looks_where_its_inputs_say() {
    let files = folder(&[]);
    let elsewhere = Arc::new(numbers(10, 50));
    let places = Some(Arc::new(Elsewhere(elsewhere)) as Arc<dyn Places>);
    let (session, _) = with(files.path(), false, Fake::people(), Options { places, ..bare() });
    let call = "EXEC CreateSchema TableName='n', URI='box://numbers.ndjson', FileName='first.schema'";
    assert_eq!(both(&session, call).1[0][0], "Success");
    assert_eq!(both(&session, "SELECT max(n) FROM n").1, [["9"]]);
    let text = fs::read_to_string(files.path().join("first.schema")).unwrap();
    assert!(text.contains("\"uri\": \"box://numbers.ndjson\""), "{text}");

    let (_, rows) = both(
        &session,
        "EXEC CreateSchema 'tags', JSONPath='$.address', WriteToFile='FALSE'",
    );
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.decode(&rows[0][2]).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(rows[0][1], "NULL");
    assert!(
        text.contains("\"jsonPath\": \"$.address\"") && text.contains("$.city"),
        "{text}"
    );
    assert_eq!(fs::read_dir(files.path()).unwrap().count(), 1);

    for (call, kind, said) in [
        (
            "EXEC CreateSchema",
            Kind::Syntax,
            "CreateSchema needs the input TableName",
        ),
        (
            "EXEC CreateSchema 'n', FileName='../n.schema'",
            Kind::Property,
            "A schema file cannot be called",
        ),
        (
            "EXEC CreateSchema 'n', FileName='n.json'",
            Kind::Property,
            "A schema file cannot be called",
        ),
        (
            "EXEC CreateSchema 'n', URI='box://secret'",
            Kind::Property,
            "Nothing may be read at box://secret",
        ),
        (
            "EXEC CreateSchema 'n', JSONPath='$.['",
            Kind::Property,
            "The input JSONPath has the path '$.['",
        ),
        (
            "EXEC CreateSchema 'n', JSONFormat='CSV'",
            Kind::Syntax,
            "The input JSONFormat of CreateSchema",
        ),
        (
            "EXEC CreateSchema 'n', FileStream='x'",
            Kind::Syntax,
            "CreateSchema has no input FileStream",
        ),
    ] {
        let error = problem(&session, call);
        assert_eq!(error.kind(), kind, "{call}: {error}");
        assert!(error.message().contains(said), "{call}: {error}");
    }
    let error = problem(&people(), "EXEC CreateSchema 'people'");
    assert!(error.message().contains("Set Location"), "{error}");
}

#[test]
fn tables_that_no_file_can_describe_are_refused() {
    let files = folder(&[]);
    let documents = [("a.json", r#"{"x": [{"a": 1}]}"#), ("b.json", r#"{"y": [{"a": 1}]}"#)];
    let (session, _) = with(files.path(), false, Fake::of("t", &documents), bare());
    let error = problem(&session, "EXEC CreateSchema 't'");
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(error.message().contains("such as $.x and $.y"), "{error}");
    let separate = DocumentOptions {
        separate: true,
        ..DocumentOptions::default()
    };
    let rest = Options {
        documents: separate,
        ..bare()
    };
    let (session, _) = with(files.path(), false, Fake::of("t", &documents), rest);
    let error = problem(&session, "EXEC CreateSchema 'b'");
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(error.message().contains("give CreateSchema its URI"), "{error}");
    let error = problem(&session, "EXEC CreateSchema 'c'");
    assert!(error.message().contains("make no table c, but these: a, b"), "{error}");
}

#[test]
fn files_are_written_on_use_and_on_start_where_there_are_none() {
    let files = folder(&[]);
    let (session, _) = with(files.path(), true, Fake::people(), bare());
    session.read_schemas().unwrap();
    assert_eq!(fs::read_dir(files.path()).unwrap().count(), 0);
    let found = both(&session, "SELECT * FROM people");
    let path = files.path().join("people.schema");
    assert!(path.exists());
    // The next connection reads it, whoever has edited it.
    let (again, source) = with(files.path(), true, Fake::people(), bare());
    again.read_schemas().unwrap();
    runtime::run(&wait(), again.clone().write_schemas()).unwrap();
    assert!(source.opened.lock().is_empty());
    assert_eq!(both(&again, "SELECT * FROM people"), found);
    fs::rename(&path, files.path().join("renamed.schema")).unwrap();
    fs::write(files.path().join("renamed.schema"), PINNED).unwrap();
    // A connection that was open before writes no second file for the table.
    let documents = DocumentOptions::default();
    let (late, _) = with(files.path(), true, Fake::people(), Options { documents, ..bare() });
    both(&late, "SELECT * FROM people");
    assert!(!path.exists());

    let files = folder(&[]);
    let (session, _) = with(files.path(), true, Fake::people(), bare());
    session.read_schemas().unwrap();
    runtime::run(&wait(), session.write_schemas()).unwrap();
    assert!(files.path().join("people.schema").exists());
    let (session, _) = with(&files.path().join("missing"), true, Fake::people(), bare());
    let error = problem(&session, "SELECT * FROM people");
    assert_eq!(error.kind(), Kind::Property);
    assert!(error.message().contains("Location"), "{error}");
}

#[test]
fn the_file_has_the_model_of_its_documents() {
    use crate::engine::Model;
    let documents = DocumentOptions {
        model: Model::default().reading("JSONRows", "column:$.c;row:$.r").unwrap(),
        ..DocumentOptions::default()
    };
    let source = || Fake::of("t", &[("a.json", r#"{"r": [[1, "x"]], "c": ["id", "a b"]}"#)]);
    let files = folder(&[]);
    let (session, _) = with(files.path(), true, source(), Options { documents, ..bare() });
    let found = both(&session, "SELECT * FROM t");
    let text = fs::read_to_string(files.path().join("t.schema")).unwrap();
    assert!(text.contains("\"jsonPath\": \"column:$.c;row:$.r\""), "{text}");
    assert!(text.contains("\"path\":\"$.a b\""), "{text}");
    // The connection itself need not say it.
    let (session, source) = with(files.path(), false, source(), bare());
    session.read_schemas().unwrap();
    assert_eq!(both(&session, "SELECT * FROM t"), found);
    // The list came together with the rows before it.
    assert_eq!(source.opened.lock().len(), 1);
}
