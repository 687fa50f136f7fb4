//! Tokens and when they expire.

use crate::secret::Secret;

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
}
