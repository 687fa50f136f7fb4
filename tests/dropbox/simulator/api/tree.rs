//! The served folder, as it is on disk at this moment.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::empty::EmptyFiles;
use super::error::{ApiError, NOT_FOUND};
use super::hash::{content_hash, fingerprint};
use super::path::{Place, lower};
use super::time::timestamp;

/// Cloud documents: they have no bytes to download, only formats to be exported to.
const EXPORT_ONLY: [(&str, &str); 3] = [(".paper", "markdown"), (".gdoc", "docx"), (".gsheet", "xlsx")];

/// A folder, re-read at every request.
pub struct Tree {
    root: PathBuf,
    pub empty: EmptyFiles,
    /// Content hashes, valid as long as the file's stamp stays the same.
    hashes: Mutex<HashMap<PathBuf, (Stamp, String)>>,
    /// Where the revisions that were told are, unless the file has changed since.
    revisions: Mutex<HashMap<String, Entry>>,
    /// `path_lower` and `path_display` of everything ever seen, to tell what was deleted.
    seen: Mutex<BTreeMap<String, String>>,
}

/// Everything that exists, by `path_lower`; a folder stands before what is in it.
pub type Entries = BTreeMap<String, Entry>;

/// A file or folder.
#[derive(Clone, Debug)]
pub struct Entry {
    pub path_display: String,
    /// `None` for a folder.
    pub file: Option<FileEntry>,
}

#[derive(Clone, Debug)]
pub struct FileEntry {
    pub disk_path: PathBuf,
    stamp: Stamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: SystemTime,
}

impl Stamp {
    fn of(metadata: &Metadata) -> io::Result<Self> {
        Ok(Self {
            size: metadata.len(),
            modified: metadata.modified()?,
        })
    }
}

impl Tree {
    pub fn open(root: &Path) -> io::Result<Self> {
        let tree = Self {
            root: root.canonicalize()?,
            empty: EmptyFiles::default(),
            hashes: Mutex::default(),
            revisions: Mutex::default(),
            seen: Mutex::default(),
        };
        tree.entries()?;
        Ok(tree)
    }

    /// Symbolic links and names that are not Unicode are left out, as the desktop client leaves them behind.
    pub fn entries(&self) -> io::Result<Entries> {
        let mut entries = Entries::new();
        let mut folders = vec![(self.root.clone(), String::new())];
        while let Some((disk_path, display)) = folders.pop() {
            for item in fs::read_dir(disk_path)? {
                let item = item?;
                let Ok(name) = item.file_name().into_string() else {
                    continue;
                };
                let path_display = format!("{display}/{name}");
                let kind = item.file_type()?;
                let file = if kind.is_dir() {
                    folders.push((item.path(), path_display.clone()));
                    None
                } else if kind.is_file() {
                    let metadata = item.metadata()?;
                    let stamp = Stamp::of(&metadata)?;
                    Some(FileEntry {
                        disk_path: item.path(),
                        stamp,
                    })
                } else {
                    continue;
                };
                entries.insert(lower(&path_display), Entry { path_display, file });
            }
        }
        let named = entries
            .iter()
            .map(|(lower, entry)| (lower.clone(), entry.path_display.clone()));
        self.seen.lock().extend(named);
        Ok(entries)
    }

    /// The file or folder at a place that is not the root.
    pub fn find(&self, place: &Place) -> Result<Entry, ApiError> {
        if let Place::Rev(rev) = place {
            return self.find_revision(rev);
        }
        let mut entries = self.entries()?;
        let found = match place {
            Place::Root => None,
            Place::Path(path) => entries.remove(path),
            Place::Id(id) => entries.into_values().find(|entry| entry.id() == *id),
            Place::Rev(_) => None,
        };
        found.ok_or(NOT_FOUND)
    }

    /// Only the current revision of each file is kept; an older one is as good as purged.
    fn find_revision(&self, rev: &str) -> Result<Entry, ApiError> {
        let told = self.revisions.lock().get(rev).cloned();
        if let Some(entry) = told
            && let Some(file) = &entry.file
            && fs::symlink_metadata(&file.disk_path).is_ok_and(|now| Stamp::of(&now).is_ok_and(|now| now == file.stamp))
        {
            return Ok(entry);
        }
        for entry in self.entries()?.into_values() {
            if let Some(file) = &entry.file
                && self.rev(&entry, file)? == rev
            {
                return Ok(entry);
            }
        }
        Err(NOT_FOUND)
    }

    /// `Metadata` of the API, with its tag.
    pub fn metadata(&self, entry: &Entry) -> io::Result<Value> {
        let mut metadata = json!({
            ".tag": "folder",
            "name": entry.name(),
            "path_lower": lower(&entry.path_display),
            "path_display": entry.path_display,
            "id": entry.id(),
        });
        let (Some(file), Some(members)) = (&entry.file, metadata.as_object_mut()) else {
            return Ok(metadata);
        };
        let modified = timestamp(file.stamp.modified);
        members.insert(".tag".to_owned(), "file".into());
        members.insert("client_modified".to_owned(), modified.clone().into());
        members.insert("server_modified".to_owned(), modified.into());
        let rev = self.rev(entry, file)?;
        self.revisions.lock().insert(rev.clone(), entry.clone());
        members.insert("rev".to_owned(), rev.into());
        members.insert("size".to_owned(), file.stamp.size.into());
        members.insert("content_hash".to_owned(), self.content_hash(file)?.into());
        members.insert("is_downloadable".to_owned(), entry.is_downloadable().into());
        if let Some(format) = entry.export_format() {
            members.insert(
                "export_info".to_owned(),
                json!({"export_as": format, "export_options": [format]}),
            );
        }
        Ok(metadata)
    }

    /// `DeletedMetadata` of everything that was once seen and is not among `present`.
    pub fn deleted(&self, present: &Entries) -> BTreeMap<String, Value> {
        let seen = self.seen.lock();
        let gone = seen.iter().filter(|(path_lower, _)| !present.contains_key(*path_lower));
        gone.map(|(path_lower, path_display)| (path_lower.clone(), deleted_metadata(path_lower, path_display)))
            .collect()
    }

    fn content_hash(&self, file: &FileEntry) -> io::Result<String> {
        if let Some((stamp, hash)) = self.hashes.lock().get(&file.disk_path)
            && *stamp == file.stamp
        {
            return Ok(hash.clone());
        }
        let hash = content_hash(File::open(&file.disk_path)?)?;
        self.hashes
            .lock()
            .insert(file.disk_path.clone(), (file.stamp, hash.clone()));
        Ok(hash)
    }

    fn rev(&self, entry: &Entry, file: &FileEntry) -> io::Result<String> {
        let modified = file
            .stamp
            .modified
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos()
            .to_string();
        Ok(fingerprint(
            &["rev", &entry.path_display, &modified, &self.content_hash(file)?],
            10,
        ))
    }
}

impl Entry {
    pub fn name(&self) -> &str {
        last_component(&self.path_display)
    }

    pub fn is_downloadable(&self) -> bool {
        self.export_format().is_none()
    }

    /// Stays the same while the file keeps its path.
    fn id(&self) -> String {
        format!("id:{}", fingerprint(&["id", &lower(&self.path_display)], 11))
    }

    fn export_format(&self) -> Option<&'static str> {
        let path = lower(&self.path_display);
        EXPORT_ONLY
            .iter()
            .find(|(ending, _)| path.ends_with(ending))
            .map(|(_, format)| *format)
    }
}

pub fn deleted_metadata(path_lower: &str, path_display: &str) -> Value {
    json!({
        ".tag": "deleted",
        "name": last_component(path_display),
        "path_lower": path_lower,
        "path_display": path_display,
    })
}

fn last_component(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
