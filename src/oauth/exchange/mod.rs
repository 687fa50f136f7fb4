//! Requests to the authorization server's endpoints: codes and refresh tokens become tokens, tokens are revoked.

mod answer;
mod failure;
pub mod revoke;
#[cfg(test)]
mod tests;

use std::time::Duration;

use zeroize::Zeroizing;

use crate::secret::Secret;

use super::provider::Provider;
use super::token::Tokens;

pub use failure::{ExchangeError, Refusal, clean};

/// The longest a token request may take, from connecting to the end of the answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Far more than any token answer; a longer body is not one.
const LONGEST_BODY: usize = 64 * 1024;

/// Who asks, and whom.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint<'a> {
    /// A client that follows no redirects.
    pub http: &'a reqwest::Client,
    /// The row of the authorization server.
    pub provider: &'a Provider,
    /// The application.
    pub client_id: &'a str,
    /// Its secret, unless it is a public client.
    pub client_secret: Option<&'a Secret>,
}

/// What is exchanged for tokens.
#[derive(Clone, Copy, Debug)]
pub enum Grant<'a> {
    /// RFC 6749 4.1.3 with RFC 7636 4.5.
    AuthorizationCode {
        /// The code that the redirect brought.
        code: &'a Secret,
        /// As in the authorization request; empty when it had none.
        redirect_uri: &'a str,
        /// The verifier behind the request's challenge.
        pkce_verifier: Option<&'a Secret>,
    },
    /// RFC 6749 6.
    RefreshToken(&'a Secret),
}

impl Endpoint<'_> {
    /// Sends the grant and reads the answer.
    ///
    /// A refresh whose answer was lost on the way is sent once more at once: the server may have replaced the token
    /// already, and many accept the old one for a short while. A code is never sent twice (RFC 6749 4.1.2).
    pub async fn exchange(&self, grant: Grant<'_>) -> Result<Tokens, ExchangeError> {
        let first = self.send(grant).await;
        match (&first, grant) {
            (Err(ExchangeError::Unreachable { sent: true, .. }), Grant::RefreshToken(_)) => {
                tracing::debug!("the answer to a token refresh was lost; asking once more");
                self.send(grant).await
            }
            _ => first,
        }
    }

    async fn send(&self, grant: Grant<'_>) -> Result<Tokens, ExchangeError> {
        let url = match grant {
            Grant::AuthorizationCode { .. } => self.provider.token_url.as_str(),
            Grant::RefreshToken(_) => self.provider.refresh_endpoint(),
        };
        let form = self.form(grant);
        let response = self
            .http
            .post(url)
            .header(reqwest::header::ACCEPT, "application/json")
            .timeout(TIMEOUT)
            .form(&form)
            .send()
            .await
            .map_err(ExchangeError::lost)?;

        let head = answer::Head::of(&response);
        tracing::debug!(
            status = head.status,
            request = head.request_id.as_deref(),
            "token endpoint answered"
        );
        let body = read_body(response).await?;
        let secrets: Vec<&str> = form
            .iter()
            .filter(|(name, _)| is_secret(name))
            .map(|(_, value)| *value)
            .collect();
        answer::read(
            &head,
            body.as_ref().map(|body| body.as_slice()),
            &self.provider.dead_errors,
            &secrets,
        )
    }

    /// The parameters; one client authentication method per request (RFC 6749 2.3).
    fn form<'b>(&'b self, grant: Grant<'b>) -> Vec<(&'static str, &'b str)> {
        let mut form = match grant {
            Grant::AuthorizationCode {
                code,
                redirect_uri,
                pkce_verifier,
            } => {
                let mut form = vec![("grant_type", "authorization_code"), ("code", code.expose().as_str())];
                if !redirect_uri.is_empty() {
                    form.push(("redirect_uri", redirect_uri));
                }
                if let Some(verifier) = pkce_verifier {
                    form.push(("code_verifier", verifier.expose()));
                }
                form
            }
            Grant::RefreshToken(token) => vec![("grant_type", "refresh_token"), ("refresh_token", token.expose())],
        };
        form.push(("client_id", self.client_id));
        if let Some(secret) = self.client_secret {
            form.push(("client_secret", secret.expose()));
        }
        form
    }
}

fn is_secret(parameter: &str) -> bool {
    matches!(parameter, "code" | "code_verifier" | "refresh_token" | "client_secret")
}

/// The whole body, or `None` when it is too long to be a token answer.
async fn read_body(mut response: reqwest::Response) -> Result<Option<Zeroizing<Vec<u8>>>, ExchangeError> {
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(ExchangeError::lost)? {
        if body.len() + chunk.len() > LONGEST_BODY {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
