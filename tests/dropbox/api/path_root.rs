//! The `Dropbox-API-Path-Root` header.

use serde::Deserialize;

use super::call::Call;
use super::error::ApiError;
use crate::accounts::Account;

/// `PathRoot` of the API.
#[derive(Deserialize)]
#[serde(tag = ".tag", rename_all = "snake_case", deny_unknown_fields)]
enum PathRoot {
    Home,
    Root { root: String },
    NamespaceId { namespace_id: String },
}

/// Every namespace of an account shows the same folder here, so a root is only ever right or wrong.
pub fn check(call: &Call, account: &Account) -> Result<(), ApiError> {
    let Some(header) = call.headers.get("Dropbox-API-Path-Root") else {
        return Ok(());
    };
    let root = header
        .to_str()
        .ok()
        .and_then(|header| serde_json::from_str(header).ok());
    match root.ok_or_else(|| call.bad("HTTP header \"Dropbox-API-Path-Root\": could not decode input as JSON"))? {
        PathRoot::Home => Ok(()),
        PathRoot::Root { root } if root == account.root_namespace => Ok(()),
        PathRoot::Root { .. } => Err(ApiError::InvalidRoot(account.root_info())),
        PathRoot::NamespaceId { namespace_id } if account.owns_namespace(&namespace_id) => Ok(()),
        PathRoot::NamespaceId { .. } => Err(ApiError::NoRootPermission),
    }
}
