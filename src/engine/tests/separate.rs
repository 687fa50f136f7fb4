//! `AggregateFiles=false`: a table for every document.

use super::*;
use crate::engine::{DataModel, Model};

fn over(documents: &[(&str, &str)], options: DocumentOptions) -> (Arc<Session>, Arc<Fake>) {
    let options = DocumentOptions {
        separate: true,
        ..options
    };
    session_with(Fake::of("folder", documents), options)
}

fn of_model(model: Model) -> DocumentOptions {
    DocumentOptions {
        model,
        ..DocumentOptions::default()
    }
}

fn values(session: &Arc<Session>, sql: &str) -> Vec<Vec<String>> {
    both(session, sql).1
}

#[test]
fn every_document_is_a_table_of_its_own_columns() {
    let documents = [
        (
            "x/orders.json",
            r#"{"list": [{"id": 1, "tags": [{"a": 7}]}, {"id": 2}]}"#,
        ),
        ("x/people.json", r#"[{"id": "one"}]"#),
        ("y/People.json", r#"{"id": 2.5} {"id": 3}"#),
    ];
    let (session, source) = over(&documents, DocumentOptions::default());
    assert_eq!(tables(&session), ["orders", "people", "y_People"]);
    assert_eq!(values(&session, "SELECT id FROM orders"), [["1"], ["2"]]);
    source.opened.lock().clear();
    let joined = "SELECT o.id, p.id, y.id FROM orders o JOIN people p ON o.id = 1 JOIN y_people y ON y.id > 2.6";
    assert_eq!(values(&session, joined), [["1", "one", "3.0"]]);
    // Each is read by its own table alone.
    let mut opened = source.opened.lock().clone();
    opened.sort();
    assert_eq!(opened, ["x/orders.json", "x/people.json", "y/People.json"]);
    assert_eq!(values(&session, "SELECT a FROM [orders.tags]"), [["7"]]);
    assert_eq!(
        values(&session, "SELECT _file_name, count(*) FROM people GROUP BY _file_name"),
        [["people.json", "1"]]
    );
    let error = answer(&session, "SELECT * FROM folder", vec![]).unwrap_err();
    assert_eq!(error.kind(), Kind::TableNotFound);
}

#[test]
fn a_document_with_several_tables_gives_them_its_name() {
    const SHOP: &str = r#"{"shop": [{"name": "a", "goods": [{"id": 1}, {"id": 2}]}]}"#;
    let model = Model {
        data_model: DataModel::Relational,
        ..Model::default()
    };
    let (session, _) = over(&[("shop.json", SHOP), ("new.json", SHOP)], of_model(model.clone()));
    assert_eq!(tables(&session), ["shop", "shop_goods", "new_shop", "new_goods"]);
    let keys = runtime::run(&wait(), session.clone().keys()).unwrap();
    let references: Vec<_> = keys
        .iter()
        .filter_map(|key| Some((key.table.as_str(), key.reference.as_ref()?.table.as_str())))
        .collect();
    assert_eq!(references, [("shop_goods", "shop"), ("new_goods", "new_shop")]);
    let joined = "SELECT s.name, sum(g.id) FROM new_shop s JOIN new_goods g ON g.shop_id = s._id GROUP BY s.name";
    assert_eq!(values(&session, joined), [["a", "3"]]);
    let (session, _) = over(&[("shop.json", SHOP)], of_model(model));
    assert_eq!(tables(&session), ["shop", "goods"]);
}

#[test]
fn documents_that_make_no_table_leave_the_others() {
    let documents = [
        ("a.json", r#"{"p": [{"id": 1}]}"#),
        ("b.json", "{]"),
        ("c.json", r#"{"q": 1}"#),
    ];
    let options = DocumentOptions {
        skips_bad: true,
        row_scan_depth: 10,
        ..of_model(Model::default().reading("JSON", "$.p").unwrap())
    };
    let (session, _) = over(&documents, options.clone());
    assert_eq!(tables(&session), ["a"]);
    assert_eq!(values(&session, "SELECT id FROM a"), [["1"]]);
    let skipped = values(&session, "SELECT Name FROM sys_files WHERE Skipped");
    assert_eq!(skipped, [["b.json"]]);
    for (documents, kind) in [(&documents[1..2], Kind::Document), (&documents[2..], Kind::Property)] {
        let (session, _) = over(documents, options.clone());
        assert_eq!(try_tables(&session).unwrap_err().kind(), kind);
    }
    let strict = DocumentOptions {
        skips_bad: false,
        ..options
    };
    let (session, _) = over(&documents, strict);
    assert_eq!(try_tables(&session).unwrap_err().kind(), Kind::Document);
}
