//! What to do next, decided from properties, stored entry and clock alone.

use crate::error::Result;
use crate::secret::Secret;

use super::super::settings::Entry;
use super::super::token::{AccessToken, Freshness, Timestamp, Tokens, fingerprint, freshness};
use super::super::{Config, Initiate};
use super::verifier::Code;

/// The next step towards an access token.
#[derive(Debug)]
pub enum Step {
    /// The entry's access token is good.
    Use,
    /// The entry's refresh token is to be sent.
    Refresh,
    /// The properties bring a code that was not redeemed yet.
    Redeem(Code),
    /// Only a person can help; the text says why.
    SignIn(String),
}

/// A step, and the entry it works on.
#[derive(Debug)]
pub struct Plan {
    /// The stored entry, or the one that the properties seed.
    pub entry: Entry,
    /// Whether the entry differs from what is stored.
    pub changed: bool,
    /// The next step.
    pub step: Step,
}

/// Plans for `stored`; `rejected` is a token that a server answered 401 to.
pub fn plan(config: &Config, stored: Option<&Entry>, rejected: Option<&AccessToken>, now: Timestamp) -> Result<Plan> {
    let (mut entry, mut changed) = match stored {
        Some(stored) if !is_reseeded(config, stored) => (stored.clone(), false),
        _ => (
            seeded(config, stored, now),
            config.access_token.is_some() || config.refresh_token.is_some(),
        ),
    };
    if let Some(code) = unredeemed(config, &entry)? {
        return Ok(Plan {
            entry,
            changed,
            step: Step::Redeem(code),
        });
    }
    let step = next(&entry, rejected, now);
    if let Step::SignIn(reason) = &step
        && entry.dead_reason.is_none()
        && is_rejected(&entry, rejected)
    {
        // Remembered, so that the next connection need not ask the server to learn the same. A token that merely looks
        // expired is not condemned: clocks err.
        entry.dead_reason = Some(reason.clone());
        entry.generation += 1;
        changed = true;
    }
    Ok(Plan { entry, changed, step })
}

fn next(entry: &Entry, rejected: Option<&AccessToken>, now: Timestamp) -> Step {
    if let Some(reason) = &entry.dead_reason {
        return Step::SignIn(reason.clone());
    }
    let can_refresh = entry.refresh_token.is_some();
    match &entry.access_token {
        Some(_) if is_rejected(entry, rejected) => match can_refresh {
            true => Step::Refresh,
            false => Step::SignIn("The access token was refused, and there is no refresh token".to_owned()),
        },
        Some(_) => match freshness(now, entry.obtained_at, entry.expires_at) {
            Freshness::Fresh(_) => Step::Use,
            Freshness::Ending | Freshness::Expired if can_refresh => Step::Refresh,
            Freshness::Ending => Step::Use,
            Freshness::Expired => {
                Step::SignIn("The access token has expired, and there is no refresh token".to_owned())
            }
        },
        None if can_refresh => Step::Refresh,
        None => Step::SignIn("Nobody has signed in yet".to_owned()),
    }
}

fn is_rejected(entry: &Entry, rejected: Option<&AccessToken>) -> bool {
    rejected.is_some_and(|rejected| entry.access_token.as_ref() == Some(&rejected.0))
}

/// Whether the properties bring tokens that are newer than the entry.
///
/// Once an entry exists, the properties are stale copies: it wins, unless they change. Then a new refresh token
/// replaces it; a new access token does so only where the entry could not have made one itself.
fn is_reseeded(config: &Config, stored: &Entry) -> bool {
    let is_new = |property: &Option<Secret>, seed: &Option<String>, current: &Option<Secret>| match property {
        Some(value) => *seed != Some(fingerprint(value.expose())) && current.as_ref() != Some(value),
        None => false,
    };
    let spent = stored.refresh_token.is_none() || stored.dead_reason.is_some();
    is_new(
        &config.refresh_token,
        &stored.seed_refresh_sha256,
        &stored.refresh_token,
    ) || (spent && is_new(&config.access_token, &stored.seed_access_sha256, &stored.access_token))
}

/// The entry that the properties give. How long their access token lasts they may say; else until a server refuses it.
fn seeded(config: &Config, stored: Option<&Entry>, now: Timestamp) -> Entry {
    let mut entry = blank(config, stored);
    entry.access_token.clone_from(&config.access_token);
    entry.refresh_token.clone_from(&config.refresh_token);
    if entry.access_token.is_some() {
        entry.obtained_at = Some(config.access_token_life.map_or(now, |(issued_at, _)| issued_at));
        entry.expires_at = config.access_token_life.map(|(_, ends_at)| ends_at);
    }
    entry
}

/// An entry of this identity without tokens, which remembers what the properties say now.
fn blank(config: &Config, stored: Option<&Entry>) -> Entry {
    let fingerprint = |secret: &Option<Secret>| secret.as_ref().map(|secret| fingerprint(secret.expose()));
    let mut entry = stored.cloned().unwrap_or_default();
    entry.provider.clone_from(&config.provider.name);
    entry.token_url.clone_from(&config.provider.token_url);
    entry.client_id = config.client_id.clone().unwrap_or_default();
    entry.account = None;
    entry.scope = None;
    entry.captured.clear();
    entry.access_token = None;
    entry.refresh_token = None;
    entry.obtained_at = None;
    entry.expires_at = None;
    entry.dead_reason = None;
    entry.generation += 1;
    entry.seed_refresh_sha256 = fingerprint(&config.refresh_token);
    entry.seed_access_sha256 = fingerprint(&config.access_token);
    entry
}

/// The entry after a person signed in.
pub fn signed_in(config: &Config, stored: Option<&Entry>, tokens: &Tokens, asked_at: Timestamp) -> Entry {
    let mut entry = blank(config, stored);
    take(&mut entry, tokens, asked_at);
    entry
}

/// The entry after its tokens were revoked: it remembers what the properties say, so that they do not bring them back.
pub fn signed_out(config: &Config, stored: &Entry, reason: &str) -> Entry {
    let mut entry = blank(config, Some(stored));
    // Tells it from older copies.
    entry.obtained_at = stored.obtained_at;
    entry.dead_reason = Some(reason.to_owned());
    entry
}

/// Puts what the token endpoint answered into the entry. A refresh token stays until a new one comes (RFC 6749 6).
pub fn take(entry: &mut Entry, tokens: &Tokens, asked_at: Timestamp) {
    entry.access_token = Some(tokens.access_token.clone());
    if tokens.refresh_token.is_some() {
        entry.rotates |= entry.refresh_token.is_some() && entry.refresh_token != tokens.refresh_token;
        entry.refresh_token.clone_from(&tokens.refresh_token);
    }
    if tokens.scope.is_some() {
        entry.scope.clone_from(&tokens.scope);
    }
    if tokens.account.is_some() {
        entry.account.clone_from(&tokens.account);
    }
    entry.captured.extend(tokens.captured.clone());
    entry.obtained_at = Some(asked_at);
    entry.expires_at = tokens.expires_in.map(|seconds| asked_at.plus_seconds(seconds));
    entry.dead_reason = None;
    entry.generation += 1;
}

/// The code in the properties, unless it was redeemed for this entry: codes work once, but stay in connection strings.
fn unredeemed(config: &Config, entry: &Entry) -> Result<Option<Code>> {
    let Some(verifier) = config.verifier.as_ref().filter(|_| config.initiate != Initiate::Off) else {
        return Ok(None);
    };
    let code = Code::parse(verifier, &config.provider)?;
    Ok((!entry.has_consumed(&code.fingerprint())).then_some(code))
}
