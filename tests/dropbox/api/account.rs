//! The functions about the account and its token.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use crate::simulator::Shared;

const SCOPE: &str = "account_info.read";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Echo {
    #[serde(default)]
    query: String,
}

/// `users/get_current_account`.
pub async fn get_current_account(State(simulator): State<Shared>, call: Call) -> Result<Json<Value>, ApiError> {
    let account = call.authorize(&simulator, SCOPE)?;
    call.no_argument()?;
    Ok(Json(account.full()))
}

/// `check/user`.
pub async fn check_user(State(simulator): State<Shared>, call: Call) -> Result<Json<Value>, ApiError> {
    call.authorize(&simulator, SCOPE)?;
    let echo: Echo = call.json_argument()?;
    if echo.query.chars().count() > 500 {
        return Err(call.bad("request body: query: longer than 500 characters"));
    }
    Ok(Json(json!({"result": echo.query})))
}

/// `auth/token/revoke`.
pub async fn revoke(State(simulator): State<Shared>, call: Call) -> Result<Json<Value>, ApiError> {
    call.authorize_without_scope(&simulator)?;
    call.no_argument()?;
    simulator.grants.revoke(call.access_token()?);
    Ok(Json(Value::Null))
}
