//! The servers that a connection speaks to.

use reqwest::Client;
use url::Url;

use crate::error::Result;
use crate::source::http::{self, check_endpoint};
use crate::source::uri::{Place, Uri};

use super::properties::{Id, Properties, Property};
use super::session::{add_data_source, http_options};
use super::string::Attribute;
use super::{place, sign_in};

pub use crate::source::http::reach::reach;

/// The servers of a connection, each once and without a path, and the client that it speaks to them with. No I/O but for
/// the data source and certificates.
pub fn servers(given: Vec<Attribute>) -> Result<(Client, Vec<Url>)> {
    let mut properties = Properties::default();
    properties.add(given)?;
    add_data_source(&mut properties)?;
    let separator = properties.text(Id::UriSeparator);
    let uri = properties.some_text(Id::Uri).map(|uri| Uri::parse(uri, separator));
    let place = uri.transpose()?.map(|uri| uri.place);

    let mut urls = Vec::new();
    match place {
        Some(Place::Dropbox | Place::DropboxLink) => {
            for id in [Id::DropboxApiUrl, Id::DropboxContentUrl] {
                urls.push(check_endpoint(Property::of(id).name, properties.text(id))?);
            }
        }
        Some(Place::Web) => urls.extend(Url::parse(properties.text(Id::Uri).trim())),
        Some(Place::Local) | None => {}
    }
    if place::signs_in(&properties, place)? {
        let row = sign_in::provider(&properties, place)?;
        for (id, own) in [
            (Id::OAuthAuthorizationUrl, row.authorize_url.as_str()),
            (Id::OAuthAccessTokenUrl, row.token_url.as_str()),
            (Id::OAuthIssuer, ""),
        ] {
            let url = properties.some_text(id).unwrap_or(own);
            if !url.is_empty() {
                urls.push(check_endpoint(Property::of(id).name, url)?);
            }
        }
    }
    let mut servers: Vec<Url> = Vec::new();
    for url in urls {
        // Paths and queries may hold what nobody need see.
        if let Ok(server) = Url::parse(&url.origin().ascii_serialization())
            && !servers.contains(&server)
        {
            servers.push(server);
        }
    }
    Ok((http::client(&http_options(&properties))?, servers))
}
