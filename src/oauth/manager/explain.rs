//! Failures in sentences for the person at the program.

use crate::error::{Error, Kind};

use super::super::Config;
use super::super::exchange::{ExchangeError, Refusal};
use super::super::provider::Provider;

/// What was being exchanged when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exchanged {
    /// A code together with its PKCE verifier.
    Code,
    /// A code that had to go without a PKCE verifier.
    CodeWithoutPkce,
    /// A refresh token.
    RefreshToken,
    /// The application's own credentials.
    ClientCredentials,
    /// `UID` and `PWD`.
    Password,
    /// A signed assertion.
    Assertion,
    /// The code of another device.
    DeviceCode,
}

/// Many paste the code where the refresh token belongs.
pub const MIXED_UP: &str = " (a code from the browser belongs into OAuthVerifier)";

/// Why the stored refresh token is given up.
pub fn dead_refresh_token(refusal: &Refusal) -> String {
    format!("The refresh token is of no more use: {refusal}")
}

/// Why an exchange brought no tokens, and what to do.
pub fn exchange_failed(provider: &Provider, exchanged: Exchanged, error: ExchangeError) -> Error {
    let endpoint = match exchanged {
        Exchanged::RefreshToken => provider.refresh_endpoint(),
        _ => provider.token_url.as_str(),
    };
    let endpoint = without_query(endpoint);
    let (kind, text) = match &error {
        ExchangeError::InvalidGrant(refusal) => (Kind::SignIn, format!("{refusal}. {}", dead(exchanged))),
        ExchangeError::InvalidClient(refusal) => (
            Kind::SignIn,
            format!(
                "{refusal}. Check OAuthClientId and OAuthClientSecret, and whether the server wants \
                 OAuthPasswordGrantMode=BASIC; stored tokens are kept."
            ),
        ),
        ExchangeError::Refused(refusal) => (
            Kind::SignIn,
            format!("{refusal}. {endpoint} refused the request; stored tokens are kept."),
        ),
        ExchangeError::Unavailable(refusal) => (
            Kind::Unreachable,
            format!("{endpoint} is not available: {refusal}. Stored tokens are kept; try again later."),
        ),
        ExchangeError::Unusable(refusal) => {
            let text = format!(
                "{endpoint} gave no usable answer: {refusal}. Check OAuthAccessTokenURL and the proxy properties."
            );
            (Kind::Unreachable, text)
        }
        ExchangeError::TimedOut => (
            Kind::Timeout,
            format!("{endpoint} did not answer in time. Stored tokens are kept; try again later."),
        ),
        ExchangeError::Unreachable { .. } => {
            let text = format!(
                "{endpoint} cannot be reached: {error}. Check the network, the proxy properties and SSLServerCert."
            );
            (Kind::Unreachable, text)
        }
    };
    Error::new(kind, text).caused_by(error)
}

fn dead(exchanged: Exchanged) -> &'static str {
    match exchanged {
        Exchanged::Code => {
            "The code was used before, is too old, or belongs to another sign-in (another CallbackURL or PKCEVerifier); \
             sign in again for a new one."
        }
        Exchanged::CodeWithoutPkce => {
            "The code was used before, is too old, or its URL came from GetOAuthAuthorizationURL: then set PKCEVerifier \
             to the value that was returned with it."
        }
        Exchanged::RefreshToken => {
            "Sign in again. A code from the browser belongs into OAuthVerifier, not into OAuthRefreshToken."
        }
        Exchanged::ClientCredentials => "Check OAuthClientId, OAuthClientSecret and Scope.",
        Exchanged::Password => "Check UID and PWD.",
        Exchanged::Assertion => {
            "Check that the provider knows the public key of OAuthJWTCert, that OAuthJWTIssuer, OAuthJWTSubject and \
             OAuthJWTAudience are what it expects, and this machine's clock."
        }
        Exchanged::DeviceCode => "The device code was used before or is too old; connect again for a new one.",
    }
}

/// There is no application to sign in with.
pub fn no_client(config: &Config) -> Error {
    let provider = &config.provider;
    let place = match &provider.registration_url {
        Some(url) => format!(" at {url}"),
        None => String::new(),
    };
    let text = format!(
        "OAuthClientId is not set, and this build has no application of its own for {name}. Register an application with \
         {name}{place}, with the redirect URI {callback}, and set OAuthClientId to its key, CallbackURL to \
         that redirect URI, and OAuthClientSecret to its secret if it has one.",
        name = provider.name,
        callback = config.callback_url(),
    );
    Error::new(Kind::Property, text)
}

/// A row without an endpoint that is needed.
pub fn no_endpoint(provider: &Provider, property: &str) -> Error {
    let text = format!(
        "{property} is not set, and nothing else says where to sign in ({name}). Set OAuthProvider to your provider, or \
         OAuthIssuer to its issuer URL, or OAuthAuthorizationURL and OAuthAccessTokenURL.",
        name = provider.name
    );
    Error::new(Kind::Property, text)
}

/// The device authorization endpoint gave no code.
pub fn device_refused(url: &str, error: ExchangeError) -> Error {
    let (kind, next) = match &error {
        ExchangeError::InvalidClient(_) => (
            Kind::SignIn,
            "Check OAuthClientId, and that the application may use the device flow.",
        ),
        ExchangeError::InvalidGrant(_) | ExchangeError::Refused(_) => (
            Kind::SignIn,
            "Check Scope, and that the application may use the device flow.",
        ),
        ExchangeError::Unavailable(_) => (Kind::Unreachable, "Try again later."),
        ExchangeError::Unusable(_) => (Kind::Unreachable, "Check OAuthDeviceURL and the proxy properties."),
        ExchangeError::TimedOut => (Kind::Timeout, "Try again later."),
        ExchangeError::Unreachable { .. } => (
            Kind::Unreachable,
            "Check the network, the proxy properties and SSLServerCert.",
        ),
    };
    let text = format!("{} gave no device code: {error}. {next}", without_query(url));
    Error::new(kind, text).caused_by(error)
}

/// `OFF` without a token.
pub fn no_token() -> Error {
    let text = "There is no access token: with InitiateOAuth=OFF, set OAuthAccessToken to one. To let the driver sign in, \
                set InitiateOAuth to GETANDREFRESH, or to REFRESH together with OAuthVerifier or OAuthRefreshToken.";
    Error::new(Kind::SignIn, text)
}

/// Whose the tokens are was asked, and there are none.
pub fn signed_out() -> Error {
    let text = "Nobody is signed in: the OAuth settings hold no token for this connection. Sign in with \
                InitiateOAuth=GETANDREFRESH, or check OAuthSettingsLocation.";
    Error::new(Kind::SignIn, text)
}

/// `OFF`, and the token was refused.
pub fn token_refused() -> Error {
    let text = "The server refused OAuthAccessToken: it has expired or was revoked. With InitiateOAuth=OFF the driver does \
                not refresh it: call RefreshOAuthAccessToken and open a new connection with the new token, or set \
                InitiateOAuth to REFRESH.";
    Error::new(Kind::SignIn, text)
}

/// `REFRESH`, and only a person could go on.
pub fn person_needed(reason: &str, elsewhere: Option<&str>) -> Error {
    let text = format!(
        "{reason}. {}InitiateOAuth=REFRESH opens no browser: call GetOAuthAuthorizationURL, sign in at its URL and set \
         OAuthVerifier to the code, or connect once with InitiateOAuth=GETANDREFRESH on a machine with a browser.",
        elsewhere.unwrap_or_default()
    );
    Error::new(Kind::SignIn, text)
}

/// A URL as messages and logs show it.
pub fn without_query(url: &str) -> &str {
    url.split_once(['?', '#']).map_or(url, |(url, _)| url)
}

/// `RefreshOAuthAccessToken` without anything to send.
pub fn no_refresh_token() -> Error {
    let text =
        "There is no refresh token: give one as OAuthRefreshToken, or sign in with InitiateOAuth=GETANDREFRESH first.";
    Error::new(Kind::SignIn, text)
}

/// A provider whose revocation endpoint nobody knows.
pub fn no_revocation(provider: &Provider) -> Error {
    let text = format!(
        "There is no revocation endpoint: set OAuthRevokeURL to the one of the server at {}, or end the sign-in on the \
         provider's own page.",
        without_query(&provider.token_url)
    );
    Error::new(Kind::Property, text)
}

/// `RevokeOAuthAccessToken` without anything to revoke.
pub fn nothing_to_revoke() -> Error {
    let text = "There is nothing to revoke: nobody is signed in with these properties. GetOAuthStatus tells where sign-ins \
                are looked for; to revoke a token of your own, give OAuthAccessToken or OAuthRefreshToken.";
    Error::new(Kind::SignIn, text)
}

/// The caller's token was of no use before.
pub fn ended_before(refusal: &Refusal, had_refresh_token: bool) -> Error {
    let next = match had_refresh_token {
        true => "",
        false => " To end a sign-in whose access token has expired, give its OAuthRefreshToken.",
    };
    let text =
        format!("{refusal}. The token has expired or was revoked before, so there was nothing left to revoke.{next}");
    Error::new(Kind::SignIn, text)
}

/// Nobody knows whether the tokens are revoked.
pub fn revocation_failed(url: &str, error: ExchangeError) -> Error {
    let endpoint = without_query(url);
    let (kind, next) = match &error {
        ExchangeError::InvalidGrant(_) | ExchangeError::Refused(_) => {
            (Kind::SignIn, "The server refused to revoke it.")
        }
        ExchangeError::InvalidClient(_) => (Kind::SignIn, "Check OAuthClientId and OAuthClientSecret."),
        ExchangeError::Unavailable(_) => (Kind::Unreachable, "Try again later."),
        ExchangeError::Unusable(_) => (Kind::Unreachable, "Check OAuthRevokeURL and the proxy properties."),
        ExchangeError::TimedOut => (Kind::Timeout, "Try again later."),
        ExchangeError::Unreachable { .. } => (
            Kind::Unreachable,
            "Check the network, the proxy properties and SSLServerCert.",
        ),
    };
    let text = format!("{endpoint} did not revoke the token: {error}. {next} Stored tokens are kept.");
    Error::new(kind, text).caused_by(error)
}

/// A public client's code without what proves who asked for it.
pub fn no_pkce_verifier() -> Error {
    let text = "The code in OAuthVerifier cannot be exchanged: set PKCEVerifier to the value that GetOAuthAuthorizationURL \
                returned with the URL (or OAuthClientSecret, if the URL was made without PKCE).";
    Error::new(Kind::SignIn, text)
}

/// A redirect of another authorization server.
pub fn other_issuer(expected: &str) -> Error {
    let text =
        format!("The URL in OAuthVerifier comes from another server than {expected}; it was not used. Sign in again.");
    Error::new(Kind::SignIn, text)
}
