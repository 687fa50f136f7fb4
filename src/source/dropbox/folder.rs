//! Everything in a folder: listed once, and from then on what has changed since.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::Result;

use super::api::{Api, Failure};
use super::kept::Kept;
use super::list::{Entry, shown};
use super::part::length;

/// How often a listing starts anew because the folder changed too much under it.
pub(super) const RESTARTS: usize = 3;

/// The most entries of a page that may be asked for.
const PAGE: u32 = 2000;

#[derive(Debug, Deserialize)]
struct Page {
    entries: Vec<Entry>,
    cursor: String,
    has_more: bool,
}

/// A folder as it was when it was listed.
#[derive(Debug, Deserialize, Serialize)]
struct Folder {
    /// What tells the changes since then.
    cursor: String,
    /// By `path_lower`, which is what tells entries apart.
    #[serde(with = "by_path")]
    entries: Entries,
}

pub(super) type Entries = BTreeMap<String, Entry>;

/// Entries as a list, since each holds its path itself.
mod by_path {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Entries, Entry};

    pub(super) fn serialize<S: Serializer>(entries: &Entries, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(entries.values())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Entries, D::Error> {
        let entries = Vec::<Entry>::deserialize(deserializer)?.into_iter();
        Ok(entries
            .filter_map(|entry| Some((entry.path_lower.clone()?, entry)))
            .collect())
    }
}

/// What is in a folder now, and with `deep` in the folders in it, by `path_lower`. Offline it is what was in it.
pub(super) async fn entries(api: &Api, kept: &Kept, folder: &str, deep: bool) -> Result<Entries> {
    let name = kept.name("folder", &[folder, if deep { "deep" } else { "flat" }]);
    let known = kept.find(name).await.and_then(|stored| Folder::read(&stored));
    if kept.is_offline() {
        let known = known.ok_or_else(|| kept.missing(&shown(folder)))?;
        return Ok(known.entries);
    }
    let now = match known {
        Some(known) => resume(api, known, folder, deep).await,
        None => list(api, folder, deep).await.map(|folder| (folder, true)),
    };
    let (now, is_new) = now.map_err(|failure| failure.into_error(&shown(folder)))?;
    if is_new && let Some(stored) = now.write() {
        let length = length(stored.len());
        kept.keep(name, stored, length).await;
    }
    Ok(now.entries)
}

/// Brings a folder up to date, and tells whether it has changed. One that cannot be is listed anew.
async fn resume(api: &Api, mut folder: Folder, path: &str, deep: bool) -> Result<(Folder, bool), Failure> {
    match follow(api, &mut folder).await {
        Ok(has_changed) => Ok((folder, has_changed)),
        Err(Failure::Refused(refusal)) if refusal.is_of_cursor() => Ok((list(api, path, deep).await?, true)),
        Err(failure) => Err(failure),
    }
}

async fn list(api: &Api, path: &str, deep: bool) -> Result<Folder, Failure> {
    let start = json!({ "path": path, "recursive": deep, "limit": PAGE });
    let mut restarts = 0;
    loop {
        let page: Page = api.call("files/list_folder", &start).await?;
        let has_more = page.has_more;
        let mut folder = Folder {
            cursor: String::new(),
            entries: BTreeMap::new(),
        };
        folder.take(page);
        let rest = match has_more {
            true => follow(api, &mut folder).await.map(drop),
            false => Ok(()),
        };
        match rest {
            Ok(()) => return Ok(folder),
            Err(Failure::Refused(refusal)) if refusal.tag() == "reset" && restarts < RESTARTS => restarts += 1,
            Err(failure) => return Err(failure),
        }
    }
}

/// Reads what comes behind the cursor, and tells whether it is anything.
async fn follow(api: &Api, folder: &mut Folder) -> Result<bool, Failure> {
    let mut has_changed = false;
    loop {
        let rest = json!({ "cursor": folder.cursor });
        let page: Page = api.call("files/list_folder/continue", &rest).await?;
        let has_more = page.has_more;
        has_changed |= has_more || !page.entries.is_empty();
        folder.take(page);
        if !has_more {
            return Ok(has_changed);
        }
    }
}

impl Folder {
    /// As it is kept: paths repeat so much that a tenth of the space is enough.
    fn write(&self) -> Option<Bytes> {
        let json = serde_json::to_vec(self).ok()?;
        zstd::bulk::compress(&json, 1).ok().map(Bytes::from)
    }

    fn read(stored: &[u8]) -> Option<Self> {
        serde_json::from_slice(&zstd::decode_all(stored).ok()?).ok()
    }

    /// Applies a page: the last word about a path counts.
    fn take(&mut self, page: Page) {
        self.cursor = page.cursor;
        for entry in page.entries {
            let Some(path) = entry.path_lower.clone() else { continue };
            if entry.tag != "folder" {
                // A folder that was here is gone, with everything in it. `0` comes behind `/`.
                let inner: Vec<_> = self
                    .entries
                    .range(format!("{path}/")..format!("{path}0"))
                    .map(|(inner, _)| inner.clone())
                    .collect();
                for inner in inner {
                    self.entries.remove(&inner);
                }
            }
            match entry.tag.as_str() {
                "deleted" => self.entries.remove(&path),
                _ => self.entries.insert(path, entry),
            };
        }
    }
}
