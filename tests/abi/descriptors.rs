//! Descriptors as the store of bindings.

use std::ptr::null_mut;

use crate::driver::*;

fn descriptor(statement: Handle, attribute: i32) -> Handle {
    let mut handle: Handle = null_mut();
    ok(
        driver().SQLGetStmtAttr(statement, attribute, place(&mut handle), 8, null_mut()),
        STMT,
        statement,
    );
    handle
}

#[track_caller]
fn small(descriptor: Handle, number: i16, id: i16) -> i16 {
    let mut memory = [0x55_u8; 8];
    ok(
        driver().SQLGetDescField(descriptor, number, id, memory.as_mut_ptr().cast(), 8, null_mut()),
        DESC,
        descriptor,
    );
    assert_eq!(memory[2..], [0x55; 6], "field {id} is wider than two bytes");
    i16::from_le_bytes([memory[0], memory[1]])
}

#[test]
fn the_four_descriptors_are_there_at_once() {
    let open = Open::people();
    let statement = open.statement();
    let handles: std::collections::BTreeSet<_> = (10010..=10013).map(|id| descriptor(statement, id).addr()).collect();
    assert_eq!(handles.len(), 4);
    for attribute in 10010..=10013 {
        let implicit = descriptor(statement, attribute);
        assert_eq!(small(implicit, 0, 1099), 1);
        assert_eq!(driver().SQLFreeHandle(DESC, implicit), ERROR);
        assert_eq!(state(DESC, implicit), "HY017");
    }
}

#[test]
fn binding_a_column_writes_the_ard_and_back() {
    let open = Open::people();
    let statement = open.statement();
    let ard = descriptor(statement, 10010);
    let (mut value, mut length) = ([0_u8; 20], 0_isize);
    ok(
        driver().SQLBindCol(statement, 3, 1, value.as_mut_ptr().cast(), 20, &mut length),
        STMT,
        statement,
    );
    assert_eq!(small(ard, 0, 1001), 3);
    assert_eq!(small(ard, 3, 1002), 1);
    assert_eq!(small(ard, 3, 2), 1);
    let mut octets = 0_isize;
    ok(
        driver().SQLGetDescField(ard, 3, 1013, place(&mut octets), 8, null_mut()),
        DESC,
        ard,
    );
    assert_eq!(octets, 20);
    let mut pointer: Handle = null_mut();
    ok(
        driver().SQLGetDescField(ard, 3, 1010, place(&mut pointer), 8, null_mut()),
        DESC,
        ard,
    );
    assert_eq!(pointer, value.as_mut_ptr().cast());

    ok(
        driver().SQLBindCol(statement, 1, 4, value.as_mut_ptr().cast(), 0, null_mut()),
        STMT,
        statement,
    );
    ok(
        driver().SQLBindCol(statement, 3, 1, null_mut(), 0, null_mut()),
        STMT,
        statement,
    );
    assert_eq!(small(ard, 0, 1001), 1);
    ok(driver().SQLFreeStmt(statement, 2), STMT, statement);
    assert_eq!(small(ard, 0, 1001), 0);
    assert_eq!(
        driver().SQLGetDescField(ard, 1, 1002, place(&mut octets), 8, null_mut()),
        NO_DATA
    );
}

#[test]
fn the_ird_shows_the_columns_and_cannot_be_changed() {
    let open = Open::people();
    let statement = open.statement();
    let ird = descriptor(statement, 10012);
    assert_eq!(
        driver().SQLGetDescField(ird, 0, 1001, place(&mut 0_i16), 2, null_mut()),
        ERROR
    );
    assert_eq!(state(DESC, ird), "HY007");
    let sql = c"SELECT id, name FROM people";
    ok(driver().SQLPrepare(statement, sql.as_ptr().cast(), -3), STMT, statement);
    assert_eq!(small(ird, 0, 1001), 2);
    assert_eq!(small(ird, 1, 1002), -5);
    let mut name = [0_u8; 16];
    let mut length = 0_i32;
    ok(
        driver().SQLGetDescField(ird, 2, 1011, name.as_mut_ptr().cast(), 16, &mut length),
        DESC,
        ird,
    );
    assert_eq!(&name[..length as usize], b"name");
    assert_eq!(driver().SQLSetDescField(ird, 1, 1002, word(4), 0), ERROR);
    assert_eq!(state(DESC, ird), "HY016");
    assert_eq!(driver().SQLCopyDesc(descriptor(statement, 10010), ird), ERROR);
    assert_eq!(state(DESC, ird), "HY016");
    assert_eq!(
        driver().SQLGetDescField(ird, 1, 4711, place(&mut 0_i64), 8, null_mut()),
        ERROR
    );
    assert_eq!(state(DESC, ird), "HY091");

    let (mut verbose, mut octets) = (0_i16, 0_isize);
    let code = driver().SQLGetDescRec(
        ird,
        1,
        name.as_mut_ptr(),
        16,
        null_mut(),
        &mut verbose,
        null_mut(),
        &mut octets,
        null_mut(),
        null_mut(),
        null_mut(),
    );
    ok(code, DESC, ird);
    assert_eq!((verbose, octets), (-5, 8));
}

#[test]
fn an_explicit_descriptor_serves_as_ard_until_it_is_freed() {
    let open = Open::people();
    let statement = open.query("SELECT id FROM people ORDER BY id");
    let own = descriptor(statement, 10010);
    let explicit = allocate(DESC, open.dbc());
    assert_eq!(small(explicit, 0, 1099), 2);
    ok(driver().SQLSetStmtAttr(statement, 10010, explicit, 0), STMT, statement);
    assert_eq!(descriptor(statement, 10010), explicit);

    let mut value = 0_i64;
    ok(
        driver().SQLSetDescField(explicit, 1, 1002, word(-25), 0),
        DESC,
        explicit,
    );
    ok(
        driver().SQLSetDescField(explicit, 1, 1010, place(&mut value), 0),
        DESC,
        explicit,
    );
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(value, 1);

    ok(driver().SQLFreeHandle(DESC, explicit), DESC, explicit);
    assert_eq!(descriptor(statement, 10010), own);
    ok(driver().SQLFetch(statement), STMT, statement);
    assert_eq!(value, 1);
}

#[test]
fn a_descriptor_of_another_connection_is_refused() {
    let (one, other) = (Open::people(), Open::people());
    let statement = one.statement();
    let foreign = allocate(DESC, other.dbc());
    assert_eq!(driver().SQLSetStmtAttr(statement, 10010, foreign, 0), ERROR);
    assert_eq!(state(STMT, statement), "HY024");
    let sibling = descriptor(one.statement(), 10010);
    assert_eq!(driver().SQLSetStmtAttr(statement, 10010, sibling, 0), ERROR);
    assert_eq!(state(STMT, statement), "HY017");
}

#[test]
fn copies_that_cross_do_not_wait_for_each_other() {
    let (one, other) = (Open::people(), Open::people());
    let (a, b) = (allocate(DESC, one.dbc()), allocate(DESC, other.dbc()));
    ok(driver().SQLSetDescField(a, 1, 1002, word(-8), 0), DESC, a);
    let (a_token, b_token) = (a.expose_provenance(), b.expose_provenance());
    std::thread::scope(|scope| {
        let copy = |from: usize, to: usize| {
            for _ in 0..500 {
                let (from, to) = (
                    std::ptr::with_exposed_provenance_mut(from),
                    std::ptr::with_exposed_provenance_mut(to),
                );
                assert_eq!(driver().SQLCopyDesc(from, to), SUCCESS);
            }
        };
        scope.spawn(move || copy(a_token, b_token));
        scope.spawn(move || copy(b_token, a_token));
    });
    // Whichever came last, both hold a record or both hold none.
    assert_eq!(small(a, 0, 1001), small(b, 0, 1001));
}

#[test]
fn fields_that_contradict_each_other_are_hy021() {
    let open = Open::people();
    let explicit = allocate(DESC, open.dbc());
    let mut buffer = [0_u8; 32];
    ok(driver().SQLSetDescField(explicit, 1, 1002, word(2), 0), DESC, explicit);
    ok(driver().SQLSetDescField(explicit, 1, 1005, word(99), 0), DESC, explicit);
    assert_eq!(
        driver().SQLSetDescField(explicit, 1, 1010, place(&mut buffer), 0),
        ERROR
    );
    assert_eq!(state(DESC, explicit), "HY021");
    for number in [0, -1] {
        assert_eq!(driver().SQLSetDescField(explicit, number, 1002, word(4), 0), ERROR);
        assert_eq!(state(DESC, explicit), "07009");
    }
    assert_eq!(driver().SQLSetDescField(explicit, 1, 4711, word(4), 0), ERROR);
    assert_eq!(state(DESC, explicit), "HY091");
}

#[test]
fn preparing_describes_the_parameters_that_the_program_did_not() {
    let open = Open::people();
    let statement = open.statement();
    let ipd = descriptor(statement, 10013);
    let mut value = 0_i64;
    let code = driver().SQLBindParameter(statement, 1, 1, -25, -5, 0, 0, place(&mut value), 0, null_mut());
    ok(code, STMT, statement);
    let sql = c"SELECT id FROM people WHERE age > ? AND age < ?";
    ok(driver().SQLPrepare(statement, sql.as_ptr().cast(), -3), STMT, statement);
    assert_eq!(small(ipd, 0, 1001), 2);
    assert_eq!((small(ipd, 1, 2), small(ipd, 2, 2)), (-5, -5));
    // Described is not bound.
    assert_eq!(driver().SQLExecute(statement), ERROR);
    assert_eq!(state(STMT, statement), "07002");
    ok(
        driver().SQLPrepare(statement, c"SELECT 1".as_ptr().cast(), -3),
        STMT,
        statement,
    );
    ok(driver().SQLExecute(statement), STMT, statement);
}
