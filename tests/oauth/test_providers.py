"""The rows of the providers against a server that behaves as each of them does, and refuses what they refuse."""

import base64
import json
import urllib.parse

import pytest

from foreign import Client, faulty, mock

REFRESH = "EXEC RefreshOAuthAccessToken"
SECRET = "s3cr3t-of:the%app"


@pytest.fixture
def server(faulty):
    return faulty


@pytest.fixture
def signs_in(place, server):
    """A client of the row named, at the server instead of the provider."""
    def make(provider, **properties):
        given = {"OAuthProvider": provider, "OAuthClientId": "app", "OAuthClientSecret": SECRET, "Scope": None}
        return Client(place, server, **given | properties)

    return make


def last(server):
    """What the server was asked last: the parameters of the authorization request, and the token request."""
    seen = server.ask("/control")["last"]
    return seen.get("authorize", {}), seen.get("token", {})


def basic(client_id, secret):
    both = ":".join(urllib.parse.quote_plus(part) for part in (client_id, secret))
    return "Basic " + base64.b64encode(both.encode()).decode()


def test_notion_json_token_bodies_and_basic_with_form_encoded_parts(signs_in, server):
    server.settings(
        wants={
            "type": "application/json",
            "authorization": basic("app", SECRET),
            "nothing": ["client_secret", "code_verifier"],
        }
    )
    assert signs_in("Notion").connect(REFRESH) == "ok"
    authorize, token = last(server)
    assert authorize["owner"] == "user" and "code_challenge" not in authorize
    assert token["body"]["grant_type"] == "refresh_token" and "client_id" not in token["body"]


def test_oauthpkce_uses_pkce_whatever_the_row_says(signs_in, server):
    assert signs_in("Notion", AuthScheme="OAuthPKCE").connect() == "ok"
    authorize, token = last(server)
    assert authorize["code_challenge_method"] == "S256" and token["body"]["code_verifier"]


def test_slack_comma_scopes_and_tokens_of_the_user(signs_in, server):
    server.settings(way="slack")
    client = signs_in("Slack", Scope="files:read users:read")
    assert client.connect(REFRESH) == "ok"
    authorize, _ = last(server)
    assert authorize["scope"] == "files:read,users:read"
    assert client.rows[0][1] == server.refresh_tokens()[-1], "the token below authed_user"


@pytest.mark.parametrize(("provider", "fault", "way"), [("Slack", "ok_false", "slack"), ("GitHub", "bad_refresh_token", None)])
def test_errors_with_status_200_end_a_sign_in_where_the_provider_says_so(signs_in, server, provider, fault, way):
    server.settings(lifetime=1, way=way)
    client = signs_in(provider)
    assert client.connect() == "ok"
    client.outlive(1)
    server.settings(lifetime=3600, fault=fault, times=1)
    for _ in range(2):
        answer = client.connect(InitiateOAuth="REFRESH")
        assert answer.startswith("28000 ") and "_refresh_token" in answer and "GETANDREFRESH" in answer, answer
    assert server.count("refresh_token") == 1, "a dead refresh token is not sent again"


def test_other_errors_with_status_200_end_nothing(signs_in, server):
    server.settings(lifetime=1, way="slack")
    client = signs_in("Slack")
    assert client.connect() == "ok"
    client.outlive(1)
    server.settings(lifetime=3600, fault="ok_false_busy", times=1)
    answer = client.connect(InitiateOAuth="REFRESH")
    assert answer.startswith("08001 ") and "server_error" in answer, answer
    assert client.connect(InitiateOAuth="REFRESH") == "ok"


def test_microsoft_expires_in_as_text_and_a_scope_for_the_refresh_token(signs_in, server):
    server.settings(way="microsoft", lifetime=1)
    client = signs_in("Microsoft", Scope="User.Read", OAuthClientSecret=None, UID="ada@example.com", Prompt="SELECT_ACCOUNT")
    assert client.connect() == "ok"
    authorize, token = last(server)
    assert authorize["scope"] == "User.Read offline_access"
    assert (authorize["login_hint"], authorize["prompt"]) == ("ada@example.com", "select_account")
    assert "client_secret" not in token["body"]
    client.outlive(1)
    server.settings(lifetime=3600)
    assert client.connect(InitiateOAuth="REFRESH") == "ok"
    assert server.counts() == {"refresh_token": 1}, "the lifetime in quotes was understood"
    # Nobody wants a refresh token here.
    assert client.connect(AccessType="ONLINE", OAuthSettingsLocation="memory://online") == "ok"
    assert last(server)[0]["scope"] == "User.Read"


def test_google_asks_for_a_refresh_token_and_keeps_it_when_a_refresh_brings_none(signs_in, server):
    client = signs_in("Google")
    server.settings(lifetime=1)
    assert client.connect() == "ok"
    authorize, _ = last(server)
    assert (authorize["access_type"], authorize["prompt"]) == ("offline", "consent")
    client.outlive(1)
    given = server.refresh_tokens()[-1]
    server.settings(lifetime=3600, fault="no_refresh_token", times=1)
    assert client.connect(REFRESH) == "ok"
    assert server.counts() == {"refresh_token": 2}
    assert given != client.rows[0][1] == server.refresh_tokens()[-1]


def test_google_service_account(signs_in, server, place):
    account = {
        "type": "service_account",
        "client_email": "robot@project.test",
        "private_key_id": "k1",
        "private_key": service_key(),
    }
    file = place.folder / "account.json"
    file.write_text(json.dumps(account))
    scope = "https://www.googleapis.com/auth/drive.readonly"
    client = signs_in("Google", AuthScheme="OAuthJWT", OAuthJWTCert=file, OAuthClientId=None, OAuthClientSecret=None)
    # The server refuses the assertion; what it was sent is what counts.
    server.settings(way="assertion")
    answer = client.connect(OAuthJWTSubject="ada@example.com")
    assert answer.startswith("28000 ") and "invalid_grant" in answer, answer
    assert "OAuthJWTSubject" in answer and "BEGIN" not in answer, answer
    sent = server.ask("/control")["last"]["sent"]
    assert sent["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" and "client_id" not in sent
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in sent["assertion"].split(".")[:2])
    assert header == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("robot@project.test", "ada@example.com", server.token_url)
    assert claims["scope"] == scope and "scope" not in sent


def test_box_is_not_asked_for_a_refresh_that_could_not_be_stored(signs_in, server, place):
    server.settings(lifetime=1)
    client = signs_in("Box")
    assert client.connect() == "ok"
    client.outlive(1)
    place.settings.chmod(0o400)
    answer = client.connect(InitiateOAuth="REFRESH")
    assert answer.startswith("HY000 ") and "read-only" in answer and "Box" in answer, answer
    assert server.count("refresh_token") == 0, "its single-use refresh token would have been lost"
    place.settings.chmod(0o600)
    assert client.connect(InitiateOAuth="REFRESH") == "ok"


def test_a_provider_with_stable_refresh_tokens_is_asked_all_the_same(signs_in, server, place):
    server.settings(lifetime=1)
    client = signs_in("Google")
    assert client.connect() == "ok"
    client.outlive(1)
    place.settings.chmod(0o400)
    server.settings(lifetime=3600)
    assert client.connect(InitiateOAuth="REFRESH") == "ok"
    assert server.count("refresh_token") == 1


def test_salesforce_says_no_lifetime_and_names_its_host(signs_in, server):
    server.settings(way="salesforce")
    client = signs_in("Salesforce", Scope="api")
    assert client.connect() == "ok"
    assert last(server)[0]["scope"] == "api refresh_token"
    server.settings()
    assert client.connect(InitiateOAuth="REFRESH") == "ok"
    assert server.counts() == {}, "until it is refused"


def test_reddit_basic_without_a_secret(signs_in, server):
    server.settings(wants={"authorization": basic("app", ""), "nothing": ["client_id"]})
    client = signs_in("Reddit", OAuthClientSecret=None)
    assert client.connect() == "ok"
    assert last(server)[0]["duration"] == "permanent"
    assert client.connect(AccessType="ONLINE", OAuthSettingsLocation="memory://online") == "ok"
    assert last(server)[0]["duration"] == "temporary"


def test_atlassian_audience_and_consent(signs_in, server):
    assert signs_in("Atlassian").connect() == "ok"
    authorize, _ = last(server)
    assert (authorize["audience"], authorize["prompt"]) == ("api.atlassian.com", "consent")
    assert authorize["scope"] == "read:me offline_access"


def test_zoho_takes_no_host_for_its_tokens_that_is_not_its_own(signs_in, server):
    # The token endpoint is a property here, so a redirect chooses nothing; among Zoho's own hosts a unit test looks.
    assert signs_in("Zoho").connect() == "ok"
    authorize, _ = last(server)
    assert (authorize["access_type"], authorize["prompt"]) == ("offline", "consent")


def test_a_separate_refresh_url(signs_in, server):
    client = signs_in("Generic", OAuthRefreshTokenURL=f"{server.url}/refresh")
    assert client.connect(REFRESH) == "ok"
    assert server.count("separate refresh URL") == 1


def test_parameters_and_callback_of_the_token_request(signs_in, server):
    client = signs_in("Generic", OAuthParams="audience=https://api.test,tenant=t1", OAuthIncludeCallbackURL="false")
    assert client.connect() == "ok"
    _, token = last(server)
    assert (token["body"]["audience"], token["body"]["tenant"]) == ("https://api.test", "t1")
    assert "redirect_uri" not in token["body"]


def test_state_prompt_and_access_type_of_an_authorization_url(signs_in, server):
    client = signs_in("Generic", InitiateOAuth="OFF", State="from the string", Prompt="LOGIN")
    statement = "EXEC GetOAuthAuthorizationURL"
    assert client.connect(statement, f"{statement} State='mine', Prompt='NONE', AccessType='OFFLINE'") == "ok"
    first, second = (dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(row[0]).query)) for row in client.rows)
    assert (first["state"], first["prompt"]) == ("from the string", "login") and "access_type" not in first
    assert (second["state"], second["prompt"], second["access_type"]) == ("mine", "none", "offline")


def test_given_tokens_expire_when_the_properties_say_so(signs_in, server):
    assert signs_in("Generic").connect(REFRESH) == "ok"
    access_token, refresh_token = "an-older-token", server.refresh_tokens()[-1]
    seeded = signs_in(
        "Generic",
        InitiateOAuth="REFRESH",
        OAuthAccessToken=access_token,
        OAuthRefreshToken=refresh_token,
        OAuthSettingsLocation="memory://seeded",
        OAuthTokenTimestamp="1700000000000",
        OAuthExpiresIn="3600",
    )
    server.settings()
    assert seeded.connect() == "ok"
    assert server.counts() == {"refresh_token": 1}, "it ended in 2023"
    server.settings()
    assert seeded.connect(OAuthExpiresIn=None) == "ok"
    assert server.counts() == {}, "without both, only the server can tell"


def test_an_unknown_provider_and_one_without_an_application_of_this_build_say_what_to_do(signs_in, server):
    answer = signs_in("Nobody").connect()
    assert answer.startswith("08001 ") and "Salesforce" in answer and "OAuthIssuer" in answer, answer
    answer = signs_in("Box", OAuthClientId=None, OAuthClientSecret=None).connect()
    assert answer.startswith("08001 "), answer
    for part in ("https://app.box.com/developers/console", "OAuthClientId", "CallbackURL", "OAuthClientSecret"):
        assert part in answer, answer


def service_key():
    """A fresh RSA key in PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, kind, serialization.NoEncryption()).decode()
