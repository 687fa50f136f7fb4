//! Where tokens persist: the encrypted settings file, or process memory.

use std::path::PathBuf;

/// `OAuthSettingsLocation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file; the default is `OAuthSettings.txt` in the user's configuration directory.
    File(PathBuf),
    /// `memory://name`: shared within the process, never on disk.
    Memory(String),
}
