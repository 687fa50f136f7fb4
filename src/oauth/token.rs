//! Tokens and when they expire.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// A token is refreshed at most this long before it expires.
const LONGEST_WINDOW: Duration = Duration::from_secs(300);
/// A clock further behind than this was set back, so that it says nothing about expiry.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// An access token as a request needs it: the text, and nothing a log could print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken(pub Secret);

/// What a token endpoint answered.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token, when the answer held one.
    pub refresh_token: Option<Secret>,
    /// Lifetime in seconds, when the answer said.
    pub expires_in: Option<u64>,
    /// The granted scope, when the answer said.
    pub scope: Option<String>,
    /// The account that signed in, when the answer told it; for people to see, proven by nothing.
    pub account: Option<String>,
    /// What else the provider's row wants kept, such as `instance_url`.
    pub captured: BTreeMap<String, String>,
}

/// A moment on the wall clock: milliseconds since 1970, as the settings file keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The wall clock now.
    pub fn now() -> Self {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
    }

    /// This moment and `seconds` more.
    pub fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// How long before `self` the moment `earlier` was; nothing when it was later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// How good an access token still is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Good; the time until it should be refreshed, or `None` when only a 401 can tell.
    Fresh(Option<Duration>),
    /// Still accepted, but so close to its end that it should be refreshed now.
    Ending,
    /// Past its end.
    Expired,
}

/// Judges a token by the wall clock. Unknown times, and a clock set back, leave the judgement to the server.
pub fn freshness(now: Timestamp, obtained_at: Option<Timestamp>, expires_at: Option<Timestamp>) -> Freshness {
    let (Some(obtained), Some(expires)) = (obtained_at, expires_at) else {
        return Freshness::Fresh(None);
    };
    if obtained.since(now) > CLOCK_TOLERANCE {
        return Freshness::Fresh(None);
    }
    if now >= expires {
        return Freshness::Expired;
    }
    let window = LONGEST_WINDOW.min(expires.since(obtained) / 10);
    match expires.since(now).checked_sub(window) {
        Some(left) if !left.is_zero() => Freshness::Fresh(Some(left)),
        _ => Freshness::Ending,
    }
}

/// The SHA-256 of a secret in hexadecimal: recognises the secret later without keeping it.
pub fn fingerprint(secret: &str) -> String {
    use std::fmt::Write;
    let mut hexadecimal = String::with_capacity(64);
    for byte in Sha256::digest(secret.as_bytes()) {
        // Writing to a String cannot fail.
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    hexadecimal
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_700_000_000_000);

    fn judge(lifetime: u64, age_ms: u64) -> Freshness {
        freshness(
            Timestamp(START.0 + age_ms),
            Some(START),
            Some(START.plus_seconds(lifetime)),
        )
    }

    #[test]
    fn the_window_is_five_minutes_or_a_tenth_of_the_lifetime() {
        assert_eq!(judge(14_400, 0), Freshness::Fresh(Some(Duration::from_secs(14_100))));
        assert_eq!(judge(14_400, 14_100_000), Freshness::Ending);
        assert_eq!(judge(14_400, 14_400_000), Freshness::Expired);
        assert_eq!(judge(2, 0), Freshness::Fresh(Some(Duration::from_millis(1_800))));
        assert_eq!(judge(2, 1_900), Freshness::Ending);
    }

    #[test]
    fn an_unknown_lifetime_lasts_until_the_server_refuses() {
        assert_eq!(freshness(START, Some(START), None), Freshness::Fresh(None));
        assert_eq!(freshness(START, None, None), Freshness::Fresh(None));
    }

    #[test]
    fn a_clock_set_back_more_than_a_minute_is_not_believed() {
        let now = Timestamp(START.0 - 86_400_000);
        assert_eq!(
            freshness(now, Some(START), Some(START.plus_seconds(1))),
            Freshness::Fresh(None)
        );
        let now = Timestamp(START.0 - 59_000);
        assert_eq!(
            freshness(now, Some(START), Some(START.plus_seconds(10))),
            Freshness::Fresh(Some(Duration::from_secs(68)))
        );
    }

    #[test]
    fn a_clock_set_forward_only_causes_a_refresh() {
        assert_eq!(judge(14_400, 86_400_000), Freshness::Expired);
    }

    #[test]
    fn a_fingerprint_is_the_sha_256_in_hexadecimal() {
        assert_eq!(
            fingerprint("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
