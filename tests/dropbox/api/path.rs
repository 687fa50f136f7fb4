//! How clients name files and folders.

use unicode_normalization::UnicodeNormalization;

use super::call::Call;
use super::error::{ApiError, MALFORMED_PATH, NOT_FOUND};
use crate::accounts::Account;

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Root,
    /// In the form of `path_lower`.
    Path(String),
    Id(String),
    Rev(String),
}

/// Reads the path of a function that takes folders: the root is `""`.
pub fn folder(call: &Call, account: &Account, path: &str) -> Result<Place, ApiError> {
    match path {
        "" => Ok(Place::Root),
        "/" => Err(call.bad("request body: path: Specify the root folder as an empty string rather than as \"/\".")),
        _ if path.starts_with("rev:") => Err(no_match(call, path)),
        _ => place(call, account, path),
    }
}

/// Reads the path of a function that takes one file or folder, but not the root.
pub fn item(call: &Call, account: &Account, path: &str) -> Result<Place, ApiError> {
    match path {
        "" | "/" => Err(call.bad("path: The root folder is unsupported.")),
        _ => place(call, account, path),
    }
}

fn place(call: &Call, account: &Account, path: &str) -> Result<Place, ApiError> {
    if let Some(rev) = path.strip_prefix("rev:") {
        let is_rev = rev.len() >= 9 && rev.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        return if is_rev {
            Ok(Place::Rev(rev.to_owned()))
        } else {
            Err(no_match(call, path))
        };
    }
    if path.starts_with("id:") {
        return Ok(Place::Id(path.to_owned()));
    }
    if let Some(rest) = path.strip_prefix("ns:") {
        let (namespace, inner) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if namespace.is_empty() || !namespace.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(no_match(call, path));
        }
        if !account.owns_namespace(namespace) {
            return Err(NOT_FOUND);
        }
        return if inner.is_empty() {
            Ok(Place::Root)
        } else {
            absolute(call, inner)
        };
    }
    absolute(call, path)
}

fn absolute(call: &Call, path: &str) -> Result<Place, ApiError> {
    let Some(components) = path.strip_prefix('/') else {
        return Err(no_match(call, path));
    };
    if components.ends_with('/') || components.is_empty() {
        return Err(call.bad(&format!("path: '{path}' must not end with a slash.")));
    }
    if components
        .split('/')
        .any(|component| matches!(component, "" | "." | ".."))
        || path.contains('\0')
    {
        return Err(MALFORMED_PATH);
    }
    Ok(Place::Path(lower(path)))
}

/// The key of a path: Dropbox ignores case and Unicode composition.
pub fn lower(path: &str) -> String {
    path.nfc().collect::<String>().to_lowercase()
}

fn no_match(call: &Call, path: &str) -> ApiError {
    call.bad(&format!(
        "path: '{path}' did not match a path, an id, a revision or a namespace."
    ))
}
