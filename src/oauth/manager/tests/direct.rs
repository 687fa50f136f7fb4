//! Tokens without a person: obtained when needed, stored, and obtained anew when they end.

use super::super::super::exchange::ExchangeError;
use super::*;

fn config(server: &TokenServer, direct: Direct, location: Location) -> Config {
    Config {
        scheme: Scheme::Direct(direct),
        client_secret: Some(Secret::from("s3cret")),
        scope: Some("read".to_owned()),
        ..server.config(Initiate::Refresh, location)
    }
}

/// A server that counts its tokens.
async fn counting_server(lifetime: u64) -> TokenServer {
    let count = AtomicUsize::new(0);
    TokenServer::start(move |_| {
        let next = count.fetch_add(1, Ordering::SeqCst) + 1;
        tokens(&format!("a{next}"), None, lifetime)
    })
    .await
}

#[tokio::test]
async fn client_credentials_bring_a_token_once_for_every_connection() {
    let (server, home) = (counting_server(3600).await, Home::new());
    let config = config(&server, Direct::ClientCredentials, home.location());
    for _ in 0..2 {
        let manager = Manager::new(config.clone());
        manager.establish().await.unwrap();
        assert_eq!(access(&manager).await, "a1");
    }
    assert_eq!(server.requests(), 1);
    let form = server.form(0);
    assert_eq!(form["grant_type"], "client_credentials");
    assert_eq!(form["scope"], "read");
    assert_eq!(
        (form["client_id"].as_str(), form["client_secret"].as_str()),
        ("key", "s3cret")
    );
}

#[tokio::test]
async fn a_refused_or_expired_token_is_replaced_by_a_new_one() {
    let server = counting_server(3600).await;
    let config = config(&server, Direct::ClientCredentials, memory());
    let manager = manager_with(config.clone(), entry("old", None, 20_000, 14_400)).await;
    manager.establish().await.unwrap();
    assert_eq!(access(&manager).await, "a1");
    assert_eq!(manager.renew(&token("a1")).await.unwrap(), token("a2"));
    assert_eq!(server.requests(), 2);
    let other = Manager::new(config);
    assert_eq!(access(&other).await, "a2");
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_wrong_password_is_told_and_a_corrected_one_is_tried() {
    let server = TokenServer::start(|form| match form.get("password").map(String::as_str) {
        Some("right") => tokens("a1", None, 3600),
        _ => json(
            400,
            r#"{"error":"invalid_grant","error_description":"wrong wr0ng-one"}"#,
        ),
    })
    .await;
    let wrong = Config {
        user: Some("ada".to_owned()),
        password: Some(Secret::from("wr0ng-one")),
        ..config(&server, Direct::Password, memory())
    };
    let error = Manager::new(wrong.clone()).establish().await.unwrap_err();
    assert_eq!(error.kind(), Kind::SignIn);
    assert!(
        error.message().contains("UID and PWD") && !error.message().contains("wr0ng"),
        "{error}"
    );
    let right = Config {
        password: Some(Secret::from("right")),
        ..wrong
    };
    Manager::new(right).establish().await.unwrap();
    assert_eq!(server.form(1)["username"], "ada");
}

#[tokio::test]
async fn a_password_grant_without_a_password_sends_nothing() {
    let server = TokenServer::start(|_| unreachable!()).await;
    let config = config(&server, Direct::Password, memory());
    let error = Manager::new(config).establish().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Property);
    assert!(error.message().contains("PWD"), "{error}");
}

#[tokio::test]
async fn an_assertion_needs_no_client_and_one_in_the_place_of_a_secret_names_it() {
    let server = counting_server(3600).await;
    let key = Secret::new(rcgen::KeyPair::generate().unwrap().serialize_pem());
    let mut signer = crate::oauth::assertion::Signer::read(&key, None).unwrap();
    signer.issuer = Some("robot@project.test".to_owned());
    let robot = Config {
        client_id: None,
        client_secret: None,
        signer: Some(signer.clone()),
        ..config(&server, Direct::JwtBearer, memory())
    };
    Manager::new(robot).establish().await.unwrap();
    let form = server.form(0);
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    assert_eq!(form["assertion"].split('.').count(), 3);
    assert!(!form.contains_key("client_id") && !form.contains_key("client_assertion"));

    let machine = Config {
        client_secret: None,
        signer: Some(signer),
        ..config(&server, Direct::ClientCredentials, memory())
    };
    Manager::new(machine).establish().await.unwrap();
    let form = server.form(1);
    assert_eq!(
        form["client_assertion_type"],
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    assert_eq!(form["client_id"], "key");
    assert!(!form.contains_key("client_secret"));
}

#[tokio::test]
async fn a_server_in_trouble_costs_no_token_that_still_works() {
    let server = TokenServer::start(|_| html(503)).await;
    let config = config(&server, Direct::ClientCredentials, memory());
    let manager = manager_with(config.clone(), entry("good", None, 60, 14_400)).await;
    manager.establish().await.unwrap();
    assert_eq!(access(&manager).await, "good");
    let error = manager.renew(&token("good")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    let cause = std::error::Error::source(&error).unwrap();
    assert!(
        matches!(cause.downcast_ref(), Some(ExchangeError::Unavailable(_))),
        "{cause}"
    );
}

#[tokio::test]
async fn schemes_of_one_application_keep_their_tokens_apart() {
    let server = counting_server(3600).await;
    let person = Manager::new(server.config(Initiate::Refresh, memory()));
    let machine = Config {
        scope: None,
        ..config(&server, Direct::ClientCredentials, memory())
    };
    assert_ne!(person.identity.key, Manager::new(machine).identity.key);
    let ada = Config {
        user: Some("ada".to_owned()),
        ..server.config(Initiate::Refresh, memory())
    };
    assert_ne!(person.identity.key, Manager::new(ada).identity.key);
}
