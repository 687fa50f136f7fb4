//! The OAuth procedures as functions.

use std::ffi::c_char;
use std::ptr::null;

use crate::engine::Answer;
use crate::secret::Secret;
use crate::sqlstate::SqlState;

use super::boundary::{Call, Completion};
use super::callbacks;
use super::failure::Failure;
use super::memory;
use super::session::Session;
use super::types::{lk_authorization, lk_sign_in, lk_status, lk_tokens};

/// An input of a procedure, and the text that the program gave for it.
type Input = (&'static str, *const c_char);

/// Makes the URL to sign in at.
pub fn authorization_url(
    call: &mut Call<'_, Session>,
    callback_url: *const c_char,
    scope: *const c_char,
    out: *mut lk_authorization,
) -> Completion {
    memory::check(out)?;
    let inputs = [("CallbackURL", callback_url), ("Scope", scope)];
    let mut answer = run(call, "GetOAuthAuthorizationURL", &inputs)?;
    let session = &mut *call.state;
    let authorization = lk_authorization {
        url: session.keep(&mut answer, "URL"),
        state: session.keep(&mut answer, "State"),
        pkce_verifier: session.keep(&mut answer, "PKCEVerifier"),
    };
    memory::put(out, authorization)?;
    Ok(lk_status::LK_OK)
}

/// Exchanges a code for tokens.
pub fn exchange(
    call: &mut Call<'_, Session>,
    verifier: *const c_char,
    callback_url: *const c_char,
    state: *const c_char,
    pkce_verifier: *const c_char,
    out: *mut lk_tokens,
) -> Completion {
    let inputs = [
        ("Verifier", verifier),
        ("CallbackURL", callback_url),
        ("State", state),
        ("PKCEVerifier", pkce_verifier),
        ("GrantType", c"CODE".as_ptr()),
    ];
    let answer = run(call, "GetOAuthAccessToken", &inputs)?;
    tokens(call, answer, out)
}

/// Exchanges a refresh token for an access token.
pub fn refresh(call: &mut Call<'_, Session>, refresh_token: *const c_char, out: *mut lk_tokens) -> Completion {
    let inputs = [("OAuthRefreshToken", refresh_token)];
    let answer = run(call, "RefreshOAuthAccessToken", &inputs)?;
    tokens(call, answer, out)
}

/// Ends a sign-in.
pub fn revoke(
    call: &mut Call<'_, Session>,
    access_token: *const c_char,
    refresh_token: *const c_char,
    revoked: *mut i32,
    remarks: *mut *const c_char,
) -> Completion {
    let inputs = [("OAuthAccessToken", access_token), ("OAuthRefreshToken", refresh_token)];
    let mut answer = run(call, "RevokeOAuthAccessToken", &inputs)?;
    memory::put_if(revoked, is_true(&answer, "Revoked"));
    memory::put_if(remarks, call.state.keep(&mut answer, "Remarks"));
    Ok(lk_status::LK_OK)
}

/// Tells how the sign-in stands.
pub fn status(call: &mut Call<'_, Session>, out: *mut lk_sign_in) -> Completion {
    memory::check(out)?;
    let mut answer = run(call, "GetOAuthStatus", &[])?;
    let mut kept = |column| call.state.keep(&mut answer, column);
    let mut sign_in = lk_sign_in {
        provider: kept("Provider"),
        account: kept("Account"),
        client_id: kept("ClientId"),
        scopes: kept("Scopes"),
        state: kept("State"),
        expires_at: kept("ExpiresAt"),
        last_refresh: kept("LastRefresh"),
        stored_in: kept("StoredIn"),
        protected_by: kept("ProtectedBy"),
        has_refresh_token: 0,
    };
    sign_in.has_refresh_token = is_true(&answer, "HasRefreshToken");
    memory::put(out, sign_in)?;
    Ok(lk_status::LK_OK)
}

/// Copies an access token that is good now into the program's buffer.
pub fn access_token(
    call: &mut Call<'_, Session>,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Completion {
    let open = call.state.opened()?;
    let meanwhile = callbacks::meanwhile(&open.prompts, None);
    let token = call.run(meanwhile, open.session.clone().access_token())?;
    let token = token.expose();
    memory::put_if(length, token.len());
    match memory::fill(buffer, capacity, token) {
        true => Ok(lk_status::LK_OK),
        false => Err(Failure::new(
            SqlState::StringTruncated,
            format!(
                "The access token needs a buffer of {} bytes, and there are {}.",
                token.len() + 1,
                if buffer.is_null() { 0 } else { capacity }
            ),
        )),
    }
}

fn run(call: &Call<'_, Session>, procedure: &'static str, inputs: &[Input]) -> Result<Answer, Failure> {
    let open = call.state.opened()?;
    let mut given = Vec::new();
    for (name, text) in inputs {
        if let Some(text) = memory::text(*text)? {
            given.push((*name, Secret::new(text)));
        }
    }
    let meanwhile = callbacks::meanwhile(&open.prompts, None);
    Ok(call.run(meanwhile, open.session.clone().call(procedure, given))?)
}

/// Gives tokens out, when the program wants them.
fn tokens(call: &mut Call<'_, Session>, mut answer: Answer, out: *mut lk_tokens) -> Completion {
    if !out.is_null() {
        let expires_in = answer.get("ExpiresIn").and_then(Option::as_ref);
        let expires_in = expires_in.and_then(|seconds| seconds.expose().parse().ok());
        let tokens = lk_tokens {
            access_token: call.state.keep(&mut answer, "OAuthAccessToken"),
            refresh_token: call.state.keep(&mut answer, "OAuthRefreshToken"),
            expires_in: expires_in.unwrap_or(-1),
        };
        memory::put(out, tokens)?;
    }
    Ok(lk_status::LK_OK)
}

fn is_true(answer: &Answer, column: &str) -> i32 {
    let value = answer.get(column).and_then(Option::as_ref);
    value.is_some_and(|value| value.expose() == "true").into()
}

impl Session {
    /// Keeps a text until the next call; null where there is none.
    fn keep(&mut self, answer: &mut Answer, column: &str) -> *const c_char {
        let Some(value) = answer.remove(column).flatten() else {
            return null();
        };
        let kept = memory::c_secret(&value);
        // The bytes stay where they are when their owner moves.
        let text = kept.expose().as_ptr();
        self.answer.push(kept);
        text.cast()
    }
}
