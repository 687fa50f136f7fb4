//! The settings file as the file system shows it: where it really is, whose it is, who may read and replace it.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, Mode, OFlags};

use crate::error::{Error, Kind, Result};

/// Far more than the sign-ins of a thousand identities.
const LONGEST: u64 = 1 << 20;
/// Links that are followed to a file which does not exist yet.
const MOST_LINKS: usize = 8;

/// The file behind symbolic links, which need not exist yet; what is replaced and locked is always this one.
pub fn resolve(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        if let Ok(found) = path.canonicalize() {
            return found;
        }
        let directory = path.parent().map(Path::to_owned).unwrap_or_default();
        match path.read_link() {
            Ok(target) => path = directory.join(target),
            Err(_) => break,
        }
    }
    let absolute = std::path::absolute(&path).unwrap_or(path);
    match (
        absolute.parent().and_then(|directory| directory.canonicalize().ok()),
        absolute.file_name(),
    ) {
        (Some(directory), Some(name)) => directory.join(name),
        _ => absolute,
    }
}

/// The file's bytes; `None` when there is no file, or nothing in it.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    // Not blocking, so that a named pipe in its place cannot hold the connection up.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(error)
            if matches!(
                io::Error::from(error).kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(path, "cannot be opened", error.into())),
    };
    let metadata = file
        .metadata()
        .map_err(|error| unreadable(path, "cannot be examined", error))?;
    if !metadata.is_file() {
        return Err(settings_error(
            path,
            "is not a regular file. Set OAuthSettingsLocation to a file.",
        ));
    }
    let user = rustix::process::geteuid().as_raw();
    if metadata.uid() != user {
        let text = format!(
            "belongs to user id {}, but this program runs as {user}, so it is not used. Give this user a copy of its \
             own, or set OAuthSettingsLocation to another file.",
            metadata.uid()
        );
        return Err(settings_error(path, &text));
    }

    let mut bytes = Vec::new();
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, "cannot be read", error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LONGEST) {
        return Err(settings_error(
            path,
            "is larger than 1 MiB and so is not a settings file.",
        ));
    }
    Ok((!bytes.is_empty()).then_some(bytes))
}

/// Why the file could not be replaced, if so; nothing is changed to find out.
pub fn check_writable(path: &Path) -> Result<()> {
    let refused = |reason: &str| {
        let text = format!("cannot be written ({reason}): new tokens would be lost when this program ends.");
        settings_error(path, &text)
    };
    // The file is replaced, not written to, so that its own mode stops nobody; it is a wish of its owner.
    if path.metadata().is_ok_and(|metadata| metadata.mode() & 0o200 == 0) {
        return Err(refused("the file is read-only"));
    }
    let Some(directory) = path
        .ancestors()
        .skip(1)
        .find(|directory| directory.symlink_metadata().is_ok())
    else {
        return Err(refused("its directory does not exist"));
    };
    if !directory.is_dir() {
        return Err(refused(&format!("'{}' is not a directory", directory.display())));
    }
    rustix::fs::access(directory, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|error| refused(&format!("directory '{}': {error}", directory.display())).caused_by(error))
}

/// A warning when others may read the file.
pub fn check_private(path: &Path) -> Option<Error> {
    let mode = path.metadata().ok()?.mode();
    let open = mode & 0o077;
    (open != 0).then(|| {
        let text = format!(
            "The OAuth settings file '{}' is open to other users (mode {:04o}). Run chmod 600 on it.",
            path.display(),
            mode & 0o7777
        );
        Error::new(Kind::Warning, text)
    })
}

/// An error that begins with the file's name.
pub fn settings_error(path: &Path, text: &str) -> Error {
    Error::new(
        Kind::Settings,
        format!("The OAuth settings file '{}' {text}", path.display()),
    )
}

fn unreadable(path: &Path, what: &str, error: io::Error) -> Error {
    let text = format!("{what}: {error}. Check its permissions, or set OAuthSettingsLocation to another file.");
    settings_error(path, &text).caused_by(error)
}
