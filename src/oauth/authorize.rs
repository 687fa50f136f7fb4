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
    /// The PKCE verifier whose hash goes into the URL; none where the provider has no PKCE.
    pub pkce_verifier: Option<&'a Secret>,
    /// What the person is to be asked.
    pub wishes: &'a Wishes,
    /// The account that is meant.
    pub login_hint: Option<&'a str>,
    /// What the tokens are for (RFC 8707).
    pub resources: &'a [String],
}

/// What the user wants of an authorization request besides what the flow needs.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// `State` of `GetOAuthAuthorizationURL`; a random one when absent.
    pub state: Option<String>,
    /// `Prompt`, as `prompt` takes it.
    pub prompt: Option<String>,
    /// `AccessType`.
    pub access_type: Option<AccessType>,
}

/// Whether a refresh token is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessType {
    /// One is.
    Offline,
    /// None is.
    Online,
}

impl Wishes {
    /// These wishes, and where they say nothing, the others.
    pub fn or(&self, others: &Self) -> Self {
        Self {
            state: self.state.clone().or_else(|| others.state.clone()),
            prompt: self.prompt.clone().or_else(|| others.prompt.clone()),
            access_type: self.access_type.or(others.access_type),
        }
    }

    /// `Prompt` as people write it: the values of OpenID Connect in any case.
    pub fn prompt_of(text: &str) -> String {
        text.to_ascii_lowercase()
    }

    /// `AccessType` as people write it; `None` for any other text.
    pub fn access_type_of(text: &str) -> Option<AccessType> {
        match text.to_ascii_uppercase().as_str() {
            "OFFLINE" => Some(AccessType::Offline),
            "ONLINE" => Some(AccessType::Online),
            _ => None,
        }
    }
}

/// The URL to open in a browser (RFC 6749 4.1.1, RFC 7636 4.3).
///
/// What the user wishes comes first, then parameters that the endpoint's own query already has, then the row's. None is
/// repeated (RFC 6749 3.1), but for `resource` (RFC 8707 2), and those of the protocol itself are never anybody's choice.
pub fn url(provider: &Provider, request: &Request<'_>) -> Result<String> {
    let mut url = Url::parse(&provider.authorize_url).map_err(|error| {
        let text = format!(
            "OAuthAuthorizationURL '{}' is not a URL: {error}.",
            provider.authorize_url
        );
        Error::new(Kind::Property, text)
    })?;
    url.set_fragment(None);

    let challenge = request.pkce_verifier.map(challenge).unwrap_or_default();
    let scope = provider.written_scope(request.scope);
    let protocol = [
        ("response_type", "code"),
        ("client_id", request.client_id),
        ("redirect_uri", request.redirect_uri),
        ("scope", scope.as_str()),
        ("state", request.state),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", if challenge.is_empty() { "" } else { "S256" }),
    ];

    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let wished = wished(provider, request).into_iter();
    let query = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned()));
    let row = provider.authorize_params.iter().cloned();
    let usual = provider
        .access_type
        .iter()
        .map(|access| (access.name.clone(), access.offline.clone()));
    let mut parameters: Vec<(String, String)> = Vec::new();
    for (name, value) in wished.chain(query).chain(row).chain(usual) {
        let is_taken = protocol.iter().any(|(taken, _)| *taken == name);
        if !is_taken && !parameters.iter().any(|(taken, _)| *taken == name) {
            parameters.push((name, value));
        }
    }
    parameters.extend(request.resources.iter().map(|resource| owned(("resource", resource))));
    parameters.extend(protocol.into_iter().filter(|(_, value)| !value.is_empty()).map(owned));

    url.query_pairs_mut().clear().extend_pairs(&parameters);
    // A space as `+` is right for a form, but some servers read queries as plain URLs; `%20` is right for both.
    let query = url.query().unwrap_or_default().replace('+', "%20");
    url.set_query(Some(&query));
    Ok(url.into())
}

/// The parameters that the user's wishes make.
fn wished(provider: &Provider, request: &Request<'_>) -> Vec<(String, String)> {
    let prompt = request
        .wishes
        .prompt
        .iter()
        .map(|prompt| ("prompt".to_owned(), prompt.clone()));
    let access = request
        .wishes
        .access_type
        .map(|wish| match (&provider.access_type, wish) {
            (Some(own), AccessType::Offline) => (own.name.clone(), own.offline.clone()),
            (Some(own), AccessType::Online) => (own.name.clone(), own.online.clone()),
            (None, AccessType::Offline) => ("access_type".to_owned(), "offline".to_owned()),
            (None, AccessType::Online) => ("access_type".to_owned(), "online".to_owned()),
        });
    let hint = provider.login_hint.clone().zip(request.login_hint.map(str::to_owned));
    prompt.chain(access).chain(hint).collect()
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
            pkce_verifier: Some(&verifier),
            wishes: &Wishes::default(),
            login_hint: None,
            resources: &[],
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
        let pairs = pairs(&Provider::named("Dropbox").unwrap(), "http://localhost:33333", "a b");
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
        let mut provider = Provider::named("Dropbox").unwrap();
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
        assert_eq!(
            value(&pairs(&Provider::named("Dropbox").unwrap(), "", "a"), "redirect_uri"),
            None
        );
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
