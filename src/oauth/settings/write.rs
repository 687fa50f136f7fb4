//! Replacing the settings file so that every reader sees the old or the new one, whole.

use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;

use crate::whole_file::{SUFFIX, WholeFile, prefix};

/// A temporary file this old belongs to a writer that was killed: writing takes milliseconds.
const ABANDONED: Duration = Duration::from_secs(60);

/// Who else may be writing the same file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// Nobody: the caller holds a lock that every writer respects.
    None,
    /// Other processes, where there are no locks between them.
    Some,
}

/// Writes `bytes` beside `target`, readable by its owner alone, and renames it into place. What a killed writer left
/// beside it is removed: at once when there are no others, else when it is old.
pub fn replace(target: &Path, bytes: &[u8], others: Others) -> io::Result<()> {
    let (Some(directory), Some(name)) = (target.parent(), target.file_name()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
    };
    make_directory(directory)?;
    sweep(directory, &prefix(name), others);

    let mut file = WholeFile::beside(target, 0o600)?;
    file.file().write_all(bytes)?;
    file.take_place(true)?;
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

/// Removes what killed writers left behind.
fn sweep(directory: &Path, prefix: &str, others: Others) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let random = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(SUFFIX));
        // Another file's name may begin with the whole of this one's.
        let ours = random.is_some_and(|random| !random.contains('.'));
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if ours && (others == Others::None || age().is_some_and(|age| age > ABANDONED)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
