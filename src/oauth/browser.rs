//! Opening the browser, never through a shell.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use url::{Host, Url};

/// An opener that fails does so quickly; one that still runs is the browser itself.
const WATCHED: Duration = Duration::from_secs(5);
const FIRST_LOOK: Duration = Duration::from_millis(10);
const LAST_LOOK: Duration = Duration::from_secs(1);

/// Why no browser was opened, as the middle of a sentence.
#[derive(Debug, PartialEq, Eq)]
pub struct NotOpened(pub String);

/// One program that may open a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opener {
    program: OsString,
    arguments: Vec<OsString>,
    /// Some openers report failure after they succeeded.
    status_counts: bool,
}

/// The programs that can open a browser here, best first: `BROWSER`, else the platform's own.
///
/// None on a machine without a display: there the attempt would only cost time.
pub fn openers(variable: impl Fn(&str) -> Option<OsString>) -> Result<Vec<Opener>, NotOpened> {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    if let Some(browser) = variable("BROWSER").filter(|value| !value.is_empty()) {
        let browser = browser
            .to_str()
            .ok_or_else(|| NotOpened("BROWSER is not valid UTF-8".to_owned()))?;
        let mut words = split(browser)
            .ok_or_else(|| NotOpened("BROWSER has a quote without an end".to_owned()))?
            .into_iter();
        let program = words.next().ok_or_else(|| NotOpened("BROWSER is blank".to_owned()))?;
        return Ok(vec![Opener {
            program,
            arguments: words.collect(),
            status_counts: true,
        }]);
    }
    if cfg!(target_os = "macos") {
        return Ok(vec![Opener::new("open", &[])]);
    }
    if is_set("WSL_DISTRO_NAME") || is_set("WSL_INTEROP") {
        let explorer = Opener {
            status_counts: false,
            ..Opener::new("explorer.exe", &[])
        };
        return Ok(vec![explorer, Opener::new("wslview", &[])]);
    }
    if !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        return Err(NotOpened("no DISPLAY, and BROWSER is not set".to_owned()));
    }
    let programs = [
        "xdg-open",
        "sensible-browser",
        "x-www-browser",
        "firefox",
        "chromium",
        "google-chrome",
    ];
    let mut openers: Vec<Opener> = programs.map(|program| Opener::new(program, &[])).into();
    openers.insert(1, Opener::new("gio", &["open"]));
    Ok(openers)
}

/// Opens `url` with the first opener that works, and returns once one does. It never waits for the browser to end.
pub async fn open(url: &str, openers: Vec<Opener>) -> Result<(), NotOpened> {
    check(url)?;
    let mut reasons = Vec::new();
    for opener in openers {
        let name = opener.program.to_string_lossy().into_owned();
        let status_counts = opener.status_counts;
        let command = opener.command(url);
        let child = match tokio::task::spawn_blocking(move || spawn(command)).await {
            Ok(Ok(child)) => child,
            Ok(Err(error)) => {
                reasons.push(format!("{name}: {error}"));
                continue;
            }
            Err(_) => continue,
        };
        tracing::info!(opener = name, "opened the browser");
        // Reaped also when nobody waits any more, so that no zombie stays in the host.
        match tokio::spawn(reap(child)).await {
            Ok(Some(status)) if status_counts && !status.success() => reasons.push(format!("{name}: {status}")),
            _ => return Ok(()),
        }
    }
    Err(NotOpened(format!(
        "no browser could be started ({})",
        reasons.join("; ")
    )))
}

/// Checks that a URL is one that a browser should be given: `https`, or `http` on this machine; nothing that quotes or controls.
pub(super) fn check(url: &str) -> Result<(), NotOpened> {
    let refused = |reason: &str| NotOpened(format!("the authorization URL {reason}"));
    let odd = |byte: u8| !byte.is_ascii_graphic() || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>');
    if url.bytes().any(odd) {
        return Err(refused("has characters that no URL has"));
    }
    let parsed = Url::parse(url).map_err(|_| refused("is not a URL"))?;
    let local = match parsed.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match parsed.scheme() {
        "https" => Ok(()),
        "http" if local => Ok(()),
        _ => Err(refused("is neither https nor on this machine")),
    }
}

impl Opener {
    fn new(program: &str, arguments: &[&str]) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.iter().map(Into::into).collect(),
            status_counts: true,
        }
    }

    /// The command with the URL in the place of every `%s`, or as its last argument.
    fn command(&self, url: &str) -> Command {
        let mut command = Command::new(&self.program);
        let mut placed = false;
        for argument in &self.arguments {
            match argument.to_str().filter(|text| text.contains("%s")) {
                Some(text) => {
                    placed = true;
                    command.arg(text.replace("%s", url));
                }
                None => {
                    command.arg(argument);
                }
            }
        }
        if !placed {
            command.arg(OsStr::new(url));
        }
        // Nothing of the host's terminal: neither its streams nor its Ctrl-C.
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        command
    }
}

fn spawn(mut command: Command) -> io::Result<Child> {
    command.spawn()
}

/// Waits for a quick end and returns its status; a longer life is waited for in the background.
///
/// By looking, because a handler for SIGCHLD or a thread that waits would change the host process.
async fn reap(mut child: Child) -> Option<ExitStatus> {
    let started = Instant::now();
    let mut pause = FIRST_LOOK;
    while started.elapsed() < WATCHED {
        match child.try_wait() {
            Ok(None) => sleep(pause).await,
            Ok(status) => return status,
            Err(_) => return None,
        }
        pause = (pause * 2).min(LAST_LOOK);
    }
    tokio::spawn(async move {
        while let Ok(None) = child.try_wait() {
            sleep(LAST_LOOK).await;
        }
    });
    None
}

/// Words as a shell would split them, with quotes and backslashes, but without anything that a shell would do.
fn split(command: &str) -> Option<Vec<OsString>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().push(characters.next()?),
            (None, _) if character.is_whitespace() => words.extend(word.take().map(OsString::from)),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word.map(OsString::from));
    quote.is_none().then_some(words)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn variables(set: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| {
            set.iter()
                .find(|(found, _)| *found == name)
                .map(|(_, value)| OsString::from(value))
        }
    }

    fn argv(opener: &Opener, url: &str) -> Vec<String> {
        let command = opener.command(url);
        std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(|text| text.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn browser_is_split_into_words_without_a_shell() {
        let openers = openers(variables(&[("BROWSER", r#"python3 "a b.py" --to=%s 'x $(id)' y\ z"#)])).unwrap();
        let expected = [
            "python3",
            "a b.py",
            "--to=https://as.test/?a=1&b=$(id)",
            "x $(id)",
            "y z",
        ];
        assert_eq!(argv(openers.first().unwrap(), "https://as.test/?a=1&b=$(id)"), expected);
        assert_eq!(openers.len(), 1);
    }

    #[test]
    fn without_a_placeholder_the_url_is_the_last_argument() {
        let openers = openers(variables(&[("BROWSER", "firefox --new-window")])).unwrap();
        assert_eq!(
            argv(openers.first().unwrap(), "https://as.test/"),
            ["firefox", "--new-window", "https://as.test/"]
        );
    }

    #[test]
    fn a_machine_without_a_display_is_not_tried() {
        let NotOpened(reason) = openers(variables(&[("DISPLAY", "")])).unwrap_err();
        assert!(reason.contains("DISPLAY"), "{reason}");
        assert_eq!(
            argv(openers(variables(&[("DISPLAY", ":0")])).unwrap().first().unwrap(), "u"),
            ["xdg-open", "u"]
        );
        assert!(openers(variables(&[("WAYLAND_DISPLAY", "w")])).is_ok());
    }

    #[test]
    fn an_open_quote_is_refused() {
        assert!(openers(variables(&[("BROWSER", "firefox 'x")])).is_err());
        assert!(openers(variables(&[("BROWSER", "  ")])).is_err());
    }

    #[test]
    fn only_https_and_loopback_urls_reach_a_browser() {
        for good in [
            "https://as.test/a?b=c",
            "http://127.0.0.1:1/a",
            "http://localhost/a",
            "http://[::1]:2/",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "http://as.test/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://as.test/\"x",
            "https://as.test/a b",
            "-x",
            "https://as.test/\n",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn an_opener_that_fails_gives_way_to_the_next() {
        let all = vec![
            Opener::new("/nonexistent/browser", &[]),
            Opener::new("false", &[]),
            Opener::new("true", &[]),
        ];
        assert_eq!(open("https://as.test/", all).await, Ok(()));
        let NotOpened(reason) = open("https://as.test/", vec![Opener::new("false", &[])])
            .await
            .unwrap_err();
        assert!(reason.contains("false"), "{reason}");
    }
}
