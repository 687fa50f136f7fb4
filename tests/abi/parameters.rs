//! Parameters: arrays in both bindings, what is ignored and what fails, values given at execution.

use std::ptr::null_mut;

use crate::driver::*;

const BY_ID: &str = "SELECT name FROM people WHERE id = ?";

fn prepared(open: &Open, sql: &str) -> Handle {
    let statement = open.statement();
    ok(
        driver().SQLPrepare(statement, sql.as_ptr(), sql.len() as i32),
        STMT,
        statement,
    );
    statement
}

#[track_caller]
fn attribute(statement: Handle, id: i32, value: *mut std::ffi::c_void) {
    ok(driver().SQLSetStmtAttr(statement, id, value, 0), STMT, statement);
}

/// The names that every result of the statement has.
fn names(statement: Handle) -> Vec<Vec<String>> {
    let mut results = Vec::new();
    loop {
        let mut rows = Vec::new();
        while driver().SQLFetch(statement) == SUCCESS {
            rows.push(text(statement, 1).unwrap());
        }
        results.push(rows);
        match driver().SQLMoreResults(statement) {
            NO_DATA => return results,
            code => ok(code, STMT, statement),
        }
    }
}

#[test]
fn each_set_of_an_array_has_its_own_result() {
    let open = Open::people();
    let statement = prepared(&open, BY_ID);
    let mut ids = [5_i64, 99, 1, 4];
    let mut operations = [0_u16, 0, 0, 1];
    let mut statuses = [88_u16; 4];
    let mut processed = 0_usize;
    attribute(statement, 22, word(4));
    attribute(statement, 19, place(&mut operations));
    attribute(statement, 20, place(&mut statuses));
    attribute(statement, 21, place(&mut processed));
    let code = driver().SQLBindParameter(statement, 1, 1, -25, -5, 0, 0, place(&mut ids), 0, null_mut());
    ok(code, STMT, statement);
    assert_eq!(driver().SQLExecute(statement), SUCCESS);
    assert_eq!((statuses, processed), ([0, 0, 0, 7], 4));
    assert_eq!(
        names(statement),
        [vec!["Zuse 🖥 größer".to_owned()], vec![], vec!["Ada".to_owned()]]
    );
    // The same plan, with the sets as they are now.
    set(&mut ids[0], 2);
    attribute(statement, 22, word(1));
    assert_eq!(driver().SQLExecute(statement), SUCCESS);
    assert_eq!(names(statement), [["Grace"]]);
}

#[repr(C, packed)]
struct Row {
    flag: u8,
    length: isize,
    id: [u8; 3],
}

#[test]
fn an_array_by_row_with_an_offset_tells_the_set_that_fails() {
    let open = Open::people();
    let statement = prepared(&open, BY_ID);
    let row = |id: &[u8; 3], length| Row {
        flag: 0,
        length,
        id: *id,
    };
    let mut rows = [row(b"???", -77), row(b"3\0?", -3), row(b"two", 3), row(b"4??", 1)];
    assert_eq!(rows[0].flag, 0);
    let mut statuses = [88_u16; 3];
    let mut offset = size_of::<Row>();
    attribute(statement, 17, place(&mut offset));
    attribute(statement, 18, word(size_of::<Row>() as isize));
    attribute(statement, 20, place(&mut statuses));
    attribute(statement, 22, word(3));
    let base: *mut u8 = rows.as_mut_ptr().cast();
    let (length, id) = (base.wrapping_add(1), base.wrapping_add(9));
    let code = driver().SQLBindParameter(statement, 1, 1, 1, -5, 0, 0, id.cast(), 3, length.cast());
    ok(code, STMT, statement);
    assert_eq!(driver().SQLExecute(statement), WITH_INFO);
    assert_eq!(state(STMT, statement), "22018");
    let (mut row, mut column) = (0_isize, 0_i32);
    driver().SQLGetDiagField(STMT, statement, 1, -1248, place(&mut row), 8, null_mut());
    driver().SQLGetDiagField(STMT, statement, 1, -1247, place(&mut column), 4, null_mut());
    assert_eq!((row, column), (2, 1));
    assert_eq!(statuses, [0, 5, 0]);
    assert_eq!(names(statement), [["Edsger"], ["Barbara"]]);

    // None is left: the call fails.
    attribute(statement, 22, word(1));
    set(&mut offset, 2 * size_of::<Row>());
    assert_eq!(driver().SQLExecute(statement), ERROR);
    assert_eq!(state(STMT, statement), "22018");
}

#[test]
fn values_come_in_pieces_at_execution() {
    let open = Open::people();
    let statement = prepared(&open, "SELECT name FROM people WHERE name = ? AND id > ? AND age = ?");
    let (mut wide, mut fixed, mut age) = (1_u8, 2_u8, 85_i64);
    let (mut later, mut sized) = (-2_isize, -108_isize);
    for (number, c_type, sql_type, mark, indicator) in [
        (1, -8, -9, place(&mut wide), &raw mut later),
        (2, -25, -5, place(&mut fixed), &raw mut sized),
        (3, -25, -5, place(&mut age), null_mut()),
    ] {
        let code = driver().SQLBindParameter(statement, number, 1, c_type, sql_type, 100, 0, mark, 0, indicator);
        ok(code, STMT, statement);
    }
    let text: Vec<u16> = "Zuse 🖥 größer".encode_utf16().collect();
    let bytes: Vec<u8> = text.iter().flat_map(|unit| unit.to_ne_bytes()).collect();
    let mut four = 4_i64;
    let mut asked = null_mut();

    assert_eq!(driver().SQLExecute(statement), NEED_DATA);
    // Nothing but giving the values is possible now.
    assert_eq!(driver().SQLFetch(statement), ERROR);
    assert_eq!(state(STMT, statement), "HY010");
    assert_eq!(driver().SQLPutData(statement, place(&mut four), 8), ERROR);
    assert_eq!(state(STMT, statement), "HY010");
    assert_eq!(driver().SQLParamData(statement, &mut asked), NEED_DATA);
    assert_eq!(asked, place(&mut wide));
    assert_eq!(driver().SQLParamData(statement, &mut asked), ERROR);
    assert_eq!(state(STMT, statement), "HY010");
    // Cut in the middle of a character, and of a unit.
    for piece in bytes.chunks(7) {
        let code = driver().SQLPutData(statement, piece.as_ptr().cast_mut().cast(), piece.len() as isize);
        ok(code, STMT, statement);
    }
    assert_eq!(driver().SQLPutData(statement, null_mut(), -1), ERROR);
    assert_eq!(state(STMT, statement), "HY020");
    assert_eq!(driver().SQLParamData(statement, &mut asked), NEED_DATA);
    assert_eq!(asked, place(&mut fixed));
    ok(driver().SQLPutData(statement, place(&mut four), 0), STMT, statement);
    assert_eq!(driver().SQLPutData(statement, place(&mut four), 0), ERROR);
    assert_eq!(state(STMT, statement), "HY019");
    assert_eq!(driver().SQLParamData(statement, &mut asked), SUCCESS);
    assert_eq!(names(statement), [["Zuse 🖥 größer"]]);

    // A cancel ends it, and the statement is as it was prepared.
    assert_eq!(driver().SQLExecute(statement), NEED_DATA);
    ok(driver().SQLCancel(statement), STMT, statement);
    assert_eq!(driver().SQLParamData(statement, &mut asked), ERROR);
    assert_eq!(state(STMT, statement), "HY010");
    // NULL compares with nothing.
    assert_eq!(driver().SQLExecute(statement), NEED_DATA);
    assert_eq!(driver().SQLParamData(statement, &mut asked), NEED_DATA);
    ok(driver().SQLPutData(statement, null_mut(), -1), STMT, statement);
    assert_eq!(driver().SQLParamData(statement, &mut asked), NEED_DATA);
    ok(driver().SQLPutData(statement, place(&mut four), 0), STMT, statement);
    assert_eq!(driver().SQLParamData(statement, &mut asked), SUCCESS);
    assert_eq!(names(statement), [Vec::<String>::new()]);
}

#[test]
fn a_statement_executed_directly_takes_values_later_too() {
    let open = Open::people();
    let statement = open.statement();
    let (mut mark, mut later, mut asked) = (0_u8, -2_isize, null_mut());
    let code = driver().SQLBindParameter(statement, 1, 1, 1, 12, 100, 0, place(&mut mark), 0, &mut later);
    ok(code, STMT, statement);
    let direct = || driver().SQLExecDirect(statement, c"SELECT id FROM people WHERE name = ?".as_ptr().cast(), -3);
    assert_eq!(direct(), NEED_DATA);
    assert_eq!(driver().SQLParamData(statement, &mut asked), NEED_DATA);
    ok(
        driver().SQLPutData(statement, c"Gr".as_ptr().cast_mut().cast(), -3),
        STMT,
        statement,
    );
    ok(
        driver().SQLPutData(statement, c"ace".as_ptr().cast_mut().cast(), 3),
        STMT,
        statement,
    );
    assert_eq!(driver().SQLParamData(statement, &mut asked), SUCCESS);
    assert_eq!(names(statement), [["2"]]);
    // A default is something only procedures could have, and they have none.
    set(&mut later, -5);
    assert_eq!(direct(), ERROR);
    assert_eq!(state(STMT, statement), "07S01");
}
