"""The flows as the documentation of the properties tells them, step by step, by the programs that users have."""

import json
import subprocess
import sys

import pytest

from signing_in import CONSENT

QUERY = "SELECT name FROM people ORDER BY name\n"
ROWS = ["Ada", "Grace"]
APP = {"OAuthClientId": "simulatorappkey", "OAuthClientSecret": "simulatorappsecret"}

# One statement of one connection, as a web application or a script would make it: columns by name, or the error.
STATEMENT = """
import json, sys
import pyodbc
pyodbc.pooling = False
string, statement, file = sys.argv[1:]
try:
    cursor = pyodbc.connect(string).execute(statement)
    names = [column[0] for column in cursor.description]
    with open(file, "w") as answer:
        json.dump([dict(zip(names, row)) for row in cursor], answer)
    print("ok")
except pyodbc.Error as error:
    print(error.args[0], error.args[1])
"""


class User:
    """Somebody with a HOME, who knows of the simulator's endpoints what a provider row would know of Dropbox."""

    def __init__(self, place, simulator, home="home"):
        self.place, self.simulator = place, simulator
        self.home = place.folder / home
        self.home.mkdir(exist_ok=True)
        self.sources = 0
        self.endpoints = {
            "OAuthAuthorizationURL": f"{simulator.url}/oauth2/authorize",
            "OAuthAccessTokenURL": f"{simulator.url}/oauth2/token",
            "DropboxAPIURL": simulator.url,
            "DropboxContentURL": simulator.url,
            "Logfile": place.log,
            "Verbosity": 5,
        }

    def isql(self, environment=(), **properties):
        """What isql prints for a DSN of these properties: the names, or the error."""
        self.sources += 1
        name = f"{self.home.name}-{self.sources}"
        self.place.data_source(name, {"URI": "dropbox:///people.json"} | properties | self.endpoints)
        environment = {"HOME": str(self.home)} | dict(environment)
        result = self.place.run("isql", name, "-b", "-v", "-d,", stdin=QUERY, environment=environment)
        return result.stdout.split() if result.returncode == 0 and "[" not in result.stdout else result.stdout

    def execute(self, statement, **properties):
        """The rows of one statement as dictionaries, through pyodbc, or the error."""
        given = properties | self.endpoints
        string = "Driver={Latchkey};" + "".join(f"{name}={{{value}}};" for name, value in given.items())
        file = self.home / "answer.json"
        file.unlink(missing_ok=True)
        result = self.place.python(STATEMENT, string, statement, str(file), environment={"HOME": str(self.home)})
        assert result.returncode == 0 and not result.stderr, result
        return json.loads(file.read_text()) if file.exists() else result.stdout.strip()

    def browse(self, url):
        """Where the browser of another machine ends when somebody signs in at the URL."""
        answer = subprocess.run([sys.executable, CONSENT, "--print", url], capture_output=True, text=True, timeout=60)
        return answer.stdout.strip()


@pytest.fixture
def at(place):
    """A user of a simulator where this callback is registered."""

    def make(callback, home="home"):
        place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
        place.callback = callback
        return User(place, place.simulator(), home)

    return make


def code_of(redirected):
    return redirected.split("code=")[1].split("&")[0]


def test_desktop_embedded_application(at, place):
    user = at("http://localhost:33333")
    assert user.isql(InitiateOAuth="GETANDREFRESH") == ROWS
    assert (user.home / ".config" / "latchkey" / "OAuthSettings.txt").exists()
    user.simulator.control("reset-counts")
    assert user.isql(InitiateOAuth="GETANDREFRESH") == ROWS
    assert user.simulator.count("/oauth2/authorize") == user.simulator.count("/oauth2/token") == 0


@pytest.mark.parametrize("callback", ["http://localhost:PORT", "http://127.0.0.1:PORT/path", "https://localhost:3333"])
def test_desktop_custom_application(at, place, callback):
    user = at(callback.replace("PORT", str(place.callback_port)))
    given = {"InitiateOAuth": "GETANDREFRESH", "CallbackURL": place.callback} | APP
    # What a person does past the browser's warning, the script does by trusting the certificate that was made.
    trusted = {"SSL_CERT_FILE": str(user.home / ".config" / "latchkey" / "OAuthSettings.txt.callback.pem")}
    environment = trusted if callback.startswith("https") else {}
    assert user.isql(environment, **given) == ROWS
    assert user.isql(**given) == ROWS
    assert user.simulator.count("/oauth2/authorize") >= 1
    assert user.simulator.count("token:authorization_code") == 1


def web_application(at, place):
    """The steps of a web application: the user at its first process, and the tokens that its second one got."""
    user = at("https://app.example.test/callback")
    answer = user.execute(f"EXEC GetOAuthAuthorizationURL CallbackURL='{place.callback}'", **APP)
    redirected = user.browse(answer[0]["URL"])
    # Another process, perhaps of another machine of the web application: nothing is left of the first but the code.
    another = User(place, user.simulator, home="another")
    statement = f"EXEC GetOAuthAccessToken AuthMode='WEB', Verifier='{code_of(redirected)}', CallbackURL='{place.callback}'"
    [tokens] = another.execute(statement, **APP)
    return user, tokens


def test_web_application(at, place):
    _, tokens = web_application(at, place)
    assert tokens["OAuthAccessToken"] and tokens["OAuthRefreshToken"] and int(tokens["ExpiresIn"]) > 0


def test_automatic_refresh(at, place):
    user, tokens = web_application(at, place)
    string = {
        "InitiateOAuth": "REFRESH",
        "OAuthAccessToken": tokens["OAuthAccessToken"],
        "OAuthRefreshToken": tokens["OAuthRefreshToken"],
        "OAuthSettingsLocation": place.settings,
    } | APP
    assert user.isql(**string) == ROWS
    assert place.settings.exists()
    user.simulator.control("expire")
    assert user.isql(**string) == ROWS
    refreshed = user.simulator.count("token:refresh_token")
    assert refreshed >= 1
    # The same string, whose access token is long dead: the stored, newer values are used.
    assert user.isql(**string) == ROWS
    assert user.simulator.count("token:refresh_token") == refreshed


def test_manual_refresh(at, place):
    user, tokens = web_application(at, place)
    user.simulator.control("expire")
    off = {"InitiateOAuth": "OFF"}
    answer = user.isql(OAuthAccessToken=tokens["OAuthAccessToken"], **off)
    assert "RefreshOAuthAccessToken" in answer, answer
    statement = f"EXEC RefreshOAuthAccessToken OAuthRefreshToken='{tokens['OAuthRefreshToken']}'"
    [fresh] = user.execute(statement, **APP)
    assert fresh["OAuthRefreshToken"] == tokens["OAuthRefreshToken"], "to be kept for the next time"
    assert user.isql(OAuthAccessToken=fresh["OAuthAccessToken"], **off) == ROWS


@pytest.mark.parametrize("pasted", ["code", "URL"])
def test_headless_verifier_of_a_custom_application(at, place, pasted):
    user = at("https://app.example.test/callback")
    off = {"InitiateOAuth": "OFF", "CallbackURL": place.callback} | APP
    [answer] = user.execute("EXEC GetOAuthAuthorizationURL", **off)
    redirected = user.browse(answer["URL"])
    verifier = redirected if pasted == "URL" else code_of(redirected)

    headless = User(place, user.simulator, home="headless")
    string = {"InitiateOAuth": "REFRESH", "OAuthSettingsLocation": place.settings, "CallbackURL": place.callback} | APP
    no_browser = {"BROWSER": ""}
    assert headless.isql(no_browser, OAuthVerifier=verifier, **string) == ROWS
    assert place.settings.exists()
    headless.simulator.control("reset-counts")
    assert headless.isql(no_browser, **string) == ROWS
    assert headless.isql(no_browser, OAuthVerifier=verifier, **string) == ROWS, "the stale code is ignored"
    assert headless.simulator.count("/oauth2/token") == 0
    headless.simulator.control("expire")
    assert headless.isql(no_browser, **string) == ROWS
    assert headless.simulator.count("token:refresh_token") == 1


@pytest.mark.parametrize("pasted", ["code", "URL"])
def test_headless_verifier_of_the_embedded_application(at, place, pasted):
    user = at("http://localhost:33333")
    [made] = user.execute("EXEC GetOAuthAuthorizationURL")
    redirected = user.browse(made["URL"])
    verifier = redirected if pasted == "URL" else code_of(redirected)

    headless = User(place, user.simulator, home="headless")
    string = {"InitiateOAuth": "REFRESH", "OAuthSettingsLocation": place.settings}
    # An application without a secret proves by PKCE who asked for the code; the code alone says what is missing.
    answer = headless.isql(OAuthVerifier=verifier, **string)
    assert "PKCEVerifier" in answer and "GetOAuthAuthorizationURL" in answer, answer
    assert headless.isql(OAuthVerifier=verifier, PKCEVerifier=made["PKCEVerifier"], **string) == ROWS
    assert headless.isql(**string) == ROWS
    assert headless.isql(OAuthVerifier=verifier, **string) == ROWS, "the stale code is ignored"


def test_headless_verifier_with_the_settings_of_the_machine_that_made_the_url(at, place):
    """The PKCE verifier waits in the settings file, so that nothing but the code is copied."""
    user = at("http://localhost:33333")
    settings = {"OAuthSettingsLocation": place.settings}
    [made] = user.execute("EXEC GetOAuthAuthorizationURL", **settings)
    code = code_of(user.browse(made["URL"]))
    assert user.isql({"BROWSER": ""}, InitiateOAuth="REFRESH", OAuthVerifier=code, **settings) == ROWS


def test_headless_transfer(at, place):
    desktop = at("http://localhost:33333")
    assert desktop.isql(InitiateOAuth="GETANDREFRESH") == ROWS
    made = desktop.home / ".config" / "latchkey" / "OAuthSettings.txt"

    headless = User(place, desktop.simulator, home="headless")
    copy = headless.home / "OAuthSettings.txt"
    copy.touch(mode=0o600)
    # As a file transfer in text mode leaves it.
    copy.write_bytes(made.read_bytes().replace(b"\n", b"\r\n"))
    string = {"InitiateOAuth": "REFRESH", "OAuthSettingsLocation": copy}
    headless.simulator.control("reset-counts")
    assert headless.isql({"BROWSER": ""}, **string) == ROWS
    assert headless.simulator.count("/oauth2/token") == 0
    headless.simulator.control("expire")
    assert headless.isql({"BROWSER": ""}, **string) == ROWS
    assert headless.simulator.count("token:refresh_token") == 1
