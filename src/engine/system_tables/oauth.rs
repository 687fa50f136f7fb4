//! The sign-ins in the connection's settings.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::engine::inventory::Inventory;
use crate::error::Result;
use crate::oauth::manager::Status;
use crate::oauth::token::Timestamp;

use super::listing::{Listing, boolean, moment, text};

pub(super) static SIGN_INS: Listing<Status> = Listing {
    columns: &[
        text("Provider", |status| Some(status.provider.clone())),
        text("Account", |status| status.account.clone()),
        text("ClientId", |status| status.client_id.clone()),
        text("Scopes", |status| Some(status.scopes.clone())),
        text("State", |status| Some(status.state.clone())),
        moment("ExpiresAt", |status| microseconds(status.expires_at?)),
        moment("LastRefresh", |status| microseconds(status.last_refresh?)),
        boolean("HasRefreshToken", |status| Some(status.has_refresh_token)),
        text("StoredIn", |status| status.stored_in.clone()),
        text("ProtectedBy", |status| status.protected_by.clone()),
        boolean("IsCurrent", |status| Some(status.is_current)),
    ],
    rows: sign_ins,
};

fn microseconds(moment: Timestamp) -> Option<i64> {
    i64::try_from(moment.0.checked_mul(1000)?).ok()
}

fn sign_ins(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<Status>>> {
    async move {
        match inventory.oauth.clone() {
            Some(oauth) => oauth.statuses().await,
            None => Ok(Vec::new()),
        }
    }
    .boxed()
}
