//! The one error type below the faces: a kind, a sentence for a person, and the cause.
//!
//! It knows no SQLSTATE: the faces' own table maps each [`Kind`] to one.

use std::fmt;

/// What kind of failure this is, for the face that has to choose a code for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A property has a value that is not allowed, or properties contradict each other.
    Property,
    /// The connection string names a property that does not exist (a warning; the connection opens).
    UnknownProperty,
    /// Something worth telling that stops nothing.
    Warning,
    /// The data source or its DSN could not be found.
    DataSource,
    /// Sign-in failed or access was refused: denied, revoked, missing scope.
    SignIn,
    /// An authorization server refused what a procedure asked of it; the connection itself is as it was.
    Refused,
    /// A server could not be reached, or TLS failed.
    Unreachable,
    /// A deadline passed.
    Timeout,
    /// The caller cancelled.
    Cancelled,
    /// The OAuth settings file could not be read, decrypted or written.
    Settings,
    /// The SQL text is wrong, or asks for something a read-only source refuses.
    Syntax,
    /// A table, document or procedure does not exist.
    TableNotFound,
    /// A column does not exist.
    ColumnNotFound,
    /// A table exists already.
    TableExists,
    /// A column exists already.
    ColumnExists,
    /// A list of values has not as many as there are columns.
    ValueCount,
    /// A text or binary value is longer than its column.
    TooLong,
    /// NULL for a column that takes none.
    NullValue,
    /// A value cannot be read as the type asked for.
    Conversion,
    /// A number does not fit its type.
    OutOfRange,
    /// Division by zero.
    DivisionByZero,
    /// A document is not the JSON it should be.
    Document,
    /// Known, but not supported here.
    Unsupported,
    /// Out of the memory this connection may use.
    Memory,
    /// A fault of the driver itself.
    Internal,
}

/// A failure: its [`Kind`], a sentence that names the property, file or URL and the next step, and its cause.
pub struct Error {
    kind: Kind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of everything below the faces.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` that says `message`. The message never holds a secret.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// The same error with what caused it.
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The sentence in one line, as tools show it in dialogs and logs.
    ///
    /// It is written for a person and says all; only a fault of the driver shows its causes, for the report.
    pub fn told(&self) -> String {
        let mut told = one_line(&self.message);
        let mut cause = std::error::Error::source(self).filter(|_| self.kind == Kind::Internal);
        while let Some(error) = cause {
            let text = one_line(&error.to_string());
            if !told.contains(&text) {
                told.push_str(": ");
                told.push_str(&text);
            }
            cause = error.source();
        }
        told
    }

    /// The sentence, without the cause.
    pub fn message(&self) -> &str {
        &self.message
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
