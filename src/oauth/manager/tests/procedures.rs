//! URL, code and refresh through the procedures' calls, and `OAuthVerifier`.

use url::Url;

use super::*;

/// A server that wants the PKCE verifier behind the challenge it has seen.
async fn code_server() -> TokenServer {
    TokenServer::start(|form| match form.get("code").map(String::as_str) {
        Some("4/good") => tokens("a1", Some("r1"), 14_400),
        _ => json(400, r#"{"error":"invalid_grant","error_description":"bad code"}"#),
    })
    .await
}

fn parameter(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).unwrap();
    url.query_pairs()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn the_url_needs_no_network_and_takes_the_callers_values() {
    let server = code_server().await;
    let manager = Manager::new(server.config(Initiate::Off, memory()));
    let request = manager
        .authorization_url(
            Some("https://localhost:3333"),
            Some("x y"),
            &Wishes {
                state: Some("mine".to_owned()),
                ..Wishes::default()
            },
        )
        .await
        .unwrap();
    assert_eq!(
        parameter(&request.url, "redirect_uri").as_deref(),
        Some("https://localhost:3333")
    );
    assert_eq!(parameter(&request.url, "scope").as_deref(), Some("x y"));
    assert_eq!(parameter(&request.url, "state").as_deref(), Some("mine"));
    assert_eq!(request.state, "mine");
    let request = manager.authorization_url(None, None, &Wishes::default()).await.unwrap();
    assert_eq!(
        parameter(&request.url, "redirect_uri").as_deref(),
        Some("http://localhost:33333")
    );
    assert_eq!(parameter(&request.url, "token_access_type").as_deref(), Some("offline"));
    assert_eq!(parameter(&request.url, "state"), Some(request.state));
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn off_exchanges_with_the_parked_verifier_and_stores_nothing() {
    let (server, home) = (code_server().await, Home::new());
    let manager = Manager::new(server.config(Initiate::Off, home.location()));
    let request = manager
        .authorization_url(Some("http://127.0.0.1:1/cb"), None, &Wishes::default())
        .await
        .unwrap();
    // Another program, later.
    let manager = Manager::new(server.config(Initiate::Off, home.location()));
    let answer = manager
        .exchange_verifier(&Secret::from("4%2Fgood"), None, None)
        .await
        .unwrap();
    assert_eq!(answer.access_token.expose(), "a1");
    assert_eq!(answer.expires_in, Some(14_400));
    let form = server.form(0);
    assert_eq!(form["code_verifier"], *verifier_of(&request));
    assert_eq!(
        form["redirect_uri"], "http://127.0.0.1:1/cb",
        "as in the URL, without being said again"
    );
    let payload = manager.identity.store.load().await.unwrap();
    assert!(payload.entries.is_empty());
}

#[tokio::test]
async fn a_pasted_url_finds_its_own_request_by_state() {
    let server = code_server().await;
    let location = memory();
    let manager = Manager::new(server.config(Initiate::Refresh, location.clone()));
    let first = manager
        .authorization_url(Some("http://localhost:1/a"), None, &Wishes::default())
        .await
        .unwrap();
    manager
        .authorization_url(Some("http://localhost:2/b"), None, &Wishes::default())
        .await
        .unwrap();
    let mut config = server.config(Initiate::Refresh, location);
    config.verifier = Some(Secret::new(format!(
        "http://localhost:1/a?state={}&code=4%2Fgood",
        first.state
    )));
    let manager = Manager::new(config.clone());
    manager.establish().await.unwrap();
    assert_eq!(server.form(0)["code_verifier"], *verifier_of(&first));
    assert_eq!(server.form(0)["redirect_uri"], "http://localhost:1/a");
    let entry = stored(&manager).await;
    assert_eq!(
        (text(&entry.access_token), text(&entry.refresh_token)),
        (Some("a1"), Some("r1"))
    );
    let payload = manager.identity.store.load().await.unwrap();
    assert!(!payload.pending.contains_key(&first.state) && payload.pending.len() == 1);

    // The stale verifier stays in the string, in whatever form.
    for form in [
        "4/good",
        "4%2Fgood",
        "http://localhost:1/a?code=4%2Fgood&state=whatever",
    ] {
        config.verifier = Some(Secret::from(form));
        assert_eq!(access(&Manager::new(config.clone())).await, "a1");
    }
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_forged_state_is_not_exchanged() {
    let server = code_server().await;
    let mut config = server.config(Initiate::Refresh, memory());
    let manager = Manager::new(config.clone());
    manager.authorization_url(None, None, &Wishes::default()).await.unwrap();
    config.verifier = Some(Secret::from("http://localhost:33333/?code=4%2Fgood&state=forged"));
    let error = Manager::new(config).establish().await.unwrap_err();
    assert_eq!(error.kind(), Kind::SignIn);
    assert!(error.message().contains("state"), "{error}");
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn without_a_pkce_verifier_a_secret_has_to_do() {
    let server = code_server().await;
    let mut config = server.config(Initiate::Refresh, memory());
    config.verifier = Some(Secret::from("4/good"));
    let error = Manager::new(config.clone()).establish().await.unwrap_err();
    assert!(error.message().contains("PKCEVerifier"), "{error}");
    assert_eq!(server.requests(), 0);

    config.client_secret = Some(Secret::from("s3cret"));
    Manager::new(config.clone()).establish().await.unwrap();
    assert_eq!(server.form(0)["client_secret"], "s3cret");
    assert!(!server.form(0).contains_key("code_verifier"));

    config.location = memory();
    config.verifier = Some(Secret::from("4/stale"));
    let error = Manager::new(config).establish().await.unwrap_err();
    assert!(
        error
            .message()
            .starts_with("invalid_grant: bad code (HTTP 400, request r1)."),
        "{error}"
    );
    assert!(error.message().contains("PKCEVerifier"), "{error}");
}

#[tokio::test]
async fn an_empty_callback_is_left_out_everywhere() {
    let server = code_server().await;
    let mut config = server.config(Initiate::Refresh, memory());
    config.callback_url = String::new();
    let manager = Manager::new(config);
    let request = manager.authorization_url(None, None, &Wishes::default()).await.unwrap();
    assert_eq!(parameter(&request.url, "redirect_uri"), None);
    manager
        .exchange_verifier(&Secret::from("4/good"), None, None)
        .await
        .unwrap();
    assert!(!server.form(0).contains_key("redirect_uri"));
    assert_eq!(
        access(&manager).await,
        "a1",
        "what the procedure brought is used from now on"
    );
}

#[tokio::test]
async fn refreshing_by_hand_returns_the_refresh_token_that_counts_now() {
    let server = TokenServer::start(|form| match form["refresh_token"].as_str() {
        "dead" => json(400, r#"{"error":"invalid_grant"}"#),
        token => tokens(&format!("a-{token}"), None, 60),
    })
    .await;
    let (server, home) = (server, Home::new());
    let manager = Manager::new(server.config(Initiate::Off, home.location()));
    let answer = manager.refresh(Some(&Secret::from("r"))).await.unwrap();
    assert_eq!(
        (answer.access_token.expose().as_str(), text(&answer.refresh_token)),
        ("a-r", Some("r"))
    );
    assert!(!home.path().exists() && std::fs::read_dir(home.directory.path()).unwrap().next().is_none());
    assert_eq!(manager.refresh(None).await.unwrap_err().kind(), Kind::SignIn);
    let error = manager.refresh(Some(&Secret::from("dead"))).await.unwrap_err();
    assert!(
        error.message().contains("OAuthVerifier, not into OAuthRefreshToken"),
        "{error}"
    );

    let manager = Manager::new(server.config(Initiate::Refresh, home.location()));
    manager.refresh(Some(&Secret::from("r2"))).await.unwrap();
    assert_eq!(text(&stored(&manager).await.access_token), Some("a-r2"));
}

#[tokio::test]
async fn refreshing_the_stored_token_by_hand_is_stored_even_under_off() {
    let server = rotating_server().await;
    let manager = manager_with(server.config(Initiate::Off, memory()), expired("r0")).await;
    manager.refresh(None).await.unwrap();
    assert_eq!(text(&stored(&manager).await.refresh_token), Some("r1"));
    manager.refresh(Some(&Secret::from("r1"))).await.unwrap();
    assert_eq!(text(&stored(&manager).await.refresh_token), Some("r2"));
}
