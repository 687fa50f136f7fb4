//! Documents behind shared links of Dropbox, read through its API.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::DateTime;
use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::error::{Error, Kind, Result};
use crate::oauth::Manager;
use crate::secret::Secret;
use crate::source::choice::{Case, Choice};
use crate::source::http::retry::Policy;
use crate::source::{ByteStream, Document, Source, in_order};

use super::Endpoints;
use super::api::{Api, Content};
use super::download;
use super::link::{shown, shown_as};
use super::list::{Entry, listed};

/// Files and folders that somebody shares by links.
#[derive(Debug)]
pub struct SharedLinks {
    links: Vec<Url>,
    password: Option<Secret>,
    choice: Choice,
    table_name: String,
    api: Api,
}

/// What a link leads to, or a file in the folder that it leads to.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Shared {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    link_password: Option<Secret>,
}

fn exposed<S: serde::Serializer>(password: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    password
        .as_ref()
        .map(|password| password.expose())
        .serialize(serializer)
}

/// What Dropbox tells of a link, or of the file that it hands out.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    #[serde(rename = ".tag", default)]
    tag: String,
    name: String,
    /// Files only, as what follows.
    pub(super) rev: Option<String>,
    #[serde(default)]
    size: u64,
    /// In RFC 3339.
    server_modified: Option<String>,
}

impl SharedLinks {
    /// No I/O. `password` is that of the links which have one.
    pub fn new(
        links: Vec<Url>,
        password: Option<Secret>,
        choice: Choice,
        table_name: String,
        endpoints: Endpoints,
        http: Client,
        oauth: Arc<Manager>,
    ) -> Self {
        let api = Api::new(endpoints, http, oauth, Policy::default());
        Self::by(api, links, password, choice, table_name)
    }

    pub(super) fn by(api: Api, links: Vec<Url>, password: Option<Secret>, choice: Choice, table_name: String) -> Self {
        Self {
            links,
            password,
            choice,
            table_name,
            api,
        }
    }

    /// What a link leads to, or a file at a path in it.
    fn shared(&self, link: &str, path: &str) -> Shared {
        Shared {
            url: link.to_owned(),
            path: (!path.is_empty()).then(|| path.to_owned()),
            link_password: self.password.clone(),
        }
    }

    async fn list_link(&self, link: &Url) -> Result<Vec<Document>> {
        let metadata: Metadata = self
            .api
            .call("sharing/get_shared_link_metadata", &self.shared(link.as_str(), ""))
            .await
            .map_err(|failure| failure.into_error(&shown(link)))?;
        match (metadata.tag.as_str(), metadata.rev) {
            ("file", Some(revision)) => Ok(vec![Document {
                name: shown_as(&metadata.name),
                location: location(link, ""),
                size: metadata.size,
                revision,
                modified: modified(metadata.server_modified.as_deref()),
            }]),
            ("folder", _) => self.list_folder(link, &metadata.name).await,
            _ => {
                let text = format!("{} leads neither to a file nor to a folder. Check URI.", shown(link));
                Err(Error::new(Kind::Unsupported, text))
            }
        }
    }

    /// The documents in a shared folder, folder by folder: links are not listed recursively.
    async fn list_folder(&self, link: &Url, folder: &str) -> Result<Vec<Document>> {
        let walk = self.choice.walk(None, Case::Ignored);
        let mut documents = Vec::new();
        let mut folders = vec![(String::new(), walk.start())];
        while let Some((path, inside)) = folders.pop() {
            for entry in self.entries(link, folder, &path).await? {
                let below = format!("{path}/{}", entry.name);
                match entry.tag.as_str() {
                    "folder" => folders.extend(walk.enter(&inside, &entry.name).map(|inside| (below, inside))),
                    "file" if !walk.takes(&inside, &entry.name) => {}
                    "file" if entry.is_downloadable => documents.extend(document(link, folder, &below, entry)),
                    "file" => tracing::warn!(name = entry.name, "left out a file that Dropbox only exports"),
                    _ => {}
                }
            }
        }
        if documents.is_empty() {
            let text = format!(
                "The shared folder {} gives no table: {}. Check URI.",
                shown_as(folder),
                walk.nothing()
            );
            return Err(Error::new(Kind::TableNotFound, text));
        }
        Ok(documents)
    }

    async fn entries(&self, link: &Url, folder: &str, path: &str) -> Result<Vec<Entry>> {
        #[derive(Serialize)]
        struct SharedLink<'a> {
            url: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            password: Option<&'a str>,
        }
        let shared_link = SharedLink {
            url: link.as_str(),
            password: self.password.as_ref().map(|password| password.expose().as_str()),
        };
        listed(&self.api, &json!({ "path": path, "shared_link": shared_link }))
            .await
            .map_err(|failure| failure.into_error(&shown_as(&format!("{folder}{path}"))))
    }
}

#[async_trait]
impl Source for SharedLinks {
    fn table_name(&self) -> String {
        self.table_name.clone()
    }

    async fn list(&self) -> Result<Vec<Document>> {
        let mut documents = Vec::new();
        for link in &self.links {
            documents.extend(self.list_link(link).await?);
        }
        Ok(in_order(documents))
    }

    async fn open(&self, document: &Document) -> Result<ByteStream> {
        let (link, path) = document.location.split_once(' ').unwrap_or((&document.location, ""));
        download::open(&self.api, document, Content::Shared(self.shared(link, path))).await
    }
}

/// A link, and behind a space, which no URL holds, the path in the folder that it leads to.
fn location(link: &Url, path: &str) -> String {
    format!("{link} {path}").trim_end().to_owned()
}

/// A file in a shared folder. Its paths in Dropbox are those of the owner, who may be another.
fn document(link: &Url, folder: &str, path: &str, entry: Entry) -> Option<Document> {
    Some(Document {
        name: shown_as(&format!("{folder}{path}")),
        location: location(link, path),
        size: entry.size,
        revision: entry.rev?,
        modified: modified(entry.server_modified.as_deref()),
    })
}

fn modified(text: Option<&str>) -> Option<DateTime<chrono::Utc>> {
    Some(DateTime::parse_from_rfc3339(text?).ok()?.to_utc())
}

#[cfg(test)]
mod tests;
