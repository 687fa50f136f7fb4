//! Whose the tokens are, for what is kept apart by account.

use crate::error::Result;

use super::super::Initiate;
use super::super::token::fingerprint;
use super::{Identity, explain};

impl Identity {
    /// The provider, the application and the account behind the tokens, as a fingerprint. Reads the store, and sends
    /// nothing.
    ///
    /// Where the provider has not named the account, it is whoever the refresh token is of, else the access token.
    pub(super) async fn account(&self) -> Result<String> {
        let who = if self.config.initiate == Initiate::Off {
            let token = self.config.access_token.as_ref().ok_or_else(explain::no_token)?;
            fingerprint(token.expose())
        } else {
            let entry = self.store.load().await?.entries.remove(&self.key).unwrap_or_default();
            let token = entry.refresh_token.or(entry.access_token);
            let named = entry.account.or_else(|| token.map(|token| fingerprint(token.expose())));
            named.ok_or_else(explain::signed_out)?
        };
        Ok(fingerprint(&format!("{}\n{who}", self.key)))
    }
}
