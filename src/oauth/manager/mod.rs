//! The one place that decides: is the token valid, is it refreshed, does somebody sign in?

use crate::error::{Error, Result};
use crate::secret::Secret;

use super::{AccessToken, Config, Tokens};

/// What `GetOAuthAuthorizationURL` answers.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// The URL to open in a browser.
    pub url: String,
    /// The PKCE verifier that the exchange will need.
    pub pkce_verifier: Secret,
    /// The state that the redirect must carry.
    pub state: String,
}

/// Sign-in for one identity.
#[derive(Debug)]
pub struct Manager {
    config: Config,
}

impl Manager {
    /// A manager for this configuration. No I/O.
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// Makes sure of a usable token before a connection opens, as `InitiateOAuth` says. Returns warnings.
    pub async fn establish(&self) -> Result<Vec<Error>> {
        let _ = &self.config;
        todo!()
    }

    /// A token good for a request now; refreshed ahead of expiry unless `InitiateOAuth=OFF`.
    pub async fn access_token(&self) -> Result<AccessToken> {
        todo!()
    }

    /// A token to replace one that a server answered 401 to. `Kind::SignIn` when there is none.
    pub async fn renew(&self, rejected: &AccessToken) -> Result<AccessToken> {
        let _ = rejected;
        todo!()
    }

    /// `GetOAuthAuthorizationURL`. Builds the URL, and parks the PKCE verifier where the settings file is writable.
    pub async fn authorization_url(
        &self,
        callback_url: Option<&str>,
        scope: Option<&str>,
        state: Option<&str>,
    ) -> Result<AuthorizationRequest> {
        let _ = (callback_url, scope, state);
        todo!()
    }

    /// `GetOAuthAccessToken` with `AuthMode=WEB`: exchanges a verifier (code, encoded code, or redirected URL).
    pub async fn exchange_verifier(
        &self,
        verifier: &Secret,
        callback_url: Option<&str>,
        pkce_verifier: Option<&Secret>,
    ) -> Result<Tokens> {
        let _ = (verifier, callback_url, pkce_verifier);
        todo!()
    }

    /// `GetOAuthAccessToken` with `AuthMode=APP`: the browser login.
    pub async fn sign_in(&self, callback_url: Option<&str>, scope: Option<&str>) -> Result<Tokens> {
        let _ = (callback_url, scope);
        todo!()
    }

    /// `RefreshOAuthAccessToken`; the stored refresh token when none is given.
    pub async fn refresh(&self, refresh_token: Option<&Secret>) -> Result<Tokens> {
        let _ = refresh_token;
        todo!()
    }
}
