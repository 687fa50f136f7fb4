//! Handles: their life, and everything a program can do wrong with them.

use std::ptr::null_mut;

use crate::driver::*;

#[test]
fn an_environment_lives_and_dies() {
    let env = allocate(ENV, null_mut());
    assert_eq!(driver().SQLSetEnvAttr(env, 200, word(3), 0), SUCCESS);
    let mut version = 0_i32;
    assert_eq!(
        driver().SQLGetEnvAttr(env, 200, place(&mut version), 4, null_mut()),
        SUCCESS
    );
    assert_eq!(version, 3);
    let dbc = allocate(DBC, env);
    assert_eq!(driver().SQLFreeHandle(ENV, env), ERROR);
    assert_eq!(state(ENV, env), "HY010");
    assert_eq!(driver().SQLFreeHandle(DBC, dbc), SUCCESS);
    assert_eq!(driver().SQLFreeHandle(ENV, env), SUCCESS);
}

#[test]
fn a_connection_needs_a_version_first() {
    let env = allocate(ENV, null_mut());
    let mut dbc = word(1);
    assert_eq!(driver().SQLAllocHandle(DBC, env, &mut dbc), ERROR);
    assert!(dbc.is_null());
    assert_eq!(state(ENV, env), "HY010");
    driver().SQLFreeHandle(ENV, env);
}

#[test]
fn a_statement_needs_an_open_connection() {
    let closed = Closed::new();
    for kind in [STMT, DESC] {
        let mut handle = word(1);
        assert_eq!(driver().SQLAllocHandle(kind, closed.dbc, &mut handle), ERROR);
        assert!(handle.is_null());
        assert_eq!(state(DBC, closed.dbc), "08003");
    }
    assert_eq!(driver().SQLDisconnect(closed.dbc), ERROR);
    assert_eq!(state(DBC, closed.dbc), "08003");
}

#[test]
fn a_kind_that_does_not_exist_is_hy092_on_the_handle_given() {
    let closed = Closed::new();
    assert_eq!(driver().SQLAllocHandle(77, closed.env, &mut null_mut()), ERROR);
    assert_eq!(state(ENV, closed.env), "HY092");
    assert_eq!(driver().SQLFreeHandle(77, closed.dbc), ERROR);
    assert_eq!(state(DBC, closed.dbc), "HY092");
}

#[test]
fn a_handle_is_freed_once() {
    let env = allocate(ENV, null_mut());
    assert_eq!(driver().SQLFreeHandle(ENV, env), SUCCESS);
    assert_eq!(driver().SQLFreeHandle(ENV, env), INVALID_HANDLE);
    assert_eq!(driver().SQLSetEnvAttr(env, 200, word(3), 0), INVALID_HANDLE);
    // The slot is taken again, by a handle that is another.
    let next = allocate(ENV, null_mut());
    assert_ne!(env, next);
    assert_eq!(driver().SQLFreeHandle(ENV, env), INVALID_HANDLE);
    assert_eq!(driver().SQLFreeHandle(ENV, next), SUCCESS);
}

#[test]
fn null_garbage_and_other_kinds_are_no_handles() {
    let closed = Closed::new();
    let mut local = 0_u64;
    let wrong = [null_mut(), word(1), word(-1), place(&mut local), closed.env];
    for handle in wrong {
        assert_eq!(driver().SQLFreeHandle(DBC, handle), INVALID_HANDLE);
        assert_eq!(driver().SQLDisconnect(handle), INVALID_HANDLE);
        assert_eq!(driver().SQLFetch(handle), INVALID_HANDLE);
        assert_eq!(driver().SQLCancel(handle), INVALID_HANDLE);
        assert_eq!(driver().SQLExecute(handle), INVALID_HANDLE);
        assert_eq!(driver().SQLAllocHandle(STMT, handle, &mut null_mut()), INVALID_HANDLE);
        assert_eq!(driver().SQLCopyDesc(handle, handle), INVALID_HANDLE);
        assert_eq!(
            driver().SQLGetDescField(handle, 0, 1001, null_mut(), 0, null_mut()),
            INVALID_HANDLE
        );
        assert_eq!(
            driver().SQLGetStmtAttr(handle, 0, null_mut(), 0, null_mut()),
            INVALID_HANDLE
        );
        let code = driver().SQLGetDiagRec(STMT, handle, 1, null_mut(), null_mut(), null_mut(), 0, null_mut());
        assert_eq!(code, INVALID_HANDLE);
    }
}

#[test]
fn a_null_output_is_hy009() {
    let closed = Closed::new();
    assert_eq!(driver().SQLAllocHandle(DBC, closed.env, null_mut()), ERROR);
    assert_eq!(state(ENV, closed.env), "HY009");
    assert_eq!(driver().SQLAllocHandle(ENV, null_mut(), null_mut()), ERROR);
}

#[test]
fn disconnecting_frees_statements_and_descriptors() {
    let open = Open::people();
    let statement = open.statement();
    let descriptor = allocate(DESC, open.dbc());
    let mut implicit = null_mut::<std::ffi::c_void>();
    ok(
        driver().SQLGetStmtAttr(statement, 10010, place(&mut implicit), 8, null_mut()),
        STMT,
        statement,
    );
    assert_eq!(driver().SQLFreeHandle(DBC, open.dbc()), ERROR);
    assert_eq!(state(DBC, open.dbc()), "HY010");
    assert_eq!(driver().SQLDisconnect(open.dbc()), SUCCESS);
    assert_eq!(driver().SQLFreeHandle(STMT, statement), INVALID_HANDLE);
    assert_eq!(driver().SQLFreeHandle(DESC, descriptor), INVALID_HANDLE);
    assert_eq!(
        driver().SQLGetDescField(implicit, 0, 1001, null_mut(), 0, null_mut()),
        INVALID_HANDLE
    );
}

#[test]
fn one_handle_freed_by_many_threads_is_freed_once() {
    let open = Open::people();
    for _ in 0..20 {
        let statement = open.statement().expose_provenance();
        let freed = std::thread::scope(|scope| {
            let free = || {
                let handle = std::ptr::with_exposed_provenance_mut(statement);
                usize::from(driver().SQLFreeHandle(STMT, handle) == SUCCESS)
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(free)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        });
        assert_eq!(freed, 1);
    }
}
