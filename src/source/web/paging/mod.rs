//! How an answer goes on over several pages, which are read one after the other as one document.

mod join;
mod link;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::{TryStreamExt, stream};
use reqwest::Response;
use reqwest::header::HeaderMap;
use sha2::{Digest, Sha256};
use tokio::time::sleep;
use url::Url;

use crate::error::{Error, Kind, Result};
use crate::source::ByteStream;
use crate::source::http::retry::Retry;

use super::asker::Asker;
use super::extras::with_parameter;
use super::{bytes, name};

use join::Joined;

/// The most bytes of a page, which is held whole to be looked into.
const LARGEST_PAGE: usize = 64 << 20;

/// How the pages of an answer are found.
#[derive(Clone, Debug)]
pub struct Paging {
    /// What leads from one page to the next.
    pub way: Way,
    /// Looks into a page at `PagingPath`.
    pub reader: Arc<dyn PageReader>,
    /// Whether `PagingPath` is set; otherwise the reader looks at the page as a whole.
    pub has_path: bool,
    /// `PagingLimit`: the most pages; none for as many as there are.
    pub limit: Option<u64>,
}

/// What leads from one page to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// The header `Link` with the relation `next` (RFC 8288).
    Link,
    /// The URL at `PagingPath`.
    Url,
    /// The text at `PagingPath`, as a parameter.
    Token {
        /// Its name.
        parameter: String,
    },
    /// The number of the page, as a parameter, until nothing is at `PagingPath`.
    Page {
        /// Its name.
        parameter: String,
    },
    /// The number of records before the page, as a parameter, until there is none at `PagingPath`.
    Offset {
        /// Its name.
        parameter: String,
    },
}

/// Looks for what tells of the next page; the room that knows JSON implements it.
pub trait PageReader: fmt::Debug + Send + Sync {
    /// What is found in a page. The error says why the page is no JSON, as the end of a sentence.
    fn find(&self, page: &[u8]) -> Result<Found, String>;
}

/// What a page holds at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The path leads nowhere.
    Missing,
    /// Null, false, zero, an empty text, an array or object with nothing in it, or no value at all.
    Nothing,
    /// A text, or a whole number as one.
    Text(String),
    /// So many elements of an array, or values one behind the other.
    Records(u64),
    /// An object.
    Object,
    /// True, or a fraction.
    Other,
}

impl Found {
    /// As the end of a sentence.
    fn described(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Nothing => "empty",
            Self::Text(_) => "a text",
            Self::Records(_) => "an array",
            Self::Object => "an object",
            Self::Other => "neither text, number nor array",
        }
    }
}

impl Paging {
    /// The URL of the first page of what is at `url`.
    pub(super) fn first(&self, url: &Url) -> Result<Url> {
        Ok(match self.numbered() {
            Some((parameter, start)) => with_parameter(url, parameter, &start_of(url, parameter, start)?.to_string()),
            None => url.clone(),
        })
    }

    /// The parameter that counts, and where it begins when `URI` does not say.
    fn numbered(&self) -> Option<(&str, u64)> {
        match &self.way {
            Way::Page { parameter } => Some((parameter, 1)),
            Way::Offset { parameter } => Some((parameter, 0)),
            Way::Link | Way::Url | Way::Token { .. } => None,
        }
    }
}

/// Where a URL says that counting begins.
fn start_of(url: &Url, parameter: &str, default: u64) -> Result<u64> {
    let mut pairs = url.query_pairs();
    let Some((_, given)) = pairs.find(|(name, _)| name == parameter) else {
        return Ok(default);
    };
    given.parse().map_err(|_| {
        let text = format!("URI does not say with a number where {parameter} begins, which Paging counts.");
        Error::new(Kind::Property, text)
    })
}

/// The pages of what is at `url` as one document; `answer` is the first, where it came already.
pub(super) fn open(asker: Asker, paging: Paging, url: &Url, answer: Option<Response>) -> Result<ByteStream> {
    let at = match paging.numbered() {
        Some((parameter, start)) => start_of(url, parameter, start)?,
        None => 0,
    };
    let pages = Pages {
        next: Some(paging.first(url)?),
        url: url.clone(),
        asker,
        paging,
        answer,
        number: 0,
        at,
        seen: HashSet::new(),
        last: None,
        joined: Joined::default(),
    };
    let pieces = stream::try_unfold(pages, Pages::next_page);
    let pieces = pieces.map_ok(|pieces| stream::iter(pieces.into_iter().map(Ok)));
    Ok(Box::pin(pieces.try_flatten()))
}

struct Pages {
    asker: Asker,
    paging: Paging,
    /// What `URI` says.
    url: Url,
    /// The page to be read; none when all were.
    next: Option<Url>,
    /// The answer of the first page.
    answer: Option<Response>,
    /// How many pages were asked for.
    number: u64,
    /// What the counted parameter says.
    at: u64,
    /// The URLs of the pages that were read.
    seen: HashSet<Url>,
    /// What tells the last page from another, where pages are counted.
    last: Option<[u8; 32]>,
    joined: Joined,
}

impl Pages {
    async fn next_page(mut self) -> Result<Option<(Vec<Bytes>, Self)>> {
        let Some(url) = self.next.take() else {
            return Ok(self.joined.end().map(|end| (vec![end], self)));
        };
        self.number += 1;
        let name = format!("{} (page {})", name(&url), self.number);
        let (headers, page) = self.read(&url, &name).await?;
        let found = self.paging.reader.find(&page).map_err(|problem| {
            let text = format!("{name} is not the JSON that Paging needs: {problem}");
            Error::new(Kind::Document, text)
        })?;
        let next = self.after(&url, &name, &headers, found)?;
        self.seen.insert(url);
        self.next = match next {
            Some(next) => Some(self.checked(next, &name, &page)?),
            None => None,
        };
        let pieces = self.joined.add(page).map_err(|problem| {
            let text = format!("{name} cannot follow the pages before it: {problem}.");
            Error::new(Kind::Document, text)
        })?;
        Ok(Some((pieces, self)))
    }

    /// Reads a page whole, once more from its start when it breaks off.
    async fn read(&mut self, url: &Url, name: &str) -> Result<(HeaderMap, Bytes)> {
        let mut retry = Retry::new(self.asker.patience);
        loop {
            let response = match self.answer.take() {
                Some(answer) => answer,
                None => self.asker.get(url, name, &mut retry).await?,
            };
            let headers = response.headers().clone();
            let broken = match whole(bytes(response, name)?, name).await {
                Ok(page) => return Ok((headers, page)),
                Err(error) => error,
            };
            let is_passing = matches!(broken.kind(), Kind::Unreachable | Kind::Timeout);
            match is_passing.then(|| retry.after_failure()).flatten() {
                Some(wait) => sleep(wait).await,
                None => return Err(broken),
            }
        }
    }

    /// The page after one in which this was found.
    fn after(&mut self, url: &Url, name: &str, headers: &HeaderMap, found: Found) -> Result<Option<Url>> {
        let unfit = |wanted: &str, found: &Found| {
            let text = format!(
                "What {name} has at PagingPath is {}, not {wanted}. Check PagingPath.",
                found.described()
            );
            Err(Error::new(Kind::Property, text))
        };
        let (step, parameter) = match (&self.paging.way, found) {
            (Way::Link, _) => {
                return link::next(headers, url).map_err(|problem| {
                    let text = format!("The header Link of {name} {problem}, so the next page cannot be found.");
                    Error::new(Kind::DataSource, text)
                });
            }
            (Way::Url | Way::Token { .. }, Found::Missing | Found::Nothing) => {
                tracing::info!(page = name, "nothing at PagingPath leads on");
                return Ok(None);
            }
            (Way::Url, Found::Text(next)) => {
                return url.join(&next).map(Some).map_err(|error| {
                    let text = format!("What {name} has at PagingPath is no URL ({error}). Check PagingPath.");
                    Error::new(Kind::Property, text)
                });
            }
            (Way::Url, found) => return unfit("the URL of the next page", &found),
            (Way::Token { parameter }, Found::Text(token)) => {
                return Ok(Some(with_parameter(&self.url, parameter, &token)));
            }
            (Way::Token { .. }, found) => return unfit("the token of the next page", &found),
            (_, Found::Missing) if self.number == 1 => {
                return unfit("what shows that a page has records", &Found::Missing);
            }
            (_, Found::Missing | Found::Nothing) => return Ok(None),
            (_, Found::Object) if self.number == 1 && !self.paging.has_path => {
                let text = format!(
                    "{name} is an object, which does not show whether more pages follow. Set PagingPath to where its \
                     records are, as in $.data."
                );
                return Err(Error::new(Kind::Property, text));
            }
            (Way::Page { parameter }, _) => (1, parameter),
            (Way::Offset { parameter }, Found::Records(count)) => (count, parameter),
            // The last of several values.
            (Way::Offset { parameter }, Found::Object) if !self.paging.has_path => (1, parameter),
            (Way::Offset { .. }, found) => return unfit("the array of its records", &found),
        };
        self.at = self.at.saturating_add(step);
        Ok(Some(with_parameter(&self.url, parameter, &self.at.to_string())))
    }

    /// The next page, if it may be asked for after this one: of the same server, not yet read, and not one too many.
    fn checked(&mut self, mut next: Url, name: &str, page: &Bytes) -> Result<Url> {
        next.set_fragment(None);
        let (here, there) = (self.url.origin(), next.origin());
        if here != there {
            let text = format!(
                "{name} leads on to {}, which is not followed, so that nothing meant for {} is shown to another server. Set \
                 URI and Paging so that the pages are of one server.",
                there.ascii_serialization(),
                here.ascii_serialization()
            );
            return Err(Error::new(Kind::Property, text));
        }
        if !next.username().is_empty() || next.password().is_some() {
            let text = format!("{name} leads on to a URL with a user name in it, which is not followed.");
            return Err(Error::new(Kind::DataSource, text));
        }
        if let Some((parameter, _)) = self.paging.numbered() {
            let this = Sha256::digest(page).into();
            if self.last.replace(this) == Some(this) {
                let text = format!(
                    "{name} is the same as the page before it, so the server does not go by the parameter {parameter}. Check \
                     Paging and PagingParam."
                );
                return Err(Error::new(Kind::Property, text));
            }
        }
        if self.seen.contains(&next) {
            let text =
                format!("{name} leads back to a page that was read before. Check Paging, PagingPath and PagingParam.");
            return Err(Error::new(Kind::Property, text));
        }
        match self.paging.limit {
            Some(limit) if self.number >= limit => {
                let text =
                    format!("{name} is the last page that PagingLimit allows, and more follow. Raise PagingLimit.");
                Err(Error::new(Kind::Property, text))
            }
            _ => Ok(next),
        }
    }
}

/// All bytes of a page. A byte order mark is no part of it.
async fn whole(mut bytes: ByteStream, name: &str) -> Result<Bytes> {
    let mut page = BytesMut::new();
    while let Some(chunk) = bytes.try_next().await? {
        if page.len() + chunk.len() > LARGEST_PAGE {
            let text = format!(
                "{name} is larger than {} MB, the most that a page may be with Paging. Ask the server for smaller pages.",
                LARGEST_PAGE >> 20
            );
            return Err(Error::new(Kind::Unsupported, text));
        }
        page.extend_from_slice(&chunk);
    }
    let page = page.freeze();
    let mark = page.starts_with(b"\xEF\xBB\xBF").then_some(3);
    Ok(page.slice(mark.unwrap_or(0)..))
}
