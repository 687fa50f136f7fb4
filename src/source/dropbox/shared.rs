//! Documents behind shared links of Dropbox, read through its API.

mod download;

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::error::{Error, Kind, Result};
use crate::oauth::Manager;
use crate::secret::Secret;
use crate::source::choice::{Case, Choice};
use crate::source::http::retry::Policy;
use crate::source::{Content, Document, Listing, Source};

use super::Endpoints;
use super::api::{Api, Failure};
use super::folder::RESTARTS;
use super::link::{shown, shown_as};
use super::list::{Files, moment};

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

/// What Dropbox tells of a link, of what is in the folder that it leads to, or of the file that it hands out.
///
/// It has no path: that is the owner's affair.
#[derive(Debug, Deserialize)]
struct Metadata {
    #[serde(rename = ".tag", default)]
    tag: String,
    name: String,
    /// Files only, as what follows.
    rev: Option<String>,
    #[serde(default)]
    size: u64,
    /// In RFC 3339.
    server_modified: Option<String>,
    is_downloadable: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Page {
    entries: Vec<Metadata>,
    cursor: String,
    has_more: bool,
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

    async fn list_link(&self, link: &Url, files: &mut Files) -> Result<()> {
        let metadata: Metadata = self
            .api
            .call("sharing/get_shared_link_metadata", &self.shared(link.as_str(), ""))
            .await
            .map_err(|failure| failure.into_error(&shown(link)))?;
        if metadata.tag == "folder" {
            return self.list_folder(link, &metadata.name, files).await;
        }
        let name = metadata.name.clone();
        let document = document(link, "", &name, metadata).ok_or_else(|| {
            let text = format!("{} leads neither to a file nor to a folder. Check URI.", shown(link));
            Error::new(Kind::Unsupported, text)
        });
        files.documents.push(document?);
        Ok(())
    }

    /// The documents in a shared folder, folder by folder: links are not listed recursively.
    async fn list_folder(&self, link: &Url, folder: &str, files: &mut Files) -> Result<()> {
        let walk = self.choice.walk(None, Case::Ignored);
        let before = files.documents.len();
        let mut folders = vec![(String::new(), walk.start())];
        while let Some((path, inside)) = folders.pop() {
            for entry in self.entries(link, folder, &path).await? {
                let below = format!("{path}/{}", entry.name);
                match entry.tag.as_str() {
                    "folder" => folders.extend(walk.enter(&inside, &entry.name).map(|inside| (below, inside))),
                    "file" if !walk.takes(&inside, &entry.name) => {}
                    "file" if entry.is_downloadable == Some(false) => {
                        files.export_only.insert(shown_as(&format!("{folder}{below}")));
                    }
                    "file" => files
                        .documents
                        .extend(document(link, &below, &format!("{folder}{below}"), entry)),
                    _ => {}
                }
            }
        }
        if files.documents.len() == before {
            let text = format!(
                "The shared folder {} gives no table: {}. Check URI.",
                shown_as(folder),
                walk.nothing()
            );
            return Err(Error::new(Kind::TableNotFound, text));
        }
        Ok(())
    }

    /// Everything at a path in a shared folder.
    async fn entries(&self, link: &Url, folder: &str, path: &str) -> Result<Vec<Metadata>> {
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
        let start = json!({ "path": path, "shared_link": shared_link });
        let mut restarts = 0;
        loop {
            match self.pages(&start).await {
                Ok(entries) => return Ok(entries),
                Err(Failure::Refused(refusal)) if refusal.tag() == "reset" && restarts < RESTARTS => restarts += 1,
                Err(failure) => return Err(failure.into_error(&shown_as(&format!("{folder}{path}")))),
            }
        }
    }

    async fn pages(&self, start: &Value) -> Result<Vec<Metadata>, Failure> {
        let mut page: Page = self.api.call("files/list_folder", start).await?;
        let mut entries = page.entries;
        while page.has_more {
            let rest = json!({ "cursor": page.cursor });
            page = self.api.call("files/list_folder/continue", &rest).await?;
            entries.append(&mut page.entries);
        }
        Ok(entries)
    }
}

#[async_trait]
impl Source for SharedLinks {
    fn table_name(&self) -> String {
        self.table_name.clone()
    }

    async fn list(&self) -> Result<Listing> {
        let mut files = Files::default();
        for link in &self.links {
            self.list_link(link, &mut files).await?;
        }
        Ok(files.into_listing())
    }

    async fn open(&self, document: &Document) -> Result<Content> {
        let (link, path) = document.location.split_once(' ').unwrap_or((&document.location, ""));
        let opened = download::open(&self.api, self.shared(link, path), document).await;
        opened.map(Content::Arriving)
    }
}

/// A link, and behind a space, which no URL holds, the path in the folder that it leads to.
fn location(link: &Url, path: &str) -> String {
    format!("{link} {path}").trim_end().to_owned()
}

/// The file at a path behind a link; none for what has no content of its own.
fn document(link: &Url, path: &str, name: &str, metadata: Metadata) -> Option<Document> {
    Some(Document {
        name: shown_as(name),
        location: location(link, path),
        size: metadata.size,
        revision: metadata.rev?,
        modified: moment(metadata.server_modified.as_deref()),
    })
}

#[cfg(test)]
mod tests;
