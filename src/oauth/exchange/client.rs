//! How an application proves itself to an endpoint (RFC 6749 2.3.1, RFC 7523 2.2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use super::super::provider::ClientAuth;
use super::{Endpoint, Form};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Adds the application's id and its proof to a request, each in one place only.
pub(super) fn authenticate<'a>(
    endpoint: &'a Endpoint<'_>,
    request: RequestBuilder,
    form: &mut Form<'a>,
) -> RequestBuilder {
    let Some(id) = endpoint.client_id else {
        return request;
    };
    let secret = endpoint.client_secret.map(|secret| secret.expose().as_str());
    let in_header = match (&endpoint.client_assertion, endpoint.provider.client_auth) {
        (Some(assertion), _) => {
            form.push(("client_assertion_type", ASSERTION_TYPE.into()));
            form.push(("client_assertion", assertion.expose().into()));
            None
        }
        (None, ClientAuth::Basic) => secret,
        (None, ClientAuth::BasicAlways) => Some(secret.unwrap_or_default()),
        (None, ClientAuth::Body) => {
            form.extend(secret.map(|secret| ("client_secret", secret.into())));
            None
        }
    };
    if let Some(value) = in_header.and_then(|secret| basic(id, secret)) {
        return request.header(AUTHORIZATION, value);
    }
    form.push(("client_id", id.into()));
    request
}

/// Both parts are form-encoded before they are joined, so that a colon in one of them does not end it.
fn basic(id: &str, secret: &str) -> Option<HeaderValue> {
    let encoded = |text: &str| Zeroizing::new(byte_serialize(text.as_bytes()).collect::<String>());
    let pair = Zeroizing::new(format!("{}:{}", *encoded(id), *encoded(secret)));
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::try_from(text.as_str()).ok()?;
    value.set_sensitive(true);
    Some(value)
}
