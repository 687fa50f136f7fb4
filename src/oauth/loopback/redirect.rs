//! What a redirect says: a code, a refusal, or nothing that belongs to this sign-in.

use std::borrow::Cow;

use subtle::ConstantTimeEq;

use crate::secret::Secret;

use super::super::exchange::clean;

/// What a sign-in waits for.
#[derive(Debug)]
pub struct Expected<'a> {
    /// The state of the authorization request.
    pub state: Cow<'a, str>,
    /// The issuer that the redirect may only name rightly (RFC 9207), when it is known.
    pub issuer: Option<Cow<'a, str>>,
    /// Whether the redirect has to name it.
    pub issuer_required: bool,
    /// The parameter by which the redirect chooses the host for the tokens, when the server has one.
    pub token_origin: Option<Cow<'a, str>>,
}

impl Expected<'_> {
    /// The same, for a task of its own.
    pub fn into_owned(self) -> Expected<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Expected {
            state: owned(self.state),
            issuer: self.issuer.map(owned),
            issuer_required: self.issuer_required,
            token_origin: self.token_origin.map(owned),
        }
    }
}

/// What the redirect of a sign-in brings.
#[derive(Debug)]
pub struct Redirected {
    /// The authorization code.
    pub code: Secret,
    /// The host for the tokens, where it chose one.
    pub token_origin: Option<String>,
}

/// A redirect that belongs to this sign-in.
#[derive(Debug)]
pub enum Redirect {
    /// It succeeded.
    Code(Redirected),
    /// `error` and `error_description`, made clean.
    Refused(String),
}

/// Why a redirect is not this sign-in's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// No state, several, or another one: an older tab, or a forgery.
    State,
    /// A parameter occurs twice.
    Repeated,
    /// Another issuer, or none.
    Issuer,
    /// Neither code nor error, or both.
    Shape,
}

/// Reads a query or form. The state comes first: nothing that a stranger sends has any effect.
pub fn read(parameters: &[u8], expected: &Expected<'_>) -> Result<Redirect, Mismatch> {
    let state = single(parameters, "state")
        .map_err(|_| Mismatch::State)?
        .ok_or(Mismatch::State)?;
    if !bool::from(state.as_bytes().ct_eq(expected.state.as_bytes())) {
        return Err(Mismatch::State);
    }
    let code = single(parameters, "code")?;
    let error = single(parameters, "error")?;
    let description = single(parameters, "error_description")?;
    let issuer = single(parameters, "iss")?;
    match (expected.issuer.as_deref(), issuer.as_deref()) {
        (Some(expected), Some(found)) if expected != found => return Err(Mismatch::Issuer),
        (Some(_), None) if expected.issuer_required => return Err(Mismatch::Issuer),
        _ => {}
    }
    let token_origin = match expected.token_origin.as_deref() {
        Some(parameter) => single(parameters, parameter)?.map(Cow::into_owned),
        None => None,
    };
    match (code, error) {
        (Some(code), None) if !code.is_empty() => Ok(Redirect::Code(Redirected {
            code: Secret::new(code.into_owned()),
            token_origin,
        })),
        (None, Some(error)) if !error.is_empty() => {
            let error = clean(&error, &[]);
            let description = description
                .map(|text| clean(&text, &[]))
                .filter(|text| !text.is_empty());
            Ok(Redirect::Refused(
                description.map_or(error.clone(), |text| format!("{error}: {text}")),
            ))
        }
        _ => Err(Mismatch::Shape),
    }
}

/// The value of a parameter that may occur once.
fn single<'a>(parameters: &'a [u8], name: &str) -> Result<Option<Cow<'a, str>>, Mismatch> {
    let mut values = url::form_urlencoded::parse(parameters)
        .filter(|(found, _)| found == name)
        .map(|(_, value)| value);
    let value = values.next();
    match values.next() {
        Some(_) => Err(Mismatch::Repeated),
        None => Ok(value),
    }
}
