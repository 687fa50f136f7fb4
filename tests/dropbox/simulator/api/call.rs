//! One call of an API function: who calls, and with what argument.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, Method};
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::path_root;
use crate::accounts::Account;
use crate::oauth::form::Form;
use crate::oauth::grants::BearerError;
use crate::simulator::Simulator;

const RPC_CONTENT_TYPES: [&str; 3] = [
    "application/json",
    "application/json; charset=utf-8",
    "text/plain; charset=dropbox-cors-hack",
];
const DOWNLOAD_CONTENT_TYPES: [&str; 4] = [
    "application/octet-stream",
    "application/octet-stream; charset=utf-8",
    "text/plain",
    "text/plain; charset=utf-8",
];

const API_HOST: &str = "api.dropboxapi.com";
const CONTENT_HOST: &str = "content.dropboxapi.com";
/// Functions of the content host; all others live on the API host.
const CONTENT_FUNCTIONS: [&str; 2] = ["files/download", "sharing/get_shared_link_file"];

/// Arguments are small; Dropbox too refuses large ones.
const BODY_LIMIT: usize = 1 << 20;

/// A request under `/2/`.
#[derive(Debug)]
pub struct Call {
    /// Such as `files/list_folder`.
    pub function: String,
    pub headers: HeaderMap,
    method: Method,
    query: String,
    body: Bytes,
}

impl<S: Sync> FromRequest<S> for Call {
    type Rejection = ApiError;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let function = parts.uri.path().trim_start_matches("/2/").to_owned();
        let host = parts
            .uri
            .host()
            .or_else(|| parts.headers.get(HOST)?.to_str().ok())
            .unwrap_or_default();
        check_host(&function, host)?;
        let body = axum::body::to_bytes(body, BODY_LIMIT)
            .await
            .map_err(|_| ApiError::BadRequest("The request body is too large or broken off.".to_owned()))?;
        let query = parts.uri.query().unwrap_or_default().to_owned();
        Ok(Self {
            function,
            headers: parts.headers,
            method: parts.method,
            query,
            body,
        })
    }
}

impl Call {
    /// The account the call is made for, if its token is valid for `scope` and its path root is the account's.
    pub fn authorize(&self, simulator: &Simulator, scope: &'static str) -> Result<&'static Account, ApiError> {
        let account = self.authenticate(simulator, Some(scope))?;
        path_root::check(self, account)?;
        Ok(account)
    }

    /// As `authorize`, for the functions that need a token but no scope.
    pub fn authorize_without_scope(&self, simulator: &Simulator) -> Result<&'static Account, ApiError> {
        self.authenticate(simulator, None)
    }

    /// The access token, without a look at whether it is valid.
    pub fn access_token(&self) -> Result<&str, ApiError> {
        let header = self
            .headers
            .get(AUTHORIZATION)
            .ok_or_else(|| self.bad("Must provide HTTP header \"Authorization\"."))?;
        let token = header.to_str().ok().and_then(|header| header.split_once(' '));
        let (_, token) = token
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .ok_or_else(|| {
                self.bad(
                    "Invalid authorization value in HTTP header \"Authorization\". Expecting \"Bearer\" and a token.",
                )
            })?;
        let is_malformed = token.is_empty() || token.contains(|c: char| !c.is_ascii_graphic());
        if is_malformed {
            Err(self.bad("The given OAuth 2 access token is malformed."))
        } else {
            Ok(token)
        }
    }

    /// The argument of a function in RPC style: a JSON body.
    pub fn json_argument<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        self.expect_content_type(&RPC_CONTENT_TYPES)?;
        serde_json::from_slice(&self.body).map_err(|error| self.unreadable("request body", &error))
    }

    /// Checks that a function in RPC style got none: the body `null`, or no body of no type.
    pub fn no_argument(&self) -> Result<(), ApiError> {
        if self.body.is_empty() && self.content_type().is_none() {
            return Ok(());
        }
        self.json_argument::<Option<()>>().map(|_| ())
    }

    /// The argument of a function in content-download style: a header of ASCII JSON, or `?arg=`.
    pub fn download_argument<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        if !self.body.is_empty() {
            return Err(self.bad("This function takes no request body."));
        }
        if self.method == Method::POST && self.content_type().is_some() {
            self.expect_content_type(&DOWNLOAD_CONTENT_TYPES)?;
        }
        let query = Form::parse(&self.query).map_err(|error| self.bad(&error.description()))?;
        let (place, argument) = match (self.headers.get("Dropbox-API-Arg"), query.value("arg")) {
            (Some(header), None) => {
                let place = "HTTP header \"Dropbox-API-Arg\"";
                // `to_str` fails on every byte that is not printable ASCII.
                let text = header
                    .to_str()
                    .map_err(|_| self.bad(&format!("{place}: could not decode input as JSON")))?;
                (place, text)
            }
            (None, Some(argument)) => ("URL parameter \"arg\"", argument),
            (Some(_), Some(_)) => {
                return Err(self.bad("HTTP header \"Dropbox-API-Arg\" and URL parameter \"arg\" exclude each other."));
            }
            (None, None) => {
                return Err(self.bad("Must provide HTTP header \"Dropbox-API-Arg\" or URL parameter \"arg\"."));
            }
        };
        serde_json::from_str(argument).map_err(|error| self.unreadable(place, &error))
    }

    /// A 400 that names this function.
    pub fn bad(&self, message: &str) -> ApiError {
        ApiError::BadCall {
            function: self.function.clone(),
            message: message.to_owned(),
        }
    }

    fn authenticate(&self, simulator: &Simulator, scope: Option<&'static str>) -> Result<&'static Account, ApiError> {
        let bearer = simulator.grants.bearer(self.access_token()?).map_err(|error| {
            ApiError::Unauthorized(match error {
                BearerError::Invalid => "invalid_access_token",
                BearerError::Expired => "expired_access_token",
            })
        })?;
        match scope.filter(|scope| !bearer.scopes.contains(scope)) {
            Some(missing) => Err(ApiError::MissingScope(missing)),
            None => Ok(bearer.account),
        }
    }

    fn content_type(&self) -> Option<&str> {
        self.headers
            .get(CONTENT_TYPE)
            .map(|value| value.to_str().unwrap_or("?"))
    }

    fn expect_content_type(&self, expected: &[&str]) -> Result<(), ApiError> {
        let given = self.content_type().unwrap_or_default();
        let canonical = given
            .to_ascii_lowercase()
            .split(';')
            .map(str::trim)
            .collect::<Vec<_>>()
            .join("; ");
        if expected.contains(&canonical.as_str()) {
            return Ok(());
        }
        let expected: Vec<String> = expected.iter().map(|name| format!("\"{name}\"")).collect();
        Err(self.bad(&format!(
            "Bad HTTP \"Content-Type\" header: \"{given}\". Expecting one of {}.",
            expected.join(", ")
        )))
    }

    fn unreadable(&self, place: &str, error: &serde_json::Error) -> ApiError {
        if error.is_data() {
            self.bad(&format!("{place}: {error}"))
        } else {
            self.bad(&format!("{place}: could not decode input as JSON"))
        }
    }
}

/// Clients that were sent here under Dropbox's own names must tell its hosts apart.
fn check_host(function: &str, host: &str) -> Result<(), ApiError> {
    let host = host.split(':').next().unwrap_or_default();
    let right = if CONTENT_FUNCTIONS.contains(&function) {
        CONTENT_HOST
    } else {
        API_HOST
    };
    if !(host.ends_with(".dropboxapi.com") || host.ends_with(".dropbox.com")) || host == right {
        return Ok(());
    }
    Err(ApiError::BadCall {
        function: function.to_owned(),
        message: format!("You are attempting to call \"{host}\", but this API function is on \"{right}\"."),
    })
}
