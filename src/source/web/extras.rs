//! What every request carries besides the sign-in: `CustomHeaders`, `CustomUrlParams` and `Cookies`.

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use url::Url;
use url::form_urlencoded;

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

/// Headers that say how a message travels, or what of it is asked for: the client's own.
const OWN: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "if-range",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers, cookies and parameters for one server. People put keys into them, so none is ever shown.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    headers: HeaderMap,
    /// Each as a query writes it, with its name unescaped.
    parameters: Vec<(String, Secret)>,
}

impl Extras {
    /// Reads the three properties. `Kind::Property` says what is wrong without showing a value.
    ///
    /// ```text
    /// headers    = header *((line-end / "|") header)    ; a "|" only where another "name:" follows it
    /// header     = name ":" value
    /// parameters = name "=" value *("&" name "=" value) ; as in a URL
    /// cookies    = name "=" value *("; " name "=" value)
    /// ```
    pub fn parse(headers: Option<&Secret>, parameters: Option<&Secret>, cookies: Option<&Secret>) -> Result<Self> {
        let mut extras = Self::default();
        for (at, line) in lines(text(headers)).into_iter().enumerate() {
            let (name, value) = header(line, at + 1)?;
            extras.headers.append(name, value);
        }
        if let Some(cookies) = cookies {
            if extras.headers.contains_key(COOKIE) {
                return Err(refused(
                    "CustomHeaders holds Cookie, and Cookies is set as well; set one of them",
                ));
            }
            let problem = "Cookies holds something that no header may: write it as name=value; name=value";
            extras
                .headers
                .insert(COOKIE, sensitive(cookies.expose()).ok_or_else(|| refused(problem))?);
        }
        let pairs = text(parameters).trim().trim_start_matches(['?', '&']).split('&');
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let name = parameter_name(pair).ok_or_else(|| refused("CustomUrlParams has a parameter without a name"))?;
            extras.parameters.push((name, Secret::from(pair)));
        }
        Ok(extras)
    }

    /// Whether a header is among them that signs in.
    pub(super) fn has_authorization(&self) -> bool {
        self.headers.contains_key(AUTHORIZATION)
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The URL with the parameters of those names that it does not have itself.
    pub(super) fn add_parameters(&self, url: &Url) -> Url {
        let mut url = url.clone();
        let own: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        for (_, pair) in self.parameters.iter().filter(|(name, _)| !own.contains(name)) {
            append(&mut url, pair.expose());
        }
        url
    }

    /// The values of headers and cookies.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let values = self.headers.values().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| {
            let cookies = value
                .split(';')
                .filter_map(|cookie| Some(cookie.split_once('=')?.1.trim()));
            std::iter::once(value).chain(cookies)
        })
    }
}

/// The URL with this parameter, and no other of the name.
pub(super) fn with_parameter(url: &Url, name: &str, value: &str) -> Url {
    let mut changed = url.clone();
    changed.set_query(None);
    let others = url.query().unwrap_or_default().split('&');
    for pair in others.filter(|pair| !pair.is_empty() && parameter_name(pair).as_deref() != Some(name)) {
        append(&mut changed, pair);
    }
    changed.query_pairs_mut().append_pair(name, value);
    changed
}

/// Adds a pair as it is written.
fn append(url: &mut Url, pair: &str) {
    let query = match url.query() {
        None | Some("") => pair.to_owned(),
        Some(query) => format!("{query}&{pair}"),
    };
    url.set_query(Some(&query));
}

fn parameter_name(pair: &str) -> Option<String> {
    let (name, _) = form_urlencoded::parse(pair.as_bytes()).next()?;
    (!name.is_empty()).then(|| name.into_owned())
}

fn text(secret: Option<&Secret>) -> &str {
    secret.map(|secret| secret.expose().as_str()).unwrap_or_default()
}

/// The headers of a list. An `odbc.ini` has no way to write a line end, but a `|` may also be part of a value.
fn lines(text: &str) -> Vec<&str> {
    if text.contains(['\n', '\r']) {
        let lines = text.split(['\n', '\r']).map(str::trim);
        return lines.filter(|line| !line.is_empty()).collect();
    }
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('|') {
        let after = text.get(at + 1..).unwrap_or_default();
        let name = after.split_once(':').map(|(name, _)| name.trim());
        if name.is_some_and(|name| HeaderName::try_from(name).is_ok()) {
            lines.extend(text.get(start..at));
            start = at + 1;
        }
    }
    lines.extend(text.get(start..));
    lines
        .into_iter()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

fn header(line: &str, number: usize) -> Result<(HeaderName, HeaderValue)> {
    let wrong = || {
        refused(&format!(
            "header {number} of CustomHeaders is not written as `Name: value`"
        ))
    };
    let (name, value) = line.split_once(':').ok_or_else(wrong)?;
    let name = HeaderName::try_from(name.trim()).map_err(|_| wrong())?;
    if OWN.contains(&name.as_str()) {
        let problem = format!("CustomHeaders holds {name}, which the driver has to set itself; leave it out");
        return Err(refused(&problem));
    }
    Ok((name, sensitive(value).ok_or_else(wrong)?))
}

fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value.trim()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn refused(problem: &str) -> Error {
    let mut message = format!("{problem}.");
    if let Some(first) = message.get(..1).map(str::to_uppercase) {
        message.replace_range(..1, &first);
    }
    Error::new(Kind::Property, message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn headers(text: &str) -> Result<Vec<(String, String)>> {
        let extras = Extras::parse(Some(&Secret::from(text)), None, None)?;
        let pairs = extras.headers().iter();
        Ok(pairs
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect())
    }

    #[test]
    fn headers_stand_on_lines_or_between_bars() {
        let both = [("x-key", "a b"), ("x-other", "c")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        for text in [
            "X-Key: a b\r\nX-Other: c",
            "X-Key:a b\n\n X-Other : c \n",
            "X-Key: a b|X-Other: c",
            "X-Key: a b | X-Other:c",
        ] {
            assert_eq!(headers(text).unwrap(), both, "{text}");
        }
        for (text, value) in [
            ("X-Key: a|b", "a|b"),
            ("X-Key: a|b c:d", "a|b c:d"),
            ("X-Key: a|X-Other: c\n", "a|X-Other: c"),
            ("X-Key: https://h/", "https://h/"),
            ("X-Key:", ""),
        ] {
            assert_eq!(
                headers(text).unwrap(),
                [("x-key".to_owned(), value.to_owned())],
                "{text}"
            );
        }
        assert_eq!(headers("").unwrap(), []);
    }

    #[test]
    fn headers_that_cannot_be_sent_are_refused_without_their_values() {
        for (text, says) in [
            ("X-Key s3cret", "Header 1 of CustomHeaders"),
            ("X: 1\nX Key: s3cret", "Header 2 of CustomHeaders"),
            ("X: s3\u{1}cret", "Header 1"),
            ("Host: s3cret", "holds host"),
            ("transfer-encoding: s3cret", "holds transfer-encoding"),
        ] {
            let error = headers(text).unwrap_err();
            assert!(
                error.message().contains(says) && !error.message().contains("s3"),
                "{error}"
            );
        }
        let cookie = Secret::from("a=s3cret");
        let error = Extras::parse(Some(&Secret::from("Cookie: x")), None, Some(&cookie)).unwrap_err();
        assert!(error.message().contains("set one of them"), "{error}");
        let extras = Extras::parse(Some(&Secret::from("X: s3cret")), Some(&cookie), Some(&cookie)).unwrap();
        assert!(!format!("{extras:?}").contains("s3cret"), "{extras:?}");
    }

    #[test]
    fn parameters_are_added_where_the_url_has_none_of_the_name() {
        let added = |parameters: &str, url: &str| {
            let extras = Extras::parse(None, Some(&Secret::from(parameters)), None).unwrap();
            extras.add_parameters(&Url::parse(url).unwrap()).to_string()
        };
        for (parameters, url, expected) in [
            ("a=1&b=2", "https://h/x", "https://h/x?a=1&b=2"),
            ("?a=1&&", "https://h/x?c=3", "https://h/x?c=3&a=1"),
            ("a=1&b=2", "https://h/x?b=9", "https://h/x?b=9&a=1"),
            ("a=1&a=2", "https://h/x", "https://h/x?a=1&a=2"),
            ("k=%2B+x é", "https://h/x", "https://h/x?k=%2B+x%20%C3%A9"),
            ("", "https://h/x?", "https://h/x?"),
        ] {
            assert_eq!(added(parameters, url), expected);
        }
        assert!(Extras::parse(None, Some(&Secret::from("=1")), None).is_err());
    }

    #[test]
    fn a_parameter_takes_the_place_of_those_of_its_name() {
        let url = Url::parse("https://h/x?a=%2F&page=1&b&p%61ge=2").unwrap();
        let changed = with_parameter(&url, "page", "3&4");
        assert_eq!(changed.as_str(), "https://h/x?a=%2F&b&page=3%264");
        let url = Url::parse("https://h/x").unwrap();
        assert_eq!(with_parameter(&url, "page", "1").as_str(), "https://h/x?page=1");
    }
}
