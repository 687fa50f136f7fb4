//! Who may: the OAuth 2.0 client. It knows no HTTP API of any storage; providers are rows of data.

pub mod authorize;
pub mod browser;
pub mod exchange;
pub mod loopback;
pub mod manager;
pub mod provider;
pub mod settings;
#[cfg(test)]
mod testing;
pub mod token;

pub use manager::Manager;
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

/// Everything sign-in needs to know, already checked by `connection::properties`.
#[derive(Clone, Debug)]
pub struct Config {
    /// The provider row with every override applied.
    pub provider: provider::Provider,
    /// How much the driver does by itself.
    pub initiate: Initiate,
    /// `OAuthClientId`, or the embedded one of the provider row.
    pub client_id: Option<String>,
    /// `OAuthClientSecret`.
    pub client_secret: Option<Secret>,
    /// `CallbackURL`, sent verbatim; empty means the no-redirect flow where the provider shows the code.
    pub callback_url: String,
    /// `OAuthCallbackCert` and `OAuthCallbackKey`, for an `https` callback; self-signed when absent.
    pub callback_certificate: Option<loopback::Files>,
    /// `Scope`; the provider's default when absent.
    pub scope: Option<String>,
    /// `OAuthAccessToken`.
    pub access_token: Option<Secret>,
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
    /// False under `SQL_DRIVER_NOPROMPT`: the browser is never opened.
    pub may_prompt: bool,
}
