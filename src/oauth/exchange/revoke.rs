//! Revoking tokens: by RFC 7009, or by a call with the token as bearer.

use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};

use crate::secret::Secret;

use super::super::provider::TokenBody;
use super::{Endpoint, ExchangeError, LONGEST_BODY, TIMEOUT, answer, read_body, shown};

/// A server that is busy is asked this often in all.
const TRIES: u32 = 3;
/// Between tries, unless the server names a time.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause, because others wait for the store meanwhile.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Some servers say this where RFC 7009 2.2 wants a success: the token was of no use before.
const UNKNOWN_TOKEN: &str = "invalid_token";

/// What a token is, for `token_type_hint` (RFC 7009 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An access token.
    Access,
    /// A refresh token, whose access tokens end with it.
    Refresh,
}

/// Revokes a token by RFC 7009. [`ExchangeError::InvalidGrant`] when it was of no use before.
pub async fn token(endpoint: &Endpoint<'_>, url: &str, token: &Secret, kind: TokenKind) -> Result<(), ExchangeError> {
    let hint = match kind {
        TokenKind::Access => "access_token",
        TokenKind::Refresh => "refresh_token",
    };
    let form = || vec![("token", token.expose().into()), ("token_type_hint", hint.into())];
    let secrets = endpoint.secrets(&form());
    let mut dead_errors = endpoint.provider.dead_errors.clone();
    dead_errors.push(UNKNOWN_TOKEN.to_owned());
    let request = || endpoint.request(url, form(), TokenBody::Form);
    send(request, &dead_errors, &shown(&secrets)).await
}

/// Revokes the sign-in of a valid access token by a call with it. [`ExchangeError::InvalidGrant`] when it has expired or
/// was revoked before.
pub async fn bearer(http: &reqwest::Client, url: &str, token: &Secret) -> Result<(), ExchangeError> {
    let request = || {
        http.post(url)
            .bearer_auth(token.expose())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body("null")
    };
    match send(request, &[], &[token.expose()]).await {
        Err(ExchangeError::Refused(refusal) | ExchangeError::Unusable(refusal)) if refusal.status == 401 => {
            Err(ExchangeError::InvalidGrant(refusal))
        }
        answer => answer,
    }
}

/// Sends the request until the server is not too busy for it (RFC 7009 2.2.1).
async fn send(
    request: impl Fn() -> RequestBuilder,
    dead_errors: &[String],
    secrets: &[&str],
) -> Result<(), ExchangeError> {
    let mut tries = 1;
    loop {
        let response = request().timeout(TIMEOUT).send().await.map_err(ExchangeError::lost)?;
        let head = answer::Head::of(&response);
        tracing::debug!(
            status = head.status,
            request = head.request_id.as_deref(),
            "revocation endpoint answered"
        );
        if matches!(head.status, 429 | 503) && tries < TRIES {
            tries += 1;
            tokio::time::sleep(pause(&response)).await;
            continue;
        }
        let body = read_body(response, LONGEST_BODY).await?;
        let body = body.as_ref().map(|body| body.as_slice());
        return answer::acknowledged(&head, body, dead_errors, secrets);
    }
}

/// What `Retry-After` asks for in seconds, within reason.
fn pause(response: &reqwest::Response) -> Duration {
    let named = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let seconds = named.and_then(|text| text.trim().parse().ok());
    seconds.map_or(PAUSE, Duration::from_secs).min(LONGEST_PAUSE)
}
