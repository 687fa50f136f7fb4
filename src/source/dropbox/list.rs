//! Which files a path, folder or mask selects.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{Error, Kind, Result};
use crate::source::choice::{Case, Choice, Walk};
use crate::source::uri::Selection;
use crate::source::{Document, Listing, in_order};

use super::api::Api;
use super::folder;
use super::kept::Kept;
use super::part::length;

/// A file, a folder, or the trace of one that was deleted.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Entry {
    #[serde(rename = ".tag")]
    pub(super) tag: String,
    /// None where the entry is not mounted, and so cannot be reached.
    pub(super) path_lower: Option<String>,
    path_display: Option<String>,
    #[serde(default)]
    size: u64,
    /// Files only.
    rev: Option<String>,
    /// Files only, in RFC 3339.
    server_modified: Option<String>,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    is_downloadable: bool,
}

fn yes() -> bool {
    true
}

// As serde wants it.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_true(value: &bool) -> bool {
    *value
}

/// Files that are named in a warning.
const NAMED: usize = 5;

/// The files of selections.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) documents: Vec<Document>,
    /// The names of those that can only be exported.
    pub(super) export_only: BTreeSet<String>,
}

impl Files {
    /// The documents by location, and a word about the other files.
    pub(super) fn into_listing(self) -> Listing {
        let Self { documents, export_only } = self;
        let mut listing = in_order(documents);
        let (files, they) = match export_only.len() {
            0 => return listing,
            1 => ("1 file that Dropbox only exports was".to_owned(), "it"),
            count => (format!("{count} files that Dropbox only exports were"), "they"),
        };
        let more = export_only.len().saturating_sub(NAMED);
        let named: Vec<_> = export_only.into_iter().take(NAMED).collect();
        let rest = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        listing.warnings.push(format!(
            "{files} left out, as {they} cannot be downloaded: {}{rest}",
            named.join(", ")
        ));
        listing
    }
}

/// Adds the files of a selection.
pub(super) async fn list(
    api: &Api,
    kept: &Kept,
    selection: &Selection,
    choice: &Choice,
    files: &mut Files,
) -> Result<()> {
    let walk = |mask| choice.walk(mask, Case::Ignored);
    match selection {
        Selection::File(path) => {
            let entry = entry_at(api, kept, path).await?;
            match entry.tag.as_str() {
                "folder" => list_folder(api, kept, path, &walk(None), files).await,
                "file" if !entry.is_downloadable => Err(Error::new(
                    Kind::Unsupported,
                    format!(
                        "{} cannot be downloaded, only exported by Dropbox, so it is no JSON document.",
                        shown(path)
                    ),
                )),
                _ => {
                    let document = document(entry).ok_or_else(|| {
                        let text = format!(
                            "{} is no file that can be read: it is deleted, or not mounted. Check URI.",
                            shown(path)
                        );
                        Error::new(Kind::TableNotFound, text)
                    })?;
                    files.documents.push(document);
                    Ok(())
                }
            }
        }
        Selection::Folder(folder) => list_folder(api, kept, folder, &walk(None), files).await,
        Selection::Mask { folder, mask } => list_folder(api, kept, folder, &walk(Some(mask)), files).await,
    }
}

/// The entry at a path, as it is now, or offline as it was.
async fn entry_at(api: &Api, kept: &Kept, path: &str) -> Result<Entry> {
    let name = kept.name("entry", &[path]);
    if kept.is_offline() {
        let stored = kept.find(name).await;
        let entry = stored.and_then(|stored| serde_json::from_slice(&stored).ok());
        return entry.ok_or_else(|| kept.missing(&shown(path)));
    }
    let entry = api.call("files/get_metadata", &json!({ "path": path })).await;
    let entry = entry.map_err(|failure| failure.into_error(&shown(path)))?;
    if let Ok(stored) = serde_json::to_vec(&entry)
        && kept.find(name).await.is_none_or(|known| known != stored)
    {
        let length = length(stored.len());
        kept.keep(name, stored.into(), length).await;
    }
    Ok(entry)
}

async fn list_folder(api: &Api, kept: &Kept, folder: &str, walk: &Walk, files: &mut Files) -> Result<()> {
    let entries = folder::entries(api, kept, folder, walk.is_deep()).await?;
    let above = steps(folder).count();
    let is_wanted = |path: &str| walk.takes_path(steps(path).skip(above));
    let before = files.documents.len();
    for (_, entry) in entries
        .into_iter()
        .filter(|(path, entry)| entry.tag == "file" && is_wanted(path))
    {
        if entry.is_downloadable {
            files.documents.extend(document(entry));
        } else {
            files.export_only.extend(entry.shown());
        }
    }
    if files.documents.len() == before {
        let message = format!(
            "The folder {} gives no table: {}. Check URI.",
            shown(folder),
            walk.nothing()
        );
        return Err(Error::new(Kind::TableNotFound, message));
    }
    Ok(())
}

impl Entry {
    /// How messages name it.
    fn shown(&self) -> Option<String> {
        self.path_display.as_deref().or(self.path_lower.as_deref()).map(shown)
    }
}

/// None for what cannot be downloaded by a revision.
fn document(entry: Entry) -> Option<Document> {
    Some(Document {
        name: entry.shown()?,
        modified: moment(entry.server_modified.as_deref()),
        location: entry.path_lower?,
        size: entry.size,
        revision: entry.rev?,
    })
}

/// A moment as Dropbox writes it, in RFC 3339.
pub(super) fn moment(text: Option<&str>) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(text?).ok()?.to_utc())
}

fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|step| !step.is_empty())
}

/// A path as `URI` would name it.
pub(super) fn shown(path: &str) -> String {
    format!("dropbox://{}", if path.is_empty() { "/" } else { path })
}
