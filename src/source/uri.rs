//! `URI`: which place, which paths, each a file, a folder or a mask.

use percent_encoding::percent_decode_str;

use url::Url;

use crate::error::{Error, Kind, Result};

use super::dropbox::link::{self, is_shared_link};
use super::http::check_endpoint;

/// A parsed `URI` property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    /// The place.
    pub place: Place,
    /// What is selected there; at least one.
    pub selections: Vec<Selection>,
}

/// Where the documents are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A local path or `file://`.
    Local,
    /// `dropbox://`.
    Dropbox,
    /// A shared link of Dropbox.
    DropboxLink,
    /// `https://`, or `http://` on this machine.
    Web,
}

/// Which documents of a place. A folder is without its last slash, except for the local root `/`; the Dropbox root and
/// the local working directory are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// One document.
    File(String),
    /// The JSON documents in a folder.
    Folder(String),
    /// The files below a folder whose paths match a mask of `*`, `?` and `**`.
    Mask {
        /// The folder.
        folder: String,
        /// The mask for what follows; it ends with `/` when it means the JSON documents in folders.
        mask: String,
    },
}

/// The table made of documents whose path gives no name.
const DEFAULT_TABLE: &str = "json";

const MASKS: [char; 2] = ['*', '?'];

impl Uri {
    /// Parses the value of `URI`. `Kind::Property` names what is wrong and what is allowed.
    ///
    /// ```text
    /// list    = uri *(separator uri)         ; all of one place
    /// uri     = "dropbox://" ["/"] path      ; as Dropbox shows it, nothing is percent-encoded
    ///         | "file://" ["localhost"] path ; absolute and percent-encoded (RFC 8089)
    ///         | "https://" host path           ; as it is, with its query; also http:// to this machine, and a shared
    ///                                        ; link of Dropbox
    ///         | path                         ; local, absolute or relative to the working directory
    /// path    = *(step "/") [step]           ; a folder when the last step is empty
    /// ```
    ///
    /// `*` and `?` in a step make it a mask, and `**` stands for any number of folders. A web URL goes on over separators
    /// that no other URL follows. Without a separator there is one URI.
    pub fn parse(text: &str, separator: &str) -> Result<Self> {
        let members = match text.trim() {
            text if separator.is_empty() => vec![text],
            text if is_web(text) => web_members(text, separator),
            text => text.split(separator).map(str::trim).collect(),
        };
        let mut uri: Option<Self> = None;
        for member in members {
            let (place, selection) = one(member)?;
            match &mut uri {
                None => {
                    uri = Some(Self {
                        place,
                        selections: vec![selection],
                    });
                }
                Some(uri) if uri.is_beside(place, &selection) => uri.selections.push(selection),
                Some(_) => {
                    let reason = "the URIs of a list have to be of one place, and of one server on the web";
                    return Err(refused(member, reason));
                }
            }
        }
        uri.ok_or_else(|| refused(text, "it is empty"))
    }

    /// Whether a selection may be signed in to as those that are here: a token is for one server.
    fn is_beside(&self, place: Place, selection: &Selection) -> bool {
        let origin = |selection: &Selection| match selection {
            Selection::File(url) if place == Place::Web => Url::parse(url).ok().map(|url| url.origin()),
            _ => None,
        };
        place == self.place && self.selections.first().map(origin) == Some(origin(selection))
    }

    /// The name of the table these documents make, which the first selection gives.
    pub fn table_name(&self) -> String {
        let name = match self.selections.first() {
            None => "",
            Some(Selection::File(url)) if self.place == Place::Web => return web_table_name(url),
            Some(Selection::File(url)) if self.place == Place::DropboxLink => return link_table_name(url),
            Some(Selection::File(path)) => {
                let name = last_step(path).trim_start_matches('.');
                name.split_once('.').map_or(name, |(stem, _)| stem)
            }
            Some(Selection::Folder(folder) | Selection::Mask { folder, .. }) => last_step(folder).trim_matches('.'),
        };
        if name.is_empty() {
            DEFAULT_TABLE.to_owned()
        } else {
            name.to_owned()
        }
    }
}

/// The place and the selection of one URI.
fn one(text: &str) -> Result<(Place, Selection)> {
    if text.is_empty() {
        return Err(refused(text, "it is empty"));
    }
    if is_web(text) {
        let url = check_endpoint("URI", text)?;
        let place = match is_shared_link(&url) {
            true => Place::DropboxLink,
            false => Place::Web,
        };
        return Ok((place, Selection::File(url.into())));
    }
    let Some((scheme, path)) = split_scheme(text) else {
        return Ok((Place::Local, Selection::parse(Place::Local, text, str::to_owned)));
    };
    match scheme.to_ascii_lowercase().as_str() {
        "dropbox" => {
            let selection = Selection::parse(Place::Dropbox, &dropbox_path(path), str::to_owned);
            Ok((Place::Dropbox, selection))
        }
        "file" => {
            let path = path.strip_prefix("localhost").unwrap_or(path);
            if !path.starts_with('/') {
                return Err(refused(
                    text,
                    "after `file://` an absolute path must follow, as in `file:///data/people.json`",
                ));
            }
            if !percent_decode_str(path)
                .decode_utf8()
                .is_ok_and(|decoded| !decoded.contains('\0'))
            {
                return Err(refused(text, "its percent-encoded bytes are not UTF-8 text"));
            }
            let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
            Ok((Place::Local, Selection::parse(Place::Local, path, decode)))
        }
        _ => Err(refused(
            text,
            &format!("`{scheme}://` is not a place that is supported"),
        )),
    }
}

impl Selection {
    /// Judges a path; `decode` is applied to the parts after masks and slashes were found.
    fn parse(place: Place, path: &str, decode: impl Fn(&str) -> String) -> Self {
        // The folder ends before the first step with a mask, or before the last step.
        let before_mask = path.find(MASKS).and_then(|at| path.get(..at));
        let folder = before_mask.unwrap_or(path);
        let (folder, _) = folder.rsplit_once('/').unwrap_or(("", folder));
        let rest = path.strip_prefix(folder).unwrap_or(path);
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let is_local_root = place == Place::Local && folder.is_empty() && path.starts_with('/');
        let folder = if is_local_root { "/".to_owned() } else { decode(folder) };
        if before_mask.is_some() {
            let mask = decode(rest);
            Self::Mask { folder, mask }
        } else if rest.is_empty() {
            Self::Folder(folder)
        } else {
            Self::File(decode(path))
        }
    }
}

fn is_web(text: &str) -> bool {
    split_scheme(text).is_some_and(|(scheme, _)| ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web)))
}

/// The URLs of a list. A URL may hold the separator itself.
fn web_members<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut members = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(separator) {
        let after = text.get(at + separator.len()..).unwrap_or_default();
        if split_scheme(after.trim_start()).is_some() {
            members.extend(text.get(start..at).map(str::trim));
            start = at + separator.len();
        }
    }
    members.extend(text.get(start..).map(str::trim));
    members
}

/// The last step of the path, else the host.
fn web_table_name(url: &str) -> String {
    let url = Url::parse(url).ok();
    let step = url.as_ref().map(|url| last_step(url.path())).unwrap_or_default();
    let step = percent_decode_str(step).decode_utf8_lossy();
    let stem = step.trim_start_matches('.').split('.').next().unwrap_or_default();
    let host = url
        .as_ref()
        .and_then(Url::domain)
        .and_then(|host| host.split('.').next());
    match (stem, host) {
        ("", None) => DEFAULT_TABLE.to_owned(),
        ("", Some(host)) => host.to_owned(),
        (stem, _) => stem.to_owned(),
    }
}

/// The name of the file or folder, where the link tells it.
fn link_table_name(url: &str) -> String {
    let name = Url::parse(url).ok().and_then(|url| link::name(&url));
    let stem = name
        .as_deref()
        .map(|name| name.trim_start_matches('.').split('.').next());
    stem.flatten()
        .filter(|stem| !stem.is_empty())
        .unwrap_or(DEFAULT_TABLE)
        .to_owned()
}

fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, path) = text.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'));
    is_scheme.then_some((scheme, path))
}

/// The path as the Dropbox API wants it: one slash before each step.
fn dropbox_path(path: &str) -> String {
    let steps: Vec<_> = path.split('/').filter(|step| !step.is_empty()).collect();
    let end = if path.ends_with('/') || steps.is_empty() {
        "/"
    } else {
        ""
    };
    let path: String = steps.iter().flat_map(|step| ["/", step]).collect();
    path + end
}

fn last_step(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

fn refused(uri: &str, reason: &str) -> Error {
    Error::new(
        Kind::Property,
        format!(
            "URI='{uri}' cannot be used: {reason}. Allowed are dropbox://folder/file.json, a folder that ends with `/`, a \
             mask such as dropbox://folder/*.json, https://host/file.json, a local path, file:///folder/file.json, and a \
             list of them with URISeparator between."
        ),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn file(path: &str) -> Selection {
        Selection::File(path.to_owned())
    }

    fn folder(path: &str) -> Selection {
        Selection::Folder(path.to_owned())
    }

    fn mask(folder: &str, mask: &str) -> Selection {
        Selection::Mask {
            folder: folder.to_owned(),
            mask: mask.to_owned(),
        }
    }

    #[test]
    fn every_form_is_read() {
        use Place::{Dropbox, Local};
        for (text, place, selection, table) in [
            ("dropbox://people.json", Dropbox, file("/people.json"), "people"),
            ("dropbox:///people.json", Dropbox, file("/people.json"), "people"),
            (
                "DropBox://Data/People.JSON",
                Dropbox,
                file("/Data/People.JSON"),
                "People",
            ),
            (
                "dropbox://data/2024/events.ndjson.gz",
                Dropbox,
                file("/data/2024/events.ndjson.gz"),
                "events",
            ),
            ("dropbox://people", Dropbox, file("/people"), "people"),
            (
                "dropbox://日本/データ 1.json",
                Dropbox,
                file("/日本/データ 1.json"),
                "データ 1",
            ),
            ("dropbox://100%25.json", Dropbox, file("/100%25.json"), "100%25"),
            ("dropbox://", Dropbox, folder(""), "json"),
            ("dropbox:///", Dropbox, folder(""), "json"),
            ("dropbox://data/", Dropbox, folder("/data"), "data"),
            ("dropbox://a//data.d/", Dropbox, folder("/a/data.d"), "data.d"),
            ("dropbox://*.json", Dropbox, mask("", "*.json"), "json"),
            ("dropbox://data/ev?nts-*", Dropbox, mask("/data", "ev?nts-*"), "data"),
            ("people.json", Local, file("people.json"), "people"),
            ("./people.json", Local, file("./people.json"), "people"),
            ("/srv/data/people.json", Local, file("/srv/data/people.json"), "people"),
            ("~/people.json", Local, file("~/people.json"), "people"),
            (" /srv/data/ ", Local, folder("/srv/data"), "data"),
            ("data/", Local, folder("data"), "data"),
            ("../", Local, folder(".."), "json"),
            (".", Local, file("."), "json"),
            ("/", Local, folder("/"), "json"),
            ("/*.json", Local, mask("/", "*.json"), "json"),
            ("*.json", Local, mask("", "*.json"), "json"),
            ("/srv/.hidden.json", Local, file("/srv/.hidden.json"), "hidden"),
            ("C:\\people.json", Local, file("C:\\people.json"), "C:\\people"),
            (
                "file:///srv/my%20data/p%C3%A9.json",
                Local,
                file("/srv/my data/pé.json"),
                "pé",
            ),
            ("file://localhost/srv/a.json", Local, file("/srv/a.json"), "a"),
            ("file:///srv/x%2Cy/", Local, folder("/srv/x,y"), "x,y"),
            ("file:///srv/*.json", Local, mask("/srv", "*.json"), "srv"),
            (
                "file:///srv/my%20data/*/a%2A",
                Local,
                mask("/srv/my data", "*/a*"),
                "my data",
            ),
            ("dropbox://*/a.json", Dropbox, mask("", "*/a.json"), "json"),
            (
                "dropbox:///orders/2026-*/*.json",
                Dropbox,
                mask("/orders", "2026-*/*.json"),
                "orders",
            ),
            ("dropbox://data/**", Dropbox, mask("/data", "**"), "data"),
            ("data?/", Local, mask("", "data?/"), "json"),
            ("/**/x.json", Local, mask("/", "**/x.json"), "json"),
        ] {
            let uri = Uri::parse(text, ",").unwrap();
            let selections = vec![selection];
            assert_eq!(uri, Uri { place, selections }, "{text}");
            assert_eq!(uri.table_name(), table, "{text}");
        }
    }

    #[test]
    fn a_web_document_is_one_url_as_it_is() {
        for (text, url, table) in [
            (
                "https://api.test/v1/people.json",
                "https://api.test/v1/people.json",
                "people",
            ),
            ("HTTPS://api.test/me?fields=a,b", "https://api.test/me?fields=a,b", "me"),
            ("https://api.test/", "https://api.test/", "api"),
            ("http://127.0.0.1:4100", "http://127.0.0.1:4100/", "json"),
            (
                "https://api.test/d%C3%A9j%C3%A0.json",
                "https://api.test/d%C3%A9j%C3%A0.json",
                "déjà",
            ),
        ] {
            let uri = Uri::parse(text, ",").unwrap();
            assert_eq!(
                (uri.place, uri.selections.as_slice()),
                (Place::Web, &[file(url)][..]),
                "{text}"
            );
            assert_eq!(uri.table_name(), table, "{text}");
        }
        for plain in ["http://example.com/a.json", "https://user:pw@example.com/a.json"] {
            let error = Uri::parse(plain, ",").unwrap_err();
            assert!(
                error.message().contains("URI") && !error.message().contains("pw@"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_is_not_supported_is_refused_with_what_is() {
        for (text, reason) in [
            ("", "it is empty"),
            ("s3://bucket/a.json", "`s3://` is not a place"),
            ("file://server/share/a.json", "an absolute path must follow"),
            ("file://a.json", "an absolute path must follow"),
            ("file:///a%FF.json", "not UTF-8"),
            ("file:///a%00.json", "not UTF-8"),
        ] {
            let error = Uri::parse(text, ",").unwrap_err();
            assert_eq!(error.kind(), Kind::Property, "{text}");
            let start = format!("URI='{text}' cannot be used: ");
            assert!(error.message().starts_with(&start), "{error}");
            assert!(error.message().contains(reason), "{error}");
            assert!(error.message().contains("Allowed are dropbox://"), "{error}");
        }
    }

    #[test]
    fn a_list_is_of_one_place() {
        for (text, separator, place, selections, table) in [
            (
                "https://www.dropbox.com/s/x/a%20b.json?dl=0,https://www.dropbox.com/scl/fo/x/y?rlkey=z",
                ",",
                Place::DropboxLink,
                vec![
                    file("https://www.dropbox.com/s/x/a%20b.json?dl=0"),
                    file("https://www.dropbox.com/scl/fo/x/y?rlkey=z"),
                ],
                "a b",
            ),
            (
                "https://www.dropbox.com/scl/fo/x/y?rlkey=z",
                ",",
                Place::DropboxLink,
                vec![file("https://www.dropbox.com/scl/fo/x/y?rlkey=z")],
                "json",
            ),
            (
                "dropbox://b/, dropbox:///a.json ,DROPBOX://c/*.x",
                ",",
                Place::Dropbox,
                vec![folder("/b"), file("/a.json"), mask("/c", "*.x")],
                "b",
            ),
            ("x.json,/y/", ",", Place::Local, vec![file("x.json"), folder("/y")], "x"),
            (
                "a,b.json|c.json",
                "|",
                Place::Local,
                vec![file("a,b.json"), file("c.json")],
                "a,b",
            ),
            ("a,b.json", "", Place::Local, vec![file("a,b.json")], "a,b"),
            (
                "file:///a%2Cb,c",
                ",",
                Place::Local,
                vec![file("/a,b"), file("c")],
                "a,b",
            ),
            (
                "https://h.test/a?x=1,2,https://h.test/b",
                ",",
                Place::Web,
                vec![file("https://h.test/a?x=1,2"), file("https://h.test/b")],
                "a",
            ),
        ] {
            let uri = Uri::parse(text, separator).unwrap();
            assert_eq!((uri.place, &uri.selections), (place, &selections), "{text}");
            assert_eq!(uri.table_name(), table);
        }
        for (text, member) in [
            ("dropbox://a.json,/b.json", "/b.json"),
            ("a.json,dropbox://b.json", "dropbox://b.json"),
            ("https://h.test/a,https://other.test/a", "https://other.test/a"),
            ("https://h.test/a,http://localhost/a", "http://localhost/a"),
            ("https://h.test/a,dropbox://b", "dropbox://b"),
            (
                "https://www.dropbox.com/s/x/a.json,https://h.test/a",
                "https://h.test/a",
            ),
        ] {
            let error = Uri::parse(text, ",").unwrap_err();
            assert_eq!(error.kind(), Kind::Property);
            let expected = format!("URI='{member}' cannot be used: the URIs of a list have to be of one place");
            assert!(error.message().starts_with(&expected), "{error}");
        }
        let error = Uri::parse("dropbox://a.json,", ",").unwrap_err();
        assert!(error.message().contains("it is empty"), "{error}");
    }
}
