//! Which folder of Dropbox the paths start from.

use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{Api, Failure};

/// `DropboxRoot`: what `/` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// The person's own folder, which Dropbox takes when nothing is said.
    Home,
    /// The team's folder for members of a team that has one, else the person's own.
    Team,
    /// The namespace of this id.
    Namespace(String),
}

impl Root {
    /// Reads `home`, `root` or the id of a namespace.
    pub fn parse(text: &str) -> Self {
        match text.trim() {
            "" => Self::Home,
            text if text.eq_ignore_ascii_case("home") => Self::Home,
            text if text.eq_ignore_ascii_case("root") => Self::Team,
            id => Self::Namespace(id.to_owned()),
        }
    }

    /// The value of `Dropbox-API-Path-Root`, which says so with every call; the id of a team's folder is asked for.
    pub(super) async fn header(&self, api: &Api) -> Result<Option<Value>, Failure> {
        Ok(match self {
            Self::Home => None,
            Self::Namespace(id) => Some(json!({ ".tag": "namespace_id", "namespace_id": id })),
            Self::Team => {
                let account: Account = api.call_from(None, "users/get_current_account", &()).await?;
                Some(json!({ ".tag": "root", "root": account.root_info.root_namespace_id }))
            }
        })
    }
}

#[derive(Debug, Deserialize)]
struct Account {
    root_info: RootInfo,
}

#[derive(Debug, Deserialize)]
struct RootInfo {
    root_namespace_id: String,
}
