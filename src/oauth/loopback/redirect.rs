//! What a redirect says: a code, a refusal, or nothing that belongs to this sign-in.

use std::borrow::Cow;

use subtle::ConstantTimeEq;

use crate::secret::Secret;

use super::super::exchange::clean;

/// What a sign-in waits for.
#[derive(Debug)]
pub struct Expected<'a> {
    /// The state of the authorization request.
    pub state: &'a str,
    /// The issuer that the redirect has to name (RFC 9207), when the server has one.
    pub issuer: Option<&'a str>,
}

/// A redirect that belongs to this sign-in.
#[derive(Debug)]
pub enum Redirect {
    /// The authorization code.
    Code(Secret),
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
    if expected
        .issuer
        .is_some_and(|expected| issuer.as_deref() != Some(expected))
    {
        return Err(Mismatch::Issuer);
    }
    match (code, error) {
        (Some(code), None) if !code.is_empty() => Ok(Redirect::Code(Secret::new(code.into_owned()))),
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
