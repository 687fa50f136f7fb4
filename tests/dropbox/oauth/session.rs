//! Browsers that are signed in.

use std::collections::HashMap;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use parking_lot::Mutex;

use crate::accounts::Account;
use crate::random;

/// Holds the key of a session.
const SESSION_COOKIE: &str = "simulator_session";
/// Must be repeated in every form (double submit), so that no other site can send one.
const CSRF_COOKIE: &str = "simulator_csrf";

/// Sessions by key.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, &'static Account>>);

impl Sessions {
    /// The `Set-Cookie` value of a new session.
    pub fn start(&self, account: &'static Account) -> String {
        let key = random::text::<24>();
        let cookie = set_cookie(SESSION_COOKIE, &key);
        self.0.lock().insert(key, account);
        cookie
    }

    pub fn account(&self, headers: &HeaderMap) -> Option<&'static Account> {
        let key = cookie(headers, SESSION_COOKIE)?;
        self.0.lock().get(key).copied()
    }
}

/// The token that forms in this browser carry.
pub struct Csrf {
    pub token: String,
    /// Present when the browser does not have the cookie yet.
    pub set_cookie: Option<String>,
}

impl Csrf {
    pub fn of(headers: &HeaderMap) -> Self {
        match cookie(headers, CSRF_COOKIE) {
            Some(token) => Self {
                token: token.to_owned(),
                set_cookie: None,
            },
            None => {
                let token = random::text::<18>();
                let set_cookie = Some(set_cookie(CSRF_COOKIE, &token));
                Self { token, set_cookie }
            }
        }
    }

    /// Whether a form that carries `token` was sent by the browser it was made for.
    pub fn allows(headers: &HeaderMap, token: Option<&str>) -> bool {
        token.is_some() && cookie(headers, CSRF_COOKIE) == token
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(known, value)| (known == name).then_some(value))
}

fn set_cookie(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax")
}
