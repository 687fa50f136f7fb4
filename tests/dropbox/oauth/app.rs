//! The app that is registered with Dropbox.

/// What the app's settings page would show.
#[derive(Debug)]
pub struct App {
    pub key: String,
    pub secret: String,
    /// Compared character by character: no port, path or slash is forgiven.
    pub redirect_uris: Vec<String>,
}

impl Default for App {
    fn default() -> Self {
        Self {
            key: "simulatorappkey".to_owned(),
            secret: "simulatorappsecret".to_owned(),
            redirect_uris: vec!["http://localhost:33333".to_owned(), "http://127.0.0.1:33333".to_owned()],
        }
    }
}
