//! Why a settings file does not open, as its owner is told.

use std::path::Path;

use crate::error::Error;

use super::file::settings_error;
use super::keys::{KEY_FILE_VARIABLE, KEY_VARIABLE};

/// Why a file does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is damaged, or was encrypted with another key; the two cannot be told apart.
    WrongKeyOrDamaged,
    /// Its version, cipher or key slot is not known here.
    Newer,
    /// It is encrypted with a passphrase, and none is configured.
    NeedsPassphrase,
    /// It is encrypted with a key file's key, and none is configured.
    NeedsKeyFile,
    /// Its header asks for more memory or time to derive the key than any writer of such files takes.
    TooCostly,
    /// There is not enough memory to derive the key.
    OutOfMemory,
}

impl Unreadable {
    /// The error about the file at `path`.
    pub fn error(self, path: &Path) -> Error {
        let text = match self {
            Self::WrongKeyOrDamaged => {
                "cannot be decrypted: wrong key or damaged file. It is left as it is. Check OAuthSettingsKey or \
                 OAuthSettingsKeyFile if it was written with one, copy it again from where it was made, or move it away \
                 and sign in again."
                    .to_owned()
            }
            Self::Newer => {
                "was written by a newer version of this driver (or its header is damaged), and is left as it is. Use \
                 that version, or set OAuthSettingsLocation to another file and sign in again."
                    .to_owned()
            }
            Self::NeedsPassphrase => format!(
                "needs OAuthSettingsKey: it is encrypted with a passphrase. It is left as it is. Set OAuthSettingsKey, \
                 or the environment variable {KEY_VARIABLE}, to that passphrase, or set OAuthSettingsLocation to another \
                 file and sign in again."
            ),
            Self::NeedsKeyFile => format!(
                "needs OAuthSettingsKeyFile: it is encrypted with the key of a key file. It is left as it is. Set \
                 OAuthSettingsKeyFile, or the environment variable {KEY_FILE_VARIABLE}, to that file, or set \
                 OAuthSettingsLocation to another file and sign in again."
            ),
            Self::TooCostly => {
                "asks for more than 1 GiB of memory, 16 passes or 16 lanes to derive its key, which no version of this \
                 driver writes. It is left as it is and not tried. Copy it again from where it was made, or move it away \
                 and sign in again."
                    .to_owned()
            }
            Self::OutOfMemory => {
                "cannot be decrypted: there is not enough memory to derive its key from OAuthSettingsKey. It is left as \
                 it is. Try again when other programs have ended."
                    .to_owned()
            }
        };
        settings_error(path, &text)
    }
}
