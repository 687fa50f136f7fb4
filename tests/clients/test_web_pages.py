"""Paged web APIs through pyodbc: every way of paging, keys that go along, tokens that die on the way."""

import contextlib
import http.server
import json
import threading
import urllib.parse

import pytest
from test_places import ASK
from test_pyodbc import application

KEYS = {"X-Api-Key": "header-s3cret-1", "Cookie": "session=cookie-s3cret-2"}
API_KEY = "parameter-s3cret-3"
COUNT = "SELECT count(*), sum(n), count(DISTINCT n) FROM people"
SIZE = 7
ROWS = 40
MANY = 60


class Api(http.server.ThreadingHTTPServer):
    """An API with pages of `SIZE` people, and an authorization server that refreshes its tokens.

    It wants its keys and the latest token with every page, and every token dies after three pages.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.tokens = 0
        self.pages_left = 0
        self.asked = []
        self.problems = []

    def token(self):
        self.tokens += 1
        self.pages_left = 3
        return f"access-token-s3cret-{self.tokens}"


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        assert form["grant_type"] == "refresh_token", form
        self.answer({"access_token": self.server.token(), "token_type": "Bearer", "expires_in": 3600})

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        server = self.server
        server.asked.append(self.path)
        wanted = KEYS | {"Authorization": f"Bearer access-token-s3cret-{server.tokens}"}
        wrong = [name for name, value in wanted.items() if self.headers[name] != value and name != "Authorization"]
        if wrong or query.pop("api_key", None) != API_KEY:
            server.problems.append((self.path, wrong))
            return self.answer({"error": "a key is wrong"}, status=403)
        if self.headers["Authorization"] != wanted["Authorization"] or not server.pages_left:
            return self.answer({"error": "the token is dead"}, status=401)
        server.pages_left -= 1
        getattr(self, url.path.strip("/").split("/")[0])(query)

    def people(self, start):
        return [{"n": number, "name": f"é{number}"} for number in range(start, min(start + SIZE, ROWS))]

    def link(self, query):
        start = int(query.get("from", 0))
        links = {"Link": f'<?from={start + SIZE}>; title="next, page"; rel="last next"'} if start + SIZE < ROWS else {}
        self.answer(self.people(start), **links)

    def url(self, query):
        start = int(query.get("from", 0))
        more = f"{self.server.url}/url/people?from={start + SIZE}" if start + SIZE < ROWS else None
        self.enclosed(start, more)

    def token(self, query):
        start = int(query.get("cursor", "at:0").removeprefix("at:"))
        self.enclosed(start, f"at:{start + SIZE}" if start + SIZE < ROWS else "")

    def enclosed(self, start, more):
        self.answer({"data": self.people(start), "meta": {"next": more}})

    def page(self, query):
        self.answer(self.people((int(query["page"]) - 1) * SIZE))

    def many(self, query):
        start = (int(query["page"]) - 1) * 5000
        self.answer([{"n": number} for number in range(start, start + 5000)] if start < MANY * 5000 else [])

    def offset(self, query):
        self.answer(self.people(int(query["offset"])))

    def elsewhere(self, _):
        self.answer([{"n": 1}], Link=f'<http://localhost:{self.server.stranger.server_port}/>; rel="next"')

    def answer(self, value, status=200, **headers):
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def api():
    with serving(Api()) as server:
        yield server


def string(place, api, way, **more):
    given = {
        "URI": f"{api.url}/{way}/people",
        "Paging": way,
        "InitiateOAuth": "REFRESH",
        "OAuthClientId": "client",
        "OAuthRefreshToken": "refresh-token-s3cret",
        "OAuthAccessTokenURL": f"{api.url}/oauth/token",
        "OAuthSettingsLocation": place.settings,
        "CustomHeaders": f"X-Api-Key: {KEYS['X-Api-Key']}|X-Other: a|b",
        "CustomUrlParams": f"api_key={API_KEY}",
        "Cookies": KEYS["Cookie"],
        "Logfile": place.log,
        "Verbosity": 5,
    } | more
    return "Driver={Latchkey};" + "".join(f"{key}={{{value}}};" for key, value in given.items())


def no_secret_is_in(text):
    assert "s3cret" not in text, [line for line in text.splitlines() if "s3cret" in line]


@pytest.mark.parametrize("way", ["link", "page", "offset"])
def test_pages_of_arrays_are_one_table(place, api, way):
    assert application(place, string(place, api, way), ASK, COUNT) == [[[ROWS, ROWS * (ROWS - 1) // 2, ROWS]]]
    assert api.tokens >= 2 and not api.problems
    log = place.log.read_text()
    assert "http" in log
    no_secret_is_in(log)


@pytest.mark.parametrize(
    "way, more",
    [("url", {"PagingPath": "$.meta.next"}), ("token", {"PagingPath": "/meta/next", "PagingParam": "cursor"})],
)
def test_records_in_pages_of_objects_are_one_table(place, api, way, more):
    given = string(place, api, way, JSONPath="$.data", **more)
    assert application(place, given, ASK, COUNT.replace("people", "data")) == [[[ROWS, ROWS * (ROWS - 1) // 2, ROWS]]]
    assert not api.problems
    no_secret_is_in(place.log.read_text())


def test_rows_come_while_later_pages_are_still_to_be_read(place, api):
    program = """
cursor.execute("SELECT n FROM people")
show(cursor.fetchone()[0])
cursor.close()
"""
    assert application(place, string(place, api, "many", Paging="page", RowScanDepth=2), program) == [0]
    assert 0 < len(api.asked) < MANY / 2, api.asked


def test_what_is_wrong_is_said_without_a_secret(place, api):
    for more, state, says in [
        ({"PagingLimit": 3}, "HY000", "PagingLimit"),
        ({"PagingPath": "$.data"}, "HY000", "is missing"),
        ({"PagingPath": "$.data[*]"}, "08001", "several values"),
        ({"Paging": "token"}, "08001", "Paging=token needs PagingPath"),
        ({"Cookies": "session=other-s3cret"}, "08S01", "refused access"),
        ({"CustomHeaders": "Host: other-s3cret"}, "08001", "holds host"),
        ({"CustomHeaders": "Authorization: other-s3cret"}, "08001", "which the sign-in of the connection sets"),
    ]:
        program = """
import pyodbc
try:
    with pyodbc.connect(sys.argv[2]) as connection:
        show(connection.execute("SELECT * FROM people").fetchall())
except pyodbc.Error as error:
    show(list(error.args))
"""
        given = string(place, api, "page", **more)
        ((got, text),) = application(place, "Driver={Latchkey};OAuthClientId=x", program, given)
        assert says in text and "s3cret" not in text, text
        assert got == state, (more, got, text)
    no_secret_is_in(place.log.read_text())


def test_another_server_is_never_asked(place, api):
    with serving(Api()) as stranger:
        api.stranger = stranger
        given = string(place, api, "elsewhere", Paging="link")
        ((state, text),) = application(place, given, ASK, "SELECT * FROM people")
        assert state == "HY000" and f"http://localhost:{stranger.server_port}" in text and api.url in text, text
        assert not stranger.asked


def test_a_data_source_may_hold_it_all(place, api):
    given = string(place, api, "page").removeprefix("Driver={Latchkey};")
    place.data_source("Api", dict(pair.split("={") for pair in given.removesuffix("};").split("};")))
    assert application(place, "DSN=Api", ASK, COUNT) == [[[ROWS, ROWS * (ROWS - 1) // 2, ROWS]]]
