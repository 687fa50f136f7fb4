//! One type, described by many functions: all of them say the same.

use std::collections::BTreeMap;
use std::ptr::null_mut;

use proptest::prelude::*;

use crate::driver::*;

const NTS: i16 = -3;

/// The rows of a catalog result: columns by their names.
pub type Rows = Vec<BTreeMap<String, Option<String>>>;

pub fn rows(statement: Handle) -> Rows {
    let mut count = 0_i16;
    ok(driver().SQLNumResultCols(statement, &mut count), STMT, statement);
    let names: Vec<_> = (1..=count as u16)
        .map(|column| odbc3_name(described(statement, column).0))
        .collect();
    let mut rows = Rows::new();
    while driver().SQLFetch(statement) == SUCCESS {
        let cells = (1..)
            .zip(&names)
            .map(|(column, name)| (name.clone(), text(statement, column)));
        rows.push(cells.collect());
    }
    ok(driver().SQLFreeHandle(STMT, statement), STMT, statement);
    rows
}

/// The name that ODBC 3 gave a column of a catalog result.
fn odbc3_name(name: String) -> String {
    const RENAMED: &[(&str, &str)] = &[
        ("PRECISION", "COLUMN_SIZE"),
        ("LENGTH", "BUFFER_LENGTH"),
        ("SCALE", "DECIMAL_DIGITS"),
        ("RADIX", "NUM_PREC_RADIX"),
        ("MONEY", "FIXED_PREC_SCALE"),
        ("AUTO_INCREMENT", "AUTO_UNIQUE_VALUE"),
    ];
    let renamed = RENAMED.iter().find(|(odbc2, _)| *odbc2 == name);
    renamed.map_or(name, |(_, odbc3)| (*odbc3).to_owned())
}

/// Name, type, size, digits, nullability, as SQLDescribeCol tells them.
pub fn described(statement: Handle, column: u16) -> (String, i16, usize, i16, i16) {
    let (mut name, mut length) = ([0_u8; 128], 0_i16);
    let (mut data_type, mut size, mut digits, mut nullable) = (0_i16, 0_usize, 0_i16, 0_i16);
    let code = driver().SQLDescribeCol(
        statement,
        column,
        name.as_mut_ptr(),
        128,
        &mut length,
        &mut data_type,
        &mut size,
        &mut digits,
        &mut nullable,
    );
    ok(code, STMT, statement);
    let name = String::from_utf8(name[..length as usize].to_vec()).unwrap();
    (name, data_type, size, digits, nullable)
}

/// A numeric attribute of a column; SQLColAttribute and the IRD agree on it.
#[track_caller]
fn number(statement: Handle, column: u16, id: i16) -> i64 {
    let mut told = 0_isize;
    let code = driver().SQLColAttribute(
        statement,
        column,
        id.cast_unsigned(),
        null_mut(),
        0,
        null_mut(),
        &mut told,
    );
    ok(code, STMT, statement);
    let mut field = [0_u8; 8];
    let code = driver().SQLGetDescField(ird(statement), column as i16, id, place(&mut field), 8, null_mut());
    ok(code, STMT, statement);
    let kept = match id {
        LENGTH | OCTET_LENGTH | DISPLAY_SIZE => i64::from_ne_bytes(field),
        CASE_SENSITIVE | AUTO_UNIQUE_VALUE | NUM_PREC_RADIX | INTERVAL_PRECISION => {
            i32::from_ne_bytes(field[..4].try_into().unwrap()).into()
        }
        _ => i16::from_ne_bytes(field[..2].try_into().unwrap()).into(),
    };
    assert_eq!(kept, told as i64, "field {id} of column {column}");
    kept
}

/// A text attribute of a column; SQLColAttribute and the IRD agree on it.
#[track_caller]
fn words(statement: Handle, column: u16, id: i16) -> String {
    let (mut told, mut length) = ([0_u8; 128], 0_i16);
    let code = driver().SQLColAttribute(
        statement,
        column,
        id.cast_unsigned(),
        place(&mut told),
        128,
        &mut length,
        null_mut(),
    );
    ok(code, STMT, statement);
    let (mut kept, mut kept_length) = ([0_u8; 128], 0_i32);
    let code = driver().SQLGetDescField(
        ird(statement),
        column as i16,
        id,
        place(&mut kept),
        128,
        &mut kept_length,
    );
    ok(code, STMT, statement);
    let told = String::from_utf8(told[..length as usize].to_vec()).unwrap();
    assert_eq!(
        kept[..kept_length as usize],
        *told.as_bytes(),
        "field {id} of column {column}"
    );
    told
}

fn ird(statement: Handle) -> Handle {
    let mut ird = null_mut();
    ok(
        driver().SQLGetStmtAttr(statement, 10012, place(&mut ird), 8, null_mut()),
        STMT,
        statement,
    );
    ird
}

const CONCISE_TYPE: i16 = 2;
const DISPLAY_SIZE: i16 = 6;
const UNSIGNED: i16 = 8;
const FIXED_PREC_SCALE: i16 = 9;
const AUTO_UNIQUE_VALUE: i16 = 11;
const CASE_SENSITIVE: i16 = 12;
const SEARCHABLE: i16 = 13;
const TYPE_NAME: i16 = 14;
const INTERVAL_PRECISION: i16 = 26;
const LITERAL_PREFIX: i16 = 27;
const LITERAL_SUFFIX: i16 = 28;
const LOCAL_TYPE_NAME: i16 = 29;
const NUM_PREC_RADIX: i16 = 32;
const TYPE: i16 = 1002;
const LENGTH: i16 = 1003;
const PRECISION: i16 = 1005;
const SCALE: i16 = 1006;
const DATETIME_INTERVAL_CODE: i16 = 1007;
const NULLABLE: i16 = 1008;
const NAME: i16 = 1011;
const OCTET_LENGTH: i16 = 1013;

/// The number in a cell, or what stands for none.
fn cell(row: &BTreeMap<String, Option<String>>, name: &str, none: i64) -> i64 {
    let value = row.get(name).unwrap_or_else(|| panic!("no {name} in {row:?}"));
    value.as_ref().map_or(none, |number| number.parse().unwrap())
}

/// Holds a column of a result to its row of SQLColumns or SQLProcedureColumns, and to its type in SQLGetTypeInfo.
#[track_caller]
fn agree(statement: Handle, column: u16, listed: &BTreeMap<String, Option<String>>, types: &Rows) {
    let (name, data_type, size, digits, nullable) = described(statement, column);
    let number = |id| number(statement, column, id);
    let words = |id| words(statement, column, id);
    assert_eq!(listed["COLUMN_NAME"].as_deref(), Some(name.as_str()));
    assert_eq!(words(NAME), name);
    assert_eq!(cell(listed, "DATA_TYPE", 0), i64::from(data_type), "{name}");
    assert_eq!(number(CONCISE_TYPE), i64::from(data_type), "{name}");
    assert_eq!(
        listed["TYPE_NAME"].as_deref(),
        Some(words(TYPE_NAME).as_str()),
        "{name}"
    );
    assert_eq!(cell(listed, "COLUMN_SIZE", 0), size as i64, "{name}");
    assert_eq!(number(LENGTH), size as i64, "{name}");
    assert!(number(DISPLAY_SIZE) >= size as i64, "{name}");
    assert_eq!(cell(listed, "BUFFER_LENGTH", 0), number(OCTET_LENGTH), "{name}");
    assert_eq!(cell(listed, "DECIMAL_DIGITS", 0), i64::from(digits), "{name}");
    assert_eq!(cell(listed, "NUM_PREC_RADIX", 0), number(NUM_PREC_RADIX), "{name}");
    assert_eq!(cell(listed, "SQL_DATA_TYPE", 0), number(TYPE), "{name}");
    assert_eq!(
        cell(listed, "SQL_DATETIME_SUB", 0),
        number(DATETIME_INTERVAL_CODE),
        "{name}"
    );
    assert_eq!(number(NULLABLE), i64::from(nullable), "{name}");
    let is_text = matches!(data_type, -10..=-8 | -4..=-1 | 1 | 12);
    assert_eq!(
        cell(listed, "CHAR_OCTET_LENGTH", -1),
        if is_text { number(OCTET_LENGTH) } else { -1 },
        "{name}"
    );
    if number(NUM_PREC_RADIX) != 0 {
        assert_eq!(
            (number(PRECISION), number(SCALE)),
            (size as i64, digits.into()),
            "{name}"
        );
    }

    let of_type = types
        .iter()
        .find(|row| cell(row, "DATA_TYPE", 0) == i64::from(data_type));
    let of_type = of_type.unwrap_or_else(|| panic!("SQLGetTypeInfo has no type {data_type}"));
    assert_eq!(
        of_type["TYPE_NAME"].as_deref(),
        Some(words(TYPE_NAME).as_str()),
        "{name}"
    );
    assert_eq!(
        of_type["LOCAL_TYPE_NAME"].as_deref(),
        Some(words(LOCAL_TYPE_NAME).as_str()),
        "{name}"
    );
    assert!(cell(of_type, "COLUMN_SIZE", 0) >= size as i64, "{name}");
    assert_eq!(
        of_type["LITERAL_PREFIX"].clone().unwrap_or_default(),
        words(LITERAL_PREFIX),
        "{name}"
    );
    assert_eq!(
        of_type["LITERAL_SUFFIX"].clone().unwrap_or_default(),
        words(LITERAL_SUFFIX),
        "{name}"
    );
    assert_eq!(cell(of_type, "CASE_SENSITIVE", -1), number(CASE_SENSITIVE), "{name}");
    assert_eq!(cell(of_type, "SEARCHABLE", -1), number(SEARCHABLE), "{name}");
    assert_eq!(cell(of_type, "UNSIGNED_ATTRIBUTE", 1), number(UNSIGNED), "{name}");
    assert_eq!(
        cell(of_type, "FIXED_PREC_SCALE", -1),
        number(FIXED_PREC_SCALE),
        "{name}"
    );
    assert_eq!(
        cell(of_type, "AUTO_UNIQUE_VALUE", 0),
        number(AUTO_UNIQUE_VALUE),
        "{name}"
    );
    assert_eq!(cell(of_type, "SQL_DATA_TYPE", 0), number(TYPE), "{name}");
    assert_eq!(
        cell(of_type, "SQL_DATETIME_SUB", 0),
        number(DATETIME_INTERVAL_CODE),
        "{name}"
    );
    assert_eq!(cell(of_type, "NUM_PREC_RADIX", 0), number(NUM_PREC_RADIX), "{name}");
    assert_eq!(
        cell(of_type, "INTERVAL_PRECISION", 0),
        number(INTERVAL_PRECISION),
        "{name}"
    );
    let scales = cell(of_type, "MINIMUM_SCALE", 0)..=cell(of_type, "MAXIMUM_SCALE", 0);
    assert!(
        scales.contains(&digits.into()),
        "{name}: {digits} outside of {scales:?}"
    );
}

/// Every column of a table, before and after execution.
pub fn agree_on_table(open: &Open, table: &str) -> usize {
    let types = types(open);
    let statement = open.statement();
    let code = driver().SQLColumns(
        statement,
        NO_TEXT,
        0,
        NO_TEXT,
        0,
        table.as_ptr(),
        table.len() as i16,
        NO_TEXT,
        0,
    );
    ok(code, STMT, statement);
    let listed = rows(statement);
    let statement = open.statement();
    let sql = format!("SELECT * FROM {table}");
    ok(
        driver().SQLPrepare(statement, sql.as_ptr(), sql.len() as i32),
        STMT,
        statement,
    );
    (1..)
        .zip(&listed)
        .for_each(|(column, listed)| agree(statement, column, listed, &types));
    ok(driver().SQLExecute(statement), STMT, statement);
    (1..)
        .zip(&listed)
        .for_each(|(column, listed)| agree(statement, column, listed, &types));
    ok(driver().SQLFreeHandle(STMT, statement), STMT, statement);
    listed.len()
}

pub fn types(open: &Open) -> Rows {
    let statement = open.statement();
    ok(driver().SQLGetTypeInfo(statement, 0), STMT, statement);
    rows(statement)
}

#[test]
fn the_columns_of_documents_are_described_alike() {
    let document = format!(
        r#"[{{"n": 1, "x": 1.5, "b": true, "d": "2024-02-29", "t": "2024-02-29T12:30:15Z", "s": "é🖥",
             "long": "{}", "list": [1, {{"a": 2}}], "in": {{"deep": 3}}, "none": null,
             "id": 18446744073709551615, "at": "12:30:15", "fine": "2024-02-29T12:30:15.1234567Z"}}]"#,
        "é".repeat(5_000)
    );
    for version in [380, 3, 2] {
        let open = Open::over(&document, version);
        assert_eq!(agree_on_table(&open, "people"), 13);
    }
}

#[test]
fn the_columns_of_procedures_are_described_alike() {
    for version in [380, 2] {
        let open = Open::over(PEOPLE, version);
        let types = types(&open);
        let statement = open.statement();
        let any = c"%".as_ptr().cast();
        ok(
            driver().SQLProcedureColumns(statement, NO_TEXT, 0, NO_TEXT, 0, any, NTS, any, NTS),
            STMT,
            statement,
        );
        // SQL_RESULT_COL
        let listed: Vec<_> = rows(statement)
            .into_iter()
            .filter(|row| cell(row, "COLUMN_TYPE", 0) == 3)
            .collect();
        assert!(listed.len() > 10);
        for row in &listed {
            let procedure = row["PROCEDURE_NAME"].as_ref().unwrap();
            let statement = open.statement();
            let sql = format!("EXEC {procedure} {}", required_inputs(procedure));
            ok(
                driver().SQLPrepare(statement, sql.as_ptr(), sql.len() as i32),
                STMT,
                statement,
            );
            agree(statement, cell(row, "ORDINAL_POSITION", 0) as u16, row, &types);
            ok(driver().SQLFreeHandle(STMT, statement), STMT, statement);
        }
    }
}

/// What a call needs to be planned.
fn required_inputs(procedure: &str) -> &'static str {
    match procedure {
        "GetOAuthAccessToken" => "Verifier='x'",
        _ => "",
    }
}

/// A type as `CREATE TABLE` takes it.
fn any_type() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "BOOLEAN",
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "REAL",
        "DOUBLE",
        "DATE",
        "TIME",
        "TIMESTAMP",
        "TEXT",
        "BYTEA",
        "FLOAT",
        "NVARCHAR(20)",
        "DATETIME",
        "BIT",
        "UNIQUEIDENTIFIER",
    ]);
    prop_oneof![
        4 => fixed.prop_map(str::to_owned),
        1 => (1..=4000_usize).prop_map(|length| format!("VARCHAR({length})")),
        1 => (1..=4000_usize).prop_map(|length| format!("CHAR({length})")),
        1 => (1..=4000_usize).prop_map(|length| format!("VARBINARY({length})")),
        1 => (0..=9_usize).prop_map(|digits| format!("TIMESTAMP({digits})")),
        2 => (1..=38_usize)
            .prop_flat_map(|precision| (Just(precision), 0..=precision))
            .prop_map(|(precision, scale)| format!("DECIMAL({precision},{scale})")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_columns_of_scratch_tables_are_described_alike(
        columns in prop::collection::vec((any_type(), any::<bool>()), 1..12),
        version in prop::sample::select(vec![380, 3, 2]),
    ) {
        let open = Open::over(PEOPLE, version);
        let declared: Vec<_> = (1..)
            .zip(&columns)
            .map(|(number, (data_type, not_null))| {
                format!("c{number} {data_type}{}", if *not_null { " NOT NULL" } else { "" })
            })
            .collect();
        open.query(&format!("CREATE TABLE temp.described ({})", declared.join(", ")));
        prop_assert_eq!(agree_on_table(&open, "described"), columns.len());

        // A parameter that is the value of a column is described as the column.
        let (rows, inserting) = (open.query("SELECT * FROM described"), open.statement());
        let sql = format!("INSERT INTO described VALUES ({})", vec!["?"; columns.len()].join(","));
        ok(driver().SQLPrepare(inserting, sql.as_ptr(), sql.len() as i32), STMT, inserting);
        for number in 1..=columns.len() as u16 {
            let (mut data_type, mut size, mut digits, mut nullable) = (0_i16, 0_usize, 0_i16, 0_i16);
            let code =
                driver().SQLDescribeParam(inserting, number, &mut data_type, &mut size, &mut digits, &mut nullable);
            ok(code, STMT, inserting);
            let (_, of_column, column_size, column_digits, column_nullable) = described(rows, number);
            prop_assert_eq!(
                (data_type, size, digits, nullable),
                (of_column, column_size, column_digits, column_nullable)
            );
        }
    }
}
