//! What an authorization server says of itself: RFC 8414 and OpenID Connect Discovery.

use std::collections::HashMap;
use std::time::Duration;

use once_cell::sync::Lazy;
use parking_lot::Mutex;
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use crate::error::{Error, Kind, Result};

use super::exchange::{TIMEOUT, clean, read_body};
use super::provider::{ClientAuth, Pkce, Provider, Revoke, RevokeStyle};

/// How long metadata is taken for the present: servers change them rarely, and connections come in bursts.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// Longer than any metadata; some servers list hundreds of scopes and claims.
const LONGEST_BODY: usize = 1024 * 1024;

/// What was discovered in this process, by issuer.
static KNOWN: Lazy<Mutex<HashMap<String, (Instant, Metadata)>>> = Lazy::new(Mutex::default);

/// The members that sign-in needs; the others are ignored.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    device_authorization_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: bool,
}

/// Fills a row with what the server at `issuer` says of itself. Asks once an hour at most.
pub async fn discover(http: &reqwest::Client, issuer: &str, row: &Provider) -> Result<Provider> {
    let known = KNOWN.lock().get(issuer).cloned();
    let metadata = match known.filter(|(when, _)| when.elapsed() < FRESH) {
        Some((_, metadata)) => metadata,
        None => {
            let metadata = ask(http, issuer).await?;
            KNOWN
                .lock()
                .insert(issuer.to_owned(), (Instant::now(), metadata.clone()));
            metadata
        }
    };
    tracing::debug!(issuer, "the authorization server's metadata are known");
    Ok(metadata.apply_to(row))
}

/// Asks at each place where the metadata may be.
async fn ask(http: &reqwest::Client, issuer: &str) -> Result<Metadata> {
    let mut failure = None;
    for place in places(issuer)? {
        match ask_at(http, &place).await {
            Ok(metadata) => return checked(metadata, issuer, &place),
            // A server that cannot be reached is not asked again under another path.
            Err(error) if error.kind() != Kind::Property => return Err(error),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Err(failure.unwrap_or_else(|| no_metadata(issuer, "it names no place for them")))
}

/// `.well-known` comes between host and path (RFC 8414 3.1), or behind the path (OpenID Connect Discovery 4).
fn places(issuer: &str) -> Result<Vec<String>> {
    let url = Url::parse(issuer).map_err(|error| no_metadata(issuer, &format!("it is no URL ({error})")))?;
    let origin = url.origin().ascii_serialization();
    let path = url.path().trim_end_matches('/');
    let mut places = vec![
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{origin}{path}/.well-known/openid-configuration"),
    ];
    if !path.is_empty() {
        places.push(format!("{origin}/.well-known/openid-configuration{path}"));
    }
    Ok(places)
}

/// `Kind::Property` when there is something else at this place.
async fn ask_at(http: &reqwest::Client, place: &str) -> Result<Metadata> {
    let request = http.get(place).header(reqwest::header::ACCEPT, "application/json");
    let unreachable = |error: reqwest::Error| {
        let kind = match error.is_timeout() {
            true => Kind::Timeout,
            false => Kind::Unreachable,
        };
        let text = format!(
            "The metadata of OAuthIssuer cannot be read from {place}. Check the network, the proxy properties and \
             SSLServerCert, or set OAuthAuthorizationURL and OAuthAccessTokenURL instead."
        );
        Error::new(kind, text).caused_by(error.without_url())
    };
    let response = request.timeout(TIMEOUT).send().await.map_err(unreachable)?;
    let status = response.status();
    if status.is_server_error() || status.as_u16() == 429 {
        let text = format!("{place} is not available (HTTP {}). Try again later.", status.as_u16());
        return Err(Error::new(Kind::Unreachable, text));
    }
    if !status.is_success() {
        return Err(no_metadata(place, &format!("it answers with HTTP {}", status.as_u16())));
    }
    let body = read_body(response, LONGEST_BODY).await.map_err(|error| {
        let text = format!("The metadata of OAuthIssuer could not be read from {place}: {error}. Try again later.");
        Error::new(Kind::Unreachable, text)
    })?;
    body.and_then(|body| serde_json::from_slice(&body).ok())
        .ok_or_else(|| no_metadata(place, "what it answers is no metadata"))
}

/// The metadata, unless they are another server's (RFC 8414 3.3) or lead where no token may go.
fn checked(metadata: Metadata, issuer: &str, place: &str) -> Result<Metadata> {
    // Everywhere but here the two are compared as they are; people add or forget the last slash.
    if metadata.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
        let found = clean(&metadata.issuer, &[]);
        let text = format!(
            "The metadata at {place} are those of the issuer '{found}', not of OAuthIssuer '{issuer}'; they are not \
             used. Set OAuthIssuer to the issuer exactly as the provider documents it."
        );
        return Err(Error::new(Kind::SignIn, text));
    }
    let endpoints = [
        &metadata.authorization_endpoint,
        &metadata.token_endpoint,
        &metadata.device_authorization_endpoint,
        &metadata.revocation_endpoint,
    ];
    for endpoint in endpoints.into_iter().flatten() {
        if !is_safe(endpoint) {
            let text = format!(
                "The metadata at {place} name the endpoint '{}', which is neither https nor on this machine; they are not \
                 used.",
                clean(endpoint, &[])
            );
            return Err(Error::new(Kind::SignIn, text));
        }
    }
    Ok(metadata)
}

/// The rule that properties hold to as well.
fn is_safe(endpoint: &str) -> bool {
    Url::parse(endpoint).is_ok_and(|url| match url.scheme() {
        "https" => true,
        "http" => match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    })
}

fn no_metadata(place: &str, why: &str) -> Error {
    let text = format!(
        "OAuthIssuer leads to no metadata at '{place}': {why}. Check OAuthIssuer, or set OAuthAuthorizationURL and \
         OAuthAccessTokenURL instead."
    );
    Error::new(Kind::Property, text)
}

impl Metadata {
    fn apply_to(&self, row: &Provider) -> Provider {
        let mut row = row.clone();
        row.issuer = Some(self.issuer.clone());
        row.issuer_in_redirect = self.authorization_response_iss_parameter_supported;
        if let Some(url) = &self.authorization_endpoint {
            row.authorize_url.clone_from(url);
        }
        if let Some(url) = &self.token_endpoint {
            row.token_url.clone_from(url);
        }
        if self.device_authorization_endpoint.is_some() {
            row.device_url.clone_from(&self.device_authorization_endpoint);
        }
        if self.revocation_endpoint.is_some() {
            row.revoke = Revoke {
                url: self.revocation_endpoint.clone(),
                style: RevokeStyle::Rfc7009,
            };
        }
        if let Some(methods) = &self.token_endpoint_auth_methods_supported {
            let offers = |method: &str| methods.iter().any(|offered| offered == method);
            if offers("client_secret_basic") && !offers("client_secret_post") && row.client_auth == ClientAuth::Body {
                row.client_auth = ClientAuth::Basic;
            }
        }
        // A server that says nothing about PKCE ignores it; one that lists other ways only would refuse S256.
        if let Some(methods) = &self.code_challenge_methods_supported
            && !methods.iter().any(|method| method == "S256")
        {
            row.pkce = Pkce::Off;
        }
        row
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_metadata_are_looked_for_where_both_standards_say() {
        assert_eq!(
            places("https://as.test/").unwrap(),
            [
                "https://as.test/.well-known/oauth-authorization-server",
                "https://as.test/.well-known/openid-configuration"
            ]
        );
        assert_eq!(
            places("https://as.test/realms/a").unwrap(),
            [
                "https://as.test/.well-known/oauth-authorization-server/realms/a",
                "https://as.test/realms/a/.well-known/openid-configuration",
                "https://as.test/.well-known/openid-configuration/realms/a",
            ]
        );
    }

    fn metadata(issuer: &str, token_endpoint: &str) -> Metadata {
        Metadata {
            issuer: issuer.to_owned(),
            token_endpoint: Some(token_endpoint.to_owned()),
            ..Metadata::default()
        }
    }

    #[test]
    fn another_issuer_and_an_unsafe_endpoint_are_refused() {
        let check = |issuer, endpoint| checked(metadata(issuer, endpoint), "https://as.test/a", "https://as.test/w");
        assert!(check("https://as.test/a", "https://as.test/token").is_ok());
        assert!(check("https://as.test/a/", "http://127.0.0.1:1/token").is_ok());
        let other = check("https://evil.test", "https://as.test/token").unwrap_err();
        assert!(other.message().contains("https://evil.test") && other.message().contains("https://as.test/a"));
        let plain = check("https://as.test/a", "http://as.test/token").unwrap_err();
        assert!(plain.message().contains("http://as.test/token"), "{plain}");
    }

    #[test]
    fn what_the_server_offers_decides_how_the_client_proves_itself() {
        let offering = |methods: &[&str]| {
            let metadata = Metadata {
                token_endpoint_auth_methods_supported: Some(
                    methods.iter().map(|method| (*method).to_owned()).collect(),
                ),
                ..metadata("https://as.test", "https://as.test/token")
            };
            metadata.apply_to(&Provider::default()).client_auth
        };
        assert_eq!(offering(&["client_secret_basic"]), ClientAuth::Basic);
        assert_eq!(
            offering(&["client_secret_basic", "client_secret_post"]),
            ClientAuth::Body
        );
        assert_eq!(offering(&["none"]), ClientAuth::Body);
    }
}
