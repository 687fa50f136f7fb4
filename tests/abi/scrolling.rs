//! Static cursors: every orientation, bookmarks, positions in the rowset.

use std::ptr::null_mut;

use crate::driver::*;

const NEXT: i16 = 1;
const FIRST: i16 = 2;
const LAST: i16 = 3;
const PRIOR: i16 = 4;
const ABSOLUTE: i16 = 5;
const RELATIVE: i16 = 6;
const BOOKMARK: i16 = 8;

/// A static cursor over the numbers from 1 to `last`, with rowsets of three.
fn numbers(open: &Open, last: usize, attributes: &[(i32, isize)]) -> Handle {
    let statement = open.statement();
    for (id, value) in [(6, 3), (27, 3)].iter().chain(attributes) {
        ok(
            driver().SQLSetStmtAttr(statement, *id, word(*value), 0),
            STMT,
            statement,
        );
    }
    let sql = format!("SELECT value AS n, 'row ' || value AS t FROM generate_series(1, {last}) ORDER BY value");
    ok(
        driver().SQLExecDirect(statement, sql.as_ptr(), sql.len() as i32),
        STMT,
        statement,
    );
    statement
}

fn bind(statement: Handle, values: &mut [i64; 3]) {
    *values = [0; 3];
    ok(
        driver().SQLBindCol(statement, 1, -25, place(values), 0, null_mut()),
        STMT,
        statement,
    );
}

#[test]
fn a_static_cursor_moves_in_every_direction() {
    let open = Open::people();
    let statement = numbers(&open, 10, &[]);
    let mut n = [0_i64; 3];
    bind(statement, &mut n);
    for (orientation, offset, code, first, state_) in [
        (PRIOR, 0, NO_DATA, 0, ""),
        (NEXT, 0, SUCCESS, 1, ""),
        (NEXT, 0, SUCCESS, 4, ""),
        (PRIOR, 0, SUCCESS, 1, ""),
        (PRIOR, 0, NO_DATA, 0, ""),
        (LAST, 0, SUCCESS, 8, ""),
        (NEXT, 0, NO_DATA, 0, ""),
        (PRIOR, 0, SUCCESS, 8, ""),
        (ABSOLUTE, 2, SUCCESS, 2, ""),
        (PRIOR, 0, WITH_INFO, 1, "01S06"),
        (RELATIVE, 3, SUCCESS, 4, ""),
        (RELATIVE, 0, SUCCESS, 4, ""),
        (ABSOLUTE, -1, SUCCESS, 10, ""),
        (ABSOLUTE, 11, NO_DATA, 0, ""),
        (ABSOLUTE, 0, NO_DATA, 0, ""),
        (FIRST, 0, SUCCESS, 1, ""),
    ] {
        let told = format!("{orientation} {offset}");
        assert_eq!(driver().SQLFetchScroll(statement, orientation, offset), code, "{told}");
        assert_eq!(state(STMT, statement), state_, "{told}");
        if first > 0 {
            assert_eq!(n[0], first, "{told}");
            let mut row = 0_usize;
            ok(
                driver().SQLGetStmtAttr(statement, 14, place(&mut row), 8, null_mut()),
                STMT,
                statement,
            );
            assert_eq!(row as i64, first, "{told}");
        }
    }
    assert_eq!(driver().SQLFetchScroll(statement, 7, 0), ERROR);
    assert_eq!(state(STMT, statement), "HY106");
    assert_eq!(driver().SQLFetchScroll(statement, BOOKMARK, 0), ERROR);
    assert_eq!(state(STMT, statement), "HY106");
}

#[test]
fn rows_of_many_batches_are_found_again_and_max_rows_ends_them() {
    let open = Open::people();
    let statement = numbers(&open, 100_000, &[(1, 50_000)]);
    let mut n = [0_i64; 3];
    bind(statement, &mut n);
    ok(driver().SQLFetchScroll(statement, LAST, 0), STMT, statement);
    assert_eq!(n, [49_998, 49_999, 50_000]);
    for row in [1_isize, 8_191, 8_192, 16_384, 40_000, 3] {
        ok(driver().SQLFetchScroll(statement, ABSOLUTE, row), STMT, statement);
        assert_eq!(n, [row as i64, row as i64 + 1, row as i64 + 2]);
        assert_eq!(text(statement, 2).unwrap(), format!("row {row}"));
    }
    assert_eq!(driver().SQLFetchScroll(statement, ABSOLUTE, 50_001), NO_DATA);
}

#[test]
fn a_position_in_the_rowset_is_read_and_refreshed() {
    let open = Open::people();
    let statement = numbers(&open, 5, &[]);
    let mut n = [0_i64; 3];
    assert_eq!(driver().SQLSetPos(statement, 1, 0, 0), ERROR);
    assert_eq!(state(STMT, statement), "24000");
    bind(statement, &mut n);
    ok(driver().SQLFetch(statement), STMT, statement);
    for row in [3_u64, 1, 2] {
        ok(driver().SQLSetPos(statement, row, 0, 0), STMT, statement);
        assert_eq!(text(statement, 2).unwrap(), format!("row {row}"));
        // From the beginning again, as the position was set anew.
        ok(driver().SQLSetPos(statement, row, 0, 0), STMT, statement);
        assert_eq!(text(statement, 1).unwrap(), row.to_string());
    }
    set(&mut n, [0; 3]);
    ok(driver().SQLSetPos(statement, 2, 1, 0), STMT, statement);
    assert_eq!(n, [0, 2, 0]);
    ok(driver().SQLSetPos(statement, 0, 1, 0), STMT, statement);
    assert_eq!(n, [1, 2, 3]);
    for (row, operation, lock, expected) in [
        (4, 0, 0, "HY107"),
        (0, 0, 0, "HY109"),
        (1, 2, 0, "HYC00"),
        (1, 3, 0, "HYC00"),
        (1, 4, 0, "HYC00"),
        (1, 0, 1, "HYC00"),
        (1, 5, 0, "HY092"),
        (1, 0, 3, "HY092"),
    ] {
        assert_eq!(driver().SQLSetPos(statement, row, operation, lock), ERROR);
        assert_eq!(state(STMT, statement), expected, "{row} {operation} {lock}");
    }
    // The last rowset has two rows.
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(driver().SQLSetPos(statement, 3, 0, 0), ERROR);
    assert_eq!(state(STMT, statement), "HY107");
}

#[test]
fn bookmarks_lead_back_to_their_rows() {
    let open = Open::people();
    let statement = numbers(&open, 10, &[(12, 2)]);
    let mut n = [0_i64; 3];
    let mut marks = [[0_u8; 8]; 3];
    let mut lengths = [0_isize; 3];
    bind(statement, &mut n);
    ok(
        driver().SQLBindCol(statement, 0, -2, place(&mut marks), 8, lengths.as_mut_ptr()),
        STMT,
        statement,
    );
    ok(driver().SQLFetchScroll(statement, ABSOLUTE, 4), STMT, statement);
    assert_eq!((n, lengths), ([4, 5, 6], [8; 3]));
    let mut mark = marks[1];
    ok(
        driver().SQLSetStmtAttr(statement, 16, place(&mut mark), 0),
        STMT,
        statement,
    );
    ok(driver().SQLFetchScroll(statement, FIRST, 0), STMT, statement);
    ok(driver().SQLFetchScroll(statement, BOOKMARK, 0), STMT, statement);
    assert_eq!(n, [5, 6, 7]);
    ok(driver().SQLFetchScroll(statement, BOOKMARK, -2), STMT, statement);
    assert_eq!(n, [3, 4, 5]);
    let mut got = [0_u8; 8];
    ok(driver().SQLSetPos(statement, 3, 0, 0), STMT, statement);
    ok(
        driver().SQLGetData(statement, 0, -2, place(&mut got), 8, null_mut()),
        STMT,
        statement,
    );
    assert_eq!(got, mark);
    let mut data_type = 0_i16;
    let code = driver().SQLDescribeCol(
        statement,
        0,
        null_mut(),
        0,
        null_mut(),
        &mut data_type,
        null_mut(),
        null_mut(),
        null_mut(),
    );
    ok(code, STMT, statement);
    assert_eq!(data_type, -3);
}

#[test]
fn an_odbc_2_program_scrolls_by_extended_fetch() {
    let open = Open::over(PEOPLE, 2);
    let statement = open.statement();
    for (id, value) in [(6, 1), (9, 2)] {
        ok(driver().SQLSetStmtAttr(statement, id, word(value), 0), STMT, statement);
    }
    ok(
        driver().SQLExecDirect(statement, c"SELECT id FROM people ORDER BY id".as_ptr().cast(), -3),
        STMT,
        statement,
    );
    let mut n = [0_i64; 3];
    bind(statement, &mut n);
    let (mut count, mut status) = (0_usize, [9_u16; 2]);
    let mut fetch = |orientation, offset| {
        driver().SQLExtendedFetch(statement, orientation, offset, &mut count, status.as_mut_ptr())
    };
    assert_eq!(fetch(3, 0), SUCCESS);
    assert_eq!(fetch(5, 2), SUCCESS);
    assert_eq!(fetch(1, 0), SUCCESS);
    assert_eq!(fetch(1, 0), NO_DATA);
    assert_eq!(fetch(5, 5), SUCCESS);
    assert_eq!((n[0], count, status), (5, 1, [0, 3]));
}

#[test]
fn catalog_functions_scroll_too() {
    let open = Open::people();
    let statement = open.statement();
    ok(driver().SQLSetStmtAttr(statement, -1, word(1), 0), STMT, statement);
    ok(driver().SQLGetTypeInfo(statement, 0), STMT, statement);
    ok(driver().SQLFetchScroll(statement, LAST, 0), STMT, statement);
    let last = text(statement, 1);
    ok(driver().SQLFetchScroll(statement, FIRST, 0), STMT, statement);
    assert_ne!(text(statement, 1), last);
    assert_eq!(driver().SQLFetchScroll(statement, PRIOR, 0), NO_DATA);
}
