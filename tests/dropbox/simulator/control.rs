//! The control endpoint, by which tests set the scene and ask what happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::accounts::Account;
use crate::api::shared::Sharing;
use crate::faults::Fault;
use crate::oauth::grants::Secrets;
use crate::oauth::request::AccessType;
use crate::oauth::scopes::Scopes;
use crate::oauth::token::{Answer, first_answer};
use crate::settings::Settings;
use crate::simulator::Shared;

/// 400 with a sentence for the author of the test.
type Refused = (StatusCode, String);

/// Reached on loopback only, like everything here, and without a token.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/control/settings", get(settings).post(change_settings))
        .route("/control/faults", post(add_fault).delete(clear_faults))
        .route("/control/expire", post(expire))
        .route("/control/revoke", post(revoke))
        .route("/control/reset-cursors", post(reset_cursors))
        .route("/control/counts", get(counts))
        .route("/control/reset-counts", post(reset_counts))
        .route("/control/secrets", get(secrets))
        .route("/control/login", post(login))
        .route("/control/share", post(share))
}

async fn settings(State(simulator): State<Shared>) -> Json<Settings> {
    Json(simulator.settings())
}

/// Changes the settings that are named, and answers with all.
async fn change_settings(State(simulator): State<Shared>, body: Bytes) -> Result<Json<Settings>, Refused> {
    let settings = simulator.settings().changed_by(json(&body)?).map_err(refused)?;
    simulator.replace_settings(settings.clone());
    Ok(Json(settings))
}

async fn add_fault(State(simulator): State<Shared>, body: Bytes) -> Result<StatusCode, Refused> {
    let fault: Fault = json(&body)?;
    simulator.faults.add(fault);
    Ok(StatusCode::NO_CONTENT)
}

async fn clear_faults(State(simulator): State<Shared>) -> StatusCode {
    simulator.faults.clear();
    StatusCode::NO_CONTENT
}

/// All access tokens are expired from now on.
async fn expire(State(simulator): State<Shared>) -> StatusCode {
    simulator.grants.expire_access_tokens();
    StatusCode::NO_CONTENT
}

/// All refresh tokens are revoked from now on.
async fn revoke(State(simulator): State<Shared>) -> StatusCode {
    simulator.grants.revoke_refresh_tokens();
    StatusCode::NO_CONTENT
}

async fn reset_cursors(State(simulator): State<Shared>) -> StatusCode {
    simulator.listings.reset_cursors();
    StatusCode::NO_CONTENT
}

async fn counts(State(simulator): State<Shared>) -> Json<BTreeMap<String, u64>> {
    Json(simulator.counts.snapshot())
}

async fn reset_counts(State(simulator): State<Shared>) -> StatusCode {
    simulator.counts.reset();
    StatusCode::NO_CONTENT
}

/// Every string that must never show up in a log.
async fn secrets(State(simulator): State<Shared>) -> Json<AllSecrets> {
    Json(AllSecrets {
        grants: simulator.grants.secrets(),
        client_secrets: vec![simulator.app.secret.clone()],
        temporary_links: simulator.links.secrets(),
        shared_links: simulator.shared_links.secrets(),
    })
}

#[derive(Serialize)]
struct AllSecrets {
    #[serde(flatten)]
    grants: Secrets,
    client_secrets: Vec<String>,
    temporary_links: Vec<String>,
    shared_links: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    client_id: String,
    scope: Option<String>,
    #[serde(default = "first_account")]
    email: String,
}

fn first_account() -> String {
    "ada@example.com".to_owned()
}

/// Tokens without a browser, as the token endpoint would answer.
async fn login(State(simulator): State<Shared>, body: Bytes) -> Result<Json<Answer>, Refused> {
    let login: Login = json(&body)?;
    if login.client_id != simulator.app.key {
        return Err(refused("there is no app with this client_id"));
    }
    let account = Account::by_email(&login.email).ok_or_else(|| refused("there is no account with this email"))?;
    let scopes = match &login.scope {
        Some(list) => Scopes::parse(list).map_err(|unknown| refused(format!("the scope {unknown} is not enabled")))?,
        None => Scopes::all(),
    };
    let tokens = simulator
        .grants
        .issue(account, scopes, AccessType::Offline, &simulator.settings());
    Ok(Json(first_answer(tokens)))
}

/// Shares a file or folder of somebody's by a link.
async fn share(State(simulator): State<Shared>, body: Bytes) -> Result<Json<Value>, Refused> {
    let sharing: Sharing = json(&body)?;
    let email = sharing.email.as_deref();
    let account = Account::by_email(email.unwrap_or(&first_account()));
    let account = account.ok_or_else(|| refused("there is no account with this email"))?;
    let links = Arc::clone(&simulator.shared_links);
    let link = simulator
        .with_tree(move |tree| links.share(tree, account, sharing))
        .await;
    let link = link.map_err(|_| refused("there is nothing at this path"))?;
    Ok(Json(json!({ "url": link })))
}

/// The body as JSON, whatever its declared type.
fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(refused)
}

fn refused(reason: impl ToString) -> Refused {
    (StatusCode::BAD_REQUEST, reason.to_string())
}
