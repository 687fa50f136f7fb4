//! The OAuth procedures as functions.

use std::ffi::c_char;

use crate::capi::boundary;
use crate::capi::oauth;
use crate::capi::types::{lk_authorization, lk_session, lk_sign_in, lk_status, lk_tokens};

/// Makes the URL to sign in at, for the program to open. Sends nothing, except where an OAuthIssuer is still to be
/// discovered.
///
/// callback_url and scope may be NULL for those of the connection string. authorization is written; its texts belong to
/// the session and are wiped by the next call on it.
#[unsafe(no_mangle)]
pub extern "C" fn lk_oauth_authorization_url(
    session: *mut lk_session,
    callback_url: *const c_char,
    scope: *const c_char,
    authorization: *mut lk_authorization,
) -> lk_status {
    boundary::enter(session.cast(), |call| {
        oauth::authorization_url(call, callback_url, scope, authorization)
    })
}

/// Exchanges a verifier, which is the code or the whole redirected URL, for tokens. With InitiateOAuth=REFRESH or
/// GETANDREFRESH they are stored, and the session uses them from now on.
///
/// callback_url, state and pkce_verifier are those of the request, or NULL; state is compared when the verifier is a whole
/// URL. tokens may be NULL; its texts belong to the session and are wiped by the next call on it.
#[unsafe(no_mangle)]
pub extern "C" fn lk_oauth_exchange(
    session: *mut lk_session,
    verifier: *const c_char,
    callback_url: *const c_char,
    state: *const c_char,
    pkce_verifier: *const c_char,
    tokens: *mut lk_tokens,
) -> lk_status {
    boundary::enter(session.cast(), |call| {
        oauth::exchange(call, verifier, callback_url, state, pkce_verifier, tokens)
    })
}

/// Exchanges a refresh token for a new access token, whether the old one is still good or not. refresh_token may be NULL
/// for the one that is stored. tokens is as for lk_oauth_exchange().
#[unsafe(no_mangle)]
pub extern "C" fn lk_oauth_refresh(
    session: *mut lk_session,
    refresh_token: *const c_char,
    tokens: *mut lk_tokens,
) -> lk_status {
    boundary::enter(session.cast(), |call| oauth::refresh(call, refresh_token, tokens))
}

/// Ends a sign-in at the provider and removes it here: the session's own when both tokens are NULL.
///
/// *revoked becomes 1, or 0 when the provider refused and the sign-in was removed only here; *remarks says what happened,
/// a text that belongs to the session until the next call on it. Both may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lk_oauth_revoke(
    session: *mut lk_session,
    access_token: *const c_char,
    refresh_token: *const c_char,
    revoked: *mut i32,
    remarks: *mut *const c_char,
) -> lk_status {
    boundary::enter(session.cast(), |call| {
        oauth::revoke(call, access_token, refresh_token, revoked, remarks)
    })
}

/// Tells how the sign-in of the session stands, without a token and without asking the provider. sign_in is written; its
/// texts belong to the session until the next call on it.
#[unsafe(no_mangle)]
pub extern "C" fn lk_oauth_status(session: *mut lk_session, sign_in: *mut lk_sign_in) -> lk_status {
    boundary::enter(session.cast(), |call| oauth::status(call, sign_in))
}

/// Copies an access token that is good now into buffer, with a NUL behind it: for requests that the program sends itself as
/// this identity. It is refreshed before when it is about to end, and InitiateOAuth allows that. The library wipes its own
/// copy; wiping the buffer is up to the program.
///
/// *length becomes the length without the NUL; it may be NULL. When capacity is not greater than that, the call fails with
/// SQLSTATE 22001 and nothing is written to buffer; buffer may then be NULL, to ask for the length.
#[unsafe(no_mangle)]
pub extern "C" fn lk_oauth_access_token(
    session: *mut lk_session,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> lk_status {
    boundary::enter(session.cast(), |call| {
        oauth::access_token(call, buffer, capacity, length)
    })
}
