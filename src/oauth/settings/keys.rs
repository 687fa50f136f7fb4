//! Key slots: what the header's `key:` line names, and the file key made from it.

use std::path::PathBuf;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::Result;
use crate::secret::Secret;

use super::key_file;
use super::passphrase::Derivation;
use super::unreadable::Unreadable;

/// The environment's passphrase, where `OAuthSettingsKey` is not set.
pub const KEY_VARIABLE: &str = "LATCHKEY_OAUTH_SETTINGS_KEY";
/// The environment's key file, where `OAuthSettingsKeyFile` is not set.
pub const KEY_FILE_VARIABLE: &str = "LATCHKEY_OAUTH_SETTINGS_KEY_FILE";

/// Salt of one write, in bytes.
pub const SALT_LENGTH: usize = 32;
/// Every secret and every file key, in bytes.
pub const KEY_LENGTH: usize = 32;
/// The secret of a slot that is configured.
pub type Key = Secret<[u8; KEY_LENGTH]>;
const PURPOSE: &[u8] = b"oauth-settings/v1/file-key";

/// The constant of slot `builtin-1`. It keeps the file from casual eyes and shows damage; it is no secret, because
/// it is compiled in: the file's permissions are the guard.
const BUILTIN_1: &[u8; KEY_LENGTH] = b"latchkey/oauth-settings/built-in";

const BUILTIN_1_NAME: &str = "builtin-1";
const PASS_NAME: &str = "pass";
const RAW_1_NAME: &str = "raw-1";

/// Where the secret behind a file key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A constant of the driver: no configuration, readable wherever the file is copied to.
    Builtin1,
    /// A passphrase.
    Pass(Derivation),
    /// The 32 bytes of a key file.
    Raw1,
}

impl Slot {
    /// The slot that a header names.
    pub fn from_header(text: &str) -> Result<Self, Unreadable> {
        match text.split_once(' ') {
            None if text == BUILTIN_1_NAME => Ok(Self::Builtin1),
            None if text == RAW_1_NAME => Ok(Self::Raw1),
            Some((PASS_NAME, derivation)) => Derivation::from_header(derivation).map(Self::Pass),
            _ => Err(Unreadable::Newer),
        }
    }

    /// How the header names this slot.
    pub fn header(&self) -> String {
        match self {
            Self::Builtin1 => BUILTIN_1_NAME.to_owned(),
            Self::Pass(derivation) => format!("{PASS_NAME} {derivation}"),
            Self::Raw1 => RAW_1_NAME.to_owned(),
        }
    }
}

/// A passphrase and a key file from one place: the properties or the environment.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The passphrase.
    pub key: Option<Secret>,
    /// The path of the key file.
    pub file: Option<PathBuf>,
}

/// Which slot new contents are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protection {
    /// No key is configured.
    #[default]
    Builtin,
    /// The passphrase.
    Passphrase,
    /// The key file.
    KeyFile,
}

/// The keys that a connection may read with, and the one it writes with.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    passphrase: Option<Secret>,
    raw: Option<Key>,
    protection: Protection,
}

impl Keys {
    /// Reads the key file. What writes is the property `OAuthSettingsKey`, else the property `OAuthSettingsKeyFile`,
    /// else the environment's, in the same order; the others still open files that were written with them.
    pub fn new(properties: Given, environment: Given) -> Result<Self> {
        let protection = if properties.key.is_some() {
            Protection::Passphrase
        } else if properties.file.is_some() {
            Protection::KeyFile
        } else if environment.key.is_some() {
            Protection::Passphrase
        } else if environment.file.is_some() {
            Protection::KeyFile
        } else {
            Protection::Builtin
        };
        let raw = match (&properties.file, &environment.file) {
            (Some(path), _) => Some(key_file::read(path, "The property OAuthSettingsKeyFile")?),
            (None, Some(path)) => {
                let source = format!("The environment variable {KEY_FILE_VARIABLE}");
                Some(key_file::read(path, &source)?)
            }
            (None, None) => None,
        };
        Ok(Self {
            passphrase: properties.key.or(environment.key),
            raw,
            protection,
        })
    }

    /// A word for what new contents are encrypted with.
    pub fn name(&self) -> &'static str {
        match self.protection {
            Protection::Builtin => "builtin",
            Protection::Passphrase => "passphrase",
            Protection::KeyFile => "keyfile",
        }
    }

    /// Which slot new contents are written in.
    pub fn protection(&self) -> Protection {
        self.protection
    }

    /// The slot to write in; that of the file as it is, where it is as good, so that the derived key stays the same.
    pub fn writing_slot(&self, current: Option<Slot>) -> Result<Slot, getrandom::Error> {
        match (self.protection, current) {
            (Protection::Builtin, _) => Ok(Slot::Builtin1),
            (Protection::KeyFile, _) => Ok(Slot::Raw1),
            (Protection::Passphrase, Some(slot @ Slot::Pass(derivation))) if derivation.is_strong() => Ok(slot),
            (Protection::Passphrase, _) => Derivation::fresh().map(Slot::Pass),
        }
    }

    /// The key of the file that is in this slot and was written with this salt.
    pub fn file_key(&self, slot: &Slot, salt: &[u8; SALT_LENGTH]) -> Result<Zeroizing<[u8; KEY_LENGTH]>, Unreadable> {
        let expand = |secret: &[u8; KEY_LENGTH]| {
            let mut key = Zeroizing::new([0_u8; KEY_LENGTH]);
            let expanded = Hkdf::<Sha256>::new(Some(salt), secret).expand(PURPOSE, key.as_mut());
            debug_assert!(expanded.is_ok(), "HKDF-SHA256 gives up to 8160 bytes");
            key
        };
        match slot {
            Slot::Builtin1 => Ok(expand(BUILTIN_1)),
            Slot::Pass(derivation) => {
                let passphrase = self.passphrase.as_ref().ok_or(Unreadable::NeedsPassphrase)?;
                Ok(expand(derivation.key(passphrase)?.expose()))
            }
            Slot::Raw1 => Ok(expand(self.raw.as_ref().ok_or(Unreadable::NeedsKeyFile)?.expose())),
        }
    }
}
