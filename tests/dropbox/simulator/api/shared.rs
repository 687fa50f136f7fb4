//! Shared links: `sharing/get_shared_link_metadata`, `sharing/get_shared_link_file`, and what a link lets a listing see.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use parking_lot::Mutex;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::call::Call;
use super::download::{ascii_json, content, header, open};
use super::error::{ApiError, NOT_FOUND};
use super::path::{Place, lower};
use super::tree::Tree;
use crate::accounts::Account;
use crate::random;
use crate::simulator::Shared;

const SCOPE: &str = "sharing.read";

const LINK_NOT_FOUND: ApiError = ApiError::Function(&["shared_link_not_found"]);
const ACCESS_DENIED: ApiError = ApiError::Function(&["shared_link_access_denied"]);
const IS_DIRECTORY: ApiError = ApiError::Function(&["shared_link_is_directory"]);

/// What a test shares.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sharing {
    /// Who shares; the first account when it is not said.
    pub email: Option<String>,
    path: String,
    password: Option<String>,
    /// The link ran out already.
    #[serde(default)]
    expired: bool,
    /// The link opens for the person who shares it alone.
    #[serde(default)]
    only_owner: bool,
    /// The link is written as links were before 2023.
    #[serde(default)]
    old: bool,
}

/// A link that leads to a file or folder.
#[derive(Clone, Debug)]
struct Link {
    /// What stands before the query.
    path: String,
    /// `rlkey`, without which a link of today opens nothing.
    key: Option<String>,
    owner: &'static Account,
    target_lower: String,
    is_folder: bool,
    password: Option<String>,
    expired: bool,
    only_owner: bool,
}

/// All links that were made.
#[derive(Default)]
pub struct SharedLinks(Mutex<Vec<Link>>);

impl SharedLinks {
    /// Shares a file or folder, and answers with the link.
    pub fn share(&self, tree: &Tree, owner: &'static Account, sharing: Sharing) -> Result<String, ApiError> {
        let entry = tree.find(&Place::Path(lower(&sharing.path)))?;
        let is_folder = entry.file.is_none();
        let id = random::hex::<10>();
        let name = utf8_percent_encode(entry.name(), NON_ALPHANUMERIC);
        let path = match (sharing.old, is_folder) {
            (true, false) => format!("/s/{id}/{name}"),
            (true, true) => format!("/sh/{id}/{}", random::text::<18>()),
            (false, false) => format!("/scl/fi/{id}/{name}"),
            (false, true) => format!("/scl/fo/{id}/{}", random::text::<18>()),
        };
        let key = (!sharing.old).then(random::hex::<12>);
        let query = key.iter().map(|key| format!("rlkey={key}&")).collect::<String>();
        let link = format!("https://www.dropbox.com{path}?{query}dl=0");
        self.0.lock().push(Link {
            path,
            key,
            owner,
            target_lower: lower(&entry.path_display),
            is_folder,
            password: sharing.password,
            expired: sharing.expired,
            only_owner: sharing.only_owner,
        });
        Ok(link)
    }

    /// What must never show up in a log: what opens a link, and what opens it further.
    pub fn secrets(&self) -> Vec<String> {
        let links = self.0.lock();
        let parts = links.iter().flat_map(|link| {
            let id = link.path.split('/').find(|step| step.len() == 20).map(str::to_owned);
            [id, link.key.clone(), link.password.clone()]
        });
        parts.flatten().collect()
    }

    /// The link of a URL, if it opens for this person with this password.
    fn open(&self, url: &str, password: Option<&str>, account: &Account) -> Result<Link, ApiError> {
        let url = Url::parse(url).map_err(|_| LINK_NOT_FOUND)?;
        let is_dropbox = matches!(url.host_str(), Some("www.dropbox.com" | "dropbox.com"));
        let key = url.query_pairs().find(|(name, _)| name == "rlkey").map(|(_, key)| key);
        let decoded = |path: &str| percent_decode_str(path).decode_utf8_lossy().into_owned();
        let links = self.0.lock();
        let link = links
            .iter()
            .find(|link| decoded(&link.path) == decoded(url.path()) && link.key.as_deref() == key.as_deref())
            .filter(|_| is_dropbox && url.scheme() == "https")
            .ok_or(LINK_NOT_FOUND)?;
        if link.expired {
            return Err(LINK_NOT_FOUND);
        }
        let is_owner = link.owner.account_id == account.account_id;
        let is_refused =
            (link.only_owner && !is_owner) || link.password.as_deref().is_some_and(|own| password != Some(own));
        if is_refused {
            return Err(ACCESS_DENIED);
        }
        Ok(link.clone())
    }

    /// The folder that a listing of a link means.
    pub fn folder(&self, link: &SharedLink, path: &str, account: &Account) -> Result<Place, ApiError> {
        let link = self
            .open(&link.url, link.password.as_deref(), account)
            .map_err(|_| NOT_FOUND)?;
        Ok(Place::Path(format!("{}{}", link.target_lower, lower(path))))
    }
}

/// `files.SharedLink` of the API.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SharedLink {
    url: String,
    password: Option<String>,
}

/// `GetSharedLinkMetadataArg` of the API.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    url: String,
    path: Option<String>,
    link_password: Option<String>,
}

impl Wanted {
    /// The link, and what it leads to.
    fn find(&self, simulator: &Shared, call: &Call, account: &Account) -> Result<(Link, Place), ApiError> {
        let path = self.path.as_deref().unwrap_or_default();
        if !(path.is_empty() || path.starts_with('/')) {
            return Err(call.bad(&format!("path: '{path}' did not match pattern '/(.|[\\r\\n])*'")));
        }
        let link = simulator
            .shared_links
            .open(&self.url, self.link_password.as_deref(), account)?;
        if !path.is_empty() && !link.is_folder {
            return Err(LINK_NOT_FOUND);
        }
        let place = Place::Path(format!("{}{}", link.target_lower, lower(path)));
        Ok((link, place))
    }
}

pub async fn get_shared_link_metadata(State(simulator): State<Shared>, call: Call) -> Result<Json<Value>, ApiError> {
    let account = call.authorize(&simulator, SCOPE)?;
    let wanted: Wanted = call.json_argument()?;
    let (link, place) = wanted.find(&simulator, &call, account)?;
    let metadata = simulator
        .with_tree(move |tree| {
            let entry = tree.find(&place).map_err(|_| LINK_NOT_FOUND)?;
            Ok(tree.metadata(&entry)?)
        })
        .await?;
    Ok(Json(link_metadata(&metadata, &wanted.url, &link, account)))
}

pub async fn get_shared_link_file(State(simulator): State<Shared>, call: Call) -> Result<Response, ApiError> {
    let account = call.authorize(&simulator, SCOPE)?;
    let wanted: Wanted = call.download_argument()?;
    let (link, place) = wanted.find(&simulator, &call, account)?;
    let opened = simulator
        .with_tree(move |tree| {
            let entry = tree.find(&place).map_err(|_| LINK_NOT_FOUND)?;
            match entry.file {
                None => Err(IS_DIRECTORY),
                Some(_) => open(tree, &place),
            }
        })
        .await?;
    let mut file = opened.metadata.clone();
    if let Some(members) = file.as_object_mut() {
        members.insert(".tag".to_owned(), "file".into());
    }
    let result = header(&ascii_json(&link_metadata(&file, &wanted.url, &link, account)))?;
    let mut answer = content(opened, &call.headers)?;
    answer.headers_mut().insert("dropbox-api-result", result);
    Ok(answer)
}

/// `SharedLinkMetadata` of the API, with its tag, which the answer to a download has here as well.
fn link_metadata(metadata: &Value, url: &str, link: &Link, account: &Account) -> Value {
    let is_owner = link.owner.account_id == account.account_id;
    let visibility = match (&link.password, link.only_owner) {
        (_, true) => "only_you",
        (Some(_), false) => "password",
        (None, false) => "public",
    };
    let mut shown = json!({
        "url": url,
        "link_permissions": {
            "resolved_visibility": {".tag": visibility},
            "can_revoke": is_owner,
            "visibility_policies": [],
            "can_set_expiry": is_owner,
            "can_remove_expiry": is_owner,
            "allow_download": true,
            "can_allow_download": is_owner,
            "can_disallow_download": is_owner,
            "allow_comments": true,
            "team_restricts_comments": false,
        },
    });
    // A path is nobody's business but the owner's.
    let members = [
        ".tag",
        "id",
        "name",
        "client_modified",
        "server_modified",
        "rev",
        "size",
    ];
    let members = members.into_iter().chain(is_owner.then_some("path_lower"));
    if let Some(shown) = shown.as_object_mut() {
        shown.extend(members.filter_map(|name| Some((name.to_owned(), metadata.get(name)?.clone()))));
    }
    shown
}
