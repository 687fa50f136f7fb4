//! Files that take their names when they are whole: every reader sees the old one or the new one.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// How the names of unfinished files end.
pub const SUFFIX: &str = ".tmp";

/// A file that is written beside its place, and deleted when it does not get there.
#[derive(Debug)]
pub struct WholeFile {
    file: NamedTempFile,
    place: PathBuf,
}

/// How the names of unfinished files begin that will have this one; behind it is something random without a dot.
pub fn prefix(name: &OsStr) -> String {
    format!(".{}.", name.to_string_lossy())
}

impl WholeFile {
    /// Begins a file for a place, with as much of `mode` as the umask allows. It is made under a random name, and never
    /// opens one that is there.
    pub fn beside(place: &Path, mode: u32) -> io::Result<Self> {
        let Some(name) = place.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
        };
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = tempfile::Builder::new()
            .prefix(&prefix(name))
            .suffix(SUFFIX)
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Self {
            file,
            place: place.to_owned(),
        })
    }

    /// The place that it will take.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// The file so far.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives it its name, once it is on the disk. `AlreadyExists` where there is a file that it does not replace.
    pub fn take_place(self, replaces: bool) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        let taken = match replaces {
            true => self.file.persist(&self.place),
            false => self.file.persist_noclobber(&self.place),
        };
        taken.map(drop).map_err(|failure| failure.error)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_is_there_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a.json");
        let write = |text: &str| {
            let mut file = WholeFile::beside(&place, 0o600).unwrap();
            file.file().write_all(text.as_bytes()).unwrap();
            file
        };
        drop(write("lost"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let file = write("one");
        assert!(!place.exists() && file.place() == place);
        file.take_place(false).unwrap();
        let error = write("two").take_place(false).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&place).unwrap(), "one");
        write("three").take_place(true).unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "three");
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(WholeFile::beside(Path::new("/"), 0o600).is_err());
    }
}
