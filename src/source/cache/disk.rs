//! The folder that keeps contents longer than a process lives: encrypted, bounded, and never the cause of an error.
//!
//! Each content is a file of its own: 32 bytes of salt, 12 of nonce, then AES-256-GCM under a key made of the salt and the
//! folder's key, authenticated together with its name. The folder's key is random, and lies beside them, encrypted as the
//! settings file is. File names tell nothing without that key. Files are written beside their place and renamed, so that
//! any number of processes may share the folder; what is damaged, or was written with another key, is not there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use bytes::Bytes;
use hkdf::Hkdf;
use once_cell::sync::OnceCell;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tempfile::{Builder, NamedTempFile};
use zeroize::Zeroizing;

use crate::oauth::settings::{Keys, make_directory, unwrap_key, wrap_key};

use super::Name;

const PURPOSE: &[u8] = b"latchkey/cache/v1/content";
const KEY_LENGTH: usize = 32;
const SALT_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 12;
const SUFFIX: &str = ".tmp";
/// A temporary file this old belongs to a writer that was killed.
const ABANDONED: Duration = Duration::from_secs(60);
/// What is used is newest, as far as this.
const USED: Duration = Duration::from_secs(60);

type Key = Zeroizing<[u8; KEY_LENGTH]>;

/// A folder of contents.
#[derive(Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    keys: Keys,
    /// The most bytes it may hold.
    most: u64,
    key: OnceCell<Key>,
    /// How many bytes it holds, when this process looked and wrote last.
    held: Mutex<Option<u64>>,
    /// A folder that could not be written to is left alone.
    is_broken: AtomicBool,
}

impl Disk {
    /// No I/O.
    pub(super) fn new(folder: PathBuf, keys: Keys, most: u64) -> Self {
        Self {
            folder,
            keys,
            most,
            key: OnceCell::new(),
            held: Mutex::new(None),
            is_broken: AtomicBool::new(false),
        }
    }

    /// Whether something of this length is kept.
    pub(super) fn keeps(&self, length: u64) -> bool {
        length <= self.most / 2 && !self.is_broken.load(Ordering::Relaxed)
    }

    /// What is kept under a name.
    pub(super) fn find(&self, name: Name) -> Option<Bytes> {
        let key = self.key().ok()?;
        let path = self.path(key, name);
        let sealed = match fs::read(&path) {
            Ok(sealed) => sealed,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(?path, %error, "a kept content cannot be read, and is asked for again");
                }
                return None;
            }
        };
        let plain = open(key, name, &sealed);
        match &plain {
            Some(_) => touch(&path),
            None => tracing::warn!(?path, "a kept content is damaged, and is asked for again"),
        }
        plain.map(Bytes::from)
    }

    /// Keeps something under a name, if that is possible.
    pub(super) fn keep(&self, name: Name, bytes: &[u8]) {
        let kept = self.key().and_then(|key| {
            let sealed = seal(key, name, bytes)?;
            let file = self.write(&sealed)?;
            file.persist(self.path(key, name)).map_err(|failure| failure.error)?;
            Ok(length(sealed.len()))
        });
        match kept {
            Ok(written) => self.account_for(written),
            Err(error) => {
                tracing::warn!(folder = ?self.folder, %error, "nothing more is kept: CacheLocation cannot be written to");
                self.is_broken.store(true, Ordering::Relaxed);
            }
        }
    }

    /// A file beside the others, for its owner alone, which goes away unless it is renamed.
    fn write(&self, bytes: &[u8]) -> io::Result<NamedTempFile> {
        let mut file = Builder::new().suffix(SUFFIX).tempfile_in(&self.folder)?;
        file.write_all(bytes)?;
        Ok(file)
    }

    fn path(&self, key: &Key, name: Name) -> PathBuf {
        let told = Sha256::new()
            .chain_update(key.as_slice())
            .chain_update(name.0)
            .finalize();
        self.folder.join(hexadecimal(&told))
    }

    /// The folder's key, which the first who comes makes.
    fn key(&self) -> io::Result<&Key> {
        self.key.get_or_try_init(|| {
            make_directory(&self.folder)?;
            let path = self.folder.join(format!("{}.key", self.keys.name()));
            let stored = fs::read(&path);
            let is_there = stored.is_ok();
            if let Some(key) = stored.ok().and_then(|wrapped| self.unwrap(&wrapped)) {
                return Ok(key);
            }
            let mut key = Key::default();
            getrandom::fill(key.as_mut_slice()).map_err(io::Error::other)?;
            let wrapped = wrap_key(key.as_slice(), &self.keys);
            let wrapped = wrapped.ok_or_else(|| io::Error::other("the key could not be encrypted"))?;
            let file = self.write(wrapped.as_bytes())?;
            if is_there {
                tracing::warn!(
                    ?path,
                    "does not open with the key of this connection; what it protects is kept anew"
                );
                file.persist(&path).map_err(|failure| failure.error)?;
                return Ok(key);
            }
            match file.persist_noclobber(&path) {
                Ok(_) => Ok(key),
                // Another process was quicker.
                Err(_) => {
                    let key = self.unwrap(&fs::read(&path)?);
                    key.ok_or_else(|| io::Error::other("another key protects the folder"))
                }
            }
        })
    }

    fn unwrap(&self, wrapped: &[u8]) -> Option<Key> {
        let plain = unwrap_key(wrapped, &self.keys)?;
        Some(Key::new(plain.as_slice().try_into().ok()?))
    }

    /// Counts what was written, and makes room when there is too much.
    fn account_for(&self, written: u64) {
        let mut held = self.held.lock();
        let now = match *held {
            Some(held) => held + written,
            None => contents(&self.folder).map(|content| content.length).sum(),
        };
        *held = Some(now);
        if now <= self.most {
            return;
        }
        let mut all: Vec<_> = contents(&self.folder).collect();
        all.sort_by_key(|content| content.used);
        let mut left: u64 = all.iter().map(|content| content.length).sum();
        // A little more than needed, so that the next need not look again.
        let goal = self.most - self.most / 10;
        for content in all {
            if left <= goal {
                break;
            }
            // Another process may have removed it.
            let _ = fs::remove_file(content.path);
            left -= content.length;
        }
        *held = Some(left);
    }
}

struct Content {
    path: PathBuf,
    length: u64,
    used: SystemTime,
}

/// The contents in a folder, which may hold other files as well. What killed writers left is removed.
fn contents(folder: &Path) -> impl Iterator<Item = Content> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let metadata = entry.metadata().ok()?;
        let used = metadata.modified().ok()?;
        let is_abandoned = || used.elapsed().is_ok_and(|age| age > ABANDONED);
        if name.starts_with(".tmp") && name.ends_with(SUFFIX) && is_abandoned() {
            let _ = fs::remove_file(entry.path());
        }
        let is_content = name.len() == 2 * KEY_LENGTH && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_content.then(|| Content {
            path: entry.path(),
            length: metadata.len(),
            used,
        })
    })
}

/// Makes a content the newest, so that others go before it.
fn touch(path: &Path) {
    let touched = File::options().append(true).open(path).and_then(|file| {
        let used = file.metadata()?.modified()?;
        match used.elapsed() {
            Ok(age) if age < USED => Ok(()),
            _ => file.set_modified(SystemTime::now()),
        }
    });
    if let Err(error) = touched {
        tracing::debug!(?path, %error, "a kept content could not be marked as used");
    }
}

fn seal(key: &Key, name: Name, plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut sealed = vec![0; SALT_LENGTH + NONCE_LENGTH];
    getrandom::fill(&mut sealed).map_err(io::Error::other)?;
    let (cipher, nonce) = cipher(key, &sealed).ok_or_else(|| io::Error::other("no key could be made"))?;
    let payload = Payload {
        msg: plain,
        aad: &name.0,
    };
    let encrypted = cipher.encrypt(&nonce, payload);
    sealed.extend(encrypted.map_err(|_| io::Error::other("there is not enough memory to encrypt"))?);
    Ok(sealed)
}

fn open(key: &Key, name: Name, sealed: &[u8]) -> Option<Vec<u8>> {
    let (head, body) = sealed.split_at_checked(SALT_LENGTH + NONCE_LENGTH)?;
    let (cipher, nonce) = cipher(key, head)?;
    let payload = Payload {
        msg: body,
        aad: &name.0,
    };
    cipher.decrypt(&nonce, payload).ok()
}

/// The cipher of a content by its first bytes, salt and nonce.
fn cipher(key: &Key, head: &[u8]) -> Option<(Aes256Gcm, Nonce<aes_gcm::aead::consts::U12>)> {
    let (salt, nonce) = head.split_at_checked(SALT_LENGTH)?;
    let nonce: [u8; NONCE_LENGTH] = nonce.try_into().ok()?;
    let mut own = Key::default();
    let made = Hkdf::<Sha256>::new(Some(salt), key.as_slice());
    made.expand(PURPOSE, own.as_mut_slice()).ok()?;
    Some((Aes256Gcm::new(&(*own).into()), nonce.into()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
