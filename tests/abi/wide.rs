//! The wide functions: each does what its narrow form does, for characters of every length in UTF-16.

use std::ptr::{null, null_mut};

use crate::driver::*;

const NTS: i16 = -3;

/// Every row of the result, column by column; the cursor is closed.
fn rows(statement: Handle) -> Vec<Vec<Option<String>>> {
    let mut columns = 0_i16;
    ok(driver().SQLNumResultCols(statement, &mut columns), STMT, statement);
    let mut rows = Vec::new();
    while driver().SQLFetch(statement) == SUCCESS {
        rows.push((1..=columns as u16).map(|column| text(statement, column)).collect());
    }
    ok(driver().SQLCloseCursor(statement), STMT, statement);
    rows
}

/// Two calls on one statement give the same rows, and some, unless the catalog has none of the kind.
#[track_caller]
fn same_rows(statement: Handle, narrow: i16, wide: impl FnOnce() -> i16, has_rows: bool) {
    ok(narrow, STMT, statement);
    let expected = rows(statement);
    assert_eq!(expected.is_empty(), !has_rows);
    ok(wide(), STMT, statement);
    assert_eq!(rows(statement), expected);
}

#[test]
fn catalog_functions_answer_the_same_in_both_forms() {
    let open = Open::people();
    let (d, s) = (driver(), open.statement());
    let (table, wide_table) = (c"people".as_ptr().cast::<u8>(), wide("people"));
    let (any, wide_any) = (c"%".as_ptr().cast::<u8>(), wide("%"));
    let (w, a, no) = (wide_table.as_ptr(), wide_any.as_ptr(), null::<u16>());
    same_rows(
        s,
        d.SQLTables(s, NO_TEXT, 0, NO_TEXT, 0, table, NTS, NO_TEXT, 0),
        || d.SQLTablesW(s, no, 0, no, 0, w, NTS, no, 0),
        true,
    );
    same_rows(
        s,
        d.SQLColumns(s, NO_TEXT, 0, NO_TEXT, 0, table, NTS, any, NTS),
        || d.SQLColumnsW(s, no, 0, no, 0, w, NTS, a, NTS),
        true,
    );
    same_rows(
        s,
        d.SQLProcedures(s, NO_TEXT, 0, NO_TEXT, 0, any, NTS),
        || d.SQLProceduresW(s, no, 0, no, 0, a, NTS),
        true,
    );
    same_rows(
        s,
        d.SQLProcedureColumns(s, NO_TEXT, 0, NO_TEXT, 0, any, NTS, any, NTS),
        || d.SQLProcedureColumnsW(s, no, 0, no, 0, a, NTS, a, NTS),
        true,
    );
    same_rows(
        s,
        d.SQLTablePrivileges(s, NO_TEXT, 0, NO_TEXT, 0, table, NTS),
        || d.SQLTablePrivilegesW(s, no, 0, no, 0, w, NTS),
        true,
    );
    same_rows(
        s,
        d.SQLColumnPrivileges(s, NO_TEXT, 0, NO_TEXT, 0, table, NTS, any, NTS),
        || d.SQLColumnPrivilegesW(s, no, 0, no, 0, w, NTS, a, NTS),
        true,
    );
    same_rows(s, d.SQLGetTypeInfo(s, 0), || d.SQLGetTypeInfoW(s, 0), true);
    same_rows(
        s,
        d.SQLPrimaryKeys(s, NO_TEXT, 0, NO_TEXT, 0, table, NTS),
        || d.SQLPrimaryKeysW(s, no, 0, no, 0, w, NTS),
        false,
    );
    same_rows(
        s,
        d.SQLForeignKeys(
            s, NO_TEXT, 0, NO_TEXT, 0, table, NTS, NO_TEXT, 0, NO_TEXT, 0, NO_TEXT, 0,
        ),
        || d.SQLForeignKeysW(s, no, 0, no, 0, w, NTS, no, 0, no, 0, no, 0),
        false,
    );
    same_rows(
        s,
        d.SQLStatistics(s, NO_TEXT, 0, NO_TEXT, 0, table, NTS, 0, 0),
        || d.SQLStatisticsW(s, no, 0, no, 0, w, NTS, 0, 0),
        false,
    );
    same_rows(
        s,
        d.SQLSpecialColumns(s, 1, NO_TEXT, 0, NO_TEXT, 0, table, NTS, 0, 0),
        || d.SQLSpecialColumnsW(s, 1, no, 0, no, 0, w, NTS, 0, 0),
        false,
    );
}

const SQL: &str = "SELECT name AS \"größer 🖥\" FROM people WHERE name LIKE '%🖥%'";

#[test]
fn statements_and_their_columns_are_the_same_in_both_forms() {
    let open = Open::people();
    let (d, s) = (driver(), open.statement());
    let sql = wide(SQL);
    ok(d.SQLPrepareW(s, sql.as_ptr(), NTS.into()), STMT, s);
    let described = |name: *mut u8, wide_name: *mut u16| {
        let (mut length, mut data_type, mut size, mut digits, mut nullable) = (0_i16, 0_i16, 0_usize, 0_i16, 0_i16);
        let code = match wide_name.is_null() {
            true => d.SQLDescribeCol(
                s,
                1,
                name,
                64,
                &mut length,
                &mut data_type,
                &mut size,
                &mut digits,
                &mut nullable,
            ),
            false => d.SQLDescribeColW(
                s,
                1,
                wide_name,
                64,
                &mut length,
                &mut data_type,
                &mut size,
                &mut digits,
                &mut nullable,
            ),
        };
        ok(code, STMT, s);
        (length as usize, data_type, size, digits, nullable)
    };
    let (mut name, mut wide_name) = ([0_u8; 64], [0_u16; 64]);
    let narrow = described(name.as_mut_ptr(), null_mut());
    let in_utf16 = described(null_mut(), wide_name.as_mut_ptr());
    let read = String::from_utf16(&wide_name[..in_utf16.0]).unwrap();
    assert_eq!(read, "größer 🖥");
    assert_eq!(name[..narrow.0], *read.as_bytes());
    assert_eq!(
        (narrow.1, narrow.2, narrow.3, narrow.4),
        (in_utf16.1, in_utf16.2, in_utf16.3, in_utf16.4)
    );
    ok(d.SQLExecute(s), STMT, s);
    let prepared = rows(s);
    assert_eq!(prepared, [[Some("Zuse 🖥 größer".to_owned())]]);
    ok(d.SQLExecDirectW(s, sql.as_ptr(), sql.len() as i32 - 1), STMT, s);
    assert_eq!(rows(s), prepared);

    let (mut native, mut wide_native) = ([0_u8; 256], [0_u16; 256]);
    let (mut length, mut wide_length) = (0_i32, 0_i32);
    ok(
        d.SQLNativeSql(
            open.dbc(),
            SQL.as_ptr(),
            SQL.len() as i32,
            native.as_mut_ptr(),
            256,
            &mut length,
        ),
        DBC,
        open.dbc(),
    );
    ok(
        d.SQLNativeSqlW(
            open.dbc(),
            sql.as_ptr(),
            -3,
            wide_native.as_mut_ptr(),
            256,
            &mut wide_length,
        ),
        DBC,
        open.dbc(),
    );
    let read = String::from_utf16(&wide_native[..wide_length as usize]).unwrap();
    assert_eq!(native[..length as usize], *read.as_bytes());

    let mut limit = 0_usize;
    ok(d.SQLSetStmtAttrW(s, 1, word(7), 0), STMT, s);
    ok(d.SQLGetStmtAttrW(s, 1, place(&mut limit), 8, null_mut()), STMT, s);
    assert_eq!(limit, 7);

    let cursor = wide("Größe 🖥");
    ok(d.SQLSetCursorNameW(s, cursor.as_ptr(), NTS), STMT, s);
    let (mut name, mut wide_name, mut length) = ([0_u8; 64], [0_u16; 64], 0_i16);
    ok(d.SQLGetCursorName(s, name.as_mut_ptr(), 64, &mut length), STMT, s);
    assert_eq!(name[..length as usize], *"Größe 🖥".as_bytes());
    ok(d.SQLGetCursorNameW(s, wide_name.as_mut_ptr(), 64, &mut length), STMT, s);
    assert_eq!(wide_name[..length as usize], cursor[..cursor.len() - 1]);
}

/// `SQL_DESC_NAME`
const DESC_NAME: i16 = 1011;

#[test]
fn descriptor_records_are_the_same_in_both_forms() {
    let open = Open::people();
    let (d, s) = (driver(), open.statement());
    let mut ipd = null_mut();
    ok(d.SQLGetStmtAttr(s, 10013, place(&mut ipd), 8, null_mut()), STMT, s);
    // DECIMAL(9,4), then its name.
    ok(
        d.SQLSetDescRec(ipd, 1, 3, 0, 0, 9, 4, null_mut(), null_mut(), null_mut()),
        DESC,
        ipd,
    );
    let mut name = wide("größer 🖥");
    let octets = (name.len() as i32 - 1) * 2;
    ok(
        d.SQLSetDescFieldW(ipd, 1, DESC_NAME, name.as_mut_ptr().cast(), octets),
        DESC,
        ipd,
    );
    let (mut read, mut length) = ([0_u16; 32], 0_i32);
    ok(
        d.SQLGetDescFieldW(ipd, 1, DESC_NAME, read.as_mut_ptr().cast(), 64, &mut length),
        DESC,
        ipd,
    );
    assert_eq!((length, &read[..name.len()]), (octets, name.as_slice()));
    let (mut in_utf8, mut length) = ([0_u8; 32], 0_i32);
    ok(
        d.SQLGetDescField(ipd, 1, DESC_NAME, in_utf8.as_mut_ptr().cast(), 32, &mut length),
        DESC,
        ipd,
    );
    assert_eq!(in_utf8[..length as usize], *"größer 🖥".as_bytes());

    let (mut length, mut kind, mut precision, mut scale) = (0_i16, 0_i16, 0_i16, 0_i16);
    let code = d.SQLGetDescRecW(
        ipd,
        1,
        read.as_mut_ptr(),
        32,
        &mut length,
        &mut kind,
        null_mut(),
        null_mut(),
        &mut precision,
        &mut scale,
        null_mut(),
    );
    ok(code, DESC, ipd);
    assert_eq!((kind, precision, scale), (3, 9, 4));
    assert_eq!(read[..length as usize], name[..name.len() - 1]);
}

#[test]
fn diagnostics_are_the_same_in_both_forms() {
    let open = Open::people();
    let (d, s) = (driver(), open.statement());
    let sql = wide("SELECT \"größer🖥\" FROM people");
    assert_eq!(d.SQLExecDirectW(s, sql.as_ptr(), -3), ERROR);
    // SQL_DIAG_SQLSTATE and SQL_DIAG_MESSAGE_TEXT
    for id in [4, 6] {
        let (mut narrow, mut length) = ([0_u8; 1024], 0_i16);
        ok(
            d.SQLGetDiagField(STMT, s, 1, id, place(&mut narrow), 1024, &mut length),
            STMT,
            s,
        );
        let expected = String::from_utf8(narrow[..length as usize].to_vec()).unwrap();
        let (mut wide, mut octets) = ([0_u16; 1024], 0_i16);
        ok(
            d.SQLGetDiagFieldW(STMT, s, 1, id, place(&mut wide), 2048, &mut octets),
            STMT,
            s,
        );
        assert_eq!(String::from_utf16(&wide[..octets as usize / 2]).unwrap(), expected);
        assert!(id == 4 || expected.contains("größer🖥"), "{expected}");
    }
}

#[test]
fn a_data_source_that_does_not_exist_is_named_in_both_forms() {
    let closed = Closed::new();
    let (d, dbc) = (driver(), closed.dbc);
    let name = "No größer 🖥 source";
    let in_utf16 = wide(name);
    let narrow = d.SQLConnect(dbc, name.as_ptr(), name.len() as i16, NO_TEXT, 0, NO_TEXT, 0);
    let (state, expected) = record(DBC, dbc, 1).unwrap();
    assert_eq!((narrow, state.as_str()), (ERROR, "IM002"));
    assert!(expected.contains(name), "{expected}");
    assert_eq!(d.SQLConnectW(dbc, in_utf16.as_ptr(), NTS, null(), 0, null(), 0), ERROR);
    assert_eq!(record(DBC, dbc, 1).unwrap(), (state, expected));
}
