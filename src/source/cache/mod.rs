//! What is kept of documents from one connection to the next: in memory, and encrypted on the disk where a folder is named.
//!
//! It holds texts of bytes by name. A name is made of the account and of everything else that tells two contents apart, so
//! that what is found is never stale and never another's; what is not found is asked for again.

mod disk;
mod memory;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use crate::error::{Error, Kind};
use crate::oauth::settings::Keys;

use disk::Disk;

/// How much is kept, and where.
#[derive(Clone, Debug, Default)]
pub struct CacheOptions {
    /// `CacheMemory`: bytes that the process keeps in memory.
    pub memory: u64,
    /// `CacheLocation`: the folder that keeps them longer.
    pub location: Option<PathBuf>,
    /// `CacheSize`: bytes that the folder may hold.
    pub size: u64,
    /// What protects the folder.
    pub keys: Keys,
    /// `Offline`: whether what is kept has to do.
    pub offline: bool,
}

/// What a connection keeps, and finds again.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    memory: u64,
    disk: Option<Arc<Disk>>,
    offline: bool,
}

/// What something is kept under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name([u8; 32]);

impl Name {
    /// The name that these parts make, each of which may be any text.
    pub(super) fn of(parts: &[&str]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }
}

impl Cache {
    /// No I/O.
    pub fn new(options: CacheOptions) -> Self {
        let CacheOptions {
            memory,
            location,
            size,
            keys,
            offline,
        } = options;
        Self {
            memory,
            disk: location.map(|folder| Arc::new(Disk::new(folder, keys, size))),
            offline,
        }
    }

    /// Whether nothing may be asked for.
    pub(super) fn is_offline(&self) -> bool {
        self.offline
    }

    /// Whether something of this length is kept, which must leave room for others.
    pub(super) fn keeps(&self, length: u64) -> bool {
        self.keeps_in_memory(length) || self.disk.as_ref().is_some_and(|disk| disk.keeps(length))
    }

    fn keeps_in_memory(&self, length: u64) -> bool {
        length <= self.memory / 2
    }

    /// What is kept under a name.
    pub(super) async fn find(&self, name: Name) -> Option<Bytes> {
        if self.memory > 0
            && let Some(bytes) = memory::find(name)
        {
            return Some(bytes);
        }
        let disk = self.disk.clone()?;
        let bytes = spawn_blocking(move || disk.find(name)).await.ok()??;
        self.keep_in_memory(name, &bytes, bytes.len());
        Some(bytes)
    }

    /// Keeps a part of something of `whole` bytes.
    pub(super) async fn keep(&self, name: Name, bytes: Bytes, whole: u64) {
        self.keep_in_memory(name, &bytes, usize::try_from(whole).unwrap_or(usize::MAX));
        if let Some(disk) = self.disk.clone().filter(|disk| disk.keeps(whole)) {
            // Only a runtime that ends cancels it, and then nothing needs to be kept.
            let _ = spawn_blocking(move || disk.keep(name, &bytes)).await;
        }
    }

    fn keep_in_memory(&self, name: Name, bytes: &Bytes, whole: usize) {
        if self.keeps_in_memory(u64::try_from(whole).unwrap_or(u64::MAX)) {
            memory::keep(name, bytes.clone(), self.memory);
        }
    }

    /// The error for what is not kept and may not be asked for.
    pub(super) fn missing(&self, what: &str) -> Error {
        let text = format!(
            "Offline is true, and nothing is kept of {what} for this sign-in. Connect once with Offline=false and the same \
             CacheLocation, and read it."
        );
        Error::new(Kind::DataSource, text)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
