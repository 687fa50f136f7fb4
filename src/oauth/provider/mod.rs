//! Provider rows: endpoints, scopes and quirks as data.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use once_cell::sync::Lazy;
use serde::Deserialize;
use url::Url;

use crate::error::{Error, Kind, Result};

/// The rows. To add a provider, add one here; a test reads them all.
const ROWS: &str = include_str!("providers.json");

/// Public client ids compiled into this build, by provider.
const EMBEDDED: &[(&str, Option<&str>)] = &[
    ("Dropbox", option_env!("LATCHKEY_DROPBOX_APP_KEY")),
    ("Google", option_env!("LATCHKEY_GOOGLE_CLIENT_ID")),
    ("Microsoft", option_env!("LATCHKEY_MICROSOFT_CLIENT_ID")),
];

/// The row of a server that is described by properties or by its own metadata.
pub const GENERIC: &str = "Generic";

static PROVIDERS: Lazy<Vec<Provider>> = Lazy::new(|| serde_json::from_str(ROWS).unwrap_or_default());

/// One authorization server and what is particular about it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// The name users write, such as `Dropbox`.
    pub name: String,
    /// Where people register applications of their own, for the error that asks them to.
    pub registration_url: Option<String>,
    /// The issuer that a redirect carrying `iss` must name (RFC 9207); absent when nobody knows it.
    pub issuer: Option<String>,
    /// Whether a redirect without `iss` is none of this server's.
    pub issuer_in_redirect: bool,
    /// Where the browser goes.
    pub authorize_url: String,
    /// Where codes become tokens.
    pub token_url: String,
    /// Where tokens are refreshed, when it is not `token_url`.
    pub refresh_url: Option<String>,
    /// Where a device asks for its code (RFC 8628).
    pub device_url: Option<String>,
    /// Where and how tokens are revoked.
    pub revoke: Revoke,
    /// What `{name}` in these URLs stands for, unless `OAuthURLVariables` says otherwise.
    pub variables: BTreeMap<String, String>,
    /// Other hosts of the same server, one of which a redirect may choose for this sign-in's tokens.
    pub token_origins: Option<TokenOrigins>,
    /// `CallbackURL` when it is not set.
    pub callback_url: Option<String>,
    /// Whether a callback on this machine may have any port (RFC 8252 7.3).
    pub any_port: bool,
    /// Scopes asked for when `Scope` is not set.
    pub default_scope: String,
    /// The scope without which there is no refresh token.
    pub offline_scope: Option<String>,
    /// What stands between scopes.
    pub scope_separator: ScopeSeparator,
    /// Extra parameters of the authorization request.
    pub authorize_params: Vec<(String, String)>,
    /// The parameter of the authorization request that asks for a refresh token or for none.
    pub access_type: Option<AccessTypeParameter>,
    /// The parameter of the authorization request that names the account (`login_hint`).
    pub login_hint: Option<String>,
    /// Whether PKCE is used.
    pub pkce: Pkce,
    /// How the application proves itself to the token endpoint.
    pub client_auth: ClientAuth,
    /// How the body of a token request is written.
    pub token_body: TokenBody,
    /// The member of a token answer that holds the tokens, where they are not at its top.
    pub token_path: Option<String>,
    /// Members of a token answer that belong to the sign-in, such as `instance_url`.
    pub captured: Vec<String>,
    /// Sign-ins without a browser that the server offers.
    pub direct: Vec<Direct>,
    /// What assertions for this server hold.
    pub assertion: Assertion,
    /// `error` values besides `invalid_grant` that mean the refresh token is dead.
    pub dead_errors: Vec<String>,
    /// What a refresh does to the refresh token.
    pub refresh_tokens: RefreshTokens,
    /// A public client id compiled into this build, if any.
    #[serde(skip)]
    pub embedded_client_id: Option<String>,
}

/// A server's revocation endpoint.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Revoke {
    /// Absent when the server has none, or nobody knows it.
    pub url: Option<String>,
    /// How it is asked.
    pub style: RevokeStyle,
}

/// How tokens are revoked.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RevokeStyle {
    /// RFC 7009: the refresh token in a form, with client authentication.
    #[default]
    Rfc7009,
    /// A call with a valid access token as bearer and JSON `null` as body, which ends that token with its refresh token
    /// and every sibling.
    BearerRpc,
}

/// Hosts among which a parameter of the redirect chooses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenOrigins {
    /// The parameter.
    pub parameter: String,
    /// The origins it may name; any other value is no choice.
    pub allowed: Vec<String>,
}

/// What stands between scopes on the wire.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ScopeSeparator {
    /// RFC 6749 3.3.
    #[default]
    Space,
    /// Some servers' own way.
    Comma,
}

/// How `AccessType` is said.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessTypeParameter {
    /// The parameter's name.
    pub name: String,
    /// Its value for a refresh token.
    pub offline: String,
    /// Its value for none.
    pub online: String,
}

/// Whether PKCE is used (RFC 7636).
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// With every code.
    #[default]
    S256,
    /// The server refuses what it does not know.
    Off,
}

/// Client authentication (RFC 6749 2.3.1).
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// `client_id` and `client_secret` among the parameters.
    #[default]
    Body,
    /// HTTP Basic; a client without a secret only names itself among the parameters.
    Basic,
    /// HTTP Basic, with an empty password for a client without a secret.
    BasicAlways,
}

/// The body of a token request.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum TokenBody {
    /// RFC 6749 appendix B.
    #[default]
    Form,
    /// A JSON object.
    Json,
}

/// What a refresh does to the refresh token that was sent. One that it uses up is not sent unless the new one can be
/// stored.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RefreshTokens {
    /// It stays good, also where a new one comes with the answer.
    #[default]
    Reusable,
    /// It is used up.
    SingleUse,
    /// Nobody knows, until a new one comes.
    Unknown,
}

/// A sign-in in which nobody sits at a browser.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Direct {
    /// RFC 6749 4.4.
    ClientCredentials,
    /// RFC 6749 4.3.
    Password,
    /// RFC 7523 2.1.
    JwtBearer,
}

/// What a server wants in an assertion besides RFC 7523's claims.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Assertion {
    /// `aud`, when it is not the token endpoint.
    pub audience: Option<String>,
    /// The scope is a claim of the assertion, not a parameter of the request.
    pub scope_claim: bool,
    /// The claim that says what the subject is.
    pub subject_type_claim: Option<String>,
}

impl Provider {
    /// The row of a provider, whatever the case of its name. `Kind::Property` names those that exist.
    pub fn named(name: &str) -> Result<Self> {
        let row = PROVIDERS.iter().find(|row| row.name.eq_ignore_ascii_case(name));
        let Some(row) = row else {
            let names: Vec<&str> = PROVIDERS.iter().map(|row| row.name.as_str()).collect();
            let text = format!(
                "OAuthProvider is \"{name}\"; it must be one of {}. For another server use {GENERIC} with OAuthIssuer, or \
                 with OAuthAuthorizationURL and OAuthAccessTokenURL.",
                names.join(", ")
            );
            return Err(Error::new(Kind::Property, text));
        };
        let embedded = EMBEDDED.iter().find(|(embedded, _)| *embedded == row.name);
        let id = embedded.and_then(|(_, id)| *id).filter(|id| !id.is_empty());
        Ok(Self {
            embedded_client_id: id.map(str::to_owned),
            ..row.clone()
        })
    }

    /// The same row with values in its URLs' places for them.
    ///
    /// A value is a part of a host or path, so it cannot lead to another server than the row says: letters, digits,
    /// dots and hyphens only.
    pub fn with_variables(mut self, given: &[(String, String)]) -> Result<Self> {
        for (name, value) in given {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
            let Some(known) = self.variables.get_mut(name) else {
                let names: Vec<&str> = self.variables.keys().map(String::as_str).collect();
                let known = match names.is_empty() {
                    true => "has none".to_owned(),
                    false => format!("has {}", names.join(", ")),
                };
                let text = format!("OAuthURLVariables names '{name}'; {} {known}.", self.name);
                return Err(Error::new(Kind::Property, text));
            };
            if value.is_empty() || !value.bytes().all(is_plain) {
                let text = format!(
                    "OAuthURLVariables has {name}={value}; a value is made of letters, digits, dots and hyphens."
                );
                return Err(Error::new(Kind::Property, text));
            }
            known.clone_from(value);
        }
        let variables = std::mem::take(&mut self.variables);
        let fill = |url: &mut String| {
            for (name, value) in &variables {
                *url = url.replace(&format!("{{{name}}}"), value);
            }
        };
        fill(&mut self.authorize_url);
        fill(&mut self.token_url);
        let optional = [
            &mut self.issuer,
            &mut self.refresh_url,
            &mut self.device_url,
            &mut self.revoke.url,
            &mut self.assertion.audience,
        ];
        optional.into_iter().flatten().for_each(fill);
        self.variables = variables;
        Ok(self)
    }

    /// Where refresh tokens are sent.
    pub fn refresh_endpoint(&self) -> &str {
        self.refresh_url.as_deref().unwrap_or(&self.token_url)
    }

    /// The scopes as this server wants them.
    pub fn written_scope(&self, scope: &str) -> String {
        match self.scope_separator {
            ScopeSeparator::Space => scope.to_owned(),
            ScopeSeparator::Comma => scope.split_whitespace().collect::<Vec<_>>().join(","),
        }
    }

    /// A server's scopes as this driver keeps them, with spaces between.
    pub fn read_scope(&self, scope: &str) -> String {
        match self.scope_separator {
            ScopeSeparator::Space => scope.to_owned(),
            ScopeSeparator::Comma => {
                let scopes = scope.split([',', ' ']).filter(|scope| !scope.is_empty());
                scopes.collect::<Vec<_>>().join(" ")
            }
        }
    }

    /// The host that a redirect chose for its tokens, with the parameter that said so; none when it is none of the
    /// server's own.
    pub fn chosen_origin(&self, chosen: &str) -> Option<(&str, &str)> {
        let origins = self.token_origins.as_ref()?;
        let chosen = chosen.trim_end_matches('/');
        let origin = origins.allowed.iter().find(|origin| *origin == chosen)?;
        Some((&origins.parameter, origin))
    }

    /// The row for one sign-in whose redirect chose a host for its tokens; the row itself when it chose none.
    pub fn at_origin(&self, chosen: Option<&str>) -> Self {
        let mut row = self.clone();
        if let Some((_, origin)) = chosen.and_then(|chosen| self.chosen_origin(chosen)) {
            row.token_url = moved(&row.token_url, origin);
            row.refresh_url = row.refresh_url.map(|url| moved(&url, origin));
            row.revoke.url = row.revoke.url.map(|url| moved(&url, origin));
        }
        row
    }
}

/// A URL's path and query at another origin.
fn moved(url: &str, origin: &str) -> String {
    match Url::parse(url) {
        Ok(parsed) => {
            let query = parsed.query().map(|query| format!("?{query}")).unwrap_or_default();
            format!("{origin}{}{query}", parsed.path())
        }
        Err(_) => url.to_owned(),
    }
}
