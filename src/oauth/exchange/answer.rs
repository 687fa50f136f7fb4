//! Reading a token endpoint's answer, leniently: servers differ from RFC 6749 in every member.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Map, Value};

use crate::secret::Secret;

use super::super::provider::Provider;
use super::super::token::Tokens;
use super::failure::{ExchangeError, Refusal, clean};

/// What matters of an answer's head.
#[derive(Debug)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// What the server calls this request.
    pub request_id: Option<String>,
    /// `Content-Type` in lower case.
    pub content_type: String,
}

impl Head {
    /// The head of a response.
    pub fn of(response: &reqwest::Response) -> Self {
        let headers = response.headers();
        let content_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Self {
            status: response.status().as_u16(),
            request_id: request_id(headers),
            content_type: content_type.to_ascii_lowercase(),
        }
    }

    fn refusal(&self, error: &str, description: String) -> Refusal {
        Refusal {
            error: error.to_owned(),
            description,
            status: self.status,
            request_id: self.request_id.clone(),
        }
    }

    /// An answer without an OAuth error code: the status is all there is to go by.
    fn unusable(&self, error: &str, description: String) -> ExchangeError {
        let refusal = self.refusal(error, description);
        match self.status {
            429 | 500.. => ExchangeError::Unavailable(refusal),
            _ => ExchangeError::Unusable(refusal),
        }
    }
}

/// Every vendor has its own header for this, and nearly all of their names end alike.
fn request_id(headers: &HeaderMap) -> Option<String> {
    let (_, value) = headers.iter().find(|(name, _)| name.as_str().ends_with("request-id"))?;
    let id = clean(value.to_str().ok()?, &[]);
    (!id.is_empty()).then_some(id)
}

/// The tokens in an answer, or why there are none. `body` is `None` when it was too long; `secrets` are kept out of
/// what the error says.
pub fn read(head: &Head, body: Option<&[u8]>, row: &Provider, secrets: &[&str]) -> Result<Tokens, ExchangeError> {
    tokens(head, &mut object(head, body, row, secrets)?, row)
}

/// The members of a successful answer.
pub fn object(
    head: &Head,
    body: Option<&[u8]>,
    row: &Provider,
    secrets: &[&str],
) -> Result<Map<String, Value>, ExchangeError> {
    let Some(body) = body else {
        return Err(head.unusable("the answer is too long to be a token answer", String::new()));
    };
    if (300..400).contains(&head.status) {
        return Err(head.unusable(
            "the token endpoint answered with a redirect, which is never followed",
            String::new(),
        ));
    }
    let Some(members) = members(head, body) else {
        return Err(not_an_answer(head, body, secrets));
    };
    if let Some((code, refusal)) = refusal(head, &members, secrets) {
        return Err(classify(code, refusal, &row.dead_errors));
    }
    if !(200..300).contains(&head.status) {
        return Err(head.unusable("the token endpoint refused without an error code", String::new()));
    }
    Ok(members)
}

/// Whether an answer that brings nothing, such as a revocation's, says that the request was carried out. What a success
/// says besides is ignored (RFC 7009 2.2), but a page for people is none: it comes from somebody else.
pub fn acknowledged(
    head: &Head,
    body: Option<&[u8]>,
    dead_errors: &[String],
    secrets: &[&str],
) -> Result<(), ExchangeError> {
    let members = body.and_then(|body| members(head, body));
    if let Some((code, refusal)) = members.as_ref().and_then(|members| refusal(head, members, secrets)) {
        return Err(classify(code, refusal, dead_errors));
    }
    let is_page = body.is_some_and(|body| body.trim_ascii_start().starts_with(b"<"));
    match head.status {
        200..300 if is_page => Err(head.unusable("the endpoint answered with a web page", String::new())),
        200..300 => Ok(()),
        300..400 => Err(head.unusable(
            "the endpoint answered with a redirect, which is never followed",
            String::new(),
        )),
        _ => Err(head.unusable("the endpoint refused without an error code", String::new())),
    }
}

/// The members of a JSON object or of a form; `None` when the body is neither.
fn members(head: &Head, body: &[u8]) -> Option<Map<String, Value>> {
    if let Ok(Value::Object(members)) = serde_json::from_slice(body) {
        return Some(members);
    }
    let declared = head.content_type.starts_with("application/x-www-form-urlencoded");
    let pairs: Map<String, Value> = url::form_urlencoded::parse(body)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect();
    let evident = pairs.contains_key("access_token") || pairs.contains_key("error");
    (declared || evident).then_some(pairs)
}

/// A page of a proxy or a plain sentence.
fn not_an_answer(head: &Head, body: &[u8], secrets: &[&str]) -> ExchangeError {
    let text = String::from_utf8_lossy(body);
    if head.content_type.starts_with("text/html") || text.trim_start().starts_with('<') {
        return head.unusable(
            "the token endpoint answered with a web page instead of tokens",
            String::new(),
        );
    }
    // What a successful answer says could be a token, whatever its shape.
    let description = if head.status >= 400 {
        clean(&text, secrets)
    } else {
        String::new()
    };
    head.unusable("the token endpoint did not answer as OAuth 2.0 does", description)
}

/// The OAuth error code as sent, and the whole error made clean. It counts whatever the status: some servers send it
/// with 200.
fn refusal<'a>(head: &Head, members: &'a Map<String, Value>, secrets: &[&str]) -> Option<(&'a str, Refusal)> {
    let code = match members.get("error")? {
        Value::String(code) if !code.is_empty() => code.as_str(),
        Value::Object(_) => "error",
        _ => return None,
    };
    let description = ["error_description", "error_summary", "message"]
        .iter()
        .find_map(|name| members.get(*name).and_then(Value::as_str))
        .map(|text| clean(text, secrets))
        .unwrap_or_default();
    Some((code, head.refusal(&clean(code, secrets), description)))
}

/// A server in trouble may say anything; what it says then condemns no token.
fn classify(code: &str, refusal: Refusal, dead_errors: &[String]) -> ExchangeError {
    match code {
        _ if refusal.status == 429 || refusal.status >= 500 => ExchangeError::Unavailable(refusal),
        "invalid_grant" => ExchangeError::InvalidGrant(refusal),
        code if dead_errors.iter().any(|dead| dead == code) => ExchangeError::InvalidGrant(refusal),
        "invalid_client" | "unauthorized_client" => ExchangeError::InvalidClient(refusal),
        "temporarily_unavailable" | "server_error" | "slow_down" => ExchangeError::Unavailable(refusal),
        _ => ExchangeError::Refused(refusal),
    }
}

fn tokens(head: &Head, members: &mut Map<String, Value>, row: &Provider) -> Result<Tokens, ExchangeError> {
    let captured = captured(members, row);
    let account = account(members);
    let inner = match (&row.token_path, members.contains_key("access_token")) {
        (Some(path), false) => members.get_mut(path).and_then(Value::as_object_mut),
        _ => None,
    };
    let members = match inner {
        Some(inner) => inner,
        None => members,
    };
    let Some(access_token) = secret(members, "access_token") else {
        return Err(head.unusable("the token endpoint's answer holds no access token", String::new()));
    };
    if let Some(kind) = members.get("token_type").and_then(Value::as_str)
        && !kind.is_empty()
        && !kind.eq_ignore_ascii_case("bearer")
    {
        // RFC 6749 7.1: a token of an unknown type must not be used.
        let description = format!("token type '{}' is not known; only 'bearer' is", clean(kind, &[]));
        return Err(head.unusable("the access token cannot be used", description));
    }
    Ok(Tokens {
        access_token,
        refresh_token: secret(members, "refresh_token"),
        expires_in: members.get("expires_in").and_then(seconds),
        scope: members.get("scope").and_then(scope).map(|scope| row.read_scope(&scope)),
        account,
        captured,
    })
}

/// Who signed in: as Dropbox says it, or as an OpenID Connect server does in its `id_token`. That one is not verified: it
/// came over TLS from the token endpoint itself (OpenID Connect Core 3.1.3.7), and nothing is decided by it.
fn account(members: &Map<String, Value>) -> Option<String> {
    let claims = || {
        let payload = members.get("id_token")?.as_str()?.split('.').nth(1)?;
        let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        serde_json::from_slice::<Map<String, Value>>(&payload).ok()
    };
    let text = |members: &Map<String, Value>, names: &[&str]| {
        let mut found = names
            .iter()
            .filter_map(|name| members.get(*name).and_then(Value::as_str));
        found.find(|text| !text.is_empty()).map(|text| clean(text, &[]))
    };
    text(members, &["account_id", "team_id", "uid"])
        .or_else(|| text(&claims()?, &["email", "preferred_username", "sub"]))
}

/// What the row wants kept of an answer besides the tokens.
fn captured(members: &Map<String, Value>, row: &Provider) -> BTreeMap<String, String> {
    let text = |name: &String| Some((name.clone(), members.get(name)?.as_str()?.to_owned()));
    row.captured.iter().filter_map(text).collect()
}

fn secret(members: &mut Map<String, Value>, name: &str) -> Option<Secret> {
    match members.remove(name)? {
        Value::String(text) if !text.is_empty() => Some(Secret::new(text)),
        _ => None,
    }
}

/// A number or a number in quotes. Zero and less are said by servers whose tokens do not expire.
fn seconds(value: &Value) -> Option<u64> {
    let seconds = match value {
        Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok().or_else(|| whole(text.trim().parse().ok()?)),
        _ => None,
    };
    seconds.filter(|seconds| *seconds > 0)
}

fn whole(seconds: f64) -> Option<u64> {
    std::time::Duration::try_from_secs_f64(seconds)
        .ok()
        .map(|duration| duration.as_secs())
}

/// A text, or an array of scopes.
fn scope(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(scopes) => Some(scopes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}
