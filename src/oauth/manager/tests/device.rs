//! The device flow: shown first, waited for by the next connection.

use super::super::super::prompt::{Prompt, Prompting};
use super::*;

/// A server whose person comes after `patience` questions; its tokens are `a1` and `r1`.
async fn server(patience: usize, refusals: &'static [&'static str]) -> TokenServer {
    let asked = AtomicUsize::new(0);
    TokenServer::start(move |form: &Form| {
        if !form.contains_key("grant_type") {
            return json(
                200,
                r#"{"device_code":"dev1ce","user_code":"WDJB-MJHT","verification_uri":"https://as.test/device",
                    "expires_in":600,"interval":0}"#,
            );
        }
        let count = asked.fetch_add(1, Ordering::SeqCst);
        match refusals.get(count) {
            Some(error) => json(400, &format!(r#"{{"error":"{error}"}}"#)),
            None if count < patience => json(400, r#"{"error":"authorization_pending"}"#),
            None => tokens("a1", Some("r1"), 3600),
        }
    })
    .await
}

fn config(server: &TokenServer, location: Location) -> Config {
    let mut config = Config {
        scheme: Scheme::Device,
        ..server.config(Initiate::GetAndRefresh, location)
    };
    config.overrides.device = Some(server.url.clone());
    config
}

#[tokio::test]
async fn a_program_that_shows_the_code_needs_one_connection_only() {
    let server = server(2, &[]).await;
    let (shown, codes) = std::sync::mpsc::channel();
    let prompt = Prompt::new(move |invitation| {
        shown.send(invitation).unwrap();
        Box::pin(std::future::ready(true))
    });
    let config = Config {
        prompting: Prompting::Program(prompt),
        ..config(&server, memory())
    };
    let manager = Manager::new(config);
    manager.establish().await.unwrap();
    assert_eq!(access(&manager).await, "a1");
    let invitation = codes.try_recv().unwrap();
    assert_eq!(invitation.url, "https://as.test/device");
    assert_eq!(invitation.user_code.as_deref(), Some("WDJB-MJHT"));
    assert!((590..=600).contains(&invitation.expires_in), "{invitation:?}");
    assert_eq!(server.requests(), 1 + 3);
}

#[tokio::test]
async fn the_first_connection_shows_the_code_and_the_next_waits_for_the_person() {
    let (server, home) = (server(3, &[]).await, Home::new());
    let config = config(&server, home.location());
    let shown = Manager::new(config.clone()).establish().await.unwrap_err();
    assert_eq!(shown.kind(), Kind::SignIn);
    for part in ["https://as.test/device", "WDJB-MJHT", "connect again"] {
        assert!(shown.message().contains(part), "{shown}");
    }
    assert!(!shown.message().contains("dev1ce"), "{shown}");
    assert_eq!(server.requests(), 1);

    let manager = Manager::new(config.clone());
    manager.establish().await.unwrap();
    assert_eq!(access(&manager).await, "a1");
    assert_eq!(server.requests(), 1 + 4);
    let form = server.form(1);
    assert_eq!(form["device_code"], "dev1ce");
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");

    Manager::new(config).establish().await.unwrap();
    assert_eq!(server.requests(), 5, "the stored token is used");
    assert!(manager.identity.store.load().await.unwrap().devices.is_empty());
}

#[tokio::test]
async fn a_denied_or_expired_code_is_given_up_and_the_next_connection_shows_a_new_one() {
    for refusal in ["access_denied", "expired_token"] {
        let server = server(
            0,
            if refusal == "access_denied" {
                &["access_denied"]
            } else {
                &["expired_token"]
            },
        )
        .await;
        let config = config(&server, memory());
        Manager::new(config.clone()).establish().await.unwrap_err();
        let refused = Manager::new(config.clone()).establish().await.unwrap_err();
        assert_eq!(refused.kind(), Kind::SignIn);
        assert!(refused.message().contains(refusal), "{refused}");
        let shown = Manager::new(config).establish().await.unwrap_err();
        assert!(shown.message().contains("WDJB-MJHT"), "{shown}");
    }
}

#[tokio::test]
async fn who_waits_too_long_is_told_and_the_code_stays_good() {
    let server = server(1, &[]).await;
    let impatient = Config {
        login_deadline: Duration::ZERO,
        ..config(&server, memory())
    };
    Manager::new(impatient.clone()).establish().await.unwrap_err();
    // Its interval of no time at all would be within the deadline: the clock has gone on meanwhile.
    let late = Manager::new(impatient.clone()).establish().await.unwrap_err();
    assert_eq!(late.kind(), Kind::Timeout);
    assert!(late.message().contains("WDJB-MJHT"), "{late}");
    Manager::new(impatient).establish().await.unwrap();
}

#[tokio::test]
async fn the_procedures_show_and_redeem_a_code_without_storing_under_off() {
    let server = server(1, &[]).await;
    let config = Config {
        initiate: Initiate::Off,
        ..config(&server, memory())
    };
    let manager = Manager::new(config.clone());
    let shown = manager.device_code().await.unwrap();
    assert_eq!((shown.user_code.as_str(), shown.interval), ("WDJB-MJHT", 0));
    let again = Manager::new(config).device_code().await.unwrap();
    assert_eq!(again.device_code, shown.device_code, "the same code, while it waits");
    assert_eq!(server.requests(), 1);
    let tokens = manager.exchange_device_code(&shown.device_code).await.unwrap();
    assert_eq!(text(&tokens.refresh_token), Some("r1"));
    assert!(manager.identity.store.load().await.unwrap().entries.is_empty());
}

#[tokio::test]
async fn a_provider_without_the_flow_says_so() {
    let server = TokenServer::start(|_| unreachable!()).await;
    let config = Config {
        scheme: Scheme::Device,
        ..server.config(Initiate::GetAndRefresh, memory())
    };
    let error = Manager::new(config).establish().await.unwrap_err();
    assert!(error.message().contains("OAuthDeviceURL"), "{error}");
}
