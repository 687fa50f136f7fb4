//! `files/get_temporary_link` with the links themselves.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::Response;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::Call;
use super::download::{content, open};
use super::error::ApiError;
use super::path::{self, Place};
use crate::random;
use crate::simulator::{Origins, Shared};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GetTemporaryLink {
    path: String,
}

/// Links by the secret in their address.
#[derive(Default)]
pub struct TemporaryLinks(Mutex<HashMap<String, Link>>);

struct Link {
    path_lower: String,
    made: Instant,
    lifetime: Duration,
}

impl TemporaryLinks {
    /// Every secret part of a link ever handed out.
    pub fn secrets(&self) -> Vec<String> {
        self.0.lock().keys().cloned().collect()
    }
}

pub async fn get_temporary_link(State(simulator): State<Shared>, call: Call) -> Result<Json<Value>, ApiError> {
    let account = call.authorize(&simulator, "files.content.read")?;
    let argument: GetTemporaryLink = call.json_argument()?;
    let place = path::item(&call, account, &argument.path)?;
    let metadata = simulator
        .with_tree(move |tree| Ok(open(tree, &place)?.metadata))
        .await?;

    let path_lower = metadata
        .get("path_lower")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let lifetime = Duration::from_secs(simulator.settings().temporary_link_lifetime);
    let secret = random::text::<48>();
    let link = format!("{}/temporary/{secret}", origin(&simulator.origins, &call.headers));
    simulator.links.0.lock().insert(
        secret,
        Link {
            path_lower,
            made: Instant::now(),
            lifetime,
        },
    );
    Ok(Json(json!({"metadata": metadata, "link": link})))
}

/// GET: the link, which needs no token.
pub async fn follow(
    State(simulator): State<Shared>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let path_lower = {
        let links = simulator.links.0.lock();
        let valid = links.get(&secret).filter(|link| link.made.elapsed() < link.lifetime);
        valid.map(|link| link.path_lower.clone()).ok_or(ApiError::Gone)?
    };
    let place = Place::Path(path_lower);
    let opened = simulator
        .with_tree(move |tree| open(tree, &place))
        .await
        .map_err(|_| ApiError::Gone)?;
    content(opened, &headers)
}

/// The origin the client has reached already, as far as its `Host` header tells.
fn origin<'a>(origins: &'a Origins, headers: &HeaderMap) -> &'a str {
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    if origins.http.ends_with(host) {
        &origins.http
    } else {
        origins.https.as_ref().unwrap_or(&origins.http)
    }
}
