//! The bodies of the OAuth procedures.
//!
//! The purpose of some is to hand out tokens, so those stand in their result sets; they stand nowhere else.

use std::sync::Arc;

use datafusion::arrow::temporal_conversions::timestamp_ms_to_datetime;
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::engine::inventory::Inventory;
use crate::error::{Error, Kind, Result};
use crate::oauth::authorize::Wishes;
use crate::oauth::provider::Direct;
use crate::oauth::token::Timestamp;
use crate::oauth::{Manager, Scheme, Tokens};

use super::{Inputs, Row};

pub(super) fn authorization_url(inventory: Arc<Inventory>, inputs: Inputs) -> BoxFuture<'static, Result<Row>> {
    async move {
        let request = signed_in_by(&inventory)?
            .authorization_url(inputs.text("CallbackURL"), inputs.text("Scope"), &wishes(&inputs))
            .await?;
        Ok(vec![
            Some(request.url),
            request.pkce_verifier.map(|verifier| verifier.expose().clone()),
            Some(request.state),
        ])
    }
    .boxed()
}

pub(super) fn access_token(inventory: Arc<Inventory>, inputs: Inputs) -> BoxFuture<'static, Result<Row>> {
    async move {
        let manager = signed_in_by(&inventory)?;
        let callback_url = inputs.text("CallbackURL");
        let verifier = inputs.secret("Verifier");
        let grant = grant(&inputs, manager.scheme());
        match grant {
            Some(Scheme::Direct(direct)) => return Ok(row(manager.obtain(direct).await?)),
            Some(Scheme::Device) => {
                let device_code = verifier.ok_or_else(|| no_verifier("the DeviceCode of GetOAuthDeviceCode"))?;
                return Ok(row(manager.exchange_device_code(device_code).await?));
            }
            Some(Scheme::Code) => {}
            None => return Ok(row(manager.refresh(verifier).await?)),
        }
        if inputs.text("AuthMode") == Some("APP") {
            let wishes = wishes(&inputs);
            let tokens = manager.sign_in(callback_url, inputs.text("Scope"), &wishes).await?;
            return Ok(row(tokens));
        }
        let verifier = verifier
            .ok_or_else(|| no_verifier("the code of the page that the URL of GetOAuthAuthorizationURL redirects to"))?;
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

/// What `GrantType` asks for: a way to sign in, or, as `None`, a refresh. The connection's own way when it is not given.
fn grant(inputs: &Inputs, own: Scheme) -> Option<Scheme> {
    match inputs.text("GrantType") {
        Some("CODE") => Some(Scheme::Code),
        Some("DEVICE") => Some(Scheme::Device),
        Some("CLIENT") => Some(Scheme::Direct(Direct::ClientCredentials)),
        Some("PASSWORD") => Some(Scheme::Direct(Direct::Password)),
        Some("JWT") => Some(Scheme::Direct(Direct::JwtBearer)),
        Some("REFRESH") => None,
        _ => Some(own),
    }
}

fn no_verifier(what: &str) -> Error {
    Error::new(Kind::Syntax, format!("GetOAuthAccessToken needs Verifier here: {what}"))
}

/// `State`, `Prompt` and `AccessType`.
fn wishes(inputs: &Inputs) -> Wishes {
    Wishes {
        state: inputs.text("State").map(str::to_owned),
        prompt: inputs.text("Prompt").map(Wishes::prompt_of),
        access_type: inputs.text("AccessType").and_then(Wishes::access_type_of),
    }
}

pub(super) fn device_code(inventory: Arc<Inventory>, _inputs: Inputs) -> BoxFuture<'static, Result<Row>> {
    async move {
        let authorization = signed_in_by(&inventory)?.device_code().await?;
        Ok(vec![
            Some(authorization.verification_url),
            authorization.complete_url,
            Some(authorization.user_code),
            Some(authorization.device_code.expose().clone()),
            Some(authorization.expires_in.to_string()),
            Some(authorization.interval.to_string()),
        ])
    }
    .boxed()
}

pub(super) fn refresh(inventory: Arc<Inventory>, inputs: Inputs) -> BoxFuture<'static, Result<Row>> {
    async move {
        let manager = signed_in_by(&inventory)?;
        Ok(row(manager.refresh(inputs.secret("OAuthRefreshToken")).await?))
    }
    .boxed()
}

pub(super) fn revoke(inventory: Arc<Inventory>, inputs: Inputs) -> BoxFuture<'static, Result<Row>> {
    async move {
        let manager = signed_in_by(&inventory)?;
        let revocation = manager
            .revoke(inputs.secret("OAuthAccessToken"), inputs.secret("OAuthRefreshToken"))
            .await?;
        Ok(vec![Some(revocation.revoked.to_string()), Some(revocation.remarks)])
    }
    .boxed()
}

pub(super) fn status(inventory: Arc<Inventory>, _inputs: Inputs) -> BoxFuture<'static, Result<Row>> {
    async move {
        let status = signed_in_by(&inventory)?.status().await?;
        Ok(vec![
            Some(status.provider),
            status.account,
            status.client_id,
            Some(status.scopes),
            Some(status.state),
            status.expires_at.and_then(utc),
            status.last_refresh.and_then(utc),
            Some(status.has_refresh_token.to_string()),
            status.stored_in,
            status.protected_by,
        ])
    }
    .boxed()
}

/// A moment as ISO 8601 in UTC, to the second.
pub(super) fn utc(moment: Timestamp) -> Option<String> {
    let moment = timestamp_ms_to_datetime(i64::try_from(moment.0).ok()?)?;
    Some(moment.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The sign-in of a connection that has one.
pub(in crate::engine) fn signed_in_by(inventory: &Inventory) -> Result<&Arc<Manager>> {
    inventory.oauth.as_ref().ok_or_else(|| {
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
