//! The state that all requests share.

use std::io;
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::api::error::ApiError;
use crate::api::links::TemporaryLinks;
use crate::api::listing::Listings;
use crate::api::shared::SharedLinks;
use crate::api::tree::Tree;
use crate::counts::Counts;
use crate::faults::Faults;
use crate::oauth::app::App;
use crate::oauth::grants::Grants;
use crate::oauth::session::Sessions;
use crate::settings::Settings;

/// How handlers hold the simulator.
pub type Shared = Arc<Simulator>;

/// Where the server is reached.
#[derive(Debug)]
pub struct Origins {
    pub http: String,
    pub https: Option<String>,
}

/// One Dropbox: an app that is registered with it, the people who use it, and a folder.
pub struct Simulator {
    pub app: App,
    pub origins: Origins,
    pub sessions: Sessions,
    pub grants: Grants,
    pub listings: Listings,
    pub links: TemporaryLinks,
    pub shared_links: Arc<SharedLinks>,
    pub faults: Faults,
    pub counts: Counts,
    settings: Mutex<Settings>,
    tree: Arc<Tree>,
}

impl Simulator {
    pub fn new(app: App, settings: Settings, root: &Path, origins: Origins) -> io::Result<Self> {
        Ok(Self {
            app,
            origins,
            sessions: Sessions::default(),
            grants: Grants::default(),
            listings: Listings::default(),
            links: TemporaryLinks::default(),
            shared_links: Arc::default(),
            faults: Faults::default(),
            counts: Counts::default(),
            settings: Mutex::new(settings),
            tree: Arc::new(Tree::open(root)?),
        })
    }

    /// The settings of this moment.
    pub fn settings(&self) -> Settings {
        self.settings.lock().clone()
    }

    pub fn replace_settings(&self, settings: Settings) {
        *self.settings.lock() = settings;
    }

    /// Runs `work`, which reads the disk, where it blocks no other request.
    pub async fn with_tree<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tree) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let tree = Arc::clone(&self.tree);
        tokio::task::spawn_blocking(move || work(&tree))
            .await
            .map_err(|error| ApiError::Internal(error.to_string()))?
    }
}
