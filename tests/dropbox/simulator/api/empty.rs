//! A folder of very many files that hold nothing, which exist nowhere but in listings.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::hash::{content_hash, fingerprint};

/// The folder, by `path_lower`.
pub const FOLDER: &str = "/empty";

/// Metadata by `path_lower`.
pub type Files = Arc<BTreeMap<String, Value>>;

/// The files that were made last; making them takes longer than listing them.
#[derive(Default)]
pub struct EmptyFiles(Mutex<Files>);

impl EmptyFiles {
    /// `count` files.
    pub fn files(&self, count: usize) -> Files {
        let mut made = self.0.lock();
        if made.len() != count {
            *made = Arc::new((0..count).map(file).collect());
        }
        Arc::clone(&made)
    }
}

fn file(number: usize) -> (String, Value) {
    let name = format!("{number:06}.json");
    let path = format!("{FOLDER}/{name}");
    let moment = "2026-01-02T03:04:05Z";
    let metadata = json!({
        ".tag": "file",
        "name": name,
        "path_lower": path,
        "path_display": path,
        "id": format!("id:{}", fingerprint(&["id", &path], 11)),
        "client_modified": moment,
        "server_modified": moment,
        "rev": fingerprint(&["rev", &path], 10),
        "size": 0,
        "content_hash": content_hash(&[][..]).unwrap_or_default(),
        "is_downloadable": true,
    });
    (path, metadata)
}
