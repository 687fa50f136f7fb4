"""Authorization servers nobody here wrote, and programs that sign in at them through the driver."""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import pytest

from conftest import ARTIFACTS

HERE = pathlib.Path(__file__).parent / "servers"
CONSENT = HERE / "consent_oidc.py"
CHROMIUM = HERE.parent / "chromium_oidc.py"
CLIENT_SECRET = "s3cr3t:with%odd/chars+"

# Rows go into a file of the test's: tokens are their purpose, and what is printed is kept for the canary.
PROGRAM = """
import json, sys
import pyodbc
pyodbc.pooling = False
string, rows, *statements = sys.argv[1:]
try:
    connection = pyodbc.connect(string)
    answers = [list(connection.execute(statement).fetchone()) for statement in statements]
    with open(rows, "w") as file:
        json.dump(answers, file)
    print("ok")
except pyodbc.Error as error:
    print(error.args[0], error.args[1])
"""


class Server:
    """One of servers/*.mjs, running from where packaging/test.sh installed its packages."""

    def __init__(self, name, authorize):
        self.name = name
        installed = os.environ["LATCHKEY_OAUTH_SERVERS"]
        self.errors = open(ARTIFACTS / f"{name}-server.log", "w")
        self.process = subprocess.Popen(
            ["node", f"{name}.mjs"],
            cwd=installed,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        self.url = self.process.stdout.readline().strip()
        assert self.url, f"{name}.mjs did not start; see {name}-server.log among the artifacts"
        self.authorize_url, self.token_url = self.url + authorize, f"{self.url}/token"

    def settings(self, **settings):
        """Changes settings and forgets the counts."""
        self.ask("/control", json.dumps({"settings": settings}).encode(), {"Content-Type": "application/json"})

    def counts(self):
        return self.ask("/control")["counts"]

    def count(self, name):
        return self.counts().get(name, 0)

    def refresh_tokens(self):
        return self.ask("/control")["refreshTokens"]

    def ask(self, path, data=None, headers=()):
        request = urllib.request.Request(self.url + path, data, dict(headers))
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def key(self, name):
        """The private key of a machine, as PEM."""
        return self.ask("/control")["keys"][name]

    def introspect(self, token):
        """What the provider itself says of a token (RFC 7662)."""
        form = {"token": token, "client_id": "conf-post", "client_secret": CLIENT_SECRET}
        return self.ask("/token/introspection", urllib.parse.urlencode(form).encode())

    def who(self, access_token):
        return self.ask("/me", headers={"Authorization": f"Bearer {access_token}"})["sub"]

    def close(self):
        (ARTIFACTS / "secrets").mkdir(exist_ok=True)
        secrets = self.ask("/control")["secrets"]
        (ARTIFACTS / "secrets" / f"{os.getpid()}-{self.name}.json").write_text(json.dumps(secrets))
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()
        self.errors.close()


class Client:
    """An application of one test: connections to one server with one settings file."""

    def __init__(self, place, server, **properties):
        self.place, self.server = place, server
        self.callback = f"{place.callback}/callback"
        self.properties = {
            "InitiateOAuth": "GETANDREFRESH",
            "OAuthClientId": "pub-native",
            "Scope": "openid offline_access",
            "CallbackURL": self.callback,
            "OAuthSettingsLocation": place.settings,
            "OAuthAuthorizationURL": server.authorize_url,
            "OAuthAccessTokenURL": server.token_url,
            "Logfile": place.log,
            "Verbosity": "5",
        } | properties
        # None takes a property out again.
        self.properties = {key: value for key, value in self.properties.items() if value is not None}
        self.browser = browser(CONSENT)

    @classmethod
    def of_device(cls, place, server, **properties):
        """One that signs in by a code on another device, and finds the server's addresses by its issuer."""
        found = {"OAuthIssuer": server.url, "OAuthAuthorizationURL": None, "OAuthAccessTokenURL": None, "CallbackURL": None}
        return cls(place, server, URI=f"{server.url}/documents/whoami.json", **found | properties)

    def connect(self, *statements, **properties):
        """"ok", or SQLSTATE and message; what the statements answered is in `rows`."""
        given = {key: value for key, value in (self.properties | properties).items() if value is not None}
        string = "".join(f"{key}={{{str(value).replace('}', '}}')}}};" for key, value in given.items())
        answers = self.place.folder / f"rows-{time.monotonic_ns()}.json"
        arguments = ["Driver={Latchkey};" + string, str(answers), *statements]
        result = self.place.python(PROGRAM, *arguments, environment={"BROWSER": self.browser})
        assert result.returncode == 0 and not result.stderr, result
        self.rows = json.loads(answers.read_text()) if answers.exists() else None
        return result.stdout.strip()

    def log_in(self, lifetime):
        """The first connection. Returns when its access token has expired."""
        self.server.settings(lifetime=lifetime)
        assert self.connect() == "ok"
        self.outlive(lifetime)
        self.server.settings(lifetime=3600)

    def outlive(self, lifetime):
        """Returns when a token that was given out just now has expired."""
        expired = time.time() + lifetime
        assert self.place.wait_for(lambda: time.time() > expired)

    def authorization(self):
        """The redirected URL of a sign-in elsewhere, and its PKCE verifier."""
        assert self.connect(f"EXEC GetOAuthAuthorizationURL CallbackURL='{self.callback}'", InitiateOAuth="OFF") == "ok"
        url, pkce_verifier, _ = self.rows[0]
        answer = subprocess.run([sys.executable, CONSENT, url, "--print"], capture_output=True, text=True, timeout=60)
        return answer.stdout.strip(), pkce_verifier


def browser(script, *arguments):
    return " ".join([sys.executable, str(script), "%s", *map(str, arguments)])


# Fixtures, to be imported together with the one that they build on.


@pytest.fixture(scope="module")
def oidc():
    """The certified oidc-provider, for one file of tests."""
    server = Server("oidc", "/auth")
    yield server
    server.close()


@pytest.fixture
def provider(oidc):
    """The same as it is before anybody changes it."""
    oidc.settings(lifetime=3600, rotate=True, delay=0, cut=0, issuer=None)
    return oidc


@pytest.fixture(scope="module")
def mock():
    """oauth2-mock-server, for one file of tests."""
    server = Server("mock", "/authorize")
    yield server
    server.close()


@pytest.fixture
def faulty(mock):
    """The same without a fault yet."""
    mock.settings(lifetime=3600, fault=None, times=0, way=None, wants=None)
    return mock
