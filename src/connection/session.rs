//! Properties to sign-in to source to engine session.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::Session;
use crate::engine::runtime::Wait;
use crate::error::{Error, Result};

/// What `SQLConnect` or `SQLDriverConnect` ask for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `Key=Value;…`. For `SQLConnect`: built by [`super::string`] from DSN, UID and PWD.
    pub connection_string: String,
    /// False under `SQL_DRIVER_NOPROMPT`.
    pub may_prompt: bool,
    /// `SQL_ATTR_LOGIN_TIMEOUT`, when set and not zero.
    pub login_timeout: Option<Duration>,
}

/// An open connection.
#[derive(Debug)]
pub struct Opened {
    /// The SQL session.
    pub session: Arc<Session>,
    /// The connection string as completed, without any secret.
    pub completed: String,
    /// Unknown properties (`Kind::UnknownProperty`) and other things worth telling (`Kind::Warning`).
    pub warnings: Vec<Error>,
    /// The DSN, or empty.
    pub data_source: String,
    /// The provider's host, or `localhost`.
    pub server: String,
}

/// Opens a connection. Touches the network only when `InitiateOAuth` asks for it.
pub fn open(request: &Request, wait: &Wait) -> Result<Opened> {
    let _ = (request, wait);
    todo!()
}
