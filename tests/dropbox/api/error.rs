//! Errors of the API, each in the shape Dropbox gives it.

use axum::Json;
use axum::http::header::{CONTENT_RANGE, RETRY_AFTER};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::random;

/// Why a call has no result.
#[derive(Debug)]
pub enum ApiError {
    /// 400, plain text: the call itself is wrong.
    BadCall { function: String, message: String },
    /// 400, plain text: the call names no function, or no acceptable token.
    BadRequest(String),
    /// 401: `invalid_access_token` or `expired_access_token`.
    Unauthorized(&'static str),
    /// 401: the token is good, but not for this.
    MissingScope(&'static str),
    /// 409: the error of the function, as the tags from outside to inside.
    Function(&'static [&'static str]),
    /// 410: a temporary link has run out.
    Gone,
    /// 416: the range begins behind the end of a file of this size.
    RangeNotSatisfiable { size: u64 },
    /// 422: the path root is not the user's, whose root info this is.
    InvalidRoot(Value),
    /// 422: the path root belongs to someone else.
    NoRootPermission,
    /// 429: the same listing is being made already.
    TooManyRequests,
    /// 500: the simulator's own trouble, such as an unreadable disk.
    Internal(String),
}

/// The lookup errors, which many functions wrap in `path`.
pub const NOT_FOUND: ApiError = ApiError::Function(&["path", "not_found"]);
pub const NOT_FILE: ApiError = ApiError::Function(&["path", "not_file"]);
pub const NOT_FOLDER: ApiError = ApiError::Function(&["path", "not_folder"]);
pub const MALFORMED_PATH: ApiError = ApiError::Function(&["path", "malformed_path"]);

const RETRY_SECONDS: u64 = 1;

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::BadCall { function, message } => {
                let text = format!("Error in call to API function \"{function}\": {message}");
                (StatusCode::BAD_REQUEST, text).into_response()
            }
            Self::BadRequest(message) => (StatusCode::BAD_REQUEST, message).into_response(),
            Self::Unauthorized(tag) => tagged(StatusCode::UNAUTHORIZED, &summary(&[tag]), &json!({".tag": tag})),
            Self::MissingScope(scope) => {
                let error = json!({".tag": "missing_scope", "required_scope": scope});
                tagged(StatusCode::UNAUTHORIZED, &summary(&["missing_scope"]), &error)
            }
            Self::Function(tags) => tagged(StatusCode::CONFLICT, &summary(tags), &union(tags)),
            Self::Gone => (StatusCode::GONE, "This link has expired.").into_response(),
            Self::RangeNotSatisfiable { size } => (
                StatusCode::RANGE_NOT_SATISFIABLE,
                [(CONTENT_RANGE, format!("bytes */{size}"))],
            )
                .into_response(),
            Self::InvalidRoot(root_info) => {
                let error = json!({".tag": "invalid_root", "invalid_root": root_info});
                tagged(StatusCode::UNPROCESSABLE_ENTITY, &summary(&["invalid_root"]), &error)
            }
            Self::NoRootPermission => {
                let error = json!({".tag": "no_permission"});
                tagged(StatusCode::UNPROCESSABLE_ENTITY, &summary(&["no_permission"]), &error)
            }
            Self::TooManyRequests => {
                let error = json!({"reason": {".tag": "too_many_requests"}, "retry_after": RETRY_SECONDS});
                let answer = tagged(StatusCode::TOO_MANY_REQUESTS, &summary(&["too_many_requests"]), &error);
                ([(RETRY_AFTER, RETRY_SECONDS.to_string())], answer).into_response()
            }
            Self::Internal(message) => (StatusCode::INTERNAL_SERVER_ERROR, message).into_response(),
        }
    }
}

/// The answer to a method a route does not have.
pub async fn wrong_method(uri: Uri) -> ApiError {
    let function = uri.path().trim_start_matches("/2/").to_owned();
    ApiError::BadCall {
        function,
        message: "Your request uses an HTTP method this API function does not support.".to_owned(),
    }
}

/// The answer to a path nothing is at.
pub async fn unknown_route(uri: Uri) -> Response {
    match uri.path().strip_prefix("/2/") {
        Some(function) => ApiError::BadRequest(format!("Unknown API function: \"{function}\"")).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn tagged(status: StatusCode, summary: &str, error: &Value) -> Response {
    (status, Json(json!({"error_summary": summary, "error": error}))).into_response()
}

/// `{".tag": "path", "path": {".tag": "not_found"}}` for `["path", "not_found"]`.
fn union(tags: &[&str]) -> Value {
    let Some((outer, inner)) = tags.split_first() else {
        return Value::Null;
    };
    let mut error = json!({".tag": outer});
    if let Some(members) = error.as_object_mut().filter(|_| !inner.is_empty()) {
        members.insert((*outer).to_owned(), union(inner));
    }
    error
}

/// The tags in one line, with a random number of dots behind, so that nobody is tempted to parse it.
fn summary(tags: &[&str]) -> String {
    let [random] = random::bytes::<1>();
    format!("{}/{}", tags.join("/"), ".".repeat(usize::from(random % 4)))
}
