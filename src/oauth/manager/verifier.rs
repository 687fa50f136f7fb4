//! `OAuthVerifier` as people paste it: a bare code, a URL-encoded code, or the whole redirected URL.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::super::exchange::clean;
use super::super::provider::Provider;
use super::super::settings::{Payload, Pending};
use super::super::token::fingerprint;

/// An authorization code and what came with it.
#[derive(Debug)]
pub struct Code {
    /// The code itself, decoded.
    pub code: Secret,
    /// The state, when a redirected URL was pasted.
    pub state: Option<String>,
    /// The issuer, when the redirected URL names one.
    pub issuer: Option<String>,
    /// The host for the tokens, when the redirected URL names one in the parameter that its provider has for it.
    pub token_origin: Option<String>,
}

impl Code {
    /// Reads a verifier.
    pub fn parse(verifier: &Secret, row: &Provider) -> Result<Self> {
        let text = verifier.expose().trim();
        match query_of(text) {
            Some(query) => Self::from_query(query, row),
            None if text.is_empty() => Err(unusable("is empty")),
            None => {
                let decoded = percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text));
                Ok(Self {
                    code: Secret::new(decoded.into_owned()),
                    state: None,
                    issuer: None,
                    token_origin: None,
                })
            }
        }
    }

    fn from_query(query: &str, row: &Provider) -> Result<Self> {
        let single = |name: &str| {
            let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name);
            match (values.next(), values.next()) {
                (_, Some(_)) => Err(unusable(&format!("has more than one '{name}'"))),
                (value, None) => Ok(value.map(|(_, value)| value.into_owned())),
            }
        };
        if let Some(error) = single("error")? {
            let description = single("error_description")?.unwrap_or_default();
            let text = format!(
                "The redirected URL in OAuthVerifier says that the sign-in was refused: {} {}. Sign in again.",
                clean(&error, &[]),
                clean(&description, &[])
            );
            return Err(Error::new(Kind::SignIn, text));
        }
        match single("code")? {
            Some(code) if !code.is_empty() => Ok(Self {
                code: Secret::new(code),
                state: single("state")?,
                issuer: single("iss")?,
                token_origin: match &row.token_origins {
                    Some(origins) => single(&origins.parameter)?,
                    None => None,
                },
            }),
            _ => Err(unusable(
                "is a URL without a code; paste the URL that the browser is sent to after the sign-in",
            )),
        }
    }

    /// Recognises the code later without keeping it.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.code.expose())
    }

    /// The authorization request that this code answers, among those that wait; `None` when it was made elsewhere.
    ///
    /// A state that no request of this identity has is a forgery or a URL of another machine; only the PKCE verifier
    /// of that machine proves the latter.
    pub fn request<'a>(
        &self,
        payload: &'a Payload,
        entry: &str,
        pkce_verifier: Option<&Secret>,
    ) -> Result<Option<(&'a String, &'a Pending)>> {
        let waiting = || payload.pending.iter().filter(|(_, pending)| pending.entry == entry);
        match (&self.state, pkce_verifier) {
            (Some(state), pkce_verifier) => {
                let found = waiting().find(|(waiting, _)| *waiting == state);
                if found.is_none() && pkce_verifier.is_none() && waiting().next().is_some() {
                    return Err(unusable(
                        "is a URL whose state belongs to no sign-in that was started here. Use the URL of the latest \
                         sign-in, or set PKCEVerifier to what GetOAuthAuthorizationURL returned with it",
                    ));
                }
                Ok(found)
            }
            (None, Some(verifier)) => {
                Ok(waiting().find(|(_, pending)| pending.code_verifier.as_ref() == Some(verifier)))
            }
            (None, None) => Ok(waiting().max_by_key(|(_, pending)| pending.created)),
        }
    }
}

/// The query of a pasted URL, or of the part of one that begins at its query.
fn query_of(text: &str) -> Option<&str> {
    if text.contains("://") {
        let without_fragment = text.split_once('#').map_or(text, |(url, _)| url);
        return Some(without_fragment.split_once('?').map_or("", |(_, query)| query));
    }
    let query = text.strip_prefix('?').unwrap_or(text);
    let has_code = query
        .split('&')
        .any(|pair| pair.starts_with("code=") || pair.starts_with("error="));
    has_code.then_some(query)
}

fn unusable(reason: &str) -> Error {
    Error::new(Kind::SignIn, format!("OAuthVerifier {reason}."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Code> {
        Code::parse(&Secret::from(text), &Provider::default())
    }

    #[test]
    fn every_form_gives_the_same_code() {
        let forms = [
            "4/0AX-y_z==",
            "  4/0AX-y_z==\n",
            "4%2F0AX-y_z%3D%3D",
            "http://localhost:33333/?code=4%2F0AX-y_z%3D%3D&state=st",
            "http://localhost:33333/?state=st&code=4%2F0AX-y_z%3D%3D#_=_",
            "?code=4%2F0AX-y_z%3D%3D",
            "state=st&code=4%2F0AX-y_z%3D%3D",
        ];
        for form in forms {
            let code = parse(form).unwrap();
            assert_eq!(code.code.expose(), "4/0AX-y_z==", "{form}");
            assert_eq!(code.state.as_deref(), form.contains("state=").then_some("st"), "{form}");
            assert_eq!(code.fingerprint(), fingerprint("4/0AX-y_z=="));
        }
    }

    #[test]
    fn a_refusal_and_a_url_without_a_code_are_told_apart() {
        let refused = parse("http://localhost/?error=access_denied&error_description=no%0A<b>").unwrap_err();
        assert!(refused.message().contains("access_denied no."), "{refused}");
        assert!(
            parse("https://www.dropbox.com/")
                .unwrap_err()
                .message()
                .contains("without a code")
        );
        assert!(
            parse("http://localhost/?code=a&code=b")
                .unwrap_err()
                .message()
                .contains("more than one")
        );
        assert!(parse(" ").unwrap_err().message().contains("empty"));
    }

    #[test]
    fn the_request_is_found_by_state_by_verifier_or_as_the_latest() {
        let mut payload = Payload::default();
        for (state, verifier, created, entry) in
            [("s1", "v1", 1, "me"), ("s2", "v2", 2, "me"), ("s3", "v3", 3, "other")]
        {
            let mut pending = Pending::new(Some(Secret::from(verifier)), "http://localhost", entry, "");
            pending.created = created;
            payload.park(state.to_owned(), pending);
        }
        let find = |text: &str, verifier: Option<&str>| {
            let verifier = verifier.map(Secret::from);
            parse(text)
                .unwrap()
                .request(&payload, "me", verifier.as_ref())
                .map(|found| found.map(|(state, _)| state.clone()))
        };
        assert_eq!(find("c", None).unwrap().as_deref(), Some("s2"));
        assert_eq!(find("c", Some("v1")).unwrap().as_deref(), Some("s1"));
        assert_eq!(find("c", Some("elsewhere")).unwrap(), None);
        assert_eq!(find("?code=c&state=s1", None).unwrap().as_deref(), Some("s1"));
        assert_eq!(find("?code=c&state=forged", Some("elsewhere")).unwrap(), None);
        assert!(
            find("?code=c&state=forged", None)
                .unwrap_err()
                .message()
                .contains("state")
        );
        assert!(find("?code=c&state=s3", None).is_err(), "another identity's request");
    }
}
