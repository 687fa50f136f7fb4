//! Sessions: opening, closing, and what they hold for the program.

use std::collections::BTreeSet;
use std::ffi::{c_char, c_void};
use std::ptr::null_mut;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use crate::connection::logging::Log;
use crate::connection::{self, Terms};
use crate::engine;
use crate::handle::{Slots, Token};
use crate::secret::Secret;
use crate::sqlstate::{Phase, SqlState};

use super::boundary::{self, Call, Completion};
use super::callbacks::{self, Prompts};
use super::failure::Failure;
use super::memory;
use super::registry::{self, Handled, Node};
use super::standard::Plain;
use super::statement;
use super::types::{lk_prompt_callback, lk_session, lk_status};

/// The state of a session.
#[derive(Debug, Default)]
pub struct Session {
    open: Option<Arc<Open>>,
    prompts: Arc<Prompts>,
    members: Arc<Members>,
    /// The texts that the last call answered.
    pub answer: Vec<Secret<Vec<u8>>>,
}

/// What an open session is made of, and its statements need.
#[derive(Debug)]
pub struct Open {
    /// The SQL session.
    pub session: Arc<engine::Session>,
    /// What waits for the program to show where to sign in.
    pub prompts: Arc<Prompts>,
    /// Keeps the log file open.
    _log: Option<Arc<Log>>,
}

/// The statements of a session.
#[derive(Debug, Default)]
pub struct Members(Mutex<BTreeSet<Token>>);

impl Members {
    /// Adds a statement.
    pub fn add(&self, statement: Token) {
        self.0.lock().insert(statement);
    }

    /// A statement is freed.
    pub fn remove(&self, statement: Token) {
        self.0.lock().remove(&statement);
    }
}

impl Handled for Session {
    const KIND: u8 = 5;

    fn registry() -> &'static RwLock<Slots<Node<Self>>> {
        static SESSIONS: RwLock<Slots<Node<Session>>> = RwLock::new(Slots::new());
        &SESSIONS
    }

    fn begin(&mut self) {
        self.answer.clear();
    }
}

/// Makes a session that is not open yet.
pub fn new(place: *mut *mut lk_session) -> lk_status {
    if place.is_null() {
        return lk_status::LK_MISUSE;
    }
    let Some(token) = registry::insert(Session::default(), 0) else {
        return lk_status::LK_MISUSE;
    };
    memory::put_if(place, token.handle().cast());
    lk_status::LK_OK
}

/// Lets the program show where to sign in.
pub fn on_prompt(call: &mut Call<'_, Session>, callback: lk_prompt_callback, data: *mut c_void) -> Completion {
    call.state.prompts.set(callback, data);
    Ok(lk_status::LK_OK)
}

/// Opens the session.
pub fn open(call: &mut Call<'_, Session>, connection_string: *const c_char) -> Completion {
    let connection_string = Secret::new(memory::required_text(connection_string)?);
    if call.state.open.is_some() {
        return Err(Failure::new(SqlState::InUse, "The session is open already."));
    }
    call.forget_warnings();
    let prompts = &call.state.prompts;
    let terms = Terms {
        login_timeout: None,
        standard: &Plain,
        prompt: prompts.prompt(),
    };
    let common = &call.node.common;
    let wait = boundary::wait(common, &common.begin(), callbacks::meanwhile(prompts, None));
    let opened = connection::open(connection_string.expose(), terms, &wait);
    let opened = opened.map_err(|error| Failure::of(&error, Phase::Connect))?;
    call.warn(opened.warnings, Phase::Connect);
    call.state.open = Some(Arc::new(Open {
        session: opened.session,
        prompts: prompts.clone(),
        _log: opened.log,
    }));
    Ok(lk_status::LK_OK)
}

/// Frees a session with its statements.
pub fn free(session: *mut lk_session) -> lk_status {
    boundary::free::<Session>(Token::of(session.cast()), |state| {
        // Streams live on, and must not ask a program that may be gone.
        state.prompts.set(None, null_mut());
        let statements = std::mem::take(&mut *state.members.0.lock());
        for token in statements {
            statement::free(token);
        }
        *state = Session::default();
    })
}

impl Session {
    /// What is open; 08003 when it is not.
    pub fn opened(&self) -> Result<Arc<Open>, Failure> {
        let open = self.open.clone();
        open.ok_or_else(|| {
            Failure::new(
                SqlState::NotOpen,
                "The session is not open; call lk_session_open first.",
            )
        })
    }

    /// Its statements.
    pub fn members(&self) -> &Arc<Members> {
        &self.members
    }
}
