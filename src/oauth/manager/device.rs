//! The device flow: a code is shown, and somebody types it in elsewhere while the driver asks whether that has happened.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::super::browser::NotOpened;
use super::super::device::{self, Authorization};
use super::super::exchange::{ExchangeError, Grant};
use super::super::prompt::{Invitation, Prompt, Prompting};
use super::super::settings::{Device, Turn};
use super::super::token::{AccessToken, Timestamp};
use super::super::{Initiate, Tokens};
use super::explain::{self, Exchanged};
use super::login::Come;
use super::{Identity, uncancelled};

/// Between two questions to a server that gives no answer, at most.
const LONGEST_INTERVAL: Duration = Duration::from_secs(60);

/// What one question led to.
enum Answer {
    Tokens(Tokens),
    /// Not yet; ask again after the interval.
    Pending,
    /// Not yet, and less often.
    SlowDown,
    /// The server gave no answer.
    Silence(ExchangeError),
}

impl Identity {
    /// The sign-in of `AuthScheme=OAuthDevice`. A program that prompts shows the code, and the connection waits until it is
    /// typed in. Without one the first connection shows the code and ends, because nobody would see it while that waits;
    /// the next one waits.
    pub(super) async fn sign_in_by_device(
        self: &Arc<Self>,
        reason: &str,
        rejected: Option<&AccessToken>,
    ) -> Result<AccessToken> {
        let _turn = match self.turn_to_sign_in(reason, rejected).await? {
            Come::Signed(token) => return Ok(token),
            Come::Turn(guard) => guard,
        };
        let tokens = match (self.waiting_device().await?, &self.config.prompting) {
            (waiting, Prompting::Program(prompt)) => self.prompt_for_device(waiting, prompt).await,
            (Some(device), _) => self.wait_for_device(&device).await,
            (None, _) => Err(shown(&self.new_device_code().await?)),
        };
        tokens
            .map(|tokens| AccessToken(tokens.access_token))
            .inspect_err(|error| self.remember_failure(error))
    }

    /// Shows the waiting code, else a new one, and waits until it is typed in.
    async fn prompt_for_device(self: &Arc<Self>, waiting: Option<Device>, prompt: &Prompt) -> Result<Tokens> {
        let device = match waiting {
            Some(device) => device,
            None => Device::new(&self.new_device_code().await?),
        };
        let invitation = Invitation::from(&device.authorization());
        if let Err(NotOpened(why)) = prompt.show(invitation).await {
            let text = format!("A sign-in is needed, and {why}. Connect again to be asked again.");
            return Err(Error::new(Kind::SignIn, text));
        }
        self.wait_for_device(&device).await
    }

    /// `GetOAuthDeviceCode`.
    pub(super) async fn device_code(self: &Arc<Self>) -> Result<Authorization> {
        match self.waiting_device().await? {
            Some(device) => Ok(device.authorization()),
            None => self.new_device_code().await,
        }
    }

    /// `GetOAuthAccessToken` with a device code: the waiting one, or one that the caller keeps.
    pub(super) async fn exchange_device_code(self: &Arc<Self>, device_code: &Secret) -> Result<Tokens> {
        let waiting = self.waiting_device().await?;
        let device = waiting.filter(|device| device.device_code == *device_code);
        let device = device.unwrap_or_else(|| Device::new(&Authorization::of_code(device_code)));
        self.wait_for_device(&device).await
    }

    /// The code of this identity that somebody may still type in. A store that cannot be read has none under `OFF`.
    async fn waiting_device(&self) -> Result<Option<Device>> {
        let payload = match self.store.load().await {
            Err(_) if self.config.initiate == Initiate::Off => return Ok(None),
            payload => payload?,
        };
        let device = payload.devices.get(&self.key).cloned();
        Ok(device.filter(|device| Timestamp::now().0 < device.expires_at))
    }

    /// Asks for a code, and parks it for the connection that will wait for its person.
    async fn new_device_code(self: &Arc<Self>) -> Result<Authorization> {
        let row = self.row().await?;
        let Some(url) = &row.device_url else {
            return Err(device::not_offered(&row.name));
        };
        let authorization = device::authorize(&self.endpoint(row)?, url, &self.scope).await;
        let authorization = authorization.map_err(|error| explain::device_refused(url, error))?;
        tracing::info!(
            url = authorization.verification_url,
            user_code = authorization.user_code,
            "waiting for somebody to type the code in"
        );
        let device = Device::new(&authorization);
        if !self.change_devices(Some(device)).await {
            tracing::info!("the device code was not parked; only GetOAuthAccessToken can redeem it");
        }
        Ok(authorization)
    }

    /// Puts a code in this identity's place, or clears it. Whether that worked.
    async fn change_devices(self: &Arc<Self>, device: Option<Device>) -> bool {
        let Ok(guard) = self.store.lock(Turn::Store, self.lock_wait()).await else {
            return false;
        };
        let identity = Arc::clone(self);
        let changed = uncancelled(async move {
            let mut payload = identity.store.load().await?;
            let now = Timestamp::now().0;
            payload.devices.retain(|_, device| now < device.expires_at);
            match device {
                Some(device) => payload.devices.insert(identity.key.clone(), device),
                None => payload.devices.remove(&identity.key),
            };
            Ok(identity.store.save(&guard, payload).await.is_none())
        });
        changed.await.unwrap_or(false)
    }

    /// Asks until there are tokens, a refusal, or no more time.
    async fn wait_for_device(self: &Arc<Self>, device: &Device) -> Result<Tokens> {
        let deadline = Instant::now() + self.config.login_deadline;
        let mut interval = Duration::from_secs(device.interval);
        loop {
            if Timestamp::now().0 >= device.expires_at {
                self.change_devices(None).await;
                return Err(expired());
            }
            let (identity, device_code) = (Arc::clone(self), device.device_code.clone());
            let answer = uncancelled(async move { identity.ask_for_device(&device_code).await }).await;
            let no_answer = match answer {
                Ok(Answer::Tokens(tokens)) => return Ok(tokens),
                Ok(Answer::Pending) => None,
                Ok(Answer::SlowDown) => {
                    interval += device::SLOWER;
                    None
                }
                Ok(Answer::Silence(error)) => {
                    interval = (interval * 2).min(LONGEST_INTERVAL.max(interval));
                    Some(error)
                }
                Err(error) => {
                    self.change_devices(None).await;
                    return Err(error);
                }
            };
            if Instant::now() + interval > deadline {
                return Err(match no_answer {
                    Some(error) => explain::exchange_failed(self.row().await?, Exchanged::DeviceCode, error),
                    None => too_late(device, self.config.login_deadline),
                });
            }
            sleep(interval).await;
        }
    }

    /// Asks once. The tokens are stored whoever still waits for them, because a device code brings them only once.
    async fn ask_for_device(&self, device_code: &Secret) -> Result<Answer> {
        let row = self.row().await?;
        let asked_at = Timestamp::now();
        let tokens = match self.endpoint(row)?.exchange(Grant::DeviceCode(device_code)).await {
            Ok(tokens) => tokens,
            Err(ExchangeError::Refused(refusal) | ExchangeError::Unavailable(refusal))
                if refusal.error == "authorization_pending" =>
            {
                return Ok(Answer::Pending);
            }
            Err(ExchangeError::Refused(refusal) | ExchangeError::Unavailable(refusal))
                if refusal.error == "slow_down" =>
            {
                return Ok(Answer::SlowDown);
            }
            Err(ExchangeError::Refused(refusal)) if refusal.error == "expired_token" => return Err(expired()),
            Err(
                error @ (ExchangeError::Unavailable(_) | ExchangeError::Unreachable { .. } | ExchangeError::TimedOut),
            ) => return Ok(Answer::Silence(error)),
            Err(error) => return Err(explain::exchange_failed(row, Exchanged::DeviceCode, error)),
        };
        tracing::info!(provider = row.name, "signed in");
        if self.config.initiate != Initiate::Off {
            let guard = self.store.lock(Turn::Store, self.lock_wait()).await?;
            let mut payload = self.store.load().await?;
            payload.devices.remove(&self.key);
            let entry = self.keep(&guard, payload, &tokens, asked_at, None).await;
            self.adopt(&entry);
        }
        Ok(Answer::Tokens(tokens))
    }
}

/// The error that shows a code. What to do comes first: many programs show no more than 512 characters.
fn shown(authorization: &Authorization) -> Error {
    let complete = match &authorization.complete_url {
        Some(url) => format!(" (or open {url} and compare the code)"),
        None => String::new(),
    };
    let minutes = authorization.expires_in.div_ceil(60);
    let text = format!(
        "To sign in, open {} on any device and enter the code {}{complete}, then connect again. The code is good for \
         {minutes} minutes. Enter it only if it was you who wanted to connect.",
        authorization.verification_url, authorization.user_code
    );
    Error::new(Kind::SignIn, text)
}

fn too_late(device: &Device, waited: Duration) -> Error {
    let text = format!(
        "Nobody has entered the code {} at {} within {} seconds. It stays good for a while: enter it and connect again.",
        device.user_code,
        device.verification_url,
        waited.as_secs()
    );
    Error::new(Kind::Timeout, text)
}

fn expired() -> Error {
    let text = "expired_token: nobody entered the device code in time. Connect again, or call GetOAuthDeviceCode, for a \
                new one.";
    Error::new(Kind::SignIn, text)
}
