//! Grants that need no person: client credentials, password, assertion.

use std::sync::Arc;

use crate::error::{Error, Kind, Result};

use super::super::exchange::Grant;
use super::super::provider::Direct;
use super::super::settings::{Guard, Turn};
use super::super::token::{AccessToken, Timestamp};
use super::super::{Initiate, Scheme, Tokens};
use super::explain::{self, Exchanged};
use super::{Identity, uncancelled};

impl Identity {
    /// Obtains tokens because nothing usable is stored, and stores them.
    pub(super) async fn obtain_held(&self, guard: &Guard, direct: Direct) -> Result<AccessToken> {
        let asked_at = Timestamp::now();
        let tokens = self.ask_directly(direct).await?;
        let payload = self.store.load().await?;
        let entry = self.keep(guard, payload, &tokens, asked_at, None).await;
        Ok(self.adopt(&entry).unwrap_or(AccessToken(tokens.access_token)))
    }

    /// `GetOAuthAccessToken` by such a grant. Stored where the connection itself signs in by it.
    pub(super) async fn obtain(self: &Arc<Self>, direct: Direct) -> Result<Tokens> {
        if self.config.initiate == Initiate::Off || self.config.scheme != Scheme::Direct(direct) {
            return self.ask_directly(direct).await;
        }
        let guard = self.store.lock(Turn::Store, self.lock_wait()).await?;
        let identity = Arc::clone(self);
        uncancelled(async move {
            let asked_at = Timestamp::now();
            let tokens = identity.ask_directly(direct).await?;
            let payload = identity.store.load().await?;
            let entry = identity.keep(&guard, payload, &tokens, asked_at, None).await;
            identity.adopt(&entry);
            Ok(tokens)
        })
        .await
    }

    async fn ask_directly(&self, direct: Direct) -> Result<Tokens> {
        let config = &self.config;
        let row = self.row().await?;
        let assertion;
        let (grant, exchanged) = match direct {
            Direct::ClientCredentials => {
                let grant = Grant::ClientCredentials { scope: &self.scope };
                (grant, Exchanged::ClientCredentials)
            }
            Direct::Password => {
                let (Some(user), Some(password)) = (&config.user, &config.password) else {
                    return Err(missing("AuthScheme=OAuthPassword", "UID and PWD"));
                };
                let scope = &self.scope;
                (Grant::Password { user, password, scope }, Exchanged::Password)
            }
            Direct::JwtBearer => {
                let Some(signer) = &config.signer else {
                    return Err(missing("AuthScheme=OAuthJWT", "OAuthJWTCert"));
                };
                assertion = signer.grant(row, config.client_id.as_deref(), &self.scope)?;
                let scope = match row.assertion.scope_claim {
                    true => "",
                    false => self.scope.as_str(),
                };
                let assertion = &assertion;
                (Grant::JwtBearer { assertion, scope }, Exchanged::Assertion)
            }
        };
        let tokens = self.endpoint(row)?.exchange(grant).await;
        let tokens = tokens.map_err(|error| explain::exchange_failed(row, exchanged, error))?;
        tracing::info!(provider = row.name, "obtained an access token");
        Ok(tokens)
    }
}

fn missing(scheme: &str, properties: &str) -> Error {
    Error::new(
        Kind::Property,
        format!("{scheme} needs {properties}. Set them in the connection string."),
    )
}
