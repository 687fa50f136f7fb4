//! Why a call failed or what it warns of, as the program reads it.

use std::ffi::{CString, c_char};
use std::ptr::null;

use crate::error::Error;
use crate::sqlstate::{Phase, SqlState, native};

use super::memory;
use super::types::lk_status;

/// Why a call failed.
#[derive(Debug)]
pub struct Failure {
    pub state: SqlState,
    /// The stable number of the kind of error; 0 when the program used a call wrongly.
    pub code: i32,
    pub message: String,
}

impl Failure {
    /// The program used a call wrongly.
    pub fn new(state: SqlState, message: impl Into<String>) -> Self {
        Self {
            state,
            code: 0,
            message: message.into(),
        }
    }

    /// An error met in this phase.
    pub fn of(error: &Error, phase: Phase) -> Self {
        Self {
            state: SqlState::of(error.kind(), phase),
            code: native(error.kind()),
            message: error.told(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of(&error, Phase::Later)
    }
}

/// What a handle has to tell.
#[derive(Debug, Default)]
pub struct Report {
    failure: Option<Told>,
    warnings: Vec<Told>,
}

/// A failure in the form that C reads.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    code: i32,
    state: CString,
    message: CString,
}

impl Report {
    /// A new call begins.
    pub fn forget_failure(&mut self) {
        self.failure = None;
    }

    /// A call begins whose warnings take the place of those before.
    pub fn forget_warnings(&mut self) {
        self.warnings.clear();
    }

    /// The call failed.
    pub fn fail(&mut self, failure: Failure) {
        self.failure = Some(Told::of(failure));
    }

    /// The call has something to tell; what was told already is not told again.
    pub fn warn(&mut self, warning: &Error, phase: Phase) {
        let told = Told::of(Failure::of(warning, phase));
        if !self.warnings.contains(&told) {
            self.warnings.push(told);
        }
    }

    /// Writes the failure where the program wants it.
    pub fn tell_failure(&self, out: &Place) -> lk_status {
        tell(self.failure.as_ref(), out)
    }

    /// Writes a warning, counted from 0.
    pub fn tell_warning(&self, index: usize, out: &Place) -> lk_status {
        tell(self.warnings.get(index), out)
    }
}

/// Where a failure is written; each may be null.
pub struct Place {
    pub code: *mut i32,
    pub state: *mut *const c_char,
    pub message: *mut *const c_char,
}

fn tell(told: Option<&Told>, out: &Place) -> lk_status {
    memory::put_if(out.code, told.map_or(0, |told| told.code));
    memory::put_if(out.state, told.map_or(null(), |told| told.state.as_ptr()));
    memory::put_if(out.message, told.map_or(null(), |told| told.message.as_ptr()));
    match told {
        Some(_) => lk_status::LK_OK,
        None => lk_status::LK_END,
    }
}

impl Told {
    fn of(failure: Failure) -> Self {
        Self {
            code: failure.code,
            state: memory::c_text(failure.state.code(false).to_owned()),
            message: memory::c_text(failure.message),
        }
    }
}
