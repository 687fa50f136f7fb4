"""Runs the Dropbox simulator under a test and speaks to its control endpoint."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

DOCUMENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "documents")

APP_KEY = "simulatorappkey"
APP_SECRET = "simulatorappsecret"
REDIRECT_URI = "http://localhost:33333"


def binary():
    """The simulator: the first argument, or LATCHKEY_SIMULATOR."""
    path = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("LATCHKEY_SIMULATOR")
    if not path:
        sys.exit("Name the simulator's program, as the first argument or in LATCHKEY_SIMULATOR.")
    return path


class Answer:
    """An HTTP answer that was read to its end."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)


class Simulator:
    """A simulator that ends with this process."""

    def __init__(self, root=DOCUMENTS, *arguments):
        self._folder = tempfile.TemporaryDirectory()
        command = [binary(), "--root", root, "--tls-port", "0", "--ca-out", os.path.join(self._folder.name, "ca.pem")]
        self._process = subprocess.Popen(
            [*command, "--until-stdin-closes", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        ready = self._process.stdout.readline()
        if not ready:
            sys.exit("The simulator did not start.")
        ready = json.loads(ready)
        self.http, self.https, self.ca = ready["http"], ready["https"], ready["ca"]

    def stop(self):
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()
        self._folder.cleanup()

    def connect(self):
        return http.client.HTTPConnection(urllib.parse.urlsplit(self.http).netloc, timeout=30)

    def request(self, method, path, body=None, headers=None):
        """One request on a connection of its own; nothing is followed, added or repeated."""
        with contextlib.closing(self.connect()) as connection:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())

    def control(self, what, body=None):
        """POSTs to the control endpoint; gives the JSON of the answer, if it has one."""
        answer = self.request("POST", f"/control/{what}", json.dumps(body) if body is not None else None)
        if answer.status >= 300:
            raise AssertionError(f"/control/{what}: {answer.status} {answer.text}")
        return answer.json if answer.body else None

    def counts(self):
        return self.request("GET", "/control/counts").json

    def secrets(self):
        return self.request("GET", "/control/secrets").json

    def settings(self):
        return self.request("GET", "/control/settings").json


class SimulatorTest(unittest.TestCase):
    """Tests of one simulator, which is as new before each of them."""

    root = DOCUMENTS
    arguments = []

    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator(cls.root, *cls.arguments)
        cls.addClassCleanup(cls.simulator.stop)
        cls._settings = cls.simulator.settings()

    def setUp(self):
        self.simulator.control("settings", self._settings)
        self.simulator.request("DELETE", "/control/faults")
        self.simulator.control("reset-counts")

    def sign_in(self, **login):
        """Tokens without a browser."""
        return self.simulator.control("login", {"client_id": APP_KEY, **login})

    def authorize_url(self, **parameters):
        """The address an app sends a browser to; a parameter that is None is left out."""
        given = {"response_type": "code", "client_id": APP_KEY, **parameters}
        query = urllib.parse.urlencode({name: value for name, value in given.items() if value is not None})
        return f"{self.simulator.http}/oauth2/authorize?{query}"

    def token(self, headers=None, **form):
        """POSTs a form to the token endpoint; a field that is None is left out."""
        body = urllib.parse.urlencode({name: value for name, value in form.items() if value is not None})
        given = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.simulator.request("POST", "/oauth2/token", body, given)

    def call(self, function, argument, token=None, **headers):
        """Calls a function in RPC style, by default with a fresh token; underscores in names of headers are hyphens."""
        token = token or self.sign_in()["access_token"]
        given = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.simulator.request("POST", f"/2/{function}", json.dumps(argument), given)

    def assert_tags(self, answer, status, *tags):
        """A tagged error, whose summary says the same and ends in up to three dots."""
        self.assertEqual(answer.status, status, answer.text)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertRegex(answer.json["error_summary"], f"^{'/'.join(tags)}/\\.{{0,3}}$")
        error = answer.json["error"]
        for tag in tags:
            self.assertEqual(error[".tag"], tag)
            error = error.get(tag)

    def assert_plain(self, answer, text):
        """A 400 in plain text, as for all calls that are wrong in themselves."""
        self.assertEqual(answer.status, 400, answer.text)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        self.assertIn(text, answer.text)


def main(*modules):
    """Runs the tests of these modules, prints totals, and gives the exit status."""
    tests = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromModule(module) for module in modules)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(tests)
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    return 1 if bad or not result.testsRun else 0
