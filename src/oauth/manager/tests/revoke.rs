//! Revoking: what the server is asked, and what is left of the sign-in here.

use crate::oauth::provider::RevokeStyle;

use super::*;

/// A server where `a0` is as `access` says, `r0` is refreshed to `a1`, and `a1` is revoked.
async fn bearer_server(access: fn() -> Response) -> TokenServer {
    TokenServer::start(move |form| match form.get("authorization").map(String::as_str) {
        Some("Bearer a0") => access(),
        Some("Bearer a1") => json(200, "null"),
        Some(other) => panic!("{other} is no token of this test"),
        None if form["refresh_token"] == "r0" => tokens("a1", None, 14_400),
        None => json(400, r#"{"error":"invalid_grant"}"#),
    })
    .await
}

fn expired_token() -> Response {
    let body = r#"{"error_summary":"expired_access_token/..","error":{".tag":"expired_access_token"}}"#;
    json(401, body)
}

fn busy() -> Response {
    let mut response = json(503, "{}");
    response.headers_mut().insert("retry-after", "0".parse().unwrap());
    response
}

fn config(server: &TokenServer, initiate: Initiate, style: RevokeStyle) -> Config {
    let mut config = server.config(initiate, memory());
    config.provider.revoke.url = Some(server.url.replace("/token", "/revoke"));
    config.provider.revoke.style = style;
    config
}

fn good() -> Entry {
    entry("a0", Some("r0"), 60, 14_400)
}

async fn assert_signed_out(manager: &Manager) {
    let entry = stored(manager).await;
    assert_eq!((text(&entry.access_token), text(&entry.refresh_token)), (None, None));
    assert!(entry.dead_reason.unwrap().contains("RevokeOAuthAccessToken"));
    assert!(manager.identity.cached().is_none());
}

async fn assert_kept(manager: &Manager) {
    let entry = stored(manager).await;
    assert_eq!(text(&entry.refresh_token), Some("r0"));
    assert_eq!(entry.dead_reason, None);
}

#[tokio::test]
async fn the_stored_sign_in_ends_with_one_call_and_the_next_connection_knows() {
    let server = bearer_server(|| json(200, "null")).await;
    let mut config = config(&server, Initiate::Refresh, RevokeStyle::BearerRpc);
    config.refresh_token = Some(Secret::from("seed"));
    let manager = manager_with(
        config.clone(),
        Entry {
            seed_refresh_sha256: Some(crate::oauth::token::fingerprint("seed")),
            ..good()
        },
    )
    .await;
    assert_eq!(access(&manager).await, "a0");

    let revocation = manager.revoke(None, None).await.unwrap();
    assert!(revocation.revoked, "{revocation:?}");
    assert!(revocation.remarks.contains("memory://"), "{revocation:?}");
    assert_eq!(server.requests(), 1);
    assert!(server.form(0).contains_key("null"), "the body is JSON null");
    assert_signed_out(&manager).await;

    // The property that seeded the sign-in stays in the string, and does not bring it back.
    let error = Manager::new(config).establish().await.unwrap_err();
    assert_eq!(error.kind(), Kind::SignIn);
    assert!(
        error.message().contains("revoked by RevokeOAuthAccessToken") && error.message().contains("GETANDREFRESH"),
        "{error}"
    );
    assert_eq!(manager.revoke(None, None).await.unwrap_err().kind(), Kind::SignIn);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn an_expired_access_token_is_refreshed_first() {
    let server = bearer_server(|| unreachable!()).await;
    let manager = manager_with(
        config(&server, Initiate::Refresh, RevokeStyle::BearerRpc),
        expired("r0"),
    )
    .await;
    assert!(manager.revoke(None, None).await.unwrap().revoked);
    assert_eq!(server.form(0)["refresh_token"], "r0");
    assert_eq!(server.form(1)["authorization"], "Bearer a1");
    assert_signed_out(&manager).await;
}

#[tokio::test]
async fn an_access_token_that_only_the_server_knows_to_be_expired_is_refreshed() {
    let server = bearer_server(expired_token).await;
    let manager = manager_with(config(&server, Initiate::Refresh, RevokeStyle::BearerRpc), good()).await;
    assert!(manager.revoke(None, None).await.unwrap().revoked);
    assert_eq!(server.requests(), 3);
    assert_signed_out(&manager).await;
}

#[tokio::test]
async fn a_sign_in_that_the_provider_had_ended_is_removed_here() {
    let server = bearer_server(expired_token).await;
    let gone = entry("a0", Some("gone"), 60, 14_400);
    let manager = manager_with(config(&server, Initiate::Refresh, RevokeStyle::BearerRpc), gone).await;
    let revocation = manager.revoke(None, None).await.unwrap();
    assert!(
        revocation.revoked && revocation.remarks.contains("before"),
        "{revocation:?}"
    );
    assert_signed_out(&manager).await;
}

#[tokio::test]
async fn a_busy_server_is_asked_again_and_a_broken_one_costs_nothing() {
    let asked = AtomicUsize::new(0);
    let server = TokenServer::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => busy(),
        _ => json(200, "null"),
    })
    .await;
    let manager = manager_with(config(&server, Initiate::Refresh, RevokeStyle::BearerRpc), good()).await;
    assert!(manager.revoke(None, None).await.unwrap().revoked);
    assert_eq!(server.requests(), 3);

    for (answer, kind) in [
        (busy as fn() -> Response, Kind::Unreachable),
        (|| html(502), Kind::Unreachable),
        (|| html(404), Kind::Unreachable),
        (|| html(200), Kind::Unreachable),
        (|| json(307, ""), Kind::Unreachable),
        (|| json(400, r#"{"error":"invalid_client"}"#), Kind::SignIn),
    ] {
        let server = TokenServer::start(move |_| answer()).await;
        for style in [RevokeStyle::BearerRpc, RevokeStyle::Rfc7009] {
            let manager = manager_with(config(&server, Initiate::Refresh, style), good()).await;
            let error = manager.revoke(None, None).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(
                error.message().contains("/revoke") && error.message().contains("kept"),
                "{error}"
            );
            assert_kept(&manager).await;
        }
    }
}

#[tokio::test]
async fn what_a_refresh_on_the_way_brought_is_kept_when_the_revocation_fails() {
    let server = TokenServer::start(|form| match form.get("authorization") {
        Some(_) => busy(),
        None => tokens("a1", Some("r1"), 14_400),
    })
    .await;
    let manager = manager_with(
        config(&server, Initiate::Refresh, RevokeStyle::BearerRpc),
        expired("r0"),
    )
    .await;
    assert_eq!(manager.revoke(None, None).await.unwrap_err().kind(), Kind::Unreachable);
    assert_eq!(text(&stored(&manager).await.refresh_token), Some("r1"));
    assert_eq!(access(&manager).await, "a1");
}

#[tokio::test]
async fn rfc_7009_sends_the_refresh_token_with_the_client() {
    let server = TokenServer::start(|_| json(200, "")).await;
    let mut config = config(&server, Initiate::Refresh, RevokeStyle::Rfc7009);
    config.client_secret = Some(Secret::from("s3cret"));
    let manager = manager_with(config.clone(), good()).await;
    assert!(manager.revoke(None, None).await.unwrap().revoked);
    let form = server.form(0);
    let sent = |name: &str| form.get(name).map(String::as_str);
    assert_eq!(sent("token"), Some("r0"));
    assert_eq!(sent("token_type_hint"), Some("refresh_token"));
    assert_eq!(
        (sent("client_id"), sent("client_secret")),
        (Some("key"), Some("s3cret"))
    );
    assert_eq!(sent("authorization"), None, "one method of client authentication");
    assert_signed_out(&manager).await;

    let manager = manager_with(config, entry("a0", None, 60, 14_400)).await;
    assert!(manager.revoke(None, None).await.unwrap().revoked);
    assert_eq!(server.form(1)["token"], "a0");
    assert_eq!(server.form(1)["token_type_hint"], "access_token");
}

#[tokio::test]
async fn a_refusal_removes_the_stored_sign_in_and_says_that_it_lives_on_elsewhere() {
    let refusal = r#"{"error":"unsupported_token_type","error_description":"not r0"}"#;
    let server = TokenServer::start(move |_| json(400, refusal)).await;
    let manager = manager_with(config(&server, Initiate::Refresh, RevokeStyle::Rfc7009), good()).await;
    let revocation = manager.revoke(None, None).await.unwrap();
    assert!(!revocation.revoked);
    assert!(
        revocation.remarks.contains("unsupported_token_type: not …"),
        "{revocation:?}"
    );
    assert_signed_out(&manager).await;

    let unknown = TokenServer::start(|_| json(400, r#"{"error":"invalid_token"}"#)).await;
    let manager = manager_with(config(&unknown, Initiate::Refresh, RevokeStyle::Rfc7009), good()).await;
    assert!(manager.revoke(None, None).await.unwrap().revoked);
    assert_signed_out(&manager).await;
}

#[tokio::test]
async fn off_revokes_the_connections_own_token_without_a_store_or_a_client() {
    let (server, home) = (bearer_server(|| json(200, "null")).await, Home::new());
    let mut config = config(&server, Initiate::Off, RevokeStyle::BearerRpc);
    config.location = home.location();
    config.client_id = None;
    config.access_token = Some(Secret::from("a0"));
    let manager = Manager::new(config);
    let revocation = manager.revoke(None, None).await.unwrap();
    assert!(revocation.revoked, "{revocation:?}");
    assert_eq!(server.form(0)["authorization"], "Bearer a0");
    assert!(std::fs::read_dir(home.directory.path()).unwrap().next().is_none());
}

#[tokio::test]
async fn given_tokens_are_revoked_instead_of_the_stored_ones() {
    let server = TokenServer::start(|form| match form.get("authorization").map(String::as_str) {
        Some("Bearer mine" | "Bearer a0" | "Bearer a9") => json(200, "null"),
        Some(_) => expired_token(),
        None if form["refresh_token"] == "dead" => json(400, r#"{"error":"invalid_grant"}"#),
        None => tokens("a9", None, 60),
    })
    .await;
    for initiate in [Initiate::Off, Initiate::Refresh] {
        let manager = manager_with(config(&server, initiate, RevokeStyle::BearerRpc), good()).await;
        let secret = |text: &str| Some(Secret::from(text));

        assert!(manager.revoke(secret("mine").as_ref(), None).await.unwrap().revoked);
        assert!(manager.revoke(None, secret("r9").as_ref()).await.unwrap().revoked);
        let both = manager.revoke(secret("old").as_ref(), secret("r9").as_ref()).await;
        assert!(both.unwrap().revoked);
        let error = manager.revoke(secret("old").as_ref(), None).await.unwrap_err();
        assert_eq!(error.kind(), Kind::SignIn);
        assert!(
            error.message().contains("expired_access_token") && error.message().contains("OAuthRefreshToken"),
            "{error}"
        );
        let error = manager.revoke(None, secret("dead").as_ref()).await.unwrap_err();
        assert!(
            error.message().contains("invalid_grant") && !error.message().contains("OAuthRefreshToken"),
            "{error}"
        );
        assert_kept(&manager).await;

        // The stored one, said aloud.
        assert!(manager.revoke(secret("a0").as_ref(), None).await.unwrap().revoked);
        assert_signed_out(&manager).await;
    }
}

#[tokio::test]
async fn without_an_endpoint_or_a_sign_in_nothing_is_sent() {
    let server = bearer_server(|| unreachable!()).await;
    let mut config = config(&server, Initiate::Refresh, RevokeStyle::BearerRpc);
    let error = Manager::new(config.clone()).revoke(None, None).await.unwrap_err();
    assert!(error.message().contains("nobody is signed in"), "{error}");

    config.provider.revoke.url = None;
    let manager = manager_with(config, good()).await;
    let error = manager.revoke(None, None).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Property);
    assert!(error.message().contains("OAuthRevokeURL"), "{error}");
    assert_kept(&manager).await;
    assert_eq!(server.requests(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_whose_caller_is_cancelled_is_stored() {
    let (arrived_sender, arrived) = std::sync::mpsc::channel();
    let (go, go_receiver) = std::sync::mpsc::channel::<()>();
    let go_receiver = Mutex::new(go_receiver);
    let server = TokenServer::start(move |_| {
        arrived_sender.send(()).unwrap();
        go_receiver.lock().recv().unwrap();
        json(200, "null")
    })
    .await;
    let manager = manager_with(config(&server, Initiate::Refresh, RevokeStyle::BearerRpc), good()).await;
    let manager = Arc::new(manager);
    let caller = {
        let manager = Arc::clone(&manager);
        tokio::spawn(async move { manager.revoke(None, None).await })
    };
    tokio::task::spawn_blocking(move || arrived.recv().unwrap())
        .await
        .unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    go.send(()).unwrap();
    // The lock is free only after the answer was stored.
    drop(manager.identity.store.lock(Turn::Store, WAIT).await.unwrap());
    assert_signed_out(&manager).await;
}
