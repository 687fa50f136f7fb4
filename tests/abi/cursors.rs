//! Fetching: rowsets in every binding, pieces of values, the end.

use std::ptr::null_mut;

use crate::driver::*;

const NAMES: &str = "SELECT id, name, age FROM people ORDER BY id";

#[test]
fn rows_come_one_by_one_and_end() {
    let open = Open::people();
    let statement = open.statement();
    assert_eq!(driver().SQLFetch(statement), ERROR);
    assert_eq!(state(STMT, statement), "24000");
    let statement = open.query(NAMES);
    assert_eq!(
        driver().SQLGetData(statement, 1, 1, place(&mut [0_u8; 8]), 8, null_mut()),
        ERROR
    );
    assert_eq!(state(STMT, statement), "24000");
    let mut names = Vec::new();
    while driver().SQLFetch(statement) == SUCCESS {
        let mut row = 0_usize;
        ok(
            driver().SQLGetStmtAttr(statement, 14, place(&mut row), 8, null_mut()),
            STMT,
            statement,
        );
        assert_eq!(row, names.len() + 1);
        names.push(text(statement, 2).unwrap());
    }
    assert_eq!(names, ["Ada", "Grace", "Edsger", "Barbara", "Zuse 🖥 größer"]);
    assert_eq!(driver().SQLFetch(statement), NO_DATA);
    let mut count = 7_isize;
    ok(driver().SQLRowCount(statement, &mut count), STMT, statement);
    assert_eq!(count, -1);
    assert_eq!(driver().SQLMoreResults(statement), NO_DATA);
    assert_eq!(driver().SQLFetch(statement), ERROR);
    assert_eq!(state(STMT, statement), "24000");
    assert_eq!(driver().SQLCloseCursor(statement), ERROR);
    assert_eq!(state(STMT, statement), "24000");
    assert_eq!(driver().SQLFreeStmt(statement, 0), SUCCESS);
}

#[test]
fn a_rowset_is_bound_by_column() {
    let open = Open::people();
    let statement = open.query(NAMES);
    let mut ids = [0_i64; 3];
    let mut ages = [-7_i32; 3];
    let mut indicators = [77_isize; 3];
    let mut status = [99_u16; 3];
    let mut fetched = 0_usize;
    ok(driver().SQLSetStmtAttr(statement, 27, word(3), 0), STMT, statement);
    ok(
        driver().SQLSetStmtAttr(statement, 25, place(&mut status), 0),
        STMT,
        statement,
    );
    ok(
        driver().SQLSetStmtAttr(statement, 26, place(&mut fetched), 0),
        STMT,
        statement,
    );
    ok(
        driver().SQLBindCol(statement, 1, -25, place(&mut ids), 0, null_mut()),
        STMT,
        statement,
    );
    ok(
        driver().SQLBindCol(statement, 3, -16, place(&mut ages), 0, indicators.as_mut_ptr()),
        STMT,
        statement,
    );
    assert_eq!(driver().SQLFetch(statement), SUCCESS);
    assert_eq!((ids, ages, status, fetched), ([1, 2, 3], [36, 85, 72], [0; 3], 3));
    assert_eq!(indicators, [4; 3]);
    assert_eq!(driver().SQLFetchScroll(statement, 1, 0), SUCCESS);
    assert_eq!((ids[..2].to_vec(), status, fetched), (vec![4, 5], [0, 0, 3], 2));
    assert_eq!((indicators[0], indicators[1], ages[1]), (-1, 4, 85));
    assert_eq!(driver().SQLFetch(statement), NO_DATA);
    assert_eq!((status, fetched), ([3; 3], 0));
    assert_eq!(driver().SQLFetchScroll(statement, 2, 0), ERROR);
    assert_eq!(state(STMT, statement), "HY106");
}

#[repr(C, packed)]
#[derive(Clone, Copy, Default)]
struct Row {
    flag: u8,
    id: i64,
    name: [u8; 9],
    length: isize,
}

#[test]
fn a_rowset_is_bound_by_row_in_packed_memory_with_an_offset() {
    let open = Open::people();
    let statement = open.query(NAMES);
    let mut rows = [Row::default(); 4];
    let size = size_of::<Row>() as isize;
    let mut offset = size;
    ok(driver().SQLSetStmtAttr(statement, 5, word(size), 0), STMT, statement);
    ok(driver().SQLSetStmtAttr(statement, 27, word(3), 0), STMT, statement);
    ok(
        driver().SQLSetStmtAttr(statement, 23, place(&mut offset), 0),
        STMT,
        statement,
    );
    let base: *mut u8 = rows.as_mut_ptr().cast();
    ok(
        driver().SQLBindCol(statement, 1, -25, base.wrapping_add(1).cast(), 0, null_mut()),
        STMT,
        statement,
    );
    let (name, length) = (base.wrapping_add(9), base.wrapping_add(18));
    ok(
        driver().SQLBindCol(statement, 2, 1, name.cast(), 9, length.cast()),
        STMT,
        statement,
    );
    assert_eq!(driver().SQLFetch(statement), SUCCESS);
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, [0, 1, 2, 3]);
    let lengths: Vec<isize> = rows.iter().map(|row| row.length).collect();
    assert_eq!(lengths, [0, 3, 5, 6]);
    assert_eq!(&rows[3].name, b"Edsger\0\0\0");
    assert!(rows.iter().all(|row| row.flag == 0));
    // The next rowset where the offset points now; the last name is cut between characters.
    set(&mut offset, 0);
    assert_eq!(driver().SQLFetch(statement), WITH_INFO);
    assert_eq!(state(STMT, statement), "01004");
    assert_eq!(rows[0].name, *b"Barbara\0\0");
    let length = rows[1].length;
    assert_eq!(
        (length as usize, &rows[1].name[..6]),
        ("Zuse 🖥 größer".len(), b"Zuse \0".as_slice())
    );
    let mut row = 0_isize;
    let code = driver().SQLGetDiagField(STMT, statement, 1, -1248, place(&mut row), 8, null_mut());
    assert_eq!((code, row), (SUCCESS, 2));
}

#[test]
fn a_rowset_with_a_bad_row_says_which() {
    let document = r#"[{"t": "1"}, {"t": "two"}, {"t": "3"}]"#;
    let open = Open::over(document, 380);
    let statement = open.query("SELECT t FROM people");
    let mut numbers = [0_i32; 3];
    let mut status = [99_u16; 3];
    ok(driver().SQLSetStmtAttr(statement, 27, word(3), 0), STMT, statement);
    ok(
        driver().SQLSetStmtAttr(statement, 25, place(&mut status), 0),
        STMT,
        statement,
    );
    ok(
        driver().SQLBindCol(statement, 1, -16, place(&mut numbers), 0, null_mut()),
        STMT,
        statement,
    );
    assert_eq!(driver().SQLFetch(statement), WITH_INFO);
    assert_eq!(status, [0, 5, 0]);
    assert_eq!((numbers[0], numbers[2]), (1, 3));
    assert_eq!(state(STMT, statement), "01S01");
    assert_eq!(record(STMT, statement, 2).unwrap().0, "22018");

    let statement = open.query("SELECT t FROM people WHERE t = 'two'");
    ok(
        driver().SQLBindCol(statement, 1, -16, place(&mut numbers), 0, null_mut()),
        STMT,
        statement,
    );
    assert_eq!(driver().SQLFetch(statement), ERROR);
    assert_eq!(state(STMT, statement), "22018");
}

#[test]
fn positions_move_without_data_when_none_is_wanted() {
    let open = Open::people();
    let statement = open.query(NAMES);
    let mut id = -1_i64;
    ok(driver().SQLSetStmtAttr(statement, 11, word(0), 0), STMT, statement);
    ok(
        driver().SQLBindCol(statement, 1, -25, place(&mut id), 0, null_mut()),
        STMT,
        statement,
    );
    assert_eq!(driver().SQLFetch(statement), SUCCESS);
    assert_eq!(id, -1);
    ok(driver().SQLSetStmtAttr(statement, 11, word(1), 0), STMT, statement);
    assert_eq!(driver().SQLFetch(statement), SUCCESS);
    assert_eq!(id, 2);
}

#[test]
fn no_more_rows_come_than_max_rows() {
    let open = Open::people();
    let statement = open.statement();
    ok(driver().SQLSetStmtAttr(statement, 1, word(2), 0), STMT, statement);
    ok(
        driver().SQLExecDirect(statement, NAMES.as_ptr(), NAMES.len() as i32),
        STMT,
        statement,
    );
    assert_eq!(driver().SQLFetch(statement), SUCCESS);
    assert_eq!(driver().SQLFetch(statement), SUCCESS);
    assert_eq!(driver().SQLFetch(statement), NO_DATA);
}

#[test]
fn the_odbc_2_fetch_has_its_own_rowset() {
    let open = Open::over(PEOPLE, 2);
    let statement = open.query(NAMES);
    let mut ids = [0_i64; 4];
    let mut status = [99_u16; 4];
    let mut fetched = 0_usize;
    ok(driver().SQLSetStmtAttr(statement, 9, word(4), 0), STMT, statement);
    ok(
        driver().SQLBindCol(statement, 1, -25, place(&mut ids), 0, null_mut()),
        STMT,
        statement,
    );
    assert_eq!(
        driver().SQLExtendedFetch(statement, 1, 0, &mut fetched, status.as_mut_ptr()),
        SUCCESS
    );
    assert_eq!((ids, status, fetched), ([1, 2, 3, 4], [0; 4], 4));
    assert_eq!(
        driver().SQLExtendedFetch(statement, 1, 0, &mut fetched, status.as_mut_ptr()),
        SUCCESS
    );
    assert_eq!((ids[0], status, fetched), (5, [0, 3, 3, 3], 1));
    assert_eq!(
        driver().SQLExtendedFetch(statement, 1, 0, &mut fetched, status.as_mut_ptr()),
        NO_DATA
    );
    assert_eq!(
        driver().SQLExtendedFetch(statement, 4, 0, &mut fetched, status.as_mut_ptr()),
        ERROR
    );
    assert_eq!(state(STMT, statement), "S1106");
}

#[test]
fn columns_are_read_in_any_order_bound_or_not() {
    let open = Open::people();
    let statement = open.query(NAMES);
    let mut id = 0_i64;
    ok(
        driver().SQLBindCol(statement, 1, -25, place(&mut id), 0, null_mut()),
        STMT,
        statement,
    );
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(text(statement, 3).unwrap(), "36");
    assert_eq!(text(statement, 2).unwrap(), "Ada");
    assert_eq!(text(statement, 1).unwrap(), "1");
    assert_eq!(text(statement, 2).unwrap(), "Ada");
    assert_eq!(id, 1);
    for (column, expected) in [(0, "07009"), (4, "07009")] {
        let code = driver().SQLGetData(statement, column, 1, place(&mut [0_u8; 8]), 8, null_mut());
        assert_eq!((code, state(STMT, statement).as_str()), (ERROR, expected));
    }
    let code = driver().SQLGetData(statement, 1, 77, place(&mut [0_u8; 8]), 8, null_mut());
    assert_eq!((code, state(STMT, statement).as_str()), (ERROR, "HY003"));
    let code = driver().SQLGetData(statement, 1, 1, null_mut(), 8, null_mut());
    assert_eq!((code, state(STMT, statement).as_str()), (ERROR, "HY009"));
    let code = driver().SQLGetData(statement, 1, 1, place(&mut [0_u8; 8]), -1, null_mut());
    assert_eq!((code, state(STMT, statement).as_str()), (ERROR, "HY090"));
    // SQL_ARD_TYPE takes the type of the binding.
    let mut again = 0_i64;
    ok(
        driver().SQLGetData(statement, 1, -99, place(&mut again), 8, null_mut()),
        STMT,
        statement,
    );
    assert_eq!(again, 1);
}

#[test]
fn a_text_comes_in_pieces_that_add_up() {
    let whole = "größer 🖥 ".repeat(300);
    let open = Open::over(&format!(r#"[{{"t": "{whole}"}}]"#), 380);
    for size in [2_usize, 3, 7, 64, 4096] {
        let statement = open.query("SELECT t FROM people");
        ok(driver().SQLFetch(statement), STMT, statement);
        let mut read: Vec<u16> = Vec::new();
        let mut buffer = vec![0_u16; size];
        let mut rest = whole.encode_utf16().count() * 2;
        loop {
            let mut length = 0_isize;
            let bytes = (size * 2) as isize;
            let code = driver().SQLGetData(statement, 1, -8, buffer.as_mut_ptr().cast(), bytes, &mut length);
            if code == NO_DATA {
                break;
            }
            ok(code, STMT, statement);
            assert_eq!(length as usize, rest);
            let end = buffer.iter().position(|unit| *unit == 0).unwrap();
            // Every piece but the last fills its buffer: pyodbc counts on it.
            assert!(code == SUCCESS || end == size - 1, "{end} of {size}");
            read.extend(&buffer[..end]);
            rest -= end * 2;
        }
        assert_eq!(String::from_utf16(&read).unwrap(), whole);
    }
}

#[test]
fn null_without_an_indicator_is_22002() {
    let open = Open::people();
    let statement = open.query("SELECT age FROM people WHERE age IS NULL");
    ok(driver().SQLFetch(statement), STMT, statement);
    let mut buffer = [0x55_u8; 8];
    assert_eq!(
        driver().SQLGetData(statement, 1, 1, place(&mut buffer), 8, null_mut()),
        ERROR
    );
    assert_eq!(state(STMT, statement), "22002");
    assert_eq!(buffer, [0x55; 8]);
    assert_eq!(text(statement, 1), None);
}

#[test]
fn several_statements_read_side_by_side() {
    let open = Open::people();
    let (one, other) = (
        open.query(NAMES),
        open.query("SELECT name FROM people ORDER BY id DESC"),
    );
    ok(driver().SQLFetch(one), STMT, one);
    ok(driver().SQLFetch(other), STMT, other);
    assert_eq!(text(one, 2).unwrap(), "Ada");
    assert_eq!(text(other, 1).unwrap(), "Zuse 🖥 größer");
    ok(driver().SQLFetch(one), STMT, one);
    assert_eq!(text(one, 2).unwrap(), "Grace");
}
