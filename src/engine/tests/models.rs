//! Documents as several tables, as one that joins them, and arrays in them as tables.

use super::*;
use crate::engine::{DataModel, JsonPath, Model, Qualification};

const PEOPLE: &str = r#"{"people": [
    {"personal": {"age": 20, "name": {"first": "Ada"}}, "vehicles": [
        {"type": "car", "maintenance": [{"desc": "oil"}, {"desc": "tyres"}]},
        {"type": "truck"}]},
    {"personal": {"age": 24, "name": {"first": "Bob"}}, "vehicles": []}
]}"#;

fn over(documents: &[(&str, &str)], model: Model) -> (Arc<Session>, Arc<Fake>) {
    let options = DocumentOptions {
        model,
        ..DocumentOptions::default()
    };
    session_with(Fake::of("folder", documents), options)
}

fn of(data_model: DataModel) -> Model {
    Model {
        data_model,
        ..Model::default()
    }
}

fn at(data_model: DataModel, paths: &[&str]) -> Model {
    Model {
        paths: paths.iter().map(|path| JsonPath::parse(path).unwrap()).collect(),
        ..of(data_model)
    }
}

fn rows_of(session: &Arc<Session>, sql: &str) -> Vec<String> {
    both(session, sql).1.iter().map(|row| row.join(" ")).collect()
}

#[test]
fn a_document_has_its_rows_in_its_topmost_array_of_objects() {
    let (session, _) = over(&[("a.json", PEOPLE)], Model::default());
    let (names, rows) = both(&session, "SELECT * FROM folder");
    assert_eq!(names, ["personal.age", "personal.name.first", "vehicles"]);
    assert_eq!(rows.len(), 2);
    // Every document of a folder has them where it has them.
    let documents = [
        ("a.json", PEOPLE),
        ("b.json", r#"[{"personal":{"age":30}}]"#),
        ("c.json", r#"{"personal":{"age":40}}"#),
    ];
    let (session, _) = over(&documents, Model::default());
    assert_eq!(
        rows_of(&session, "SELECT sum(personal.age), count(*) FROM folder"),
        ["114 4"]
    );
    let (session, _) = over(&documents[..1], at(DataModel::Document, &["$"]));
    assert_eq!(both(&session, "SELECT * FROM folder").0, ["people"]);
}

#[test]
fn a_path_says_where_the_rows_are() {
    let (session, source) = over(&[("a.json", PEOPLE)], at(DataModel::Document, &["$.people.vehicles"]));
    assert_eq!(tables(&session), ["vehicles"]);
    assert!(source.opened.lock().is_empty());
    assert_eq!(rows_of(&session, "SELECT type FROM Vehicles"), ["car", "truck"]);
    let (session, _) = over(&[("a.json", PEOPLE)], at(DataModel::Document, &["$.persons"]));
    let error = answer(&session, "SELECT * FROM persons", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::Property);
    assert!(error.message().contains("JSONPath names $.persons"), "{error}");
}

#[test]
fn relational_tables_are_joined_by_their_keys() {
    let (session, _) = over(&[("a.json", PEOPLE)], of(DataModel::Relational));
    assert_eq!(tables(&session), ["people", "vehicles", "maintenance"]);
    let sql = "SELECT p.personal.name.first, v.type, m.[desc] FROM people p JOIN vehicles v ON v.people_id = p._id \
               LEFT JOIN maintenance m ON m.vehicles_id = v._id ORDER BY m._id";
    assert_eq!(
        rows_of(&session, sql),
        ["Ada car oil", "Ada car tyres", "Ada truck NULL"]
    );
    assert_eq!(
        rows_of(&session, "SELECT _id, people_id FROM json.Vehicles"),
        ["1.1 1", "1.2 1"]
    );
    assert_eq!(rows_of(&session, "SELECT count(*) FROM maintenance"), ["2"]);
    let keys = runtime::run(&wait(), session.clone().keys()).unwrap();
    let shown: Vec<_> = keys
        .iter()
        .map(|key| (key.table.as_str(), key.column.as_str()))
        .collect();
    assert_eq!(shown, [("people", "_id"), ("vehicles", "_id"), ("maintenance", "_id")]);
    let reference = keys[2].reference.clone().unwrap();
    assert_eq!(
        (
            reference.column.as_str(),
            reference.table.as_str(),
            reference.key.as_str()
        ),
        ("vehicles_id", "vehicles", "_id")
    );
    assert_eq!(
        rows_of(
            &session,
            "SELECT TableName, ColumnName, ReferencedTableName, ReferencedColumnName FROM sys_foreignkeys"
        ),
        ["vehicles people_id people _id", "maintenance vehicles_id vehicles _id"]
    );
    assert_eq!(rows_of(&session, "SELECT count(*) FROM sys_primarykeys"), ["3"]);
    let of_vehicles = "SELECT ColumnName, IsKey FROM sys_keycolumns WHERE TableName = 'vehicles'";
    assert_eq!(rows_of(&session, of_vehicles), ["_id true", "people_id false"]);
    let listed = "SELECT count(*) FROM sys_tables WHERE SchemaName = 'json'";
    assert_eq!(rows_of(&session, listed), ["3"]);
    let unknown = answer(&session, "SELECT * FROM animals", vec![]).unwrap_err();
    assert_eq!(unknown.kind(), Kind::TableNotFound);
    assert!(unknown.message().contains("vehicles"), "{unknown}");
}

#[test]
fn keys_of_several_documents_differ() {
    let (session, _) = over(&[("a.json", PEOPLE), ("b.json", PEOPLE)], of(DataModel::Relational));
    assert_eq!(
        rows_of(&session, "SELECT _id FROM people"),
        ["1:1", "1:2", "2:1", "2:2"]
    );
    let joined = "SELECT count(*) FROM people p JOIN vehicles v ON v.people_id = p._id";
    assert_eq!(rows_of(&session, joined), ["4"]);
    assert_eq!(
        rows_of(&session, "SELECT DISTINCT _file_name FROM vehicles WHERE _id = '2:1.1'"),
        ["b.json"]
    );
}

#[test]
fn what_lies_beside_the_arrays_of_a_document_is_a_table_too() {
    let order = |number: u32| format!(r#"{{"number": {number}, "items": [{{"sku": "a{number}"}}, {{"sku": "b"}}]}}"#);
    let documents = [("1.json", order(1)), ("2.json", order(2))];
    let documents: Vec<_> = documents.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (session, _) = over(&documents, of(DataModel::Relational));
    assert_eq!(tables(&session), ["folder", "items"]);
    let sql = "SELECT f.number, i.sku FROM folder f JOIN items i ON i.folder_id = f._id ORDER BY 1, 2";
    assert_eq!(rows_of(&session, sql), ["1 a1", "1 b", "2 a2", "2 b"]);
    let (session, _) = over(&documents, of(DataModel::FlattenedDocuments));
    assert_eq!(
        rows_of(&session, "SELECT number, sku FROM folder ORDER BY 1, 2"),
        ["1 a1", "1 b", "2 a2", "2 b"]
    );
    let (session, _) = over(&documents, Model::default());
    assert_eq!(both(&session, "SELECT * FROM folder").0, ["sku"]);
}

#[test]
fn flattened_documents_are_one_table_of_joined_rows() {
    let (session, source) = over(&[("a.json", PEOPLE)], of(DataModel::FlattenedDocuments));
    let (names, _) = both(&session, "SELECT * FROM folder");
    assert_eq!(names, ["personal.age", "personal.name.first", "type", "desc"]);
    source.opened.lock().clear();
    let sql = "SELECT personal.name.first, type, [desc] FROM folder";
    assert_eq!(
        rows_of(&session, sql),
        ["Ada car oil", "Ada car tyres", "Ada truck NULL", "Bob NULL NULL"]
    );
    let full = Model {
        qualification: Qualification::Full,
        ..at(DataModel::FlattenedDocuments, &["$.people", "$.people.vehicles"])
    };
    let (session, _) = over(&[("a.json", PEOPLE)], full);
    assert_eq!(tables(&session), ["people"]);
    assert_eq!(
        both(&session, "SELECT * FROM people").0,
        [
            "people.personal.age",
            "people.personal.name.first",
            "people.vehicles.type",
            "people.vehicles.maintenance"
        ]
    );
}

#[test]
fn an_array_in_the_records_can_be_read_as_a_table() {
    let (session, _) = over(&[("a.json", PEOPLE)], Model::default());
    assert_eq!(
        rows_of(&session, "SELECT type FROM [folder.vehicles]"),
        ["car", "truck"]
    );
    assert_eq!(
        rows_of(
            &session,
            "SELECT v.TYPE FROM json.[Folder.Vehicles] v WHERE v.type LIKE 't%'"
        ),
        ["truck"]
    );
    assert_eq!(
        rows_of(&session, "SELECT count(*) FROM folder.vehicles.maintenance"),
        ["2"]
    );
    let both = "SELECT count(*), (SELECT count(*) AS n FROM [folder.vehicles]) FROM folder";
    assert_eq!(rows_of(&session, both), ["2 2"]);
    for unknown in ["[folder.wheels]", "[other.vehicles]"] {
        let error = answer(&session, &format!("SELECT * FROM {unknown}"), vec![]).unwrap_err();
        assert_eq!(error.kind(), Kind::TableNotFound, "{unknown}: {error}");
    }
    let (session, _) = over(&[("a.json", PEOPLE)], at(DataModel::Document, &["$.people"]));
    assert_eq!(rows_of(&session, "SELECT count(*) FROM [people.vehicles]"), ["2"]);
}

#[test]
fn many_records_keep_their_keys_however_they_are_cut() {
    let mut source = numbers(20_000, 100_000);
    source.name = "numbers";
    let options = DocumentOptions {
        model: of(DataModel::Relational),
        row_scan_depth: 100,
        ..DocumentOptions::default()
    };
    let (session, _) = session_with(source, options);
    let sql = "SELECT count(*), count(DISTINCT _id), sum(CASE WHEN CAST(_id AS BIGINT) = n + 1 THEN 1 ELSE 0 END) FROM numbers";
    assert_eq!(rows_of(&session, sql), ["20000 20000 20000"]);
}

#[test]
fn one_document_may_tell_the_columns_of_all() {
    let documents = [
        ("a.json", r#"{"rows": [{"id": 1}]}"#),
        ("b.json", r#"{"rows": [{"id": 2, "name": "x"}]}"#),
        ("c.json", r#"{"rows": [{"id": 3}]}"#),
    ];
    let found_in = |discovery: &str| {
        let options = DocumentOptions {
            discovery: Some(discovery.to_owned()),
            ..DocumentOptions::default()
        };
        session_with(Fake::of("folder", &documents), options)
    };
    for (discovery, columns) in [
        ("b.json", vec!["id", "name"]),
        ("First", vec!["id"]),
        ("last", vec!["id"]),
    ] {
        let (session, source) = found_in(discovery);
        let described = runtime::run(&wait(), session.clone().prepare("SELECT * FROM folder".to_owned())).unwrap();
        let fields = described
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect::<Vec<_>>();
        assert_eq!(fields, columns, "{discovery}");
        assert_eq!(source.opened.lock().len(), 1, "{discovery}");
        assert_eq!(rows_of(&session, "SELECT sum(id) FROM folder"), ["6"]);
    }
    let error = answer(&found_in("d.json").0, "SELECT * FROM folder", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::Property);
    assert!(
        error.message().contains("MetadataDiscoveryURI names 'd.json'"),
        "{error}"
    );
}
