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
    /// The account, as the provider calls it; absent when it has not said.
    pub account: Option<String>,
    /// The application; absent when none is set.
    pub client_id: Option<String>,
    /// The granted scopes where the server said, else the ones asked for.
    pub scopes: String,
    /// In words.
    pub state: String,
    /// When the access token ends, where that is known.
    pub expires_at: Option<Timestamp>,
    /// When the access token was obtained or last refreshed.
    pub last_refresh: Option<Timestamp>,
    /// Whether the driver can refresh it.
    pub has_refresh_token: bool,
    /// The settings file or `memory://name`; absent for tokens that the driver does not keep.
    pub stored_in: Option<String>,
    /// What keeps others from reading it there.
    pub protected_by: Option<String>,
    /// Whether it is the sign-in of the connection that asks.
    pub is_current: bool,
}

impl Identity {
    /// This connection's own sign-in.
    pub(super) async fn status(&self) -> Result<Status> {
        let config = &self.config;
        if config.initiate == Initiate::Off && config.access_token.is_some() {
            return Ok(Status {
                provider: config.provider.name.clone(),
                account: None,
                client_id: config.client_id.clone(),
                scopes: self.scope.clone(),
                state: "managed by the caller".to_owned(),
                expires_at: None,
                last_refresh: None,
                has_refresh_token: config.refresh_token.is_some(),
                stored_in: None,
                protected_by: None,
                is_current: true,
            });
        }
        let entry = self.store.load().await?.entries.remove(&self.key).unwrap_or_default();
        Ok(self.own(entry))
    }

    /// Every sign-in in the store, this connection's own first.
    pub(super) async fn statuses(&self) -> Result<Vec<Status>> {
        let mut statuses = vec![self.status().await?];
        let entries = self.store.load().await?.entries;
        let others = entries.into_iter().filter(|(key, _)| *key != self.key);
        statuses.extend(others.map(|(_, entry)| self.stored(entry)));
        Ok(statuses)
    }

    /// What the properties say, where the entry does not.
    fn own(&self, entry: Entry) -> Status {
        let config = &self.config;
        let scopes = entry.scope.clone().unwrap_or_else(|| self.scope.clone());
        Status {
            provider: config.provider.name.clone(),
            client_id: config.client_id.clone(),
            scopes,
            is_current: true,
            ..self.stored(entry)
        }
    }

    fn stored(&self, entry: Entry) -> Status {
        Status {
            state: state(&entry, Timestamp::now()),
            provider: entry.provider,
            account: entry.account,
            client_id: Some(entry.client_id).filter(|id| !id.is_empty()),
            scopes: entry.scope.unwrap_or_default(),
            expires_at: entry.expires_at,
            last_refresh: entry.obtained_at,
            has_refresh_token: entry.refresh_token.is_some(),
            stored_in: Some(match &self.config.location {
                Location::File(path) => path.display().to_string(),
                Location::Memory(name) => format!("memory://{name}"),
            }),
            protected_by: Some(self.store.protection().to_owned()),
            is_current: false,
        }
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
