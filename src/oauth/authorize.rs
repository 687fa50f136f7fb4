//! The authorization request: URL, PKCE and state.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::provider::Provider;

/// What one authorization request asks for.
#[derive(Debug)]
pub struct Request<'a> {
    /// The application that asks.
    pub client_id: &'a str,
    /// Where the browser is sent afterwards, verbatim; empty for the flow in which the provider shows the code.
    pub redirect_uri: &'a str,
    /// Space-separated scopes; empty for the provider's own default.
    pub scope: &'a str,
    /// What the redirect has to carry back.
    pub state: &'a str,
    /// The PKCE verifier whose hash goes into the URL.
    pub pkce_verifier: &'a Secret,
}

/// The URL to open in a browser (RFC 6749 4.1.1, RFC 7636 4.3).
///
/// Parameters that the endpoint's own query already has are kept, except the ones the protocol defines; none is
/// repeated (RFC 6749 3.1).
pub fn url(provider: &Provider, request: &Request<'_>) -> Result<String> {
    let mut url = Url::parse(&provider.authorize_url).map_err(|error| {
        let text = format!(
            "OAuthAuthorizationURL '{}' is not a URL: {error}.",
            provider.authorize_url
        );
        Error::new(Kind::Property, text)
    })?;
    url.set_fragment(None);

    let challenge = challenge(request.pkce_verifier);
    let protocol = [
        ("response_type", "code"),
        ("client_id", request.client_id),
        ("redirect_uri", request.redirect_uri),
        ("scope", request.scope),
        ("state", request.state),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];

    let mut parameters: Vec<(String, String)> = Vec::new();
    for (name, value) in url.query_pairs() {
        let ours = protocol.iter().any(|(taken, _)| *taken == name);
        if !ours && !parameters.iter().any(|(taken, _)| *taken == name) {
            parameters.push((name.into_owned(), value.into_owned()));
        }
    }
    for (name, value) in &provider.authorize_params {
        let ours = protocol.iter().any(|(taken, _)| taken == name);
        if !ours && !parameters.iter().any(|(taken, _)| taken == name) {
            parameters.push((name.clone(), value.clone()));
        }
    }
    let protocol = protocol.iter().filter(|(_, value)| !value.is_empty());
    parameters.extend(protocol.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));

    url.query_pairs_mut().clear().extend_pairs(&parameters);
    // A space as `+` is right for a form, but some servers read queries as plain URLs; `%20` is right for both.
    let query = url.query().unwrap_or_default().replace('+', "%20");
    url.set_query(Some(&query));
    Ok(url.into())
}

/// A fresh PKCE verifier: 256 random bits as 43 unreserved characters (RFC 7636 4.1).
pub fn pkce_verifier() -> Result<Secret> {
    random_text().map(Secret::new)
}

/// A fresh state: 256 random bits.
pub fn state() -> Result<String> {
    random_text()
}

/// The S256 challenge of a verifier (RFC 7636 4.2).
pub fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()))
}

fn random_text() -> Result<String> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut()).map_err(|error| {
        Error::new(Kind::Internal, "The system gave no random numbers for the sign-in.").caused_by(error)
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes.as_ref()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn pairs(provider: &Provider, redirect_uri: &str, scope: &str) -> Vec<(String, String)> {
        let verifier = Secret::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let request = Request {
            client_id: "key",
            redirect_uri,
            scope,
            state: "s t+",
            pkce_verifier: &verifier,
        };
        let text = url(provider, &request).unwrap();
        assert!(!text.contains('+'), "{text}");
        let parsed = Url::parse(&text).unwrap();
        parsed
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
        assert!(
            pairs.iter().filter(|(found, _)| found == name).count() <= 1,
            "{name} is repeated"
        );
        pairs
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    #[test]
    fn the_url_carries_every_parameter_once_and_the_callback_verbatim() {
        let pairs = pairs(&Provider::dropbox(), "http://localhost:33333", "a b");
        assert_eq!(value(&pairs, "response_type"), Some("code"));
        assert_eq!(value(&pairs, "client_id"), Some("key"));
        assert_eq!(value(&pairs, "redirect_uri"), Some("http://localhost:33333"));
        assert_eq!(value(&pairs, "scope"), Some("a b"));
        assert_eq!(value(&pairs, "state"), Some("s t+"));
        assert_eq!(value(&pairs, "token_access_type"), Some("offline"));
        assert_eq!(value(&pairs, "code_challenge_method"), Some("S256"));
        // The example of RFC 7636, appendix B.
        assert_eq!(
            value(&pairs, "code_challenge"),
            Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        );
    }

    #[test]
    fn an_existing_query_is_kept_and_wins_over_the_rows_extras_but_not_over_the_protocol() {
        let mut provider = Provider::dropbox();
        provider.authorize_url =
            "https://as.test/a?tenant=x&token_access_type=online&state=old&tenant=y#top".to_owned();
        let pairs = pairs(&provider, "http://127.0.0.1:1/cb", "");
        assert_eq!(value(&pairs, "tenant"), Some("x"));
        assert_eq!(value(&pairs, "token_access_type"), Some("online"));
        assert_eq!(value(&pairs, "state"), Some("s t+"));
        assert_eq!(value(&pairs, "scope"), None);
    }

    #[test]
    fn an_empty_callback_sends_no_redirect_uri() {
        assert_eq!(value(&pairs(&Provider::dropbox(), "", "a"), "redirect_uri"), None);
    }

    #[test]
    fn verifier_and_state_are_43_unreserved_characters_and_never_the_same_twice() {
        let verifier = pkce_verifier().unwrap();
        assert_eq!(verifier.expose().len(), 43);
        assert!(
            verifier
                .expose()
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        assert!(verifier != pkce_verifier().unwrap());
        assert_ne!(state().unwrap(), state().unwrap());
    }
}
