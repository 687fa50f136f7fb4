//! Scratch tables as a C program sees them: states, row counts, described parameters, arrays, diagnostics.

use std::ptr::null_mut;

use crate::driver::*;

fn direct(statement: Handle, sql: &str) -> i16 {
    driver().SQLExecDirect(statement, sql.as_ptr(), sql.len() as i32)
}

#[track_caller]
fn done(statement: Handle, sql: &str) -> isize {
    ok(direct(statement, sql), STMT, statement);
    row_count(statement)
}

fn row_count(statement: Handle) -> isize {
    let mut rows = 88;
    ok(driver().SQLRowCount(statement, &mut rows), STMT, statement);
    rows
}

/// The dynamic function of the header of the diagnostics, its code, and the row count beside it.
fn header(statement: Handle) -> (String, i32, isize) {
    let (mut text, mut length, mut code, mut rows) = ([0_u8; 32], 0_i16, 0_i32, 0_isize);
    driver().SQLGetDiagField(STMT, statement, 0, 7, place(&mut text), 32, &mut length);
    driver().SQLGetDiagField(STMT, statement, 0, 12, place(&mut code), 0, null_mut());
    driver().SQLGetDiagField(STMT, statement, 0, 3, place(&mut rows), 0, null_mut());
    (String::from_utf8(text[..length as usize].to_vec()).unwrap(), code, rows)
}

#[test]
fn a_change_has_a_row_count_and_no_cursor() {
    let open = Open::people();
    let statement = open.statement();
    assert_eq!(done(statement, "CREATE TABLE t (a INTEGER, b VARCHAR(9))"), -1);
    assert_eq!(header(statement), ("CREATE TABLE".to_owned(), 77, -1));
    // No cursor is in the way of the next statement.
    ok(
        direct(statement, "INSERT INTO t VALUES (1, 'x'), (2, 'y')"),
        STMT,
        statement,
    );
    assert_eq!(header(statement), ("INSERT".to_owned(), 50, 2));
    assert_eq!(row_count(statement), 2);
    let mut columns = 88_i16;
    ok(driver().SQLNumResultCols(statement, &mut columns), STMT, statement);
    assert_eq!(columns, 0);
    assert_eq!(driver().SQLFetch(statement), ERROR);
    assert_eq!(state(STMT, statement), "24000");
    assert_eq!(driver().SQLCloseCursor(statement), ERROR);
    assert_eq!(state(STMT, statement), "24000");
    assert_eq!(driver().SQLMoreResults(statement), NO_DATA);
    assert_eq!(
        done(statement, "INSERT INTO t SELECT id, name FROM people WHERE id = 1"),
        1
    );
    ok(direct(statement, "UPDATE t SET b = 'z' WHERE a > 1"), STMT, statement);
    assert_eq!(header(statement), ("UPDATE WHERE".to_owned(), 82, 1));
    ok(direct(statement, "DELETE FROM t WHERE a = 1"), STMT, statement);
    assert_eq!(header(statement), ("DELETE WHERE".to_owned(), 19, 2));
    let query = open.query("SELECT a, b FROM t");
    assert_eq!(row_count(query), -1);
    assert_eq!(driver().SQLFetch(query), SUCCESS);
    assert_eq!(text(query, 2).unwrap(), "z");
    ok(direct(statement, "DROP TABLE t"), STMT, statement);
    assert_eq!(header(statement), ("DROP TABLE".to_owned(), 32, -1));
    // The rows that are being read do not depend on the table any more.
    assert_eq!(driver().SQLFetch(query), NO_DATA);
}

#[test]
fn a_change_that_finds_no_row_is_no_data_and_success_in_odbc_2() {
    for (version, expected) in [(380, NO_DATA), (2, SUCCESS)] {
        let open = Open::over(PEOPLE, version);
        let statement = open.statement();
        done(statement, "CREATE TABLE t (a INTEGER)");
        for sql in [
            "UPDATE t SET a = 1",
            "DELETE FROM t WHERE a = 1",
            "INSERT INTO t SELECT id FROM people WHERE id = 99",
        ] {
            assert_eq!(direct(statement, sql), expected, "{version}: {sql}");
            assert_eq!(row_count(statement), 0, "{version}: {sql}");
        }
        assert_eq!(done(statement, "CREATE TABLE u AS SELECT a FROM t"), 0);
    }
}

#[test]
fn parameters_are_described_as_their_columns() {
    let open = Open::people();
    let statement = open.statement();
    done(
        statement,
        "CREATE TABLE t (a SMALLINT NOT NULL, b VARCHAR(12), c DECIMAL(9,4), d TIMESTAMP, e VARBINARY(3))",
    );
    let describe = |number| {
        let (mut data_type, mut size, mut digits, mut nullable) = (0_i16, 0_usize, 0_i16, 0_i16);
        let code = driver().SQLDescribeParam(statement, number, &mut data_type, &mut size, &mut digits, &mut nullable);
        ok(code, STMT, statement);
        (data_type, size, digits, nullable)
    };
    let prepare = |sql: &str| {
        ok(
            driver().SQLPrepare(statement, sql.as_ptr(), sql.len() as i32),
            STMT,
            statement,
        )
    };
    prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)");
    let described: Vec<_> = (1..=5).map(describe).collect();
    assert_eq!(
        described,
        [
            (5, 5, 0, 0),
            (-9, 12, 0, 1),
            (3, 9, 4, 1),
            (93, 26, 6, 1),
            (-3, 3, 0, 1)
        ]
    );
    prepare("UPDATE t SET b = ? WHERE a = ? AND c > ?");
    assert_eq!(describe(1), (-9, 12, 0, 1));
    assert_eq!(describe(2).0, 5);
    assert_eq!((describe(3).0, describe(3).1, describe(3).2), (3, 9, 4));
}

#[test]
fn an_array_of_parameters_is_one_change() {
    let open = Open::people();
    let statement = open.statement();
    done(statement, "CREATE TABLE t (a SMALLINT)");
    let insert = c"INSERT INTO t VALUES (?)";
    ok(
        driver().SQLPrepare(statement, insert.as_ptr().cast(), -3),
        STMT,
        statement,
    );
    let mut values = [1_i32, 2, 70_000, 4];
    let mut operations = [0_u16, 1, 0, 0];
    let mut statuses = [88_u16; 4];
    let mut processed = 0_usize;
    for (id, value) in [
        (22, word(4)),
        (19, place(&mut operations)),
        (20, place(&mut statuses)),
        (21, place(&mut processed)),
    ] {
        ok(driver().SQLSetStmtAttr(statement, id, value, 0), STMT, statement);
    }
    let code = driver().SQLBindParameter(statement, 1, 1, -16, 4, 0, 0, place(&mut values), 0, null_mut());
    ok(code, STMT, statement);
    assert_eq!(driver().SQLExecute(statement), ERROR);
    assert_eq!(state(STMT, statement), "22003");
    let mut row = 0_isize;
    driver().SQLGetDiagField(STMT, statement, 1, -1248, place(&mut row), 8, null_mut());
    assert_eq!(row, 3);
    assert_eq!(statuses, [1, 7, 5, 1]);
    let rows = || {
        let query = open.query("SELECT count(*), sum(a) FROM t");
        assert_eq!(driver().SQLFetch(query), SUCCESS);
        (text(query, 1).unwrap(), text(query, 2))
    };
    assert_eq!(rows(), ("0".to_owned(), None));
    set(&mut values[2], 3);
    assert_eq!(driver().SQLExecute(statement), SUCCESS);
    assert_eq!(row_count(statement), 3);
    assert_eq!((statuses, processed), ([0, 7, 0, 0], 4));
    assert_eq!(rows(), ("3".to_owned(), Some("8".to_owned())));
    // A set that cannot be read stops the others as well.
    let mut lengths = [4_isize, 4, -77, 4];
    let code = driver().SQLBindParameter(statement, 1, 1, 1, 4, 0, 0, place(&mut values), 4, lengths.as_mut_ptr());
    ok(code, STMT, statement);
    assert_eq!(driver().SQLExecute(statement), ERROR);
    assert_eq!(rows(), ("3".to_owned(), Some("8".to_owned())));
}

#[test]
fn a_rollback_says_that_it_undoes_nothing() {
    let open = Open::people();
    let statement = open.statement();
    ok(driver().SQLSetConnectAttr(open.dbc(), 102, word(0), 0), DBC, open.dbc());
    assert_eq!(driver().SQLEndTran(DBC, open.dbc(), 1), SUCCESS);
    done(statement, "CREATE TABLE t AS SELECT 1 AS a");
    assert_eq!(driver().SQLEndTran(DBC, open.dbc(), 0), SUCCESS);
    assert_eq!(driver().SQLEndTran(DBC, open.dbc(), 1), WITH_INFO);
    assert_eq!(state(DBC, open.dbc()), "01000");
    assert_eq!(driver().SQLFetch(open.query("SELECT * FROM t")), SUCCESS);
}

#[test]
fn documents_cannot_be_changed_and_the_message_names_the_table() {
    let open = Open::people();
    let statement = open.statement();
    for sql in [
        "DELETE FROM people",
        "UPDATE json.people SET id = 1",
        "DROP TABLE people",
    ] {
        assert_eq!(direct(statement, sql), ERROR, "{sql}");
        let (state, message) = record(STMT, statement, 1).unwrap();
        assert_eq!(state, "42000", "{sql}");
        assert!(message.contains("people") && message.contains("read-only"), "{message}");
    }
    done(statement, "CREATE TABLE t (a INTEGER)");
    assert_eq!(direct(statement, "CREATE TABLE T (a INTEGER)"), ERROR);
    assert_eq!(state(STMT, statement), "42S01");
}

#[test]
fn a_connection_that_is_reset_has_no_scratch_tables() {
    let open = Open::people();
    let statement = open.statement();
    done(statement, "CREATE TABLE t AS SELECT id FROM people");
    // SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES
    ok(driver().SQLSetConnectAttr(open.dbc(), 116, word(1), 0), DBC, open.dbc());
    assert_eq!(direct(statement, "SELECT * FROM t"), ERROR);
    assert_eq!(state(STMT, statement), "42S02");
    done(statement, "CREATE TABLE t AS SELECT id FROM people");
}
