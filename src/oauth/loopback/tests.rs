//! The callback listener against browsers, strangers and accidents.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::net::{Ipv4Addr, Ipv6Addr};

use super::*;

pub(super) const STATE: &str = "the-right-state";
const LONG: Duration = Duration::from_secs(30);

/// The redirect with [`STATE`], which names this issuer when there is one.
pub(super) fn expected(issuer: Option<&'static str>) -> Expected<'static> {
    Expected {
        state: STATE.into(),
        issuer: issuer.map(Into::into),
        issuer_required: issuer.is_some(),
        token_origin: None,
    }
}

/// A listener on a port of the system's choice, waiting for [`STATE`].
struct Waiting {
    port: u16,
    result: tokio::task::JoinHandle<Result<Redirected>>,
}

impl Waiting {
    async fn start() -> Self {
        Self::with("http://127.0.0.1:0/cb", None, LONG).await
    }

    async fn with(callback: &str, issuer: Option<&'static str>, deadline: Duration) -> Self {
        let listener = Listener::bind(callback, false, Source::Passing).await.unwrap();
        let port = listener.port();
        let result = tokio::spawn(async move { listener.wait(expected(issuer), deadline).await });
        Self { port, result }
    }

    async fn send(&self, request: &[u8]) -> String {
        exchange(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)), request).await
    }

    async fn get(&self, target: &str) -> String {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port).as_bytes())
            .await
    }

    async fn still_waits(self) {
        assert!(!self.result.is_finished());
        let page = self.get(&format!("/cb?code=good&state={STATE}")).await;
        assert!(
            page.starts_with("HTTP/1.1 200 ") && page.contains("Signed in"),
            "{page}"
        );
        assert_eq!(self.result.await.unwrap().unwrap().code.expose(), "good");
    }
}

async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_code_with_the_right_state_ends_the_wait_with_a_page_that_keeps_it_private() {
    let waiting = Waiting::start().await;
    let page = waiting.get(&format!("/cb?code=a%2Fb&state={STATE}")).await;
    for header in [
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "Content-Security-Policy: default-src 'none'",
        "Connection: close",
    ] {
        assert!(page.contains(header), "{header} is missing in {page}");
    }
    assert!(page.contains("href=\"data:,\"") && !page.contains("a/b"), "{page}");
    assert_eq!(waiting.result.await.unwrap().unwrap().code.expose(), "a/b");
}

#[tokio::test]
async fn a_wrong_state_is_an_old_tab_and_the_wait_goes_on() {
    let waiting = Waiting::start().await;
    for target in [
        "/cb?code=evil&state=wrong",
        "/cb?error=access_denied&state=wrong",
        "/cb?error=access_denied",
        "/cb?code=evil",
        "/cb",
        "/cb?code=evil&state=the-right-state&state=the-right-state",
        "/cb?code=evil&state=the-right-stat",
    ] {
        let page = waiting.get(target).await;
        assert!(
            page.starts_with("HTTP/1.1 400 ") && page.contains("earlier sign-in"),
            "{target}: {page}"
        );
    }
    waiting.still_waits().await;
}

#[tokio::test]
async fn repeated_missing_and_contradicting_parameters_are_not_used() {
    let waiting = Waiting::start().await;
    for query in [
        "code=a&code=b",
        "code=a&error=b",
        "error=a&error=b",
        "foo=1",
        "code=",
        "code=a&iss=x&iss=x",
    ] {
        let page = waiting.get(&format!("/cb?{query}&state={STATE}")).await;
        assert!(
            page.starts_with("HTTP/1.1 400 ") && page.contains("not complete"),
            "{query}: {page}"
        );
    }
    waiting.still_waits().await;
}

#[tokio::test]
async fn other_paths_methods_and_hosts_never_end_the_wait() {
    let waiting = Waiting::start().await;
    let good = format!("/cb?code=evil&state={STATE}");
    assert!(waiting.get("/favicon.ico").await.starts_with("HTTP/1.1 404 "));
    assert!(
        waiting
            .get(&format!("/cb/?code=evil&state={STATE}"))
            .await
            .starts_with("HTTP/1.1 404 ")
    );

    let host = format!("Host: localhost:{}", waiting.port);
    let head = waiting
        .send(format!("HEAD {good} HTTP/1.1\r\n{host}\r\n\r\n").as_bytes())
        .await;
    assert!(
        head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
    let options = waiting
        .send(format!("OPTIONS {good} HTTP/1.1\r\n{host}\r\n\r\n").as_bytes())
        .await;
    assert!(
        options.starts_with("HTTP/1.1 204 ") && options.contains("Allow: GET"),
        "{options}"
    );
    let put = waiting
        .send(format!("PUT {good} HTTP/1.1\r\n{host}\r\n\r\n").as_bytes())
        .await;
    assert!(put.starts_with("HTTP/1.1 405 "), "{put}");
    for rebound in ["evil.example", "evil.example:80", "localhost:1", "localhost"] {
        let page = waiting
            .send(format!("GET {good} HTTP/1.1\r\nHost: {rebound}\r\n\r\n").as_bytes())
            .await;
        assert!(page.starts_with("HTTP/1.1 403 "), "{rebound}: {page}");
    }
    let page = waiting
        .send(format!("GET {good} HTTP/1.1\r\n{host}\r\n{host}\r\n\r\n").as_bytes())
        .await;
    assert!(page.starts_with("HTTP/1.1 400 "), "{page}");
    waiting.still_waits().await;
}

#[tokio::test]
async fn a_form_post_is_a_redirect_too() {
    let waiting = Waiting::start().await;
    let post = |content: &str, body: &str| {
        let length = body.len();
        format!(
            "POST /cb HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: {content}\r\nContent-Length: {length}\r\n\r\n{body}",
            waiting.port
        )
    };
    let body = format!("code=posted&state={STATE}");
    let page = waiting.send(post("application/json", &body).as_bytes()).await;
    assert!(page.starts_with("HTTP/1.1 415 "), "{page}");
    let page = waiting
        .send(post("application/x-www-form-urlencoded", &"x".repeat(20_000)).as_bytes())
        .await;
    assert!(page.starts_with("HTTP/1.1 431 "), "{page}");
    let page = waiting
        .send(format!("POST /cb HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", waiting.port).as_bytes())
        .await;
    assert!(page.starts_with("HTTP/1.1 411 "), "{page}");
    assert!(!waiting.result.is_finished());
    let page = waiting
        .send(post("application/x-www-form-urlencoded; charset=utf-8", &body).as_bytes())
        .await;
    assert!(page.contains("Signed in"), "{page}");
    assert_eq!(waiting.result.await.unwrap().unwrap().code.expose(), "posted");
}

#[tokio::test]
async fn oversized_malformed_and_silent_connections_hold_nobody_up() {
    let waiting = Waiting::start().await;
    let silent = TcpStream::connect((Ipv4Addr::LOCALHOST, waiting.port)).await.unwrap();
    let mut slow = TcpStream::connect((Ipv4Addr::LOCALHOST, waiting.port)).await.unwrap();
    slow.write_all(b"GET /cb?co").await.unwrap();
    let huge = format!("GET /cb?{} HTTP/1.1\r\n", "x".repeat(17_000));
    assert!(waiting.send(huge.as_bytes()).await.starts_with("HTTP/1.1 431 "));
    assert!(waiting.send(b"\x00\x01\x02\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
    waiting.still_waits().await;
    drop((silent, slow));
}

#[tokio::test]
async fn a_refusal_is_told_without_the_servers_markup() {
    let waiting = Waiting::start().await;
    let target =
        format!("/cb?error=access_denied&error_description=no%0d%0a%3Cscript%3Ex%3C/script%3E%26%22&state={STATE}");
    let page = waiting.get(&target).await;
    assert!(
        page.contains("access_denied: no x&amp;&quot;") && !page.contains("<script"),
        "{page}"
    );
    let error = waiting.result.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), Kind::SignIn);
    assert!(error.message().starts_with("access_denied: no x&\"."), "{error}");
}

#[tokio::test]
async fn an_expected_issuer_must_be_named_exactly() {
    let waiting = Waiting::with("http://127.0.0.1:0/cb", Some("https://as.test"), LONG).await;
    for query in [
        "code=evil",
        "code=evil&iss=https%3A%2F%2Fas.test%2F",
        "error=access_denied&iss=x",
    ] {
        let page = waiting.get(&format!("/cb?{query}&state={STATE}")).await;
        assert!(
            page.starts_with("HTTP/1.1 400 ") && page.contains("another server"),
            "{query}: {page}"
        );
    }
    waiting
        .get(&format!("/cb?code=good&iss=https%3A%2F%2Fas.test&state={STATE}"))
        .await;
    assert_eq!(waiting.result.await.unwrap().unwrap().code.expose(), "good");
}

#[tokio::test]
async fn localhost_listens_on_both_loopback_addresses() {
    let waiting = Waiting::with("http://localhost:0", None, LONG).await;
    let request = format!(
        "GET /?code=six&state={STATE} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
        waiting.port
    );
    let six = SocketAddr::from((Ipv6Addr::LOCALHOST, waiting.port));
    // A machine without IPv6 has nothing to try first but IPv4.
    let address = match TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await {
        Ok(_) => six,
        Err(_) => SocketAddr::from((Ipv4Addr::LOCALHOST, waiting.port)),
    };
    assert!(exchange(address, request.as_bytes()).await.contains("Signed in"));
    assert_eq!(waiting.result.await.unwrap().unwrap().code.expose(), "six");
}

#[tokio::test]
async fn a_port_in_use_is_named_with_its_property() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    for host in ["localhost", "127.0.0.1"] {
        let callback = format!("http://{host}:{port}/cb");
        let error = Listener::bind(&callback, false, Source::Passing).await.unwrap_err();
        assert_eq!(error.kind(), Kind::SignIn);
        assert!(
            error
                .message()
                .contains(&format!("Port {port} of CallbackURL '{callback}' is already in use")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn callbacks_that_do_not_lead_here_are_refused_with_the_next_step() {
    for (callback, reason) in [
        ("", "is empty"),
        ("https://app.example:3333", "does not lead back"),
        ("ftp://localhost:3333", "neither an http nor an https URL"),
        ("http://app.example/cb", "does not lead back"),
        ("http://192.168.0.1:1/", "does not lead back"),
    ] {
        let error = Listener::bind(callback, false, Source::Passing).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unsupported);
        assert!(error.message().contains(reason), "{error}");
        assert!(
            error.message().contains("http://localhost:33333") && error.message().contains("OAuthVerifier"),
            "{error}"
        );
    }
    assert_eq!(
        Listener::bind("nonsense", false, Source::Passing)
            .await
            .unwrap_err()
            .kind(),
        Kind::Property
    );
}

#[tokio::test]
async fn the_deadline_says_what_to_check_and_https_in_between_is_noticed() {
    let waiting = Waiting::with("http://127.0.0.1:0/cb", None, Duration::from_millis(300)).await;
    let port = waiting.port;
    assert_eq!(waiting.send(b"\x16\x03\x01\x00\x05hello").await, "");
    let error = waiting.result.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout);
    // As the authorization request has it: that is what has to be registered.
    let callback = format!("http://127.0.0.1:{port}/cb");
    assert!(error.message().contains(&callback), "{error}");
    assert!(
        error.message().contains("OAuthClientId") && error.message().contains("https on this port"),
        "{error}"
    );
}

#[tokio::test]
async fn dropping_the_wait_frees_the_port() {
    let listener = Listener::bind("http://127.0.0.1:0/cb", false, Source::Passing)
        .await
        .unwrap();
    let port = listener.port();
    let mut wait = Box::pin(listener.wait(expected(None), LONG));
    assert!(futures::poll!(&mut wait).is_pending());
    let _open = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    drop(wait);
    Listener::bind(&format!("http://127.0.0.1:{port}/cb"), false, Source::Passing)
        .await
        .unwrap();
}

#[tokio::test]
async fn of_several_callbacks_the_first_with_a_free_port_is_used() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = taken.local_addr().map(|address| (address.port(), taken)).unwrap();
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let first = format!("http://127.0.0.1:{}/cb", taken.0);
    let second = format!("http://127.0.0.1:{port}/cb");
    let listener = Listener::bind(&format!("{first} {second}"), false, Source::Passing)
        .await
        .unwrap();
    assert_eq!(listener.callback_url(), second);
    let error = Listener::bind(&format!("{first}  {second}"), false, Source::Passing)
        .await
        .unwrap_err();
    assert!(error.message().contains(&first), "all are taken: {error}");
}

#[tokio::test]
async fn where_any_port_will_do_a_taken_one_is_no_obstacle() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let callback = format!("http://127.0.0.1:{}/cb", taken.local_addr().unwrap().port());
    let listener = Listener::bind(&callback, true, Source::Passing).await.unwrap();
    assert_ne!(listener.callback_url(), callback);
    assert_eq!(
        listener.callback_url(),
        format!("http://127.0.0.1:{}/cb", listener.port())
    );
}
