//! `latchkey doctor`: what keeps a connection from working.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use latchkey::connection::properties::Properties;
use latchkey::connection::registration::{self, Registration};
use latchkey::connection::servers::{reach, servers};
use latchkey::connection::settings::{Location, Store};
use latchkey::connection::{settings_keys, string};
use serde_json::Value;

use super::connecting::{Caller, connection_string};
use super::ending::Ending;
use super::facts;

/// How long a server may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// Seconds that a clock may be wrong before assertions and expiry suffer.
const CLOCK_TOLERANCE: i64 = 60;

/// How a check came out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// What was looked at, how it is, and what to do.
struct Check(&'static str, Verdict, String);

/// Looks at everything, and prints a line for each.
pub fn run(caller: &Caller, connection: Option<&str>, json: bool) -> Result<Ending, Ending> {
    let mut checks = vec![driver_manager()];
    checks.extend(registered());
    if let Some(connection) = connection {
        checks.extend(network(caller, connection));
        checks.extend(sign_in(caller, connection));
    }
    let rows = checks.iter().map(|Check(what, verdict, text)| {
        let verdict = match verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "fail",
        };
        vec![Value::from(*what), verdict.into(), text.as_str().into()]
    });
    facts::print_list(&["check", "result", "remarks"], rows.collect(), json)?;
    // What was interrupted has seen nothing.
    caller.wait(async { Ok(()) })?;
    match checks.iter().any(|check| check.1 == Verdict::Fail) {
        true => Ok(Ending::Wrong),
        false => Ok(Ending::Done),
    }
}

fn driver_manager() -> Check {
    let version = Command::new("odbcinst").arg("--version").stdin(Stdio::null()).output();
    let what = "driver manager";
    match version {
        Ok(output) => {
            let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            Check(what, Verdict::Ok, version)
        }
        Err(_) => {
            let text =
                "There is no odbcinst. Install unixODBC (on Debian: apt-get install unixodbc), unless iODBC is used.";
            Check(what, Verdict::Warn, text.to_owned())
        }
    }
}

/// Whether a driver manager finds the library, and can load it.
fn registered() -> Vec<Check> {
    let what = "registration";
    let Registration { file, library } = match registration::registration() {
        Ok(found) => found,
        Err(error) => {
            let text = format!("{} Register the driver with odbcinst -i -d.", error.told());
            return vec![Check(what, Verdict::Fail, text)];
        }
    };
    let Some(library) = library else {
        let text = format!(
            "{} has no section [Latchkey] with a Driver. Register the driver with odbcinst -i -d.",
            file.display()
        );
        return vec![Check(what, Verdict::Fail, text)];
    };
    let registered = format!("{} in {}", library.display(), file.display());
    vec![Check(what, Verdict::Ok, registered), loading(&library)]
}

/// Whether the dynamic linker takes the library. It is tried in a process of its own, which the linker tells what is wrong.
fn loading(library: &Path) -> Check {
    let what = "library";
    if !library.is_file() {
        let text = format!(
            "There is no file {}. Correct Driver in odbcinst.ini, or build the library.",
            library.display()
        );
        return Check(what, Verdict::Fail, text);
    }
    if library.to_string_lossy().contains([' ', ':']) {
        let text = "Its path holds a blank or a colon, so it was not tried whether the library loads.";
        return Check(what, Verdict::Warn, text.to_owned());
    }
    let tried = Command::new("true")
        .env("LD_PRELOAD", library)
        .env("LC_ALL", "C")
        .output();
    match tried {
        Ok(output) if output.stderr.is_empty() => Check(what, Verdict::Ok, "It loads.".to_owned()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            let text = format!("It does not load: {said} Build it for this machine.");
            Check(what, Verdict::Fail, text)
        }
        Err(error) => Check(
            what,
            Verdict::Warn,
            format!("It could not be tried whether it loads: {error}."),
        ),
    }
}

/// Whether the connection's servers answer, and whether their clock and this one agree.
fn network(caller: &Caller, connection: &str) -> Vec<Check> {
    let found = string::parse(&connection_string(connection)).and_then(servers);
    let (client, servers) = match found {
        Ok(found) => found,
        Err(error) => return vec![Check("connection", Verdict::Fail, error.told())],
    };
    let mut checks = Vec::new();
    let mut clock = None;
    for server in servers {
        let name = server.origin().ascii_serialization();
        checks.push(match caller.wait(reach(client.clone(), server, ANSWERS_WITHIN)) {
            Ok(date) => {
                clock = clock.or(date.and_then(|date| Some(now()?.saturating_sub(date.timestamp()))));
                Check("network", Verdict::Ok, format!("{name} answers."))
            }
            Err(error) => Check("network", Verdict::Fail, error.told()),
        });
    }
    checks.extend(clock.map(|ahead| match ahead.abs() <= CLOCK_TOLERANCE {
        true => Check("clock", Verdict::Ok, "It agrees with the server's.".to_owned()),
        false => {
            let text = format!(
                "It is {} seconds {} the server's, so tokens seem to expire at other times and assertions are refused. \
                 Set it, for example by NTP.",
                ahead.abs(),
                if ahead > 0 { "ahead of" } else { "behind" }
            );
            Check("clock", Verdict::Warn, text)
        }
    }));
    checks
}

/// Seconds since 1970, by this machine's clock.
fn now() -> Option<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// Whether there is a token, and the file that it is kept in is private and can be written.
fn sign_in(caller: &Caller, connection: &str) -> Vec<Check> {
    let what = "token";
    let session = match caller.open_quietly(connection) {
        Ok(session) => session,
        Err(ending) => return vec![Check("connection", Verdict::Fail, ending.message().to_owned())],
    };
    if !session.signs_in() {
        return vec![Check(what, Verdict::Ok, "The connection needs no sign-in.".to_owned())];
    }
    let answer = match caller.wait(session.call("GetOAuthStatus", Vec::new())) {
        Ok(answer) => answer,
        Err(error) => return vec![Check(what, Verdict::Fail, error.told())],
    };
    let text = |column: &str| {
        let value = answer.get(column).and_then(Option::as_ref);
        value.map(|value| value.expose().as_str()).unwrap_or_default()
    };
    let is_refreshable = text("HasRefreshToken") == "true";
    let mut checks = vec![match text("State") {
        state @ ("signed in" | "managed by the caller") => Check(what, Verdict::Ok, state.to_owned()),
        "expired" if is_refreshable => Check(what, Verdict::Ok, "expired, and can be refreshed".to_owned()),
        state => Check(what, Verdict::Fail, format!("{state}. Sign in with latchkey login.")),
    }];
    let stored = text("StoredIn");
    if !stored.is_empty() && !stored.starts_with("memory://") {
        checks.extend(settings_file(caller, Path::new(stored)));
    }
    checks
}

fn settings_file(caller: &Caller, file: &Path) -> Vec<Check> {
    let what = "settings";
    let mut checks = Vec::new();
    let keys = match settings_keys(&Properties::default()) {
        Ok(keys) => keys,
        Err(error) => return vec![Check(what, Verdict::Fail, error.told())],
    };
    let store = Store::new(Location::File(file.to_owned()), keys);
    match caller.wait(async move { Ok(store.warnings().await) }) {
        Ok(warnings) => checks.extend(
            warnings
                .iter()
                .map(|warning| Check(what, Verdict::Warn, warning.told())),
        ),
        Err(error) => checks.push(Check(what, Verdict::Fail, error.told())),
    }
    let folder = file.parent().and_then(|folder| fs::metadata(folder).ok());
    // The sticky bit keeps others from replacing what is not theirs.
    if folder.is_some_and(|folder| folder.mode() & 0o022 != 0 && folder.mode() & 0o1000 == 0) {
        let text = format!(
            "Others can replace {}: its folder may be written by them. Run chmod go-w on the folder.",
            file.display()
        );
        checks.push(Check(what, Verdict::Warn, text));
    }
    if checks.is_empty() {
        checks.push(Check(
            what,
            Verdict::Ok,
            format!("{} is private and can be written.", file.display()),
        ));
    }
    checks
}
