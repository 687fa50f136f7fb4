//! The rows say what they must, and nothing that cannot be.

#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn every_row_is_read_and_has_what_a_sign_in_needs() {
    let rows: Vec<Provider> = serde_json::from_str(ROWS).unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Dropbox",
            "Google",
            "Microsoft",
            "Box",
            "GitHub",
            "Salesforce",
            "Slack",
            "Notion",
            "Atlassian",
            "Zoho",
            "Reddit",
            "Generic"
        ]
    );
    for row in rows.into_iter().filter(|row| row.name != GENERIC) {
        let name = row.name.clone();
        let row = row.with_variables(&[]).unwrap();
        let urls = [
            Some(row.authorize_url),
            Some(row.token_url),
            row.refresh_url,
            row.device_url,
        ];
        let more = [row.revoke.url, row.registration_url, row.issuer, row.assertion.audience];
        for url in urls.into_iter().chain(more).flatten() {
            assert!(
                url.starts_with("https://") && !url.contains(['{', '}']),
                "{name}: {url}"
            );
            assert!(Url::parse(&url).is_ok(), "{name}: {url}");
        }
        for origin in row.token_origins.iter().flat_map(|origins| &origins.allowed) {
            assert_eq!(
                Url::parse(origin).unwrap().origin().ascii_serialization(),
                *origin,
                "{name}"
            );
        }
    }
}

#[test]
fn dropbox_asks_for_reading_only_and_for_a_refresh_token() {
    let row = Provider::named("dropbox").unwrap();
    assert!(row.default_scope.split(' ').all(|scope| scope.ends_with(".read")));
    assert_eq!(row.access_type.as_ref().unwrap().name, "token_access_type");
    assert_eq!(row.refresh_endpoint(), row.token_url);
}

#[test]
fn an_unknown_provider_is_told_the_ones_that_exist() {
    let error = Provider::named("Nobody").unwrap_err();
    assert!(error.message().contains("OAuthProvider is \"Nobody\"") && error.message().contains("Salesforce"));
}

#[test]
fn variables_fill_urls_and_cannot_lead_elsewhere() {
    let row = Provider::named("Microsoft").unwrap();
    let given = |value: &str| vec![("tenant".to_owned(), value.to_owned())];
    let filled = row.clone().with_variables(&given("contoso.onmicrosoft.com")).unwrap();
    assert_eq!(
        filled.token_url,
        "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token"
    );
    assert!(
        row.clone()
            .with_variables(&[])
            .unwrap()
            .authorize_url
            .contains("/common/")
    );
    for bad in ["", "a/b", "evil.test#", "a@b", "{x}", "a b"] {
        let error = row.clone().with_variables(&given(bad)).unwrap_err();
        assert!(error.message().contains("OAuthURLVariables"), "{bad}: {error}");
    }
    let unknown = row.with_variables(&[("dc".to_owned(), "eu".to_owned())]).unwrap_err();
    assert!(unknown.message().contains("has tenant"), "{unknown}");
}

#[test]
fn a_redirect_chooses_only_among_the_hosts_of_its_provider() {
    let row = Provider::named("Zoho").unwrap().with_variables(&[]).unwrap();
    let at = |origin| row.at_origin(origin).token_url;
    assert_eq!(at(None), "https://accounts.zoho.com/oauth/v2/token");
    assert_eq!(
        at(Some("https://accounts.zoho.eu")),
        "https://accounts.zoho.eu/oauth/v2/token"
    );
    assert_eq!(
        at(Some("https://accounts.zoho.eu/")),
        "https://accounts.zoho.eu/oauth/v2/token"
    );
    for stranger in [
        "https://evil.test",
        "http://accounts.zoho.eu",
        "https://accounts.zoho.eu.evil.test",
    ] {
        assert_eq!(
            at(Some(stranger)),
            "https://accounts.zoho.com/oauth/v2/token",
            "{stranger}"
        );
    }
    let moved = row.at_origin(Some("https://accounts.zoho.in"));
    assert_eq!(
        moved.revoke.url.unwrap(),
        "https://accounts.zoho.in/oauth/v2/token/revoke"
    );
}

#[test]
fn scopes_are_written_and_read_as_the_server_has_them() {
    let slack = Provider::named("Slack").unwrap();
    assert_eq!(slack.written_scope("files:read  users:read"), "files:read,users:read");
    assert_eq!(slack.read_scope("files:read,users:read"), "files:read users:read");
    let google = Provider::named("Google").unwrap();
    assert_eq!(google.written_scope("a b"), "a b");
}
