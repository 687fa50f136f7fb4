//! What the settings file holds: one entry per identity, and authorization requests that wait for their code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::secret::Secret;

use super::super::device::Authorization;
use super::super::token::{Timestamp, fingerprint};

const VERSION: u64 = 1;
/// A request whose code nobody brought for a day is given up.
const PENDING_LIFETIME_MS: u64 = 24 * 60 * 60 * 1000;
/// More requests than this are never waited for at once; the oldest go first.
const MOST_PENDING: usize = 16;
/// Redeemed verifiers that are remembered.
const MOST_CONSUMED: usize = 16;

/// Everything in one settings file. Members that this version does not know are kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Payload {
    v: u64,
    /// The sign-ins, by [`entry_key`].
    #[serde(default)]
    pub entries: BTreeMap<String, Entry>,
    /// Authorization requests without an answer yet, by state.
    #[serde(default)]
    pub pending: BTreeMap<String, Pending>,
    /// Device codes whose person has not come yet, by [`entry_key`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub devices: BTreeMap<String, Device>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// The tokens of one identity.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Entry {
    /// The provider row's name.
    pub provider: String,
    /// Where the tokens came from.
    pub token_url: String,
    /// The application they were given to.
    pub client_id: String,
    /// The account, as the provider calls it; absent when it has not said.
    #[serde(rename = "account_name", skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The granted scope, where the server said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The access token; absent when the server refused it.
    #[serde(with = "secret_text", skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    /// The refresh token.
    #[serde(with = "secret_text", skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// When the access token was asked for.
    #[serde(with = "moment", skip_serializing_if = "Option::is_none")]
    pub obtained_at: Option<Timestamp>,
    /// When it ends; absent when the server did not say.
    #[serde(with = "moment", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What else the provider said that belongs to the sign-in, such as the host of its API.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub captured: BTreeMap<String, String>,
    /// Whether a refresh has replaced the refresh token before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rotates: bool,
    /// Counts the changes of the tokens.
    pub generation: u64,
    /// Fingerprints of verifiers that were redeemed already: a property that still holds one is stale.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consumed_verifiers_sha256: Vec<String>,
    /// Fingerprint of the `OAuthRefreshToken` that was set when the entry was made: only another value re-seeds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed_refresh_sha256: Option<String>,
    /// The same of `OAuthAccessToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed_access_sha256: Option<String>,
    /// Why the tokens are of no more use; absent while they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_reason: Option<String>,
    /// Members of other versions.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An authorization request whose code has not come yet.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Pending {
    /// The PKCE verifier behind the challenge in the URL; absent where the provider has no PKCE.
    #[serde(with = "secret_text", default, skip_serializing_if = "Option::is_none")]
    pub code_verifier: Option<Secret>,
    /// As in the URL.
    pub redirect_uri: String,
    /// The identity that asked: an [`entry_key`].
    pub entry: String,
    /// The scope in the URL.
    #[serde(default)]
    pub scope: String,
    /// When the URL was made, in milliseconds since 1970.
    pub created: u64,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// A device code whose person has not come yet.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Device {
    /// What the tokens are asked for with.
    #[serde(with = "required_secret")]
    pub device_code: Secret,
    /// What the person types in.
    pub user_code: String,
    /// Where.
    pub verification_url: String,
    /// The same with the code in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete_url: Option<String>,
    /// Seconds between two questions.
    pub interval: u64,
    /// When the codes end, in milliseconds since 1970.
    pub expires_at: u64,
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl Default for Payload {
    fn default() -> Self {
        Self {
            v: VERSION,
            entries: BTreeMap::new(),
            pending: BTreeMap::new(),
            devices: BTreeMap::new(),
            other: Map::new(),
        }
    }
}

impl Payload {
    /// Reads JSON; `None` when it is not what [`to_json`](Self::to_json) writes.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// Whether a newer version wrote it in a way that this one would misread.
    pub fn is_newer(&self) -> bool {
        self.v > VERSION
    }

    /// The JSON text.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
        serde_json::to_vec(self).map(Zeroizing::new)
    }

    /// Adds a request, and drops those that nobody will answer any more.
    pub fn park(&mut self, state: String, pending: Pending) {
        let now = pending.created;
        self.pending
            .retain(|_, old| now.saturating_sub(old.created) < PENDING_LIFETIME_MS);
        while self.pending.len() >= MOST_PENDING {
            let oldest = self
                .pending
                .iter()
                .min_by_key(|(_, old)| old.created)
                .map(|(state, _)| state.clone());
            let Some(oldest) = oldest else { break };
            self.pending.remove(&oldest);
        }
        self.pending.insert(state, pending);
    }
}

impl Entry {
    /// Whether this verifier was redeemed for this entry.
    pub fn has_consumed(&self, verifier_sha256: &str) -> bool {
        self.consumed_verifiers_sha256
            .iter()
            .any(|consumed| consumed == verifier_sha256)
    }

    /// Remembers a redeemed verifier.
    pub fn consume(&mut self, verifier_sha256: String) {
        if self.has_consumed(&verifier_sha256) {
            return;
        }
        let surplus = (self.consumed_verifiers_sha256.len() + 1).saturating_sub(MOST_CONSUMED);
        self.consumed_verifiers_sha256.drain(..surplus);
        self.consumed_verifiers_sha256.push(verifier_sha256);
    }
}

impl Pending {
    /// A request that was made now.
    pub fn new(code_verifier: Option<Secret>, redirect_uri: &str, entry: &str, scope: &str) -> Self {
        Self {
            code_verifier,
            redirect_uri: redirect_uri.to_owned(),
            entry: entry.to_owned(),
            scope: scope.to_owned(),
            created: Timestamp::now().0,
            other: Map::new(),
        }
    }
}

impl Device {
    /// A code that was given out now.
    pub fn new(authorization: &Authorization) -> Self {
        Self {
            device_code: authorization.device_code.clone(),
            user_code: authorization.user_code.clone(),
            verification_url: authorization.verification_url.clone(),
            complete_url: authorization.complete_url.clone(),
            interval: authorization.interval,
            expires_at: Timestamp::now().plus_seconds(authorization.expires_in).0,
            other: Map::new(),
        }
    }

    /// What is left of it.
    pub fn authorization(&self) -> Authorization {
        let left = Timestamp(self.expires_at).since(Timestamp::now());
        Authorization {
            device_code: self.device_code.clone(),
            user_code: self.user_code.clone(),
            verification_url: self.verification_url.clone(),
            complete_url: self.complete_url.clone(),
            expires_in: left.as_secs(),
            interval: self.interval,
        }
    }
}

/// Names an identity: the same provider, server, application, set of scopes and account share one entry.
pub fn entry_key(provider: &str, server: &str, client_id: &str, scope: &str, account: &str) -> String {
    let mut scopes: Vec<&str> = scope.split_whitespace().collect();
    scopes.sort_unstable();
    scopes.dedup();
    // No part can hold a line end, so that no two identities give one text.
    fingerprint(
        &[
            &provider.to_ascii_lowercase(),
            server,
            client_id,
            &scopes.join(" "),
            account,
        ]
        .map(|part| part.replace('\n', " "))
        .join("\n"),
    )
}

/// An optional [`Secret`] as JSON text.
mod secret_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::secret::Secret;

    pub(super) fn serialize<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
        secret
            .as_ref()
            .map(|secret| secret.expose().as_str())
            .serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
        Option::<String>::deserialize(deserializer).map(|text| text.map(Secret::new))
    }
}

/// A [`Secret`] as JSON text.
mod required_secret {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::secret::Secret;

    pub(super) fn serialize<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}

/// An optional [`Timestamp`] as a number.
mod moment {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Timestamp;

    pub(super) fn serialize<S: Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        moment.map(|moment| moment.0).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Option::<u64>::deserialize(deserializer).map(|moment| moment.map(Timestamp))
    }
}
