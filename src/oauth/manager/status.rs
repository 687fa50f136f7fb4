//! `GetOAuthStatus`: how things stand, without asking anybody.

use crate::error::Result;

use super::super::Initiate;
use super::super::settings::{Entry, Location};
use super::super::token::{Freshness, Timestamp, freshness};
use super::Identity;

/// How the sign-in stands. Holds no token.
#[derive(Clone, Debug)]
pub struct Status {
    /// The provider row's name.
    pub provider: String,
    /// The application; absent when none is set.
    pub client_id: Option<String>,
    /// The granted scopes where the server said, else the ones asked for.
    pub scopes: String,
    /// In words.
    pub state: String,
    /// When the access token ends, where that is known.
    pub expires_at: Option<Timestamp>,
    /// When the access token was obtained or last refreshed.
    pub obtained_at: Option<Timestamp>,
    /// Whether the driver can refresh it.
    pub has_refresh_token: bool,
    /// The settings file or `memory://name`; absent for tokens that the driver does not keep.
    pub stored_in: Option<String>,
    /// What keeps others from reading it there.
    pub protected_by: Option<String>,
}

impl Identity {
    pub(super) async fn status(&self) -> Result<Status> {
        let config = &self.config;
        let mut status = Status {
            provider: config.provider.name.clone(),
            client_id: config.client_id.clone(),
            scopes: self.scope.clone(),
            state: "managed by the caller".to_owned(),
            expires_at: None,
            obtained_at: None,
            has_refresh_token: config.refresh_token.is_some(),
            stored_in: None,
            protected_by: None,
        };
        if config.initiate == Initiate::Off && config.access_token.is_some() {
            return Ok(status);
        }
        let entry = self.store.load().await?.entries.remove(&self.key).unwrap_or_default();
        status.state = state(&entry, Timestamp::now());
        status.expires_at = entry.expires_at;
        status.obtained_at = entry.obtained_at;
        status.has_refresh_token = entry.refresh_token.is_some();
        status.stored_in = Some(match &config.location {
            Location::File(path) => path.display().to_string(),
            Location::Memory(name) => format!("memory://{name}"),
        });
        status.protected_by = Some(self.store.protection().to_owned());
        if let Some(scope) = entry.scope {
            status.scopes = scope;
        }
        Ok(status)
    }
}

fn state(entry: &Entry, now: Timestamp) -> String {
    if let Some(reason) = &entry.dead_reason {
        return format!("revoked or refused: {reason}");
    }
    let state = match (&entry.access_token, &entry.refresh_token) {
        (None, None) => "signed out",
        (None, Some(_)) => "expired",
        (Some(_), _) => match freshness(now, entry.obtained_at, entry.expires_at) {
            Freshness::Fresh(_) | Freshness::Ending => "signed in",
            Freshness::Expired => "expired",
        },
    };
    state.to_owned()
}
