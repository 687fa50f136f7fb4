//! `RevokeOAuthAccessToken`: a sign-in ends at the provider, then here.

use std::sync::Arc;

use crate::error::Result;
use crate::secret::Secret;

use super::super::Initiate;
use super::super::exchange::revoke::{self, TokenKind};
use super::super::exchange::{ExchangeError, Grant, Refusal};
use super::super::provider::{Provider, RevokeStyle};
use super::super::settings::{Entry, Guard, Payload, Turn};
use super::super::token::{Freshness, Timestamp, freshness};
use super::explain::{self, Exchanged};
use super::plan::{signed_out, take};
use super::{Identity, uncancelled};

/// Why the entry is dead afterwards.
const REASON: &str = "The sign-in was revoked by RevokeOAuthAccessToken";

/// What `RevokeOAuthAccessToken` answers.
#[derive(Clone, Debug)]
pub struct Revocation {
    /// Whether the provider accepts the tokens no more.
    pub revoked: bool,
    /// What happened, in a sentence.
    pub remarks: String,
}

/// The tokens that are to end.
#[derive(Clone, Debug, Default)]
struct Doomed {
    access_token: Option<Secret>,
    refresh_token: Option<Secret>,
    has_expired: bool,
}

/// The stored entry that the tokens are from, under the store's lock.
struct Held {
    guard: Guard,
    payload: Payload,
    entry: Entry,
}

/// What the provider said. That it gave no answer is an error.
enum Answer {
    Revoked,
    /// The tokens were of no use before.
    EndedBefore(Refusal),
    /// It does not revoke them.
    Refused(Refusal),
}

impl Doomed {
    fn of(entry: &Entry) -> Self {
        Self {
            access_token: entry.access_token.clone(),
            refresh_token: entry.refresh_token.clone(),
            has_expired: freshness(Timestamp::now(), entry.obtained_at, entry.expires_at) == Freshness::Expired,
        }
    }

    fn is_nothing(&self) -> bool {
        self.access_token.is_none() && self.refresh_token.is_none()
    }

    /// Whether one of the tokens is the entry's.
    fn is_from(&self, entry: &Entry) -> bool {
        let same = |own: &Option<Secret>, stored: &Option<Secret>| own.is_some() && own == stored;
        same(&self.access_token, &entry.access_token) || same(&self.refresh_token, &entry.refresh_token)
    }
}

impl Identity {
    pub(super) async fn revoke(
        self: &Arc<Self>,
        access_token: Option<&Secret>,
        refresh_token: Option<&Secret>,
    ) -> Result<Revocation> {
        revocation_url(self.row().await?)?;
        let is_off = self.config.initiate == Initiate::Off;
        let mut given = Doomed {
            access_token: access_token.cloned(),
            refresh_token: refresh_token.cloned(),
            has_expired: false,
        };
        if is_off && given.is_nothing() {
            given.access_token.clone_from(&self.config.access_token);
            given.refresh_token.clone_from(&self.config.refresh_token);
        }
        if is_off && !given.is_nothing() && !self.has_stored(&given).await {
            // The caller manages these tokens: the store has no part in it.
            return self.revoke_given(given).await;
        }
        let guard = self.store.lock(Turn::Store, self.lock_wait()).await?;
        let identity = Arc::clone(self);
        uncancelled(async move { identity.revoke_held(guard, given).await }).await
    }

    /// Revokes the stored tokens, or the given ones, which may be the stored ones.
    async fn revoke_held(&self, guard: Guard, given: Doomed) -> Result<Revocation> {
        let payload = self.store.load().await?;
        let stored = payload.entries.get(&self.key);
        let own = stored
            .filter(|entry| given.is_nothing() || given.is_from(entry))
            .cloned();
        let Some(entry) = own else {
            return self.revoke_given(given).await;
        };
        let mut held = Held { guard, payload, entry };
        let answer = self.end(Doomed::of(&held.entry), Some(&mut held)).await?;

        let Held { guard, payload, entry } = held;
        let entry = signed_out(&self.config, &entry, REASON);
        self.put(&guard, payload, entry).await;
        *self.cached.lock() = None;
        tracing::info!(provider = self.config.provider.name, "the sign-in was revoked");

        let (provider, store) = (&self.config.provider.name, self.store.name());
        let (revoked, remarks) = match answer {
            Answer::Revoked => (
                true,
                format!("The sign-in was revoked at {provider} and removed from {store}."),
            ),
            Answer::EndedBefore(refusal) => (
                true,
                format!("{provider} had ended the sign-in before ({refusal}); it was removed from {store}."),
            ),
            Answer::Refused(refusal) => (
                false,
                format!(
                    "{provider} refused to revoke the sign-in: {refusal}. It was removed from {store}; end it on \
                     {provider}'s own page as well."
                ),
            ),
        };
        Ok(Revocation { revoked, remarks })
    }

    /// Revokes tokens that are stored nowhere.
    async fn revoke_given(&self, given: Doomed) -> Result<Revocation> {
        let had_refresh_token = given.refresh_token.is_some();
        match self.end(given, None).await? {
            Answer::Revoked => Ok(Revocation {
                revoked: true,
                remarks: format!(
                    "The given token was revoked at {}; no stored sign-in was changed.",
                    self.config.provider.name
                ),
            }),
            Answer::EndedBefore(refusal) => Err(explain::ended_before(&refusal, had_refresh_token)),
            Answer::Refused(refusal) => {
                let url = revocation_url(self.row().await?)?;
                Err(explain::revocation_failed(url, ExchangeError::Refused(refusal)))
            }
        }
    }

    /// Asks the provider. `held` keeps the tokens that a refresh on the way brings.
    async fn end(&self, doomed: Doomed, held: Option<&mut Held>) -> Result<Answer> {
        let row = match &held {
            Some(held) => self.row_of(&held.entry).await?,
            None => self.row().await?.clone(),
        };
        let url = revocation_url(&row)?;
        let http = &self.config.http;
        match (row.revoke.style, doomed.access_token, doomed.refresh_token) {
            (_, None, None) => Err(explain::nothing_to_revoke()),
            (RevokeStyle::Rfc7009, _, Some(token)) => answered(
                url,
                revoke::token(&self.endpoint(&row)?, url, &token, TokenKind::Refresh).await,
            ),
            (RevokeStyle::Rfc7009, Some(token), None) => answered(
                url,
                revoke::token(&self.endpoint(&row)?, url, &token, TokenKind::Access).await,
            ),
            (RevokeStyle::BearerRpc, Some(token), None) => answered(url, revoke::bearer(http, url, &token).await),
            (RevokeStyle::BearerRpc, access_token, Some(refresh_token)) => {
                if let Some(token) = access_token.filter(|_| !doomed.has_expired) {
                    let answer = answered(url, revoke::bearer(http, url, &token).await)?;
                    if !matches!(answer, Answer::EndedBefore(_)) {
                        return Ok(answer);
                    }
                }
                match self.revived(&row, &refresh_token, held).await? {
                    Ok(token) => answered(url, revoke::bearer(http, url, &token).await),
                    Err(refusal) => Ok(Answer::EndedBefore(refusal)),
                }
            }
        }
    }

    /// A valid access token to revoke the sign-in with; a refusal when the refresh token is dead.
    async fn revived(
        &self,
        row: &Provider,
        refresh_token: &Secret,
        held: Option<&mut Held>,
    ) -> Result<Result<Secret, Refusal>> {
        let asked_at = Timestamp::now();
        match self.endpoint(row)?.exchange(Grant::RefreshToken(refresh_token)).await {
            Ok(tokens) => {
                if let Some(held) = held {
                    // If the revocation fails now, the sign-in has to be as good as before.
                    take(&mut held.entry, &tokens, asked_at);
                    self.put(&held.guard, held.payload.clone(), held.entry.clone()).await;
                    self.adopt(&held.entry);
                }
                Ok(Ok(tokens.access_token))
            }
            Err(ExchangeError::InvalidGrant(refusal)) => Ok(Err(refusal)),
            Err(error) => Err(explain::exchange_failed(row, Exchanged::RefreshToken, error)),
        }
    }

    /// Whether one of the tokens is stored. A store that cannot be read has none.
    async fn has_stored(&self, doomed: &Doomed) -> bool {
        let payload = self.store.load().await.unwrap_or_default();
        payload
            .entries
            .get(&self.key)
            .is_some_and(|entry| doomed.is_from(entry))
    }
}

fn revocation_url(row: &Provider) -> Result<&str> {
    let url = row.revoke.url.as_deref();
    url.ok_or_else(|| explain::no_revocation(row))
}

/// Tells what the provider said from what says nothing about the token.
fn answered(url: &str, answer: Result<(), ExchangeError>) -> Result<Answer> {
    match answer {
        Ok(()) => Ok(Answer::Revoked),
        Err(ExchangeError::InvalidGrant(refusal)) => Ok(Answer::EndedBefore(refusal)),
        Err(ExchangeError::Refused(refusal)) => Ok(Answer::Refused(refusal)),
        Err(error) => Err(explain::revocation_failed(url, error)),
    }
}
