//! Ending what another thread waits for.

use std::ptr::with_exposed_provenance_mut;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::driver::*;

/// A query that would count for minutes.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) \
                       SELECT count(*) FROM n a, n b";

/// Executes the endless query in a thread and calls `end` until the query has ended. Answers its state.
fn ended_by(statement: Handle, end: impl Fn()) -> String {
    let (token, finished) = (statement.expose_provenance(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let running = scope.spawn(|| {
            let statement = with_exposed_provenance_mut(token);
            let mut code = driver().SQLExecDirect(statement, ENDLESS.as_ptr(), ENDLESS.len() as i32);
            if code == SUCCESS {
                code = driver().SQLFetch(statement);
            }
            finished.store(true, Ordering::SeqCst);
            assert!(code == ERROR || code == INVALID_HANDLE, "{code}");
            state(STMT, statement)
        });
        let start = Instant::now();
        while !finished.load(Ordering::SeqCst) {
            end();
            std::thread::yield_now();
            assert!(start.elapsed() < Duration::from_secs(60), "the query goes on");
        }
        running.join().unwrap()
    })
}

#[test]
fn a_running_query_is_cancelled_from_another_thread() {
    let open = Open::people();
    let statement = open.statement();
    let token = statement.expose_provenance();
    let state = ended_by(statement, || {
        assert_eq!(driver().SQLCancel(with_exposed_provenance_mut(token)), SUCCESS);
    });
    assert_eq!(state, "HY008");
    // A late cancel does not reach the next query.
    assert_eq!(driver().SQLCancel(statement), SUCCESS);
    assert_eq!(driver().SQLCancelHandle(STMT, statement), SUCCESS);
    let _ = driver().SQLFreeStmt(statement, 0);
    ok(
        driver().SQLExecDirect(statement, b"SELECT 1".as_ptr(), 8),
        STMT,
        statement,
    );
    ok(driver().SQLFetch(statement), STMT, statement);
}

#[test]
fn cancelling_what_is_idle_or_no_statement() {
    let open = Open::people();
    let statement = open.statement();
    assert_eq!(driver().SQLCancel(statement), SUCCESS);
    assert_eq!(driver().SQLCancelHandle(DBC, open.dbc()), SUCCESS);
    assert_eq!(driver().SQLCancelHandle(ENV, open.closed.env), ERROR);
    assert_eq!(state(ENV, open.closed.env), "HY092");
}

#[test]
fn a_query_ends_at_its_timeout_and_the_cursor_with_it() {
    let open = Open::people();
    let statement = open.statement();
    ok(driver().SQLSetStmtAttr(statement, 0, word(1), 0), STMT, statement);
    let start = Instant::now();
    let mut code = driver().SQLExecDirect(statement, ENDLESS.as_ptr(), ENDLESS.len() as i32);
    if code == SUCCESS {
        code = driver().SQLFetch(statement);
    }
    assert_eq!((code, state(STMT, statement).as_str()), (ERROR, "HYT00"));
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(driver().SQLFetch(statement), ERROR);
    assert_eq!(state(STMT, statement), "24000");
}

#[test]
fn freeing_a_statement_ends_its_query() {
    let open = Open::people();
    let statement = open.statement();
    let token = statement.expose_provenance();
    let freed = AtomicBool::new(false);
    let entered = Instant::now();
    ended_by(statement, || {
        // Give the query a moment to begin, so that freeing meets it at work.
        if entered.elapsed() > Duration::from_millis(200) && !freed.swap(true, Ordering::SeqCst) {
            assert_eq!(
                driver().SQLFreeHandle(STMT, with_exposed_provenance_mut(token)),
                SUCCESS
            );
        }
    });
    assert_eq!(driver().SQLFetch(statement), INVALID_HANDLE);
}

#[test]
fn disconnecting_ends_the_queries_of_the_connection() {
    let open = Open::people();
    let statement = open.statement();
    let dbc = open.dbc().expose_provenance();
    let closed = AtomicBool::new(false);
    let entered = Instant::now();
    ended_by(statement, || {
        if entered.elapsed() > Duration::from_millis(200) && !closed.swap(true, Ordering::SeqCst) {
            assert_eq!(driver().SQLDisconnect(with_exposed_provenance_mut(dbc)), SUCCESS);
        }
    });
    assert_eq!(driver().SQLFetch(statement), INVALID_HANDLE);
}

#[test]
fn diagnostics_of_one_statement_are_read_while_another_waits() {
    let open = Open::people();
    let (statement, other) = (open.statement(), open.statement());
    assert_eq!(driver().SQLExecute(other), ERROR);
    let token = statement.expose_provenance();
    let reads = std::cell::Cell::new(0);
    ended_by(statement, || {
        assert_eq!(state(STMT, other), "HY010");
        reads.set(reads.get() + 1);
        if reads.get() > 100 {
            driver().SQLCancel(with_exposed_provenance_mut(token));
        }
    });
    assert!(reads.get() > 100);
}
