"""What an authorization server says of itself, and what follows from it: endpoints, iss, form_post, revocation."""

import socket
import urllib.parse

import pytest

from foreign import CHROMIUM, CLIENT_SECRET, CONSENT, Client, browser, oidc, provider

REFRESH = "EXEC RefreshOAuthAccessToken"


@pytest.fixture
def client(place, provider):
    return Client(
        place,
        provider,
        OAuthIssuer=provider.url,
        OAuthAuthorizationURL=None,
        OAuthAccessTokenURL=None,
    )


def test_discovery(client, provider):
    assert client.connect(REFRESH) == "ok"
    assert provider.who(client.rows[0][0]) == "alice"
    assert provider.count("metadata") == 1
    provider.settings()
    assert client.connect(InitiateOAuth="REFRESH") == "ok"
    assert provider.counts() == {}, "a stored token needs no endpoint, so nothing is discovered"


def test_metadata_of_another_issuer_are_not_used(client, provider):
    provider.settings(issuer="https://elsewhere.test")
    answer = client.connect()
    assert "https://elsewhere.test" in answer and provider.url in answer and "OAuthIssuer" in answer, answer
    assert provider.count("authorize") == 0


def test_a_place_without_metadata_says_what_to_set_instead(client, provider):
    answer = client.connect(OAuthIssuer=f"{provider.url}/nothing/here")
    assert "OAuthIssuer" in answer and "OAuthAccessTokenURL" in answer, answer


def test_properties_come_before_what_is_discovered(client, provider):
    answer = client.connect(OAuthAccessTokenURL=f"{provider.url}/not/the/token/endpoint")
    assert answer.startswith("08001 ") and "/not/the/token/endpoint" in answer, answer


@pytest.mark.parametrize("iss", ["https://elsewhere.test", "none"])
def test_iss_check(client, provider, place, tmp_path, iss):
    """RFC 9207: an answer that names another server, or none where the server always does, is not exchanged."""
    program = tmp_path / "browser.py"
    program.write_text(
        f"""
import subprocess, sys, urllib.error, urllib.parse, urllib.request
redirect = subprocess.run([sys.executable, {str(CONSENT)!r}, sys.argv[1], "--print"], capture_output=True, text=True).stdout.strip()
parts = urllib.parse.urlsplit(redirect)
query = dict(urllib.parse.parse_qsl(parts.query))
assert query["iss"] == {provider.url!r}
if {iss!r} == "none":
    spoiled = {{name: value for name, value in query.items() if name != "iss"}}
else:
    spoiled = query | {{"iss": {iss!r}}}
def visit(query):
    try:
        urllib.request.urlopen(parts._replace(query=urllib.parse.urlencode(query)).geturl(), timeout=10)
    except urllib.error.HTTPError as error:
        assert error.code == 400
        return
    assert query["iss"] == {provider.url!r}, "the spoiled answer was taken"
visit(spoiled)
visit(query)
"""
    )
    client.browser = browser(program)
    assert client.connect() == "ok"
    assert provider.count("authorization_code") == 1


@pytest.mark.parametrize("iss", ["https://elsewhere.test", "none"])
def test_iss_check_of_a_pasted_url(client, provider, iss):
    redirected, _ = client.authorization()
    parts = urllib.parse.urlsplit(redirected)
    query = dict(urllib.parse.parse_qsl(parts.query))
    query.pop("iss")
    if iss != "none":
        query["iss"] = iss
    spoiled = parts._replace(query=urllib.parse.urlencode(query)).geturl()
    answer = client.connect(InitiateOAuth="REFRESH", OAuthVerifier=spoiled)
    assert answer.startswith("28000 ") and provider.url in answer and "not used" in answer, answer
    assert provider.count("authorization_code") == 0
    assert client.connect(InitiateOAuth="REFRESH", OAuthVerifier=redirected) == "ok"


def test_form_post(client, provider):
    assert client.connect(OAuthAuthorizationURL=f"{provider.url}/auth?response_mode=form_post") == "ok"
    assert provider.counts()["authorization_code"] == 1


def test_form_post_with_chromium(client, provider, place):
    client.browser = browser(CHROMIUM, "'Continue'", place.folder)
    assert client.connect(OAuthAuthorizationURL=f"{provider.url}/auth?response_mode=form_post") == "ok"
    assert place.wait_for((place.folder / "page.txt").exists), "the browser never saw the last page"
    assert "signed in" in (place.folder / "page.txt").read_text().lower()


def test_revocation(client, provider, place):
    assert client.connect(REFRESH) == "ok"
    refresh_token = client.rows[0][1]
    assert provider.introspect(refresh_token)["active"]
    assert client.connect("EXEC RevokeOAuthAccessToken", InitiateOAuth="REFRESH") == "ok"
    assert client.rows[0][0] == "true"
    assert not provider.introspect(refresh_token)["active"]
    answer = client.connect(InitiateOAuth="REFRESH")
    assert answer.startswith("28000 ") and "RevokeOAuthAccessToken" in answer, answer


def test_a_resource_in_the_authorization_request(client, provider):
    resource = "https://documents.test/people"
    given = {"OAuthResource": resource, "Scope": "openid offline_access read"}
    whoami = {"URI": f"{provider.url}/documents/whoami.json"}
    assert client.connect("SELECT who, audience FROM whoami", **given, **whoami) == "ok"
    assert client.rows == [["alice", resource]]


@pytest.mark.parametrize("client_id", ["conf-basic", "conf-post"])
def test_a_confidential_client_proves_itself_in_the_header_and_in_the_body(client, provider, client_id):
    given = {"OAuthClientId": client_id, "OAuthClientSecret": CLIENT_SECRET}
    mode = "BASIC" if client_id == "conf-basic" else "POST"
    assert client.connect(REFRESH, OAuthPasswordGrantMode=mode, **given) == "ok"
    assert provider.who(client.rows[0][0]) == "alice"


def test_the_next_callback_is_used_when_the_port_is_busy(client, provider, place):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        busy = f"http://localhost:{port}/callback"
        assert client.connect(CallbackURL=f"{busy} {place.callback}/callback") == "ok"
        answer = client.connect(CallbackURL=busy, OAuthSettingsLocation="memory://busy")
        assert answer.startswith("28000 ") and str(port) in answer, answer


def test_any_free_port_where_the_callback_has_port_0(client, provider):
    assert client.connect(CallbackURL="http://127.0.0.1:0/callback") == "ok"


def test_callback_over_ipv6(client, provider):
    assert client.connect(CallbackURL="http://[::1]:0/callback") == "ok"
