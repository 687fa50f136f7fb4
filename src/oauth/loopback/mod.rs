//! The callback listener on the loopback interface (RFC 8252 7.3).
//!
//! It serves until the redirect of this very sign-in arrives or the deadline passes. Browsers also ask for icons,
//! open connections ahead of need and reload old tabs, and anybody on this machine can connect: none of that ends the
//! wait.

mod callback;
mod certificate;
mod page;
mod redirect;
mod request;
#[cfg(test)]
mod tests;
mod tls;
#[cfg(test)]
mod tls_tests;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::error::{Error, Kind, Result};
use callback::Callback;
pub use certificate::{Files, Source};
use page::Page;
pub use redirect::{Expected, Redirected};
use redirect::{Mismatch, Redirect};
use request::{Bad, Request};
use tls::Tls;

/// Connections that are read at once; more wait for their turn.
const MOST_CONNECTIONS: usize = 64;
/// How long a browser may take to read a page.
const WRITE_PATIENCE: Duration = Duration::from_secs(2);

/// Sockets on the callback's port, and the path that counts.
#[derive(Debug)]
pub struct Listener {
    sockets: Vec<TcpListener>,
    callback: Callback,
    tls: Option<Tls>,
}

/// What trying one callback led to.
enum Bound {
    Listening(Listener),
    /// Another program has its port.
    Taken(Error),
}

impl Listener {
    /// Listens where `CallbackURL` points to: an `http` URL on this machine, or an `https` one with this certificate. Of
    /// several URLs, separated by spaces, it is the first whose port is free; with `any_port` a port that the system
    /// chooses, when none is.
    ///
    /// For `localhost` both loopback addresses are taken, because browsers differ in which one they try first. One of
    /// them may be missing on this machine; one that another program holds makes the port taken.
    pub async fn bind(callback_urls: &str, any_port: bool, certificate: Source) -> Result<Self> {
        let mut candidates: Vec<&str> = callback_urls.split_whitespace().collect();
        if candidates.is_empty() {
            candidates.push("");
        }
        let mut taken = None;
        for url in &candidates {
            match Self::bind_at(callback::parse(url)?, &certificate).await? {
                Bound::Listening(listener) => return Ok(listener),
                Bound::Taken(failure) => taken = taken.or(Some(failure)),
            }
        }
        if let Some(url) = candidates.first().filter(|_| any_port) {
            tracing::info!(
                callback = url,
                "the port of the callback is taken; another one serves as well"
            );
            let (callback, addresses) = callback::parse(url)?;
            if let Bound::Listening(listener) = Self::bind_at((callback.at_any_port(), addresses), &certificate).await?
            {
                return Ok(listener);
            }
        }
        Err(taken.unwrap_or_else(|| Error::new(Kind::Internal, "There is no callback to listen on.")))
    }

    async fn bind_at((mut callback, addresses): (Callback, Vec<IpAddr>), certificate: &Source) -> Result<Bound> {
        let mut sockets = Vec::new();
        let mut failure = None;
        for address in addresses {
            match TcpListener::bind(SocketAddr::new(address, callback.port)).await {
                Ok(socket) => {
                    if callback.port == 0 {
                        let bound = socket.local_addr();
                        let bound = bound.map_err(|error| cannot_listen(&callback.written, error))?;
                        callback = callback.at(bound.port());
                    }
                    sockets.push(socket);
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    return Ok(Bound::Taken(in_use(&callback.written, callback.port, error)));
                }
                Err(error) => failure = Some(error),
            }
        }
        if let Some(error) = failure.filter(|_| sockets.is_empty()) {
            return Err(cannot_listen(&callback.written, error));
        }
        let tls = match callback.secure {
            true => Some(Tls::new(certificate.clone().get().await?)),
            false => None,
        };
        Ok(Bound::Listening(Self { sockets, callback, tls }))
    }

    /// The callback as the authorization request has to name it.
    pub fn callback_url(&self) -> &str {
        &self.callback.written
    }

    /// Waits for the redirect of this sign-in, for at most `deadline`. Dropping the future stops listening.
    pub async fn wait(self, expected: Expected<'_>, deadline: Duration) -> Result<Redirected> {
        let shared = Arc::new(Shared {
            callback: self.callback,
            tls: self.tls,
            expected: expected.into_owned(),
            saw_tls: AtomicBool::new(false),
        });
        let redirect = timeout(deadline, serve(&self.sockets, &shared)).await;
        match redirect {
            Ok(Redirect::Code(redirected)) => Ok(redirected),
            Ok(Redirect::Refused(reason)) => {
                let reason = reason.trim_end_matches('.');
                let text = format!("{reason}. The sign-in was refused in the browser; connect again to repeat it.");
                Err(Error::new(Kind::SignIn, text))
            }
            Err(_) => Err(shared.too_late(deadline)),
        }
    }

    /// The port, for tests that let the system choose it.
    #[cfg(test)]
    fn port(&self) -> u16 {
        self.callback.port
    }
}

fn in_use(callback_url: &str, port: u16, error: io::Error) -> Error {
    let text = format!(
        "Port {port} of CallbackURL '{callback_url}' is already in use on this machine, perhaps by another sign-in that \
         waits. End that program, or register another callback with the application and set CallbackURL to it."
    );
    Error::new(Kind::SignIn, text).caused_by(error)
}

fn cannot_listen(callback_url: &str, error: io::Error) -> Error {
    let text = format!(
        "This machine does not let the driver listen on CallbackURL '{callback_url}': {error}. Register another callback \
         with the application (a port above 1023) and set CallbackURL to it."
    );
    Error::new(Kind::SignIn, text).caused_by(error)
}

#[derive(Debug)]
struct Shared {
    callback: Callback,
    tls: Option<Tls>,
    expected: Expected<'static>,
    saw_tls: AtomicBool,
}

impl Shared {
    fn too_late(&self, deadline: Duration) -> Error {
        let hint = match &self.tls {
            Some(tls) => format!(" {}", tls.advice),
            None if self.saw_tls.load(Ordering::Relaxed) => {
                " The browser tried https on this port; a callback with 127.0.0.1 instead of localhost avoids that."
                    .to_owned()
            }
            None => String::new(),
        };
        let seconds = match deadline.as_secs() {
            1 => "1 second".to_owned(),
            seconds => format!("{seconds} seconds"),
        };
        let text = format!(
            "Nobody signed in within {seconds}. If the browser showed an error, check that OAuthClientId is the \
             application's key and that the redirect URI {} is registered exactly as CallbackURL says.{hint}",
            self.callback.written
        );
        Error::new(Kind::Timeout, text)
    }
}

/// Accepts until one connection brings the redirect. Dropping the set ends every connection.
async fn serve(sockets: &[TcpListener], shared: &Arc<Shared>) -> Redirect {
    let mut connections = JoinSet::new();
    loop {
        let may_accept = connections.len() < MOST_CONNECTIONS;
        tokio::select! {
            biased;
            Some(finished) = connections.join_next() => {
                if let Ok(Some(redirect)) = finished {
                    return redirect;
                }
            }
            accepted = accept(sockets), if may_accept => match accepted {
                Ok(stream) => {
                    let shared = Arc::clone(shared);
                    connections.spawn(async move { receive(stream, &shared).await });
                }
                // Out of file descriptors, or a connection that was gone before it was accepted.
                Err(_) => sleep(Duration::from_millis(50)).await,
            },
        }
    }
}

async fn accept(sockets: &[TcpListener]) -> io::Result<TcpStream> {
    let accepts = sockets.iter().map(|socket| Box::pin(socket.accept()));
    let (accepted, _, _) = futures::future::select_all(accepts).await;
    accepted.map(|(stream, _)| stream)
}

/// One connection, after its TLS handshake if it needs one. A handshake that fails is a browser that does not trust
/// the certificate yet.
async fn receive(stream: TcpStream, shared: &Shared) -> Option<Redirect> {
    match &shared.tls {
        None => converse(stream, shared).await,
        Some(tls) => converse(tls.handshake(stream).await?, shared).await,
    }
}

/// One connection, one request.
async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) -> Option<Redirect> {
    let (response, redirect) = match request::read(&mut stream).await {
        Ok(request) => answer(&request, shared),
        Err(Bad::Gone) => return None,
        Err(Bad::Tls) => {
            tracing::info!(
                port = shared.callback.port,
                "a TLS handshake arrived on the callback's plain http port"
            );
            shared.saw_tls.store(true, Ordering::Relaxed);
            return None;
        }
        Err(Bad::Malformed) => (
            plain("400 Bad Request", "This is not a request that can be understood."),
            None,
        ),
        Err(Bad::TooLarge) => (
            plain("431 Request Header Fields Too Large", "The request is too large."),
            None,
        ),
        Err(Bad::LengthRequired) => (plain("411 Length Required", "The request has no length."), None),
    };
    // The sign-in does not hang on a browser that does not read.
    let _ = timeout(WRITE_PATIENCE, async {
        stream.write_all(&response).await?;
        stream.shutdown().await?;
        if redirect.is_none() {
            // Closing with unread bytes would reset the connection, and the page with it.
            let mut rest = [0_u8; 1024];
            while stream.read(&mut rest).await? > 0 {}
        }
        io::Result::Ok(())
    })
    .await;
    redirect
}

fn plain(status: &'static str, text: &str) -> Vec<u8> {
    Page {
        status,
        title: "Sign-in",
        text: text.to_owned(),
    }
    .response(true)
}

/// What to answer, and the redirect if this was it.
fn answer(request: &Request, shared: &Shared) -> (Vec<u8>, Option<Redirect>) {
    if !shared.callback.is_addressed_by(&request.host) {
        // A name that somebody else's DNS points to this machine.
        return (
            plain("403 Forbidden", "This address is not the callback of a sign-in."),
            None,
        );
    }
    if request.method == "OPTIONS" {
        return (page::options(), None);
    }
    if request.path != shared.callback.path {
        return (
            plain("404 Not Found", "There is nothing here but the end of a sign-in."),
            None,
        );
    }
    let parameters = match (request.method.as_str(), &request.form) {
        ("GET", _) => request.query.as_bytes(),
        ("POST", Some(form)) => form.as_slice(),
        ("POST", None) => {
            return (
                plain("415 Unsupported Media Type", "Only a form can end a sign-in."),
                None,
            );
        }
        ("HEAD", _) => {
            let page = Page {
                status: "200 OK",
                title: "Sign-in",
                text: String::new(),
            };
            return (page.response(false), None);
        }
        _ => {
            return (
                plain("405 Method Not Allowed", "A sign-in ends with GET or POST."),
                None,
            );
        }
    };
    match redirect::read(parameters, &shared.expected) {
        Ok(redirect) => {
            let page = match &redirect {
                Redirect::Code(_) => Page {
                    status: "200 OK",
                    title: "Signed in",
                    text: "You can close this page and go back to your program.".to_owned(),
                },
                Redirect::Refused(reason) => Page {
                    status: "200 OK",
                    title: "Not signed in",
                    text: format!("The server answered: {reason}. You can close this page."),
                },
            };
            (page.response(true), Some(redirect))
        }
        Err(mismatch) => {
            tracing::info!(?mismatch, "a request to the callback was not this sign-in's redirect");
            (mismatched(mismatch), None)
        }
    }
}

fn mismatched(mismatch: Mismatch) -> Vec<u8> {
    let text = match mismatch {
        Mismatch::State => {
            "This page belongs to an earlier sign-in, or to none. The current one is in the tab that was opened last; \
             your program is still waiting for it."
        }
        Mismatch::Issuer => "This answer came from another server than the one that was asked. It was not used.",
        Mismatch::Repeated | Mismatch::Shape => "This answer is not complete. It was not used.",
    };
    plain("400 Bad Request", text)
}
