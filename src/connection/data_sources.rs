//! Data sources in `odbc.ini`: adding, listing and removing them, where everything else stays byte for byte.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::whole_file::WholeFile;

use super::dsn;
use super::properties::{Properties, Property};
use super::string::Attribute;

/// Sections of `odbc.ini` that are no data sources.
const NOT_DATA_SOURCES: &[&str] = &["ODBC", "ODBC Data Sources", "ODBC Connection Pooling", "Default"];
/// Characters of a data source's name at most (`SQL_MAX_DSN_LENGTH`).
const LONGEST_NAME: usize = 32;
/// Characters that ODBC allows in no name of a data source.
const NOT_IN_NAMES: &str = "[]{}(),;?*=!@\\";

/// Whose data sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The user's own.
    User,
    /// Everybody's.
    System,
}

/// A data source as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSource {
    /// Its name.
    pub name: String,
    /// The driver it is for; empty when it does not say.
    pub driver: String,
    /// The file that it is in.
    pub file: PathBuf,
}

/// The file that such data sources are in.
pub fn file(owner: Owner) -> Result<PathBuf> {
    match owner {
        Owner::System => Ok(dsn::system_file()),
        Owner::User => dsn::user_file().ok_or_else(|| {
            let text =
                "This process has no HOME, so there is no place for data sources of its user. Set ODBCINI to a file.";
            Error::new(Kind::DataSource, text)
        }),
    }
}

/// Every data source, of whatever driver: the user's first, then the system's.
pub fn list() -> Result<Vec<DataSource>> {
    let mut found = Vec::new();
    for file in dsn::odbc_ini_files().into_iter().filter(|file| file.exists()) {
        let ini = dsn::read(&file)?;
        for (section, entries) in ini.iter() {
            let name = section.map(str::trim).unwrap_or_default();
            if !name.is_empty() && !is_one_of(NOT_DATA_SOURCES, name) {
                let driver = entries
                    .iter()
                    .find(|(key, _)| key.trim().eq_ignore_ascii_case("Driver"));
                found.push(DataSource {
                    name: name.to_owned(),
                    driver: driver.map(|(_, value)| value.trim().to_owned()).unwrap_or_default(),
                    file: file.clone(),
                });
            }
        }
    }
    Ok(found)
}

/// Adds a data source, or puts another in its place. Gives the file, and what its owner should know.
pub fn add(owner: Owner, name: &str, attributes: Vec<Attribute>, replaces: bool) -> Result<(PathBuf, Vec<Error>)> {
    check_name(name)?;
    let file = file(owner)?;
    let has_secrets = has_secrets(&attributes)?;
    if has_secrets && owner == Owner::System {
        let text = format!(
            "The properties hold a secret, and everybody reads {}. Add the data source without --system, or leave the secret out.",
            file.display()
        );
        return Err(Error::new(Kind::Property, text));
    }
    let body = body(&attributes)?;
    let text = text_of(&file)?;
    let present = section(&text, name);
    if present.is_some() && !replaces {
        let text = format!(
            "There is a data source \"{name}\" in {} already. Choose another name, or replace it with --force.",
            file.display()
        );
        return Err(Error::new(Kind::DataSource, text));
    }
    let section = format!("[{name}]\n{body}");
    write(&file, &with(&text, present, &section), has_secrets)?;

    let mut warnings = Vec::new();
    if has_secrets {
        let text = format!(
            "{} holds a secret in plain text now; it is readable by its owner alone (mode 0600).",
            file.display()
        );
        warnings.push(Error::new(Kind::Warning, text));
    }
    Ok((file, warnings))
}

/// Removes a data source. Gives the file that it was in.
pub fn remove(owner: Owner, name: &str) -> Result<PathBuf> {
    check_name(name)?;
    let file = file(owner)?;
    let text = text_of(&file)?;
    let Some(range) = section(&text, name) else {
        let text = format!(
            "There is no data source \"{name}\" in {}; nothing is changed.",
            file.display()
        );
        return Err(Error::new(Kind::DataSource, text));
    };
    write(&file, &with(&text, Some(range), ""), false)?;
    Ok(file)
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

fn check_name(name: &str) -> Result<()> {
    let is_good = !name.is_empty()
        && name.trim() == name
        && name.chars().count() <= LONGEST_NAME
        && !name.chars().any(|c| NOT_IN_NAMES.contains(c) || c.is_control())
        && !is_one_of(NOT_DATA_SOURCES, name);
    if is_good {
        return Ok(());
    }
    let text = format!(
        "\"{name}\" cannot be the name of a data source: it must have 1 to {LONGEST_NAME} characters, none of them of \
         {NOT_IN_NAMES}, no blanks around it, and not be the name of a section of ODBC itself."
    );
    Err(Error::new(Kind::DataSource, text))
}

/// Whether a property that is secret is among them. All must be properties, with values that they take.
fn has_secrets(attributes: &[Attribute]) -> Result<bool> {
    let mut properties = Properties::default();
    properties.add(attributes.to_vec())?;
    if let Some(key) = properties.unknown.first() {
        let text = format!("Latchkey has no property \"{key}\". Check its spelling against the README's table.");
        return Err(Error::new(Kind::Property, text));
    }
    Ok(properties.given_ids().any(|id| Property::of(id).secret))
}

/// The lines below the heading.
fn body(attributes: &[Attribute]) -> Result<String> {
    let mut text = String::new();
    if !attributes
        .iter()
        .any(|attribute| attribute.key.eq_ignore_ascii_case("Driver"))
    {
        text.push_str("Driver=Latchkey\n");
    }
    for Attribute { key, value } in attributes {
        let name = Property::named(key).map_or(key.as_str(), |property| property.name);
        let value = value.expose();
        if value.contains(['\n', '\r', '\0']) || value.trim() != value {
            let text = format!("The value of {name} has line ends or blanks around it, which odbc.ini cannot hold.");
            return Err(Error::new(Kind::Property, text));
        }
        text.push_str(&format!("{name}={value}\n"));
    }
    Ok(text)
}

/// The file's text; empty when there is no file.
fn text_of(file: &Path) -> Result<String> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(failed(file, "read", error)),
    }
}

/// Where a section stands: from its heading to its last entry. Comments and blank lines after that belong to what follows.
fn section(text: &str, name: &str) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let content = line.trim();
        let heading = content.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        match (&mut found, heading) {
            (Some(_), Some(_)) => break,
            (Some(range), None) if !content.is_empty() && !content.starts_with(['#', ';']) => range.end = end,
            (None, Some((heading, _))) if heading.trim().eq_ignore_ascii_case(name) => found = Some(at..end),
            _ => {}
        }
        at = end;
    }
    found
}

/// The text with a section in the place of another, or at its end.
fn with(text: &str, present: Option<Range<usize>>, section: &str) -> String {
    let whole = |range: Range<usize>| text.get(range).unwrap_or_default();
    match present {
        Some(range) => [whole(0..range.start), section, whole(range.end..text.len())].concat(),
        None => {
            let gap = match text {
                "" => "",
                text if text.ends_with('\n') => "\n",
                _ => "\n\n",
            };
            [text, gap, section].concat()
        }
    }
}

/// Replaces the file as a whole; the one behind a symbolic link, with the mode that it had. A secret is for its owner alone.
fn write(file: &Path, text: &str, is_secret: bool) -> Result<()> {
    let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let mode = match target.metadata() {
        _ if is_secret => 0o600,
        Ok(metadata) => metadata.mode() & 0o777,
        Err(_) => 0o644,
    };
    let replace = || {
        let mut whole = WholeFile::beside(&target, 0o600)?;
        whole.file().write_all(text.as_bytes())?;
        // Whatever the umask is: the file has had this mode.
        whole.file().set_permissions(Permissions::from_mode(mode))?;
        whole.take_place(true)
    };
    replace().map_err(|error| failed(file, "written", error))
}

fn failed(file: &Path, what: &str, error: io::Error) -> Error {
    let text = format!("The data source file {} cannot be {what}: {error}.", file.display());
    Error::new(Kind::DataSource, text).caused_by(error)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const TEXT: &str = "# mine\n[A]\r\nx=1\n\n; of B\n[ b ]\nDriver = Other\ny=[2]\n[C]\nz=3";

    #[test]
    fn a_section_goes_without_a_trace_and_nothing_else_does() {
        for (name, left) in [
            ("a", "# mine\n\n; of B\n[ b ]\nDriver = Other\ny=[2]\n[C]\nz=3"),
            ("B", "# mine\n[A]\r\nx=1\n\n; of B\n[C]\nz=3"),
            ("c", "# mine\n[A]\r\nx=1\n\n; of B\n[ b ]\nDriver = Other\ny=[2]\n"),
        ] {
            let range = section(TEXT, name).unwrap();
            assert_eq!(with(TEXT, Some(range), ""), left, "{name}");
        }
        assert_eq!(section(TEXT, "D"), None);
    }

    #[test]
    fn a_section_is_added_at_the_end_or_in_its_place() {
        assert_eq!(with("", None, "[N]\nk=1\n"), "[N]\nk=1\n");
        assert_eq!(with("[A]\nx=1", None, "[N]\n"), "[A]\nx=1\n\n[N]\n");
        assert_eq!(
            with("[A]\nx=1\n[B]\n", section("[A]\nx=1\n[B]\n", "A"), "[A]\ny=2\n"),
            "[A]\ny=2\n[B]\n"
        );
    }

    #[test]
    fn names_that_odbc_takes_for_something_else_are_refused() {
        for name in [
            "",
            " a",
            "a;b",
            "a]b",
            "ODBC",
            "odbc data sources",
            "a\nb",
            &"x".repeat(33),
        ] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        assert!(check_name("My Data 日本").is_ok());
    }
}
