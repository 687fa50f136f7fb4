//! The bodies of the OAuth procedures.
//!
//! Their purpose is to hand out tokens, so those stand in the result set; they stand nowhere else.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::error::{Error, Kind, Result};
use crate::oauth::{Manager, Tokens};

use super::{Inputs, Row};

pub(super) fn authorization_url(manager: Option<Arc<Manager>>, inputs: Inputs) -> BoxFuture<'static, Result<Row>> {
    async move {
        let request = signed_in_by(manager.as_ref())?
            .authorization_url(inputs.text("CallbackURL"), inputs.text("Scope"), inputs.text("State"))
            .await?;
        Ok(vec![
            Some(request.url),
            Some(request.pkce_verifier.expose().clone()),
            Some(request.state),
        ])
    }
    .boxed()
}

pub(super) fn access_token(manager: Option<Arc<Manager>>, inputs: Inputs) -> BoxFuture<'static, Result<Row>> {
    async move {
        let manager = signed_in_by(manager.as_ref())?;
        let callback_url = inputs.text("CallbackURL");
        if inputs.text("AuthMode") == Some("APP") {
            return Ok(row(manager.sign_in(callback_url, inputs.text("Scope")).await?));
        }
        let Some(verifier) = inputs.secret("Verifier") else {
            return Err(Error::new(
                Kind::Syntax,
                "GetOAuthAccessToken needs Verifier when AuthMode is WEB: open the URL of GetOAuthAuthorizationURL, and \
                 give the code of the page it redirects to",
            ));
        };
        if let Some(state) = inputs.text("State")
            && carries_another(verifier.expose(), state)
        {
            return Err(Error::new(
                Kind::Refused,
                "The redirected URL carries another State than the one given, so it does not belong to this sign-in; \
                 start again with GetOAuthAuthorizationURL",
            ));
        }
        let tokens = manager
            .exchange_verifier(verifier, callback_url, inputs.secret("PKCEVerifier"))
            .await?;
        Ok(row(tokens))
    }
    .boxed()
}

pub(super) fn refresh(manager: Option<Arc<Manager>>, inputs: Inputs) -> BoxFuture<'static, Result<Row>> {
    async move {
        let manager = signed_in_by(manager.as_ref())?;
        Ok(row(manager.refresh(inputs.secret("OAuthRefreshToken")).await?))
    }
    .boxed()
}

fn signed_in_by(manager: Option<&Arc<Manager>>) -> Result<&Arc<Manager>> {
    manager.ok_or_else(|| {
        Error::new(
            Kind::Property,
            "This connection signs in nowhere; set URI to a place that needs it, such as dropbox://, and OAuthClientId",
        )
    })
}

fn row(tokens: Tokens) -> Row {
    vec![
        Some(tokens.access_token.expose().clone()),
        tokens.refresh_token.map(|token| token.expose().clone()),
        Some(
            tokens
                .expires_in
                .map_or_else(|| "-1".to_owned(), |seconds| seconds.to_string()),
        ),
    ]
}

/// Whether a redirected URL carries a `state` other than `expected`. A bare code carries none.
pub(super) fn carries_another(verifier: &str, expected: &str) -> bool {
    let Ok(url) = url::Url::parse(verifier) else {
        return false;
    };
    url.query_pairs()
        .any(|(name, value)| name == "state" && value != expected)
}
