//! `latchkey login`, `logout` and `status`: the sign-in of a connection.

use std::io::{self, BufRead};

use futures::FutureExt;
use futures::channel::oneshot;
use latchkey::connection::{Invitation, Prompt};
use latchkey::engine::Answer;
use latchkey::error::{Error, Kind};
use latchkey::secret::Secret;
use serde_json::Value;

use super::arguments::Way;
use super::connecting::Caller;
use super::ending::{Ending, say};
use super::facts::{self, Fact};

/// What `status` tells: its name for each column of GetOAuthStatus.
const STATUS: &[(&str, &str)] = &[
    ("state", "State"),
    ("provider", "Provider"),
    ("account", "Account"),
    ("client", "ClientId"),
    ("scopes", "Scopes"),
    ("expires", "ExpiresAt"),
    ("refreshed", "LastRefresh"),
    ("refreshable", "HasRefreshToken"),
    ("settings", "StoredIn"),
    ("protection", "ProtectedBy"),
];

/// Signs in.
pub fn login(caller: &Caller, connection: &str, way: &Way, json: bool) -> Result<Ending, Ending> {
    let signing_in = ("InitiateOAuth", Secret::from("GETANDREFRESH"));
    if way.device {
        let device = ("AuthScheme", "OAuthDevice".into());
        caller.open_with(connection, &[signing_in, device], Some(shown_here()))?;
    } else if way.paste {
        paste(caller, connection)?;
    } else {
        caller.open_with(connection, &[signing_in], None)?;
    }
    status(caller, connection, json)
}

/// Shows the code of the device flow on standard error.
fn shown_here() -> Prompt {
    Prompt::new(|invitation: Invitation| {
        let Invitation {
            url,
            user_code,
            complete_url,
            expires_in,
        } = invitation;
        if let Some(code) = user_code {
            say(&format!("On any device open {url} and enter the code {code}"));
        }
        if let Some(url) = complete_url {
            say(&format!("or open {url}"));
        }
        say(&format!("within {expires_in} seconds. Waiting."));
        async { true }.boxed()
    })
}

/// Shows the address of the sign-in page, and exchanges what the person brings from there.
fn paste(caller: &Caller, connection: &str) -> Result<(), Ending> {
    let session = caller.open_quietly(connection)?;
    let request = caller.wait(session.call("GetOAuthAuthorizationURL", Vec::new()))?;
    say("Open this page in any browser, and sign in there:");
    say(text(&request, "URL").unwrap_or_default());
    say("Then paste the code it shows, or the whole address the browser is sent to, even if that page does not load:");
    let verifier = line(caller)?;
    let mut instead = vec![("InitiateOAuth", Secret::from("REFRESH")), ("OAuthVerifier", verifier)];
    if let Some(Some(pkce_verifier)) = request.get("PKCEVerifier") {
        instead.push(("PKCEVerifier", pkce_verifier.clone()));
    }
    caller.open_with(connection, &instead, None)?;
    Ok(())
}

/// A line of standard input. The reading has a thread of its own, so that an interruption need not wait for it.
fn line(caller: &Caller) -> Result<Secret, Ending> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line).map(|_| Secret::new(line));
        // Nobody waits any more after an interruption.
        let _ = sender.send(read);
    });
    let read = caller.wait(async move {
        let read = receiver.await.unwrap_or_else(|gone| Err(io::Error::other(gone)));
        read.map_err(|error| {
            let text = format!("The code could not be read from standard input: {error}.");
            Error::new(Kind::SignIn, text).caused_by(error)
        })
    })?;
    let verifier = read.expose().trim();
    if verifier.is_empty() {
        let text = "No code was given, so nobody is signed in. Run the command again to get a fresh address.";
        return Err(Ending::refused(Kind::SignIn, text));
    }
    Ok(verifier.into())
}

/// Ends the sign-in.
pub fn logout(caller: &Caller, connection: &str, json: bool) -> Result<Ending, Ending> {
    let session = caller.open_quietly(connection)?;
    let answer = caller.wait(session.call("RevokeOAuthAccessToken", Vec::new()))?;
    let facts = [
        ("revoked", fact(&answer, "Revoked")),
        ("remarks", fact(&answer, "Remarks")),
    ];
    facts::print(&facts, json)?;
    Ok(Ending::Done)
}

/// Tells how the sign-in stands.
pub fn status(caller: &Caller, connection: &str, json: bool) -> Result<Ending, Ending> {
    let session = caller.open_quietly(connection)?;
    let answer = caller.wait(session.call("GetOAuthStatus", Vec::new()))?;
    let facts: Vec<Fact> = STATUS
        .iter()
        .map(|(name, column)| (*name, fact(&answer, column)))
        .collect();
    facts::print(&facts, json)?;
    let is_refreshable = text(&answer, "HasRefreshToken") == Some("true");
    match text(&answer, "State") {
        Some("signed in" | "managed by the caller") => Ok(Ending::Done),
        Some("expired") if is_refreshable => Ok(Ending::Done),
        _ => Ok(Ending::SignedOut),
    }
}

fn text<'a>(answer: &'a Answer, column: &str) -> Option<&'a str> {
    let value = answer.get(column)?.as_ref()?;
    Some(value.expose())
}

fn fact(answer: &Answer, column: &str) -> Value {
    match text(answer, column) {
        Some("true") => true.into(),
        Some("false") => false.into(),
        text => text.into(),
    }
}
