//! Why a token request brought no tokens, in words that are safe to show.

use std::fmt;

/// The longest description that is passed on.
const LONGEST_TEXT: usize = 300;

/// What the server said when it gave no tokens. Its texts are clean: see [`clean`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The `error` code, or a few words when the answer had none.
    pub error: String,
    /// `error_description`; may be empty.
    pub description: String,
    /// The HTTP status.
    pub status: u16,
    /// What the server calls this request, for its support desk.
    pub request_id: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        if !self.description.is_empty() {
            write!(f, ": {}", self.description)?;
        }
        write!(f, " (HTTP {}", self.status)?;
        if let Some(id) = &self.request_id {
            write!(f, ", request {id}")?;
        }
        f.write_str(")")
    }
}

/// Why a token request brought no tokens. Only [`InvalidGrant`](Self::InvalidGrant) says that a token is dead.
#[derive(Debug)]
pub enum ExchangeError {
    /// `invalid_grant` or what this provider says instead: the code or refresh token is of no more use.
    InvalidGrant(Refusal),
    /// The client id or secret is wrong: a matter of configuration.
    InvalidClient(Refusal),
    /// Any other OAuth error.
    Refused(Refusal),
    /// The server is overloaded or broken; later it may work.
    Unavailable(Refusal),
    /// An answer that is neither tokens nor an OAuth error.
    Unusable(Refusal),
    /// No answer in time.
    TimedOut,
    /// No answer; `sent` when the request may have reached the server.
    Unreachable {
        /// Whether a connection stood.
        sent: bool,
        /// What went wrong, without the URL.
        source: reqwest::Error,
    },
}

impl ExchangeError {
    /// An answer that lacks what it must have.
    pub fn incomplete(problem: &str) -> Self {
        Self::Unusable(Refusal {
            error: problem.to_owned(),
            description: String::new(),
            status: 200,
            request_id: None,
        })
    }

    /// The failure of a request or of reading its answer.
    pub fn lost(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() {
            return Self::TimedOut;
        }
        Self::Unreachable {
            sent: !error.is_connect() && !error.is_builder(),
            source: error,
        }
    }
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidGrant(refusal)
            | Self::InvalidClient(refusal)
            | Self::Refused(refusal)
            | Self::Unavailable(refusal)
            | Self::Unusable(refusal) => refusal.fmt(f),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::Unreachable { source, .. } => {
                write!(f, "{source}")?;
                let mut cause = std::error::Error::source(source);
                while let Some(error) = cause {
                    write!(f, ": {error}")?;
                    cause = error.source();
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for ExchangeError {}

/// A server's text made fit for a message, a log or a page: one line, no markup, no control or direction
/// characters, not long, and without the secrets that were sent.
pub fn clean(text: &str, secrets: &[&str]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "…");
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        text = text.replace(&encoded, "…");
    }

    let mut shown = String::new();
    let mut in_tag = false;
    for character in text.chars() {
        match character {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if in_tag => {}
            _ if character.is_control() || is_invisible(character) => shown.push(' '),
            _ => shown.push(character),
        }
    }
    let words: Vec<&str> = shown.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= LONGEST_TEXT {
        return line;
    }
    line.chars().take(LONGEST_TEXT).chain(['…']).collect()
}

/// Characters that hide text or turn its direction.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
