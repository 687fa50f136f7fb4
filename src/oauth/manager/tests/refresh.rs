//! Refreshing: once, safely stored, and never losing anything.

use super::super::super::provider::RefreshTokens;
use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_managers_with_an_expired_token_refresh_once() {
    let (server, home) = (rotating_server().await, Home::new());
    let config = server.config(Initiate::Refresh, home.location());
    manager_with(config.clone(), expired("r0")).await;
    let managers = (0..8).map(|_| {
        let manager = Manager::new(config.clone());
        tokio::spawn(async move {
            manager.establish().await.unwrap();
            access(&manager).await
        })
    });
    for manager in managers.collect::<Vec<_>>() {
        assert_eq!(manager.await.unwrap(), "a1");
    }
    assert_eq!(server.requests(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_refused_requests_of_one_connection_refresh_once() {
    let server = rotating_server().await;
    let config = server.config(Initiate::Refresh, memory());
    let manager = Arc::new(manager_with(config, entry("a0", Some("r0"), 0, 14_400)).await);
    assert_eq!(access(&manager).await, "a0");
    let renewals = (0..8).map(|_| {
        let manager = Arc::clone(&manager);
        tokio::spawn(async move { manager.renew(&token("a0")).await.unwrap() })
    });
    for renewal in renewals.collect::<Vec<_>>() {
        assert_eq!(renewal.await.unwrap(), token("a1"));
    }
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_good_stored_token_costs_no_request() {
    let (server, home) = (rotating_server().await, Home::new());
    let config = server.config(Initiate::Refresh, home.location());
    let manager = manager_with(config, entry("a0", Some("r0"), 60, 14_400)).await;
    assert!(manager.establish().await.unwrap().is_empty());
    assert_eq!(access(&manager).await, "a0");
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_token_close_to_its_end_is_refreshed_ahead() {
    let server = rotating_server().await;
    let config = server.config(Initiate::Refresh, memory());
    let manager = manager_with(config, entry("a0", Some("r0"), 14_200, 14_400)).await;
    assert_eq!(access(&manager).await, "a1");
}

#[tokio::test]
async fn an_omitted_refresh_token_is_kept_and_a_new_one_replaces_it() {
    let server = TokenServer::start(|form| match form["refresh_token"].as_str() {
        "r0" => json(
            200,
            r#"{"access_token":"a1","token_type":"bearer","expires_in":"14400"}"#,
        ),
        _ => unreachable!(),
    })
    .await;
    let manager = manager_with(server.config(Initiate::Refresh, memory()), expired("r0")).await;
    assert_eq!(access(&manager).await, "a1");
    let entry = stored(&manager).await;
    assert_eq!(text(&entry.refresh_token), Some("r0"));
    let lifetime = entry.expires_at.unwrap().since(entry.obtained_at.unwrap());
    assert_eq!(lifetime, Duration::from_secs(14_400), "a lifetime in quotes counts");

    let server = rotating_server().await;
    let manager = manager_with(server.config(Initiate::Refresh, memory()), expired("r0")).await;
    access(&manager).await;
    assert_eq!(text(&stored(&manager).await.refresh_token), Some("r1"));
}

#[tokio::test]
async fn a_refresh_url_of_its_own_is_used() {
    let server = rotating_server().await;
    let mut config = server.config(Initiate::Refresh, memory());
    config.provider.token_url = "http://127.0.0.1:1/never".to_owned();
    config.provider.refresh_url = Some(server.url.clone());
    let manager = manager_with(config, expired("r0")).await;
    assert_eq!(access(&manager).await, "a1");
}

#[tokio::test]
async fn a_server_in_trouble_costs_nothing() {
    let home = Home::new();
    for answer in [
        || html(502),
        || json(503, r#"{"error":"invalid_grant"}"#),
        || json(429, "{}"),
        || json(400, r#"{"error":"invalid_client"}"#),
        || html(200),
    ] as [fn() -> Response; 5]
    {
        let server = TokenServer::start(move |_| answer()).await;
        let config = server.config(Initiate::Refresh, home.location());

        // Still accepted: used.
        let manager = manager_with(config.clone(), entry("a0", Some("r0"), 14_200, 14_400)).await;
        let before = bytes(&home.path());
        assert_eq!(access(&manager).await, "a0");
        assert_eq!(access(&manager).await, "a0");
        assert_eq!(server.requests(), 1, "the next try has to wait a little");

        // Refused by the data server: an error, but nothing is lost.
        let error = manager.renew(&token("a0")).await.unwrap_err();
        assert_ne!(error.kind(), Kind::Internal);
        assert_eq!(bytes(&home.path()), before);

        let manager = manager_with(config, expired("r0")).await;
        let error = manager.establish().await.unwrap_err();
        assert!(
            error.message().contains("kept") || error.message().contains("no usable answer"),
            "{error}"
        );
        let entry = stored(&manager).await;
        assert_eq!((text(&entry.refresh_token), entry.dead_reason), (Some("r0"), None));
    }
}

#[tokio::test]
async fn a_revoked_token_is_remembered_as_dead_and_kept() {
    let server = rotating_server().await;
    let config = server.config(Initiate::Refresh, memory());
    let manager = manager_with(config.clone(), expired("stolen")).await;
    let error = manager.establish().await.unwrap_err();
    assert_eq!(error.kind(), Kind::SignIn);
    assert!(
        error.message().contains("invalid_grant: reused (HTTP 400, request r1)"),
        "{error}"
    );
    assert!(
        error.message().contains("GetOAuthAuthorizationURL") && error.message().contains("OAuthVerifier"),
        "{error}"
    );
    assert_eq!(text(&stored(&manager).await.refresh_token), Some("stolen"));

    let again = Manager::new(config).establish().await.unwrap_err();
    assert_eq!(again.message(), error.message());
    assert_eq!(server.requests(), 1, "a dead token is not sent again");
}

#[tokio::test]
async fn after_invalid_grant_a_newer_token_in_the_file_is_used() {
    let (home, other) = (Home::new(), Home::new());
    let (from, to) = (other.path(), home.path());
    let server = TokenServer::start(move |form| match form["refresh_token"].as_str() {
        "old" => {
            // Somebody copies a newer file over, without asking for the lock.
            std::fs::copy(&from, &to).unwrap();
            json(400, r#"{"error":"invalid_grant"}"#)
        }
        "new" => tokens("a9", None, 14_400),
        _ => unreachable!(),
    })
    .await;
    manager_with(server.config(Initiate::Refresh, other.location()), expired("new")).await;
    let manager = manager_with(server.config(Initiate::Refresh, home.location()), expired("old")).await;
    assert_eq!(access(&manager).await, "a9");
    let entry = stored(&manager).await;
    assert_eq!((text(&entry.refresh_token), entry.dead_reason), (Some("new"), None));
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_401_adopts_what_another_process_has_stored() {
    let server = rotating_server().await;
    let config = server.config(Initiate::Refresh, memory());
    let manager = manager_with(config.clone(), entry("a0", Some("r0"), 0, 14_400)).await;
    assert_eq!(access(&manager).await, "a0");
    manager_with(config, entry("a7", Some("r7"), 0, 14_400)).await;
    assert_eq!(manager.renew(&token("a0")).await.unwrap(), token("a7"));
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_clock_a_day_behind_or_ahead_loses_nothing() {
    let server = rotating_server().await;
    let day = 86_400_000;
    let mut ahead = entry("a0", Some("r0"), 0, 14_400);
    ahead.obtained_at = ahead.obtained_at.map(|at| Timestamp(at.0 + day));
    ahead.expires_at = ahead.expires_at.map(|at| Timestamp(at.0 + day));
    let manager = manager_with(server.config(Initiate::Refresh, memory()), ahead).await;
    assert_eq!(
        access(&manager).await,
        "a0",
        "made when the clock was a day ahead: a 401 will tell"
    );
    let manager = manager_with(
        server.config(Initiate::Refresh, memory()),
        entry("a0", Some("r0"), 86_400, 14_400),
    )
    .await;
    assert_eq!(access(&manager).await, "a1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refresh_whose_caller_is_cancelled_is_stored() {
    let (arrived_sender, arrived) = std::sync::mpsc::channel();
    let (go, go_receiver) = std::sync::mpsc::channel::<()>();
    let go_receiver = Mutex::new(go_receiver);
    let server = TokenServer::start(move |_| {
        arrived_sender.send(()).unwrap();
        go_receiver.lock().recv().unwrap();
        tokens("a1", Some("r1"), 14_400)
    })
    .await;
    let manager = Arc::new(manager_with(server.config(Initiate::Refresh, memory()), expired("r0")).await);
    let caller = {
        let manager = Arc::clone(&manager);
        tokio::spawn(async move { manager.access_token().await })
    };
    tokio::task::spawn_blocking(move || arrived.recv().unwrap())
        .await
        .unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    go.send(()).unwrap();
    // The lock is free only after the answer was stored.
    drop(manager.identity.store.lock(Turn::Store, WAIT).await.unwrap());
    assert_eq!(text(&stored(&manager).await.refresh_token), Some("r1"));
    assert_eq!(access(&manager).await, "a1");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_damaged_file_stops_everything_and_stays_as_it_is() {
    let (server, home) = (rotating_server().await, Home::new());
    let config = server.config(Initiate::GetAndRefresh, home.location());
    manager_with(config.clone(), expired("r0")).await;
    let mut damaged = bytes(&home.path());
    let last = damaged.len() - 20;
    damaged[last] ^= 1;
    std::fs::write(home.path(), &damaged).unwrap();
    let manager = Manager::new(config);
    for error in [
        manager.establish().await.unwrap_err(),
        manager.renew(&token("a0")).await.unwrap_err(),
        manager
            .exchange_verifier(&Secret::from("c"), None, Some(&Secret::from("v")))
            .await
            .unwrap_err(),
        manager.refresh(None).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), Kind::Settings);
        assert!(error.message().contains("wrong key or damaged file"), "{error}");
    }
    assert!(
        manager.authorization_url(None, None, &Wishes::default()).await.is_ok(),
        "the URL needs no store"
    );
    assert_eq!(bytes(&home.path()), damaged);
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn where_nothing_can_be_stored_only_tokens_that_stay_are_refreshed() {
    let server = TokenServer::start(|_| tokens("a1", None, 14_400)).await;
    let home = Home::new();
    std::fs::write(home.path(), "").unwrap();
    let unwritable = Location::File(home.path().join("below/a/file.txt"));
    let mut config = server.config(Initiate::Refresh, unwritable);
    config.refresh_token = Some(Secret::from("r0"));

    let mut rotating = config.clone();
    rotating.provider.refresh_tokens = RefreshTokens::SingleUse;
    let error = Manager::new(rotating).establish().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Settings);
    assert!(error.message().contains("replaces refresh tokens"), "{error}");
    assert_eq!(server.requests(), 0);

    let manager = Manager::new(config);
    let warnings = manager.establish().await.unwrap();
    assert!(warnings[0].message().contains("cannot be written"), "{warnings:?}");
    assert_eq!(access(&manager).await, "a1");
}

#[tokio::test]
async fn a_token_in_memory_is_good_until_its_window_and_one_of_unknown_age_until_a_401() {
    let server = rotating_server().await;
    let manager = manager_with(
        server.config(Initiate::Refresh, memory()),
        entry("a0", Some("r0"), 0, 14_400),
    )
    .await;
    access(&manager).await;
    let until = |manager: &Manager| manager.identity.cached.lock().as_ref().unwrap().until;
    let left = until(&manager).unwrap() - Instant::now();
    assert!(
        left > Duration::from_secs(14_000) && left <= Duration::from_secs(14_100),
        "{left:?}"
    );

    manager.identity.cached.lock().as_mut().unwrap().until = Some(Instant::now());
    assert!(manager.identity.cached().is_none());

    let unknown = Entry {
        expires_at: None,
        ..entry("a0", Some("r0"), 0, 0)
    };
    let manager = manager_with(server.config(Initiate::Refresh, memory()), unknown).await;
    access(&manager).await;
    assert!(until(&manager).is_none() && manager.identity.cached().is_some());
}

#[tokio::test]
async fn metadata_that_cannot_be_read_cost_no_token_that_still_works() {
    let server = TokenServer::start(|_| unreachable!()).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let config = Config {
        issuer: Some(issuer.clone()),
        ..server.config(Initiate::Refresh, memory())
    };
    let manager = manager_with(config.clone(), entry("a0", Some("r0"), 14_200, 14_400)).await;
    manager.establish().await.unwrap();
    assert_eq!(access(&manager).await, "a0");
    let error = manager_with(config, expired("r0")).await.establish().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(
        error.message().contains(&issuer) && error.message().contains("OAuthIssuer"),
        "{error}"
    );
}
