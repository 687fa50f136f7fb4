//! `files/download`.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;
use serde_json::Value;

use super::call::Call;
use super::error::{ApiError, NOT_FILE};
use super::path::{self, Place};
use super::range::{Wanted, wanted};
use super::tree::Tree;
use crate::simulator::Shared;

const PIECE: u64 = 128 * 1024;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Download {
    path: String,
    /// Deprecated in favour of `rev:` in the path, but still understood.
    rev: Option<String>,
}

/// A file that is open, so that what is sent is one revision even when it is replaced meanwhile.
pub struct Opened {
    /// `FileMetadata` of the API, without a tag.
    pub metadata: Value,
    file: File,
}

pub async fn download(State(simulator): State<Shared>, call: Call) -> Result<Response, ApiError> {
    let account = call.authorize(&simulator, "files.content.read")?;
    let argument: Download = call.download_argument()?;
    let path = argument.rev.map_or(argument.path, |rev| format!("rev:{rev}"));
    let place = path::item(&call, account, &path)?;
    let opened = simulator.with_tree(move |tree| open(tree, &place)).await?;

    let rev = opened.metadata.get("rev").and_then(Value::as_str).unwrap_or_default();
    let etag = header(&format!("W/\"{rev}\""))?;
    let result = header(&ascii_json(&opened.metadata))?;
    let mut answer = if call.headers.get(IF_NONE_MATCH).is_some_and(|known| *known == etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        content(opened, &call.headers)?
    };
    answer.headers_mut().insert(ETAG, etag);
    answer.headers_mut().insert("dropbox-api-result", result);
    Ok(answer)
}

/// Opens the file at a place for reading.
pub fn open(tree: &Tree, place: &Place) -> Result<Opened, ApiError> {
    let entry = tree.find(place)?;
    let file = entry.file.as_ref().ok_or(NOT_FILE)?;
    if !entry.is_downloadable() {
        return Err(ApiError::Function(&["unsupported_file"]));
    }
    let mut metadata = tree.metadata(&entry)?;
    if let Some(members) = metadata.as_object_mut() {
        members.remove(".tag");
    }
    Ok(Opened {
        metadata,
        file: File::open(&file.disk_path)?,
    })
}

/// The bytes, or the part of them that `Range` asks for.
pub fn content(opened: Opened, headers: &HeaderMap) -> Result<Response, ApiError> {
    let size = opened.metadata.get("size").and_then(Value::as_u64).unwrap_or_default();
    let range = headers.get(RANGE).and_then(|value| value.to_str().ok());
    let (status, first, length) = match wanted(range, size) {
        Wanted::Everything => (StatusCode::OK, 0, size),
        Wanted::Part { first, length } => (StatusCode::PARTIAL_CONTENT, first, length),
        Wanted::Unsatisfiable => return Err(ApiError::RangeNotSatisfiable { size }),
    };
    let mut file = opened.file;
    file.seek(SeekFrom::Start(first))?;

    let mut answer = Response::new(Body::from_stream(stream::try_unfold((file, length), next_piece)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if status == StatusCode::PARTIAL_CONTENT {
        headers.insert(
            CONTENT_RANGE,
            header(&format!("bytes {first}-{}/{size}", first + length - 1))?,
        );
    }
    Ok(answer)
}

async fn next_piece((mut file, left): (File, u64)) -> io::Result<Option<(Bytes, (File, u64))>> {
    if left == 0 {
        return Ok(None);
    }
    let read = tokio::task::spawn_blocking(move || {
        let mut piece = Vec::new();
        let count = file.by_ref().take(left.min(PIECE)).read_to_end(&mut piece)?;
        io::Result::Ok((file, piece, count))
    });
    let (file, piece, count) = read.await.map_err(io::Error::other)??;
    let count = u64::try_from(count).map_err(io::Error::other)?;
    if count == 0 {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
    }
    Ok(Some((Bytes::from(piece), (file, left - count))))
}

/// JSON in which every UTF-16 unit beyond ASCII is escaped, since it travels in a header.
pub fn ascii_json(value: &Value) -> String {
    let mut ascii = String::new();
    let mut units = [0; 2];
    for character in value.to_string().chars() {
        if character.is_ascii() && character != '\u{7f}' {
            ascii.push(character);
        } else {
            for unit in character.encode_utf16(&mut units) {
                ascii.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    ascii
}

pub fn header(text: &str) -> Result<HeaderValue, ApiError> {
    HeaderValue::try_from(text).map_err(|error| ApiError::Internal(error.to_string()))
}
