//! Who may: the OAuth 2.0 client. It knows no HTTP API of any storage; providers are rows of data.

pub mod assertion;
pub mod authorize;
pub mod browser;
pub mod device;
pub mod discovery;
pub mod exchange;
pub mod loopback;
pub mod manager;
pub mod prompt;
pub mod provider;
pub mod settings;
#[cfg(test)]
pub(crate) mod testing;
pub mod token;

pub use manager::Manager;
pub use prompt::{Invitation, Prompt, Prompting};
pub use token::{AccessToken, Tokens};

use std::time::Duration;

use crate::secret::Secret;

/// `InitiateOAuth`: how much of the token's life the driver takes care of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiate {
    /// The caller manages tokens: use `OAuthAccessToken` as it is, never refresh.
    Off,
    /// Refresh silently, exchange a verifier, never open a browser.
    Refresh,
    /// As `Refresh`, and sign in through the browser when nothing usable is stored.
    GetAndRefresh,
}

/// Who signs in, and by which grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// A person in a browser: an authorization code, with PKCE unless the provider refuses it.
    Code,
    /// A person at another device, who types a code in (RFC 8628).
    Device,
    /// Nobody: the driver itself has what the grant needs.
    Direct(provider::Direct),
}

impl Scheme {
    /// How `AuthScheme` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "OAuth",
            Self::Device => "OAuthDevice",
            Self::Direct(provider::Direct::ClientCredentials) => "OAuthClient",
            Self::Direct(provider::Direct::Password) => "OAuthPassword",
            Self::Direct(provider::Direct::JwtBearer) => "OAuthJWT",
        }
    }
}

/// Everything sign-in needs to know, already checked by `connection::properties`.
#[derive(Clone, Debug)]
pub struct Config {
    /// The provider row.
    pub provider: provider::Provider,
    /// `OAuthIssuer`: where the endpoints that neither row nor properties name are discovered.
    pub issuer: Option<String>,
    /// What properties say, which comes before both.
    pub overrides: Overrides,
    /// `AuthScheme`.
    pub scheme: Scheme,
    /// How much the driver does by itself.
    pub initiate: Initiate,
    /// `OAuthClientId`, or the embedded one of the provider row.
    pub client_id: Option<String>,
    /// `OAuthClientSecret`.
    pub client_secret: Option<Secret>,
    /// `OAuthJWTCert` and what goes into its assertions.
    pub signer: Option<assertion::Signer>,
    /// `UID`: the user of a password grant; else the account whose sign-in is meant.
    pub user: Option<String>,
    /// `PWD`.
    pub password: Option<Secret>,
    /// `CallbackURL`, sent verbatim; empty means the no-redirect flow where the provider shows the code. Several are
    /// separated by spaces.
    pub callback_url: String,
    /// `OAuthIncludeCallbackURL`: whether the token request repeats it.
    pub include_callback_url: bool,
    /// `OAuthCallbackCert` and `OAuthCallbackKey`, for an `https` callback; self-signed when absent.
    pub callback_certificate: Option<loopback::Files>,
    /// `Scope`; the provider's default when absent.
    pub scope: Option<String>,
    /// `State`, `Prompt` and `AccessType`.
    pub wishes: authorize::Wishes,
    /// `OAuthResource`.
    pub resources: Vec<String>,
    /// `OAuthParams`.
    pub token_params: Vec<(String, Secret)>,
    /// `OAuthAccessToken`.
    pub access_token: Option<Secret>,
    /// `OAuthTokenTimestamp` and, with `OAuthExpiresIn` added, the end of `OAuthAccessToken`.
    pub access_token_life: Option<(token::Timestamp, token::Timestamp)>,
    /// `OAuthRefreshToken`.
    pub refresh_token: Option<Secret>,
    /// `OAuthVerifier`: a bare code, a URL-encoded code, or the whole redirected URL.
    pub verifier: Option<Secret>,
    /// `PKCEVerifier`.
    pub pkce_verifier: Option<Secret>,
    /// `OAuthSettingsLocation`.
    pub location: settings::Location,
    /// `OAuthSettingsKey` and `OAuthSettingsKeyFile`.
    pub keys: settings::Keys,
    /// The client all OAuth requests go through (no redirects, proxy and CA applied).
    pub http: reqwest::Client,
    /// How long a person may take to sign in.
    pub login_deadline: Duration,
    /// Who is shown where to sign in.
    pub prompting: Prompting,
}

impl Config {
    /// The callback of a sign-in that does not listen: the first of several.
    pub fn callback_url(&self) -> &str {
        self.callback_url.split_whitespace().next().unwrap_or_default()
    }
}

/// What properties say in the place of a provider's row.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `OAuthAuthorizationURL`.
    pub authorize: Option<String>,
    /// `OAuthAccessTokenURL`.
    pub token: Option<String>,
    /// `OAuthRefreshTokenURL`.
    pub refresh: Option<String>,
    /// `OAuthRevokeURL`.
    pub revoke: Option<String>,
    /// `OAuthDeviceURL`.
    pub device: Option<String>,
    /// `OAuthPasswordGrantMode`.
    pub client_auth: Option<provider::ClientAuth>,
    /// `AuthScheme=OAuthPKCE`.
    pub pkce: Option<provider::Pkce>,
}

impl Overrides {
    /// Puts these in the place of a row's own. Tokens of another server are never shown to the row's.
    pub fn apply_to(&self, row: &mut provider::Provider) {
        if let Some(url) = &self.token {
            row.token_url.clone_from(url);
            row.refresh_url = None;
            row.device_url = None;
            row.revoke.url = None;
            row.token_origins = None;
        }
        if let Some(url) = &self.authorize {
            row.authorize_url.clone_from(url);
        }
        for (own, given) in [
            (&mut row.refresh_url, &self.refresh),
            (&mut row.revoke.url, &self.revoke),
            (&mut row.device_url, &self.device),
        ] {
            if given.is_some() {
                own.clone_from(given);
            }
        }
        row.client_auth = self.client_auth.unwrap_or(row.client_auth);
        row.pkce = self.pkce.unwrap_or(row.pkce);
    }
}
