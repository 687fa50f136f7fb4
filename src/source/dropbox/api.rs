//! One call of the Dropbox HTTP API: token, retry, and what a refusal means.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, RANGE};
use reqwest::{Client, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use tokio::time::sleep;

use crate::error::{Error, Kind, Result};
use crate::source::credentials::bearer;
use crate::source::http::failure;
use crate::source::http::gate::{Gate, Passage};
use crate::source::http::retry::{self, Attempt, Policy, Retry};
use crate::source::{Document, Tokens};

use super::Endpoints;
use super::refusal::Refusal;
use super::root::Root;
use super::shared::Shared;

const PATH_ROOT: &str = "Dropbox-API-Path-Root";

/// The way to the API.
#[derive(Clone, Debug)]
pub(super) struct Api {
    http: Client,
    pub(super) endpoints: Endpoints,
    pub(super) tokens: Arc<dyn Tokens>,
    pub(super) patience: Policy,
    pub(super) root: Root,
    /// What all requests of the account pass, once it is known who that is.
    pub(super) gate: Arc<OnceCell<Arc<Gate>>>,
    /// What `root` is to Dropbox, once it is known.
    root_header: Arc<OnceCell<Option<String>>>,
}

/// A success. The request is under way for as long as this is held.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) response: Response,
    _passage: Passage,
}

impl Answer {
    /// All of it. The request is over then, however it ends.
    async fn bytes(self) -> Result<Bytes, reqwest::Error> {
        self.response.bytes().await
    }
}

/// Why a call gave no result.
pub(super) enum Failure {
    /// Dropbox answered, and refused.
    Refused(Refusal),
    /// There was no answer, or no token to ask with.
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl Failure {
    /// The error; `subject` is the path or folder the call was about.
    pub(super) fn into_error(self, subject: &str) -> Error {
        match self {
            Self::Refused(refusal) => refusal.into_error(subject),
            Self::Other(error) => error,
        }
    }
}

impl Api {
    pub(super) fn new(endpoints: Endpoints, http: Client, tokens: Arc<dyn Tokens>, patience: Policy) -> Self {
        Self {
            http,
            root: endpoints.root.clone(),
            gate: Arc::default(),
            root_header: Arc::default(),
            endpoints,
            tokens,
            patience,
        }
    }

    /// An RPC call: JSON in, JSON out.
    pub(super) async fn call<T: DeserializeOwned>(&self, route: &str, argument: &impl Serialize) -> Result<T, Failure> {
        self.call_from(self.root_header().await?, route, argument).await
    }

    /// The same with the paths from the root of this header.
    pub(super) async fn call_from<T: DeserializeOwned>(
        &self,
        root: Option<&str>,
        route: &str,
        argument: &impl Serialize,
    ) -> Result<T, Failure> {
        let url = format!("{}/2/{route}", self.endpoints.api.trim_end_matches('/'));
        let body = serde_json::to_string(argument).map_err(|error| {
            Error::new(Kind::Internal, "A request to Dropbox could not be written.").caused_by(error)
        })?;
        let mut request = self.http.post(url).header(CONTENT_TYPE, "application/json").body(body);
        if let Some(root) = root {
            request = request.header(PATH_ROOT, root);
        }
        let mut retry = Retry::new(self.patience);
        let answer = loop {
            let answer = self.send(route, &request, &mut retry).await?;
            match answer.bytes().await {
                Ok(answer) => break answer,
                Err(error) => {
                    let Some(wait) = retry.after_failure() else {
                        return Err(failure::unreachable(error).into());
                    };
                    sleep(wait).await;
                }
            }
        };
        serde_json::from_slice(&answer).map_err(|error| {
            let message =
                format!("The answer to {route} is not one of Dropbox ({error}). Check the endpoint properties.");
            Error::new(Kind::Unreachable, message).into()
        })
    }

    /// These bytes of a document, in the revision it is known in.
    pub(super) async fn download(
        &self,
        document: &Document,
        range: Range<u64>,
        retry: &mut Retry,
    ) -> Result<Answer, Failure> {
        #[derive(Serialize)]
        struct Argument {
            path: String,
        }
        let argument = Argument {
            path: format!("rev:{}", document.revision),
        };
        let mut request = self.content("files/download", &argument).await?;
        if range.end < document.size {
            request = request.header(RANGE, format!("bytes={}-{}", range.start, range.end - 1));
        } else if range.start > 0 {
            request = request.header(RANGE, format!("bytes={}-", range.start));
        }
        self.send("files/download", &request, retry).await
    }

    /// The bytes of the file that a shared link leads to now.
    pub(super) async fn shared_file(&self, shared: &Shared, retry: &mut Retry) -> Result<Answer, Failure> {
        let route = "sharing/get_shared_link_file";
        let request = self.content(route, shared).await?;
        self.send(route, &request, retry).await
    }

    /// A request for the bytes of a file.
    async fn content(&self, route: &str, argument: &impl Serialize) -> Result<RequestBuilder, Failure> {
        let url = format!("{}/2/{route}", self.endpoints.content.trim_end_matches('/'));
        let mut argument = HeaderValue::try_from(header_json(argument)?).map_err(|error| {
            Error::new(Kind::Internal, "A request to Dropbox could not be written.").caused_by(error)
        })?;
        // That of a shared link holds a password.
        argument.set_sensitive(true);
        let mut request = self
            .http
            .post(url)
            .header("Dropbox-API-Arg", argument)
            .header(ACCEPT_ENCODING, "identity");
        if let Some(root) = self.root_header().await? {
            request = request.header(PATH_ROOT, root);
        }
        Ok(request)
    }

    async fn root_header(&self) -> Result<Option<&str>, Failure> {
        let header = self.root_header.get_or_try_init(async || {
            let header = self.root.header(self).await?;
            Ok::<_, Failure>(header.as_ref().map(header_json).transpose()?)
        });
        Ok(header.await?.as_deref())
    }

    /// The gate of the account; where nobody knows whose a token is, that of all such.
    async fn gate(&self) -> &Gate {
        let gate = async || Gate::of(&self.tokens.account().await.unwrap_or_default());
        self.gate.get_or_init(gate).await
    }

    /// Sends with a token; once more with a renewed one when Dropbox says that the token is dead.
    async fn send(&self, route: &str, request: &RequestBuilder, retry: &mut Retry) -> Result<Answer, Failure> {
        let mut token = self.tokens.access_token().await?;
        let gate = self.gate().await;
        let passage = gate.enter().await?;
        let mut renewed = false;
        loop {
            let Some(attempt) = request.try_clone() else {
                return Err(Error::new(Kind::Internal, "A request that cannot be repeated was to be repeated.").into());
            };
            let response = through(gate, &attempt.headers(bearer(&token)?), retry).await?;
            let status = response.status();
            tracing::debug!(route, %status, request_id = request_id(response.headers()), "Dropbox answered");
            if status.is_success() {
                return Ok(Answer {
                    response,
                    _passage: passage,
                });
            }
            let refusal = Refusal::read(response, token.0.expose()).await;
            if renewed || !refusal.is_dead_token() {
                tracing::info!(route, %status, tag = refusal.tag(), request_id = refusal.request_id(), "Dropbox refused");
                return Err(Failure::Refused(refusal));
            }
            token = self.tokens.renew(&token).await?;
            renewed = true;
        }
    }
}

/// Sends a read that has passed the gate until there is an answer that another try would not change.
async fn through(gate: &Gate, request: &RequestBuilder, retry: &mut Retry) -> Result<Response> {
    loop {
        gate.opened().await;
        match retry::attempt(request, retry).await? {
            Attempt::Answered(response) => return Ok(response),
            Attempt::Failed(wait) => sleep(wait).await,
            Attempt::Refused(wait) => gate.close_for(wait),
        }
    }
}

pub(super) fn request_id(headers: &HeaderMap) -> &str {
    headers
        .get("x-dropbox-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default()
}

/// An argument as a header may hold it: JSON in ASCII, everything else as `\u` escapes of UTF-16 units.
pub(super) fn header_json(argument: &impl Serialize) -> Result<String> {
    let json = serde_json::to_string(argument)
        .map_err(|error| Error::new(Kind::Internal, "A request to Dropbox could not be written.").caused_by(error))?;
    let mut ascii = String::with_capacity(json.len());
    for character in json.chars() {
        if character < '\u{7F}' {
            ascii.push(character);
        } else {
            ascii.extend(
                character
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .map(|unit| format!("\\u{unit:04x}")),
            );
        }
    }
    Ok(ascii)
}
