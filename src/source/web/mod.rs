//! One JSON document behind one URL.

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
use super::http::failure;
use super::http::retry::{self, Policy, Retry};
use super::{ByteStream, Document, Source};

use refusal::Refusal;

/// How long an answer whose head was read is kept for whoever reads its body.
const HELD: Duration = Duration::from_secs(5);

/// A document on the web.
#[derive(Debug)]
pub struct Web {
    url: Url,
    table_name: String,
    http: Client,
    credentials: Credentials,
    patience: Policy,
    /// The answer that told length and revision: the first to open the document reads its body, instead of asking again.
    held: Arc<Mutex<Option<(Instant, Document, Response)>>>,
}

impl Web {
    /// No I/O.
    pub fn new(url: Url, table_name: String, http: Client, credentials: Credentials) -> Self {
        Self::with_patience(url, table_name, http, credentials, Policy::default())
    }

    fn with_patience(url: Url, table_name: String, http: Client, credentials: Credentials, patience: Policy) -> Self {
        Self {
            url,
            table_name,
            http,
            credentials,
            patience,
            held: Arc::default(),
        }
    }

    /// The URL as messages and logs show it: a query may hold a key.
    fn name(&self) -> String {
        let mut url = self.url.clone();
        url.set_query(None);
        url.into()
    }

    /// Asks for the document; once more with a renewed token when the server says that the token is dead.
    async fn get(&self) -> Result<Response> {
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
                .get(self.url.clone())
                .header(ACCEPT, "application/json, application/x-ndjson, */*;q=0.5")
                .header(ACCEPT_ENCODING, "identity")
                .headers(authorization);
            let response = retry::send(request, &mut retry).await?;
            let status = response.status();
            tracing::debug!(document = self.name(), %status, "the web server answered");
            if status.is_success() {
                return Ok(response);
            }
            let secret = token.as_ref().map(|(_, token)| token.0.clone());
            let refusal = Refusal::read(response, &self.url, secret.as_ref()).await;
            match &mut token {
                Some((tokens, token)) if !renewed && refusal.is_dead_token() => {
                    *token = tokens.renew(token).await?;
                    renewed = true;
                }
                _ => return Err(refusal.into_error(&self.name(), &self.credentials)),
            }
        }
    }

    fn document(&self, response: &Response) -> Document {
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
            name: self.name(),
            location: self.url.to_string(),
            size: length.unwrap_or_default(),
            revision,
            // A date of HTTP is one of mail.
            modified: modified.and_then(|text| Some(DateTime::parse_from_rfc2822(&text).ok()?.to_utc())),
        }
    }
}

#[async_trait]
impl Source for Web {
    fn table_name(&self) -> String {
        self.table_name.clone()
    }

    async fn list(&self) -> Result<Vec<Document>> {
        let response = self.get().await?;
        let document = self.document(&response);
        *self.held.lock() = Some((Instant::now(), document.clone(), response));
        Ok(vec![document])
    }

    async fn open(&self, document: &Document) -> Result<ByteStream> {
        let held = self.held.lock().take();
        let held = held.filter(|(when, of, _)| when.elapsed() < HELD && of == document);
        let response = match held {
            Some((_, _, response)) => response,
            None => self.get().await?,
        };
        let encoding = response.headers().get(CONTENT_ENCODING).map(|value| value.as_bytes());
        if encoding.is_some_and(|encoding| encoding != b"identity") {
            let text = format!("{} came compressed, which was not asked for.", document.name);
            return Err(Error::new(Kind::Unsupported, text));
        }
        let name = document.name.clone();
        let broken = move |error| {
            let cause = failure::unreachable(error);
            let text = format!("The download of {name} broke off. {cause} Run the statement again.");
            Error::new(cause.kind(), text).caused_by(cause)
        };
        Ok(Box::pin(response.bytes_stream().map_err(broken)))
    }
}
