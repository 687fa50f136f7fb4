//! Connecting, executing, describing, parameters.

use std::os::unix::fs::PermissionsExt;
use std::ptr::null_mut;

use crate::driver::*;

#[test]
fn the_completed_connection_string_has_its_whole_length() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), "[]").unwrap();
    let closed = Closed::new();
    let input = format!("URI={};", folder.path().join("a.json").display());
    let mut out = [0xff_u8; 8];
    let mut length = 0_i16;
    let connect = |out: *mut u8, capacity: i16, length: *mut i16, completion: u16| {
        driver().SQLDriverConnect(
            closed.dbc,
            null_mut(),
            input.as_ptr(),
            input.len() as i16,
            out,
            capacity,
            length,
            completion,
        )
    };
    assert_eq!(connect(null_mut(), 0, null_mut(), 4), ERROR);
    assert_eq!(state(DBC, closed.dbc), "HY110");
    assert_eq!(connect(out.as_mut_ptr(), 8, &mut length, 0), WITH_INFO);
    assert_eq!(state(DBC, closed.dbc), "01004");
    assert!(length as usize >= input.len() - 1, "{length}");
    assert_eq!(out[7], 0);
    assert_eq!(connect(null_mut(), 0, null_mut(), 0), ERROR);
    assert_eq!(state(DBC, closed.dbc), "08002");
    assert_eq!(driver().SQLDisconnect(closed.dbc), SUCCESS);
    assert_eq!(connect(null_mut(), 0, &mut length, 0), SUCCESS);
}

#[test]
fn settings_that_cannot_be_written_are_a_warning_and_the_connection_opens() {
    let closed = Closed::new();
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("OAuthSettings.txt");
    std::fs::write(&settings, "").unwrap();
    std::fs::set_permissions(&settings, std::fs::Permissions::from_mode(0o400)).unwrap();
    let input = format!(
        "URI=dropbox:///a.json;InitiateOAuth=REFRESH;OAuthClientId=key;OAuthAccessToken=t0ken;\
         OAuthSettingsLocation={};",
        settings.display()
    );
    let length = input.len() as i16;
    let code = driver().SQLDriverConnect(
        closed.dbc,
        null_mut(),
        input.as_ptr(),
        length,
        null_mut(),
        0,
        null_mut(),
        0,
    );
    assert_eq!(code, WITH_INFO);
    let (state, text) = record(DBC, closed.dbc, 1).unwrap();
    assert_eq!(state, "01000");
    assert!(
        text.contains(settings.to_str().unwrap()) && text.contains("cannot be written"),
        "{text}"
    );
    assert!(!text.contains("t0ken"), "{text}");
    assert_eq!(driver().SQLDisconnect(closed.dbc), SUCCESS);
}

#[test]
fn the_completed_connection_string_holds_no_secret() {
    let closed = Closed::new();
    let input = "OAuthClientId=key;OAuthClientSecret=s3cret;PWD={s3c}}ret};OAuthAccessToken=s3cret;\
                 OAuthRefreshToken=s3cret;ProxyPassword=s3cret;Timeout=5;";
    let (mut out, mut length) = ([0_u8; 512], 0_i16);
    let code = driver().SQLDriverConnect(
        closed.dbc,
        null_mut(),
        input.as_ptr(),
        input.len() as i16,
        out.as_mut_ptr(),
        512,
        &mut length,
        0,
    );
    ok(code, DBC, closed.dbc);
    let completed = std::str::from_utf8(&out[..length as usize]).unwrap();
    assert_eq!(completed, "OAuthClientId=key;Timeout=5;");
    assert_eq!(driver().SQLDisconnect(closed.dbc), SUCCESS);
}

#[test]
fn an_unknown_property_is_a_warning_and_the_connection_opens() {
    let closed = Closed::new();
    let input: Vec<u16> = "Frobnicate=1;".encode_utf16().collect();
    let code = driver().SQLDriverConnectW(
        closed.dbc,
        null_mut(),
        input.as_ptr(),
        input.len() as i16,
        null_mut(),
        0,
        null_mut(),
        0,
    );
    assert_eq!(code, WITH_INFO);
    let (state, message) = record(DBC, closed.dbc, 1).unwrap();
    assert_eq!(state, "01S00");
    assert!(message.contains("Frobnicate"), "{message}");
    assert_eq!(driver().SQLDisconnect(closed.dbc), SUCCESS);
}

#[test]
fn information_is_measured_in_bytes_in_both_forms() {
    let open = Open::people();
    let (mut narrow, mut wide) = ([0_u8; 32], [0_u16; 32]);
    let (mut bytes, mut wide_bytes) = (0_i16, 0_i16);
    ok(
        driver().SQLGetInfo(open.dbc(), 77, narrow.as_mut_ptr().cast(), 32, &mut bytes),
        DBC,
        open.dbc(),
    );
    ok(
        driver().SQLGetInfoW(open.dbc(), 77, wide.as_mut_ptr().cast(), 64, &mut wide_bytes),
        DBC,
        open.dbc(),
    );
    assert_eq!(&narrow[..bytes as usize], b"03.80");
    assert_eq!((bytes, wide_bytes), (5, 10));
    assert_eq!(
        driver().SQLGetInfo(open.dbc(), 60_000, narrow.as_mut_ptr().cast(), 32, &mut bytes),
        ERROR
    );
    assert_eq!(state(DBC, open.dbc()), "HY096");
}

#[test]
fn columns_are_described_before_execution() {
    let open = Open::people();
    let statement = open.statement();
    let mut count = 0_i16;
    assert_eq!(driver().SQLNumResultCols(statement, &mut count), ERROR);
    assert_eq!(state(STMT, statement), "HY010");
    let sql = c"SELECT id, name, born FROM people";
    ok(driver().SQLPrepare(statement, sql.as_ptr().cast(), -3), STMT, statement);
    ok(driver().SQLNumResultCols(statement, &mut count), STMT, statement);
    assert_eq!(count, 3);

    let mut name = [0_u8; 16];
    let (mut length, mut data_type, mut digits, mut nullable) = (0_i16, 0_i16, 0_i16, 0_i16);
    let mut size = 0_usize;
    let code = driver().SQLDescribeCol(
        statement,
        3,
        name.as_mut_ptr(),
        16,
        &mut length,
        &mut data_type,
        &mut size,
        &mut digits,
        &mut nullable,
    );
    ok(code, STMT, statement);
    assert_eq!(&name[..length as usize], b"born");
    assert_eq!((data_type, size, nullable), (91, 10, 1));
    // ADO passes no buffer at all.
    let code = driver().SQLDescribeCol(
        statement,
        1,
        null_mut(),
        0,
        &mut length,
        null_mut(),
        null_mut(),
        null_mut(),
        null_mut(),
    );
    assert_eq!((code, length), (SUCCESS, 2));

    let mut number = 0_isize;
    for (id, expected) in [(2, 91), (1002, 9), (1008, 1), (6, 10), (1001, 3), (0, 3), (10, 0)] {
        ok(
            driver().SQLColAttribute(statement, 3, id, null_mut(), 0, null_mut(), &mut number),
            STMT,
            statement,
        );
        assert_eq!(number, expected, "{id}");
    }
    let mut wide = [0_u16; 16];
    ok(
        driver().SQLColAttributeW(statement, 3, 18, wide.as_mut_ptr().cast(), 32, &mut length, null_mut()),
        STMT,
        statement,
    );
    assert_eq!((String::from_utf16(&wide[..4]).unwrap().as_str(), length), ("born", 8));
    for (column, id, expected) in [(0, 2, "07009"), (4, 2, "07009"), (1, 4711, "HY091")] {
        let code = driver().SQLColAttribute(statement, column, id, null_mut(), 0, null_mut(), &mut number);
        assert_eq!((code, state(STMT, statement).as_str()), (ERROR, expected));
    }
}

#[test]
fn an_odbc_2_program_sees_the_old_date_types() {
    let open = Open::over(PEOPLE, 2);
    let statement = open.query("SELECT born FROM people");
    let mut number = 0_isize;
    ok(
        driver().SQLColAttribute(statement, 1, 2, null_mut(), 0, null_mut(), &mut number),
        STMT,
        statement,
    );
    assert_eq!(number, 9);
}

#[test]
fn errors_of_statements_have_their_states() {
    let open = Open::people();
    let statement = open.statement();
    for (sql, expected) in [
        ("SELEC 1", "42000"),
        ("SELECT * FROM nothing_here", "42S02"),
        ("SELECT nothing_here FROM people", "42S22"),
        ("DELETE FROM people", "42000"),
    ] {
        let code = driver().SQLExecDirect(statement, sql.as_ptr(), sql.len() as i32);
        assert_eq!((code, state(STMT, statement).as_str()), (ERROR, expected), "{sql}");
    }
    assert_eq!(driver().SQLExecDirect(statement, NO_TEXT, -3), ERROR);
    assert_eq!(state(STMT, statement), "HY009");
    assert_eq!(driver().SQLExecDirect(statement, b"SELECT 1".as_ptr(), -7), ERROR);
    assert_eq!(state(STMT, statement), "HY090");
    assert_eq!(driver().SQLExecute(statement), ERROR);
    assert_eq!(state(STMT, statement), "HY010");
}

#[test]
fn parameters_are_counted_described_bound_and_read() {
    let open = Open::people();
    let statement = open.statement();
    let sql = c"SELECT name FROM people WHERE age > ? AND name <> ? ORDER BY id";
    ok(driver().SQLPrepare(statement, sql.as_ptr().cast(), -3), STMT, statement);
    let mut count = 0_i16;
    ok(driver().SQLNumParams(statement, &mut count), STMT, statement);
    assert_eq!(count, 2);
    let (mut data_type, mut nullable) = (0_i16, 0_i16);
    ok(
        driver().SQLDescribeParam(statement, 1, &mut data_type, null_mut(), null_mut(), &mut nullable),
        STMT,
        statement,
    );
    assert_eq!(nullable, 2);
    for number in [0, 3] {
        let code = driver().SQLDescribeParam(statement, number, &mut data_type, null_mut(), null_mut(), &mut nullable);
        assert_eq!((code, state(STMT, statement).as_str()), (ERROR, "07009"));
    }

    let mut age = 70_i64;
    let code = driver().SQLBindParameter(statement, 1, 1, -25, -5, 0, 0, place(&mut age), 0, null_mut());
    ok(code, STMT, statement);
    assert_eq!(driver().SQLExecute(statement), ERROR);
    assert_eq!(state(STMT, statement), "07002");

    let mut name = *b"Grace";
    let mut length = 5_isize;
    let code = driver().SQLBindParameter(statement, 2, 1, 1, 12, 20, 77, name.as_mut_ptr().cast(), 5, &mut length);
    ok(code, STMT, statement);
    ok(driver().SQLExecute(statement), STMT, statement);
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(text(statement, 1).unwrap(), "Edsger");
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(text(statement, 1).unwrap(), "Zuse 🖥 größer");
    assert_eq!(driver().SQLFetch(statement), NO_DATA);

    // The same plan again with another value in the same place.
    assert_eq!(driver().SQLExecute(statement), ERROR);
    assert_eq!(state(STMT, statement), "24000");
    ok(driver().SQLCloseCursor(statement), STMT, statement);
    set(&mut age, 80);
    ok(driver().SQLExecute(statement), STMT, statement);
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(text(statement, 1).unwrap(), "Zuse 🖥 größer");
    ok(driver().SQLFreeStmt(statement, 0), STMT, statement);

    ok(driver().SQLFreeStmt(statement, 3), STMT, statement);
    assert_eq!(driver().SQLExecute(statement), ERROR);
    assert_eq!(state(STMT, statement), "07002");
}

#[test]
fn bindings_that_make_no_sense_are_refused() {
    let open = Open::people();
    let statement = open.statement();
    let mut value = 0_i64;
    let mut bind = |number, direction, c_type, sql_type, size, digits, null: bool| {
        let pointer = if null { null_mut() } else { place(&mut value) };
        let code = driver().SQLBindParameter(
            statement,
            number,
            direction,
            c_type,
            sql_type,
            size,
            digits,
            pointer,
            0,
            null_mut(),
        );
        assert_eq!(code, ERROR);
        state(STMT, statement)
    };
    assert_eq!(bind(0, 1, 4, 4, 0, 0, false), "07009");
    assert_eq!(bind(1, 4, 4, 4, 0, 0, false), "HYC00");
    assert_eq!(bind(1, 77, 4, 4, 0, 0, false), "HY105");
    assert_eq!(bind(1, 1, 77, 4, 0, 0, false), "HY003");
    assert_eq!(bind(1, 1, 4, 77, 0, 0, false), "HY004");
    assert_eq!(bind(1, 1, 4, 4, 0, 0, true), "HY009");
    assert_eq!(bind(1, 1, 4, 3, 5, 6, false), "HY104");
    assert_eq!(
        driver().SQLBindCol(statement, 1, 77, place(&mut value), 0, null_mut()),
        ERROR
    );
    assert_eq!(state(STMT, statement), "HY003");
    assert_eq!(
        driver().SQLBindCol(statement, 0, 4, place(&mut value), 0, null_mut()),
        ERROR
    );
    assert_eq!(state(STMT, statement), "07009");
    assert_eq!(
        driver().SQLBindCol(statement, 1, 1, place(&mut value), -5, null_mut()),
        ERROR
    );
    assert_eq!(state(STMT, statement), "HY090");
}

#[test]
fn catalog_results_are_cursors_like_any_other() {
    let open = Open::people();
    let statement = open.statement();
    let code = driver().SQLTables(statement, NO_TEXT, 0, NO_TEXT, 0, b"people".as_ptr(), 6, NO_TEXT, 0);
    ok(code, STMT, statement);
    let mut count = 0_i16;
    ok(driver().SQLNumResultCols(statement, &mut count), STMT, statement);
    assert_eq!(count, 5);
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(text(statement, 3).unwrap(), "people");
    assert_eq!(driver().SQLFetch(statement), NO_DATA);
    assert_eq!(driver().SQLGetTypeInfo(statement, 0), ERROR);
    assert_eq!(state(STMT, statement), "24000");
    ok(driver().SQLCloseCursor(statement), STMT, statement);
    assert_eq!(driver().SQLGetTypeInfo(statement, 4711), ERROR);
    assert_eq!(state(STMT, statement), "HY004");
    ok(driver().SQLSetStmtAttr(statement, 1, word(3), 0), STMT, statement);
    ok(driver().SQLGetTypeInfo(statement, 0), STMT, statement);
    let rows = (0..).take_while(|_| driver().SQLFetch(statement) == SUCCESS).count();
    assert_eq!(rows, 3);
    ok(driver().SQLCloseCursor(statement), STMT, statement);
    ok(driver().SQLSetStmtAttr(statement, 10014, word(1), 0), STMT, statement);
    let code = driver().SQLTables(statement, NO_TEXT, 0, NO_TEXT, 0, b"people".as_ptr(), 6, NO_TEXT, 0);
    assert_eq!((code, state(STMT, statement).as_str()), (ERROR, "HY009"));
}

#[test]
fn transactions_end_where_there_are_none() {
    let open = Open::people();
    for operation in [0, 1] {
        assert_eq!(driver().SQLEndTran(DBC, open.dbc(), operation), SUCCESS);
        assert_eq!(driver().SQLEndTran(ENV, open.closed.env, operation), SUCCESS);
    }
    assert_eq!(driver().SQLEndTran(DBC, open.dbc(), 2), ERROR);
    assert_eq!(state(DBC, open.dbc()), "HY012");
    let closed = Closed::new();
    assert_eq!(driver().SQLEndTran(DBC, closed.dbc, 0), ERROR);
    assert_eq!(state(DBC, closed.dbc), "08003");
}

#[test]
fn native_sql_counts_characters() {
    let open = Open::people();
    let sql = "SELECT 'größer'";
    let mut out = [0_u8; 64];
    let mut length = 0_i32;
    let code = driver().SQLNativeSql(
        open.dbc(),
        sql.as_ptr(),
        sql.len() as i32,
        out.as_mut_ptr(),
        64,
        &mut length,
    );
    ok(code, DBC, open.dbc());
    let native = String::from_utf8(out[..length as usize].to_vec()).unwrap();
    assert!(native.contains("größer"), "{native}");
}

#[test]
fn cursor_names_are_unique_on_a_connection() {
    let open = Open::people();
    let (one, other) = (open.statement(), open.statement());
    let mut name = [0_u8; 32];
    let mut length = 0_i16;
    ok(
        driver().SQLGetCursorName(one, name.as_mut_ptr(), 32, &mut length),
        STMT,
        one,
    );
    assert!(name.starts_with(b"SQL_CUR"));
    ok(driver().SQLSetCursorName(one, b"mine".as_ptr(), 4), STMT, one);
    assert_eq!(driver().SQLSetCursorName(other, b"MINE".as_ptr(), 4), ERROR);
    assert_eq!(state(STMT, other), "3C000");
    assert_eq!(driver().SQLSetCursorName(other, b"SQL_CUR9".as_ptr(), 8), ERROR);
    assert_eq!(state(STMT, other), "34000");
    ok(driver().SQLFreeHandle(STMT, one), STMT, one);
    ok(driver().SQLSetCursorName(other, b"mine".as_ptr(), 4), STMT, other);
}

#[test]
fn what_only_a_driver_manager_knows_is_not_supported() {
    let open = Open::people();
    let mut value = [0_u64; 8];
    for id in [3, 4, 5, 76, 135, 171] {
        let code = driver().SQLGetInfo(open.dbc(), id, place(&mut value), 64, null_mut());
        assert_eq!((code, state(DBC, open.dbc()).as_str()), (ERROR, "HYC00"), "{id}");
    }
    let code = driver().SQLGetInfo(open.dbc(), 4711, place(&mut value), 64, null_mut());
    assert_eq!((code, state(DBC, open.dbc()).as_str()), (ERROR, "HY096"));
}
