//! A sign-in whose redirect chooses the host of its tokens stays at that host.

use super::super::super::provider::TokenOrigins;
use super::*;

fn origin(server: &TokenServer) -> String {
    server.url.trim_end_matches("/token").to_owned()
}

/// A configuration of the first server that may be led to the second, with the code of a redirect that names `chosen`.
fn config(first: &TokenServer, second: &TokenServer, chosen: &str, location: Location) -> Config {
    let mut config = first.config(Initiate::Refresh, location);
    config.provider.token_origins = Some(TokenOrigins {
        parameter: "accounts-server".to_owned(),
        allowed: vec![origin(second)],
    });
    config.client_secret = Some(Secret::from("s3cret"));
    config.verifier = Some(Secret::new(format!(
        "http://localhost:33333/?code=c&accounts-server={chosen}"
    )));
    config
}

#[tokio::test]
async fn code_and_refresh_go_where_the_redirect_said() {
    let first = TokenServer::start(|_| unreachable!()).await;
    let second = TokenServer::start(|form| match form["grant_type"].as_str() {
        "refresh_token" => tokens("a2", None, 14_400),
        _ => tokens("a1", Some("r1"), 14_400),
    })
    .await;
    let location = memory();
    let manager = Manager::new(config(&first, &second, &origin(&second), location));
    manager.establish().await.unwrap();
    assert_eq!(access(&manager).await, "a1");
    assert_eq!(manager.renew(&token("a1")).await.unwrap(), token("a2"));
    assert_eq!((first.requests(), second.requests()), (0, 2));
}

#[tokio::test]
async fn a_stranger_that_the_redirect_names_gets_nothing() {
    let first = TokenServer::start(|_| tokens("a1", Some("r1"), 14_400)).await;
    let second = TokenServer::start(|_| unreachable!()).await;
    let stranger = TokenServer::start(|_| unreachable!()).await;
    let manager = Manager::new(config(&first, &second, &origin(&stranger), memory()));
    manager.establish().await.unwrap();
    assert_eq!((first.requests(), stranger.requests()), (1, 0));
    assert!(stored(&manager).await.captured.is_empty());
}
