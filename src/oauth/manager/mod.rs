//! The one place that decides: is the token valid, is it refreshed, does somebody sign in?

mod account;
mod device;
mod direct;
mod explain;
mod login;
mod plan;
mod procedures;
mod refresh;
mod revoke;
mod status;
#[cfg(test)]
mod tests;
mod verifier;

pub use revoke::Revocation;
pub use status::Status;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::authorize::{AccessType, Wishes};
use super::device::Authorization;
use super::exchange::Endpoint;
use super::provider::{Direct, Provider};
use super::settings::{Entry, Store, entry_key};
use super::token::{Freshness, Timestamp, freshness};
use super::{AccessToken, Config, Initiate, Scheme, Tokens, discovery};

/// The longest wait for another connection's or program's refresh.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A refresh that failed while the token still works is tried again after this time.
const RETRY_PAUSE: Duration = Duration::from_secs(30);

/// Scopes of OpenID Connect, which say what an answer holds rather than what may be read.
const OPENID: &[&str] = &["openid", "profile", "email", "offline_access"];

/// What `GetOAuthAuthorizationURL` answers.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// The URL to open in a browser.
    pub url: String,
    /// The PKCE verifier that the exchange will need; none where the provider has no PKCE.
    pub pkce_verifier: Option<Secret>,
    /// The state that the redirect must carry.
    pub state: String,
}

/// Sign-in for one identity.
#[derive(Debug)]
pub struct Manager {
    identity: Arc<Identity>,
}

/// What outlives a dropped call: a refresh that was sent is stored, whoever still waits for it.
#[derive(Debug)]
struct Identity {
    config: Config,
    store: Store,
    /// The name of this identity's entry in the store.
    key: String,
    /// The scopes asked for, separated by spaces.
    scope: String,
    /// The row once discovery has filled it and the properties have had their say.
    row: OnceCell<Provider>,
    cached: Mutex<Option<Cached>>,
}

/// A token that needs no look at the store.
#[derive(Debug)]
struct Cached {
    token: AccessToken,
    /// By the monotonic clock, which nobody sets; `None` until a server refuses the token.
    until: Option<Instant>,
}

impl Manager {
    /// A manager for this configuration. No I/O.
    pub fn new(mut config: Config) -> Self {
        if config.client_id.is_none() {
            config.client_id.clone_from(&config.provider.embedded_client_id);
        }
        let scope = scope(&config, config.scope.as_deref());
        let key = key(&config, &scope);
        let store = Store::new(config.location.clone(), config.keys.clone());
        Self {
            identity: Arc::new(Identity {
                config,
                store,
                key,
                scope,
                row: OnceCell::new(),
                cached: Mutex::new(None),
            }),
        }
    }

    /// Makes sure of a usable token before a connection opens, as `InitiateOAuth` says. Returns warnings.
    pub async fn establish(&self) -> Result<Vec<Error>> {
        if self.identity.config.initiate == Initiate::Off {
            return Ok(Vec::new());
        }
        self.identity.token(None).await?;
        let mut warnings = self.identity.store.warnings().await;
        warnings.extend(self.identity.narrowed_scope().await);
        Ok(warnings)
    }

    /// A token good for a request now; refreshed ahead of expiry unless `InitiateOAuth=OFF`.
    pub async fn access_token(&self) -> Result<AccessToken> {
        let config = &self.identity.config;
        if config.initiate == Initiate::Off {
            return config
                .access_token
                .clone()
                .map(AccessToken)
                .ok_or_else(explain::no_token);
        }
        match self.identity.cached() {
            Some(token) => Ok(token),
            None => self.identity.token(None).await,
        }
    }

    /// A token to replace one that a server answered 401 to. `Kind::SignIn` when there is none.
    pub async fn renew(&self, rejected: &AccessToken) -> Result<AccessToken> {
        if self.identity.config.initiate == Initiate::Off {
            return Err(explain::token_refused());
        }
        match self.identity.cached() {
            Some(token) if token != *rejected => Ok(token),
            _ => self.identity.token(Some(rejected)).await,
        }
    }

    /// `GetOAuthAuthorizationURL`. Builds the URL, and parks the PKCE verifier where the settings file is writable.
    pub async fn authorization_url(
        &self,
        callback_url: Option<&str>,
        scope: Option<&str>,
        wishes: &Wishes,
    ) -> Result<AuthorizationRequest> {
        self.identity.authorization_url(callback_url, scope, wishes).await
    }

    /// `GetOAuthAccessToken` with `AuthMode=WEB`: exchanges a verifier (code, encoded code, or redirected URL).
    pub async fn exchange_verifier(
        &self,
        verifier: &Secret,
        callback_url: Option<&str>,
        pkce_verifier: Option<&Secret>,
    ) -> Result<Tokens> {
        self.identity
            .exchange_verifier(verifier, callback_url, pkce_verifier)
            .await
    }

    /// `GetOAuthAccessToken` with `AuthMode=APP`: the browser login.
    pub async fn sign_in(&self, callback_url: Option<&str>, scope: Option<&str>, wishes: &Wishes) -> Result<Tokens> {
        self.identity.sign_in(callback_url, scope, wishes).await
    }

    /// `GetOAuthAccessToken` by a grant that needs no person.
    pub async fn obtain(&self, direct: Direct) -> Result<Tokens> {
        self.identity.obtain(direct).await
    }

    /// `GetOAuthDeviceCode`: the code that waits for its person, else a new one.
    pub async fn device_code(&self) -> Result<Authorization> {
        self.identity.device_code().await
    }

    /// `GetOAuthAccessToken` with a device code: waits until the person has let the device in.
    pub async fn exchange_device_code(&self, device_code: &Secret) -> Result<Tokens> {
        self.identity.exchange_device_code(device_code).await
    }

    /// Tells whose documents the tokens open: the same text for the same account at the same application, and no secret.
    /// Reads the store, and sends nothing. `Kind::SignIn` when there are no tokens.
    pub async fn account(&self) -> Result<String> {
        self.identity.account().await
    }

    /// How the connection signs in.
    pub fn scheme(&self) -> Scheme {
        self.identity.config.scheme
    }

    /// `RefreshOAuthAccessToken`; the stored refresh token when none is given.
    pub async fn refresh(&self, refresh_token: Option<&Secret>) -> Result<Tokens> {
        self.identity.refresh_now(refresh_token).await
    }

    /// `RevokeOAuthAccessToken`; what the connection or its store holds when no token is given.
    pub async fn revoke(&self, access_token: Option<&Secret>, refresh_token: Option<&Secret>) -> Result<Revocation> {
        self.identity.revoke(access_token, refresh_token).await
    }

    /// `GetOAuthStatus`. Reads the store, and sends nothing.
    pub async fn status(&self) -> Result<Status> {
        self.identity.status().await
    }

    /// `sys_oauth`: this connection's sign-in, then the others of its store. Reads the store, and sends nothing.
    pub async fn statuses(&self) -> Result<Vec<Status>> {
        self.identity.statuses().await
    }
}

impl Identity {
    fn cached(&self) -> Option<AccessToken> {
        let cached = self.cached.lock();
        let cached = cached.as_ref()?;
        let good = cached.until.is_none_or(|until| Instant::now() < until);
        good.then(|| cached.token.clone())
    }

    /// The entry's access token, remembered for as long as the entry says.
    fn adopt(&self, entry: &Entry) -> Option<AccessToken> {
        let token = AccessToken(entry.access_token.clone()?);
        let until = match freshness(Timestamp::now(), entry.obtained_at, entry.expires_at) {
            Freshness::Fresh(left) => left.map(|left| Instant::now() + left),
            Freshness::Ending => Some(Instant::now() + self.last_moments(entry)),
            Freshness::Expired => Some(Instant::now()),
        };
        *self.cached.lock() = Some(Cached {
            token: token.clone(),
            until,
        });
        Some(token)
    }

    /// How long a token in its last minutes is used before the next attempt to refresh it.
    fn last_moments(&self, entry: &Entry) -> Duration {
        let left = entry.expires_at.map(|expires| expires.since(Timestamp::now()));
        left.map_or(RETRY_PAUSE, |left| left.min(RETRY_PAUSE))
    }

    fn client_id(&self) -> Result<&str> {
        self.config
            .client_id
            .as_deref()
            .ok_or_else(|| explain::no_client(&self.config))
    }

    /// The row as it applies: discovered where `OAuthIssuer` says so, with what properties say in place. Asks the server
    /// on first use only.
    async fn row(&self) -> Result<&Provider> {
        let filled = async || {
            let config = &self.config;
            let mut row = match &config.issuer {
                Some(issuer) => discovery::discover(&config.http, issuer, &config.provider).await?,
                None => config.provider.clone(),
            };
            config.overrides.apply_to(&mut row);
            match row.token_url.is_empty() {
                true => Err(explain::no_endpoint(&row, "OAuthAccessTokenURL")),
                false => Ok(row),
            }
        };
        self.row.get_or_try_init(filled).await
    }

    /// The row of an entry's own host, where the sign-in chose one.
    async fn row_of(&self, entry: &Entry) -> Result<Provider> {
        let row = self.row().await?;
        let origins = row.token_origins.as_ref();
        let chosen = origins.and_then(|origins| entry.captured.get(&origins.parameter));
        Ok(row.at_origin(chosen.map(String::as_str)))
    }

    /// The way to a row's endpoints. An assertion needs no client id, everything else does.
    fn endpoint<'a>(&'a self, row: &'a Provider) -> Result<Endpoint<'a>> {
        let config = &self.config;
        let client_id = match config.scheme {
            Scheme::Direct(Direct::JwtBearer) => config.client_id.as_deref(),
            _ => Some(self.client_id()?),
        };
        let client_assertion = match (config.scheme, &config.signer, client_id) {
            (Scheme::Direct(Direct::JwtBearer), _, _) => None,
            (_, Some(signer), Some(id)) => Some(signer.client(row, id)?),
            _ => None,
        };
        Ok(Endpoint {
            http: &config.http,
            provider: row,
            client_id,
            client_secret: config.client_secret.as_ref(),
            client_assertion,
            params: &config.token_params,
            resources: &config.resources,
        })
    }

    fn lock_wait(&self) -> Duration {
        self.config.login_deadline.min(LONGEST_WAIT)
    }

    /// A warning when the person or the application granted less than was asked for.
    async fn narrowed_scope(&self) -> Option<Error> {
        let payload = self.store.load().await.ok()?;
        let granted = payload.entries.get(&self.key)?.scope.as_deref()?;
        let granted: Vec<&str> = granted.split_whitespace().collect();
        // Servers grant these without repeating them.
        let is_plain =
            |scope: &&str| !OPENID.contains(scope) && self.config.provider.offline_scope.as_deref() != Some(scope);
        let missing: Vec<&str> = self
            .scope
            .split_whitespace()
            .filter(|scope| !granted.contains(scope))
            .filter(is_plain)
            .collect();
        (!missing.is_empty()).then(|| {
            let text = format!(
                "The sign-in grants less than Scope asks for; missing: {}. Enable it for the application and sign in again.",
                missing.join(" ")
            );
            Error::new(Kind::Warning, text)
        })
    }
}

/// The scopes to ask for, with the one that a refresh token needs.
fn scope(config: &Config, given: Option<&str>) -> String {
    let mut scope = given.unwrap_or(&config.provider.default_scope).to_owned();
    let has_person = !matches!(config.scheme, Scheme::Direct(_));
    if let Some(offline) = &config.provider.offline_scope
        && has_person
        && config.wishes.access_type != Some(AccessType::Online)
        && !scope.split_whitespace().any(|scope| scope == offline)
    {
        scope = format!("{scope} {offline}").trim_start().to_owned();
    }
    scope
}

/// What makes an identity: the server, the application, the scopes, and the account where it is known beforehand.
fn key(config: &Config, scope: &str) -> String {
    let server = config.overrides.token.as_ref().or(config.issuer.as_ref());
    let server = server.unwrap_or(&config.provider.token_url);
    let signer = config
        .signer
        .as_ref()
        .filter(|_| config.scheme == Scheme::Direct(Direct::JwtBearer));
    let subject = signer.and_then(|signer| signer.subject.as_deref());
    let issuer = signer.and_then(|signer| signer.issuer.as_deref());
    let user = config.user.as_deref();
    let account = match config.scheme {
        Scheme::Direct(direct) => {
            let who: Vec<&str> = [issuer, subject.or(user)].into_iter().flatten().collect();
            format!("{} {}", Scheme::Direct(direct).name(), who.join(" "))
        }
        Scheme::Code | Scheme::Device => user.unwrap_or_default().to_owned(),
    };
    let client_id = config.client_id.as_deref().unwrap_or_default();
    entry_key(&config.provider.name, server, client_id, scope, &account)
}

/// Runs to its end even when the caller is dropped: between sending a refresh token and storing the answer there is no
/// place to stop.
async fn uncancelled<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work)
        .await
        .unwrap_or_else(|failure| Err(Error::new(Kind::Internal, "The sign-in ended unexpectedly.").caused_by(failure)))
}
