//! Whole sign-in stories against a token endpoint under the tests' control.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod device;
mod direct;
mod login;
mod origins;
mod procedures;
mod refresh;
mod revoke;
mod seeding;
mod status;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::response::Response;

use crate::error::Kind;
use crate::oauth::settings::{Entry, Location, Payload, Turn};
use crate::oauth::testing::{Form, TokenServer, html, json, memory};
use crate::oauth::token::Timestamp;

use super::*;

const WAIT: Duration = Duration::from_secs(10);

/// A settings file in a directory of its own.
struct Home {
    directory: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("OAuthSettings.txt")
    }

    fn location(&self) -> Location {
        Location::File(self.path())
    }
}

/// A server that rotates refresh tokens: only the newest works, and any other kills the family.
async fn rotating_server() -> TokenServer {
    let generation = AtomicUsize::new(0);
    TokenServer::start(move |form: &Form| {
        let current = generation.load(Ordering::SeqCst);
        if form.get("refresh_token") != Some(&format!("r{current}")) {
            generation.store(usize::MAX / 2, Ordering::SeqCst);
            return json(400, r#"{"error":"invalid_grant","error_description":"reused"}"#);
        }
        let next = generation.fetch_add(1, Ordering::SeqCst) + 1;
        tokens(&format!("a{next}"), Some(&format!("r{next}")), 14_400)
    })
    .await
}

fn tokens(access: &str, refresh: Option<&str>, expires_in: u64) -> Response {
    let refresh = refresh.map_or(String::new(), |token| format!(r#""refresh_token":"{token}","#));
    json(
        200,
        &format!(r#"{{"access_token":"{access}",{refresh}"token_type":"bearer","expires_in":{expires_in}}}"#),
    )
}

/// A manager whose store holds `entry`.
async fn manager_with(config: Config, entry: Entry) -> Manager {
    let manager = Manager::new(config);
    let mut payload = Payload::default();
    payload.entries.insert(manager.identity.key.clone(), entry);
    let store = &manager.identity.store;
    let guard = store.lock(Turn::Store, WAIT).await.unwrap();
    assert!(store.save(&guard, payload).await.is_none());
    manager
}

/// An entry whose access token was asked for `age` seconds ago and lasts `lifetime` seconds.
fn entry(access: &str, refresh: Option<&str>, age: u64, lifetime: u64) -> Entry {
    let obtained = Timestamp(Timestamp::now().0 - age * 1000);
    Entry {
        access_token: Some(Secret::from(access)),
        refresh_token: refresh.map(Secret::from),
        obtained_at: Some(obtained),
        expires_at: Some(obtained.plus_seconds(lifetime)),
        generation: 1,
        ..Entry::default()
    }
}

fn expired(refresh: &str) -> Entry {
    entry("a0", Some(refresh), 20_000, 14_400)
}

async fn stored(manager: &Manager) -> Entry {
    let payload = manager.identity.store.load().await.unwrap();
    payload.entries.get(&manager.identity.key).cloned().unwrap()
}

fn text(secret: &Option<Secret>) -> Option<&str> {
    secret.as_ref().map(|secret| secret.expose().as_str())
}

async fn access(manager: &Manager) -> String {
    manager.access_token().await.unwrap().0.expose().clone()
}

fn verifier_of(request: &AuthorizationRequest) -> &String {
    request.pkce_verifier.as_ref().unwrap().expose()
}

fn token(text: &str) -> AccessToken {
    AccessToken(Secret::from(text))
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}
