//! What an app asks for when it sends a browser to `/oauth2/authorize`.

use url::form_urlencoded;

use super::app::App;
use super::form::Form;
use super::pkce::Challenge;
use super::scopes::Scopes;

const STATE_LIMIT: usize = 500;

/// `token_access_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessType {
    /// A short-lived access token only; also what an app gets that does not say.
    Online,
    /// A short-lived access token with a refresh token.
    Offline,
    /// One access token that does not expire.
    Legacy,
}

/// A valid authorization request.
#[derive(Debug)]
pub struct AuthorizationRequest {
    pub redirect_uri: Option<String>,
    pub state: Option<String>,
    pub scopes: Scopes,
    /// Scopes granted earlier are to be added.
    pub include_granted_scopes: bool,
    pub access_type: AccessType,
    pub challenge: Option<Challenge>,
    pub force_reauthentication: bool,
}

/// Why a request was refused, and who hears of it.
#[derive(Debug)]
pub enum Refusal {
    /// The person at the browser, because the app cannot be trusted with a redirect.
    Page(String),
    /// The app.
    Redirect(String),
}

impl AuthorizationRequest {
    pub fn parse(query: &str, app: &App) -> Result<Self, Refusal> {
        let form = Form::parse(query).map_err(|error| Refusal::Page(error.description()))?;
        let client_id = form
            .value("client_id")
            .ok_or_else(|| Refusal::Page("client_id is missing".to_owned()))?;
        if client_id != app.key {
            return Err(Refusal::Page(format!(
                "invalid client_id: there is no app with the key \"{client_id}\""
            )));
        }
        let redirect_uri = form.value("redirect_uri");
        if let Some(uri) = redirect_uri.filter(|uri| !app.redirect_uris.iter().any(|registered| registered == uri)) {
            return Err(Refusal::Page(format!(
                "invalid redirect_uri \"{uri}\": it must exactly match one of the redirect URIs configured for the app"
            )));
        }
        let state = form.value("state");
        if state.is_some_and(|state| state.len() > STATE_LIMIT) {
            return Err(Refusal::Page(format!(
                "state must not be longer than {STATE_LIMIT} bytes"
            )));
        }

        let refuse = |error: &str, description: &str| match redirect_uri {
            Some(uri) => Refusal::Redirect(error_redirect(uri, state, error, description)),
            None => Refusal::Page(format!("{error}: {description}")),
        };
        let invalid = |description: &str| refuse("invalid_request", description);

        match form.value("response_type") {
            Some("code") => {}
            None => return Err(invalid("response_type is missing")),
            Some(_) => return Err(refuse("unsupported_response_type", "response_type must be \"code\"")),
        }
        let access_type = match form.value("token_access_type") {
            None | Some("online") => AccessType::Online,
            Some("offline") => AccessType::Offline,
            Some("legacy") => AccessType::Legacy,
            Some(_) => return Err(invalid("token_access_type must be online, offline or legacy")),
        };
        let challenge =
            Challenge::parse(form.value("code_challenge"), form.value("code_challenge_method")).map_err(invalid)?;
        let scopes = match form.value("scope") {
            None => Scopes::all(),
            Some(list) => Scopes::parse(list).map_err(|unknown| {
                refuse(
                    "invalid_scope",
                    &format!("the scope \"{unknown}\" is not enabled for this app"),
                )
            })?,
        };
        let include_granted_scopes = match (form.value("include_granted_scopes"), form.value("scope")) {
            (None, _) => false,
            (Some("user" | "team"), Some(_)) => true,
            (Some("user" | "team"), None) => return Err(invalid("include_granted_scopes needs scope")),
            (Some(_), _) => return Err(invalid("include_granted_scopes must be user or team")),
        };
        if !matches!(form.value("require_role"), None | Some("personal" | "work")) {
            return Err(invalid("require_role must be personal or work"));
        }
        let flag = |name: &str| match form.value(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(invalid(&format!("{name} must be true or false"))),
        };
        // Consent is asked for at every visit, and nobody signs up here: these two change nothing.
        flag("force_reapprove")?;
        flag("disable_signup")?;
        let force_reauthentication = flag("force_reauthentication")?;

        Ok(Self {
            redirect_uri: redirect_uri.map(str::to_owned),
            state: state.map(str::to_owned),
            scopes,
            include_granted_scopes,
            access_type,
            challenge,
            force_reauthentication,
        })
    }
}

/// The redirect URI with parameters added to the query it may already have (RFC 6749 section 3.1.2).
pub fn redirect(uri: &str, state: Option<&str>, parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{}", query.finish())
}

/// As `redirect`, for the errors of RFC 6749 section 4.1.2.1.
pub fn error_redirect(uri: &str, state: Option<&str>, error: &str, description: &str) -> String {
    redirect(uri, state, &[("error", error), ("error_description", description)])
}
