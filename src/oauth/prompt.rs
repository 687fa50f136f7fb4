//! Who is shown where to sign in: a browser, nobody, or the program that embeds the driver.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

use super::browser::{self, NotOpened, Opener};
use super::device::Authorization;

/// Who a sign-in turns to.
#[derive(Clone, Debug)]
pub enum Prompting {
    /// The browser of this machine.
    Browser,
    /// Nobody: a sign-in that needs a person fails.
    Nobody,
    /// The program, which shows it in its own way.
    Program(Prompt),
}

/// Where somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The page to open; in the device flow the page where the code is entered.
    pub url: String,
    /// The code to enter there; only in the device flow.
    pub user_code: Option<String>,
    /// The page with the code in it already, where the provider has one.
    pub complete_url: Option<String>,
    /// Seconds that the person has.
    pub expires_in: u64,
}

impl From<&Authorization> for Invitation {
    fn from(authorization: &Authorization) -> Self {
        Self {
            url: authorization.verification_url.clone(),
            user_code: Some(authorization.user_code.clone()),
            complete_url: authorization.complete_url.clone(),
            expires_in: authorization.expires_in,
        }
    }
}

/// How a program shows an invitation. The answer comes when it is shown, not when the person has signed in.
#[derive(Clone)]
pub struct Prompt(Arc<dyn Fn(Invitation) -> BoxFuture<'static, bool> + Send + Sync>);

impl Prompt {
    /// By a function that answers whether it is shown.
    pub fn new(show: impl Fn(Invitation) -> BoxFuture<'static, bool> + Send + Sync + 'static) -> Self {
        Self(Arc::new(show))
    }

    /// Shows it.
    pub async fn show(&self, invitation: Invitation) -> Result<(), NotOpened> {
        match (self.0)(invitation).await {
            true => Ok(()),
            false => Err(NotOpened("the program did not show where to sign in".to_owned())),
        }
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Prompt").finish_non_exhaustive()
    }
}

/// A way to bring a person to a URL.
#[derive(Debug)]
pub enum Way {
    /// Programs that open a browser, best first.
    Browser(Vec<Opener>),
    /// The program shows it.
    Program(Prompt),
}

impl Prompting {
    /// The way there is here.
    pub fn way(&self) -> Result<Way, NotOpened> {
        match self {
            Self::Browser => browser::openers(|name| std::env::var_os(name)).map(Way::Browser),
            Self::Nobody => Err(NotOpened("this connection must not prompt".to_owned())),
            Self::Program(prompt) => Ok(Way::Program(prompt.clone())),
        }
    }
}

impl Way {
    /// Brings a person to `url`, who has so many seconds there. Ends only when that failed.
    pub async fn failed(self, url: String, expires_in: u64) -> NotOpened {
        let opened = match self {
            Self::Browser(openers) => browser::open(&url, openers).await,
            Self::Program(prompt) => {
                let invitation = Invitation {
                    url,
                    user_code: None,
                    complete_url: None,
                    expires_in,
                };
                match browser::check(&invitation.url) {
                    Ok(()) => prompt.show(invitation).await,
                    Err(refused) => Err(refused),
                }
            }
        };
        match opened {
            Ok(()) => std::future::pending().await,
            Err(failure) => failure,
        }
    }
}
