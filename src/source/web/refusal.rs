//! What a web server says when it refuses, and what a person can do about it.

use reqwest::header::{CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use reqwest::{Response, StatusCode};
use url::Url;

use crate::error::{Error, Kind};
use crate::oauth::exchange::clean;

use super::super::credentials::Credentials;

/// How much of an answer is read for what it says.
const LONGEST_TEXT: usize = 4 * 1024;

/// An answer that is no success.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    /// `error` of `WWW-Authenticate: Bearer` (RFC 6750 3).
    bearer_error: Option<String>,
    /// `scope` of the same header.
    scope: Option<String>,
    /// The origin that a redirect leads to.
    target: Option<String>,
    /// What the answer says, when it is text for people.
    text: String,
}

impl Refusal {
    /// Reads the answer to a request for `url`; `secrets` are struck out of what it says.
    pub(super) async fn read(mut response: Response, url: &Url, secrets: &[&str]) -> Self {
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let challenge = header(WWW_AUTHENTICATE).unwrap_or_default();
        let parameter = |name: &str| auth_parameter(challenge, name).map(|value| clean(&value, secrets));
        let (bearer_error, scope) = (parameter("error"), parameter("scope"));
        let target = header(LOCATION)
            .filter(|_| status.is_redirection())
            .and_then(|location| url.join(location).ok())
            .map(|target| target.origin().ascii_serialization());
        let is_page = header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"));
        let mut body = Vec::new();
        while body.len() < LONGEST_TEXT && !is_page {
            // An answer that breaks off still has its status.
            let Ok(Some(chunk)) = response.chunk().await else {
                break;
            };
            body.extend_from_slice(&chunk);
        }
        body.truncate(LONGEST_TEXT);
        Self {
            status,
            bearer_error,
            scope,
            target,
            text: clean(&String::from_utf8_lossy(&body), secrets),
        }
    }

    /// Whether a new token may help.
    pub(super) fn is_dead_token(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
            && self
                .bearer_error
                .as_deref()
                .is_none_or(|error| error == "invalid_token")
    }

    /// The error about the document at `name`.
    pub(super) fn into_error(self, name: &str, credentials: &Credentials) -> Error {
        let said = self.said();
        let (kind, text) = match (self.status.as_u16(), credentials) {
            (401, Credentials::Basic { .. }) => (
                Kind::SignIn,
                format!("{name} refused UID and PWD ({said}). Check both."),
            ),
            (401, Credentials::None) => {
                let text = format!(
                    "{name} wants a sign-in ({said}). Set AuthScheme=Basic with UID and PWD, OAuthProvider or OAuthIssuer with \
                     InitiateOAuth, or its key in CustomHeaders or CustomUrlParams."
                );
                (Kind::SignIn, text)
            }
            (401, Credentials::Bearer(_)) => (
                Kind::SignIn,
                format!("{name} no longer accepts the access token ({said}). Sign in again."),
            ),
            (403, _) if self.bearer_error.as_deref() == Some("insufficient_scope") => {
                let scope = self.scope.as_deref().unwrap_or("that this needs");
                let text = format!(
                    "{name} refused access: the sign-in lacks the scope {scope} ({said}). Add it to Scope and sign in \
                     again."
                );
                (Kind::SignIn, text)
            }
            (403, _) => (
                Kind::SignIn,
                format!("{name} refused access ({said}). Check that the account may read it."),
            ),
            (404 | 410, _) => (
                Kind::TableNotFound,
                format!("{name} does not exist ({said}). Check URI."),
            ),
            (300..=399, _) => {
                let target = self.target.as_deref().unwrap_or("another URL");
                let text = format!(
                    "{name} leads on to {target} ({said}), which is not followed, so that no sign-in is shown to another \
                     server. Set URI to where the document is."
                );
                (Kind::DataSource, text)
            }
            (429, _) => (
                Kind::Unreachable,
                format!("{name} was asked for too often ({said}). Try again later."),
            ),
            (500.., _) => (
                Kind::Unreachable,
                format!("{name} could not be answered ({said}). Try again later."),
            ),
            _ => (
                Kind::DataSource,
                format!("{name} was not handed out ({said}). Check URI."),
            ),
        };
        Error::new(kind, text)
    }

    fn said(&self) -> String {
        let detail = self.bearer_error.as_deref().unwrap_or(&self.text);
        match detail.is_empty() {
            true => format!("HTTP {}", self.status.as_u16()),
            false => format!("HTTP {}: {detail}", self.status.as_u16()),
        }
    }
}

/// A parameter of a challenge, quoted or not (RFC 9110 11.2).
pub(super) fn auth_parameter(challenge: &str, name: &str) -> Option<String> {
    let mut rest = challenge;
    while let Some((before, after)) = rest.split_once('=') {
        let found = before.rsplit([' ', ',']).next().unwrap_or(before);
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value.trim().to_owned());
        }
        rest = next;
    }
    None
}
