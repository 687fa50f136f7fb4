"""Sign-in without a person: client credentials, passwords, assertions, HTTP Basic; each opens a real document."""

import base64
import http.server
import json
import threading
import urllib.error

import pytest

from foreign import CLIENT_SECRET, Client, oidc, provider

PASSWORD = "correct horse battery staple"
WHO = "SELECT client, who, scope FROM whoami"


@pytest.fixture
def machine(place, provider):
    return Client(
        place,
        provider,
        URI=f"{provider.url}/documents/whoami.json",
        AuthScheme="OAuthClient",
        InitiateOAuth="REFRESH",
        OAuthClientId="machine",
        OAuthClientSecret=CLIENT_SECRET,
        OAuthPasswordGrantMode="BASIC",
        Scope="read",
        OAuthAuthorizationURL=None,
        CallbackURL=None,
    )


def test_client_credentials_open_a_document_and_are_asked_for_once(machine, provider):
    for _ in range(2):
        assert machine.connect(WHO) == "ok"
        assert machine.rows == [["machine", None, "read"]]
    assert provider.counts() == {"client_credentials": 1}


def test_client_credentials_are_asked_for_anew_when_they_end(machine, provider):
    provider.settings(lifetime=1)
    assert machine.connect(WHO) == "ok"
    machine.outlive(1)
    assert machine.connect(WHO) == "ok"
    assert provider.counts() == {"client_credentials": 2}


def test_a_secret_with_odd_characters_in_basic_where_the_server_refuses_a_raw_one(machine, provider):
    raw = base64.b64encode(f"machine:{CLIENT_SECRET}".encode()).decode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        provider.ask("/token", b"grant_type=client_credentials", {"Authorization": f"Basic {raw}"})
    assert refused.value.code == 400
    assert machine.connect(WHO) == "ok"


def test_a_wrong_secret_names_what_to_check_and_costs_no_token(machine, provider):
    assert machine.connect(WHO) == "ok"
    answer = machine.connect(WHO, OAuthClientSecret="not it", OAuthSettingsLocation="memory://wrong")
    assert answer.startswith("28000 ") and "OAuthClientSecret" in answer and "not it" not in answer, answer
    assert machine.connect(WHO) == "ok"


def test_an_access_token_for_one_resource(machine, provider):
    resource = "https://documents.test/a"
    assert machine.connect("SELECT client, audience FROM whoami", OAuthResource=resource) == "ok"
    assert machine.rows == [["machine", resource]]
    answer = machine.connect(WHO, OAuthResource="https://elsewhere.test/", OAuthSettingsLocation="memory://other")
    assert answer.startswith("28000 ") and "invalid_target" in answer, answer


def test_parameters_of_ones_own_reach_the_token_endpoint_and_may_not_be_the_protocols(machine, provider):
    properties = {"OAuthResource": None, "OAuthParams": "resource=https://documents.test/b, audience=x"}
    assert machine.connect("SELECT audience FROM whoami", **properties) == "ok"
    assert machine.rows == [["https://documents.test/b"]]
    answer = machine.connect(WHO, OAuthParams="grant_type=password")
    assert answer.startswith("08001 ") and "OAuthParams" in answer and "grant_type" in answer, answer


@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_a_signed_assertion_in_the_place_of_a_client_secret(machine, provider, place, key):
    pem = place.folder / "key.pem"
    pem.write_text(provider.key(key))
    given = {"OAuthClientId": f"robot-{key}", "OAuthClientSecret": None, "OAuthPasswordGrantMode": None}
    assert machine.connect(WHO, OAuthJWTCert=pem, OAuthJWTAudience=provider.url, **given) == "ok"
    assert machine.rows == [[f"robot-{key}", None, "read"]]
    wrong = provider.key("ec" if key == "rsa" else "rsa")
    given["OAuthSettingsLocation"] = "memory://wrong"
    answer = machine.connect(WHO, OAuthJWTCert=wrong, OAuthJWTAudience=provider.url, **given)
    assert answer.startswith("28000 ") and "invalid_client" in answer and "PRIVATE" not in answer, answer


@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_a_signed_assertion_as_the_sign_in_itself(machine, provider, key):
    given = {
        "AuthScheme": "OAuthJWT",
        "OAuthClientId": "robot",
        "OAuthClientSecret": None,
        "OAuthPasswordGrantMode": None,
        "OAuthJWTCert": provider.key(key),
        "OAuthJWTPublicKeyId": key,
        "OAuthJWTSubject": "alice",
    }
    for _ in range(2):
        assert machine.connect(WHO, **given) == "ok"
        assert machine.rows == [["robot", "alice", "read"]]
    assert provider.counts() == {"urn:ietf:params:oauth:grant-type:jwt-bearer": 1}
    given |= {"OAuthJWTAudience": "https://elsewhere.test", "OAuthSettingsLocation": "memory://other"}
    answer = machine.connect(WHO, **given)
    assert answer.startswith("28000 ") and "invalid_grant" in answer and "OAuthJWTAudience" in answer, answer


def test_a_password_grant_where_the_provider_allows_it(machine, provider):
    given = {"AuthScheme": "OAuthPassword", "UID": "alice", "PWD": PASSWORD}
    assert machine.connect(WHO, **given) == "ok"
    assert machine.rows == [["machine", "alice", "read"]]
    answer = machine.connect(WHO, **given | {"PWD": "guess12345", "OAuthSettingsLocation": "memory://wrong"})
    assert answer.startswith("28000 ") and "UID and PWD" in answer and "guess" not in answer, answer
    provider.settings()
    answer = machine.connect(WHO, OAuthProvider="Dropbox", **given)
    assert answer.startswith("08001 ") and "OAuthPassword" in answer and "Dropbox" in answer, answer
    assert provider.counts() == {}


def test_the_older_grant_type_property_means_the_same(machine, provider):
    assert machine.connect(WHO, AuthScheme=None, OAuthGrantType="CLIENT") == "ok"
    assert provider.counts() == {"client_credentials": 1}


def test_the_procedure_obtains_tokens_by_any_grant_and_stores_nothing_under_off(machine, provider, place):
    for grant, more in [("CLIENT", {}), ("PASSWORD", {"UID": "alice", "PWD": PASSWORD})]:
        statement = f"EXEC GetOAuthAccessToken GrantType='{grant}'"
        assert machine.connect(statement, InitiateOAuth="OFF", AuthScheme=None, URI=None, **more) == "ok"
        access_token, refresh_token, expires_in = machine.rows[0]
        assert refresh_token is None and int(expires_in) == 3600
        assert provider.introspect(access_token)["active"]
    assert not place.settings.exists()
    # And what it brought opens the document.
    assert machine.connect(WHO, InitiateOAuth="OFF", AuthScheme=None, OAuthAccessToken=access_token) == "ok"
    assert machine.rows == [["machine", "alice", "read"]]


class Documents(http.server.BaseHTTPRequestHandler):
    """people.json for ada with her password, and open.json for everybody."""

    asked = []

    def do_GET(self):
        self.asked.append((self.path, self.headers.get("Authorization")))
        expected = "Basic " + base64.b64encode("ada:pä:ss".encode()).decode()
        if self.path == "/people.json" and self.headers.get("Authorization") != expected:
            body, status = b"who are you?", 401
        else:
            body, status = json.dumps([{"name": "Ada"}, {"name": "Grace"}]).encode(), 200
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status == 200 else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def documents():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Documents)
    Documents.asked.clear()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_basic_and_none(place, documents):
    def connect(statement, **properties):
        client = Client(place, server=type("Nobody", (), {"authorize_url": None, "token_url": None}), **properties)
        keep = ("URI", "AuthScheme", "UID", "PWD", "Logfile", "Verbosity")
        client.properties = {key: value for key, value in client.properties.items() if key in keep}
        return client.connect(statement), client.rows

    count = "SELECT count(*) FROM people"
    basic = {"URI": f"{documents}/people.json", "AuthScheme": "Basic", "UID": "ada"}
    assert connect(count, **basic, PWD="pä:ss") == ("ok", [[2]])
    answer, _ = connect(count, **basic, PWD="wrong-one")
    assert answer.startswith("08S01 ") or answer.startswith("28000 "), answer
    assert "UID and PWD" in answer and "wrong-one" not in answer, answer
    answer, _ = connect(count, URI=f"{documents}/people.json")
    assert "AuthScheme=Basic" in answer, answer
    answer, _ = connect(count, URI=f"{documents}/people.json", AuthScheme="Basic")
    assert answer.startswith("08001 ") and "UID" in answer, answer
    Documents.asked.clear()
    assert connect("SELECT count(*) FROM open", URI=f"{documents}/open.json?key=k3y-in-query") == ("ok", [[2]])
    assert {authorization for _, authorization in Documents.asked} == {None}
    assert len(Documents.asked) == 2, "one request for the columns, one for the rows"
    assert connect("SELECT count(*) FROM open", URI=f"{documents}/open.json", AuthScheme="None")[0] == "ok"
    assert "k3y-in-query" not in place.log.read_text()
