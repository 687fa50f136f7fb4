//! JSON documents on the web, each behind a URL of its own.

mod asker;
mod extras;
mod paging;
mod refusal;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::DateTime;
use futures::TryStreamExt;
use parking_lot::Mutex;
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, ETAG, LAST_MODIFIED};
use url::Url;

use crate::error::{Error, Kind, Result};

use super::decompress::{Compression, decompress};
use super::http::retry::Retry;
use super::http::{check_endpoint, failure};
use super::{ByteStream, Content, Document, Listing, Source, in_order};

pub use asker::Asker;
pub use extras::Extras;
pub use paging::{Found, PageReader, Paging, Way};

/// How long an answer whose head was read is kept for whoever reads its body.
const HELD: Duration = Duration::from_secs(5);

/// Documents on one server of the web.
#[derive(Debug)]
pub struct Web {
    urls: Vec<Url>,
    table_name: String,
    asker: Asker,
    paging: Option<Paging>,
    /// The answers that told length and revision: the first to open a document reads the body, instead of asking again.
    held: Arc<Mutex<Vec<(Instant, Document, Response)>>>,
}

impl Web {
    /// No I/O. The URLs are of one server.
    pub fn new(urls: Vec<Url>, table_name: String, asker: Asker, paging: Option<Paging>) -> Self {
        Self {
            urls,
            table_name,
            asker,
            paging,
            held: Arc::default(),
        }
    }

    /// Asks for a document, or for the first page of one.
    async fn get(&self, url: &Url) -> Result<Response> {
        let mut retry = Retry::new(self.asker.patience);
        match &self.paging {
            Some(paging) => self.asker.get(&paging.first(url)?, &name(url), &mut retry).await,
            None => self.asker.get(url, &name(url), &mut retry).await,
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
            let document = match &self.paging {
                Some(_) => paged_document(url),
                None => document(url, &response),
            };
            held.push((Instant::now(), document, response));
        }
        let documents = held.iter().map(|(_, document, _)| document.clone()).collect();
        *self.held.lock() = held;
        Ok(in_order(documents))
    }

    async fn open(&self, document: &Document) -> Result<Content> {
        let held = {
            let mut held = self.held.lock();
            held.retain(|(when, ..)| when.elapsed() < HELD);
            let position = held.iter().position(|(_, of, _)| of == document);
            position.map(|position| held.swap_remove(position))
        };
        let held = held.map(|(_, _, response)| response);
        let url = check_endpoint("URI", &document.location)?;
        let bytes = match (&self.paging, held) {
            (Some(paging), held) => paging::open(self.asker.clone(), paging.clone(), &url, held),
            (None, Some(response)) => bytes(response, &document.name),
            (None, None) => bytes(self.get(&url).await?, &document.name),
        };
        bytes.map(Content::Arriving)
    }
}

/// The body of an answer, as it was before it was compressed for its way.
fn bytes(response: Response, name: &str) -> Result<ByteStream> {
    let compression = compression(&response, name)?;
    let name = name.to_owned();
    let of = name.clone();
    let broken = move |error| {
        let cause = failure::unreachable(error);
        let text = format!("The download of {of} broke off. {cause} Run the statement again.");
        Error::new(cause.kind(), text).caused_by(cause)
    };
    let bytes: ByteStream = Box::pin(response.bytes_stream().map_err(broken));
    Ok(match compression {
        Some(compression) => decompress(compression, name, bytes),
        None => bytes,
    })
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
        (None, None) => always_new(),
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

/// A document of several pages: what the first says of itself is not true of the others.
fn paged_document(url: &Url) -> Document {
    Document {
        name: name(url),
        location: url.to_string(),
        size: 0,
        revision: always_new(),
        modified: None,
    }
}

/// The revision of what nothing tells apart from what it was before.
fn always_new() -> String {
    format!("{:?}", Instant::now())
}

/// How an answer is compressed on its way. What the document itself is compressed with is not its matter.
fn compression(response: &Response, name: &str) -> Result<Option<Compression>> {
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
            let text = format!("{name} came encoded as {encoding}, which was not asked for.");
            Err(Error::new(Kind::Unsupported, text))
        }
    }
}
