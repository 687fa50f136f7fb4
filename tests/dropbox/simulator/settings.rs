//! What a test may change while the simulator runs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Times are in seconds unless the name says otherwise; a change holds for what is issued or answered after it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub access_token_lifetime: u64,
    pub code_lifetime: u64,
    /// `null`: a refresh token lives until it is revoked, as at Dropbox.
    pub refresh_token_lifetime: Option<u64>,
    pub temporary_link_lifetime: u64,
    /// Every refresh replaces the refresh token, and showing a replaced one revokes its whole family.
    pub rotate: bool,
    /// How long every answer is held back.
    pub latency_ms: u64,
    /// Of one answer's body; `null`: as fast as it goes.
    pub bandwidth_bytes_per_s: Option<u64>,
    /// Of the bodies of all answers together, as over one line; `null`: as fast as it goes.
    pub line_bytes_per_s: Option<u64>,
    /// So many files without content are in listings of the folder `/empty`, besides what is on the disk.
    pub empty_files: usize,
    /// The most entries one page of a listing holds, whatever limit the client names.
    pub page_size: usize,
    /// Each page of a listing is preceded by an empty one with `has_more`, which Dropbox reserves the right to do.
    pub empty_pages: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_token_lifetime: 14_400,
            code_lifetime: 60,
            refresh_token_lifetime: None,
            temporary_link_lifetime: 14_400,
            rotate: false,
            latency_ms: 0,
            bandwidth_bytes_per_s: None,
            line_bytes_per_s: None,
            empty_files: 0,
            page_size: 500,
            empty_pages: false,
        }
    }
}

impl Settings {
    /// These settings with the members of the object `changes` replaced.
    pub fn changed_by(&self, changes: Value) -> Result<Self, serde_json::Error> {
        let mut merged = serde_json::to_value(self)?;
        match (merged.as_object_mut(), changes) {
            (Some(members), Value::Object(changes)) => members.extend(changes),
            (_, other) => merged = other,
        }
        serde_json::from_value(merged)
    }
}
