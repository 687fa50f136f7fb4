//! The person's way through `/oauth2/authorize`: sign in, then allow or cancel.

use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use super::form::Form;
use super::grants::Approval;
use super::pages;
use super::request::{AuthorizationRequest, Refusal, error_redirect, redirect};
use super::scopes::Scopes;
use super::session::Csrf;
use crate::accounts::Account;
use crate::simulator::{Shared, Simulator};

/// Where a browser is sent once it is signed in.
pub const CONSENT: &str = "/oauth2/authorize_consent";

/// A page, or a redirect; refusals are answers to the browser like any other.
type Answer = Result<Response, Refusal>;

/// GET: the address apps send browsers to.
pub async fn authorize(State(simulator): State<Shared>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let query = query.unwrap_or_default();
    let request = AuthorizationRequest::parse(&query, &simulator.app)?;
    match simulator.sessions.account(&headers) {
        Some(account) if !request.force_reauthentication => {
            Ok(consent_page(&simulator, &request, account, &query, &headers))
        }
        _ => Ok(login_page(&query, &headers, StatusCode::OK, None)),
    }
}

/// POST: the login form.
pub async fn login(State(simulator): State<Shared>, headers: HeaderMap, body: String) -> Answer {
    let (form, query) = submitted(&headers, &body)?;
    AuthorizationRequest::parse(&query, &simulator.app)?;
    let email = form.value("login_email").unwrap_or_default();
    let password = form.value("login_password").unwrap_or_default();
    match Account::sign_in(email, password) {
        Some(account) => {
            let session = simulator.sessions.start(account);
            let mut answer = found(&format!("{CONSENT}?{query}"))?;
            append(&mut answer, SET_COOKIE, &session);
            Ok(answer)
        }
        None => Ok(login_page(
            &query,
            &headers,
            StatusCode::FORBIDDEN,
            Some("Invalid email or password"),
        )),
    }
}

/// GET: the consent form, for a browser that has just signed in.
pub async fn consent(State(simulator): State<Shared>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let query = query.unwrap_or_default();
    let request = AuthorizationRequest::parse(&query, &simulator.app)?;
    match simulator.sessions.account(&headers) {
        Some(account) => Ok(consent_page(&simulator, &request, account, &query, &headers)),
        None => Ok(login_page(&query, &headers, StatusCode::OK, None)),
    }
}

/// POST: the person's decision.
pub async fn submit(State(simulator): State<Shared>, headers: HeaderMap, body: String) -> Answer {
    let (form, query) = submitted(&headers, &body)?;
    let request = AuthorizationRequest::parse(&query, &simulator.app)?;
    let Some(account) = simulator.sessions.account(&headers) else {
        return Ok(login_page(
            &query,
            &headers,
            StatusCode::FORBIDDEN,
            Some("Please sign in first"),
        ));
    };
    match form.value("decision") {
        Some("allow") => allow(&simulator, &request, account),
        Some("cancel") => cancel(&request),
        _ => Err(Refusal::Page("the form carries no decision".to_owned())),
    }
}

fn allow(simulator: &Simulator, request: &AuthorizationRequest, account: &'static Account) -> Answer {
    let approval = Approval {
        account,
        scopes: granted(simulator, request, account),
        access_type: request.access_type,
        challenge: request.challenge.clone(),
        redirect_uri: request.redirect_uri.clone(),
    };
    let code = simulator.grants.issue_code(approval, &simulator.settings());
    match &request.redirect_uri {
        Some(uri) => found(&redirect(uri, request.state.as_deref(), &[("code", &code)])),
        None => Ok(html(StatusCode::OK, pages::code(&code))),
    }
}

fn cancel(request: &AuthorizationRequest) -> Answer {
    match &request.redirect_uri {
        Some(uri) => {
            let description = "The user chose not to give your app access to their Dropbox account.";
            found(&error_redirect(
                uri,
                request.state.as_deref(),
                "access_denied",
                description,
            ))
        }
        None => Ok(html(StatusCode::OK, pages::denied())),
    }
}

fn granted(simulator: &Simulator, request: &AuthorizationRequest, account: &Account) -> Scopes {
    match simulator.grants.granted_scopes(account) {
        Some(earlier) if request.include_granted_scopes => request.scopes.union(&earlier),
        _ => request.scopes.clone(),
    }
}

/// A form of ours, with the authorization request it belongs to.
fn submitted(headers: &HeaderMap, body: &str) -> Result<(Form, String), Refusal> {
    let form = Form::parse(body).map_err(|error| Refusal::Page(error.description()))?;
    if !Csrf::allows(headers, form.value("csrf")) {
        return Err(Refusal::Page(
            "the form was not sent from the page of this site".to_owned(),
        ));
    }
    let query = form.value("request").unwrap_or_default().to_owned();
    Ok((form, query))
}

fn login_page(query: &str, headers: &HeaderMap, status: StatusCode, failed: Option<&str>) -> Response {
    let csrf = Csrf::of(headers);
    with_cookie(html(status, pages::login(query, &csrf.token, failed)), csrf)
}

fn consent_page(
    simulator: &Simulator,
    request: &AuthorizationRequest,
    account: &Account,
    query: &str,
    headers: &HeaderMap,
) -> Response {
    let csrf = Csrf::of(headers);
    let scopes = granted(simulator, request, account);
    let page = pages::consent(&simulator.app.key, account, &scopes, query, &csrf.token);
    with_cookie(html(StatusCode::OK, page), csrf)
}

fn with_cookie(mut answer: Response, csrf: Csrf) -> Response {
    if let Some(cookie) = csrf.set_cookie {
        append(&mut answer, SET_COOKIE, &cookie);
    }
    answer
}

/// A page that no other site can frame, and whose address, with the app's state in it, is told to nobody.
fn html(status: StatusCode, page: String) -> Response {
    let headers = [
        ("cache-control", "no-store"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
        ),
        ("referrer-policy", "no-referrer"),
    ];
    (status, headers, Html(page)).into_response()
}

fn found(location: &str) -> Answer {
    let location =
        HeaderValue::try_from(location).map_err(|_| Refusal::Page("the redirect URI is not a URI".to_owned()))?;
    Ok((
        StatusCode::FOUND,
        [
            (LOCATION, location),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ],
    )
        .into_response())
}

fn append(answer: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        answer.headers_mut().append(name, value);
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Page(description) => html(StatusCode::BAD_REQUEST, pages::error(&description)),
            Self::Redirect(location) => found(&location).unwrap_or_else(Self::into_response),
        }
    }
}
