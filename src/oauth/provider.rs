//! Provider rows: endpoints, scopes and quirks as data.

/// One authorization server and what is particular about it.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The name users write, such as `Dropbox`.
    pub name: String,
    /// The issuer that a redirect carrying `iss` must name (RFC 9207); absent when the server has none.
    pub issuer: Option<String>,
    /// Where the browser goes.
    pub authorize_url: String,
    /// Where codes become tokens.
    pub token_url: String,
    /// Where tokens are refreshed, when it is not `token_url`.
    pub refresh_url: Option<String>,
    /// Where and how tokens are revoked.
    pub revoke: Revoke,
    /// Where people register applications of their own, for the error that asks them to.
    pub registration_url: Option<String>,
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

/// A server's revocation endpoint.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// Absent when the server has none, or nobody knows it.
    pub url: Option<String>,
    /// How it is asked.
    pub style: RevokeStyle,
}

/// How tokens are revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokeStyle {
    /// RFC 7009: the refresh token in a form, with client authentication.
    Rfc7009,
    /// A call with a valid access token as bearer and JSON `null` as body, which ends that token with its refresh token
    /// and every sibling.
    BearerRpc,
}

impl Provider {
    /// The Dropbox row.
    pub fn dropbox() -> Self {
        Self {
            name: "Dropbox".to_owned(),
            issuer: None,
            authorize_url: "https://www.dropbox.com/oauth2/authorize".to_owned(),
            token_url: "https://api.dropboxapi.com/oauth2/token".to_owned(),
            refresh_url: None,
            revoke: Revoke {
                url: Some("https://api.dropboxapi.com/2/auth/token/revoke".to_owned()),
                style: RevokeStyle::BearerRpc,
            },
            registration_url: Some("https://www.dropbox.com/developers/apps".to_owned()),
            default_scope: "account_info.read files.metadata.read files.content.read".to_owned(),
            // Without it Dropbox follows the app's own default, which normally gives no refresh token.
            authorize_params: vec![("token_access_type".to_owned(), "offline".to_owned())],
            embedded_client_id: option_env!("LATCHKEY_DROPBOX_APP_KEY")
                .filter(|key| !key.is_empty())
                .map(str::to_owned),
            dead_errors: Vec::new(),
            rotating: false,
        }
    }

    /// Where refresh tokens are sent.
    pub fn refresh_endpoint(&self) -> &str {
        self.refresh_url.as_deref().unwrap_or(&self.token_url)
    }
}

#[cfg(test)]
mod tests {
    use super::Provider;

    #[test]
    fn dropbox_asks_for_reading_only_and_for_a_refresh_token() {
        let row = Provider::dropbox();
        assert!(row.default_scope.split(' ').all(|scope| scope.ends_with(".read")));
        assert_eq!(
            row.authorize_params,
            [("token_access_type".to_owned(), "offline".to_owned())]
        );
        assert_eq!(row.refresh_endpoint(), row.token_url);
    }
}
