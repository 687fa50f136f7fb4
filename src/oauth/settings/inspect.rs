//! What a settings file says of itself, and giving it another key.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::error::{Error, Kind, Result};

use super::super::token::Timestamp;
use super::format::{self, About};
use super::keys::Keys;
use super::{Location, Store, Turn, blocking, file, read, seal, write};

/// How long another program's refresh is waited for before the file gets another key.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A settings file. Holds no token.
#[derive(Debug)]
pub struct Inspection {
    /// What the header says, which needs no key; none where it cannot be understood.
    pub header: Option<About>,
    /// Bytes of the file.
    pub size: u64,
    /// When it was last written.
    pub written: Option<SystemTime>,
    /// Its permissions, as in `chmod`.
    pub mode: u32,
    /// That others may read it.
    pub warning: Option<Error>,
    /// The sign-ins, or why they cannot be read with these keys.
    pub sign_ins: Result<Vec<SignIn>>,
}

/// One sign-in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The provider row's name.
    pub provider: String,
    /// The account, as the provider calls it; absent when it has not said.
    pub account: Option<String>,
    /// The application.
    pub client_id: String,
    /// The granted scopes, where the server said.
    pub scopes: Option<String>,
    /// When the access token was obtained.
    pub obtained_at: Option<Timestamp>,
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
    /// Whether it can be refreshed.
    pub has_refresh_token: bool,
    /// Why its tokens are of no more use; absent while they are.
    pub dead_reason: Option<String>,
}

/// Looks into a settings file, with the keys that there are. `Kind::Settings` when there is none.
pub fn inspect(path: &Path, keys: &Keys) -> Result<Inspection> {
    let path = file::resolve(path);
    let bytes = file::read(&path)?.ok_or_else(|| missing(&path))?;
    let metadata = path
        .metadata()
        .map_err(|error| file::settings_error(&path, &format!("cannot be examined: {error}.")).caused_by(error))?;
    let sign_ins = read(&path, keys).map(|stored| {
        let entries = stored.map(|(payload, _)| payload.entries).unwrap_or_default();
        let sign_in = |entry: super::Entry| SignIn {
            provider: entry.provider,
            account: entry.account,
            client_id: entry.client_id,
            scopes: entry.scope,
            obtained_at: entry.obtained_at,
            expires_at: entry.expires_at,
            has_refresh_token: entry.refresh_token.is_some(),
            dead_reason: entry.dead_reason,
        };
        entries.into_values().map(sign_in).collect()
    });
    Ok(Inspection {
        header: format::about(&bytes).ok(),
        size: metadata.len(),
        written: metadata.modified().ok(),
        mode: metadata.mode() & 0o7777,
        warning: file::check_private(&path),
        sign_ins,
    })
}

/// Encrypts a settings file with the key that `new` writes with. Whoever uses the file then needs that key.
pub async fn rekey(path: &Path, old: &Keys, new: &Keys) -> Result<()> {
    // A lock would leave a file of its own where there is nothing to guard.
    if !path.exists() {
        return Err(missing(path));
    }
    let store = Store::new(Location::File(path.to_owned()), old.clone());
    let held = store.lock(Turn::Store, LONGEST_WAIT).await?;
    let (path, old, new) = (path.to_owned(), old.clone(), new.clone());
    blocking(move || {
        let path = file::resolve(&path);
        let (payload, _) = read(&path, &old)?.ok_or_else(|| missing(&path))?;
        // A slot of its own: what was derived for the old passphrase is of no use.
        let text = seal(&path, &new, &payload, None)?;
        file::check_writable(&path)?;
        let written = write::replace(&path, text.as_bytes(), held.others());
        written.map_err(|error| {
            let text = format!("could not be written: {error}. It is as it was.");
            file::settings_error(&path, &text).caused_by(error)
        })
    })
    .await
}

fn missing(path: &Path) -> Error {
    Error::new(
        Kind::Settings,
        format!(
            "There is no OAuth settings file '{}'. Correct the path, or sign in first.",
            path.display()
        ),
    )
}
