//! The stored procedures' calls: URL, code and refresh token given by the caller.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::secret::Secret;

use super::super::authorize::{self, Request, Wishes};
use super::super::exchange::{ExchangeError, Grant};
use super::super::provider::{Pkce, Provider};
use super::super::settings::{Entry, Guard, Pending, Turn};
use super::super::token::Timestamp;
use super::super::{Initiate, Tokens};
use super::explain::{self, Exchanged};
use super::plan::take;
use super::refresh::Redemption;
use super::verifier::Code;
use super::{AuthorizationRequest, Identity, scope, uncancelled};

/// Parking is a convenience, for which nobody waits long.
const PARKING_WAIT: Duration = Duration::from_secs(2);

impl Identity {
    pub(super) async fn authorization_url(
        self: &Arc<Self>,
        callback_url: Option<&str>,
        scope: Option<&str>,
        wishes: &Wishes,
    ) -> Result<AuthorizationRequest> {
        let wishes = wishes.or(&self.config.wishes);
        let state = match wishes.state.as_ref().filter(|state| !state.is_empty()) {
            Some(state) => state.clone(),
            None => authorize::state()?,
        };
        let callback_url = callback_url.unwrap_or(self.config.callback_url());
        let scope = self.scope_of(scope);
        let pkce_verifier = match self.may_be_redeemed_elsewhere() {
            true => None,
            false => self.pkce_verifier().await?,
        };
        let request = self
            .request(callback_url, &scope, &wishes, state, pkce_verifier)
            .await?;
        if !self.park(&request, callback_url, &scope).await {
            tracing::info!("the PKCE verifier was not parked; the exchange needs PKCEVerifier");
        }
        Ok(request)
    }

    /// The scopes that a procedure asks for, or the connection's own.
    pub(super) fn scope_of(&self, given: Option<&str>) -> String {
        given.map_or_else(|| self.scope.clone(), |given| scope(&self.config, Some(given)))
    }

    /// Whether the code of a URL is redeemed by whoever has the client secret: a web application, or a machine without a
    /// browser. People bring such a code there and nothing else, so nothing else may be needed; the secret proves that
    /// the code came to the right application. `AuthScheme=OAuthPKCE` wants both.
    fn may_be_redeemed_elsewhere(&self) -> bool {
        let config = &self.config;
        config.initiate == Initiate::Off && config.client_secret.is_some() && config.overrides.pkce.is_none()
    }

    /// A fresh PKCE verifier; none where the provider has no PKCE.
    pub(super) async fn pkce_verifier(&self) -> Result<Option<Secret>> {
        match self.row().await?.pkce {
            Pkce::S256 => authorize::pkce_verifier().map(Some),
            Pkce::Off => Ok(None),
        }
    }

    /// Builds the URL of an authorization request.
    pub(super) async fn request(
        &self,
        callback_url: &str,
        scope: &str,
        wishes: &Wishes,
        state: String,
        pkce_verifier: Option<Secret>,
    ) -> Result<AuthorizationRequest> {
        let row = self.row().await?;
        if row.authorize_url.is_empty() {
            return Err(explain::no_endpoint(row, "OAuthAuthorizationURL"));
        }
        let request = Request {
            client_id: self.client_id()?,
            redirect_uri: callback_url,
            scope,
            state: &state,
            pkce_verifier: pkce_verifier.as_ref(),
            wishes,
            login_hint: self.config.user.as_deref(),
            resources: &self.config.resources,
        };
        let url = authorize::url(row, &request)?;
        Ok(AuthorizationRequest {
            url,
            pkce_verifier,
            state,
        })
    }

    /// Keeps the PKCE verifier where the exchange will find it. Whether that worked.
    pub(super) async fn park(
        self: &Arc<Self>,
        request: &AuthorizationRequest,
        callback_url: &str,
        scope: &str,
    ) -> bool {
        let Ok(guard) = self.store.lock(Turn::Store, PARKING_WAIT).await else {
            return false;
        };
        let pending = Pending::new(request.pkce_verifier.clone(), callback_url, &self.key, scope);
        let (identity, state) = (Arc::clone(self), request.state.clone());
        let parked = uncancelled(async move {
            let mut payload = identity.store.load().await?;
            payload.park(state, pending);
            Ok(identity.store.save(&guard, payload).await.is_none())
        });
        parked.await.unwrap_or(false)
    }

    pub(super) async fn exchange_verifier(
        self: &Arc<Self>,
        verifier: &Secret,
        callback_url: Option<&str>,
        pkce_verifier: Option<&Secret>,
    ) -> Result<Tokens> {
        let redemption = Redemption {
            code: Code::parse(verifier, &self.config.provider)?,
            callback_url: callback_url.map(str::to_owned),
            pkce_verifier: pkce_verifier.or(self.config.pkce_verifier.as_ref()).cloned(),
        };
        if self.config.initiate == Initiate::Off {
            // Nothing is stored, and a store that cannot be read only means that the PKCE verifier is not found there.
            let mut payload = self.store.load().await.unwrap_or_default();
            return self.redeem(&redemption, &mut payload).await.map(|(tokens, _)| tokens);
        }
        self.redeem_and_keep(redemption).await
    }

    /// Exchanges a code under the lock, stores the tokens and uses them from now on.
    pub(super) async fn redeem_and_keep(self: &Arc<Self>, redemption: Redemption) -> Result<Tokens> {
        let guard = self.store.lock(Turn::Store, self.lock_wait()).await?;
        let identity = Arc::clone(self);
        uncancelled(async move {
            let mut payload = identity.store.load().await?;
            let (tokens, asked_at) = identity.redeem(&redemption, &mut payload).await?;
            let entry = identity
                .keep(&guard, payload, &tokens, asked_at, Some(&redemption.code))
                .await;
            identity.adopt(&entry);
            Ok(tokens)
        })
        .await
    }

    pub(super) async fn refresh_now(self: &Arc<Self>, given: Option<&Secret>) -> Result<Tokens> {
        let is_off = self.config.initiate == Initiate::Off;
        let given = given.or(self.config.refresh_token.as_ref().filter(|_| is_off));
        if let Some(token) = given.filter(|_| is_off)
            && !self.stores(token).await
        {
            // The caller manages this token: the store has no part in it.
            let row = self.row().await?;
            let tokens = self.endpoint(row)?.exchange(Grant::RefreshToken(token)).await;
            let mut tokens = tokens.map_err(|error| refresh_failed(row, error))?;
            tokens.refresh_token.get_or_insert_with(|| token.clone());
            return Ok(tokens);
        }
        let guard = self.store.lock(Turn::Store, self.lock_wait()).await?;
        let (identity, given) = (Arc::clone(self), given.cloned());
        uncancelled(async move { identity.refresh_held_now(guard, given).await }).await
    }

    /// Refreshes and stores, also under `OFF` when the token is the stored one: a rotating server has then revoked it.
    async fn refresh_held_now(&self, guard: Guard, given: Option<Secret>) -> Result<Tokens> {
        let payload = self.store.load().await?;
        let stored = payload
            .entries
            .get(&self.key)
            .and_then(|entry| entry.refresh_token.clone());
        let token = given.or(stored.clone()).or(self.config.refresh_token.clone());
        let token = token.ok_or_else(explain::no_refresh_token)?;
        let own = payload
            .entries
            .get(&self.key)
            .filter(|_| stored.as_ref() == Some(&token))
            .cloned();

        self.check_storable(own.as_ref().unwrap_or(&Entry::default())).await?;
        let row = match &own {
            Some(entry) => self.row_of(entry).await?,
            None => self.row().await?.clone(),
        };
        let asked_at = Timestamp::now();
        match (self.endpoint(&row)?.exchange(Grant::RefreshToken(&token)).await, own) {
            (Ok(mut tokens), own) => {
                tokens.refresh_token.get_or_insert(token);
                let entry = match own {
                    Some(mut entry) => {
                        take(&mut entry, &tokens, asked_at);
                        self.put(&guard, payload, entry.clone()).await;
                        entry
                    }
                    None => self.keep(&guard, payload, &tokens, asked_at, None).await,
                };
                self.adopt(&entry);
                Ok(tokens)
            }
            (Err(ExchangeError::InvalidGrant(refusal)), Some(mut entry)) => {
                entry.dead_reason = Some(explain::dead_refresh_token(&refusal));
                entry.generation += 1;
                self.put(&guard, payload, entry).await;
                Err(refresh_failed(&row, ExchangeError::InvalidGrant(refusal)))
            }
            (Err(error), _) => Err(refresh_failed(&row, error)),
        }
    }

    /// Whether this is the stored refresh token. A store that cannot be read has none.
    async fn stores(&self, token: &Secret) -> bool {
        let payload = self.store.load().await.unwrap_or_default();
        payload
            .entries
            .get(&self.key)
            .is_some_and(|entry| entry.refresh_token.as_ref() == Some(token))
    }
}

fn refresh_failed(row: &Provider, error: ExchangeError) -> Error {
    explain::exchange_failed(row, Exchanged::RefreshToken, error)
}
