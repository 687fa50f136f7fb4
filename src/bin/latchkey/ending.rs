//! How the command ends: its exit code, and what it says of a failure.

use std::io::{self, Write};
use std::process::ExitCode;

use latchkey::error::{Error, Kind};
use latchkey::sqlstate::{Phase, SqlState};

/// The end of the command.
#[derive(Debug)]
pub enum Ending {
    /// It is done.
    Done,
    /// It is done, and its answer is that somebody has to sign in.
    SignedOut,
    /// It failed.
    Failed(SqlState, Kind, String),
    /// It is done, and its answer is that something is wrong.
    Wrong,
    /// Who reads the output wants no more of it.
    Unread,
}

impl Ending {
    /// A failure while connecting.
    pub fn connecting(error: Error) -> Self {
        Self::of(&error, Phase::Connect)
    }

    /// A wish that cannot be met; `text` says why and what can be done.
    pub fn refused(kind: Kind, text: impl Into<String>) -> Self {
        Self::from(Error::new(kind, text))
    }

    fn of(error: &Error, phase: Phase) -> Self {
        Self::Failed(SqlState::of(error.kind(), phase), error.kind(), error.told())
    }

    /// What it says to the person.
    pub fn message(&self) -> &str {
        match self {
            Self::Failed(_, _, message) => message,
            Self::Done | Self::SignedOut | Self::Wrong | Self::Unread => "",
        }
    }

    /// Says what is to be said, and gives the exit code.
    pub fn tell(self) -> ExitCode {
        match self {
            Self::Done | Self::Unread => ExitCode::SUCCESS,
            Self::Wrong => ExitCode::FAILURE,
            Self::SignedOut => ExitCode::from(3),
            Self::Failed(state, kind, message) => {
                say(&format!("error {}: {message}", state.code(false)));
                ExitCode::from(match kind {
                    Kind::SignIn => 3,
                    Kind::Cancelled => 130,
                    _ => 1,
                })
            }
        }
    }
}

impl From<Error> for Ending {
    fn from(error: Error) -> Self {
        Self::of(&error, Phase::Later)
    }
}

/// Standard output or a file could not be written.
impl From<io::Error> for Ending {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::refused(Kind::Property, format!("The output could not be written: {error}.")),
        }
    }
}

/// Says a line to the person, not to a program that reads the output.
pub fn say(line: &str) {
    // Nobody is left to be told when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "latchkey: {line}");
}

/// Tells warnings.
pub fn warn(warnings: &[Error], phase: Phase) {
    for warning in warnings {
        let state = SqlState::of(warning.kind(), phase).code(false);
        say(&format!("warning {state}: {}", warning.told()));
    }
}
