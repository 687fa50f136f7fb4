//! Shared links against a small server that misbehaves on demand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use futures::TryStreamExt;

use super::*;
use crate::source::dropbox::Root;
use crate::source::http::{HttpOptions, client};
use crate::source::testing::{Call, Calls, Numbered, answer, serve};

const FILE: &str = "https://www.dropbox.com/scl/fi/s3cret/p.json?rlkey=s3cret&dl=0";
const FOLDER: &str = "https://www.dropbox.com/scl/fo/s3cret/s3cret?rlkey=s3cret&dl=0";
const CONTENT: &[u8] = b"{\"name\":\"Ada\"}\n";

fn shared(
    links: &[&str],
    subfolders: bool,
    answer: impl FnMut(usize, &Call) -> Response<Body> + Send + 'static,
) -> (SharedLinks, Calls) {
    let (port, calls) = serve(None, answer);
    let endpoints = Endpoints {
        api: format!("http://127.0.0.1:{port}"),
        content: format!("http://127.0.0.1:{port}/content/"),
        root: Root::Home,
    };
    let patience = Policy {
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(4),
        ..Policy::default()
    };
    let http = client(&HttpOptions::default()).unwrap();
    let api = Api::new(endpoints, http, Numbered::start(), patience);
    let links = links.iter().map(|link| Url::parse(link).unwrap()).collect();
    let choice = Choice::new(subfolders, None, "json", "");
    let password = Some(Secret::from("pass s3cret"));
    (SharedLinks::by(api, links, password, choice, "t".to_owned()), calls)
}

fn file(name: &str, rev: &str) -> Value {
    json!({ ".tag": "file", "name": name, "rev": rev, "size": CONTENT.len(), "server_modified": "2026-01-02T03:04:05Z" })
}

fn folder(name: &str) -> Value {
    json!({ ".tag": "folder", "name": name })
}

fn told(value: &Value) -> Response<Body> {
    answer(200, "application/json", value.to_string())
}

fn handed_out(rev: &str, body: Body) -> Response<Body> {
    let mut answer = answer(200, "application/octet-stream", body);
    let result = file("p.json", rev).to_string().parse().unwrap();
    answer.headers_mut().insert("dropbox-api-result", result);
    answer
}

async fn read(links: &SharedLinks, document: &Document) -> Result<Vec<u8>> {
    let chunks: Vec<_> = links.open(document).await?.into_stream().try_collect().await?;
    Ok(chunks.concat())
}

#[tokio::test]
async fn a_link_to_a_file_is_a_document_without_its_secrets() {
    let (links, calls) = shared(&[FILE], false, |number, _| match number {
        0 => told(&file("people.json", "rev1")),
        _ => handed_out("rev1", CONTENT.into()),
    });
    let documents = links.list().await.unwrap().documents;
    let [document] = documents.as_slice() else {
        unreachable!()
    };
    assert_eq!(document.name, "https://www.dropbox.com/…/people.json");
    assert_eq!((document.size, document.revision.as_str()), (15, "rev1"));
    assert_eq!(document.modified.unwrap().timestamp(), 1_767_323_045);
    assert_eq!(read(&links, document).await.unwrap(), CONTENT);
    let calls = calls.lock();
    let argument = json!({ "url": FILE, "link_password": "pass s3cret" });
    assert_eq!(calls[0].uri.path(), "/2/sharing/get_shared_link_metadata");
    assert_eq!(serde_json::from_str::<Value>(&calls[0].body).unwrap(), argument);
    assert_eq!(calls[1].uri.path(), "/content/2/sharing/get_shared_link_file");
    let header = calls[1].header("dropbox-api-arg").unwrap();
    assert_eq!(serde_json::from_str::<Value>(header).unwrap(), argument);
    assert_eq!(calls[1].header("authorization"), Some("Bearer token-1"));
}

#[tokio::test]
async fn a_shared_folder_is_read_folder_by_folder() {
    for (subfolders, expected) in [
        (false, &["orders/a.json"][..]),
        (true, &["orders/2026/b.json", "orders/2026/c.json", "orders/a.json"]),
    ] {
        let (links, calls) = shared(&[FOLDER], subfolders, |_, call| {
            let argument: Value = serde_json::from_str(&call.body).unwrap();
            let entries = match (call.uri.path(), argument["path"].as_str(), argument["cursor"].as_str()) {
                ("/2/sharing/get_shared_link_metadata", ..) => return told(&folder("orders")),
                (_, Some(""), _) => vec![file("a.json", "r1"), file("notes.txt", "r2"), folder("2026")],
                (_, Some("/2026"), _) => {
                    let entries = [file("b.json", "r3")];
                    return told(&json!({ "entries": entries, "cursor": "more", "has_more": true }));
                }
                (_, _, Some("more")) => vec![file("c.json", "r4")],
                _ => unreachable!("{call:?}"),
            };
            told(&json!({ "entries": entries, "cursor": "end", "has_more": false }))
        });
        let documents = links.list().await.unwrap().documents;
        let names: Vec<_> = documents.iter().map(|document| document.name.as_str()).collect();
        let shown: Vec<_> = expected.iter().map(|name| shown_as(name)).collect();
        assert_eq!(names.len(), shown.len());
        assert!(shown.iter().all(|name| names.contains(&name.as_str())), "{names:?}");
        let calls = calls.lock();
        let listing: Value = serde_json::from_str(&calls[1].body).unwrap();
        let link = json!({ "url": FOLDER, "password": "pass s3cret" });
        assert_eq!(listing, json!({ "path": "", "shared_link": link }));
    }
}

#[tokio::test]
async fn a_file_in_a_shared_folder_is_asked_for_by_its_path() {
    let (links, calls) = shared(&[FOLDER], false, |_, _| handed_out("r1", CONTENT.into()));
    let document = Document {
        name: "n".to_owned(),
        location: location(&Url::parse(FOLDER).unwrap(), "/2026/my é.json"),
        size: 15,
        revision: "r1".to_owned(),
        modified: None,
    };
    assert_eq!(read(&links, &document).await.unwrap(), CONTENT);
    let header = calls.lock()[0].header("dropbox-api-arg").unwrap().to_owned();
    let argument: Value = serde_json::from_str(&header).unwrap();
    assert_eq!(
        (argument["url"].as_str(), argument["path"].as_str()),
        (Some(FOLDER), Some("/2026/my é.json"))
    );
    assert!(header.is_ascii());
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off_but_never_with_another_revision() {
    for second in ["r1", "r2"] {
        let (links, calls) = shared(&[FILE], false, move |number, _| match number {
            // Ended too early.
            0 => handed_out("r1", CONTENT[..5].into()),
            _ => handed_out(second, CONTENT.into()),
        });
        let document = Document {
            name: "the file".to_owned(),
            location: FILE.to_owned(),
            size: 15,
            revision: "r1".to_owned(),
            modified: None,
        };
        match read(&links, &document).await {
            Ok(bytes) => assert_eq!((bytes.as_slice(), second), (CONTENT, "r1")),
            Err(error) => {
                assert_eq!(second, "r2");
                assert!(
                    error.message().starts_with("the file has changed since it was listed"),
                    "{error}"
                );
            }
        }
        assert_eq!(calls.lock().len(), 2);
    }
}

#[tokio::test]
async fn refusals_say_what_to_do_and_hide_the_link() {
    for (tag, kind, says) in [
        ("shared_link_not_found", Kind::TableNotFound, "has expired"),
        ("shared_link_access_denied", Kind::SignIn, "SharedLinkPassword"),
        ("unsupported_link_type", Kind::Unsupported, "of a kind"),
        (
            "unsupported_parameter_field",
            Kind::Property,
            "takes no SharedLinkPassword",
        ),
    ] {
        let (links, _) = shared(&[FILE], false, move |_, _| {
            let error = json!({ "error_summary": tag, "error": { ".tag": tag } });
            answer(409, "application/json", error.to_string())
        });
        let error = links.list().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(
            error.message().starts_with("https://www.dropbox.com/…/p.json "),
            "{error}"
        );
        assert!(
            error.message().contains(says) && !error.message().contains("s3cret"),
            "{error}"
        );
    }
    let (links, _) = shared(&[FOLDER], false, |number, _| match number {
        0 => told(&folder("orders")),
        _ => told(&json!({ "entries": [file("a.txt", "r")], "cursor": "c", "has_more": false })),
    });
    let error = links.list().await.unwrap_err();
    assert!(
        error
            .message()
            .contains("…/orders gives no table: it holds no .json file"),
        "{error}"
    );
    assert!(!format!("{links:?}").contains("pass s3cret"));
}

#[tokio::test]
async fn a_listing_whose_cursor_is_reset_starts_anew() {
    let (links, calls) = shared(&[FOLDER], false, |number, call| match (number, call.uri.path()) {
        (0, _) => told(&folder("orders")),
        (1, _) => told(&json!({ "entries": [file("old.json", "r")], "cursor": "c", "has_more": true })),
        (2, _) => {
            let error = json!({ "error_summary": "reset/", "error": { ".tag": "reset" } });
            answer(409, "application/json", error.to_string())
        }
        _ => told(&json!({ "entries": [file("new.json", "r")], "cursor": "c", "has_more": false })),
    });
    let documents = links.list().await.unwrap().documents;
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0].name, "https://www.dropbox.com/…/orders/new.json");
    assert_eq!(calls.lock().len(), 4);
}
