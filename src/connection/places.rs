//! Which places the statements of a connection may name, and how they are read.

use std::sync::Arc;

use reqwest::Client;
use url::{Origin, Url};

use crate::engine::{DocumentOptions, Places};
use crate::error::{Error, Kind, Result};
use crate::oauth::Manager;
use crate::source::Source;
use crate::source::uri::{Place, Selection, Uri};

use super::properties::{Category, Id, Properties, Property};
use super::string::Attribute;
use super::{documents, place};

/// Properties of documents that are the connection's alone.
const OF_THE_CONNECTION: &[Id] = &[
    Id::Uri,
    Id::AggregateFiles,
    Id::Location,
    Id::GenerateSchemaFiles,
    Id::Views,
    Id::ScratchMemory,
];

/// What goes along with requests to the server of the connection's URI, and to no other.
const OF_THE_SERVER: &[Id] = &[Id::CustomHeaders, Id::CustomUrlParams, Id::Cookies];

fn without(id: Id) -> Attribute {
    Attribute {
        key: Property::of(id).name.to_owned(),
        value: "".into(),
    }
}

/// The places that may be read beside the connection's own: those its sign-in is for, and those that need none.
///
/// A statement may come from a report that somebody else has written. It must not carry a token, or a password, to a
/// server that the connection string does not name, nor read files of the machine that the connection has nothing to do
/// with.
#[derive(Debug)]
pub(super) struct Neighbours {
    pub(super) properties: Properties,
    pub(super) own: Option<Uri>,
    pub(super) http: Client,
    pub(super) oauth: Option<Arc<Manager>>,
}

impl Places for Neighbours {
    fn open(&self, uri: &str, options: &[(String, String)]) -> Result<(Arc<dyn Source>, DocumentOptions)> {
        let mut properties = self.with(options)?;
        let uri = Uri::parse(uri, properties.text(Id::UriSeparator))?;
        if self.own.as_ref().and_then(origin) != origin(&uri) {
            properties = properties.behind(OF_THE_SERVER.iter().map(|id| without(*id)).collect())?;
        }
        let oauth = self.signed_in(&uri)?;
        let source = place::source(&uri, &properties, self.http.clone(), oauth)?;
        let options = DocumentOptions {
            // They are of the connection's own place.
            tables: Vec::new(),
            // One name stands for one table.
            separate: false,
            ..documents::options(&properties)?
        };
        Ok((source, options))
    }
}

impl Neighbours {
    /// The connection's properties, with these before them.
    fn with(&self, options: &[(String, String)]) -> Result<Properties> {
        for (name, _) in options {
            let known = Property::named(name);
            if !known.is_some_and(|property| {
                property.category == Category::Data && !property.secret && !OF_THE_CONNECTION.contains(&property.id)
            }) {
                return Err(Error::new(
                    Kind::Property,
                    format!(
                        "read_json does not take {name}; it takes the properties of documents, such as RowScanDepth."
                    ),
                ));
            }
        }
        let attributes = options.iter().map(|(name, value)| Attribute {
            key: name.clone(),
            value: value.as_str().into(),
        });
        self.properties.behind(attributes.collect())
    }

    /// Who asks for the documents at `uri`.
    fn signed_in(&self, uri: &Uri) -> Result<Option<&Arc<Manager>>> {
        let own = self.own.as_ref();
        match (uri.place, own.map(|own| own.place)) {
            (Place::Local, None | Some(Place::Local)) => Ok(None),
            (Place::Local, Some(_)) => Err(refused(
                uri,
                "its URI is not local, and a statement may read local files only where the connection does, or has no URI",
            )),
            (Place::Dropbox | Place::DropboxLink, Some(Place::Dropbox | Place::DropboxLink)) => Ok(self.oauth.as_ref()),
            (Place::Dropbox | Place::DropboxLink, None) if self.is_of_dropbox() => Ok(self.oauth.as_ref()),
            (Place::Dropbox | Place::DropboxLink, _) => Err(refused(uri, "its sign-in is not for Dropbox")),
            (Place::Web, Some(Place::Web)) if own.and_then(origin) == origin(uri) => Ok(self.oauth.as_ref()),
            (Place::Web, _) if self.properties.text(Id::AuthScheme).eq_ignore_ascii_case("None") => Ok(None),
            (Place::Web, _) => Err(refused(
                uri,
                "its sign-in is not for that server; with AuthScheme=None every server may be asked, without a sign-in",
            )),
        }
    }

    /// Whether a connection without a place signs in to Dropbox.
    fn is_of_dropbox(&self) -> bool {
        let provider = self.properties.text(Id::OAuthProvider);
        let has_endpoints = [Id::OAuthIssuer, Id::OAuthAccessTokenUrl, Id::OAuthAuthorizationUrl]
            .iter()
            .any(|id| self.properties.some_text(*id).is_some());
        provider.eq_ignore_ascii_case("Dropbox") || provider.is_empty() && !has_endpoints
    }
}

/// The server of a web URI.
fn origin(uri: &Uri) -> Option<Origin> {
    match uri.selections.first()? {
        Selection::File(url) => Url::parse(url).ok().map(|url| url.origin()),
        Selection::Folder(_) | Selection::Mask { .. } => None,
    }
}

fn refused(uri: &Uri, reason: &str) -> Error {
    let place = match uri.place {
        Place::Local => "Local files",
        Place::Dropbox | Place::DropboxLink => "Documents in Dropbox",
        Place::Web => "This web address",
    };
    Error::new(
        Kind::Property,
        format!("{place} cannot be read over this connection: {reason}. Open another connection with the URI."),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::connection::string;
    use crate::source::http::{self, HttpOptions};

    fn neighbours(connection_string: &str) -> Neighbours {
        let mut properties = Properties::default();
        properties.add(string::parse(connection_string).unwrap()).unwrap();
        let own = properties.some_text(Id::Uri).map(|uri| Uri::parse(uri, ",").unwrap());
        Neighbours {
            properties,
            own,
            http: http::client(&HttpOptions::default()).unwrap(),
            oauth: None,
        }
    }

    /// Whether a place may be read, and why it may not.
    fn judged(connection_string: &str, uri: &str) -> Result<(), String> {
        let neighbours = neighbours(connection_string);
        let uri = Uri::parse(uri, ",").unwrap();
        let judged = neighbours.signed_in(&uri).map(drop);
        judged.map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_sign_in_goes_to_its_own_place_alone() {
        const API: &str = "URI=https://api.example.com/v1/people.json";
        for (connection, uri, allowed) in [
            ("URI=dropbox:///a.json", "dropbox:///b/", true),
            ("", "dropbox:///b/", true),
            ("OAuthProvider=Dropbox", "dropbox:///b/", true),
            ("OAuthProvider=Google", "dropbox:///b/", false),
            ("OAuthIssuer=https://login.example.com", "dropbox:///b/", false),
            (API, "dropbox:///b/", false),
            ("URI=/data/a.json", "dropbox:///b/", false),
            (API, "https://api.example.com/v2/x.json", true),
            (API, "https://api.example.com:444/v2/x.json", false),
            (API, "https://example.com/x.json", false),
            (
                "URI=https://api.example.com/v1/people.json;AuthScheme=None",
                "https://example.com/x.json",
                true,
            ),
            (
                "URI=https://api.example.com/v1/people.json;AuthScheme=Basic;UID=a",
                "https://example.com/x.json",
                false,
            ),
            ("URI=dropbox:///a.json", "https://example.com/x.json", false),
            ("", "https://example.com/x.json", false),
            ("AuthScheme=None", "https://example.com/x.json", true),
            ("URI=/data/a.json", "/other/b.json", true),
            ("", "file:///other/b.json", true),
            ("URI=dropbox:///a.json", "file:///other/b.json", false),
            (API, "/other/b.json", false),
        ] {
            assert_eq!(judged(connection, uri).is_ok(), allowed, "{connection} {uri}");
        }
        assert_eq!(
            judged(API, "https://example.com/x.json").unwrap_err(),
            "This web address cannot be read over this connection: its sign-in is not for that server; with \
             AuthScheme=None every server may be asked, without a sign-in. Open another connection with the URI."
        );
    }

    #[test]
    fn options_are_checked_and_come_before_the_connections() {
        let neighbours = neighbours("URI=/data/a.json;RowScanDepth=5;OnBadDocument=skip");
        let options = |given: &[(&str, &str)]| -> Vec<(String, String)> {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            given.iter().map(owned).collect()
        };
        let (_, opened) = neighbours
            .open("/data/b.json", &options(&[("rowscandepth", "0")]))
            .unwrap();
        assert_eq!((opened.row_scan_depth, opened.skips_bad), (0, true));
        let (_, opened) = neighbours.open("/data/b.json", &[]).unwrap();
        assert_eq!(opened.row_scan_depth, 5);
        for (given, said) in [
            (("Depth", "0"), "read_json does not take Depth; "),
            (
                ("OAuthAccessToken", "secret"),
                "read_json does not take OAuthAccessToken; ",
            ),
            (("URI", "/x"), "read_json does not take URI; "),
            (("AggregateFiles", "false"), "read_json does not take AggregateFiles; "),
            (("Location", "/schemas"), "read_json does not take Location; "),
            (("RowScanDepth", "many"), "The property RowScanDepth is \"many\"; "),
        ] {
            let error = neighbours.open("/data/b.json", &options(&[given])).unwrap_err();
            assert_eq!(error.kind(), Kind::Property);
            assert!(error.message().starts_with(said), "{error}");
        }
    }
}
