//! What a request for a document shows of its sender.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use zeroize::Zeroizing;

use crate::error::{Error, Kind, Result};
use crate::oauth::{AccessToken, Manager};
use crate::secret::Secret;

/// Where access tokens come from: sign-in, or a test.
#[async_trait]
pub trait Tokens: fmt::Debug + Send + Sync {
    /// A token good for a request now.
    async fn access_token(&self) -> Result<AccessToken>;

    /// A token to replace one that was answered with 401.
    async fn renew(&self, rejected: &AccessToken) -> Result<AccessToken>;

    /// Whose documents they open: the same text for the same account at the same application, and no secret. Asks no
    /// server.
    async fn account(&self) -> Result<String>;
}

#[async_trait]
impl Tokens for Manager {
    async fn access_token(&self) -> Result<AccessToken> {
        Manager::access_token(self).await
    }

    async fn renew(&self, rejected: &AccessToken) -> Result<AccessToken> {
        Manager::renew(self, rejected).await
    }

    async fn account(&self) -> Result<String> {
        Manager::account(self).await
    }
}

/// How a web server is told who asks.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Not at all.
    None,
    /// A name and a password with every request (RFC 7617).
    Basic {
        /// `UID`.
        user: String,
        /// `PWD`.
        password: Secret,
    },
    /// An access token (RFC 6750).
    Bearer(Arc<dyn Tokens>),
}

/// The header of an access token.
pub(super) fn bearer(token: &AccessToken) -> Result<HeaderMap> {
    authorization(&Zeroizing::new(format!("Bearer {}", token.0.expose()))).ok_or_else(|| {
        Error::new(
            Kind::SignIn,
            "The access token holds characters that no token has. Check OAuthAccessToken, or sign in again.",
        )
    })
}

/// The header of a name and a password.
pub(super) fn basic(user: &str, password: &Secret) -> Result<HeaderMap> {
    if user.contains(':') {
        let text = "UID holds a colon, which ends the user's name in HTTP Basic. Use another user.";
        return Err(Error::new(Kind::Property, text));
    }
    let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    authorization(&text).ok_or_else(|| Error::new(Kind::Property, "UID and PWD make no HTTP header."))
}

fn authorization(text: &str) -> Option<HeaderMap> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}
