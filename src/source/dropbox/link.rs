//! Shared links of Dropbox, as URLs. Whoever knows one may read what it leads to, so it is shown with its name alone.

use percent_encoding::percent_decode_str;
use url::Url;

/// What is shown of a link in the place of all but the name.
const SHOWN: &str = "https://www.dropbox.com/…";

/// Whether a URL is a shared link to a file or folder.
///
/// ```text
/// link = ("https://www.dropbox.com" / "https://dropbox.com") ("/scl" ("/fi/" id "/" name / "/fo/" id "/" key *("/" step))
///                                                            / "/s/" id "/" name / "/sh/" id "/" key *("/" step)) ["?" …]
/// ```
pub fn is_shared_link(url: &Url) -> bool {
    let is_dropbox = matches!(url.host_str(), Some("www.dropbox.com" | "dropbox.com"));
    is_dropbox && url.scheme() == "https" && steps(url).is_some()
}

/// The name of the file or folder, where the URL tells it.
pub(in crate::source) fn name(url: &Url) -> Option<String> {
    let name = steps(url)?.pop()?;
    Some(percent_decode_str(name).decode_utf8_lossy().into_owned())
}

/// The link without its secrets.
pub fn shown(url: &Url) -> String {
    shown_as(name(url).as_deref().unwrap_or_default())
}

/// A file or folder by its name, or path in a shared folder, as documents and messages call it.
pub(super) fn shown_as(name: &str) -> String {
    match name.trim_start_matches('/') {
        "" => SHOWN.to_owned(),
        name => format!("{SHOWN}/{name}"),
    }
}

/// The steps behind what is secret in the path of a link.
fn steps(url: &Url) -> Option<Vec<&str>> {
    let steps: Vec<_> = url.path_segments()?.filter(|step| !step.is_empty()).collect();
    let secrets = match steps.as_slice() {
        ["scl", "fi", _, ..] => 3,
        ["scl", "fo", _, _, ..] => 4,
        ["s", _, ..] => 2,
        ["sh", _, _, ..] => 3,
        _ => return None,
    };
    Some(steps.into_iter().skip(secrets).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_told_from_other_urls_and_shown_by_its_name() {
        for (text, expected) in [
            (
                "https://www.dropbox.com/scl/fi/s3cret/people.json?rlkey=s3cret&dl=0",
                Some("…/people.json"),
            ),
            (
                "https://dropbox.com/s/s3cret/my%20data.json?dl=0",
                Some("…/my data.json"),
            ),
            ("https://www.dropbox.com/s/s3cret", Some("…")),
            (
                "https://www.dropbox.com/scl/fo/s3cret/s3crettoo?rlkey=s3cret&dl=0",
                Some("…"),
            ),
            (
                "https://www.dropbox.com/sh/s3cret/s3crettoo/orders/2026?dl=0",
                Some("…/2026"),
            ),
            ("https://www.dropbox.com/scl/fo/s3cret", None),
            ("https://www.dropbox.com/home/people.json", None),
            ("https://www.dropbox.com.test/s/s3cret/people.json", None),
            ("http://www.dropbox.com/s/s3cret/people.json", None),
            ("https://dl.dropboxusercontent.com/s/s3cret/people.json", None),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(is_shared_link(&url), expected.is_some(), "{text}");
            if let Some(expected) = expected {
                assert_eq!(shown(&url), format!("https://www.dropbox.com/{expected}"));
            }
        }
    }
}
