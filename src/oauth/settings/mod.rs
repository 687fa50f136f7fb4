//! Where tokens persist: the encrypted settings file, or process memory.

mod file;
mod format;
mod inspect;
mod key_file;
#[cfg(test)]
mod key_tests;
mod keys;
mod lock;
mod passphrase;
mod payload;
#[cfg(test)]
mod tests;
mod unreadable;
pub(in crate::oauth) mod write;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use once_cell::sync::Lazy;
use parking_lot::Mutex;
use zeroize::Zeroizing;

use crate::error::{Error, Kind, Result};

use format::CannotSeal;
use keys::{Protection, Slot};
use unreadable::Unreadable;
use write::Others;

pub use format::About;
pub use inspect::{Inspection, SignIn, inspect, rekey};
pub use keys::{Given, KEY_FILE_VARIABLE, KEY_VARIABLE, Keys};
pub use lock::Guard;
pub use payload::{Device, Entry, Payload, Pending, entry_key};
pub use write::make_directory;

/// `OAuthSettingsLocation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file; the default is `OAuthSettings.txt` in the user's configuration directory.
    File(PathBuf),
    /// `memory://name`: shared within the process, never on disk.
    Memory(String),
}

/// What is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Reading, deciding, refreshing and storing.
    Store,
    /// A person's sign-in, which must not happen twice at a time.
    Login,
}

/// `memory://` stores by name.
static MEMORY: Lazy<Mutex<HashMap<String, Payload>>> = Lazy::new(Mutex::default);
/// What could not be written, so that this process at least goes on with the newest tokens. By path and by what would
/// have protected it: a connection without a key must not write another's tokens with the built-in one.
static UNSAVED: Lazy<Mutex<HashMap<(PathBuf, Protection), Payload>>> = Lazy::new(Mutex::default);

/// Encrypts another's key as the settings file is encrypted. None when the system gives no random numbers or no memory.
pub fn wrap_key(key: &[u8], keys: &Keys) -> Option<String> {
    format::seal(key, keys, None).ok()
}

/// Decrypts what [`wrap_key`] gave. None with other keys, or when it is damaged.
pub fn unwrap_key(wrapped: &[u8], keys: &Keys) -> Option<Zeroizing<Vec<u8>>> {
    format::open(wrapped, keys).ok().map(|opened| opened.plain)
}

/// The tokens at one location.
#[derive(Clone, Debug)]
pub struct Store {
    location: Location,
    keys: Keys,
}

impl Store {
    /// The store at a location, whose file is encrypted with these keys. No I/O.
    pub fn new(location: Location, keys: Keys) -> Self {
        Self { location, keys }
    }

    /// How messages name the store.
    pub fn name(&self) -> String {
        match &self.location {
            Location::File(path) => format!("'{}'", path.display()),
            Location::Memory(name) => format!("memory://{name}"),
        }
    }

    /// What keeps others from reading the tokens once they are written, in words.
    pub fn protection(&self) -> &'static str {
        match (&self.location, self.keys.protection()) {
            (Location::Memory(_), _) => "process memory",
            (Location::File(_), Protection::Builtin) => "built-in key",
            (Location::File(_), Protection::Passphrase) => "passphrase",
            (Location::File(_), Protection::KeyFile) => "key file",
        }
    }

    /// What is stored now. Readers need no lock: the file is replaced as a whole.
    pub async fn load(&self) -> Result<Payload> {
        match self.location.clone() {
            Location::Memory(name) => Ok(MEMORY.lock().get(&name).cloned().unwrap_or_default()),
            Location::File(path) => {
                let keys = self.keys.clone();
                blocking(move || load(&file::resolve(&path), &keys)).await
            }
        }
    }

    /// Waits at most `wait` for this store's lock.
    pub async fn lock(&self, turn: Turn, wait: Duration) -> Result<Guard> {
        let suffix = match turn {
            Turn::Store => ".lock",
            Turn::Login => ".login.lock",
        };
        match self.location.clone() {
            Location::Memory(name) => lock::acquire(Path::new(&format!("memory://{name}{suffix}")), false, wait).await,
            Location::File(path) => {
                let mut name = blocking(move || file::resolve(&path)).await.into_os_string();
                name.push(suffix);
                lock::acquire(Path::new(&name), true, wait).await
            }
        }
    }

    /// Stores what [`load`](Self::load) gave under the same guard, changed.
    ///
    /// When it cannot be written, this process keeps it in memory, and what is returned says why.
    pub async fn save(&self, held: &Guard, payload: Payload) -> Option<Error> {
        match self.location.clone() {
            Location::Memory(name) => {
                MEMORY.lock().insert(name, payload);
                None
            }
            Location::File(path) => {
                let (keys, others) = (self.keys.clone(), held.others());
                blocking(move || save(&file::resolve(&path), &keys, payload, others))
                    .await
                    .err()
            }
        }
    }

    /// Whether new tokens can be stored; if not, why.
    pub async fn check_writable(&self) -> Result<()> {
        match self.location.clone() {
            Location::Memory(_) => Ok(()),
            Location::File(path) => blocking(move || file::check_writable(&file::resolve(&path))).await,
        }
    }

    /// What its owner should know about the file: that it cannot be written, that others may read it.
    pub async fn warnings(&self) -> Vec<Error> {
        match self.location.clone() {
            Location::Memory(_) => Vec::new(),
            Location::File(path) => {
                blocking(move || {
                    let path = file::resolve(&path);
                    let writable = file::check_writable(&path).err();
                    let unwritable = writable.map(|error| Error::new(Kind::Warning, error.message()).caused_by(error));
                    unwritable.into_iter().chain(file::check_private(&path)).collect()
                })
                .await
            }
        }
    }
}

fn load(path: &Path, keys: &Keys) -> Result<Payload> {
    let stored = read(path, keys)?;
    let mut payload = stored.map(|(payload, _)| payload).unwrap_or_default();
    if let Some(unsaved) = UNSAVED.lock().get(&(path.to_owned(), keys.protection())) {
        adopt_newer(&mut payload, unsaved);
    }
    Ok(payload)
}

/// What the file holds, and the slot it is in; `None` when there is no file.
fn read(path: &Path, keys: &Keys) -> Result<Option<(Payload, Slot)>> {
    let Some(bytes) = file::read(path)? else {
        return Ok(None);
    };
    let opened = format::open(&bytes, keys).map_err(|reason| reason.error(path))?;
    match Payload::from_json(&opened.plain) {
        Some(payload) if !payload.is_newer() => Ok(Some((payload, opened.slot))),
        _ => Err(Unreadable::Newer.error(path)),
    }
}

fn save(path: &Path, keys: &Keys, payload: Payload, others: Others) -> Result<()> {
    let written = replace(path, keys, &payload, others);
    let mut unsaved = UNSAVED.lock();
    let name = (path.to_owned(), keys.protection());
    match &written {
        Ok(()) => unsaved.remove(&name),
        Err(_) => unsaved.insert(name, payload),
    };
    written
}

fn replace(path: &Path, keys: &Keys, payload: &Payload, others: Others) -> Result<()> {
    // What cannot be decrypted is never overwritten, whoever asks.
    let current = read(path, keys)?.map(|(_, slot)| slot);
    let text = seal(path, keys, payload, current)?;
    file::check_writable(path)?;
    write::replace(path, text.as_bytes(), others).map_err(|error| {
        let text = format!("could not be written: {error}. The new tokens are lost when this program ends.");
        file::settings_error(path, &text).caused_by(error)
    })
}

fn seal(path: &Path, keys: &Keys, payload: &Payload, current: Option<Slot>) -> Result<String> {
    let json = payload
        .to_json()
        .map_err(|error| file::settings_error(path, "could not be encoded.").caused_by(error))?;
    format::seal(&json, keys, current).map_err(|reason| {
        let text = match reason {
            CannotSeal::NoRandomNumbers => "could not be encrypted: no random numbers.",
            CannotSeal::NoMemory => "could not be encrypted: there is not enough memory.",
        };
        file::settings_error(path, text)
    })
}

/// Takes over what was never written, where the file has not moved on since.
fn adopt_newer(payload: &mut Payload, unsaved: &Payload) {
    for (key, entry) in &unsaved.entries {
        let stored = payload
            .entries
            .get(key)
            .map(|stored| (stored.obtained_at, stored.generation));
        if stored < Some((entry.obtained_at, entry.generation)) {
            payload.entries.insert(key.clone(), entry.clone());
        }
    }
    for (state, pending) in &unsaved.pending {
        payload.pending.entry(state.clone()).or_insert_with(|| pending.clone());
    }
    for (key, device) in &unsaved.devices {
        payload.devices.entry(key.clone()).or_insert_with(|| device.clone());
    }
}

/// Runs file I/O where it holds up no other task.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(failure) => match failure.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only a runtime that shuts down cancels such work, and then nobody waits for the answer.
            Err(_) => std::future::pending().await,
        },
    }
}
