//! Pages from a server that answers as a test says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::io::Write;

use axum::body::Body;
use axum::http::Response;

use super::*;
use crate::source::testing::{Call, Calls, Numbered, answer, serve};
use crate::source::web::tests::{asker, read};
use crate::source::web::{Extras, Web};
use crate::source::{Credentials, Source};

/// A page is `<what is found>|<the body>`, so that these tests need no JSON.
#[derive(Debug)]
struct Bars;

impl PageReader for Bars {
    fn find(&self, page: &[u8]) -> Result<Found, String> {
        let text = std::str::from_utf8(page).unwrap().trim_start_matches(['[', '{']);
        let (found, _) = text.split_once('|').ok_or("it has no bar.")?;
        Ok(match found {
            "missing" => Found::Missing,
            "nothing" => Found::Nothing,
            "object" => Found::Object,
            "other" => Found::Other,
            found => match found.strip_prefix('#') {
                Some(count) => Found::Records(count.parse().unwrap()),
                None => Found::Text(found.to_owned()),
            },
        })
    }
}

fn paging(way: Way) -> Paging {
    Paging {
        way,
        reader: Arc::new(Bars),
        has_path: true,
        limit: Some(20),
    }
}

fn token() -> Way {
    Way::Token {
        parameter: "cursor".to_owned(),
    }
}

fn page() -> Way {
    Way::Page {
        parameter: "page".to_owned(),
    }
}

fn offset() -> Way {
    Way::Offset {
        parameter: "offset".to_owned(),
    }
}

fn paged(
    paging: Paging,
    path: &str,
    answer: impl FnMut(usize, &Call) -> Response<Body> + Send + 'static,
) -> (Web, Calls) {
    paged_by(asker(Credentials::None, Extras::default()), paging, path, answer)
}

fn paged_by(
    asker: Asker,
    paging: Paging,
    path: &str,
    answer: impl FnMut(usize, &Call) -> Response<Body> + Send + 'static,
) -> (Web, Calls) {
    let (port, calls) = serve(None, answer);
    let url = Url::parse(&format!("http://127.0.0.1:{port}{path}")).unwrap();
    (Web::new(vec![url], "t".to_owned(), asker, Some(paging)), calls)
}

/// Pages in the order of the calls.
fn pages(pages: &[&str]) -> impl FnMut(usize, &Call) -> Response<Body> + Send + 'static {
    let pages: Vec<_> = pages.iter().map(|page| (*page).to_owned()).collect();
    move |number, _| answer(200, "application/json", pages[number].clone())
}

async fn all(web: &Web) -> Result<String> {
    let documents = web.list().await?;
    assert_eq!(documents.len(), 1);
    Ok(String::from_utf8(read(web, &documents[0]).await?).unwrap())
}

fn asked(calls: &Calls) -> Vec<String> {
    calls.lock().iter().map(|call| call.uri.to_string()).collect()
}

async fn refused(paging: Paging, path: &str, bodies: &[&str]) -> Error {
    all(&paged(paging, path, pages(bodies)).0).await.unwrap_err()
}

#[tokio::test]
async fn a_link_header_leads_to_the_next_page() {
    let (web, calls) = paged(paging(Way::Link), "/v1/people?size=2", |number, _| {
        let mut answer = answer(200, "application/json", format!("[x|{number}]"));
        if number < 2 {
            let link = format!("<?size=2&at={number}>; rel=\"next\"");
            answer.headers_mut().insert("link", link.parse().unwrap());
        }
        answer
    });
    assert_eq!(all(&web).await.unwrap(), "[x|0,\nx|1,\nx|2\n]");
    let expected = ["/v1/people?size=2", "/v1/people?size=2&at=0", "/v1/people?size=2&at=1"];
    assert_eq!(asked(&calls), expected);
}

#[tokio::test]
async fn a_url_in_the_page_leads_on_until_there_is_none() {
    for last in ["nothing", "missing"] {
        let last = format!("{{{last}|c}}");
        let bodies = ["{/b?x=1|a}", "{c|b}", &last];
        let (web, calls) = paged(paging(Way::Url), "/v1/a", pages(&bodies));
        assert_eq!(all(&web).await.unwrap(), format!("{{/b?x=1|a}}\n{{c|b}}\n{last}\n"));
        assert_eq!(asked(&calls), ["/v1/a", "/b?x=1", "/c"]);
    }
}

#[tokio::test]
async fn a_token_takes_its_place_among_the_parameters() {
    let bodies = ["{a&b|1}", "{c|2}", "{nothing|3}"];
    let (web, calls) = paged(paging(token()), "/a?size=2&cursor=first", pages(&bodies));
    all(&web).await.unwrap();
    let expected = ["/a?size=2&cursor=first", "/a?size=2&cursor=a%26b", "/a?size=2&cursor=c"];
    assert_eq!(asked(&calls), expected);
}

#[tokio::test]
async fn pages_are_counted_from_where_the_url_says() {
    for (path, expected) in [
        ("/a", ["/a?page=1", "/a?page=2", "/a?page=3"]),
        ("/a?page=0&x=1", ["/a?x=1&page=0", "/a?x=1&page=1", "/a?x=1&page=2"]),
    ] {
        let (web, calls) = paged(paging(page()), path, pages(&["{#2|1}", "{other|2}", "{nothing|3}"]));
        all(&web).await.unwrap();
        assert_eq!(asked(&calls), expected);
    }
}

#[tokio::test]
async fn an_offset_grows_by_what_came_and_not_by_what_was_asked_for() {
    let (web, calls) = paged(
        paging(offset()),
        "/a?limit=5",
        pages(&["[#5|1]", "[#3|2]", "[nothing|3]"]),
    );
    all(&web).await.unwrap();
    let expected = ["/a?limit=5&offset=0", "/a?limit=5&offset=5", "/a?limit=5&offset=8"];
    assert_eq!(asked(&calls), expected);
}

#[tokio::test]
async fn the_last_of_several_values_is_a_record() {
    let whole = |way| Paging {
        has_path: false,
        ..paging(way)
    };
    let (web, calls) = paged(whole(offset()), "/a", pages(&["#2|1", "{object|2}", "nothing|"]));
    all(&web).await.unwrap();
    assert_eq!(asked(&calls), ["/a?offset=0", "/a?offset=2", "/a?offset=3"]);
    for way in [page(), offset()] {
        let error = refused(whole(way), "/a", &["{object|1}"]).await;
        assert!(error.message().contains("Set PagingPath"), "{error}");
    }
}

#[tokio::test]
async fn what_does_not_fit_the_way_is_named() {
    for (way, bodies, says) in [
        (Way::Url, &["{#2|}"][..], "is an array, not the URL of the next page"),
        (Way::Url, &["{http://[|}"], "is no URL"),
        (token(), &["{object|}"], "is an object, not the token"),
        (
            page(),
            &["{missing|}"],
            "is missing, not what shows that a page has records",
        ),
        (offset(), &["{missing|}"], "is missing"),
        (offset(), &["{other|}"], "not the array of its records"),
        (
            offset(),
            &["{#1|}", "{object|}"],
            "(page 2) has at PagingPath is an object",
        ),
        (
            Way::Link,
            &["no bar"],
            "is not the JSON that Paging needs: it has no bar.",
        ),
        (token(), &["{a|1}", "[nothing|2]"], "they are not"),
    ] {
        let error = refused(paging(way), "/a?key=s3cret", bodies).await;
        assert!(
            error.message().contains(says) && !error.message().contains("s3cret"),
            "{error}"
        );
        let page = format!("/a (page {})", bodies.len());
        assert!(error.message().contains(&page), "{error}");
    }
    let error = refused(paging(page()), "/a?page=one", &[]).await;
    assert!(
        error.kind() == Kind::Property && error.message().contains("URI does not say"),
        "{error}"
    );
}

#[tokio::test]
async fn another_server_is_never_asked() {
    let (stranger, seen) = serve(None, |_, _| answer(200, "application/json", "{nothing|}"));
    let there = format!("http://localhost:{stranger}");
    for way in [Way::Link, Way::Url] {
        let target = format!("{there}/b");
        let extras = Extras::parse(Some(&"X-Key: s3cret".into()), Some(&"key=s3cret".into()), None).unwrap();
        let asker = asker(Credentials::Bearer(Numbered::start()), extras);
        let (web, calls) = paged_by(asker, paging(way), "/a", move |_, _| {
            let mut answer = answer(200, "application/json", format!("{{{target}|}}"));
            let link = format!("<{target}>; rel=next");
            answer.headers_mut().insert("link", link.parse().unwrap());
            answer
        });
        let error = all(&web).await.unwrap_err();
        let here = format!("http://{}", calls.lock()[0].header("host").unwrap());
        assert!(
            error.message().contains(&there) && error.message().contains(&here),
            "{error}"
        );
        assert!(!error.message().contains("s3cret"), "{error}");
    }
    let error = refused(paging(Way::Url), "/a", &["{//me:s3cret@127.0.0.1/|}"]).await;
    assert!(
        error.message().contains("not followed") && !error.message().contains("s3cret"),
        "{error}"
    );
    assert!(seen.lock().is_empty());
}

#[tokio::test]
async fn pages_that_lead_in_a_circle_end_with_an_error() {
    for (way, bodies) in [
        (Way::Url, &["{b|1}", "{c|2}", "{b|3}"][..]),
        (Way::Url, &["{a#1|1}"]),
        (token(), &["{x|1}", "{y|2}", "{x|3}"]),
    ] {
        let error = refused(paging(way), "/a", bodies).await;
        assert!(error.message().contains("leads back"), "{error}");
    }
    for way in [page(), offset()] {
        let error = refused(paging(way), "/a", &["[#2|1]", "[#2|1]"]).await;
        assert!(error.message().contains("does not go by the parameter"), "{error}");
    }
}

#[tokio::test]
async fn more_pages_than_the_limit_are_an_error_and_no_short_table() {
    let limited = |limit| Paging {
        limit,
        ..paging(page())
    };
    let bodies = ["[#1|1]", "[#1|2]", "[nothing|]"];
    let error = refused(limited(Some(2)), "/a", &bodies).await;
    assert!(error.message().contains("PagingLimit"), "{error}");
    for limit in [Some(3), None] {
        all(&paged(limited(limit), "/a", pages(&bodies)).0).await.unwrap();
    }
}

#[tokio::test]
async fn every_page_is_asked_for_with_all_that_the_first_was() {
    let extras = Extras::parse(
        Some(&"X-Key: k1".into()),
        Some(&"api_key=k2".into()),
        Some(&"session=k3".into()),
    );
    let asker = asker(Credentials::Bearer(Numbered::start()), extras.unwrap());
    let (web, calls) = paged_by(asker, paging(Way::Url), "/a?x=1", |_, call| {
        let is_first = call.uri.query().unwrap().contains("x=1");
        answer(
            200,
            "application/json",
            if is_first { "{b?y=2|}" } else { "{nothing|}" },
        )
    });
    all(&web).await.unwrap();
    let calls = calls.lock();
    assert_eq!(calls.len(), 2);
    for (call, query) in calls.iter().zip(["x=1&api_key=k2", "y=2&api_key=k2"]) {
        assert_eq!(call.uri.query(), Some(query));
        assert_eq!(call.header("x-key"), Some("k1"));
        assert_eq!(call.header("cookie"), Some("session=k3"));
        assert_eq!(call.header("authorization"), Some("Bearer token-1"));
    }
}

#[tokio::test]
async fn a_token_that_dies_on_the_way_is_renewed_and_the_page_repeated() {
    let asker = asker(Credentials::Bearer(Numbered::start()), Extras::default());
    let (web, calls) = paged_by(asker, paging(page()), "/a", |_, call| {
        let is_second = call.uri.query() == Some("page=2");
        match (is_second, call.header("authorization")) {
            (true, Some("Bearer token-1")) => answer(401, "application/json", "{}"),
            (true, _) => answer(200, "application/json", "[nothing|]"),
            (false, _) => answer(200, "application/json", "[#1|]"),
        }
    });
    assert_eq!(all(&web).await.unwrap(), "[#1|,\nnothing|\n]");
    assert_eq!(asked(&calls), ["/a?page=1", "/a?page=2", "/a?page=2"]);
}

#[tokio::test]
async fn a_page_is_asked_for_again_when_the_server_is_busy_or_breaks_off() {
    let (web, calls) = paged(paging(page()), "/a", |number, _| match number {
        1 => answer(503, "text/plain", ""),
        2 => {
            let broken = stream::iter([Ok("[#1"), Err(std::io::Error::other("broken"))]);
            Response::new(Body::from_stream(broken))
        }
        4 => answer(200, "application/json", "[nothing|]"),
        number => answer(200, "application/json", format!("[#1|{number}]")),
    });
    assert_eq!(all(&web).await.unwrap(), "[#1|0,\n#1|3,\nnothing|\n]");
    let expected = ["page=1", "page=2", "page=2", "page=2", "page=3"];
    assert_eq!(asked(&calls), expected.map(|query| format!("/a?{query}")));
}

#[tokio::test]
async fn a_page_that_is_refused_is_named() {
    let (web, _) = paged(paging(page()), "/a?key=s3cret", |number, _| match number {
        0 => answer(200, "application/json", "[#1|]"),
        _ => answer(403, "text/plain", "s3cret is no key"),
    });
    let error = all(&web).await.unwrap_err();
    assert_eq!(error.kind(), Kind::SignIn);
    assert!(
        error
            .message()
            .contains("/a (page 2) refused access (HTTP 403: … is no key)"),
        "{error}"
    );
}

#[tokio::test]
async fn a_page_that_is_too_large_is_not_held() {
    let (web, _) = paged(paging(page()), "/a", |_, _| {
        let chunks = stream::iter((0..).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 1 << 16]))));
        Response::new(Body::from_stream(chunks))
    });
    let error = all(&web).await.unwrap_err();
    assert!(
        error.kind() == Kind::Unsupported && error.message().contains("64 MB"),
        "{error}"
    );
}

#[tokio::test]
async fn pages_may_be_compressed_and_marked_and_the_first_is_not_asked_for_twice() {
    let (web, calls) = paged(paging(page()), "/a", |number, _| {
        let body = ["\u{feff}[#1|é]", "\u{feff}[nothing|]"][number];
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(body.as_bytes()).unwrap();
        let mut answer = answer(200, "application/json", encoder.finish().unwrap());
        answer.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
        answer.headers_mut().insert("etag", "\"same\"".parse().unwrap());
        answer
    });
    let before = web.list().await.unwrap();
    assert_eq!((before[0].size, before[0].modified), (0, None));
    assert_eq!(read(&web, &before[0]).await.unwrap(), "[#1|é,\nnothing|\n]".as_bytes());
    assert_eq!(calls.lock().len(), 2);
    // The tag of a page is none of the document.
    let (web, _) = paged(paging(page()), "/a", pages(&["[#1|]", "[#1|]"]));
    assert_ne!(
        web.list().await.unwrap()[0].revision,
        web.list().await.unwrap()[0].revision
    );
}
