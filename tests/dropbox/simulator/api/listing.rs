//! `files/list_folder` with its continuation.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call::Call;
use super::error::{ApiError, NOT_FOLDER};
use super::path::{self, Place, lower};
use super::shared::SharedLink;
use super::tree::{Tree, deleted_metadata};
use crate::accounts::Account;
use crate::random;
use crate::settings::Settings;
use crate::simulator::Shared;

const SCOPE: &str = "files.metadata.read";

/// The argument of `files/list_folder`; members that change nothing here are still checked for their type.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ListFolder {
    path: String,
    #[serde(default)]
    recursive: bool,
    #[serde(default)]
    include_media_info: bool,
    #[serde(default)]
    include_deleted: bool,
    #[serde(default)]
    include_has_explicit_shared_members: bool,
    #[serde(default = "yes")]
    include_mounted_folders: bool,
    limit: Option<usize>,
    shared_link: Option<SharedLink>,
    include_property_groups: Option<Value>,
    #[serde(default = "yes")]
    include_non_downloadable_files: bool,
    #[serde(default)]
    include_restorable_info: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Continue {
    cursor: String,
}

fn yes() -> bool {
    true
}

/// Cursors that were handed out; all stay usable, so that a lost page can be asked for again.
#[derive(Default)]
pub struct Listings {
    cursors: Mutex<HashMap<String, Cursor>>,
    /// Listings that are being made, by account and argument.
    under_way: Arc<Mutex<HashSet<String>>>,
}

#[derive(Clone)]
struct Cursor {
    listing: Arc<Listing>,
    /// The index of the first entry that was not handed out yet.
    next: usize,
    /// The page before was an empty one.
    after_empty_page: bool,
}

/// What one round of listing hands out: first everything, later what has changed since.
struct Listing {
    account: &'static Account,
    argument: ListFolder,
    place: Place,
    entries: Vec<Value>,
    /// Everything there was, by `path_lower`.
    snapshot: BTreeMap<String, Value>,
}

/// Keeps a second listing like this one out until its answer has been sent.
struct UnderWay {
    key: String,
    all: Arc<Mutex<HashSet<String>>>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.lock().remove(&self.key);
    }
}

pub async fn list_folder(State(simulator): State<Shared>, call: Call) -> Result<Response, ApiError> {
    let account = call.authorize(&simulator, SCOPE)?;
    let argument: ListFolder = call.json_argument()?;
    if argument.limit.is_some_and(|limit| !(1..=2000).contains(&limit)) {
        return Err(call.bad("request body: limit: must be between 1 and 2000"));
    }
    let place = match &argument.shared_link {
        Some(_) if argument.recursive => {
            return Err(call.bad("request body: recursive: a shared link cannot be listed recursively"));
        }
        Some(link) => {
            // What the path looks like is checked as ever; it begins at the folder of the link.
            path::folder(&call, account, &argument.path)?;
            simulator.shared_links.folder(link, &argument.path, account)?
        }
        None => path::folder(&call, account, &argument.path)?,
    };
    let under_way = simulator.listings.begin(account, &argument)?;
    let listing = simulator
        .with_tree(move |tree| {
            let snapshot = snapshot(tree, &argument, &place)?;
            let entries = snapshot.values().cloned().collect();
            Ok(Listing {
                account,
                argument,
                place,
                entries,
                snapshot,
            })
        })
        .await?;
    let start = Cursor {
        listing: Arc::new(listing),
        next: 0,
        after_empty_page: false,
    };
    let mut answer = Json(simulator.listings.page(start, &simulator.settings())).into_response();
    // The answer carries it through the latency that tests ask for.
    answer.extensions_mut().insert(Arc::new(under_way));
    Ok(answer)
}

pub async fn list_folder_continue(State(simulator): State<Shared>, call: Call) -> Result<Json<Value>, ApiError> {
    let account = call.authorize(&simulator, SCOPE)?;
    let argument: Continue = call.json_argument()?;
    let cursor = simulator.listings.cursor(&argument.cursor, account)?;
    let cursor = if cursor.next < cursor.listing.entries.len() {
        cursor
    } else {
        let before = cursor.listing;
        let listing = simulator.with_tree(move |tree| changes_since(tree, &before)).await?;
        Cursor {
            listing: Arc::new(listing),
            next: 0,
            after_empty_page: false,
        }
    };
    Ok(Json(simulator.listings.page(cursor, &simulator.settings())))
}

impl Listings {
    /// Makes all cursors answer `reset`.
    pub fn reset_cursors(&self) {
        self.cursors.lock().clear();
    }

    fn begin(&self, account: &Account, argument: &ListFolder) -> Result<UnderWay, ApiError> {
        let argument = serde_json::to_string(argument).map_err(|error| ApiError::Internal(error.to_string()))?;
        let key = format!("{} {argument}", account.account_id);
        if !self.under_way.lock().insert(key.clone()) {
            return Err(ApiError::TooManyRequests);
        }
        Ok(UnderWay {
            key,
            all: Arc::clone(&self.under_way),
        })
    }

    fn cursor(&self, cursor: &str, account: &Account) -> Result<Cursor, ApiError> {
        let cursors = self.cursors.lock();
        let known = cursors
            .get(cursor)
            .filter(|cursor| cursor.listing.account.account_id == account.account_id);
        known.cloned().ok_or(ApiError::Function(&["reset"]))
    }

    /// The page at `cursor`, as `ListFolderResult` of the API.
    fn page(&self, cursor: Cursor, settings: &Settings) -> Value {
        let Cursor {
            listing,
            next,
            after_empty_page,
        } = cursor;
        let limit = listing
            .argument
            .limit
            .unwrap_or(usize::MAX)
            .min(settings.page_size.max(1));
        let is_empty_page = settings.empty_pages && !after_empty_page && next < listing.entries.len();
        let entries: &[Value] = if is_empty_page {
            &[]
        } else {
            let rest = listing.entries.get(next..).unwrap_or_default();
            rest.get(..limit).unwrap_or(rest)
        };
        let after = next + entries.len();
        let key = format!("AA{}", random::text::<48>());
        let page = json!({"entries": entries, "cursor": key, "has_more": after < listing.entries.len()});
        self.cursors.lock().insert(
            key,
            Cursor {
                listing,
                next: after,
                after_empty_page: is_empty_page,
            },
        );
        page
    }
}

fn changes_since(tree: &Tree, before: &Listing) -> Result<Listing, ApiError> {
    let snapshot = snapshot(tree, &before.argument, &before.place)?;
    let gone = before.snapshot.iter().filter(|(path, _)| !snapshot.contains_key(*path));
    let gone = gone.map(|(path, metadata)| {
        deleted_metadata(
            path,
            metadata.get("path_display").and_then(Value::as_str).unwrap_or(path),
        )
    });
    let changed = snapshot
        .iter()
        .filter(|(path, metadata)| before.snapshot.get(*path) != Some(*metadata));
    let entries = gone.chain(changed.map(|(_, metadata)| metadata.clone())).collect();
    Ok(Listing {
        account: before.account,
        argument: before.argument.clone(),
        place: before.place.clone(),
        entries,
        snapshot,
    })
}

/// All metadata the argument asks for.
fn snapshot(tree: &Tree, argument: &ListFolder, place: &Place) -> Result<BTreeMap<String, Value>, ApiError> {
    let folder = match place {
        Place::Root => String::new(),
        _ => {
            let entry = tree.find(place)?;
            if entry.file.is_some() {
                return Err(NOT_FOLDER);
            }
            lower(&entry.path_display)
        }
    };
    let wanted = |path: &str| match path.strip_prefix(&folder) {
        // A recursive listing begins with the folder itself.
        Some("") => argument.recursive,
        Some(rest) => rest
            .strip_prefix('/')
            .is_some_and(|inner| argument.recursive || !inner.contains('/')),
        None => false,
    };

    let entries = tree.entries()?;
    let mut snapshot = BTreeMap::new();
    if argument.include_deleted {
        snapshot.extend(tree.deleted(&entries).into_iter().filter(|(path, _)| wanted(path)));
    }
    for (path, entry) in &entries {
        if wanted(path) && (argument.include_non_downloadable_files || entry.is_downloadable()) {
            let mut metadata = tree.metadata(entry)?;
            if let Some(members) = metadata.as_object_mut().filter(|_| argument.shared_link.is_some()) {
                // Where a file is mounted is known of one's own files only.
                members.retain(|name, _| !name.starts_with("path_"));
            }
            snapshot.insert(path.clone(), metadata);
        }
    }
    Ok(snapshot)
}
