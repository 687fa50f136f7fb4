//! The properties that describe types otherwise: every function says the same, and values are delivered so.

use crate::descriptions::{agree_on_table, described, rows, types};
use crate::driver::*;

const DEFAULT: i16 = 99;

/// A large number, a short text and a long one.
fn document() -> String {
    format!(
        r#"[{{"big": 1234567890, "short": "é🖥", "long": "{}"}}]"#,
        "é".repeat(5_000)
    )
}

/// Type and size of each column.
fn columns(open: &Open) -> Vec<(i16, usize)> {
    let statement = open.query("SELECT * FROM people");
    let columns = (1..=3).map(|column| {
        let (_, data_type, size, ..) = described(statement, column);
        (data_type, size)
    });
    let columns = columns.collect();
    ok(driver().SQLFreeHandle(STMT, statement), STMT, statement);
    columns
}

#[test]
fn types_are_described_as_the_properties_say() {
    const BIGINT: (i16, usize) = (-5, 19);
    const SHORT: (i16, usize) = (-9, 32);
    const LONG: (i16, usize) = (-10, 16384);
    for (properties, expected) in [
        ("", [BIGINT, SHORT, LONG]),
        ("MapToWVarchar=false", [BIGINT, (12, 32), (-1, 16384)]),
        ("MapToLongVarchar=31", [BIGINT, (-10, 32), LONG]),
        ("MapToLongVarchar=32", [BIGINT, SHORT, LONG]),
        (
            "MapToLongVarchar=0;MapToWVarchar=false",
            [BIGINT, (-1, 32), (-1, 16384)],
        ),
        ("MapToLongVarchar=20000", [BIGINT, SHORT, (-9, 16384)]),
        ("MaximumColumnSize=255", [BIGINT, SHORT, (-10, 255)]),
        ("MaximumColumnSize=16", [BIGINT, (-9, 16), (-10, 16)]),
        ("MapToInt=true", [(4, 10), SHORT, LONG]),
        ("MapBigintToVarchar=true", [(-9, 20), SHORT, LONG]),
        (
            "MapBigintToVarchar=true;MapToInt=true;MapToWVarchar=false",
            [(12, 20), (12, 32), (-1, 16384)],
        ),
    ] {
        for version in [380, 2] {
            let open = Open::with(&document(), version, properties);
            assert_eq!(agree_on_table(&open, "people"), 3, "{properties}");
            assert_eq!(columns(&open), expected, "{properties}");
            let numbers = types(&open).into_iter().map(|row| row["DATA_TYPE"].clone().unwrap());
            let numbers: Vec<i16> = numbers.map(|number| number.parse().unwrap()).collect();
            let left_out = |property, types: &[i16]| {
                let is_set = properties.contains(property);
                assert!(
                    types.iter().all(|number| numbers.contains(number) != is_set),
                    "{properties}"
                );
            };
            left_out("MapToWVarchar=false", &[-10, -9, -8]);
            if !properties.contains("MapToInt") {
                left_out("MapBigintToVarchar=true", &[-5]);
            }
        }
    }
}

/// What SQL_C_DEFAULT delivers of a column.
fn value(open: &Open, column: &str) -> (i16, Vec<u8>) {
    let statement = open.query(&format!("SELECT {column} FROM people"));
    assert_eq!(driver().SQLFetch(statement), SUCCESS);
    let (mut buffer, mut length) = ([0_u8; 64], 0_isize);
    let code = driver().SQLGetData(statement, 1, DEFAULT, place(&mut buffer), 64, &mut length);
    let value = match code {
        SUCCESS => buffer[..length as usize].to_vec(),
        _ => state(STMT, statement).into_bytes(),
    };
    ok(driver().SQLFreeHandle(STMT, statement), STMT, statement);
    (code, value)
}

#[test]
fn values_are_delivered_as_they_are_described() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_ne_bytes).collect::<Vec<_>>();
    for (properties, number, text) in [
        ("", 1_234_567_890_i64.to_ne_bytes().to_vec(), wide("é🖥")),
        ("MapToInt=true", 1_234_567_890_i32.to_ne_bytes().to_vec(), wide("é🖥")),
        ("MapBigintToVarchar=true", wide("1234567890"), wide("é🖥")),
        (
            "MapBigintToVarchar=true;MapToWVarchar=false",
            b"1234567890".to_vec(),
            "é🖥".into(),
        ),
    ] {
        let open = Open::with(&document(), 380, properties);
        assert_eq!(value(&open, "big"), (SUCCESS, number), "{properties}");
        assert_eq!(value(&open, "short"), (SUCCESS, text), "{properties}");
        // 22003: nothing is cut off a number.
        let larger = value(&open, "big * 1000");
        match properties {
            "MapToInt=true" => assert_eq!(larger, (ERROR, b"22003".to_vec())),
            _ => assert_eq!(larger.0, SUCCESS),
        }
    }
}

#[test]
fn parameters_are_described_by_the_same_rules() {
    for (properties, expected) in [("", -5), ("MapToInt=true", 4), ("MapBigintToVarchar=true", -9)] {
        let open = Open::with(&document(), 380, properties);
        let statement = open.statement();
        let sql = "SELECT short FROM people WHERE big = ?";
        ok(
            driver().SQLPrepare(statement, sql.as_ptr(), sql.len() as i32),
            STMT,
            statement,
        );
        let (mut data_type, mut size, mut digits, mut nullable) = (0_i16, 0_usize, 0_i16, 0_i16);
        let code = driver().SQLDescribeParam(statement, 1, &mut data_type, &mut size, &mut digits, &mut nullable);
        ok(code, STMT, statement);
        assert_eq!(data_type, expected, "{properties}");
    }
}

#[test]
fn names_are_shown_in_capitals_and_found_by_them() {
    let open = Open::with(
        r#"[{"id": 1, "straße": "a", "in": {"deep": 3}}]"#,
        380,
        "UpperCaseIdentifiers=true;DataModel=Relational",
    );
    assert_eq!(agree_on_table(&open, "PEOPLE"), 4);
    let statement = open.statement();
    ok(
        driver().SQLTables(statement, NO_TEXT, 0, NO_TEXT, 0, NO_TEXT, 0, "TABLE".as_ptr(), 5),
        STMT,
        statement,
    );
    let tables = rows(statement);
    assert_eq!(tables[0]["TABLE_NAME"].as_deref(), Some("PEOPLE"));
    let statement = open.statement();
    let code = driver().SQLPrimaryKeys(statement, NO_TEXT, 0, NO_TEXT, 0, "PEOPLE".as_ptr(), 6);
    ok(code, STMT, statement);
    assert_eq!(rows(statement)[0]["COLUMN_NAME"].as_deref(), Some("_ID"));
    let statement = open.query("SELECT \"ID\", \"IN.DEEP\", \"STRAßE\" AS s FROM \"PEOPLE\"");
    assert_eq!(described(statement, 3).0, "S");
    assert_eq!(driver().SQLFetch(statement), SUCCESS);
    assert_eq!(text(statement, 2).as_deref(), Some("3"));
}

#[test]
fn there_is_a_table_dual_when_asked_for() {
    let open = Open::with(PEOPLE, 380, "IncludeDualTable=true");
    let statement = open.query("SELECT 1 + 1, DUMMY FROM dual");
    assert_eq!(driver().SQLFetch(statement), SUCCESS);
    assert_eq!(
        (text(statement, 1).as_deref(), text(statement, 2).as_deref()),
        (Some("2"), Some("X"))
    );
    assert_eq!(driver().SQLFetch(statement), NO_DATA);
    assert_eq!(agree_on_table(&open, "DUAL"), 1);
    let open = Open::people();
    let statement = open.statement();
    let sql = "SELECT 1 FROM dual";
    assert_eq!(driver().SQLExecDirect(statement, sql.as_ptr(), sql.len() as i32), ERROR);
    assert_eq!(state(STMT, statement), "42S02");
}
