//! Properties and store: which one counts.

use super::*;

fn with_tokens(mut config: Config, access: Option<&str>, refresh: Option<&str>) -> Config {
    config.access_token = access.map(Secret::from);
    config.refresh_token = refresh.map(Secret::from);
    config
}

async fn counting_server() -> TokenServer {
    let count = AtomicUsize::new(0);
    TokenServer::start(move |form| {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        let from = form.get("refresh_token").or(form.get("code")).unwrap();
        tokens(
            &format!("{from}-{number}"),
            form.contains_key("code").then_some("login"),
            14_400,
        )
    })
    .await
}

#[tokio::test]
async fn off_uses_the_property_as_it_is() {
    let server = counting_server().await;
    let manager = Manager::new(with_tokens(
        server.config(Initiate::Off, memory()),
        Some("mine"),
        Some("r"),
    ));
    assert!(manager.establish().await.unwrap().is_empty());
    assert_eq!(access(&manager).await, "mine");
    let error = manager.renew(&token("mine")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::SignIn);
    assert!(error.message().contains("RefreshOAuthAccessToken"), "{error}");
    assert_eq!(server.requests(), 0);

    let manager = Manager::new(server.config(Initiate::Off, memory()));
    assert!(manager.establish().await.unwrap().is_empty());
    let error = manager.access_token().await.unwrap_err();
    assert_eq!(error.kind(), Kind::SignIn);
    assert!(
        error.message().contains("OAuthAccessToken") && error.message().contains("InitiateOAuth"),
        "{error}"
    );
}

#[tokio::test]
async fn an_access_token_of_unknown_age_is_used_until_it_is_refused() {
    let (server, home) = (counting_server().await, Home::new());
    let config = with_tokens(
        server.config(Initiate::Refresh, home.location()),
        Some("given"),
        Some("r"),
    );
    let manager = Manager::new(config.clone());
    manager.establish().await.unwrap();
    assert!(home.path().exists(), "testing the connection writes the file");
    assert_eq!(access(&manager).await, "given");
    assert_eq!(server.requests(), 0);
    assert_eq!(manager.renew(&token("given")).await.unwrap(), token("r-1"));
    assert_eq!(
        access(&Manager::new(config)).await,
        "r-1",
        "the stored, newer value wins over the same string"
    );
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_refresh_token_alone_is_refreshed_at_once() {
    let server = counting_server().await;
    let manager = Manager::new(with_tokens(server.config(Initiate::Refresh, memory()), None, Some("r")));
    manager.establish().await.unwrap();
    assert_eq!(access(&manager).await, "r-1");
}

#[tokio::test]
async fn only_another_refresh_token_re_seeds() {
    let server = rotating_server().await;
    let location = memory();
    let config = |refresh: &str| with_tokens(server.config(Initiate::Refresh, location.clone()), None, Some(refresh));
    let manager = Manager::new(config("r0"));
    assert_eq!(access(&manager).await, "a1");
    assert_eq!(text(&stored(&manager).await.refresh_token), Some("r1"));

    assert_eq!(
        access(&Manager::new(config("r0"))).await,
        "a1",
        "the stale copy in the string is ignored"
    );
    assert_eq!(
        access(&Manager::new(config("r1"))).await,
        "a1",
        "the stored one is nothing new"
    );
    assert_eq!(server.requests(), 1);

    let error = Manager::new(config("other")).establish().await.unwrap_err();
    assert!(
        error
            .message()
            .contains("OAuthRefreshToken is of no use: invalid_grant"),
        "{error}"
    );
    assert_eq!(server.requests(), 2);
    assert_eq!(
        text(&stored(&manager).await.refresh_token),
        Some("r1"),
        "a useless property does not cost the stored one"
    );
    assert_eq!(access(&Manager::new(config("r0"))).await, "a1");
}

#[tokio::test]
async fn another_access_token_replaces_only_one_that_cannot_be_refreshed() {
    let server = counting_server().await;
    let location = memory();
    let config = |access: &str| with_tokens(server.config(Initiate::Refresh, location.clone()), Some(access), None);
    let manager = Manager::new(config("a0"));
    assert_eq!(access(&manager).await, "a0");
    assert_eq!(manager.renew(&token("a0")).await.unwrap_err().kind(), Kind::SignIn);
    let error = Manager::new(config("a0")).establish().await.unwrap_err();
    assert!(
        error.message().contains("refused"),
        "what a server refused is not tried again: {error}"
    );
    assert_eq!(access(&Manager::new(config("b0"))).await, "b0");

    let location = memory();
    let config = server.config(Initiate::Refresh, location);
    manager_with(config.clone(), entry("a0", Some("r0"), 0, 14_400)).await;
    assert_eq!(access(&Manager::new(with_tokens(config, Some("b0"), None))).await, "a0");
}

#[tokio::test]
async fn a_sign_in_is_newer_than_the_tokens_in_the_string() {
    let server = counting_server().await;
    let mut config = with_tokens(server.config(Initiate::Refresh, memory()), None, Some("stale"));
    config.verifier = Some(Secret::from("code"));
    config.pkce_verifier = Some(Secret::from("v"));
    let manager = Manager::new(config.clone());
    manager.establish().await.unwrap();
    assert_eq!(access(&manager).await, "code-1");
    assert_eq!(
        access(&Manager::new(config)).await,
        "code-1",
        "neither code nor stale token is sent again"
    );
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn one_file_serves_several_applications() {
    let (server, home) = (counting_server().await, Home::new());
    let config = |client: &str, refresh: Option<&str>| {
        let mut config = with_tokens(server.config(Initiate::Refresh, home.location()), None, refresh);
        config.client_id = Some(client.to_owned());
        config
    };
    assert_eq!(access(&Manager::new(config("one", Some("r1")))).await, "r1-1");
    assert_eq!(access(&Manager::new(config("two", Some("r2")))).await, "r2-2");
    assert_eq!(access(&Manager::new(config("one", None))).await, "r1-1");
    assert_eq!(access(&Manager::new(config("two", None))).await, "r2-2");
    let error = Manager::new(config("three", None)).establish().await.unwrap_err();
    assert!(error.message().contains("another OAuthClientId"), "{error}");
}

#[tokio::test]
async fn less_scope_than_asked_for_is_a_warning() {
    let server = TokenServer::start(|_| {
        json(
            200,
            r#"{"access_token":"a","expires_in":9,"scope":"files.content.read"}"#,
        )
    })
    .await;
    let manager = Manager::new(with_tokens(server.config(Initiate::Refresh, memory()), None, Some("r")));
    let warnings = manager.establish().await.unwrap();
    assert_eq!(warnings[0].kind(), Kind::Warning);
    assert!(
        warnings[0]
            .message()
            .contains("missing: account_info.read files.metadata.read."),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn no_application_is_an_error_that_says_how_to_get_one() {
    let server = counting_server().await;
    let mut config = server.config(Initiate::GetAndRefresh, memory());
    config.client_id = None;
    let error = Manager::new(config.clone()).establish().await.unwrap_err();
    for part in [
        "https://www.dropbox.com/developers/apps",
        "OAuthClientId",
        "CallbackURL",
        "OAuthClientSecret",
    ] {
        assert!(error.message().contains(part), "{part} is missing: {error}");
    }
    config.provider.embedded_client_id = Some("embedded".to_owned());
    config.refresh_token = Some(Secret::from("r"));
    Manager::new(config).establish().await.unwrap();
    assert_eq!(server.form(0)["client_id"], "embedded");
}
