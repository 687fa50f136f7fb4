"""What the suites share: the simulator, a private driver registration, a scripted person at the browser."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

HERE = pathlib.Path(__file__).parent
DRIVER = os.environ["LATCHKEY_DRIVER"]
SIMULATOR = os.environ["LATCHKEY_SIMULATOR"]
ARTIFACTS = pathlib.Path(os.environ["LATCHKEY_TEST_ARTIFACTS"])
CONSENT = f"{sys.executable} {HERE / 'dropbox' / 'consent.py'} %s"


class Simulator:
    """A running Dropbox simulator over a folder."""

    def __init__(self, folder, *arguments):
        self.process = subprocess.Popen(
            [SIMULATOR, "--root", str(folder), "--port", "0", "--until-stdin-closes", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        ready = json.loads(self.process.stdout.readline())
        self.url, self.secure_url = ready["http"], ready["https"]

    def control(self, path, /, **body):
        data = json.dumps(body).encode() if body or path not in ("counts", "secrets") else None
        request = urllib.request.Request(f"{self.url}/control/{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def counts(self):
        return self.control("counts")

    def count(self, key):
        return self.counts().get(key, 0)

    def close(self):
        secrets = self.control("secrets")
        (ARTIFACTS / "secrets").mkdir(exist_ok=True)
        name = f"{os.getpid()}-{self.process.pid}.json"
        (ARTIFACTS / "secrets" / name).write_text(json.dumps(secrets))
        self.process.stdin.close()
        self.process.wait(timeout=10)


class Place:
    """One test's surroundings: HOME, driver registration, log, simulator."""

    def __init__(self, folder, name):
        self.folder = folder
        self.documents = folder / "documents"
        self.documents.mkdir()
        self.settings = folder / "OAuthSettings.txt"
        self.log = ARTIFACTS / "logs" / (re.sub(r"[^\w.-]+", "_", name) + ".log")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.home = folder / "home"
        self.home.mkdir()
        (folder / "odbcinst.ini").write_text(f"[Latchkey]\nDriver={DRIVER}\nThreading=0\n")
        (folder / "odbc.ini").write_text("")
        # A port of its own for the callback, so that suites do not meet.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.callback_port = probe.getsockname()[1]
        self.callback = f"http://localhost:{self.callback_port}"
        self.simulators = []

    @property
    def environment(self):
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "LD_LIBRARY_PATH") if key in os.environ}
        return kept | {
            "HOME": str(self.home),
            "ODBCSYSINI": str(self.folder),
            "ODBCINI": str(self.folder / "odbc.ini"),
            "BROWSER": CONSENT,
            "LANG": "C.UTF-8",
        }

    def document(self, path, value):
        file = self.documents / path
        file.parent.mkdir(parents=True, exist_ok=True)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        file.write_text(text, encoding="utf-8")

    def simulator(self, *arguments):
        simulator = Simulator(self.documents, "--redirect-uri", self.callback, *arguments)
        self.simulators.append(simulator)
        return simulator

    def properties(self, simulator, uri, **more):
        """The properties of a connection to the simulator."""
        return {
            "URI": uri,
            "InitiateOAuth": "GETANDREFRESH",
            "OAuthClientId": "simulatorappkey",
            "CallbackURL": self.callback,
            "OAuthSettingsLocation": str(self.settings),
            "OAuthAuthorizationURL": f"{simulator.url}/oauth2/authorize",
            "OAuthAccessTokenURL": f"{simulator.url}/oauth2/token",
            "DropboxAPIURL": simulator.url,
            "DropboxContentURL": simulator.url,
            "Logfile": str(self.log),
            "Verbosity": "5",
        } | more

    def connection_string(self, simulator, uri, **more):
        return "Driver={Latchkey};" + "".join(
            f"{key}={{{value}}};" for key, value in self.properties(simulator, uri, **more).items()
        )

    def data_source(self, name, properties):
        lines = "".join(f"{key}={value}\n" for key, value in properties.items())
        with open(self.folder / "odbc.ini", "a", encoding="utf-8") as file:
            file.write(f"[{name}]\nDriver=Latchkey\n{lines}")

    def run(self, *command, stdin="", environment=(), timeout=120):
        """Runs a program here; what it prints is kept for the canary."""
        result = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=self.environment | dict(environment),
            timeout=timeout,
        )
        keep_for_canary(result.stdout + result.stderr)
        return result

    def wait_for(self, condition, seconds=30):
        """Whether a condition comes true in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            os.sched_yield()
        return True

    def python(self, program, *arguments, **more):
        """Runs a Python program with pyodbc in a process of its own, as an application would."""
        return self.run(sys.executable, "-c", program, *arguments, **more)


def keep_for_canary(text):
    folder = ARTIFACTS / "outputs"
    folder.mkdir(exist_ok=True)
    with open(folder / f"{os.getpid()}.txt", "a", encoding="utf-8") as file:
        file.write(text)


@pytest.fixture
def place(tmp_path, request):
    place = Place(tmp_path, request.node.name)
    yield place
    for simulator in place.simulators:
        simulator.close()
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def people(place):
    """A simulator that serves two people."""
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    return place.simulator()
