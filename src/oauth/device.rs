//! The device authorization grant (RFC 8628): a code that a person types in on another device.

use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::exchange::{Endpoint, ExchangeError, clean};

/// Between two questions, when the server names no time (RFC 8628 3.2).
const INTERVAL: u64 = 5;
/// What `slow_down` adds for good (RFC 8628 3.5).
pub const SLOWER: Duration = Duration::from_secs(5);
/// A server that does not say how long its code lasts has forgotten a required member.
const LIFETIME: u64 = 600;

/// What a device authorization endpoint answered.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// What the tokens are asked for with.
    pub device_code: Secret,
    /// What the person types in.
    pub user_code: String,
    /// Where.
    pub verification_url: String,
    /// The same with the code in it, where the server has one.
    pub complete_url: Option<String>,
    /// Seconds until the codes are of no more use.
    pub expires_in: u64,
    /// Seconds between two questions, at least.
    pub interval: u64,
}

impl Authorization {
    /// A code that the caller kept, of which nothing else is known.
    pub fn of_code(device_code: &Secret) -> Self {
        Self {
            device_code: device_code.clone(),
            user_code: String::new(),
            verification_url: String::new(),
            complete_url: None,
            expires_in: LIFETIME,
            interval: INTERVAL,
        }
    }
}

/// Asks for a code.
pub async fn authorize(endpoint: &Endpoint<'_>, url: &str, scope: &str) -> Result<Authorization, ExchangeError> {
    let mut form = Vec::new();
    if !scope.is_empty() {
        form.push(("scope", endpoint.provider.written_scope(scope).into()));
    }
    form.extend(endpoint.resources.iter().map(|resource| ("resource", resource.into())));
    let members = endpoint.ask(url, form).await?;
    let text = |names: &[&str]| {
        let mut found = names
            .iter()
            .filter_map(|name| members.get(*name).and_then(Value::as_str));
        found.find(|text| !text.is_empty()).map(str::to_owned)
    };
    let number = |name: &str| match members.get(name) {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    // Google says verification_url.
    let verification_url = text(&["verification_uri", "verification_url"]);
    let (Some(device_code), Some(user_code), Some(verification_url)) =
        (text(&["device_code"]), text(&["user_code"]), verification_url)
    else {
        return Err(ExchangeError::incomplete(
            "the answer holds no device code, user code and URL",
        ));
    };
    Ok(Authorization {
        device_code: Secret::new(device_code),
        user_code: clean(&user_code, &[]),
        verification_url: clean(&verification_url, &[]),
        complete_url: text(&["verification_uri_complete"]).map(|url| clean(&url, &[])),
        expires_in: number("expires_in").unwrap_or(LIFETIME),
        interval: number("interval").unwrap_or(INTERVAL),
    })
}

/// There is no device authorization endpoint.
pub fn not_offered(provider: &str) -> Error {
    let text = format!(
        "{provider} has no device authorization endpoint that is known here. Set OAuthDeviceURL or OAuthIssuer, or sign \
         in with AuthScheme=OAuth."
    );
    Error::new(Kind::Property, text)
}
