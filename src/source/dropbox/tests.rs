//! The Dropbox client against a small server that misbehaves on demand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Response;
use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Value, json};

use super::*;
use crate::error::{Error, Kind};
use crate::source::http::{HttpOptions, client};
use crate::source::testing::{Call, Calls, Numbered, answer, serve};
use crate::source::uri::Uri;

struct Fixture {
    dropbox: Dropbox,
    tokens: Arc<Numbered>,
    calls: Calls,
}

fn fixture(uri: &str, answer: impl FnMut(usize, &Call) -> Response<Body> + Send + 'static) -> Fixture {
    // Longer than any busy machine makes an answer wait.
    impatient(Duration::from_secs(30), uri, answer)
}

fn impatient(
    timeout: Duration,
    uri: &str,
    answer: impl FnMut(usize, &Call) -> Response<Body> + Send + 'static,
) -> Fixture {
    let (port, calls) = serve(None, answer);
    let uri = Uri::parse(uri, ",").unwrap();
    let table_name = uri.table_name();
    let endpoints = Endpoints {
        api: format!("http://127.0.0.1:{port}"),
        content: format!("http://127.0.0.1:{port}/content/"),
        root: Root::Home,
    };
    let options = HttpOptions {
        timeout: Some(timeout),
        ..HttpOptions::default()
    };
    let patience = Policy {
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(4),
        ..Policy::default()
    };
    let tokens = Numbered::start();
    let http = client(&options).unwrap();
    let choice = Choice::new(false, None, "json,ndjson,jsonl", "");
    let dropbox = Dropbox::with_tokens(
        uri.selections,
        choice,
        table_name,
        endpoints,
        http,
        tokens.clone(),
        patience,
    );
    Fixture { dropbox, tokens, calls }
}

fn json_answer(status: u16, body: &Value) -> Response<Body> {
    answer(status, "application/json", body.to_string())
}

fn refusal(status: u16, tag: &str) -> Response<Body> {
    let mut error = json!({});
    for tag in tag.rsplit('/') {
        error = json!({ ".tag": tag, tag: error });
    }
    json_answer(status, &json!({ "error_summary": format!("{tag}/.."), "error": error }))
}

fn file(path: &str) -> Value {
    let name = path.rsplit('/').next().unwrap();
    json!({
        ".tag": "file", "id": "id:x", "name": name, "path_lower": path.to_lowercase(), "path_display": path,
        "size": 7, "rev": format!("rev{}", name.len()), "client_modified": "2026-01-01T00:00:00Z",
    })
}

fn page(entries: &[Value], cursor: &str, has_more: bool) -> Response<Body> {
    json_answer(
        200,
        &json!({ "entries": entries, "cursor": cursor, "has_more": has_more }),
    )
}

fn names(documents: &[Document]) -> Vec<&str> {
    documents.iter().map(|document| document.name.as_str()).collect()
}

#[tokio::test]
async fn a_folder_is_listed_page_by_page() {
    let Fixture { dropbox, calls, .. } = fixture("dropbox://Data/", |number, _| match number {
        0 => page(
            &[
                file("/Data/b.json"),
                json!({".tag": "folder", "name": "x.json", "path_lower": "/data/x.json"}),
            ],
            "c1",
            true,
        ),
        1 => page(&[], "c2", true),
        _ => page(
            &[
                file("/Data/A.NDJSON"),
                file("/Data/notes.txt"),
                json!({".tag": "file", "name": "unmounted.json", "size": 1, "rev": "r"}),
                json!({".tag": "file", "name": "d.json", "path_lower": "/data/d.json", "is_downloadable": false}),
                file("/Data/B.json"),
            ],
            "c3",
            false,
        ),
    });
    let Listing { documents, warnings } = dropbox.list().await.unwrap();
    assert_eq!(
        warnings,
        ["1 file that Dropbox only exports was left out, as it cannot be downloaded: dropbox:///data/d.json"]
    );
    // The later entry of one path counts, whatever its case.
    assert_eq!(
        names(&documents),
        ["dropbox:///Data/A.NDJSON", "dropbox:///Data/B.json"]
    );
    assert_eq!(documents[1].location, "/data/b.json");
    assert_eq!((documents[0].size, documents[0].revision.as_str()), (7, "rev8"));
    let calls = calls.lock();
    let asked: Vec<_> = calls.iter().map(|call| (call.uri.path(), call.body.as_str())).collect();
    assert_eq!(
        asked,
        [
            (
                "/2/files/list_folder",
                r#"{"path":"/Data","recursive":false,"limit":2000}"#
            ),
            ("/2/files/list_folder/continue", r#"{"cursor":"c1"}"#),
            ("/2/files/list_folder/continue", r#"{"cursor":"c2"}"#),
        ]
    );
    assert!(
        calls
            .iter()
            .all(|call| call.header("content-type") == Some("application/json"))
    );
    assert!(
        calls
            .iter()
            .all(|call| call.header("authorization") == Some("Bearer token-1"))
    );
}

#[tokio::test]
async fn a_reset_cursor_starts_the_listing_anew() {
    let Fixture { dropbox, calls, .. } = fixture("dropbox://", |number, _| match number {
        0 => page(&[file("/gone.json")], "c1", true),
        1 => refusal(409, "reset"),
        _ => page(&[file("/new.json")], "c2", false),
    });
    assert_eq!(names(&dropbox.list().await.unwrap().documents), ["dropbox:///new.json"]);
    assert_eq!(calls.lock()[2].body, r#"{"path":"","recursive":false,"limit":2000}"#);

    let Fixture { dropbox, .. } = fixture("dropbox://", |_, call| match call.uri.path() {
        "/2/files/list_folder" => page(&[], "c", true),
        _ => refusal(409, "reset"),
    });
    assert_eq!(dropbox.list().await.unwrap_err().kind(), Kind::DataSource);
}

#[tokio::test]
async fn a_mask_matches_names_of_any_case() {
    let entries = [
        file("/Éa-1.JSON"),
        file("/éa-22.json"),
        file("/a.json"),
        file("/éa-3.txt"),
    ];
    let Fixture { dropbox, .. } = fixture("dropbox://éA-?.*", move |_, _| page(&entries, "c", false));
    let documents = dropbox.list().await.unwrap().documents;
    assert_eq!(names(&documents), ["dropbox:///Éa-1.JSON", "dropbox:///éa-3.txt"]);

    let Fixture { dropbox, .. } = fixture("dropbox://x/*.csv", |_, _| page(&[file("/x/a.json")], "c", false));
    let error = dropbox.list().await.unwrap_err();
    assert_eq!(error.kind(), Kind::TableNotFound);
    assert_eq!(
        error.message(),
        "The folder dropbox:///x gives no table: no file in it matches `*.csv`. Check URI."
    );
}

#[tokio::test]
async fn what_dropbox_only_exports_is_counted_and_named() {
    let export_only = |path: &str| {
        let mut entry = file(path);
        entry["is_downloadable"] = false.into();
        entry
    };
    let sheets: Vec<_> = (1..=7)
        .map(|number| export_only(&format!("/Sheets/{number}.gsheet")))
        .collect();
    let entries = [
        sheets.as_slice(),
        &[file("/Sheets/a.json"), export_only("/Sheets/b.paper")],
    ]
    .concat();
    let Fixture { dropbox, .. } = fixture("dropbox://Sheets/*.*s*,dropbox://Sheets/*.gsheet", {
        let entries = entries.clone();
        move |_, _| page(&entries, "c", false)
    });
    let error = dropbox.list().await.unwrap_err();
    assert!(error.message().contains("no file in it matches `*.gsheet`"), "{error}");

    let Fixture { dropbox, .. } = fixture("dropbox://Sheets/*.*s*,dropbox://Sheets/*", move |_, _| {
        page(&entries, "c", false)
    });
    let listing = dropbox.list().await.unwrap();
    assert_eq!(names(&listing.documents), ["dropbox:///Sheets/a.json"]);
    assert_eq!(
        listing.warnings,
        [
            "8 files that Dropbox only exports were left out, as they cannot be downloaded: \
          dropbox:///Sheets/1.gsheet, dropbox:///Sheets/2.gsheet, dropbox:///Sheets/3.gsheet, \
          dropbox:///Sheets/4.gsheet, dropbox:///Sheets/5.gsheet and 3 more"
        ]
    );
}

#[tokio::test]
async fn folders_in_a_folder_are_listed_with_it_when_they_are_wanted() {
    let entries = [
        file("/Orders/2026-01/B.json"),
        json!({".tag": "folder", "name": "2026-02", "path_lower": "/orders/2026-02"}),
        file("/Orders/2026-02/a.ndjson.gz"),
        file("/Orders/2026-02/old/c.json"),
        file("/Orders/2025-12/d.json"),
        file("/Orders/e.json"),
    ];
    let listed = |uri: &'static str, choice: Option<Choice>| {
        let entries = entries.clone();
        async move {
            let Fixture { mut dropbox, calls, .. } = fixture(uri, move |_, _| page(&entries, "c", false));
            if let Some(choice) = choice {
                dropbox.choice = choice;
            }
            let documents = dropbox.list().await.unwrap().documents;
            let below = |document: Document| document.location.trim_start_matches("/orders/").to_owned();
            let asked = calls.lock()[0].body.clone();
            (
                asked.contains("\"recursive\":true"),
                documents.into_iter().map(below).collect::<Vec<_>>(),
            )
        }
    };
    let all = [
        "2025-12/d.json",
        "2026-01/b.json",
        "2026-02/a.ndjson.gz",
        "2026-02/old/c.json",
        "e.json",
    ];
    let deep = Choice::new(true, None, "json,ndjson", "");
    assert_eq!(
        listed("dropbox://orders/", Some(deep)).await,
        (true, all.map(str::to_owned).to_vec())
    );
    let shallow = Choice::new(true, Some(1), "json", "B.*");
    let (deep, found) = listed("dropbox://orders/", Some(shallow)).await;
    assert_eq!(
        (deep, found),
        (true, vec!["2025-12/d.json".to_owned(), "e.json".to_owned()])
    );
    let masked = listed("dropbox://orders/2026-*/*.JSON", None).await;
    assert_eq!(masked, (true, vec!["2026-01/b.json".to_owned()]));
    let any_depth = listed("dropbox://orders/2026-*/**/*.json", None).await;
    assert_eq!(
        any_depth,
        (true, vec!["2026-01/b.json".to_owned(), "2026-02/old/c.json".to_owned()])
    );
}

#[tokio::test]
async fn every_call_says_where_paths_start() {
    for (text, expected) in [
        ("", None),
        ("HOME", None),
        ("1234", Some(r#"{".tag":"namespace_id","namespace_id":"1234"}"#)),
        ("Root", Some(r#"{".tag":"root","root":"77"}"#)),
    ] {
        let Fixture { mut dropbox, calls, .. } = fixture("dropbox://people.json", |_, call| match call.uri.path() {
            "/2/users/get_current_account" => {
                json_answer(200, &json!({"root_info": {".tag": "team", "root_namespace_id": "77"}}))
            }
            "/2/files/get_metadata" => json_answer(200, &file("/people.json")),
            _ => part(call, SIZE, stream::empty()),
        });
        dropbox.api.root = Root::parse(text);
        dropbox.list().await.unwrap();
        dropbox.list().await.unwrap();
        assert_eq!(read(&dropbox, &people()).await.unwrap(), content());
        let calls = calls.lock();
        // The account is asked once, and from nowhere.
        let (about_files, about_account): (Vec<_>, Vec<_>) =
            calls.iter().partition(|call| call.uri.path().contains("files"));
        assert_eq!(about_account.len(), usize::from(text == "Root"));
        assert!(
            about_account
                .iter()
                .all(|call| call.header("dropbox-api-path-root").is_none())
        );
        assert_eq!(about_files.len(), 3);
        assert!(
            about_files
                .iter()
                .all(|call| call.header("dropbox-api-path-root") == expected),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_list_is_read_member_by_member_and_a_missing_one_is_named() {
    let answer = |_: usize, call: &Call| match call.body.as_str() {
        body if body.contains("none") => refusal(409, "path/not_found"),
        body if body.contains("/b.json") => json_answer(200, &file("/b.json")),
        _ => page(&[file("/a/z.json"), file("/a/c.json")], "c", false),
    };
    let Fixture { dropbox, .. } = fixture("dropbox://b.json,dropbox://a/,dropbox://b.json", answer);
    let documents = dropbox.list().await.unwrap().documents;
    assert_eq!(
        names(&documents),
        ["dropbox:///a/c.json", "dropbox:///a/z.json", "dropbox:///b.json"]
    );
    assert_eq!(dropbox.table_name(), "b");
    let Fixture { dropbox, .. } = fixture("dropbox://b.json,dropbox://none.json", answer);
    let error = dropbox.list().await.unwrap_err();
    assert!(
        error.message().starts_with("dropbox:///none.json does not exist"),
        "{error}"
    );
}

#[tokio::test]
async fn a_path_may_be_a_file_or_a_folder() {
    let Fixture { dropbox, calls, .. } = fixture("dropbox://日本/データ.json", |_, _| {
        json_answer(200, &file("/日本/データ.json"))
    });
    assert_eq!(
        names(&dropbox.list().await.unwrap().documents),
        ["dropbox:///日本/データ.json"]
    );
    assert_eq!(dropbox.table_name(), "データ");
    assert_eq!(calls.lock()[0].body, r#"{"path":"/日本/データ.json"}"#);

    let Fixture { dropbox, .. } = fixture("dropbox://data", |_, call| match call.uri.path() {
        "/2/files/get_metadata" => json_answer(200, &json!({".tag": "folder", "name": "data", "path_lower": "/data"})),
        _ => page(&[file("/data/a.json")], "c", false),
    });
    assert_eq!(
        names(&dropbox.list().await.unwrap().documents),
        ["dropbox:///data/a.json"]
    );
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let scope = json!({"error_summary": "missing_scope/..", "error": {".tag": "missing_scope", "required_scope": "files.metadata.read"}});
    let table: Vec<(Response<Body>, Kind, &str)> = vec![
        (
            refusal(409, "path/not_found"),
            Kind::TableNotFound,
            "dropbox:///people.json does not exist in Dropbox (path/not_found). Check URI.",
        ),
        (refusal(409, "path/malformed_path"), Kind::Property, "Check URI"),
        (
            refusal(409, "path/restricted_content"),
            Kind::Unsupported,
            "legal reasons",
        ),
        (
            refusal(409, "path/unsupported_content_type"),
            Kind::DataSource,
            "HTTP 409: path/unsupported_content_type",
        ),
        (
            json_answer(401, &scope),
            Kind::SignIn,
            "lacks the scope files.metadata.read. Enable it on the Permissions tab",
        ),
        (refusal(401, "user_suspended"), Kind::SignIn, "HTTP 401: user_suspended"),
        (
            refusal(401, "expired_access_token"),
            Kind::SignIn,
            "no longer accepts the access token",
        ),
        (
            refusal(403, "invalid_account_type"),
            Kind::SignIn,
            "refused access to dropbox:///people.json",
        ),
        (refusal(422, "invalid_root"), Kind::DataSource, "HTTP 422: invalid_root"),
        (
            answer(
                400,
                "text/plain",
                "Error in call to API function \"files/get_metadata\": bad",
            ),
            Kind::Internal,
            "Error in call to API function",
        ),
        (
            answer(400, "text/plain", "Invalid \"Authorization\": \"Bearer token-2\""),
            Kind::SignIn,
            "Bearer …",
        ),
        (answer(500, "text/html", "<h1>oops</h1>"), Kind::Unreachable, "HTTP 500"),
        (
            answer(302, "text/html", ""),
            Kind::Unreachable,
            "Check the endpoint properties",
        ),
        (
            answer(200, "text/html", "<html>"),
            Kind::Unreachable,
            "is not one of Dropbox",
        ),
    ];
    for (response, kind, expected) in table {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let Fixture { dropbox, .. } = fixture("dropbox://people.json", move |_, _| {
            let mut response = Response::from_parts(head.clone(), Body::from(body.clone()));
            response
                .headers_mut()
                .insert("x-dropbox-request-id", "abc123".parse().unwrap());
            response
        });
        let error = dropbox.list().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(expected), "{error}");
        assert!(!error.message().contains("token-"), "{error}");
        if !expected.contains("not one of") {
            assert!(error.message().ends_with(" Request id abc123."), "{error}");
        }
    }
}

#[tokio::test]
async fn a_dead_token_is_renewed_once() {
    for (status, tag) in [(401, "expired_access_token"), (401, "invalid_access_token")] {
        let Fixture { dropbox, tokens, calls } = fixture("dropbox://people.json", move |_, call| {
            match call.header("authorization") {
                Some("Bearer token-2") => json_answer(200, &file("/people.json")),
                _ => refusal(status, tag),
            }
        });
        assert_eq!(dropbox.list().await.unwrap().documents.len(), 1);
        assert_eq!((tokens.number(), calls.lock().len()), (2, 2));
    }
    let Fixture { dropbox, tokens, calls } =
        fixture("dropbox://people.json", |_, _| refusal(401, "expired_access_token"));
    assert_eq!(dropbox.list().await.unwrap_err().kind(), Kind::SignIn);
    assert_eq!((tokens.number(), calls.lock().len()), (2, 2));
    let Fixture { dropbox, tokens, calls } = fixture("dropbox://people.json", |_, _| refusal(401, "user_suspended"));
    assert_eq!(dropbox.list().await.unwrap_err().kind(), Kind::SignIn);
    assert_eq!((tokens.number(), calls.lock().len()), (1, 1));
}

#[tokio::test]
async fn busy_and_broken_servers_are_asked_again() {
    let Fixture { dropbox, calls, .. } = fixture("dropbox://people.json", |number, _| match number {
        0 => {
            let mut busy = answer(429, "text/plain", "slow down");
            busy.headers_mut().insert("retry-after", "0".parse().unwrap());
            busy
        }
        1 => answer(429, "text/plain", "slow down"),
        2 => answer(503, "text/html", "<h1>"),
        3 => answer(
            200,
            "application/json",
            Body::from_stream(stream::iter([Ok(Bytes::from("{")), Err("broken")])),
        ),
        _ => json_answer(200, &file("/people.json")),
    });
    assert_eq!(dropbox.list().await.unwrap().documents.len(), 1);
    assert_eq!(calls.lock().len(), 5);

    let Fixture { dropbox, calls, .. } = fixture("dropbox://people.json", |_, _| answer(500, "text/html", "<h1>"));
    assert_eq!(dropbox.list().await.unwrap_err().kind(), Kind::Unreachable);
    assert_eq!(calls.lock().len(), 4);

    // Longer than a statement may wait: told at once.
    let Fixture { dropbox, calls, .. } = fixture("dropbox://people.json", |_, _| {
        let mut busy = json_answer(
            429,
            &json!({"reason": {".tag": "too_many_requests"}, "retry_after": 300}),
        );
        busy.headers_mut().insert("retry-after", "300".parse().unwrap());
        busy
    });
    let error = dropbox.list().await.unwrap_err();
    assert!(
        error
            .message()
            .contains("too many requests (HTTP 429). Try again in 300 s."),
        "{error}"
    );
    assert_eq!((error.kind(), calls.lock().len()), (Kind::Unreachable, 1));
}

const SIZE: usize = 300_000;

fn content() -> Vec<u8> {
    (0..SIZE).map(|at| at.to_le_bytes()[at % 3]).collect()
}

fn people() -> Document {
    Document {
        name: "dropbox:///people.json".to_owned(),
        location: "/people.json".to_owned(),
        size: SIZE as u64,
        revision: "0123abc".to_owned(),
        modified: None,
    }
}

async fn read(dropbox: &Dropbox, document: &Document) -> Result<Vec<u8>> {
    let chunks: Vec<_> = dropbox.open(document).await?.into_stream().try_collect().await?;
    Ok(chunks.concat())
}

/// The first byte that a call asks for.
fn asked_offset(call: &Call) -> usize {
    call.header("range").map_or(0, |range| {
        range
            .trim_start_matches("bytes=")
            .trim_end_matches('-')
            .parse()
            .unwrap()
    })
}

/// The file from where it was asked for, as far as `end`, with `after` behind it.
fn part(
    call: &Call,
    end: usize,
    after: impl stream::Stream<Item = Result<Bytes, &'static str>> + Send + 'static,
) -> Response<Body> {
    let start = asked_offset(call);
    let bytes = Bytes::from(content()[start..end.max(start)].to_vec());
    let body = Body::from_stream(stream::iter([Ok(bytes)]).chain(after));
    let builder = Response::builder().header("content-type", "application/octet-stream");
    match start {
        0 => builder.status(200),
        _ => builder
            .status(206)
            .header("content-range", format!("bytes {start}-{}/{SIZE}", SIZE - 1)),
    }
    .body(body)
    .unwrap()
}

#[tokio::test]
async fn a_download_asks_for_the_pinned_revision() {
    let Fixture { dropbox, calls, .. } = fixture("dropbox://people.json", |_, call| part(call, SIZE, stream::empty()));
    assert_eq!(read(&dropbox, &people()).await.unwrap(), content());
    let calls = calls.lock();
    assert_eq!((calls.len(), calls[0].uri.path()), (1, "/content/2/files/download"));
    assert_eq!(calls[0].header("dropbox-api-arg"), Some(r#"{"path":"rev:0123abc"}"#));
    assert_eq!(calls[0].header("accept-encoding"), Some("identity"));
    assert_eq!(
        (calls[0].header("content-type"), calls[0].header("range")),
        (None, None)
    );
    assert_eq!(calls[0].body, "");
}

#[tokio::test]
async fn an_empty_file_needs_no_request() {
    let Fixture { dropbox, calls, .. } = fixture("dropbox://people.json", |_, _| answer(500, "text/plain", ""));
    assert_eq!(read(&dropbox, &Document { size: 0, ..people() }).await.unwrap(), b"");
    assert!(calls.lock().is_empty());
}

#[tokio::test]
async fn a_download_that_breaks_off_goes_on_where_it_stopped() {
    let Fixture { dropbox, calls, .. } = fixture("dropbox://people.json", |number, call| match number {
        // Cut in transit, then ended too early.
        0 => part(call, 100_000, stream::iter([Err("cut")])),
        1 => part(call, 150_000, stream::empty()),
        _ => part(call, SIZE, stream::empty()),
    });
    assert_eq!(read(&dropbox, &people()).await.unwrap(), content());
    let offsets: Vec<_> = calls.lock().iter().map(asked_offset).collect();
    // What a cut connection still delivers is up to the network; nothing is asked for twice.
    assert!(offsets[1] <= 100_000, "{offsets:?}");
    assert_eq!((offsets[0], &offsets[2..]), (0, &[150_000][..]));
}

#[tokio::test]
async fn a_server_that_ignores_the_range_is_read_from_there() {
    let Fixture { dropbox, .. } = fixture("dropbox://people.json", |number, call| match number {
        0 => part(call, 100_000, stream::empty()),
        _ => answer(200, "application/octet-stream", content()),
    });
    assert_eq!(read(&dropbox, &people()).await.unwrap(), content());
}

#[tokio::test]
async fn a_download_that_never_ends_well_is_an_error() {
    let Fixture { dropbox, calls, .. } = fixture("dropbox://people.json", |_, call| {
        part(call, 1000 + asked_offset(call), stream::empty())
    });
    let error = read(&dropbox, &people()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(
        error
            .message()
            .contains("dropbox:///people.json broke off after 4000 of 300000 bytes"),
        "{error}"
    );
    assert_eq!(calls.lock().len(), 4);
}

#[tokio::test]
async fn a_stall_is_ended_by_the_timeout() {
    let timeout = Duration::from_millis(200);
    let Fixture { dropbox, calls, .. } = impatient(timeout, "dropbox://people.json", |number, call| match number {
        0 => part(call, 200_000, stream::pending()),
        _ => part(call, SIZE, stream::empty()),
    });
    assert_eq!(read(&dropbox, &people()).await.unwrap(), content());
    assert!(calls.lock().len() > 1);

    let Fixture { dropbox, .. } = impatient(timeout, "dropbox://people.json", |_, call| {
        part(call, 10, stream::pending())
    });
    let error = read(&dropbox, &people()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout);
    assert!(error.message().contains("Timeout"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_not_the_file_is_refused() {
    type Respond = fn(&Call) -> Response<Body>;
    let cases: [(Respond, &str); 3] = [
        (
            |_| answer(200, "application/octet-stream", vec![0; SIZE + 1]),
            "it is longer than the file",
        ),
        (
            |call| {
                let mut packed = part(call, SIZE, stream::empty());
                packed.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
                packed
            },
            "it is compressed",
        ),
        (
            |call| match asked_offset(call) {
                0 => part(call, 10, stream::empty()),
                _ => {
                    let mut other = part(call, SIZE, stream::empty());
                    other
                        .headers_mut()
                        .insert("content-range", "bytes 9-299999/300000".parse().unwrap());
                    other
                }
            },
            "it is not the part that was asked for",
        ),
    ];
    for (respond, expected) in cases {
        let Fixture { dropbox, .. } = fixture("dropbox://people.json", move |_, call| respond(call));
        let error = read(&dropbox, &people()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unreachable);
        assert!(error.message().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_token_that_dies_between_two_parts_is_renewed() {
    let Fixture { dropbox, tokens, .. } = fixture("dropbox://people.json", |_, call| {
        match (asked_offset(call), call.header("authorization")) {
            (0, _) => part(call, 1000, stream::empty()),
            (_, Some("Bearer token-2")) => part(call, SIZE, stream::empty()),
            _ => refusal(401, "expired_access_token"),
        }
    });
    assert_eq!(read(&dropbox, &people()).await.unwrap(), content());
    assert_eq!(tokens.number(), 2);
}

#[tokio::test]
async fn a_revision_that_is_gone_is_named_when_the_document_is_opened() {
    let Fixture { dropbox, .. } = fixture("dropbox://people.json", |_, _| refusal(409, "path/not_found"));
    let error: Error = dropbox.open(&people()).await.err().unwrap();
    assert_eq!(error.kind(), Kind::TableNotFound);
    assert!(
        error.message().starts_with("dropbox:///people.json does not exist"),
        "{error}"
    );
}

#[test]
fn arguments_in_a_header_are_ascii() {
    assert_eq!(
        api::header_json(&json!({ "path": "/データ/é😀\u{7f}.csv" })).unwrap(),
        r#"{"path":"/\u30c7\u30fc\u30bf/\u00e9\ud83d\ude00\u007f.csv"}"#
    );
}

const LARGE: usize = 11_000_001;

fn large() -> Vec<u8> {
    (0..LARGE).map(|at| at.to_le_bytes()[at % 3]).collect()
}

/// The bytes that a call asks for of the large file.
fn asked_range(call: &Call) -> (usize, usize) {
    let (first, last) = call
        .header("range")
        .unwrap()
        .trim_start_matches("bytes=")
        .split_once('-')
        .unwrap();
    let end = if last.is_empty() {
        LARGE
    } else {
        last.parse::<usize>().unwrap() + 1
    };
    (first.parse().unwrap(), end)
}

fn large_part(call: &Call) -> Response<Body> {
    let (first, end) = asked_range(call);
    Response::builder()
        .status(206)
        .header("content-range", format!("bytes {first}-{}/{LARGE}", end - 1))
        .body(Body::from(large()[first..end].to_vec()))
        .unwrap()
}

#[tokio::test]
async fn a_large_file_comes_in_parts_of_one_revision() {
    let document = Document {
        size: LARGE as u64,
        ..people()
    };
    let Fixture { dropbox, calls, .. } = fixture("dropbox://people.json", |_, call| large_part(call));
    assert_eq!(read(&dropbox, &document).await.unwrap(), large());
    let mut ranges: Vec<_> = calls.lock().iter().map(asked_range).collect();
    ranges.sort_unstable();
    assert_eq!((ranges[0], ranges.last().unwrap().1), ((0, 512 << 10), LARGE));
    assert!(ranges.windows(2).all(|pair| pair[0].1 == pair[1].0), "{ranges:?}");
    assert!(ranges.iter().all(|(first, end)| end - first <= 4 << 20), "{ranges:?}");
    let is_pinned = |call: &Call| call.header("dropbox-api-arg") == Some(r#"{"path":"rev:0123abc"}"#);
    assert!(calls.lock().iter().all(is_pinned));

    // A look at the beginning costs one part.
    let Fixture { dropbox, calls, .. } = fixture("dropbox://people.json", |_, call| large_part(call));
    let mut stream = dropbox.open(&document).await.unwrap().into_stream();
    let first = stream.try_next().await.unwrap().unwrap();
    assert_eq!(first, large()[..first.len()]);
    drop(stream);
    assert_eq!(calls.lock().len(), 1);

    // A server that knows no parts sends the whole file each time.
    let Fixture { dropbox, .. } = fixture("dropbox://people.json", |_, _| {
        answer(200, "application/octet-stream", large())
    });
    assert_eq!(read(&dropbox, &document).await.unwrap(), large());

    // One part is gone: the bytes before it come, and then the refusal.
    let Fixture { dropbox, .. } = fixture("dropbox://people.json", |_, call| match asked_range(call).0 {
        first if first > 5_000_000 => refusal(409, "path/not_found"),
        _ => large_part(call),
    });
    let mut stream = dropbox.open(&document).await.unwrap().into_stream();
    let mut length = 0;
    let error = loop {
        match stream.try_next().await {
            Ok(chunk) => length += chunk.unwrap().len(),
            Err(error) => break error,
        }
    };
    assert!(length > 4_000_000, "{length}");
    assert_eq!(error.kind(), Kind::TableNotFound);
}

#[tokio::test]
async fn one_refusal_keeps_all_requests_of_the_account_back() {
    let mut refused_at = None;
    let Fixture { dropbox, calls, .. } = fixture("dropbox://people.json", move |number, call| {
        if number == 0 {
            refused_at = Some(std::time::Instant::now());
            let mut busy = answer(429, "text/plain", "slow down");
            busy.headers_mut().insert("retry-after", "1".parse().unwrap());
            return busy;
        }
        let waited = refused_at.unwrap().elapsed();
        if waited < Duration::from_millis(990) {
            return answer(400, "text/plain", format!("came back after {waited:?}"));
        }
        part(call, SIZE, stream::empty())
    });
    let document = people();
    let first = read(&dropbox, &document);
    let later = async {
        while calls.lock().is_empty() || dropbox.api.gate.get().unwrap().opened().now_or_never().is_some() {
            tokio::task::yield_now().await;
        }
        futures::future::join_all((0..5).map(|_| read(&dropbox, &document))).await
    };
    let (first, later) = futures::join!(first, later);
    assert_eq!(first.unwrap(), content());
    for later in later {
        assert_eq!(later.unwrap(), content());
    }
    assert_eq!(calls.lock().len(), 7);
}
