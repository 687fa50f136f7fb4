//! How often what was asked for.

use std::collections::BTreeMap;

use parking_lot::Mutex;

/// Names that are reported even at zero, so that a test may say "none" without special cases.
const ALWAYS_REPORTED: [&str; 19] = [
    "/oauth2/authorize",
    "/oauth2/token",
    "/2/files/list_folder",
    "/2/files/list_folder/continue",
    "/2/files/get_metadata",
    "/2/files/download",
    "/2/files/get_temporary_link",
    "/2/sharing/get_shared_link_metadata",
    "/2/sharing/get_shared_link_file",
    "/2/users/get_current_account",
    "/2/check/user",
    "/2/auth/token/revoke",
    "/temporary",
    "token:authorization_code",
    "token:authorization_code:granted",
    "token:refresh_token",
    "token:refresh_token:granted",
    "families_revoked",
    "faults_applied",
];

/// Requests by path, token requests by grant type, and a few events.
pub struct Counts(Mutex<BTreeMap<String, u64>>);

impl Default for Counts {
    fn default() -> Self {
        Self(Mutex::new(zeros()))
    }
}

impl Counts {
    pub fn add(&self, name: &str) {
        *self.0.lock().entry(name.to_owned()).or_default() += 1;
    }

    pub fn snapshot(&self) -> BTreeMap<String, u64> {
        self.0.lock().clone()
    }

    pub fn reset(&self) {
        *self.0.lock() = zeros();
    }
}

fn zeros() -> BTreeMap<String, u64> {
    ALWAYS_REPORTED.iter().map(|name| ((*name).to_owned(), 0)).collect()
}
