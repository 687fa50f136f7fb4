//! Requests to the authorization server's endpoints: codes and refresh tokens become tokens, tokens are revoked.

mod answer;
mod client;
mod failure;
pub mod revoke;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::secret::Secret;

use super::provider::{Provider, TokenBody};
use super::token::Tokens;

pub use failure::{ExchangeError, Refusal, clean};

/// The longest a token request may take, from connecting to the end of the answer.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// Far more than any token answer; a longer body is not one.
const LONGEST_BODY: usize = 64 * 1024;

/// The user's own parameters that are shorter are words, not secrets.
const SHORTEST_SECRET: usize = 8;

/// Who asks, and whom.
#[derive(Clone, Debug)]
pub struct Endpoint<'a> {
    /// A client that follows no redirects.
    pub http: &'a reqwest::Client,
    /// The row of the authorization server.
    pub provider: &'a Provider,
    /// The application; an assertion can do without.
    pub client_id: Option<&'a str>,
    /// Its secret, unless it is a public client.
    pub client_secret: Option<&'a Secret>,
    /// What stands for its secret (RFC 7523 2.2).
    pub client_assertion: Option<Secret>,
    /// Parameters of the user's own.
    pub params: &'a [(String, Secret)],
    /// What the tokens are for (RFC 8707).
    pub resources: &'a [String],
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
    /// RFC 6749 4.4.
    ClientCredentials {
        /// Space-separated; may be empty.
        scope: &'a str,
    },
    /// RFC 6749 4.3.
    Password {
        /// `UID`.
        user: &'a str,
        /// `PWD`.
        password: &'a Secret,
        /// Space-separated; may be empty.
        scope: &'a str,
    },
    /// RFC 7523 2.1.
    JwtBearer {
        /// The signed token.
        assertion: &'a Secret,
        /// Space-separated; empty also where it is a claim of the assertion.
        scope: &'a str,
    },
    /// RFC 8628 3.4.
    DeviceCode(&'a Secret),
}

/// The parameters of a request. Few of the values are secrets, but none is printed.
type Form<'a> = Vec<(&'a str, Cow<'a, str>)>;

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

    /// Asks another endpoint, with the application's proof, for a JSON object.
    pub async fn ask<'b>(&'b self, url: &str, form: Form<'b>) -> Result<Map<String, Value>, ExchangeError> {
        let (head, body, secrets) = self.round_trip(url, form, TokenBody::Form).await?;
        answer::object(
            &head,
            body.as_ref().map(|body| body.as_slice()),
            self.provider,
            &shown(&secrets),
        )
    }

    async fn send(&self, grant: Grant<'_>) -> Result<Tokens, ExchangeError> {
        let url = match grant {
            Grant::RefreshToken(_) => self.provider.refresh_endpoint(),
            _ => self.provider.token_url.as_str(),
        };
        let mut form = self.form(grant);
        form.extend(self.resources.iter().map(|resource| ("resource", Cow::from(resource))));
        form.extend(
            self.params
                .iter()
                .map(|(name, value)| (name.as_str(), Cow::from(value.expose()))),
        );
        let (head, body, secrets) = self.round_trip(url, form, self.provider.token_body).await?;
        answer::read(
            &head,
            body.as_ref().map(|body| body.as_slice()),
            self.provider,
            &shown(&secrets),
        )
    }

    async fn round_trip<'b>(
        &'b self,
        url: &str,
        form: Form<'b>,
        body: TokenBody,
    ) -> Result<(answer::Head, Option<Zeroizing<Vec<u8>>>, Vec<Secret>), ExchangeError> {
        let secrets = self.secrets(&form);
        let request = self.request(url, form, body);
        let response = request.timeout(TIMEOUT).send().await.map_err(ExchangeError::lost)?;
        let head = answer::Head::of(&response);
        tracing::debug!(
            status = head.status,
            request = head.request_id.as_deref(),
            "token endpoint answered"
        );
        let body = read_body(response, LONGEST_BODY).await?;
        Ok((head, body, secrets))
    }

    /// The request with one client authentication method (RFC 6749 2.3).
    fn request<'b>(&'b self, url: &str, mut form: Form<'b>, body: TokenBody) -> RequestBuilder {
        let request = self.http.post(url).header(ACCEPT, "application/json");
        let request = client::authenticate(self, request, &mut form);
        match body {
            TokenBody::Form => request.form(&form),
            TokenBody::Json => {
                let members: Map<String, Value> = form
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), Value::String(value.into_owned())))
                    .collect();
                let body = Value::Object(members).to_string();
                request.header(CONTENT_TYPE, "application/json").body(body)
            }
        }
    }

    fn form<'b>(&'b self, grant: Grant<'b>) -> Form<'b> {
        let with_scope = |mut form: Form<'b>, scope: &str| {
            if !scope.is_empty() {
                form.push(("scope", self.provider.written_scope(scope).into()));
            }
            form
        };
        match grant {
            Grant::AuthorizationCode {
                code,
                redirect_uri,
                pkce_verifier,
            } => {
                let mut form: Form<'b> = vec![
                    ("grant_type", "authorization_code".into()),
                    ("code", code.expose().into()),
                ];
                if !redirect_uri.is_empty() {
                    form.push(("redirect_uri", redirect_uri.into()));
                }
                if let Some(verifier) = pkce_verifier {
                    form.push(("code_verifier", verifier.expose().into()));
                }
                form
            }
            Grant::RefreshToken(token) => vec![
                ("grant_type", "refresh_token".into()),
                ("refresh_token", token.expose().into()),
            ],
            Grant::ClientCredentials { scope } => with_scope(vec![("grant_type", "client_credentials".into())], scope),
            Grant::Password { user, password, scope } => {
                let form = vec![
                    ("grant_type", "password".into()),
                    ("username", user.into()),
                    ("password", password.expose().into()),
                ];
                with_scope(form, scope)
            }
            Grant::JwtBearer { assertion, scope } => {
                let form = vec![
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer".into()),
                    ("assertion", assertion.expose().into()),
                ];
                with_scope(form, scope)
            }
            Grant::DeviceCode(code) => vec![
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code".into()),
                ("device_code", code.expose().into()),
            ],
        }
    }

    /// What an answer may repeat and a message may not.
    fn secrets(&self, form: &Form<'_>) -> Vec<Secret> {
        let of_form = form.iter().filter(|(name, _)| is_secret(name));
        let of_form = of_form.map(|(_, value)| Secret::from(value.as_ref()));
        // Striking a word like `true` out of every sentence would only garble it.
        let own = self.params.iter().map(|(_, value)| value.clone());
        let own = own.filter(|value| value.expose().len() >= SHORTEST_SECRET);
        of_form
            .chain(own)
            .chain(self.client_secret.cloned())
            .chain(self.client_assertion.clone())
            .collect()
    }
}

fn is_secret(parameter: &str) -> bool {
    matches!(
        parameter,
        "code" | "code_verifier" | "refresh_token" | "token" | "password" | "assertion" | "device_code"
    )
}

fn shown(secrets: &[Secret]) -> Vec<&str> {
    secrets.iter().map(|secret| secret.expose().as_str()).collect()
}

/// The whole body, or `None` when it is longer than an answer can be.
pub async fn read_body(
    mut response: reqwest::Response,
    longest: usize,
) -> Result<Option<Zeroizing<Vec<u8>>>, ExchangeError> {
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(ExchangeError::lost)? {
        if body.len() + chunk.len() > longest {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
