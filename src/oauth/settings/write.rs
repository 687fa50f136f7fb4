//! Replacing the settings file so that every reader sees the old or the new one, whole.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;

const SUFFIX: &str = ".tmp";
/// A temporary file this old belongs to a writer that was killed: writing takes milliseconds.
const ABANDONED: Duration = Duration::from_secs(60);

/// Writes `bytes` beside `target`, readable by its owner alone, and renames it into place. The caller holds the lock.
pub fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let (Some(directory), Some(name)) = (target.parent(), target.file_name()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
    };
    make_directory(directory)?;
    let prefix = prefix(name);
    sweep(directory, &prefix);

    // Created with mode 0600 and O_EXCL under a random name; deleted when dropped before the rename.
    let mut file = tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(SUFFIX)
        .tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|failure| failure.error)?;
    // The rename has happened; whether it survives a power cut is all that this can still fail at.
    if let Err(error) = File::open(directory).and_then(|directory| directory.sync_all()) {
        tracing::debug!(%error, "the settings directory could not be synchronised");
    }
    Ok(())
}

/// Makes a directory and those above it, for their owner alone. Existing ones stay as they are.
pub fn make_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn prefix(name: &OsStr) -> String {
    format!(".{}.", name.to_string_lossy())
}

/// Removes what killed writers left behind.
fn sweep(directory: &Path, prefix: &str) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let ours = name.starts_with(prefix) && name.ends_with(SUFFIX);
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if ours && age().is_some_and(|age| age > ABANDONED) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
