//! Provider rows: endpoints, scopes and quirks as data.

/// One authorization server and what is particular about it.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The name users write, such as `Dropbox`.
    pub name: String,
    /// Where the browser goes.
    pub authorize_url: String,
    /// Where codes become tokens.
    pub token_url: String,
    /// Where tokens are refreshed, when it is not `token_url`.
    pub refresh_url: Option<String>,
    /// Scopes asked for when `Scope` is not set.
    pub default_scope: String,
    /// Extra parameters of the authorization request, such as `token_access_type=offline`.
    pub authorize_params: Vec<(String, String)>,
    /// A public client id compiled into this build, if any.
    pub embedded_client_id: Option<String>,
    /// `error` values besides `invalid_grant` that mean the refresh token is dead.
    pub dead_errors: Vec<String>,
    /// Whether a refresh may replace the refresh token (then it is refused when the result cannot be stored).
    pub rotating: bool,
}

impl Provider {
    /// The Dropbox row.
    pub fn dropbox() -> Self {
        todo!()
    }
}
