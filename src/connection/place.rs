//! Where the documents of a connection are, and who asks for them.

use std::sync::Arc;

use reqwest::Client;
use url::Url;

use crate::error::{Error, Kind, Result};
use crate::oauth::Manager;
use crate::source::choice::Choice;
use crate::source::decompress::Decompressed;
use crate::source::dropbox::{Dropbox, Endpoints, Root, SharedLinks};
use crate::source::file::Local;
use crate::source::http::check_endpoint;
use crate::source::uri::{Place, Selection, Uri};
use crate::source::web::{Asker, Web};
use crate::source::{Credentials, Source};

use super::properties::{Id, Properties, Property};
use super::web_api;

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
        Some(Place::Dropbox | Place::DropboxLink) if matches!(scheme.as_str(), "basic" | "none") => {
            let text = format!(
                "AuthScheme is {}, but Dropbox takes OAuth only. Leave AuthScheme out, or set OAuthAccessToken to a token.",
                properties.text(Id::AuthScheme)
            );
            Err(Error::new(Kind::Property, text))
        }
        Some(Place::Web) if scheme.is_empty() => Ok(means_to_sign_in(properties)),
        Some(Place::Web) => Ok(!matches!(scheme.as_str(), "basic" | "none")),
        Some(Place::Dropbox | Place::DropboxLink) | None => Ok(true),
    }
}

/// Whether a property says so.
fn means_to_sign_in(properties: &Properties) -> bool {
    let is_off = properties.text(Id::InitiateOAuth).eq_ignore_ascii_case("OFF");
    !is_off || SIGN_IN.iter().any(|id| properties.some_text(*id).is_some())
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
            let oauth = oauth.ok_or_else(without_sign_in)?;
            let dropbox = Dropbox::new(
                selections,
                choice(properties),
                table_name,
                endpoints(properties),
                http,
                Arc::clone(oauth),
            );
            Ok(Arc::new(dropbox))
        }
        Place::DropboxLink => {
            let oauth = oauth.ok_or_else(without_sign_in)?;
            if !means_to_sign_in(properties) {
                let text = "URI is a shared link of Dropbox, which needs a sign-in even when it is public: without one it leads \
                            over redirects to other servers, and those are not followed. Set InitiateOAuth=GETANDREFRESH \
                            with OAuthClientId, or OAuthAccessToken, of an app with the scope sharing.read.";
                return Err(Error::new(Kind::Property, text));
            }
            let links = SharedLinks::new(
                urls(&selections)?,
                properties.secret(Id::SharedLinkPassword),
                choice(properties),
                table_name,
                endpoints(properties),
                http,
                Arc::clone(oauth),
            );
            Ok(Arc::new(links))
        }
        Place::Web => {
            let credentials = match oauth {
                Some(oauth) => Credentials::Bearer(oauth.clone()),
                None => own_credentials(properties)?,
            };
            let asker = Asker::new(http, credentials, web_api::extras(properties)?)?;
            let paging = web_api::paging(properties)?;
            Ok(Arc::new(Web::new(urls(&selections)?, table_name, asker, paging)))
        }
    }
}

fn without_sign_in() -> Error {
    Error::new(Kind::Internal, "Dropbox was to be read without a sign-in.")
}

/// Where Dropbox is asked.
fn endpoints(properties: &Properties) -> Endpoints {
    Endpoints {
        api: properties.text(Id::DropboxApiUrl).to_owned(),
        content: properties.text(Id::DropboxContentUrl).to_owned(),
        root: Root::parse(properties.text(Id::DropboxRoot)),
    }
}

/// The URLs of documents that have each its own.
fn urls(selections: &[Selection]) -> Result<Vec<Url>> {
    let urls = selections.iter().filter_map(|selection| match selection {
        Selection::File(url) => Some(check_endpoint(Property::of(Id::Uri).name, url)),
        Selection::Folder(_) | Selection::Mask { .. } => None,
    });
    urls.collect()
}

/// What the connection takes from folders.
fn choice(properties: &Properties) -> Choice {
    Choice::new(
        properties.text(Id::IncludeSubdirectories).eq_ignore_ascii_case("true"),
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
