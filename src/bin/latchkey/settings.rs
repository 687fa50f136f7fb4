//! `latchkey settings`: the encrypted file of tokens, without a token.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use chrono::DateTime;
use console::Term;
use latchkey::connection::properties::Properties;
use latchkey::connection::settings::{self, Given, Inspection, Keys};
use latchkey::connection::settings_keys;
use latchkey::connection::string::Attribute;
use latchkey::error::{Error, Kind};
use latchkey::secret::Secret;
use latchkey::sqlstate::Phase;
use serde_json::Value;

use super::arguments::{NewKey, Settings};
use super::connecting::Caller;
use super::ending::{self, Ending, say};
use super::facts::{self, Fact};

/// Does what is asked for.
pub fn run(caller: &Caller, command: Settings, json: bool) -> Result<Ending, Ending> {
    match command {
        Settings::Inspect { file, key_file } => inspect(&file, key_file, json),
        Settings::Rekey { file, key_file, new } => rekey(caller, file, key_file, new, json),
    }
}

fn inspect(file: &Path, key_file: Option<PathBuf>, json: bool) -> Result<Ending, Ending> {
    let found = settings::inspect(file, &keys(key_file)?)?;
    ending::warn(found.warning.as_slice(), Phase::Later);
    let mut told = facts_of(file, &found);
    match &found.sign_ins {
        Err(error) => {
            facts::print(&told, json)?;
            ending::warn(&[Error::new(Kind::Warning, error.message())], Phase::Later);
        }
        Ok(sign_ins) => {
            let rows = sign_ins.iter().map(|sign_in| {
                [
                    ("provider", sign_in.provider.as_str().into()),
                    ("account", sign_in.account.clone().into()),
                    ("client", sign_in.client_id.as_str().into()),
                    ("scopes", sign_in.scopes.clone().into()),
                    ("obtained", sign_in.obtained_at.map(|at| moment(at.0)).into()),
                    ("expires", sign_in.expires_at.map(|at| moment(at.0)).into()),
                    ("refreshable", sign_in.has_refresh_token.into()),
                    ("ended", sign_in.dead_reason.clone().into()),
                ]
            });
            let rows: Vec<[Fact; 8]> = rows.collect();
            if json {
                let objects = rows.iter().map(|row| facts::object(row));
                told.push(("sign_ins", Value::Array(objects.collect())));
                facts::print(&told, json)?;
            } else {
                facts::print(&told, json)?;
                for row in &rows {
                    writeln!(io::stdout())?;
                    facts::print(row, json)?;
                }
            }
        }
    }
    Ok(Ending::Done)
}

fn facts_of(file: &Path, found: &Inspection) -> Vec<Fact> {
    let header = found.header.as_ref();
    let written = found.written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let written = written.and_then(|since| u64::try_from(since.as_millis()).ok());
    vec![
        ("file", file.display().to_string().into()),
        ("version", header.map(|header| header.version).into()),
        ("cipher", header.map(|header| header.cipher).into()),
        ("key", header.map(|header| header.key.clone()).into()),
        ("written", written.map(moment).into()),
        ("bytes", found.size.into()),
        ("mode", format!("{:04o}", found.mode).into()),
        ("opens", found.sign_ins.is_ok().into()),
    ]
}

fn rekey(caller: &Caller, file: PathBuf, key_file: Option<PathBuf>, new: NewKey, json: bool) -> Result<Ending, Ending> {
    let old = keys(key_file)?;
    let given = match (new.new_passphrase, new.new_key_file) {
        (true, _) => Given {
            key: Some(passphrase()?),
            file: None,
        },
        (false, file) => Given { key: None, file },
    };
    let new = Keys::new(given, Given::default())?;
    let name = new.name();
    let place = file.clone();
    caller.wait(async move { settings::rekey(&place, &old, &new).await })?;
    let facts = [("file", file.display().to_string().into()), ("key", name.into())];
    facts::print(&facts, json)?;
    Ok(Ending::Done)
}

/// The keys that the environment and the command line give.
fn keys(key_file: Option<PathBuf>) -> Result<Keys, Ending> {
    let mut properties = Properties::default();
    if let Some(file) = key_file {
        let value = file.into_os_string().into_string().map_err(|_| {
            Ending::refused(
                Kind::Property,
                "The path of the key file is not UTF-8 text. Move it to one that is.",
            )
        })?;
        properties.add(vec![Attribute {
            key: "OAuthSettingsKeyFile".to_owned(),
            value: Secret::new(value),
        }])?;
    }
    Ok(settings_keys(&properties)?)
}

/// The new passphrase; typed twice on a terminal, which does not show it.
fn passphrase() -> Result<Secret, Ending> {
    let unread = |error: io::Error| {
        let text = format!("The passphrase could not be read: {error}.");
        Ending::refused(Kind::Settings, text)
    };
    let passphrase = if io::stdin().is_terminal() {
        let terminal = Term::stderr();
        let ask = |what: &str| {
            say(what);
            terminal.read_secure_line().map(Secret::new).map_err(unread)
        };
        let passphrase = ask("The new passphrase:")?;
        if ask("Once more:")? != passphrase {
            return Err(Ending::refused(
                Kind::Settings,
                "The two passphrases differ; the file is as it was.",
            ));
        }
        passphrase
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(unread)?;
        let line = Secret::new(line);
        Secret::from(line.expose().trim_end_matches(['\r', '\n']))
    };
    match passphrase.expose().is_empty() {
        true => Err(Ending::refused(
            Kind::Settings,
            "The passphrase is empty; the file is as it was.",
        )),
        false => Ok(passphrase),
    }
}

/// A moment in milliseconds since 1970, in UTC.
fn moment(milliseconds: u64) -> String {
    let moment = i64::try_from(milliseconds)
        .ok()
        .and_then(DateTime::from_timestamp_millis);
    moment.map_or_else(
        || milliseconds.to_string(),
        |moment| moment.format("%Y-%m-%d %H:%M:%S").to_string(),
    )
}
