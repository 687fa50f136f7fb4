//! Signing in through the browser, once for everybody who waits for it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use once_cell::sync::Lazy;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::error::{Error, Kind, Result};

use super::super::authorize::{self, Wishes};
use super::super::browser::NotOpened;
use super::super::loopback::{Expected, Listener, Source};
use super::super::settings::{Guard, Location, Payload, Turn};
use super::super::token::{AccessToken, Timestamp};
use super::super::{Initiate, Tokens};
use super::refresh::{Outcome, Redemption};
use super::verifier::Code;
use super::{AuthorizationRequest, Identity};

/// The request that an error shows is the same for this long, so that a program which tries again and again does not
/// invalidate the URL that somebody is signing in at.
const SHOWN_REQUEST_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// How the last sign-in of each identity failed: who waited for it meanwhile need not ask the person again.
static FAILURES: Lazy<Mutex<HashMap<Who, Failure>>> = Lazy::new(Mutex::default);

/// A store's name and an entry's key.
type Who = (String, String);

struct Failure {
    when: Instant,
    kind: Kind,
    text: String,
}

/// What came of waiting for a turn to sign in.
#[derive(Debug)]
pub(super) enum Come {
    /// There is a token now.
    Signed(AccessToken),
    /// It is this connection's turn, for as long as the guard is held.
    Turn(Guard),
}

/// What a sign-in asks for.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// Where the browser is sent afterwards: one URL, or several of which one must have a free port.
    pub(super) callback_url: &'a str,
    /// Space-separated scopes.
    pub(super) scope: &'a str,
    /// What the person is asked.
    pub(super) wishes: &'a Wishes,
}

impl Identity {
    /// The sign-in that `GETANDREFRESH` begins by itself when nothing usable is stored; `reason` says why.
    pub(super) async fn log_in(self: &Arc<Self>, reason: &str, rejected: Option<&AccessToken>) -> Result<AccessToken> {
        self.client_id()?;
        match self.config.prompting.way() {
            Ok(way) => {
                let seconds = self.config.login_deadline.as_secs();
                self.log_in_once(reason, rejected, |url| way.failed(url, seconds)).await
            }
            Err(NotOpened(why)) => Err(self.show_url(reason, &why).await),
        }
    }

    /// `GetOAuthAccessToken` with `AuthMode=APP`.
    pub(super) async fn sign_in(
        self: &Arc<Self>,
        callback_url: Option<&str>,
        scope: Option<&str>,
        wishes: &Wishes,
    ) -> Result<Tokens> {
        self.client_id()?;
        let way = match self.config.prompting.way() {
            Ok(way) => way,
            Err(NotOpened(why)) => return Err(self.show_url("A sign-in was asked for", &why).await),
        };
        let _turn = self.store.lock(Turn::Login, self.config.login_deadline).await?;
        let wanted = Wanted {
            callback_url: callback_url.unwrap_or(&self.config.callback_url),
            scope: &self.scope_of(scope),
            wishes: &wishes.or(&self.config.wishes),
        };
        let seconds = self.config.login_deadline.as_secs();
        self.sign_in_turn(&wanted, |url| way.failed(url, seconds)).await
    }

    /// Waits for its turn, and signs in unless somebody else has done so, or has failed to, meanwhile.
    pub(super) async fn log_in_once<Opening: Future<Output = NotOpened>>(
        self: &Arc<Self>,
        reason: &str,
        rejected: Option<&AccessToken>,
        open: impl FnOnce(String) -> Opening,
    ) -> Result<AccessToken> {
        let _turn = match self.turn_to_sign_in(reason, rejected).await? {
            Come::Signed(token) => return Ok(token),
            Come::Turn(guard) => guard,
        };
        let wanted = Wanted {
            callback_url: &self.config.callback_url,
            scope: &self.scope,
            wishes: &self.config.wishes,
        };
        let tokens = self.sign_in_turn(&wanted, open).await;
        tokens
            .map(|tokens| AccessToken(tokens.access_token))
            .inspect_err(|error| self.remember_failure(error))
    }

    /// Waits until nobody else signs in. Somebody who did so meanwhile has spared this connection the same; so has
    /// somebody who failed to.
    pub(super) async fn turn_to_sign_in(
        self: &Arc<Self>,
        reason: &str,
        rejected: Option<&AccessToken>,
    ) -> Result<Come> {
        let began = Instant::now();
        let guard = self.store.lock(Turn::Login, self.config.login_deadline).await?;
        if let Some(failure) = self.failure_since(began) {
            return Err(failure);
        }
        if let Outcome::Token(token) = self.settle(rejected).await? {
            return Ok(Come::Signed(token));
        }
        tracing::info!(reason, "a sign-in is needed");
        Ok(Come::Turn(guard))
    }

    /// Listens, opens the browser, waits for the code and exchanges it. `open` ends only when it failed.
    pub(super) async fn sign_in_turn<Opening: Future<Output = NotOpened>>(
        self: &Arc<Self>,
        wanted: &Wanted<'_>,
        open: impl FnOnce(String) -> Opening,
    ) -> Result<Tokens> {
        let row = self.row().await?;
        // Before the browser opens, so that the redirect cannot come too early.
        let listener = Listener::bind(wanted.callback_url, row.any_port, self.certificate()).await?;
        let callback_url = listener.callback_url().to_owned();
        let pkce_verifier = self.pkce_verifier().await?;
        let request = self
            .request(
                &callback_url,
                wanted.scope,
                wanted.wishes,
                authorize::state()?,
                pkce_verifier,
            )
            .await?;
        let expected = Expected {
            state: request.state.as_str().into(),
            issuer: row.issuer.as_deref().map(Into::into),
            issuer_required: row.issuer_in_redirect,
            token_origin: row
                .token_origins
                .as_ref()
                .map(|origins| origins.parameter.as_str().into()),
        };
        let redirected = tokio::select! {
            biased;
            redirected = listener.wait(expected, self.config.login_deadline) => redirected?,
            NotOpened(why) = open(request.url.clone()) => return Err(self.show_url("A sign-in is needed", &why).await),
        };
        let redemption = Redemption {
            code: Code {
                code: redirected.code,
                state: None,
                issuer: None,
                token_origin: redirected.token_origin,
            },
            callback_url: Some(callback_url),
            pkce_verifier: request.pkce_verifier,
        };
        match self.config.initiate {
            Initiate::Off => self
                .redeem(&redemption, &mut Payload::default())
                .await
                .map(|(tokens, _)| tokens),
            Initiate::Refresh | Initiate::GetAndRefresh => self.redeem_and_keep(redemption).await,
        }
    }

    /// Where the certificate of an `https` callback comes from. One that is made stays beside the settings file.
    fn certificate(&self) -> Source {
        match (&self.config.callback_certificate, &self.config.location) {
            (Some(files), _) => Source::Own(files.clone()),
            (None, Location::File(path)) => {
                let mut path = path.clone().into_os_string();
                path.push(".callback.pem");
                Source::Kept(path.into())
            }
            (None, Location::Memory(_)) => Source::Passing,
        }
    }

    /// The error of a machine where nobody can sign in: where to sign in instead, and what to do with the result.
    async fn show_url(self: &Arc<Self>, reason: &str, why: &str) -> Error {
        match self.shown_request().await {
            Ok(Some(request)) => {
                // What to do and the URL come first: many programs show no more than 512 characters.
                let text = format!(
                    "No browser here ({why}): set OAuthVerifier to the code, or URL, that signing in at {} ends with. \
                     {reason}; any machine with a browser will do.",
                    request.url
                );
                Error::new(Kind::SignIn, text)
            }
            Ok(None) => {
                let text = format!(
                    "{reason}, and no browser can be opened: {why}. Call GetOAuthAuthorizationURL, sign in at its URL on \
                     any machine, then connect with OAuthVerifier set to the code and PKCEVerifier to the value that was \
                     returned with the URL."
                );
                Error::new(Kind::SignIn, text)
            }
            Err(error) => error,
        }
    }

    /// The waiting request of this identity, else a new one; `None` when it cannot be parked, because then its URL
    /// would lead nowhere.
    async fn shown_request(self: &Arc<Self>) -> Result<Option<AuthorizationRequest>> {
        let (callback_url, scope) = (self.config.callback_url(), self.scope.as_str());
        let wishes = &self.config.wishes;
        let payload = self.store.load().await?;
        let waiting = payload.pending.into_iter().filter(|(_, pending)| {
            let age = Timestamp::now().since(Timestamp(pending.created));
            pending.entry == self.key
                && pending.redirect_uri == callback_url
                && pending.scope == scope
                && age < SHOWN_REQUEST_LIFETIME
        });
        if let Some((state, pending)) = waiting.max_by_key(|(_, pending)| pending.created) {
            let request = self.request(callback_url, scope, wishes, state, pending.code_verifier);
            return request.await.map(Some);
        }
        let pkce_verifier = self.pkce_verifier().await?;
        let request = self
            .request(callback_url, scope, wishes, authorize::state()?, pkce_verifier)
            .await?;
        let parked = self.park(&request, callback_url, scope).await;
        Ok(parked.then_some(request))
    }

    fn who(&self) -> Who {
        (self.store.name(), self.key.clone())
    }

    fn failure_since(&self, began: Instant) -> Option<Error> {
        let failures = FAILURES.lock();
        let failure = failures.get(&self.who()).filter(|failure| failure.when > began)?;
        Some(Error::new(failure.kind, failure.text.clone()))
    }

    pub(super) fn remember_failure(&self, error: &Error) {
        let failure = Failure {
            when: Instant::now(),
            kind: error.kind(),
            text: error.message().to_owned(),
        };
        FAILURES.lock().insert(self.who(), failure);
    }
}
