//! From the store to an access token: read, decide, refresh and store, one at a time.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::secret::Secret;

use super::super::exchange::{ExchangeError, Grant};
use super::super::provider::{Pkce, Provider, RefreshTokens};
use super::super::settings::{Entry, Guard, Payload, Turn};
use super::super::token::{AccessToken, Freshness, Timestamp, Tokens, freshness};
use super::super::{Initiate, Scheme};
use super::explain::{self, Exchanged};
use super::plan::{Plan, Step, plan, signed_in, take};
use super::verifier::Code;
use super::{Identity, uncancelled};

/// What the store and the properties led to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A usable token.
    Token(AccessToken),
    /// Only a person can go on; the text says why.
    PersonNeeded(String),
}

/// A code on its way to the token endpoint.
#[derive(Debug)]
pub(super) struct Redemption {
    pub(super) code: Code,
    /// The callback as the caller gives it; else the one of the authorization request, else the configured one.
    pub(super) callback_url: Option<String>,
    pub(super) pkce_verifier: Option<Secret>,
}

impl Identity {
    /// A usable token, from wherever `InitiateOAuth` allows; `rejected` is one that a server answered 401 to.
    pub(super) async fn token(self: &Arc<Self>, rejected: Option<&AccessToken>) -> Result<AccessToken> {
        // Readers take no lock: a stored token that is good costs one read.
        let payload = self.store.load().await?;
        let first = plan(&self.config, payload.entries.get(&self.key), rejected, Timestamp::now())?;
        if let (Step::Use, false) = (&first.step, first.changed)
            && let Some(token) = self.adopt(&first.entry)
        {
            return Ok(token);
        }
        match self.settle(rejected).await? {
            Outcome::Token(token) => Ok(token),
            Outcome::PersonNeeded(reason) if self.config.scheme == Scheme::Device => {
                self.sign_in_by_device(&reason, rejected).await
            }
            Outcome::PersonNeeded(reason) if self.config.initiate == Initiate::GetAndRefresh => {
                self.log_in(&reason, rejected).await
            }
            Outcome::PersonNeeded(reason) => Err(explain::person_needed(&reason, self.elsewhere().await.as_deref())),
        }
    }

    /// Decides under the lock, on what is stored then, and carries it out.
    pub(super) async fn settle(self: &Arc<Self>, rejected: Option<&AccessToken>) -> Result<Outcome> {
        let guard = self.store.lock(Turn::Store, self.lock_wait()).await?;
        let identity = Arc::clone(self);
        let rejected = rejected.cloned();
        uncancelled(async move { identity.settle_held(guard, rejected).await }).await
    }

    async fn settle_held(&self, guard: Guard, rejected: Option<AccessToken>) -> Result<Outcome> {
        match (self.decided_held(&guard, rejected).await?, self.config.scheme) {
            (Outcome::PersonNeeded(reason), Scheme::Direct(direct)) => {
                tracing::info!(reason, "a new access token is needed");
                self.obtain_held(&guard, direct).await.map(Outcome::Token)
            }
            (outcome, _) => Ok(outcome),
        }
    }

    async fn decided_held(&self, guard: &Guard, rejected: Option<AccessToken>) -> Result<Outcome> {
        let mut payload = self.store.load().await?;
        let plan = plan(
            &self.config,
            payload.entries.get(&self.key),
            rejected.as_ref(),
            Timestamp::now(),
        )?;
        match plan.step {
            Step::Use => {
                let token = self.adopt(&plan.entry);
                if plan.changed {
                    self.put(guard, payload, plan.entry).await;
                }
                Ok(token.map_or_else(
                    || Outcome::PersonNeeded("There is no access token".to_owned()),
                    Outcome::Token,
                ))
            }
            Step::SignIn(reason) => {
                if plan.changed {
                    self.put(guard, payload, plan.entry).await;
                }
                Ok(Outcome::PersonNeeded(reason))
            }
            Step::Refresh => self.refresh_held(guard, payload, plan, rejected).await,
            Step::Redeem(code) => {
                let redemption = Redemption {
                    code,
                    callback_url: None,
                    pkce_verifier: self.config.pkce_verifier.clone(),
                };
                let (tokens, asked_at) = self.redeem(&redemption, &mut payload).await?;
                let entry = self
                    .keep(guard, payload, &tokens, asked_at, Some(&redemption.code))
                    .await;
                let token = self.adopt(&entry).unwrap_or(AccessToken(tokens.access_token));
                Ok(Outcome::Token(token))
            }
        }
    }

    /// Sends the entry's refresh token and stores the answer before anybody uses it.
    async fn refresh_held(
        &self,
        guard: &Guard,
        payload: Payload,
        plan: Plan,
        rejected: Option<AccessToken>,
    ) -> Result<Outcome> {
        self.check_storable(&plan.entry).await?;
        let Plan {
            mut entry,
            changed: is_seeded,
            ..
        } = plan;
        let mut payload = payload;
        let mut is_second = false;
        while let Some(token) = entry.refresh_token.clone() {
            let asked_at = Timestamp::now();
            let row = match self.row_of(&entry).await {
                Ok(row) => row,
                Err(failure) => return self.make_do(&entry, rejected.as_ref(), failure).map(Outcome::Token),
            };
            let refusal = match self.endpoint(&row)?.exchange(Grant::RefreshToken(&token)).await {
                Ok(tokens) => {
                    take(&mut entry, &tokens, asked_at);
                    self.put(guard, payload, entry.clone()).await;
                    tracing::info!(provider = self.config.provider.name, "refreshed the access token");
                    let token = self.adopt(&entry).unwrap_or(AccessToken(tokens.access_token));
                    return Ok(Outcome::Token(token));
                }
                Err(ExchangeError::InvalidGrant(refusal)) => refusal,
                Err(error) => {
                    let failure = explain::exchange_failed(&row, Exchanged::RefreshToken, error);
                    return self.make_do(&entry, rejected.as_ref(), failure).map(Outcome::Token);
                }
            };
            payload = self.store.load().await?;
            let stored = payload.entries.get(&self.key);
            if is_seeded && stored.is_some() {
                // The stored sign-in is not given up for a property that turns out to be useless.
                return Ok(Outcome::PersonNeeded(format!(
                    "OAuthRefreshToken is of no use: {refusal}{}",
                    explain::MIXED_UP
                )));
            }
            match stored.filter(|stored| stored.refresh_token.as_ref().is_some_and(|newer| *newer != token)) {
                // Somebody who does not know the lock, such as a copied file, brought a newer one.
                Some(newer) if !is_second => {
                    entry = newer.clone();
                    is_second = true;
                }
                _ => {
                    let reason = explain::dead_refresh_token(&refusal);
                    entry.dead_reason = Some(reason.clone());
                    entry.generation += 1;
                    self.put(guard, payload, entry).await;
                    return Ok(Outcome::PersonNeeded(reason));
                }
            }
        }
        Ok(Outcome::PersonNeeded("There is no refresh token".to_owned()))
    }

    /// A refresh failed, but nothing says that the tokens are dead: the old one serves while it lasts.
    fn make_do(&self, entry: &Entry, rejected: Option<&AccessToken>, failure: Error) -> Result<AccessToken> {
        let is_rejected = entry.access_token.as_ref() == rejected.map(|rejected| &rejected.0);
        let has_ended = freshness(Timestamp::now(), entry.obtained_at, entry.expires_at) == Freshness::Expired;
        if is_rejected || has_ended {
            return Err(failure);
        }
        tracing::info!(%failure, "the refresh failed; the access token is used while it lasts");
        self.adopt(entry).ok_or(failure)
    }

    /// Exchanges a code. `payload` loses the authorization request that it answers.
    pub(super) async fn redeem(&self, redemption: &Redemption, payload: &mut Payload) -> Result<(Tokens, Timestamp)> {
        let Redemption {
            code,
            callback_url,
            pkce_verifier,
        } = redemption;
        let row = self.row().await?;
        check_issuer(row, code)?;
        let row = row.at_origin(code.token_origin.as_deref());
        let request = code.request(payload, &self.key, pkce_verifier.as_ref())?;
        let state = request.map(|(state, _)| state.clone());
        let request = state.and_then(|state| payload.pending.remove(&state));

        let pkce_verifier = pkce_verifier
            .as_ref()
            .or(request.as_ref().and_then(|request| request.code_verifier.as_ref()));
        let proves_itself = self.config.client_secret.is_some() || self.config.signer.is_some();
        let exchanged = match pkce_verifier {
            Some(_) => Exchanged::Code,
            None if proves_itself || row.pkce == Pkce::Off => Exchanged::CodeWithoutPkce,
            None => return Err(explain::no_pkce_verifier()),
        };
        let redirect_uri = callback_url
            .as_deref()
            .or(request.as_ref().map(|request| request.redirect_uri.as_str()))
            .unwrap_or(self.config.callback_url());
        let grant = Grant::AuthorizationCode {
            code: &code.code,
            redirect_uri: match self.config.include_callback_url {
                true => redirect_uri,
                false => "",
            },
            pkce_verifier,
        };
        let asked_at = Timestamp::now();
        let tokens = self.endpoint(&row)?.exchange(grant).await;
        let mut tokens = tokens.map_err(|error| explain::exchange_failed(&row, exchanged, error))?;
        let chosen = code
            .token_origin
            .as_deref()
            .and_then(|chosen| row.chosen_origin(chosen));
        if let Some((parameter, origin)) = chosen {
            tokens.captured.insert(parameter.to_owned(), origin.to_owned());
        }
        tracing::info!(provider = self.config.provider.name, "signed in");
        Ok((tokens, asked_at))
    }

    /// Stores the tokens of a sign-in.
    pub(super) async fn keep(
        &self,
        guard: &Guard,
        payload: Payload,
        tokens: &Tokens,
        asked_at: Timestamp,
        consumed: Option<&Code>,
    ) -> Entry {
        let mut entry = signed_in(&self.config, payload.entries.get(&self.key), tokens, asked_at);
        if let Some(code) = consumed {
            entry.consume(code.fingerprint());
        }
        self.put(guard, payload, entry.clone()).await;
        entry
    }

    /// Stores the entry. Where that fails the process goes on with it in memory, and the log says so.
    pub(super) async fn put(&self, guard: &Guard, mut payload: Payload, entry: Entry) {
        payload.entries.insert(self.key.clone(), entry);
        if let Some(failure) = self.store.save(guard, payload).await {
            tracing::warn!(%failure, "the tokens were not stored");
        }
    }

    /// A provider that replaces refresh tokens is not asked when the new one would be lost.
    pub(super) async fn check_storable(&self, entry: &Entry) -> Result<()> {
        match self.config.provider.refresh_tokens {
            RefreshTokens::Reusable => return Ok(()),
            RefreshTokens::Unknown if !entry.rotates => return Ok(()),
            RefreshTokens::Unknown | RefreshTokens::SingleUse => {}
        }
        self.store.check_writable().await.map_err(|error| {
            let text = format!(
                "{} {} replaces refresh tokens, so none is sent until the new one can be stored: correct the permissions \
                 or set OAuthSettingsLocation to another file.",
                error.message(),
                self.config.provider.name
            );
            Error::new(error.kind(), text).caused_by(error)
        })
    }

    /// A hint when the store holds sign-ins, but none for these properties.
    async fn elsewhere(&self) -> Option<String> {
        let payload = self.store.load().await.ok()?;
        let others = payload.entries.keys().filter(|key| **key != self.key).count();
        let has_own = payload.entries.contains_key(&self.key);
        (others > 0 && !has_own).then(|| {
            format!(
                "{} holds sign-ins, but for another OAuthClientId, Scope, UID, provider or OAuthAccessTokenURL. ",
                self.store.name()
            )
        })
    }
}

/// RFC 9207: an answer of another server is not exchanged. A bare code says nothing of its server.
fn check_issuer(row: &Provider, code: &Code) -> Result<()> {
    match (&row.issuer, &code.issuer) {
        (Some(expected), Some(found)) if expected != found => Err(explain::other_issuer(expected)),
        (Some(expected), None) if row.issuer_in_redirect && code.state.is_some() => {
            Err(explain::other_issuer(expected))
        }
        _ => Ok(()),
    }
}
