//! DSN and FILEDSN look-up.

use std::path::{Path, PathBuf};

use ini::{Ini, ParseOption};

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::string::Attribute;

/// Entries of `odbc.ini` that are for the driver manager or for people, not properties of the driver.
const NOT_PROPERTIES: &[&str] = &[
    "Description",
    "Driver64",
    "Setup",
    "Setup64",
    "Trace",
    "TraceFile",
    "Threading",
    "UsageCount",
];

/// The attributes of a data source: the user's `odbc.ini` first, then the system's.
///
/// `Kind::DataSource` names the files that were searched.
pub fn data_source(name: &str) -> Result<Vec<Attribute>> {
    let files = odbc_ini_files();
    for file in files.iter().filter(|file| file.exists()) {
        if let Some(attributes) = section(file, name)? {
            return Ok(attributes);
        }
    }
    let searched: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    Err(Error::new(
        Kind::DataSource,
        format!(
            "There is no data source \"{name}\" in {}. Add a section [{name}] there, or connect with \
             Driver={{Latchkey}};URI=…; instead of DSN={name}.",
            searched.join(" or ")
        ),
    ))
}

/// The attributes in section `[ODBC]` of a file data source.
pub fn file_data_source(path: &str) -> Result<Vec<Attribute>> {
    section(Path::new(path), "ODBC")?.ok_or_else(|| {
        Error::new(
            Kind::DataSource,
            format!("The file data source {path} has no section [ODBC]. Its properties belong under that heading."),
        )
    })
}

/// Where unixODBC looks, in its order.
pub(super) fn odbc_ini_files() -> Vec<PathBuf> {
    user_file().into_iter().chain([system_file()]).collect()
}

/// The user's `odbc.ini`; none without a HOME.
pub(super) fn user_file() -> Option<PathBuf> {
    std::env::var_os("ODBCINI")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".odbc.ini")))
}

/// The system's `odbc.ini`.
pub(super) fn system_file() -> PathBuf {
    system_folder().join("odbc.ini")
}

/// Where the system's files of ODBC are.
pub(super) fn system_folder() -> PathBuf {
    std::env::var_os("ODBCSYSINI").map_or_else(|| PathBuf::from("/etc"), PathBuf::from)
}

/// A file of data sources, or of drivers.
pub(super) fn read(file: &Path) -> Result<Ini> {
    // Paths and masks hold backslashes and quotes: they mean nothing in these files.
    let literal = ParseOption {
        enabled_quote: false,
        enabled_escape: false,
        ..ParseOption::default()
    };
    Ini::load_from_file_opt(file, literal).map_err(|error| {
        Error::new(
            Kind::DataSource,
            format!("The ODBC file {} cannot be read: {error}.", file.display()),
        )
    })
}

/// The entries of a section, whose name has no regard to case.
pub(super) fn entries<'i>(ini: &'i Ini, name: &str) -> Option<&'i ini::Properties> {
    let is_named = |section: &str| section.trim().eq_ignore_ascii_case(name.trim());
    let mut sections = ini.iter();
    let (_, entries) = sections.find(|(section, _)| section.is_some_and(is_named))?;
    Some(entries)
}

fn section(file: &Path, name: &str) -> Result<Option<Vec<Attribute>>> {
    let ini = read(file)?;
    let found = entries(&ini, name);
    Ok(found.map(|entries| {
        entries
            .iter()
            .filter(|(key, _)| {
                !NOT_PROPERTIES
                    .iter()
                    .any(|other| other.eq_ignore_ascii_case(key.trim()))
            })
            .map(|(key, value)| Attribute {
                key: key.trim().to_owned(),
                value: Secret::from(value.trim()),
            })
            .collect()
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn pairs(attributes: Vec<Attribute>) -> Vec<(String, String)> {
        attributes
            .into_iter()
            .map(|attribute| (attribute.key, attribute.value.expose().clone()))
            .collect()
    }

    #[test]
    fn a_section_is_found_whatever_its_case_and_its_values_are_literal() {
        let file = file(
            "[Other]\nURI=no\n[My Data]\nDescription = x\nTrace=1\nURI = C:\\a\\\"b\" ; not a comment\n# a comment\n",
        );
        assert_eq!(
            pairs(section(file.path(), "MY DATA").unwrap().unwrap()),
            [("URI".to_owned(), "C:\\a\\\"b\" ; not a comment".to_owned())]
        );
        assert!(section(file.path(), "Missing").unwrap().is_none());
    }

    #[test]
    fn a_file_data_source_without_its_section_says_so() {
        let file = file("[Other]\nURI=no\n");
        let error = file_data_source(file.path().to_str().unwrap()).unwrap_err();
        assert!(error.message().contains("[ODBC]"), "{error}");
        let error = file_data_source("/nonexistent.dsn").unwrap_err();
        assert!(error.message().contains("/nonexistent.dsn"), "{error}");
    }
}
