//! A sign-in that waits for the browser, and what ends it: the program's cancel, its deadline, its disconnect.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::ptr::{null_mut, with_exposed_provenance_mut};
use std::time::{Duration, Instant};

use crate::driver::*;

/// What "at once" means.
const AT_ONCE: Duration = Duration::from_secs(1);
/// `SQL_ATTR_LOGIN_TIMEOUT`.
const LOGIN_TIMEOUT: i32 = 103;

/// The file that the browser of [`with_a_browser`] makes when it is opened.
const OPENED: &str = "LATCHKEY_TEST_OPENED";

/// Runs a test of this file in a process of its own, where the browser does nothing but tell that it was opened:
/// changing this process's environment while other tests read it would be a race.
fn with_a_browser(test: &str, body: fn()) {
    if std::env::var_os(OPENED).is_some() {
        return body();
    }
    let folder = tempfile::tempdir().unwrap();
    let opened = folder.path().join("opened");
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("login::{test}"), "--nocapture"])
        .env("BROWSER", format!("sh -c ': > {}' %s", opened.display()))
        .env(OPENED, opened)
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success() && out.contains("1 passed"), "{out}{err}");
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    probe.local_addr().unwrap().port()
}

/// Connects with a sign-in at this port; nobody will ever sign in.
fn connect(dbc: Handle, port: u16) -> i16 {
    let text = format!(
        "URI=dropbox:///a.json;InitiateOAuth=GETANDREFRESH;OAuthClientId=key;OAuthSettingsLocation=memory://{port};\
         CallbackURL=http://127.0.0.1:{port}/cb;OAuthAuthorizationURL=http://127.0.0.1:{port}/authorize;"
    );
    let length = text.len() as i16;
    driver().SQLDriverConnect(dbc, null_mut(), text.as_ptr(), length, null_mut(), 0, null_mut(), 0)
}

/// Waits until the browser was opened.
///
/// Not only until the driver listens: a process that is being started holds the driver's sockets for a moment.
fn wait_for_the_browser() {
    let opened = PathBuf::from(std::env::var_os(OPENED).unwrap());
    let start = Instant::now();
    while !opened.exists() {
        assert!(start.elapsed() < Duration::from_secs(30), "the browser is not opened");
        std::thread::yield_now();
    }
}

/// Whether anybody listens on a port.
fn is_listening(port: u16) -> bool {
    // By connecting: binding could fail over connections that are long closed.
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Starts a sign-in in a thread, ends it with `end`, and checks that it is over at once, with one of these states, and
/// leaves nothing behind.
fn ended_by(end: impl Fn(Handle), states: &[&str]) {
    let closed = Closed::new();
    let (dbc, port) = (closed.dbc.expose_provenance(), free_port());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || {
            let dbc = with_exposed_provenance_mut(dbc);
            let code = connect(dbc, port);
            (code, Instant::now(), state(DBC, dbc))
        });
        wait_for_the_browser();
        assert!(is_listening(port));
        let start = Instant::now();
        end(with_exposed_provenance_mut(dbc));
        let (code, over, state) = waiting.join().unwrap();
        assert_eq!(code, ERROR);
        assert!(states.contains(&state.as_str()), "{state}");
        assert!(over - start < AT_ONCE, "{:?}", over - start);
    });
    assert!(!is_listening(port));
    // The next sign-in at the same port and with the same identity finds both free.
    ok(
        driver().SQLSetConnectAttr(closed.dbc, LOGIN_TIMEOUT, word(1), 0),
        DBC,
        closed.dbc,
    );
    assert_eq!(connect(closed.dbc, port), ERROR);
    assert_eq!(state(DBC, closed.dbc), "HYT00");
}

#[test]
fn cancelling_the_connection_from_another_thread_ends_the_login() {
    with_a_browser("cancelling_the_connection_from_another_thread_ends_the_login", || {
        ended_by(
            |dbc| assert_eq!(driver().SQLCancelHandle(DBC, dbc), SUCCESS),
            &["HY008"],
        );
    });
}

#[test]
fn disconnecting_from_another_thread_ends_the_login() {
    with_a_browser("disconnecting_from_another_thread_ends_the_login", || {
        // There was no connection yet, which is what the call says after it has ended the login. The handle's
        // diagnostics are those of whichever call ended last.
        ended_by(
            |dbc| assert_eq!(driver().SQLDisconnect(dbc), ERROR),
            &["HY008", "08003"],
        );
    });
}

#[test]
fn the_login_timeout_ends_the_login() {
    with_a_browser("the_login_timeout_ends_the_login", || {
        let closed = Closed::new();
        let port = free_port();
        ok(
            driver().SQLSetConnectAttr(closed.dbc, LOGIN_TIMEOUT, word(1), 0),
            DBC,
            closed.dbc,
        );
        let start = Instant::now();
        assert_eq!(connect(closed.dbc, port), ERROR);
        assert_eq!(state(DBC, closed.dbc), "HYT00");
        let waited = start.elapsed();
        assert!(waited >= AT_ONCE && waited < AT_ONCE * 2, "{waited:?}");
        assert!(!is_listening(port));
    });
}
