//! Attributes: widths, defaults, and what may be set when.

use std::ptr::null_mut;

use crate::driver::*;

#[test]
fn environment_attributes_follow_their_rules() {
    let env = allocate(ENV, null_mut());
    for (attribute, value, expected) in [
        (200, 3, ""),
        (200, 2, ""),
        (200, 380, ""),
        (200, 400, "HY024"),
        (201, 2, ""),
        (201, 9, "HY024"),
        (202, 1, ""),
        (10001, 1, ""),
        (10001, 0, "HYC00"),
        (4711, 0, "HY092"),
    ] {
        let code = driver().SQLSetEnvAttr(env, attribute, word(value), 0);
        assert_eq!(
            (code == SUCCESS, state(ENV, env).as_str()),
            (expected.is_empty(), expected),
            "{attribute}={value}"
        );
    }
    // iODBC asks how wide our characters are.
    let mut unicode = 0_i32;
    assert_eq!(
        driver().SQLGetEnvAttr(env, 1065, place(&mut unicode), 4, null_mut()),
        SUCCESS
    );
    assert_eq!(unicode, 1);
    driver().SQLFreeHandle(ENV, env);
}

#[test]
fn connection_numbers_are_four_bytes() {
    let closed = Closed::new();
    for (attribute, expected) in [
        (101, 0_u32),
        (102, 1),
        (103, 0),
        (113, 0),
        (1209, 0),
        (10001, 1),
        (10014, 0),
    ] {
        let mut memory = [0xff_u8; 8];
        let code = driver().SQLGetConnectAttr(closed.dbc, attribute, memory.as_mut_ptr().cast(), 8, null_mut());
        assert_eq!(code, SUCCESS, "{attribute}");
        assert_eq!(memory[..4], expected.to_le_bytes(), "{attribute}");
        assert_eq!(memory[4..], [0xff; 4], "{attribute}");
    }
}

#[test]
fn connection_attributes_follow_their_rules() {
    let open = Open::people();
    for (attribute, value, expected) in [
        (101, 1, ""),
        (102, 0, ""),
        (102, 5, "HY024"),
        (103, 15, "HY011"),
        (108, 2, "01S02"),
        (4, 1, "HYC00"),
        (117, 1, "HYC00"),
        (115, 1, ""),
        (116, 1, ""),
        (116, 7, "HY024"),
        (1208, 1, "HYC00"),
        (1209, 1, "HY092"),
        (4711, 0, "HY092"),
    ] {
        driver().SQLSetConnectAttr(open.dbc(), attribute, word(value), 0);
        assert_eq!(state(DBC, open.dbc()), expected, "{attribute}={value}");
    }
}

#[test]
fn the_current_catalog_is_measured_in_bytes() {
    let open = Open::people();
    let mut narrow = [0_u8; 64];
    let mut wide = [0_u16; 64];
    let (mut bytes, mut wide_bytes) = (0_i32, 0_i32);
    ok(
        driver().SQLGetConnectAttr(open.dbc(), 109, narrow.as_mut_ptr().cast(), 64, &mut bytes),
        DBC,
        open.dbc(),
    );
    ok(
        driver().SQLGetConnectAttrW(open.dbc(), 109, wide.as_mut_ptr().cast(), 128, &mut wide_bytes),
        DBC,
        open.dbc(),
    );
    assert_eq!(wide_bytes, 2 * bytes);
    let name = String::from_utf16(&wide[..bytes as usize]).unwrap();
    assert_eq!(name.as_bytes(), &narrow[..bytes as usize]);

    let code = driver().SQLSetConnectAttrW(open.dbc(), 109, wide.as_mut_ptr().cast(), wide_bytes);
    assert_eq!(code, SUCCESS);
    assert_eq!(
        driver().SQLSetConnectAttr(open.dbc(), 109, c"elsewhere".as_ptr().cast_mut().cast(), -3),
        ERROR
    );
    assert_eq!(state(DBC, open.dbc()), "3D000");

    let mut short = [0_u8; 4];
    let code = driver().SQLGetConnectAttr(open.dbc(), 109, short.as_mut_ptr().cast(), 4, &mut bytes);
    assert_eq!((code, bytes as usize), (WITH_INFO, name.len()));
    assert_eq!(state(DBC, open.dbc()), "01004");
}

#[test]
fn statement_attributes_are_eight_bytes_and_follow_their_rules() {
    let open = Open::people();
    let statement = open.statement();
    for (attribute, value, expected, kept) in [
        (0, 30, "", 30),
        (1, 7, "", 7),
        (2, 1, "", 1),
        (3, 100, "", 100),
        (4, 1, "HYC00", 0),
        (5, 64, "", 64),
        (6, 3, "", 3),
        (6, 1, "01S02", 3),
        (-1, 0, "", 0),
        (6, 0, "", 0),
        (-1, 1, "", 1),
        (6, 3, "", 3),
        (-2, 2, "01S02", 1),
        (7, 4, "01S02", 1),
        (9, 100, "", 100),
        (11, 0, "", 0),
        (12, 2, "", 2),
        (12, 3, "HY024", 2),
        (18, 10, "", 10),
        (22, 5, "", 5),
        (27, 0, "HY024", 1),
        (27, 100, "", 100),
        (27, isize::MAX, "01S02", 1 << 20),
        (10014, 1, "", 1),
    ] {
        driver().SQLSetStmtAttr(statement, attribute, word(value), 0);
        assert_eq!(state(STMT, statement), expected, "{attribute}={value}");
        let mut now = usize::MAX;
        ok(
            driver().SQLGetStmtAttr(statement, attribute, place(&mut now), 8, null_mut()),
            STMT,
            statement,
        );
        assert_eq!(now, kept, "{attribute}");
    }
    assert_eq!(
        driver().SQLGetStmtAttr(statement, 14, place(&mut 0_usize), 8, null_mut()),
        ERROR
    );
    assert_eq!(state(STMT, statement), "24000");
    assert_eq!(driver().SQLSetStmtAttr(statement, 4711, null_mut(), 0), ERROR);
    assert_eq!(state(STMT, statement), "HY092");
    assert_eq!(driver().SQLSetStmtAttr(statement, 10012, null_mut(), 0), ERROR);
    assert_eq!(state(STMT, statement), "HY017");
}

#[test]
fn what_shapes_a_cursor_is_set_before_there_is_one() {
    let open = Open::people();
    let statement = open.statement();
    ok(
        driver().SQLPrepare(statement, c"SELECT 1".as_ptr().cast(), -3),
        STMT,
        statement,
    );
    assert_eq!(driver().SQLSetStmtAttr(statement, 6, word(0), 0), ERROR);
    assert_eq!(state(STMT, statement), "HY011");
    ok(driver().SQLExecute(statement), STMT, statement);
    assert_eq!(driver().SQLSetStmtAttr(statement, 7, word(1), 0), ERROR);
    assert_eq!(state(STMT, statement), "24000");
}

#[test]
fn statement_options_set_on_the_connection_reach_new_statements() {
    let open = Open::over(PEOPLE, 2);
    for (attribute, value) in [(1, 2), (5, 600), (9, 16)] {
        ok(
            driver().SQLSetConnectAttr(open.dbc(), attribute, word(value), 0),
            DBC,
            open.dbc(),
        );
    }
    let statement = open.statement();
    for (attribute, value) in [(1, 2_usize), (5, 600), (9, 16)] {
        let mut now = usize::MAX;
        ok(
            driver().SQLGetStmtAttr(statement, attribute, place(&mut now), 8, null_mut()),
            STMT,
            statement,
        );
        assert_eq!(now, value, "{attribute}");
    }
}

/// `SQL_ATTR_MAX_LENGTH`
const MAX_LENGTH: i32 = 3;

#[test]
fn long_values_are_cut_without_a_word() {
    let open = Open::people();
    let statement = open.statement();
    ok(
        driver().SQLSetStmtAttr(statement, MAX_LENGTH, word(6), 0),
        STMT,
        statement,
    );
    let sql =
        "SELECT 'Zuse 🖥 größer', X'0102030405060708', 123456789, arrow_cast('Barbara', 'Utf8View'), make_array(10, 20)";
    let scroll = |cursor_type| {
        ok(
            driver().SQLSetStmtAttr(statement, 6, word(cursor_type), 0),
            STMT,
            statement,
        );
        ok(
            driver().SQLExecDirect(statement, sql.as_ptr(), sql.len() as i32),
            STMT,
            statement,
        );
        assert_eq!(driver().SQLFetch(statement), SUCCESS);
        let values: Vec<_> = (1..=5).map(|column| text(statement, column).unwrap()).collect();
        assert_eq!(values, ["Zuse 🖥", "010203040506", "123456789", "Barbar", "[10, 2"]);
        // All there is, as far as the application is told: no warning, and nothing follows.
        let mut piece = [0_u8; 64];
        let mut length = 0_isize;
        let mut next = || driver().SQLGetData(statement, 1, -8, place(&mut piece), 64, &mut length);
        assert_eq!((next(), next()), (SUCCESS, NO_DATA));
        assert_eq!(length, 14);
        ok(driver().SQLCloseCursor(statement), STMT, statement);
    };
    scroll(0);
    scroll(3);
    ok(
        driver().SQLSetStmtAttr(statement, MAX_LENGTH, word(0), 0),
        STMT,
        statement,
    );
    ok(
        driver().SQLExecDirect(statement, sql.as_ptr(), sql.len() as i32),
        STMT,
        statement,
    );
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(text(statement, 1).unwrap(), "Zuse 🖥 größer");
}

/// `SQL_ATTR_NOSCAN`
const NOSCAN: i32 = 2;

#[test]
fn braces_are_the_engine_s_own_where_nothing_is_scanned() {
    let open = Open::people();
    let statement = open.statement();
    let execute = |sql: &str| driver().SQLExecDirect(statement, sql.as_ptr(), sql.len() as i32);
    let escaped = "SELECT {fn UCASE('ada')}";
    ok(execute(escaped), STMT, statement);
    ok(driver().SQLCloseCursor(statement), STMT, statement);

    ok(driver().SQLSetStmtAttr(statement, NOSCAN, word(1), 0), STMT, statement);
    for sql in [escaped, "{call GetOAuthStatus}"] {
        assert_eq!(execute(sql), ERROR, "{sql}");
        assert_eq!(state(STMT, statement), "42000", "{sql}");
    }
    let mut id = 2_i64;
    let code = driver().SQLBindParameter(statement, 1, 1, -25, -5, 0, 0, place(&mut id), 0, null_mut());
    ok(code, STMT, statement);
    ok(
        execute("SELECT {'a': id}, [name] FROM people WHERE id = ?"),
        STMT,
        statement,
    );
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(text(statement, 1).unwrap(), "{a: 2}");
    assert_eq!(text(statement, 2).unwrap(), "Grace");
}
