//! Proof key for code exchange (RFC 7636).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What the authorization request committed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Challenge {
    Plain(String),
    S256(String),
}

impl Challenge {
    /// The error is a description for the client's developer.
    pub fn parse(challenge: Option<&str>, method: Option<&str>) -> Result<Option<Self>, &'static str> {
        let Some(challenge) = challenge else {
            return match method {
                None => Ok(None),
                Some(_) => Err("code_challenge_method was given without code_challenge"),
            };
        };
        if !is_well_formed(challenge) {
            return Err("code_challenge must be 43 to 128 unreserved characters");
        }
        match method {
            Some("S256") => Ok(Some(Self::S256(challenge.to_owned()))),
            None | Some("plain") => Ok(Some(Self::Plain(challenge.to_owned()))),
            Some(_) => Err("code_challenge_method must be S256 or plain"),
        }
    }

    pub fn is_met_by(&self, verifier: &str) -> bool {
        let expected = match self {
            Self::Plain(challenge) | Self::S256(challenge) => challenge,
        };
        let shown = match self {
            Self::Plain(_) => verifier.to_owned(),
            Self::S256(_) => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())),
        };
        is_well_formed(verifier) && shown == *expected
    }
}

/// 43 to 128 characters of RFC 3986's `unreserved`, for verifiers and challenges alike.
fn is_well_formed(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}
