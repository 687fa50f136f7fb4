//! What Dropbox says when it refuses, and what a person can do about it.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::error::{Error, Kind};
use crate::source::http::retry::asked_wait;

use super::api::request_id;

/// An answer that is no success.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    /// The tags of the error from the outside in, as `path/not_found`; empty when the answer has none.
    tag: String,
    /// The scope that is missing, if that is the matter.
    required_scope: Option<String>,
    /// What the answer says when it is plain text.
    text: String,
    request_id: String,
    asked_wait: Option<Duration>,
}

/// How much of an answer that is not JSON is shown.
const SHOWN: usize = 200;

impl Refusal {
    /// Reads the answer. Dropbox quotes a malformed `Authorization` header, so `token` is struck out of it.
    pub(super) async fn read(response: Response, token: &str) -> Self {
        let status = response.status();
        let request_id = request_id(response.headers()).to_owned();
        let asked_wait = asked_wait(response.headers());
        // An answer that breaks off still has its status.
        let body = response.bytes().await.unwrap_or_default();
        let error = serde_json::from_slice::<Value>(&body).unwrap_or_default();
        let error = error.get("error").unwrap_or(&Value::Null);
        let text = if error.is_null() {
            String::from_utf8_lossy(&body).replace(token, "…")
        } else {
            String::new()
        };
        Self {
            status,
            tag: tags(error),
            required_scope: error.get("required_scope").and_then(Value::as_str).map(str::to_owned),
            text: text.trim().chars().take(SHOWN).collect(),
            request_id,
            asked_wait,
        }
    }

    /// Whether a new token may help.
    pub(super) fn is_dead_token(&self) -> bool {
        match self.status {
            StatusCode::UNAUTHORIZED => {
                matches!(self.tag.as_str(), "" | "expired_access_token" | "invalid_access_token")
            }
            // A token that does not even look like one is answered with 400 and plain text.
            StatusCode::BAD_REQUEST => self.text.contains("access token") || self.text.contains("\"Authorization\""),
            _ => false,
        }
    }

    pub(super) fn tag(&self) -> &str {
        &self.tag
    }

    pub(super) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The error; `subject` is the path or folder the call was about.
    pub(super) fn into_error(self, subject: &str) -> Error {
        let (kind, message) = match (self.status.as_u16(), self.tag.as_str()) {
            (401, "missing_scope") => {
                let scope = self.required_scope.as_deref().unwrap_or("that this needs");
                let message = format!(
                    "Dropbox refused to read {subject}: the sign-in lacks the scope {scope}. Enable it on the Permissions tab \
                     of the app in the Dropbox App Console, then sign in again, because a token keeps the scopes it was made \
                     with."
                );
                (Kind::SignIn, message)
            }
            _ if self.is_dead_token() => (
                Kind::SignIn,
                format!(
                    "Dropbox no longer accepts the access token ({}). Sign in again.",
                    self.said()
                ),
            ),
            (401 | 403, _) => {
                let message = format!(
                    "Dropbox refused access to {subject} ({}). Check that the account is active and may read it, or sign in \
                     with another.",
                    self.said()
                );
                (Kind::SignIn, message)
            }
            (409, "path/not_found") => (
                Kind::TableNotFound,
                format!("{subject} does not exist in Dropbox (path/not_found). Check URI."),
            ),
            (409, "path/not_file") => (
                Kind::TableNotFound,
                format!("{subject} is a folder (path/not_file). End URI with `/` to read a folder."),
            ),
            (409, "path/not_folder") => (
                Kind::TableNotFound,
                format!("{subject} is no folder (path/not_folder). Leave the `/` at the end of URI out."),
            ),
            (409, "path/malformed_path") => (
                Kind::Property,
                format!("{subject} is no path that Dropbox can have (path/malformed_path). Check URI."),
            ),
            (409, "path/restricted_content") => (
                Kind::Unsupported,
                format!("Dropbox does not hand out {subject}, for legal reasons (path/restricted_content)."),
            ),
            (409, "unsupported_file") => (
                Kind::Unsupported,
                format!("{subject} is a file that Dropbox cannot hand out as it is, only export (unsupported_file)."),
            ),
            (409, "shared_link_not_found") => (
                Kind::TableNotFound,
                format!(
                    "{subject} leads nowhere: the link was revoked, has expired, or is not whole (shared_link_not_found). Check \
                     URI, with all that stands behind its `?`."
                ),
            ),
            (409, "shared_link_access_denied") => (
                Kind::SignIn,
                format!(
                    "{subject} is not open to this account (shared_link_access_denied): it has a password, has expired, or is \
                     for certain people only. Check SharedLinkPassword, or ask whoever shares it."
                ),
            ),
            (409, "unsupported_link_type") => (
                Kind::Unsupported,
                format!(
                    "{subject} is a link of a kind that Dropbox does not read for programs (unsupported_link_type)."
                ),
            ),
            (409, "unsupported_parameter_field") => (
                Kind::Property,
                format!(
                    "{subject} is a private link, which takes no SharedLinkPassword (unsupported_parameter_field)."
                ),
            ),
            (409, _) => (
                Kind::DataSource,
                format!("Dropbox refused to read {subject} ({}).", self.said()),
            ),
            (422, _) => (
                Kind::DataSource,
                format!(
                    "Dropbox did not read {subject}: DropboxRoot is no folder that this account may start from ({}). Set it \
                     to home, to root, or to the id of a namespace that the account is in.",
                    self.said()
                ),
            ),
            (429, _) => {
                let wait = self
                    .asked_wait
                    .map_or_else(|| "later".to_owned(), |wait| format!("in {} s", wait.as_secs()));
                let message =
                    format!("Dropbox refused to read {subject}: too many requests (HTTP 429). Try again {wait}.");
                (Kind::Unreachable, message)
            }
            (400, _) => (
                Kind::Internal,
                format!(
                    "Dropbox did not understand the request for {subject} ({}).",
                    self.said()
                ),
            ),
            (500.., _) => (
                Kind::Unreachable,
                format!(
                    "Dropbox could not answer the request for {subject} ({}). Try again later.",
                    self.said()
                ),
            ),
            _ => {
                let message = format!(
                    "The request for {subject} was answered with {}, which Dropbox does not do. Check the endpoint properties \
                     and the proxy.",
                    self.said()
                );
                (Kind::Unreachable, message)
            }
        };
        let id = if self.request_id.is_empty() {
            String::new()
        } else {
            format!(" Request id {}.", self.request_id)
        };
        Error::new(kind, message + &id)
    }

    /// Status and tag, or status and text.
    fn said(&self) -> String {
        let detail = if self.tag.is_empty() { &self.text } else { &self.tag };
        match detail.is_empty() {
            true => format!("HTTP {}", self.status.as_u16()),
            false => format!("HTTP {}: {detail}", self.status.as_u16()),
        }
    }
}

/// The tags of a tagged union from the outside in. `error_summary` says the same, but ends at random.
fn tags(error: &Value) -> String {
    let mut tags = Vec::new();
    let mut next = Some(error);
    while let Some(tag) = next.and_then(|value| value.get(".tag")).and_then(Value::as_str) {
        tags.push(tag);
        next = next.and_then(|value| value.get(tag));
    }
    tags.join("/")
}
