//! The types of the header, as C sees them.

#![allow(non_camel_case_types, reason = "the names are those of the header")]

use std::ffi::{c_char, c_void};

/// How a call ended.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum lk_status {
    /// It did what it was asked for.
    LK_OK = 0,
    /// There is no more: no further row, no error, no warning with this number.
    LK_END = 1,
    /// It failed; lk_error() on the handle tells why.
    LK_ERROR = -1,
    /// The handle is NULL, freed, of another kind, or no handle at all.
    LK_INVALID_HANDLE = -2,
    /// A call without a handle has a wrong argument, or any call was made from within a callback where only lk_cancel(),
    /// lk_error() and lk_version() may be.
    LK_MISUSE = -3,
}

/// The type of a column.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum lk_type {
    /// True or false.
    LK_TYPE_BOOL = 1,
    /// A whole number of at most 64 bits.
    LK_TYPE_INT64 = 2,
    /// A floating-point number.
    LK_TYPE_DOUBLE = 3,
    /// A decimal number of up to 38 digits; lk_text() tells all of them.
    LK_TYPE_DECIMAL = 4,
    /// A date; lk_int64() tells the days since 1970-01-01.
    LK_TYPE_DATE = 5,
    /// A time of day; lk_int64() tells the microseconds since midnight.
    LK_TYPE_TIME = 6,
    /// A timestamp without a time zone; lk_int64() tells the microseconds since 1970-01-01 00:00:00.
    LK_TYPE_TIMESTAMP = 7,
    /// Text in UTF-8.
    LK_TYPE_TEXT = 8,
    /// Bytes.
    LK_TYPE_BYTES = 9,
}

/// A session: one connection string, one sign-in, and the statements on it. The pointer is a number that the library
/// checks; there is nothing behind it.
pub struct lk_session(());

/// A statement of a session, and its result. The pointer is a number that the library checks; there is nothing behind it.
pub struct lk_statement(());

/// Where somebody signs in, as a prompt callback is told. All of it is gone when the callback returns.
#[repr(C)]
#[derive(Debug)]
pub struct lk_prompt {
    /// The page to open in a browser; with a user_code the page where the code is entered, on any device.
    pub url: *const c_char,
    /// The code to enter at url; NULL when there is none to enter.
    pub user_code: *const c_char,
    /// The page with the code in it already; NULL when there is none.
    pub complete_url: *const c_char,
    /// Seconds that the person has.
    pub expires_in: u64,
}

/// How far a query has come with the documents that its rows are read from.
#[repr(C)]
#[derive(Debug)]
pub struct lk_progress {
    /// Documents begun.
    pub files: u64,
    /// Documents to read in all, unless the statement ends before.
    pub of_files: u64,
    /// Bytes read of them, decompressed.
    pub bytes: u64,
    /// Rows found in them.
    pub rows: u64,
}

/// A request to sign in, as lk_oauth_authorization_url() answers it. The texts belong to the session and are wiped by the
/// next call on it.
#[repr(C)]
#[derive(Debug)]
pub struct lk_authorization {
    /// The URL to open in a browser.
    pub url: *const c_char,
    /// What the redirected URL must carry as state.
    pub state: *const c_char,
    /// A secret, to be given to lk_oauth_exchange(); NULL where the request has no PKCE.
    pub pkce_verifier: *const c_char,
}

/// Tokens. The texts are secrets; they belong to the session and are wiped by the next call on it.
#[repr(C)]
#[derive(Debug)]
pub struct lk_tokens {
    /// The access token.
    pub access_token: *const c_char,
    /// The refresh token; NULL when there is none.
    pub refresh_token: *const c_char,
    /// Seconds until the access token ends; -1 when it never does, or that is not known.
    pub expires_in: i64,
}

/// How a sign-in stands; no text of it is a secret. The texts belong to the session until the next call on it; those that
/// are not known are NULL.
#[repr(C)]
#[derive(Debug)]
pub struct lk_sign_in {
    /// The provider's name.
    pub provider: *const c_char,
    /// The account, as the provider calls it.
    pub account: *const c_char,
    /// The application.
    pub client_id: *const c_char,
    /// The scopes, separated by spaces.
    pub scopes: *const c_char,
    /// "signed in", "expired", "signed out", "managed by the caller", or why it was revoked or refused.
    pub state: *const c_char,
    /// When the access token ends, as 2026-01-31T12:00:00Z.
    pub expires_at: *const c_char,
    /// When the access token was obtained, written alike.
    pub last_refresh: *const c_char,
    /// The settings file, or memory://name.
    pub stored_in: *const c_char,
    /// What keeps others from reading the tokens there.
    pub protected_by: *const c_char,
    /// 1 when the access token can be refreshed, else 0.
    pub has_refresh_token: i32,
}

/// Shows somebody where to sign in, and returns at once: 0 when it is shown, anything else to give the sign-in up.
///
/// It is called on the thread whose call waits for the sign-in. It must not throw, longjmp, or call the library but for
/// lk_cancel(), lk_error() and lk_version().
pub type lk_prompt_callback = Option<unsafe extern "C" fn(data: *mut c_void, prompt: *const lk_prompt) -> i32>;

/// Takes note of how far a query has come.
///
/// It is called on the thread whose call waits for rows, a few times a second and only when something has changed. The same
/// holds for it as for a prompt callback; lk_cancel() on the statement ends the query.
pub type lk_progress_callback = Option<unsafe extern "C" fn(data: *mut c_void, progress: *const lk_progress)>;

/// Takes a line of the log, without a line end. Verbosity is the lowest that shows it: 1 errors and warnings, 2
/// connections and sign-ins, 3 requests and statements, 4 every call. No line holds a secret.
///
/// It is called on any thread, also on several at once. The same holds for it as for a prompt callback.
pub type lk_log_callback = Option<unsafe extern "C" fn(data: *mut c_void, verbosity: i32, line: *const c_char)>;
