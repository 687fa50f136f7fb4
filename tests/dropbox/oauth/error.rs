//! Errors of the token endpoint.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// RFC 6749 section 5.2; Dropbox answers all of them, `invalid_client` too, with 400.
#[derive(Debug)]
pub struct TokenError {
    error: &'static str,
    description: String,
}

impl TokenError {
    pub fn invalid_request(description: impl Into<String>) -> Self {
        Self {
            error: "invalid_request",
            description: description.into(),
        }
    }

    pub fn invalid_client() -> Self {
        Self {
            error: "invalid_client",
            description: "Invalid client_id or client_secret".to_owned(),
        }
    }

    pub fn invalid_grant(description: impl Into<String>) -> Self {
        Self {
            error: "invalid_grant",
            description: description.into(),
        }
    }

    pub fn invalid_scope(description: impl Into<String>) -> Self {
        Self {
            error: "invalid_scope",
            description: description.into(),
        }
    }

    pub fn unsupported_grant_type(grant_type: &str) -> Self {
        Self {
            error: "unsupported_grant_type",
            description: format!("the grant type \"{grant_type}\" is not supported"),
        }
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let body = json!({"error": self.error, "error_description": self.description});
        (StatusCode::BAD_REQUEST, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}
