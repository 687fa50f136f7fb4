//! `URI`: which place, which path, one file, a folder or a mask.

use percent_encoding::percent_decode_str;

use url::Url;

use crate::error::{Error, Kind, Result};

use super::http::check_endpoint;

/// A parsed `URI` property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    /// The place.
    pub place: Place,
    /// What is selected there.
    pub selection: Selection,
}

/// Where the documents are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A local path or `file://`.
    Local,
    /// `dropbox://`.
    Dropbox,
    /// `https://`, or `http://` on this machine.
    Web,
}

/// Which documents of a place. A folder is without its last slash, except for the local root `/`; the Dropbox root and
/// the local working directory are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// One document.
    File(String),
    /// Every JSON document directly in a folder.
    Folder(String),
    /// The documents in a folder whose names match a mask of `*` and `?`.
    Mask {
        /// The folder.
        folder: String,
        /// The mask of the last path step.
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
    /// uri     = "dropbox://" ["/"] path      ; as Dropbox shows it, nothing is percent-encoded
    ///         | "file://" ["localhost"] path ; absolute and percent-encoded (RFC 8089)
    ///         | "https://" host path           ; as it is, with its query; also http:// to this machine
    ///         | path                         ; local, absolute or relative to the working directory
    /// path    = *(step "/") [step]           ; a folder when the last step is empty
    /// ```
    ///
    /// `*` and `?` in the last step make it a mask.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(refused(text, "it is empty"));
        }
        if let Some(("http" | "https", _)) = split_scheme(&text.to_ascii_lowercase()) {
            let url = check_endpoint("URI", text)?;
            return Ok(Self {
                place: Place::Web,
                selection: Selection::File(url.into()),
            });
        }
        if text.contains(',') {
            return Err(refused(
                text,
                "lists of several places are not supported; use a folder or a mask",
            ));
        }
        let Some((scheme, path)) = split_scheme(text) else {
            return Ok(Self {
                place: Place::Local,
                selection: Selection::parse(text, Place::Local, text, str::to_owned)?,
            });
        };
        match scheme.to_ascii_lowercase().as_str() {
            "dropbox" => Ok(Self {
                place: Place::Dropbox,
                selection: Selection::parse(text, Place::Dropbox, &dropbox_path(path), str::to_owned)?,
            }),
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
                Ok(Self {
                    place: Place::Local,
                    selection: Selection::parse(text, Place::Local, path, decode)?,
                })
            }
            _ => Err(refused(
                text,
                &format!("`{scheme}://` is not a place that is supported"),
            )),
        }
    }

    /// The name of the table these documents make.
    pub fn table_name(&self) -> String {
        let name = match &self.selection {
            Selection::File(url) if self.place == Place::Web => return web_table_name(url),
            Selection::File(path) => {
                let name = last_step(path).trim_start_matches('.');
                name.split_once('.').map_or(name, |(stem, _)| stem)
            }
            Selection::Folder(folder) | Selection::Mask { folder, .. } => last_step(folder).trim_matches('.'),
        };
        if name.is_empty() {
            DEFAULT_TABLE.to_owned()
        } else {
            name.to_owned()
        }
    }
}

impl Selection {
    /// Judges a path of `uri`; `decode` is applied to the parts after masks and slashes were found.
    fn parse(uri: &str, place: Place, path: &str, decode: impl Fn(&str) -> String) -> Result<Self> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if folder.contains(MASKS) {
            return Err(refused(uri, "`*` and `?` are allowed only behind the last `/`"));
        }
        if name.contains("**") {
            return Err(refused(
                uri,
                "`**` is not supported; `*` stands for any characters of a name",
            ));
        }
        let is_local_root = place == Place::Local && folder.is_empty() && path.starts_with('/');
        let folder = if is_local_root { "/".to_owned() } else { decode(folder) };
        Ok(if name.is_empty() {
            Self::Folder(folder)
        } else if name.contains(MASKS) {
            let mask = decode(name);
            Self::Mask { folder, mask }
        } else {
            Self::File(decode(path))
        })
    }
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
             mask such as dropbox://folder/*.json, https://host/file.json, a local path, and file:///folder/file.json."
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
        ] {
            let uri = Uri::parse(text).unwrap();
            assert_eq!(uri, Uri { place, selection }, "{text}");
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
            let uri = Uri::parse(text).unwrap();
            assert_eq!((uri.place, &uri.selection), (Place::Web, &file(url)), "{text}");
            assert_eq!(uri.table_name(), table, "{text}");
        }
        for plain in ["http://example.com/a.json", "https://user:pw@example.com/a.json"] {
            let error = Uri::parse(plain).unwrap_err();
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
            ("dropbox://a.json,dropbox://b.json", "lists of several places"),
            ("s3://bucket/a.json", "`s3://` is not a place"),
            ("dropbox://*/a.json", "only behind the last `/`"),
            ("data?/", "only behind the last `/`"),
            ("dropbox://data/**", "`**` is not supported"),
            ("file://server/share/a.json", "an absolute path must follow"),
            ("file://a.json", "an absolute path must follow"),
            ("file:///a%FF.json", "not UTF-8"),
            ("file:///a%00.json", "not UTF-8"),
        ] {
            let error = Uri::parse(text).unwrap_err();
            assert_eq!(error.kind(), Kind::Property, "{text}");
            let start = format!("URI='{text}' cannot be used: ");
            assert!(error.message().starts_with(&start), "{error}");
            assert!(error.message().contains(reason), "{error}");
            assert!(error.message().contains("Allowed are dropbox://"), "{error}");
        }
    }
}
