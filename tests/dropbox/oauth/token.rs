//! `/oauth2/token`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::app::App;
use super::error::TokenError;
use super::form::{self, Form};
use super::grants::{Redemption, Tokens};
use crate::simulator::{Shared, Simulator};

/// A successful answer (RFC 6749 section 5.1).
#[derive(Serialize)]
pub struct Answer {
    access_token: String,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
    /// At a refresh absent unless tokens rotate: the client must then keep the one it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(flatten)]
    first: Option<First>,
}

/// Who signed in, with what was granted: said at the first exchange only.
#[derive(Serialize)]
struct First {
    scope: String,
    uid: &'static str,
    account_id: &'static str,
}

pub async fn token(
    State(simulator): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, TokenError> {
    if query.is_some() {
        return Err(TokenError::invalid_request(
            "parameters belong in the request body, not in the URL",
        ));
    }
    let form = form(&headers, &body)?;
    let secret_shown = authenticate(&simulator.app, &headers, &form)?;
    let answer = match required(&form, "grant_type")? {
        "authorization_code" => authorization_code(&simulator, &form, secret_shown)?,
        "refresh_token" => refresh_token(&simulator, &form, secret_shown)?,
        other => return Err(TokenError::unsupported_grant_type(other)),
    };
    Ok(([(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")], Json(answer)).into_response())
}

fn authorization_code(simulator: &Simulator, form: &Form, secret_shown: bool) -> Result<Answer, TokenError> {
    simulator.counts.add("token:authorization_code");
    let redemption = Redemption {
        code: required(form, "code")?,
        redirect_uri: form.value("redirect_uri"),
        verifier: form.value("code_verifier"),
        secret_shown,
    };
    let tokens = simulator
        .grants
        .redeem(&redemption, &simulator.settings(), &simulator.counts)?;
    simulator.counts.add("token:authorization_code:granted");
    Ok(first_answer(tokens))
}

fn refresh_token(simulator: &Simulator, form: &Form, secret_shown: bool) -> Result<Answer, TokenError> {
    simulator.counts.add("token:refresh_token");
    let refresh_token = required(form, "refresh_token")?;
    let scope = form.value("scope");
    let tokens = simulator.grants.refresh(
        refresh_token,
        scope,
        secret_shown,
        &simulator.settings(),
        &simulator.counts,
    )?;
    simulator.counts.add("token:refresh_token:granted");
    Ok(Answer {
        access_token: tokens.access_token,
        token_type: "bearer",
        expires_in: tokens.expires_in,
        refresh_token: tokens.refresh_token,
        first: None,
    })
}

/// The answer to a first exchange.
pub fn first_answer(tokens: Tokens) -> Answer {
    let first = First {
        scope: tokens.scopes.to_string(),
        uid: tokens.account.uid,
        account_id: tokens.account.account_id,
    };
    Answer {
        access_token: tokens.access_token,
        token_type: "bearer",
        expires_in: tokens.expires_in,
        refresh_token: tokens.refresh_token,
        first: Some(first),
    }
}

fn form(headers: &HeaderMap, body: &[u8]) -> Result<Form, TokenError> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(TokenError::invalid_request(
            "Content-Type must be application/x-www-form-urlencoded",
        ));
    }
    let body = std::str::from_utf8(body).map_err(|_| TokenError::invalid_request("the body is not UTF-8"))?;
    Form::parse(body).map_err(|error| TokenError::invalid_request(error.description()))
}

/// Checks the client by exactly one method and says whether it proved to know the secret (RFC 6749 section 2.3).
fn authenticate(app: &App, headers: &HeaderMap, form: &Form) -> Result<bool, TokenError> {
    let basic = headers
        .get(AUTHORIZATION)
        .map(|value| basic(value.as_bytes()))
        .transpose()?;
    let (client_id, secret) = match (&basic, form.value("client_secret")) {
        (Some(_), Some(_)) => {
            return Err(TokenError::invalid_request(
                "the client authenticates both by header and in the body",
            ));
        }
        (Some((client_id, secret)), None) => {
            if form.value("client_id").is_some_and(|repeated| repeated != client_id) {
                return Err(TokenError::invalid_request("client_id differs between header and body"));
            }
            (client_id.as_str(), Some(secret.as_str()))
        }
        (None, secret) => (required(form, "client_id")?, secret),
    };
    let known = client_id == app.key && secret.is_none_or(|secret| secret == app.secret);
    if known {
        Ok(secret.is_some())
    } else {
        Err(TokenError::invalid_client())
    }
}

/// Client id and secret of an `Authorization: Basic` header, whose parts are form-encoded (RFC 6749 section 2.3.1).
fn basic(header: &[u8]) -> Result<(String, String), TokenError> {
    let malformed = || TokenError::invalid_request("the Authorization header is not properly encoded");
    let header = std::str::from_utf8(header).map_err(|_| malformed())?;
    let (scheme, credentials) = header.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let decoded = STANDARD.decode(credentials.trim()).map_err(|_| malformed())?;
    let decoded = String::from_utf8(decoded).map_err(|_| malformed())?;
    let (client_id, secret) = decoded.split_once(':').ok_or_else(malformed)?;
    let part = |encoded: &str| form::decode(encoded).ok_or_else(malformed);
    Ok((part(client_id)?, part(secret)?))
}

fn required<'a>(form: &'a Form, name: &str) -> Result<&'a str, TokenError> {
    form.value(name)
        .ok_or_else(|| TokenError::invalid_request(format!("missing required field \"{name}\"")))
}
