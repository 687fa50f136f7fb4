//! Connections: opening, closing, and what they answer about themselves.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::connection::browse::{Browsing, Refusal, Step};
use crate::connection::logging::Log;
use crate::connection::{Opened, Terms, string};
use crate::engine::Session;
use crate::error::Error;

use super::argument::{TextIn, TextOut, Value};
use super::attributes::connection::Attributes;
use super::boundary::{self, Call, Completion, Status};
use super::diagnostics::Diagnostic;
use super::functions::Function;
use super::group::Members;
use super::handles;
use super::info::{self, Answer, Facts};
use super::registry::{self, Home, Kind, Token};
use super::sqlstate::{Phase, SqlState};
use super::standard::Odbc;

/// A connection, open or not.
#[derive(Debug, Default)]
pub struct Connection {
    /// Its attributes.
    pub attributes: Attributes,
    /// The cursor names that applications chose, by statement.
    pub cursor_names: BTreeMap<Token, String>,
    /// Whether the last thing known is that the server or the sign-in is lost (`SQL_ATTR_CONNECTION_DEAD`).
    pub dead: bool,
    open: Option<Open>,
    /// What `SQLBrowseConnect` was given, while it asks for more.
    browsing: Option<Browsing>,
}

#[derive(Debug)]
struct Open {
    session: Arc<Session>,
    data_source: Arc<str>,
    server: String,
    /// The log file is closed with the connection.
    _log: Option<Arc<Log>>,
}

/// A call on a connection, with the lock of its group held.
pub struct OnConnection<'a> {
    /// The call.
    pub call: Call<'a>,
    /// The handle.
    pub token: Token,
    /// Where handles made on this connection live.
    pub home: &'a Home,
    /// The connection with its statements and descriptors.
    pub members: &'a mut Members,
}

impl Connection {
    /// Whether it is neither open nor on the way there.
    pub fn is_closed(&self) -> bool {
        self.open.is_none() && self.browsing.is_none()
    }

    fn terms(&self) -> Terms {
        Terms {
            login_timeout: self.attributes.login_timeout(),
            standard: &Odbc,
            prompt: None,
        }
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The session; 08003 when the connection is not open.
    pub fn session(&self) -> Result<Arc<Session>, Diagnostic> {
        let open = self.open.as_ref();
        open.map(|open| open.session.clone())
            .ok_or_else(|| Diagnostic::new(SqlState::NotOpen, "The connection is not open."))
    }

    /// The DSN, or empty.
    pub fn data_source(&self) -> Option<Arc<str>> {
        self.open.as_ref().map(|open| open.data_source.clone())
    }
}

/// `SQLConnect`.
pub fn connect(on: &mut OnConnection<'_>, dsn: TextIn, user: TextIn, password: TextIn) -> Completion {
    let mut connection_string = String::new();
    for (key, value) in [("DSN", dsn.read()?), ("UID", user.read()?), ("PWD", password.read()?)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            string::append(&mut connection_string, key, &value);
        }
    }
    on.open(&connection_string)?;
    Ok(Status::Success)
}

/// `SQLDriverConnect`.
pub fn driver_connect(on: &mut OnConnection<'_>, input: TextIn, out: TextOut, completion: u16) -> Completion {
    /// `SQL_DRIVER_COMPLETE_REQUIRED`, the last of the four.
    const HIGHEST_COMPLETION: u16 = odbc_sys::DriverConnectOption::CompleteRequired as u16;
    if completion > HIGHEST_COMPLETION {
        let message = format!("There is no driver completion with the number {completion}.");
        return Err(Diagnostic::new(SqlState::Completion, message));
    }
    let completed = on.open(&input.read()?.unwrap_or_default())?;
    out.deliver(&completed, on.call.diagnostics)?;
    Ok(Status::Success)
}

/// `SQLBrowseConnect`.
pub fn browse_connect(on: &mut OnConnection<'_>, input: TextIn, out: TextOut) -> Completion {
    if on.members.connection.is_open() {
        return Err(in_use());
    }
    let input = input.required()?;
    let mut browsing = on.members.connection.browsing.take().unwrap_or_default();
    let terms = on.members.connection.terms();
    let asked = match browsing.go_on(&input, terms, &on.call.wait(None)) {
        Ok(Step::Opened(opened)) => {
            let completed = on.opened(*opened);
            out.deliver(&completed, on.call.diagnostics)?;
            return Ok(Status::Success);
        }
        Ok(Step::Asks { result, warnings }) => {
            for warning in warnings {
                on.call.diagnostics.post(at_connect(warning));
            }
            result
        }
        Err(Refusal {
            error,
            again: Some(result),
        }) => {
            on.call.diagnostics.post(at_connect(error));
            result
        }
        Err(Refusal { error, again: None }) => return Err(at_connect(error)),
    };
    on.members.connection.browsing = Some(browsing);
    out.deliver(&asked, on.call.diagnostics)?;
    Ok(Status::NeedData)
}

/// `SQLDisconnect`: ends what another thread waits for, then closes everything of the connection.
pub fn disconnect(handle: *mut c_void) -> i16 {
    if let Some(node) = registry::find(Kind::Connection, handle)
        && let Some(group) = node.group()
    {
        group.close();
    }
    boundary::connection(Function::Disconnect, handle, |on| {
        on.call.group().reopen();
        if on.members.connection.browsing.take().is_some() {
            return Ok(Status::Success);
        }
        on.session()?;
        handles::free_all(on.members);
        let connection = &mut on.members.connection;
        connection.open = None;
        connection.dead = false;
        connection.cursor_names.clear();
        Ok(Status::Success)
    })
}

/// `SQLGetInfo`: lengths in bytes in both forms.
pub fn get_info(on: &mut OnConnection<'_>, id: u16, out: TextOut) -> Completion {
    let facts = match &on.members.connection.open {
        _ if OF_THE_DRIVER_MANAGER.contains(&id) => {
            let message = format!("The information type {id} is answered by a driver manager, and there is none.");
            return Err(Diagnostic::new(SqlState::Unsupported, message));
        }
        Some(open) => Facts {
            data_source: open.data_source.to_string(),
            server: open.server.clone(),
        },
        None if DRIVER_ODBC_VER == id => Facts::default(),
        None => return Err(Diagnostic::new(SqlState::NotOpen, "The connection is not open.")),
    };
    let value = match info::info(id, &facts) {
        Some(Answer::Text(text)) => Value::Text(text),
        Some(Answer::U16(number)) => Value::Word(number),
        Some(Answer::U32(number)) => Value::Unsigned(number),
        None => {
            let message = format!("There is no information type with the number {id}.");
            return Err(Diagnostic::new(SqlState::InfoType, message));
        }
    };
    value.deliver(&out, on.call.diagnostics)?;
    Ok(Status::Success)
}

/// `SQL_DRIVER_ODBC_VER`: the Windows driver manager asks before it connects.
const DRIVER_ODBC_VER: u16 = 77;

/// Handles (`SQL_DRIVER_HDBC`, `HENV`, `HSTMT`, `HLIB`, `HDESC`) and version (`SQL_DM_VER`) of a driver manager.
const OF_THE_DRIVER_MANAGER: &[u16] = &[3, 4, 5, 76, 135, 171];

/// `SQLNativeSql`.
pub fn native_sql(on: &mut OnConnection<'_>, sql: TextIn, out: TextOut) -> Completion {
    let native = on.session()?.native_sql(&sql.required()?)?;
    out.deliver(&native, on.call.diagnostics)?;
    Ok(Status::Success)
}

impl OnConnection<'_> {
    /// The session; 08003 when the connection is not open.
    pub fn session(&self) -> Result<Arc<Session>, Diagnostic> {
        self.members.connection.session()
    }

    /// Opens the connection; answers the completed connection string.
    fn open(&mut self, connection_string: &str) -> Result<String, Diagnostic> {
        let connection = &self.members.connection;
        if !connection.is_closed() {
            return Err(in_use());
        }
        let terms = connection.terms();
        // A person signing in is not held to SQL_ATTR_LOGIN_TIMEOUT: the terms carry it for the network's part.
        let wait = self.call.wait(None);
        let opened = crate::connection::open(connection_string, terms, &wait).map_err(at_connect)?;
        Ok(self.opened(opened))
    }

    /// Takes an opened session into the handle; answers the completed connection string.
    fn opened(&mut self, opened: Opened) -> String {
        let Opened {
            session,
            completed,
            warnings,
            data_source,
            server,
            log,
        } = opened;
        for warning in warnings {
            self.call.diagnostics.post(at_connect(warning));
        }
        self.call.diagnostics.server = Some(data_source.as_str().into());
        let connection = &mut self.members.connection;
        connection.open = Some(Open {
            session,
            data_source: data_source.into(),
            server,
            _log: log,
        });
        connection.dead = false;
        completed
    }
}

/// An error met while connecting.
fn at_connect(error: Error) -> Diagnostic {
    Diagnostic::of(&error, Phase::Connect)
}

/// 08002
fn in_use() -> Diagnostic {
    Diagnostic::new(SqlState::InUse, "The connection is open already, or being browsed for.")
}

/// The moment `seconds` from now; none for 0, which means no limit.
pub fn deadline(seconds: usize) -> Option<Instant> {
    let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
    Instant::now().checked_add(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_seconds_are_no_deadline() {
        assert!(deadline(0).is_none());
        assert!(deadline(usize::MAX).is_none());
        assert!(deadline(1).is_some());
    }
}
