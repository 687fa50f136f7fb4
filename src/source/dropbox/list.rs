//! Which files a path, folder or mask selects.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::Deserialize;
use serde_json::json;

use crate::error::{Error, Kind, Result};
use crate::source::Document;
use crate::source::choice::{Case, Choice, Walk};
use crate::source::uri::Selection;

use super::api::{Api, Failure};

/// How often a listing starts anew because the folder changed too much under it.
const RESTARTS: usize = 3;

/// The most entries of a page that may be asked for.
const PAGE: u32 = 2000;

#[derive(Debug, Deserialize)]
struct Page {
    entries: Vec<Entry>,
    cursor: String,
    has_more: bool,
}

/// A file, a folder, or the trace of one that was deleted.
#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(rename = ".tag")]
    tag: String,
    name: String,
    /// None where the entry is not mounted, and so cannot be reached.
    path_lower: Option<String>,
    path_display: Option<String>,
    #[serde(default)]
    size: u64,
    /// Files only.
    rev: Option<String>,
    /// Files only, in RFC 3339.
    server_modified: Option<String>,
    #[serde(default = "yes")]
    is_downloadable: bool,
}

fn yes() -> bool {
    true
}

/// The documents of a selection, ordered by path.
pub(super) async fn list(api: &Api, selection: &Selection, choice: &Choice) -> Result<Vec<Document>> {
    let walk = |mask| choice.walk(mask, Case::Ignored);
    match selection {
        Selection::File(path) => {
            let argument = json!({ "path": path });
            let entry: Entry = api
                .call("files/get_metadata", &argument)
                .await
                .map_err(|failure| failure.into_error(&shown(path)))?;
            match entry.tag.as_str() {
                "folder" => list_folder(api, path, &walk(None)).await,
                "file" if !entry.is_downloadable => Err(Error::new(
                    Kind::Unsupported,
                    format!(
                        "{} cannot be downloaded, only exported by Dropbox, so it is no JSON document.",
                        shown(path)
                    ),
                )),
                _ => document(entry).map(|document| vec![document]).ok_or_else(|| {
                    Error::new(
                        Kind::TableNotFound,
                        format!(
                            "{} is no file that can be read: it is deleted, or not mounted. Check URI.",
                            shown(path)
                        ),
                    )
                }),
            }
        }
        Selection::Folder(folder) => list_folder(api, folder, &walk(None)).await,
        Selection::Mask { folder, mask } => list_folder(api, folder, &walk(Some(mask))).await,
    }
}

async fn list_folder(api: &Api, folder: &str, walk: &Walk) -> Result<Vec<Document>> {
    let entries = entries(api, folder, walk.is_deep())
        .await
        .map_err(|failure| failure.into_error(&shown(folder)))?;
    let above = steps(folder).count();
    let is_wanted = |path: &str| walk.takes_path(steps(path).skip(above));
    let mut documents = Vec::new();
    for (_, entry) in entries
        .into_iter()
        .filter(|(path, entry)| entry.tag == "file" && is_wanted(path))
    {
        if entry.is_downloadable {
            documents.extend(document(entry));
        } else {
            tracing::warn!(name = entry.name, "left out a file that Dropbox only exports");
        }
    }
    if documents.is_empty() {
        let message = format!(
            "The folder {} gives no table: {}. Check URI.",
            shown(folder),
            walk.nothing()
        );
        return Err(Error::new(Kind::TableNotFound, message));
    }
    Ok(documents)
}

/// Everything in a folder, and with `deep` in the folders in it, by `path_lower`, which is what tells entries apart; the
/// last word about a path counts.
async fn entries(api: &Api, folder: &str, deep: bool) -> Result<BTreeMap<String, Entry>, Failure> {
    let start = json!({ "path": folder, "recursive": deep, "limit": PAGE });
    let mut restarts = 0;
    'listing: loop {
        let mut entries = BTreeMap::new();
        let mut page: Page = api.call("files/list_folder", &start).await?;
        loop {
            for entry in page.entries {
                if let Some(path) = entry.path_lower.clone() {
                    entries.insert(path, entry);
                }
            }
            if !page.has_more {
                return Ok(entries);
            }
            let rest = json!({ "cursor": page.cursor });
            page = match api.call("files/list_folder/continue", &rest).await {
                Ok(page) => page,
                Err(Failure::Refused(refusal)) if refusal.tag() == "reset" && restarts < RESTARTS => {
                    restarts += 1;
                    continue 'listing;
                }
                Err(failure) => return Err(failure),
            };
        }
    }
}

/// None for what cannot be downloaded by a revision.
fn document(entry: Entry) -> Option<Document> {
    let location = entry.path_lower?;
    let modified = entry.server_modified.as_deref();
    Some(Document {
        name: shown(entry.path_display.as_deref().unwrap_or(&location)),
        location,
        size: entry.size,
        revision: entry.rev?,
        modified: modified.and_then(|text| Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc())),
    })
}

fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|step| !step.is_empty())
}

/// A path as `URI` would name it.
fn shown(path: &str) -> String {
    format!("dropbox://{}", if path.is_empty() { "/" } else { path })
}
