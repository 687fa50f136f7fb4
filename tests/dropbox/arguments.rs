//! The command line.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::oauth::app::App;
use crate::settings::Settings;

const USAGE: &str = "usage: dropbox-simulator --root FOLDER [--port N] [--tls-port N --ca-out FILE]
       [--app-key KEY] [--app-secret SECRET] [--redirect-uri URI]...
       [--access-token-lifetime SECONDS] [--rotate] [--until-stdin-closes]";

/// What the simulator was asked to be.
#[derive(Debug)]
pub struct Arguments {
    /// The folder that is served as the user's Dropbox.
    pub root: PathBuf,
    /// The port of plain HTTP; 0 for any free one.
    pub port: u16,
    pub tls: Option<Tls>,
    pub app: App,
    pub settings: Settings,
    pub until_stdin_closes: bool,
}

/// HTTPS, under a certificate authority made at every start.
#[derive(Debug)]
pub struct Tls {
    /// 0 for any free port.
    pub port: u16,
    /// Where the authority's certificate is written, as PEM.
    pub ca_out: PathBuf,
}

/// Why the command line was refused.
#[derive(Debug)]
pub struct ArgumentError(String);

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{USAGE}", self.0)
    }
}

impl std::error::Error for ArgumentError {}

impl Arguments {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, ArgumentError> {
        let mut rest = arguments;
        let mut root = None;
        let mut port = 0;
        let mut tls_port = None;
        let mut ca_out = None;
        let mut app = App::default();
        let mut redirect_uris = Vec::new();
        let mut settings = Settings::default();
        let mut until_stdin_closes = false;

        while let Some(option) = rest.next() {
            let mut value = || {
                rest.next()
                    .ok_or_else(|| ArgumentError(format!("{option} needs a value.")))
            };
            match option.as_str() {
                "--root" => root = Some(PathBuf::from(value()?)),
                "--port" => port = number(&option, &value()?)?,
                "--tls-port" => tls_port = Some(number(&option, &value()?)?),
                "--ca-out" => ca_out = Some(PathBuf::from(value()?)),
                "--app-key" => app.key = value()?,
                "--app-secret" => app.secret = value()?,
                "--redirect-uri" => redirect_uris.push(value()?),
                "--access-token-lifetime" => settings.access_token_lifetime = number(&option, &value()?)?,
                "--rotate" => settings.rotate = true,
                "--until-stdin-closes" => until_stdin_closes = true,
                _ => return Err(ArgumentError(format!("{option} is not an option."))),
            }
        }

        if !redirect_uris.is_empty() {
            app.redirect_uris = redirect_uris;
        }
        let tls = match (tls_port, ca_out) {
            (None, None) => None,
            (Some(port), Some(ca_out)) => Some(Tls { port, ca_out }),
            _ => return Err(ArgumentError("--tls-port and --ca-out need each other.".to_owned())),
        };
        let root = root.ok_or_else(|| ArgumentError("--root is missing.".to_owned()))?;
        Ok(Self {
            root,
            port,
            tls,
            app,
            settings,
            until_stdin_closes,
        })
    }
}

fn number<T: FromStr>(option: &str, value: &str) -> Result<T, ArgumentError> {
    value
        .parse()
        .map_err(|_| ArgumentError(format!("{option} cannot be {value:?}.")))
}
