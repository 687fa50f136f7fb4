//! One request to a web server: who asks, what goes with it, and how patiently.

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap};
use reqwest::{Client, Response};
use url::Url;

use crate::error::{Error, Kind, Result};
use crate::source::credentials::{Credentials, basic, bearer};
use crate::source::decompress::Compression;
use crate::source::http::retry::{self, Policy, Retry};

use super::extras::Extras;
use super::refusal::Refusal;

/// Shorter values are no secrets, and striking them out would tear every message.
const SHORTEST_SECRET: usize = 4;

/// Who asks a web server.
#[derive(Clone, Debug)]
pub struct Asker {
    http: Client,
    credentials: Credentials,
    extras: Extras,
    pub(super) patience: Policy,
}

impl Asker {
    /// No I/O. `Kind::Property` when two properties sign in.
    pub fn new(http: Client, credentials: Credentials, extras: Extras) -> Result<Self> {
        if extras.has_authorization() && !matches!(credentials, Credentials::None) {
            let text = "CustomHeaders holds Authorization, which the sign-in of the connection sets. Leave it out, or set \
                        AuthScheme=None.";
            return Err(Error::new(Kind::Property, text));
        }
        Ok(Self {
            http,
            credentials,
            extras,
            patience: Policy::default(),
        })
    }

    /// Asks for what is at a URL, which errors call `name`; once more with a renewed token when the server says that the
    /// token is dead.
    ///
    /// Everything that may be secret goes along: the URL has to be of the server that it is meant for.
    pub(super) async fn get(&self, url: &Url, name: &str, retry: &mut Retry) -> Result<Response> {
        let url = self.extras.add_parameters(url);
        let mut token = match &self.credentials {
            Credentials::Bearer(tokens) => Some((tokens, tokens.access_token().await?)),
            _ => None,
        };
        let mut renewed = false;
        loop {
            let authorization = match (&self.credentials, &token) {
                (Credentials::Basic { user, password }, _) => basic(user, password)?,
                (_, Some((_, token))) => bearer(token)?,
                _ => HeaderMap::new(),
            };
            let request = self
                .http
                .get(url.clone())
                .header(ACCEPT, "application/json, application/x-ndjson, */*;q=0.5")
                .header(ACCEPT_ENCODING, Compression::ENCODINGS)
                .headers(self.extras.headers().clone())
                .headers(authorization);
            let response = retry::send(request, retry).await?;
            let status = response.status();
            tracing::debug!(document = name, %status, "the web server answered");
            if status.is_success() {
                return Ok(response);
            }
            let queried: Vec<_> = url.query_pairs().map(|(_, value)| value).collect();
            let secrets: Vec<&str> = queried
                .iter()
                .map(AsRef::as_ref)
                .chain(token.as_ref().map(|(_, token)| token.0.expose().as_str()))
                .chain(self.extras.secrets())
                .filter(|secret| secret.len() >= SHORTEST_SECRET)
                .collect();
            let refusal = Refusal::read(response, &url, &secrets).await;
            match &mut token {
                Some((tokens, token)) if !renewed && refusal.is_dead_token() => {
                    *token = tokens.renew(token).await?;
                    renewed = true;
                }
                _ => return Err(refusal.into_error(name, &self.credentials)),
            }
        }
    }
}
