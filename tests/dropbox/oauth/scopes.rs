//! Scopes.

use std::fmt;

/// The scopes that are enabled on the app's permissions page, with what the consent page says about each.
const ENABLED: [(&str, &str); 4] = [
    ("account_info.read", "View basic information about your Dropbox account"),
    (
        "files.metadata.read",
        "View information about your Dropbox files and folders",
    ),
    ("files.content.read", "View content of your Dropbox files and folders"),
    ("sharing.read", "View your Dropbox sharing settings and collaborators"),
];

/// A set of enabled scopes, in the order of the permissions page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<&'static str>);

impl Scopes {
    /// What an app gets that names no scope.
    pub fn all() -> Self {
        Self(ENABLED.iter().map(|(name, _)| *name).collect())
    }

    /// Reads a space-separated list; the error is the first name that is not enabled.
    pub fn parse(list: &str) -> Result<Self, String> {
        let names: Vec<&str> = list.split(' ').filter(|name| !name.is_empty()).collect();
        match names
            .iter()
            .find(|name| !ENABLED.iter().any(|(enabled, _)| enabled == *name))
        {
            Some(unknown) => Err((*unknown).to_owned()),
            None => Ok(Self::all().only(|scope| names.contains(&scope))),
        }
    }

    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(&scope)
    }

    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.0.iter().all(|scope| other.contains(scope))
    }

    pub fn union(&self, other: &Self) -> Self {
        Self::all().only(|scope| self.contains(scope) || other.contains(scope))
    }

    /// Name and meaning of each, for a person to read.
    pub fn described(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        ENABLED.into_iter().filter(|(name, _)| self.contains(name))
    }

    fn only(self, wanted: impl Fn(&str) -> bool) -> Self {
        Self(self.0.into_iter().filter(|scope| wanted(scope)).collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}
