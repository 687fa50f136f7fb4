//! The status in every situation, without a request.

use super::*;

#[tokio::test]
async fn the_state_follows_what_is_stored() {
    let server = TokenServer::start(|_| unreachable!()).await;
    let state = async |entry: Entry| {
        let manager = manager_with(server.config(Initiate::Refresh, memory()), entry).await;
        manager.status().await.unwrap().state
    };
    let good = || entry("a0", Some("r0"), 60, 14_400);
    assert_eq!(state(good()).await, "signed in");
    assert_eq!(state(entry("a0", Some("r0"), 14_200, 14_400)).await, "signed in");
    let unknown = Entry {
        expires_at: None,
        ..good()
    };
    assert_eq!(state(unknown).await, "signed in");
    assert_eq!(state(expired("r0")).await, "expired");
    let seeded = Entry {
        access_token: None,
        ..good()
    };
    assert_eq!(state(seeded).await, "expired");
    let dead = Entry {
        dead_reason: Some("It ended".to_owned()),
        ..good()
    };
    assert_eq!(state(dead).await, "revoked or refused: It ended");
    assert_eq!(state(Entry::default()).await, "signed out");
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn everything_but_the_tokens_is_told() {
    let (server, home) = (TokenServer::start(|_| unreachable!()).await, Home::new());
    let config = server.config(Initiate::Refresh, home.location());
    let status = Manager::new(config.clone()).status().await.unwrap();
    assert_eq!(status.state, "signed out");
    assert_eq!((status.last_refresh, status.expires_at), (None, None));
    assert!(!status.has_refresh_token);
    assert_eq!(status.scopes, config.provider.default_scope);

    let entry = Entry {
        scope: Some("granted".to_owned()),
        ..entry("access-t0k", Some("refresh-t0k"), 60, 14_400)
    };
    let manager = manager_with(config, entry.clone()).await;
    let status = manager.status().await.unwrap();
    assert_eq!(
        (
            status.provider.as_str(),
            status.client_id.as_deref(),
            status.scopes.as_str()
        ),
        ("Dropbox", Some("key"), "granted")
    );
    assert_eq!(
        (status.last_refresh, status.expires_at),
        (entry.obtained_at, entry.expires_at)
    );
    assert!(status.has_refresh_token);
    assert_eq!(status.stored_in.as_deref(), home.path().to_str());
    assert_eq!(status.protected_by.as_deref(), Some("built-in key"));
    assert!(!format!("{status:?}").contains("t0k"));
}

#[tokio::test]
async fn a_token_of_the_callers_own_is_not_judged() {
    let server = TokenServer::start(|_| unreachable!()).await;
    let mut config = server.config(Initiate::Off, memory());
    config.access_token = Some(Secret::from("mine"));
    let manager = manager_with(config.clone(), entry("a0", Some("r0"), 60, 14_400)).await;
    let status = manager.status().await.unwrap();
    assert_eq!(status.state, "managed by the caller");
    assert_eq!((status.stored_in, status.has_refresh_token), (None, false));

    // Without one, the procedures work on what is stored, and so does the status.
    config.access_token = None;
    let status = Manager::new(config).status().await.unwrap();
    assert_eq!(status.state, "signed in");
    assert!(status.stored_in.unwrap().starts_with("memory://"));
    assert_eq!(status.protected_by.as_deref(), Some("process memory"));
}
