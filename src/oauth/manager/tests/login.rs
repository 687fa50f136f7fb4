//! Signing in through a browser, which here is a closure.

use super::super::super::browser::NotOpened;
use super::super::super::prompt::{Invitation, Prompt, Prompting};
use super::super::login::Wanted;
use super::super::refresh::Outcome;
use super::*;

/// A free port, as a callback.
fn callback() -> String {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://127.0.0.1:{}/cb", socket.local_addr().unwrap().port())
}

/// Does what the authorization server and the browser do: sends the redirect, with `answer` and the request's state.
async fn browse(url: String, answer: &'static str) -> NotOpened {
    let parsed = url::Url::parse(&url).unwrap();
    let value = |name: &str| {
        parsed
            .query_pairs()
            .find(|(found, _)| found == name)
            .unwrap()
            .1
            .into_owned()
    };
    let redirect = format!("{}?{answer}&state={}", value("redirect_uri"), value("state"));
    crate::oauth::testing::http().get(redirect).send().await.unwrap();
    std::future::pending().await
}

async fn server() -> TokenServer {
    TokenServer::start(|_| tokens("a1", Some("r1"), 14_400)).await
}

fn config(server: &TokenServer, location: Location) -> Config {
    Config {
        callback_url: callback(),
        ..server.config(Initiate::GetAndRefresh, location)
    }
}

#[tokio::test]
async fn a_login_is_stored_and_the_next_connection_asks_nobody() {
    let (server, home) = (server().await, Home::new());
    let config = config(&server, home.location());
    let manager = Manager::new(config.clone());
    let token = manager
        .identity
        .log_in_once("test", None, |url| browse(url, "code=c"))
        .await
        .unwrap();
    assert_eq!(token.0.expose(), "a1");
    let form = server.form(0);
    assert_eq!(
        (form["code"].as_str(), form["redirect_uri"].as_str()),
        ("c", config.callback_url.as_str())
    );
    assert_eq!(form["code_verifier"].len(), 43);

    let manager = Manager::new(config);
    manager.establish().await.unwrap();
    assert_eq!(access(&manager).await, "a1");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn connections_that_wait_share_one_login() {
    let server = server().await;
    let config = config(&server, memory());
    let opened = AtomicUsize::new(0);
    let log_in = async |_: usize| {
        let manager = Manager::new(config.clone());
        let open = |url| {
            opened.fetch_add(1, Ordering::SeqCst);
            browse(url, "code=c")
        };
        manager.identity.log_in_once("test", None, open).await.unwrap()
    };
    let tokens = futures::future::join_all((0..5).map(log_in)).await;
    assert!(tokens.iter().all(|token| token.0.expose() == "a1"));
    assert_eq!((opened.load(Ordering::SeqCst), server.requests()), (1, 1));
}

#[tokio::test]
async fn a_refusal_is_told_to_everybody_who_waited() {
    let server = server().await;
    let config = config(&server, memory());
    let opened = AtomicUsize::new(0);
    let log_in = async |_: usize| {
        let manager = Manager::new(config.clone());
        let open = |url| {
            opened.fetch_add(1, Ordering::SeqCst);
            browse(url, "error=access_denied")
        };
        manager.identity.log_in_once("test", None, open).await.unwrap_err()
    };
    for error in futures::future::join_all((0..3).map(log_in)).await {
        assert_eq!(error.kind(), Kind::SignIn);
        assert!(error.message().starts_with("access_denied. "), "{error}");
    }
    assert_eq!((opened.load(Ordering::SeqCst), server.requests()), (1, 0));
    log_in(0).await;
    assert_eq!(opened.load(Ordering::SeqCst), 2, "who comes later is asked again");
}

/// A program that is shown where to sign in.
fn program(show: impl Fn(Invitation) -> bool + Clone + Send + Sync + 'static) -> Prompting {
    Prompting::Program(Prompt::new(move |invitation| {
        let shown = show(invitation);
        Box::pin(std::future::ready(shown))
    }))
}

#[tokio::test]
async fn a_program_shows_the_page_in_the_place_of_the_browser() {
    let server = server().await;
    let show = |invitation: Invitation| {
        assert_eq!((invitation.user_code, invitation.expires_in), (None, 30));
        tokio::spawn(browse(invitation.url, "code=c"));
        true
    };
    let config = Config {
        prompting: program(show),
        ..config(&server, memory())
    };
    let manager = Manager::new(config);
    manager.establish().await.unwrap();
    assert_eq!(access(&manager).await, "a1");
}

#[tokio::test]
async fn a_program_that_shows_nothing_ends_the_sign_in() {
    let server = server().await;
    let config = Config {
        prompting: program(|_| false),
        ..config(&server, memory())
    };
    let error = Manager::new(config).establish().await.unwrap_err();
    assert_eq!(error.kind(), Kind::SignIn);
    assert!(error.message().contains("the program did not show"), "{error}");
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn off_signs_in_without_storing() {
    let server = server().await;
    let config = Config {
        initiate: Initiate::Off,
        ..config(&server, memory())
    };
    let manager = Manager::new(config.clone());
    let open = |url| browse(url, "code=c");
    let wanted = Wanted {
        callback_url: &config.callback_url,
        scope: "x",
        wishes: &Wishes::default(),
    };
    let tokens = manager.identity.sign_in_turn(&wanted, open).await.unwrap();
    assert_eq!(text(&tokens.refresh_token), Some("r1"));
    assert!(manager.identity.store.load().await.unwrap().entries.is_empty());
}

#[tokio::test]
async fn without_a_browser_the_error_has_the_url_and_the_next_step_and_the_code_fits_it() {
    let (server, home) = (server().await, Home::new());
    let config = server.config(Initiate::GetAndRefresh, home.location());
    let error = Manager::new(config.clone()).establish().await.unwrap_err();
    assert_eq!(error.kind(), Kind::SignIn);
    assert!(
        error.message().contains("must not prompt") && error.message().contains("OAuthVerifier"),
        "{error}"
    );
    let url = error
        .message()
        .split_whitespace()
        .find(|word| word.starts_with("https://as.test/authorize?"))
        .unwrap();
    let again = Manager::new(config.clone()).establish().await.unwrap_err();
    assert!(
        again.message().contains(url),
        "the URL stays the same while somebody signs in at it: {again}"
    );

    let by_procedure = Manager::new(config.clone())
        .sign_in(None, None, &Wishes::default())
        .await
        .unwrap_err();
    assert!(by_procedure.message().contains(url), "{by_procedure}");

    let config = Config {
        verifier: Some(Secret::from("code")),
        ..config
    };
    Manager::new(config).establish().await.unwrap();
    let verifier = Secret::new(server.form(0)["code_verifier"].clone());
    assert!(url.contains(&crate::oauth::authorize::challenge(&verifier)));
}

#[tokio::test]
async fn a_browser_that_does_not_start_ends_the_wait_with_the_url() {
    let server = server().await;
    let manager = Manager::new(config(&server, memory()));
    let open = |_| std::future::ready(NotOpened("xdg-open: not found".to_owned()));
    let error = manager.identity.log_in_once("test", None, open).await.unwrap_err();
    assert!(error.message().contains("xdg-open: not found"), "{error}");
    assert!(error.message().contains("https://as.test/authorize?"), "{error}");
}

#[tokio::test]
async fn a_revoked_token_leads_to_a_new_login() {
    let server = TokenServer::start(|form| match form["grant_type"].as_str() {
        "refresh_token" => json(400, r#"{"error":"invalid_grant"}"#),
        _ => tokens("a2", Some("r2"), 14_400),
    })
    .await;
    let manager = manager_with(config(&server, memory()), expired("revoked")).await;
    assert!(matches!(
        manager.identity.settle(None).await.unwrap(),
        Outcome::PersonNeeded(_)
    ));
    let token = manager
        .identity
        .log_in_once("test", None, |url| browse(url, "code=c"))
        .await
        .unwrap();
    assert_eq!(token.0.expose(), "a2");
    let entry = stored(&manager).await;
    assert_eq!((text(&entry.refresh_token), entry.dead_reason), (Some("r2"), None));
}

#[tokio::test]
async fn a_dropped_login_frees_port_and_turn() {
    let server = server().await;
    let config = config(&server, memory());
    let manager = Manager::new(config.clone());
    {
        let (opened, is_open) = tokio::sync::oneshot::channel();
        let open = |_| async {
            opened.send(()).unwrap();
            std::future::pending::<NotOpened>().await
        };
        let waiting = manager.identity.log_in_once("test", None, open);
        tokio::select! {
            _ = waiting => panic!("nobody signed in"),
            _ = is_open => {}
        }
    }
    let token = manager
        .identity
        .log_in_once("test", None, |url| browse(url, "code=c"))
        .await
        .unwrap();
    assert_eq!(token.0.expose(), "a1");
}
