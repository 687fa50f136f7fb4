//! The types of columns as statements meet them.

use super::*;
use crate::engine::Model;

fn folder(text: &str, untyped: bool) -> Arc<Session> {
    let options = DocumentOptions {
        row_scan_depth: 100,
        model: Model {
            untyped,
            ..Model::default()
        },
        ..DocumentOptions::default()
    };
    session_with(Fake::of("things", &[("things.ndjson", text)]), options).0
}

fn values(session: &Arc<Session>, sql: &str) -> Vec<Vec<String>> {
    let answered = answer(session, sql, vec![]);
    answered.unwrap_or_else(|error| panic!("{sql}: {error:?}")).1
}

#[test]
fn decimals_are_compared_digit_by_digit() {
    let session = folder(
        r#"
        {"id": 18446744073709551616, "price": 0.12345678901234567890}
        {"id": 18446744073709551617, "price": 0.12345678901234567891}
        {"id": -1, "price": 7}"#,
        false,
    );
    for (condition, expected) in [
        ("id = 18446744073709551617", vec!["18446744073709551617"]),
        ("id >= 18446744073709551617", vec!["18446744073709551617"]),
        ("id IN (18446744073709551616, 5)", vec!["18446744073709551616"]),
        ("id < 0", vec!["-1"]),
        ("id BETWEEN -1 AND 0", vec!["-1"]),
        ("price = 0.12345678901234567891", vec!["18446744073709551617"]),
        ("price < 0.12345678901234567891", vec!["18446744073709551616"]),
        ("price = 7", vec!["-1"]),
    ] {
        let rows = values(&session, &format!("SELECT id FROM things WHERE {condition}"));
        assert_eq!(rows.concat(), expected, "{condition}");
    }
    assert_eq!(
        values(&session, "SELECT sum(id), max(price), min(price) FROM things"),
        [[
            "36893488147419103232",
            "7.00000000000000000000",
            "0.12345678901234567890"
        ]]
    );
    let marker = ScalarValue::Decimal128(Some(18_446_744_073_709_551_617), 38, 0);
    let (_, rows) = answer(&session, "SELECT id FROM things WHERE id = ?", vec![marker]).unwrap();
    assert_eq!(rows, [["18446744073709551617"]]);
}

#[test]
fn times_and_timestamps_are_of_their_types() {
    let session = folder(
        r#"
        {"at": "09:30:00", "seen": "2024-02-29T10:00:00+02:00", "fine": "2024-02-29T10:00:00.1234567Z", "local": "2024-02-29"}
        {"at": "17:00:00.000", "seen": "2024-02-29T23:59:59.5Z", "fine": "2024-02-29T10:00:00Z", "local": "2024-02-29 10:00"}"#,
        false,
    );
    assert_eq!(
        values(
            &session,
            "SELECT at, seen, fine, local FROM things WHERE at < '12:00:00'"
        ),
        [[
            "09:30:00",
            "2024-02-29T08:00:00",
            "2024-02-29T10:00:00.123456700",
            "2024-02-29T00:00:00"
        ]]
    );
    assert_eq!(
        values(
            &session,
            "SELECT count(*) FROM things WHERE seen > {ts '2024-02-29 08:00:00'} AND at > {t '12:00:00'}"
        ),
        [["1"]]
    );
    assert_eq!(
        values(
            &session,
            "SELECT HOUR(at), HOUR(seen), DATEDIFF(hour, seen, fine) FROM things ORDER BY at"
        ),
        [["9", "8", "2"], ["17", "23", "-13"]]
    );
}

#[test]
fn without_detection_every_column_is_text() {
    let session = folder(
        "{\"id\": 1.50, \"day\": \"2024-02-29\"}\n{\"id\": \"x\", \"ok\": true}",
        true,
    );
    assert_eq!(
        values(&session, "SELECT id, day, ok FROM things WHERE id >= '1'"),
        [["1.50", "2024-02-29", "NULL"], ["x", "NULL", "true"]]
    );
}

#[test]
fn only_the_beginning_of_a_document_is_looked_at() {
    const MEGABYTE: usize = 1 << 20;
    let record = format!("{{\"text\": \"{}\"}}\n", "x".repeat(MEGABYTE));
    let mut chunks = vec![Bytes::from(record); 80];
    chunks.push(Bytes::from("{\"late\": 1}\n"));
    let source = Fake {
        name: "wide",
        documents: Mutex::new(vec![("wide.ndjson".to_owned(), chunks)]),
        ..Fake::default()
    };
    let (session, source) = session_over(source);
    let (names, _) = answer(&session, "SELECT * FROM wide LIMIT 0", vec![]).unwrap();
    assert_eq!(names, ["text"]);
    let looked_at = source.chunks.load(Ordering::SeqCst);
    assert!((64..80).contains(&looked_at), "{looked_at}");
}
