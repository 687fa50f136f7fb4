//! What a second connection asks of Dropbox, and what it does not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::Path;

use axum::body::Body;
use axum::http::Response;
use futures::TryStreamExt;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::*;
use crate::error::Kind;
use crate::source::cache::CacheOptions;
use crate::source::http::{HttpOptions, client};
use crate::source::testing::{Call, Calls, Numbered, answer, serve};
use crate::source::uri::Uri;

/// A Dropbox with one folder, which tests change.
#[derive(Default)]
struct World {
    /// Content by path; its length and first byte are its revision.
    files: BTreeMap<String, Vec<u8>>,
    /// What each cursor was handed out for.
    cursors: Vec<BTreeMap<String, Vec<u8>>>,
    /// Whether cursors are refused, and how.
    refusal: Option<(u16, &'static str)>,
}

type Shared = Arc<Mutex<World>>;

impl World {
    fn of(files: &[(&str, &str)]) -> Shared {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Arc::new(Mutex::new(Self {
            files: files.collect(),
            ..Self::default()
        }))
    }

    fn revision(path: &str, content: &[u8]) -> String {
        format!("{}-{}-{:?}", path.replace('/', "_"), content.len(), content.first())
    }

    fn page(&mut self, before: &BTreeMap<String, Vec<u8>>) -> Response<Body> {
        let gone = before.keys().filter(|path| !self.files.contains_key(*path));
        let gone = gone.map(|path| json!({".tag": "deleted", "path_lower": path, "path_display": path}));
        let new = self
            .files
            .iter()
            .filter(|(path, content)| before.get(*path) != Some(content));
        let new = new.map(|(path, content)| {
            json!({
                ".tag": "file", "path_lower": path, "path_display": path, "size": content.len(),
                "rev": Self::revision(path, content), "server_modified": "2026-01-01T00:00:00Z",
            })
        });
        let entries: Vec<Value> = gone.chain(new).collect();
        self.cursors.push(self.files.clone());
        let cursor = format!("cursor-{}", self.cursors.len() - 1);
        answer(
            200,
            "application/json",
            json!({ "entries": entries, "cursor": cursor, "has_more": false }).to_string(),
        )
    }

    fn answer(&mut self, call: &Call) -> Response<Body> {
        match call.uri.path() {
            "/2/files/list_folder" => self.page(&BTreeMap::new()),
            "/2/files/list_folder/continue" => {
                if let Some((status, tag)) = self.refusal {
                    let error = json!({ "error": { ".tag": tag, tag: { ".tag": "not_found" } } });
                    return answer(status, "application/json", error.to_string());
                }
                let cursor: Value = serde_json::from_str(&call.body).unwrap();
                let number: usize = {
                    let cursor = cursor["cursor"].as_str().unwrap();
                    cursor.strip_prefix("cursor-").unwrap().parse().unwrap()
                };
                let before = self.cursors[number].clone();
                self.page(&before)
            }
            "/2/files/get_metadata" => {
                let asked: Value = serde_json::from_str(&call.body).unwrap();
                let path = asked["path"].as_str().unwrap();
                let content = &self.files[path];
                let revision = Self::revision(path, content);
                let entry = json!({
                    ".tag": "file", "path_lower": path, "path_display": path, "size": content.len(), "rev": revision,
                });
                answer(200, "application/json", entry.to_string())
            }
            _ => {
                let asked: Value = serde_json::from_str(call.header("dropbox-api-arg").unwrap()).unwrap();
                let revision = asked["path"].as_str().unwrap().strip_prefix("rev:").unwrap();
                let mut files = self.files.iter();
                let (_, content) = files
                    .find(|(path, content)| Self::revision(path, content) == revision)
                    .unwrap();
                let range = call.header("range").map(|range| {
                    let (first, last) = range.trim_start_matches("bytes=").split_once('-').unwrap();
                    let end = last.parse::<usize>().map_or(content.len(), |last| last + 1);
                    (first.parse::<usize>().unwrap(), end)
                });
                match range {
                    None => answer(200, "application/octet-stream", content.clone()),
                    Some((first, end)) => {
                        let part = content[first..end].to_vec();
                        let mut answer = answer(206, "application/octet-stream", part);
                        let told = format!("bytes {first}-{}/{}", end - 1, content.len());
                        answer.headers_mut().insert("content-range", told.parse().unwrap());
                        answer
                    }
                }
            }
        }
    }
}

/// A server, and the connections to it.
struct Server {
    port: u16,
    calls: Calls,
    account: String,
}

impl Server {
    fn over(world: &Shared) -> Self {
        let world = world.clone();
        let (port, calls) = serve(None, move |_, call| world.lock().answer(call));
        Self {
            port,
            calls,
            account: format!("the account at {port}"),
        }
    }

    fn connect(&self, uri: &str, options: CacheOptions) -> Dropbox {
        self.connect_as(&self.account, uri, options)
    }

    fn connect_as(&self, account: &str, uri: &str, options: CacheOptions) -> Dropbox {
        let uri = Uri::parse(uri, ",").unwrap();
        let table_name = uri.table_name();
        let endpoints = Endpoints {
            api: format!("http://127.0.0.1:{}", self.port),
            content: format!("http://127.0.0.1:{}", self.port),
            root: Root::Home,
        };
        let http = client(&HttpOptions::default()).unwrap();
        let choice = Choice::new(false, None, "json", "");
        let tokens = Numbered::of(account);
        let patience = Policy::default();
        Dropbox::with_tokens(uri.selections, choice, table_name, endpoints, http, tokens, patience)
            .with_cache(Cache::new(options))
    }

    /// The calls since this was asked last, by their last word.
    fn asked(&self) -> Vec<String> {
        let calls = std::mem::take(&mut *self.calls.lock());
        let word = |call: &Call| call.uri.path().rsplit('/').next().unwrap().to_owned();
        calls.iter().map(word).collect()
    }
}

fn in_memory() -> CacheOptions {
    CacheOptions {
        memory: 64 << 20,
        ..CacheOptions::default()
    }
}

/// As another process has it: nothing is in memory.
fn on_disk(folder: &Path) -> CacheOptions {
    CacheOptions {
        location: Some(folder.to_owned()),
        size: 64 << 20,
        ..CacheOptions::default()
    }
}

async fn read_all(dropbox: &Dropbox) -> Result<Vec<(String, Vec<u8>)>> {
    let mut contents = Vec::new();
    for document in dropbox.list().await?.documents {
        let chunks: Vec<_> = dropbox.open(&document).await?.into_stream().try_collect().await?;
        contents.push((document.location, chunks.concat()));
    }
    Ok(contents)
}

fn texts(contents: Vec<(String, Vec<u8>)>) -> Vec<String> {
    let text = |(path, content): (String, Vec<u8>)| format!("{path}: {}", String::from_utf8(content).unwrap());
    contents.into_iter().map(text).collect()
}

#[tokio::test]
async fn a_second_connection_asks_what_has_changed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    for options in [in_memory(), on_disk(folder.path())] {
        let world = World::of(&[("/d/a.json", "[1]"), ("/d/b.json", "[2]"), ("/d/c.json", "[3]")]);
        let server = Server::over(&world);
        let uri = "dropbox://d/";
        let first = texts(read_all(&server.connect(uri, options.clone())).await.unwrap());
        assert_eq!(first, ["/d/a.json: [1]", "/d/b.json: [2]", "/d/c.json: [3]"]);
        assert_eq!(server.asked(), ["list_folder", "download", "download", "download"]);

        let again = server.connect(uri, options.clone());
        assert_eq!(texts(read_all(&again).await.unwrap()), first);
        assert_eq!(server.asked(), ["continue"]);

        // One has changed, one is gone, one has come.
        world.lock().files.insert("/d/b.json".to_owned(), b"[20]".to_vec());
        world.lock().files.insert("/d/d.json".to_owned(), b"[4]".to_vec());
        world.lock().files.remove("/d/c.json");
        let now = ["/d/a.json: [1]", "/d/b.json: [20]", "/d/d.json: [4]"];
        assert_eq!(
            texts(read_all(&server.connect(uri, options.clone())).await.unwrap()),
            now
        );
        assert_eq!(server.asked(), ["continue", "download", "download"]);
        assert_eq!(texts(read_all(&again).await.unwrap()), now);
        assert_eq!(server.asked(), ["continue"]);

        // A cursor that is of no more use costs a listing, and no download.
        for refusal in [(409, "reset"), (409, "path"), (400, "other")] {
            world.lock().refusal = Some(refusal);
            assert_eq!(
                texts(read_all(&server.connect(uri, options.clone())).await.unwrap()),
                now
            );
            assert_eq!(server.asked(), ["continue", "list_folder"], "{refusal:?}");
        }
        world.lock().refusal = None;
        assert_eq!(
            texts(read_all(&server.connect(uri, options.clone())).await.unwrap()),
            now
        );
        assert_eq!(server.asked(), ["continue"]);
    }
}

#[tokio::test]
async fn a_deleted_folder_is_gone_with_everything_in_it() {
    let world = World::of(&[
        ("/d/in/a.json", "[1]"),
        ("/d/in-between.json", "[2]"),
        ("/d/z.json", "[3]"),
    ]);
    let server = Server::over(&world);
    let uri = "dropbox://d/**/*.json";
    assert_eq!(read_all(&server.connect(uri, in_memory())).await.unwrap().len(), 3);
    // Dropbox tells of the folder alone: as if a file had been there.
    world.lock().cursors[0].remove("/d/in/a.json");
    world.lock().cursors[0].insert("/d/in".to_owned(), Vec::new());
    world.lock().files.remove("/d/in/a.json");
    let now = texts(read_all(&server.connect(uri, in_memory())).await.unwrap());
    assert_eq!(now, ["/d/in-between.json: [2]", "/d/z.json: [3]"]);
}

#[tokio::test]
async fn a_large_document_is_kept_in_frames() {
    let content: Vec<u8> = (0..3_500_000_usize).map(|at| at.to_le_bytes()[at % 3]).collect();
    let world = World::of(&[]);
    world.lock().files.insert("/d/large.json".to_owned(), content.clone());
    let server = Server::over(&world);
    let folder = tempfile::tempdir().unwrap();
    for options in [in_memory(), on_disk(folder.path())] {
        let dropbox = server.connect("dropbox://d/", options.clone());
        let document = dropbox.list().await.unwrap().documents.remove(0);
        // As far as two frames and a little more.
        let mut stream = dropbox.open(&document).await.unwrap().into_stream();
        let mut length = 0;
        while length < 2_200_000 {
            length += stream.try_next().await.unwrap().unwrap().len();
        }
        drop(stream);
        server.asked();
        let mut stream = dropbox.open(&document).await.unwrap().into_stream();
        let mut begun = Vec::new();
        while begun.len() < 2 << 20 {
            begun.extend(stream.try_next().await.unwrap().unwrap());
        }
        assert!(server.asked().is_empty());
        let rest: Vec<_> = stream.try_collect().await.unwrap();
        begun.extend(rest.concat());
        assert!(begun == content);
        assert!(!server.asked().is_empty());
        let again = read_all(&server.connect("dropbox://d/", options)).await.unwrap();
        assert!(again[0].1 == content);
        assert_eq!(server.asked(), ["continue"]);
    }
}

#[tokio::test]
async fn several_who_want_a_document_at_once_download_it_once() {
    let world = World::of(&[("/d/a.json", "[1]")]);
    let server = Server::over(&world);
    let dropbox = server.connect("dropbox://d/", in_memory());
    let document = dropbox.list().await.unwrap().documents.remove(0);
    let opened = futures::future::join_all((0..8).map(|_| dropbox.open(&document))).await;
    assert!(opened.into_iter().all(|stream| stream.is_ok()));
    assert_eq!(server.asked(), ["list_folder", "download"]);
}

#[tokio::test]
async fn an_account_never_sees_what_is_kept_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(&[("/d/a.json", "[1]")]);
    let server = Server::over(&world);
    for options in [in_memory(), on_disk(folder.path())] {
        for account in ["ada", "haruka"] {
            let account = format!("{account} at {}", server.port);
            read_all(&server.connect_as(&account, "dropbox://d/", options.clone()))
                .await
                .unwrap();
            assert_eq!(server.asked(), ["list_folder", "download"], "{account}");
        }
        let offline = CacheOptions {
            offline: true,
            ..options
        };
        let nobody = server.connect_as(&format!("nobody at {}", server.port), "dropbox://d/", offline);
        assert!(nobody.list().await.is_err());
        assert!(server.asked().is_empty());
    }
}

#[tokio::test]
async fn offline_answers_from_what_is_kept_and_names_what_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(&[("/d/a.json", "[1]"), ("/d/b.json", "[2]"), ("/d/large.json", "")]);
    world
        .lock()
        .files
        .insert("/d/large.json".to_owned(), vec![b' '; 3 << 20]);
    let server = Server::over(&world);
    let online = || on_disk(folder.path());
    let offline = || CacheOptions {
        offline: true,
        ..online()
    };
    for uri in ["dropbox://d/", "dropbox://d/a.json"] {
        let error = server.connect(uri, offline()).list().await.unwrap_err();
        assert_eq!(error.kind(), Kind::DataSource);
        let named = uri.trim_end_matches('/').replace("dropbox://", "dropbox:///");
        assert!(
            error.message().contains(&named) && error.message().contains("Offline=false"),
            "{error}"
        );
    }
    let all = read_all(&server.connect("dropbox://d/", online())).await.unwrap();
    read_all(&server.connect("dropbox://d/a.json", online())).await.unwrap();
    server.asked();
    assert!(read_all(&server.connect("dropbox://d/", offline())).await.unwrap() == all);
    let one = texts(
        read_all(&server.connect("dropbox://d/a.json", offline()))
            .await
            .unwrap(),
    );
    assert_eq!(one, ["/d/a.json: [1]"]);

    // What is listed, but was never read.
    world.lock().files.insert("/d/b.json".to_owned(), b"[20]".to_vec());
    world
        .lock()
        .files
        .insert("/d/large.json".to_owned(), vec![b'\n'; 3 << 20]);
    server.connect("dropbox://d/", online()).list().await.unwrap();
    server.asked();
    let dropbox = server.connect("dropbox://d/", offline());
    let documents = dropbox.list().await.unwrap().documents;
    assert!(dropbox.open(&documents[0]).await.is_ok());
    for document in &documents[1..] {
        let error = dropbox.open(document).await.err().unwrap();
        assert!(error.message().contains(&document.name), "{error}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn what_was_found_out_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::over(&World::of(&[]));
    let dropbox = server.connect("dropbox://d/", on_disk(folder.path()));
    assert_eq!(dropbox.recall("columns").await, None);
    dropbox.remember("columns", Bytes::from_static(b"a, b")).await;
    let again = server.connect("dropbox://d/", on_disk(folder.path()));
    assert_eq!(again.recall("columns").await.unwrap(), "a, b");
    assert_eq!(again.recall("others").await, None);
    let other = server.connect_as("other", "dropbox://d/", on_disk(folder.path()));
    assert_eq!(other.recall("columns").await, None);
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn scans_that_share_a_spool_read_each_document_once_however_little_is_kept() {
    let world = World::of(&[("/d/a.json", "[1]"), ("/d/b.json", "[2]")]);
    world
        .lock()
        .files
        .insert("/d/large.json".to_owned(), vec![b' '; 3 << 20]);
    let server = Server::over(&world);
    let dropbox = server.connect("dropbox://d/", CacheOptions::default());
    let one = dropbox.spool();
    let other = dropbox.spool();
    let first = read_all(&dropbox).await.unwrap();
    assert!(server.asked().len() > 3);
    drop(one);
    assert!(read_all(&dropbox).await.unwrap() == first);
    // Nothing is kept, the listing neither: it is of no scan.
    assert_eq!(server.asked(), ["list_folder"]);
    drop(other);
    assert!(read_all(&dropbox).await.unwrap() == first);
    assert!(server.asked().len() > 3);
}
