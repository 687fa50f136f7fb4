//! From the command line to an open session.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use latchkey::capi::standard::Plain;
use latchkey::connection::string::{self, Attribute};
use latchkey::connection::{self, Opened, Prompt, Terms};
use latchkey::engine::Session;
use latchkey::engine::runtime::{self, Meanwhile, Wait};
use latchkey::error::Result;
use latchkey::secret::Secret;
use latchkey::sqlstate::Phase;
use tokio_util::sync::CancellationToken;

use super::ending::{self, Ending};
use super::interrupt;

/// Who waits: until it is interrupted, and no longer than it was told to.
#[derive(Debug)]
pub struct Caller {
    cancel: CancellationToken,
    deadline: Option<Instant>,
}

impl Caller {
    /// A caller with this much time for everything.
    pub fn new(timeout: Option<Duration>) -> Result<Self, Ending> {
        Ok(Self {
            cancel: interrupt::token()?,
            deadline: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
        })
    }

    /// Waits for a future.
    pub fn wait<T, F>(&self, future: F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.wait_and(None, future)
    }

    /// As [`Caller::wait`], and does something again and again meanwhile.
    pub fn wait_and<T, F>(&self, meanwhile: Option<Meanwhile>, future: F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        runtime::run(&self.patience(meanwhile), future)
    }

    /// Opens a connection as it says itself.
    pub fn open(&self, connection: &str) -> Result<Opened, Ending> {
        self.open_with(connection, &[], None)
    }

    /// Opens a connection without asking anybody for a token.
    pub fn open_quietly(&self, connection: &str) -> Result<Arc<Session>, Ending> {
        let opened = self.open_with(connection, &[("InitiateOAuth", "OFF".into())], None)?;
        Ok(opened.session)
    }

    /// Opens a connection with other values for some properties.
    pub fn open_with(
        &self,
        connection: &str,
        instead: &[(&str, Secret)],
        prompt: Option<Prompt>,
    ) -> Result<Opened, Ending> {
        let mut attributes: Vec<_> = instead
            .iter()
            .map(|(key, value)| Attribute {
                key: (*key).to_owned(),
                value: value.clone(),
            })
            .collect();
        let given = string::parse(&connection_string(connection)).map_err(Ending::connecting)?;
        attributes.extend(given);
        let terms = Terms {
            login_timeout: None,
            standard: &Plain,
            prompt,
        };
        let opened =
            connection::session::open_with(attributes, terms, &self.patience(None)).map_err(Ending::connecting)?;
        ending::warn(&opened.warnings, Phase::Connect);
        Ok(opened)
    }

    fn patience(&self, meanwhile: Option<Meanwhile>) -> Wait {
        Wait {
            cancel: self.cancel.clone(),
            deadline: self.deadline,
            meanwhile,
        }
    }
}

/// A connection string, also of a data source that is only named.
pub fn connection_string(connection: &str) -> String {
    if connection.contains('=') {
        return connection.to_owned();
    }
    let mut text = String::new();
    string::append(&mut text, "DSN", connection);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_property_is_the_name_of_a_data_source() {
        assert_eq!(connection_string("My Data"), "DSN=My Data;");
        assert_eq!(connection_string("a;b"), "DSN={a;b};");
        assert_eq!(connection_string("URI=/a.json"), "URI=/a.json");
    }
}
