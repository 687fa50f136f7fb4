//! JSON documents on the web, each behind a URL of its own.

mod refusal;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::DateTime;
use futures::TryStreamExt;
use parking_lot::Mutex;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, ETAG, HeaderMap, LAST_MODIFIED};
use reqwest::{Client, Response};
use url::Url;

use crate::error::{Error, Kind, Result};

use super::credentials::{Credentials, basic, bearer};
use super::decompress::{Compression, decompress};
use super::http::retry::{self, Policy, Retry};
use super::http::{check_endpoint, failure};
use super::{ByteStream, Document, Listing, Source, in_order};

use refusal::Refusal;

/// How long an answer whose head was read is kept for whoever reads its body.
const HELD: Duration = Duration::from_secs(5);

/// Documents on one server of the web.
#[derive(Debug)]
pub struct Web {
    urls: Vec<Url>,
    table_name: String,
    http: Client,
    credentials: Credentials,
    patience: Policy,
    /// The answers that told length and revision: the first to open a document reads the body, instead of asking again.
    held: Arc<Mutex<Vec<(Instant, Document, Response)>>>,
}

impl Web {
    /// No I/O.
    pub fn new(urls: Vec<Url>, table_name: String, http: Client, credentials: Credentials) -> Self {
        Self::with_patience(urls, table_name, http, credentials, Policy::default())
    }

    fn with_patience(
        urls: Vec<Url>,
        table_name: String,
        http: Client,
        credentials: Credentials,
        patience: Policy,
    ) -> Self {
        Self {
            urls,
            table_name,
            http,
            credentials,
            patience,
            held: Arc::default(),
        }
    }

    /// Asks for the document; once more with a renewed token when the server says that the token is dead.
    async fn get(&self, url: &Url) -> Result<Response> {
        let mut retry = Retry::new(self.patience);
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
                .headers(authorization);
            let response = retry::send(request, &mut retry).await?;
            let status = response.status();
            tracing::debug!(document = name(url), %status, "the web server answered");
            if status.is_success() {
                return Ok(response);
            }
            let secret = token.as_ref().map(|(_, token)| token.0.clone());
            let refusal = Refusal::read(response, url, secret.as_ref()).await;
            match &mut token {
                Some((tokens, token)) if !renewed && refusal.is_dead_token() => {
                    *token = tokens.renew(token).await?;
                    renewed = true;
                }
                _ => return Err(refusal.into_error(&name(url), &self.credentials)),
            }
        }
    }
}

#[async_trait]
impl Source for Web {
    fn table_name(&self) -> String {
        self.table_name.clone()
    }

    async fn list(&self) -> Result<Listing> {
        let mut held = Vec::new();
        for url in &self.urls {
            let response = self.get(url).await?;
            held.push((Instant::now(), document(url, &response), response));
        }
        let documents = held.iter().map(|(_, document, _)| document.clone()).collect();
        *self.held.lock() = held;
        Ok(in_order(documents))
    }

    async fn open(&self, document: &Document) -> Result<ByteStream> {
        let held = {
            let mut held = self.held.lock();
            held.retain(|(when, ..)| when.elapsed() < HELD);
            let position = held.iter().position(|(_, of, _)| of == document);
            position.map(|position| held.swap_remove(position))
        };
        let response = match held {
            Some((_, _, response)) => response,
            None => self.get(&check_endpoint("URI", &document.location)?).await?,
        };
        let compression = compression(&response, document)?;
        let name = document.name.clone();
        let broken = move |error| {
            let cause = failure::unreachable(error);
            let text = format!("The download of {name} broke off. {cause} Run the statement again.");
            Error::new(cause.kind(), text).caused_by(cause)
        };
        let bytes: ByteStream = Box::pin(response.bytes_stream().map_err(broken));
        Ok(match compression {
            Some(compression) => decompress(compression, document.name.clone(), bytes),
            None => bytes,
        })
    }
}

/// The URL as messages and logs show it: a query may hold a key.
fn name(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

fn document(url: &Url, response: &Response) -> Document {
    let text = |name| {
        let value = response.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let length = text(CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let modified = text(LAST_MODIFIED);
    let revision = match (text(ETAG), &modified) {
        (Some(tag), _) => tag,
        (None, Some(modified)) => format!("{modified} {}", length.unwrap_or_default()),
        // Nothing tells two answers apart, so each is new.
        (None, None) => format!("{:?}", Instant::now()),
    };
    Document {
        name: name(url),
        location: url.to_string(),
        size: length.unwrap_or_default(),
        revision,
        // A date of HTTP is one of mail.
        modified: modified.and_then(|text| Some(DateTime::parse_from_rfc2822(&text).ok()?.to_utc())),
    }
}

/// How an answer is compressed on its way. What the document itself is compressed with is not its matter.
fn compression(response: &Response, document: &Document) -> Result<Option<Compression>> {
    let Some(encoding) = response.headers().get(CONTENT_ENCODING) else {
        return Ok(None);
    };
    let encoding = String::from_utf8_lossy(encoding.as_bytes()).trim().to_ascii_lowercase();
    if matches!(encoding.as_str(), "" | "identity") {
        return Ok(None);
    }
    match Compression::of_encoding(&encoding) {
        Some(compression) => Ok(Some(compression)),
        None => {
            let text = format!("{} came encoded as {encoding}, which was not asked for.", document.name);
            Err(Error::new(Kind::Unsupported, text))
        }
    }
}
