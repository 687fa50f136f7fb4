//! One HTTP request from a browser, read within strict limits.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

/// Everything up to the blank line.
const LONGEST_HEAD: usize = 16 * 1024;
/// A redirect as `form_post`.
const LONGEST_BODY: usize = 16 * 1024;
const MOST_HEADERS: usize = 100;
/// A browser sends its request at once.
const PATIENCE: Duration = Duration::from_secs(10);
/// The first byte of a TLS handshake record.
const TLS_HANDSHAKE: u8 = 0x16;

/// A request as far as the callback listener cares.
#[derive(Debug)]
pub struct Request {
    /// The method, as sent.
    pub method: String,
    /// The path without the query, still encoded.
    pub path: String,
    /// The query without `?`.
    pub query: String,
    /// The `Host` header; empty when there is none.
    pub host: String,
    /// The body of a `POST` with a form; `None` when the content is of another type.
    pub form: Option<Vec<u8>>,
}

/// Why there is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// Closed, or silent for too long; nobody is there to answer.
    Gone,
    /// A TLS handshake on this plain port.
    Tls,
    /// Not HTTP/1.
    Malformed,
    /// More than fits the limits.
    TooLarge,
    /// A body without `Content-Length`.
    LengthRequired,
}

/// Reads one request.
pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Request, Bad> {
    timeout(PATIENCE, read_patiently(stream))
        .await
        .unwrap_or(Err(Bad::Gone))
}

async fn read_patiently(stream: &mut (impl AsyncRead + Unpin)) -> Result<Request, Bad> {
    let mut buffer = Vec::new();
    let (mut request, body_start, body_length) = loop {
        if let Some(found) = parse(&buffer)? {
            break found;
        }
        if buffer.len() >= LONGEST_HEAD {
            return Err(Bad::TooLarge);
        }
        fill(stream, &mut buffer, LONGEST_HEAD).await?;
        if buffer.first() == Some(&TLS_HANDSHAKE) {
            return Err(Bad::Tls);
        }
    };
    if let Some(length) = body_length {
        if length > LONGEST_BODY {
            return Err(Bad::TooLarge);
        }
        let end = body_start + length;
        while buffer.len() < end {
            fill(stream, &mut buffer, end).await?;
        }
        request.form = buffer.get(body_start..end).map(<[u8]>::to_vec);
    }
    Ok(request)
}

/// Reads once more, up to `most` bytes in all.
async fn fill(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>, most: usize) -> Result<(), Bad> {
    let room = most.saturating_sub(buffer.len());
    let room = u64::try_from(room).unwrap_or(u64::MAX);
    match stream.take(room).read_buf(buffer).await {
        Ok(0) | Err(_) => Err(Bad::Gone),
        Ok(_) => Ok(()),
    }
}

/// The head, where the body starts, and the length of the body if it is a form; `None` while the head is incomplete.
fn parse(buffer: &[u8]) -> Result<Option<(Request, usize, Option<usize>)>, Bad> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let body_start = match head.parse(buffer) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Bad::TooLarge),
        Err(_) => return Err(Bad::Malformed),
    };
    let header = |name: &str| -> Result<Option<&str>, Bad> {
        let mut found = head
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name));
        let value = found.next().map(|header| std::str::from_utf8(header.value)).transpose();
        match (value, found.next()) {
            (Ok(value), None) => Ok(value.map(str::trim)),
            // Two hosts or two lengths: whoever sends that wants different readers to see different requests.
            _ => Err(Bad::Malformed),
        }
    };

    let method = head.method.unwrap_or_default();
    let (path, query) = head
        .path
        .unwrap_or_default()
        .split_once('?')
        .unwrap_or((head.path.unwrap_or_default(), ""));
    let is_form = header("content-type")?
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    let body_length = match header("content-length")? {
        _ if method != "POST" => None,
        Some(length) => Some(length.parse().map_err(|_| Bad::Malformed)?),
        None => return Err(Bad::LengthRequired),
    };
    let request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        host: header("host")?.unwrap_or_default().to_owned(),
        form: None,
    };
    Ok(Some((request, body_start, body_length.filter(|_| is_form))))
}
