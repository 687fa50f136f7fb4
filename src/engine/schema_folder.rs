//! The folder of schema files (`Location`).

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tokio::task::{JoinError, spawn_blocking};

use crate::error::{Error, Kind, Result};
use crate::json::SchemaFile;
use crate::whole_file::WholeFile;

use super::documents::alike;

/// How the name of a schema file ends.
const EXTENSION: &str = "schema";

/// A folder of schema files.
#[derive(Clone, Debug)]
pub struct SchemaFolder {
    folder: PathBuf,
    /// Whether tables that have no file get one when they are first used.
    written: bool,
}

impl SchemaFolder {
    /// The folder at a path, and whether files are written when tables are first used. No I/O.
    pub fn new(folder: &str, written: bool) -> Self {
        Self {
            folder: PathBuf::from(folder),
            written,
        }
    }

    /// Whether files are written when tables are first used.
    pub(super) fn is_written(&self) -> bool {
        self.written
    }

    /// The tables that the files describe, by the names of the files, each with its path.
    ///
    /// `Kind::Property` for a folder that is none, a file that cannot be followed, and two files for one table.
    pub(super) fn read(&self) -> Result<Vec<(PathBuf, SchemaFile)>> {
        let entries = fs::read_dir(&self.folder).map_err(|error| self.unreadable(error))?;
        let entries = entries.collect::<io::Result<Vec<_>>>();
        let paths = entries.map_err(|error| self.unreadable(error))?.into_iter();
        let mut paths: Vec<_> = paths
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION))
            .collect();
        paths.sort();
        let mut files = Vec::new();
        let mut tables: BTreeMap<String, PathBuf> = BTreeMap::new();
        for path in paths {
            let text = fs::read_to_string(&path).map_err(|error| {
                let text = format!("The schema file {} cannot be read: {error}.", path.display());
                Error::new(Kind::Property, text).caused_by(error)
            })?;
            let file = SchemaFile::read(&path.to_string_lossy(), &text)?;
            if let Some(other) = tables.insert(file.table.to_lowercase(), path.clone()) {
                let text = format!(
                    "The schema files {} and {} both describe a table called {}. Remove one, or change its table.",
                    other.display(),
                    path.display(),
                    file.table
                );
                return Err(Error::new(Kind::Property, text));
            }
            files.push((path, file));
        }
        Ok(files)
    }

    /// Writes files with these texts for those of the tables that no file describes.
    pub(super) async fn add(&self, tables: Vec<(String, String)>) -> Result<()> {
        let folder = self.clone();
        let added = spawn_blocking(move || {
            let known = folder.read()?;
            let is_known = |table: &str| known.iter().any(|(_, file)| alike(&file.table, table));
            for (table, text) in tables.into_iter().filter(|(table, _)| !is_known(table)) {
                match folder.write_now(&file_name(&table), &text, false) {
                    // Another process was quicker.
                    Err(error) if error.kind() == Kind::TableExists => {}
                    written => drop(written?),
                }
            }
            Ok(())
        });
        added.await.map_err(lost)?
    }

    /// Writes the file for a table, or the one called `file`, whole or not at all; answers its path.
    ///
    /// `Kind::Property` when it cannot be written, `Kind::TableExists` when there is one that is not to be replaced.
    pub(super) async fn write(&self, table: &str, file: Option<&str>, text: String, replaces: bool) -> Result<PathBuf> {
        let name = file.map_or_else(|| file_name(table), str::to_owned);
        let folder = self.clone();
        let written = spawn_blocking(move || folder.write_now(&name, &text, replaces));
        written.await.map_err(lost)?
    }

    fn write_now(&self, name: &str, text: &str, replaces: bool) -> Result<PathBuf> {
        if name.contains(['/', '\0'])
            || Path::new(name)
                .extension()
                .is_none_or(|extension| extension != EXTENSION)
        {
            let text = format!(
                "A schema file cannot be called \"{name}\": it is a file in the folder of Location, and its name ends with \
                 .{EXTENSION}."
            );
            return Err(Error::new(Kind::Property, text));
        }
        let target = self.folder.join(name);
        match persist(&target, text, replaces) {
            Ok(()) => Ok(target),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let text = format!(
                    "The schema file {} exists already, and may have been edited. Give CreateSchema Overwrite='true' to \
                     replace it, or another FileName.",
                    target.display()
                );
                Err(Error::new(Kind::TableExists, text))
            }
            Err(error) => {
                let text = format!(
                    "The schema file {} cannot be written: {error}. Check the folder that Location names, or set \
                     GenerateSchemaFiles=Never.",
                    target.display()
                );
                Err(Error::new(Kind::Property, text).caused_by(error))
            }
        }
    }

    fn unreadable(&self, error: io::Error) -> Error {
        let text = format!(
            "The property Location names the folder {}, which cannot be read: {error}. Make the folder, or leave Location \
             out.",
            self.folder.display()
        );
        Error::new(Kind::Property, text).caused_by(error)
    }
}

/// The file for a table.
fn file_name(table: &str) -> String {
    format!("{}.{EXTENSION}", table.replace(['/', '\0'], "_"))
}

fn lost(error: JoinError) -> Error {
    Error::new(Kind::Internal, "The writing of a schema file ended before its time.").caused_by(error)
}

fn persist(target: &Path, text: &str, replaces: bool) -> io::Result<()> {
    if !replaces && target.try_exists()? {
        return Err(ErrorKind::AlreadyExists.into());
    }
    // Others may read and edit it as far as the umask lets them: it is no secret.
    let mut file = WholeFile::beside(target, 0o666)?;
    file.file().write_all(text.as_bytes())?;
    file.take_place(replaces)
}
