"""docs/flows.md, walked: every connection string, statement, command and message on the page, in its order."""

import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import urllib.parse

import pytest

from foreign import CLIENT_SECRET, CONSENT as OIDC_CONSENT, oidc, provider
from signing_in import CONSENT
from test_machines import PASSWORD

PAGE = (pathlib.Path(__file__).parents[2] / "docs" / "flows.md").read_text(encoding="utf-8")
CALLBACK = "http://localhost:33333"
# A fenced block, or a stage direction in a comment of its own.
PART = re.compile(r"^```([a-z-]+)(?: ([^\n]*))?\n(.*?)^```$|^<!-- ([^\n]*) -->$", re.M | re.S)
SECTIONS = {
    title: [match.groups() for match in PART.finditer(text)]
    for title, text in re.findall(r"^## ([^\n]*)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
}
FLOWS = [title for title, parts in SECTIONS.items() if parts]

# The rows go into a file: tokens are the purpose of some, and what is printed is kept for the canary.
PROGRAM = """
import json, sys
import pyodbc
pyodbc.pooling = False
string, statement, file = sys.argv[1:]
try:
    connection = pyodbc.connect(string)
    if statement:
        cursor = connection.execute(statement)
        names = [column[0] for column in cursor.description]
        with open(file, "w") as answer:
            json.dump([dict(zip(names, row)) for row in cursor], answer)
except pyodbc.Error as error:
    print(error.args[1])
"""

# The client of the provider for each scheme.
CLIENTS = {"OAuthDevice": "pub-native", "OAuthClient": "machine", "OAuthJWT": "robot", "OAuthPassword": "machine"}


class Walk:
    """Somebody who follows a section, at a desktop with a browser and at a server without one."""

    def __init__(self, place, provider):
        self.place, self.provider = place, provider
        place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
        self.simulator = place.simulator("--redirect-uri", CALLBACK)
        self.files = place.folder / "srv"
        self.files.mkdir()
        for machine in ("desktop", "server"):
            (place.folder / machine).mkdir()
        key = self.files / "key.pem"
        key.write_text(provider.key("rsa"))
        key.chmod(0o600)
        self.answers = {"app key": "simulatorappkey", "app secret": "simulatorappsecret"}
        self.answers |= {"client secret": CLIENT_SECRET, "password": PASSWORD}
        self.machine = self.string = self.message = None

    # What is on the page is replaced by what there is here.

    def filled(self, text):
        return re.sub(r"<([\w ]+)>", lambda match: self.value(match[1]), text.strip()).replace("/srv/latchkey", str(self.files))

    def value(self, name):
        if name in ("code", "address"):
            answer = subprocess.run(
                [sys.executable, CONSENT, "--print", self.answers["URL"]], capture_output=True, text=True, timeout=60
            )
            address = answer.stdout.strip()
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
            assert query["state"] == self.answers["State"]
            return address if name == "address" else query["code"]
        return self.answers[name]

    def connected(self, text, words):
        scheme = re.search(r"AuthScheme=(\w+)", text)
        if scheme:
            self.answers["client id"] = "robot-rsa" if "with-a-key" in words else CLIENTS[scheme[1]]
        string = self.filled(text)
        if "login.example.com" in string:
            string = string.replace("https://login.example.com", self.provider.url)
            string = string.replace("https://api.example.com", f"{self.provider.url}/documents")
            own = {}
        else:
            url = self.simulator.url
            own = {
                "OAuthAuthorizationURL": f"{url}/oauth2/authorize",
                "OAuthAccessTokenURL": f"{url}/oauth2/token",
                "OAuthRevokeURL": f"{url}/2/auth/token/revoke",
                "DropboxAPIURL": url,
                "DropboxContentURL": url,
            }
        own |= {"Logfile": self.place.log, "Verbosity": 5}
        return string.rstrip(";") + "".join(f";{name}={{{value}}}" for name, value in own.items())

    # The kinds of parts of the page.

    def connection_string(self, text, words):
        self.machine = "server" if "server" in words else "desktop"
        self.string = self.connected(text, words)
        table = re.search(r"URI=[^;]*/(\w+)\.json", text)
        self.ask(f"SELECT count(*) AS n FROM {table[1]}" if table else "")
        if table and not self.message:
            assert self.rows == [{"n": 2 if table[1] == "people" else 1}]

    def sql(self, text, words):
        self.ask(self.filled(text))
        assert not self.message, self.message
        [row] = self.rows
        assert any(row.values()), row
        self.answers |= row

    def message_(self, text, words):
        """The message that the block before must have ended with, where … stands for anything."""
        pattern = ".*".join(re.escape(piece) for piece in text.strip().split("…"))
        assert self.message and re.search(pattern, self.message, re.S), (text, self.message)
        shown = re.search(r"or open (\S+) and", self.message)
        if shown:
            self.answers["VerificationURLComplete"] = shown[1]
        self.message = None

    def sh(self, text, words):
        """A command at the desktop; scp leads to this machine."""
        scp = self.place.folder / "bin" / "scp"
        scp.parent.mkdir(exist_ok=True)
        scp.write_text('#!/bin/sh\nexec cp "$1" "$2" "${3#server:}"\n')
        scp.chmod(scp.stat().st_mode | stat.S_IXUSR)
        environment = {"HOME": str(self.place.folder / "desktop"), "PATH": f"{scp.parent}:{os.environ['PATH']}"}
        result = self.place.run("sh", "-c", self.filled(text), environment=environment)
        assert result.returncode == 0, result

    def direction(self, text):
        if text == "the access token expires":
            self.simulator.control("expire")
        elif text == "somebody enters the code":
            url = self.answers["VerificationURLComplete"]
            subprocess.run([sys.executable, OIDC_CONSENT, url], check=True, capture_output=True, timeout=60)
        else:
            pytest.fail(f"The page asks for what this test cannot do: {text}")

    def ask(self, statement):
        assert not self.message, f"The page says nothing of the error {self.message}"
        file = self.place.folder / "rows.json"
        file.unlink(missing_ok=True)
        environment = {"HOME": str(self.place.folder / self.machine)}
        if self.machine == "server":
            environment["BROWSER"] = ""
        result = self.place.python(PROGRAM, self.string, statement, str(file), environment=environment)
        assert result.returncode == 0 and not result.stderr, result
        self.message = result.stdout.strip()
        self.rows = json.loads(file.read_text()) if file.exists() else None


@pytest.mark.parametrize("title", FLOWS)
def test_a_flow_goes_as_the_page_says(place, provider, title):
    walk = Walk(place, provider)
    for kind, words, text, direction in SECTIONS[title]:
        if direction:
            walk.direction(direction)
        else:
            {
                "connection-string": walk.connection_string,
                "sql": walk.sql,
                "message": walk.message_,
                "sh": walk.sh,
            }[kind](text, (words or "").split())
    assert not walk.message, walk.message


def test_every_block_of_the_page_is_walked():
    blocks = len(re.findall(r"^```[a-z]", PAGE, re.M))
    walked = sum(1 for title in FLOWS for kind, *_ in SECTIONS[title] if kind)
    assert walked == blocks > 30
