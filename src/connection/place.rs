//! Where the documents of a connection are, and who asks for them.

use std::path::PathBuf;
use std::sync::Arc;

use reqwest::Client;

use crate::error::{Error, Kind, Result};
use crate::oauth::Manager;
use crate::source::cache::{Cache, CacheOptions};
use crate::source::choice::Choice;
use crate::source::decompress::Decompressed;
use crate::source::dropbox::{Dropbox, Endpoints, Root};
use crate::source::file::Local;
use crate::source::http::check_endpoint;
use crate::source::uri::{Place, Selection, Uri};
use crate::source::web::Web;
use crate::source::{Credentials, Source};

use super::properties::{Id, Properties, Property};
use super::sign_in;

/// Properties any of which shows that the user of a web document means to sign in.
const SIGN_IN: &[Id] = &[
    Id::OAuthProvider,
    Id::OAuthIssuer,
    Id::OAuthClientId,
    Id::OAuthAccessToken,
    Id::OAuthRefreshToken,
    Id::OAuthVerifier,
    Id::OAuthJwtCert,
    Id::OAuthAuthorizationUrl,
    Id::OAuthAccessTokenUrl,
];

/// Whether the connection signs in by OAuth. Without a `URI` it does, for the procedures.
pub fn signs_in(properties: &Properties, place: Option<Place>) -> Result<bool> {
    let scheme = properties.text(Id::AuthScheme).to_ascii_lowercase();
    match place {
        Some(Place::Local) => Ok(false),
        Some(Place::Dropbox) if matches!(scheme.as_str(), "basic" | "none") => {
            let text = format!(
                "AuthScheme is {}, but Dropbox takes OAuth only. Leave AuthScheme out, or set OAuthAccessToken to a token.",
                properties.text(Id::AuthScheme)
            );
            Err(Error::new(Kind::Property, text))
        }
        Some(Place::Web) if scheme.is_empty() => {
            let is_off = properties.text(Id::InitiateOAuth).eq_ignore_ascii_case("OFF");
            Ok(!is_off || SIGN_IN.iter().any(|id| properties.some_text(*id).is_some()))
        }
        Some(Place::Web) => Ok(!matches!(scheme.as_str(), "basic" | "none")),
        Some(Place::Dropbox) | None => Ok(true),
    }
}

/// The documents at `uri`, decompressed; `oauth` signs in where the connection does. No I/O.
pub fn source(
    uri: &Uri,
    properties: &Properties,
    http: Client,
    oauth: Option<&Arc<Manager>>,
) -> Result<Arc<dyn Source>> {
    Ok(Arc::new(Decompressed(stored(uri, properties, http, oauth)?)))
}

/// The documents as they are stored.
fn stored(uri: &Uri, properties: &Properties, http: Client, oauth: Option<&Arc<Manager>>) -> Result<Arc<dyn Source>> {
    let (selections, table_name) = (uri.selections.clone(), uri.table_name());
    match uri.place {
        Place::Local => Ok(Arc::new(Local::new(selections, choice(properties), table_name))),
        Place::Dropbox => {
            let oauth = oauth.ok_or_else(|| Error::new(Kind::Internal, "Dropbox was to be read without a sign-in."))?;
            let endpoints = Endpoints {
                api: properties.text(Id::DropboxApiUrl).to_owned(),
                content: properties.text(Id::DropboxContentUrl).to_owned(),
                root: Root::parse(properties.text(Id::DropboxRoot)),
            };
            let dropbox = Dropbox::new(
                selections,
                choice(properties),
                table_name,
                endpoints,
                http,
                Arc::clone(oauth),
            );
            Ok(Arc::new(dropbox.with_cache(Cache::new(cache(properties)?))))
        }
        Place::Web if is(properties, Id::Offline) => {
            let text = "Offline is true, but only documents in Dropbox are kept. Set it to false for a web document.";
            Err(Error::new(Kind::Property, text))
        }
        Place::Web => {
            let credentials = match oauth {
                Some(oauth) => Credentials::Bearer(oauth.clone()),
                None => own_credentials(properties)?,
            };
            let urls = selections.iter().filter_map(|selection| match selection {
                Selection::File(url) => Some(check_endpoint(Property::of(Id::Uri).name, url)),
                Selection::Folder(_) | Selection::Mask { .. } => None,
            });
            let urls = urls.collect::<Result<_>>()?;
            Ok(Arc::new(Web::new(urls, table_name, http, credentials)))
        }
    }
}

/// Whether a property that is on or off is on.
pub fn is(properties: &Properties, id: Id) -> bool {
    properties.text(id).eq_ignore_ascii_case("true")
}

/// What the connection keeps of its documents, and where. Reads key files.
fn cache(properties: &Properties) -> Result<CacheOptions> {
    let location = match properties.some_text(Id::CacheLocation) {
        Some(folder) => Some(PathBuf::from(folder)),
        None if is(properties, Id::AutoCache) => Some(cache_folder()?),
        None => None,
    };
    Ok(CacheOptions {
        memory: properties.number(Id::CacheMemory),
        location,
        size: properties.number(Id::CacheSize),
        keys: sign_in::settings_keys(properties)?,
        offline: is(properties, Id::Offline),
    })
}

/// The folder in the user's cache directory.
fn cache_folder() -> Result<PathBuf> {
    let directory = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    directory.map(|folder| folder.join("latchkey")).ok_or_else(|| {
        let text = "AutoCache is true, but this process has no HOME. Set CacheLocation to a folder.";
        Error::new(Kind::Property, text)
    })
}

/// What the connection takes from folders.
fn choice(properties: &Properties) -> Choice {
    Choice::new(
        is(properties, Id::IncludeSubdirectories),
        // Below zero there is no limit.
        properties.text(Id::DirectoryRetrievalDepth).parse().ok(),
        properties.text(Id::IncludeFiles),
        properties.text(Id::ExcludeFiles),
    )
}

/// `UID` and `PWD`, where `AuthScheme` says that they are shown.
fn own_credentials(properties: &Properties) -> Result<Credentials> {
    if !properties.text(Id::AuthScheme).eq_ignore_ascii_case("Basic") {
        return Ok(Credentials::None);
    }
    let Some(user) = properties.some_text(Id::Uid) else {
        let text = format!(
            "AuthScheme=Basic needs {} and {}.",
            Property::of(Id::Uid).name,
            Property::of(Id::Pwd).name
        );
        return Err(Error::new(Kind::Property, text));
    };
    Ok(Credentials::Basic {
        user: user.to_owned(),
        password: properties.secret(Id::Pwd).unwrap_or_else(|| "".into()),
    })
}
