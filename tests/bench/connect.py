#!/usr/bin/env python3
"""Connect time with a stored, valid token beside that of libsqliteodbc, interleaved in one run.

    cargo build --release --lib && cargo build --example dropbox-simulator
    python3 tests/bench/connect.py [--driver target/release/liblatchkey.so] [--rounds 300] [--processes 20]

Needs cc, unixODBC with its headers, and libsqliteodbc. Prints a table; nothing is promised by it. What does fail is a
request to the simulator during the timed part: connecting with a valid token asks nobody.
"""

import argparse
import glob
import json
import os
import pathlib
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
CONSENT = ROOT / "tests" / "dropbox" / "consent.py"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver", default=TARGET / "release" / "liblatchkey.so", type=pathlib.Path)
    parser.add_argument("--simulator", default=TARGET / "debug" / "examples" / "dropbox-simulator", type=pathlib.Path)
    parser.add_argument("--sqlite", default=next(iter(glob.glob("/usr/lib/*/odbc/libsqlite3odbc.so")), ""))
    parser.add_argument("--rounds", default=300, type=int)
    parser.add_argument("--processes", default=20, type=int)
    given = parser.parse_args()
    for needed in (given.driver, given.simulator, given.sqlite):
        if not pathlib.Path(needed).is_file():
            sys.exit(f"'{needed}' is missing: see the first lines of {__file__}")
    return given


class Simulator:
    """The Dropbox simulator over one document."""

    def __init__(self, program, folder):
        (folder / "people.json").write_text('[{"name": "Ada"}]')
        self.callback = f"http://localhost:{free_port()}"
        command = [program, "--root", folder, "--port", "0", "--until-stdin-closes", "--redirect-uri", self.callback]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.process.stdout.readline())["http"]

    def requests(self):
        with urllib.request.urlopen(f"{self.url}/control/counts", timeout=10) as answer:
            return sum(json.load(answer).values())

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def strings(folder, simulator):
    """The connection strings, by name."""
    signed_in = (
        "Driver={Latchkey};URI=dropbox:///people.json;OAuthClientId=simulatorappkey;"
        f"CallbackURL={simulator.callback};OAuthAuthorizationURL={simulator.url}/oauth2/authorize;"
        f"OAuthAccessTokenURL={simulator.url}/oauth2/token;"
        f"DropboxAPIURL={simulator.url};DropboxContentURL={simulator.url};"
    )
    sqlite3.connect(folder / "people.db").execute("CREATE TABLE people (name TEXT)").connection.commit()
    return {
        "latchkey": f"{signed_in}OAuthSettingsLocation={folder}/OAuthSettings.txt;",
        "latchkey-passphrase": f"{signed_in}OAuthSettingsLocation={folder}/Protected.txt;OAuthSettingsKey=correct horse;",
        "latchkey-local": f"Driver={{Latchkey}};URI={folder}/people.json;",
        "sqlite": f"Driver={{SQLite}};Database={folder}/people.db;",
    }


def main():
    given = arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program = folder / "connect"
        source = pathlib.Path(__file__).with_name("connect.c")
        subprocess.run(["cc", "-O2", "-o", program, source, "-lodbc"], check=True)
        (folder / "odbcinst.ini").write_text(
            f"[Latchkey]\nDriver={given.driver.resolve()}\n[SQLite]\nDriver={given.sqlite}\n"
        )
        (folder / "odbc.ini").write_text("")
        environment = os.environ | {
            "ODBCSYSINI": name,
            "ODBCINI": str(folder / "odbc.ini"),
            "BROWSER": f"{sys.executable} {CONSENT} %s",
            "HOME": name,
        }
        simulator = Simulator(given.simulator, folder)

        def run(rounds, kinds, initiate="REFRESH"):
            command = [program, str(rounds), *(f"{kind}={text}InitiateOAuth={initiate};" for kind, text in kinds.items())]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
            if done.returncode:
                sys.exit(done.stderr)
            return [line.split() for line in done.stdout.splitlines()]

        try:
            kinds = strings(folder, simulator)
            run(1, {kind: text for kind, text in kinds.items() if kind != "sqlite"}, "GETANDREFRESH")
            before = simulator.requests()
            # The first connection of a process loads the driver: a process for each, in turn.
            firsts = {kind: [] for kind in kinds}
            for _ in range(given.processes):
                for kind, text in kinds.items():
                    firsts[kind].append(float(run(1, {kind: text})[0][2]))
            rows = run(given.rounds, kinds)
            asked = simulator.requests() - before
        finally:
            simulator.close()

    later = {(row[0], row[1]): [float(value) for value in row[2:]] for row in rows if row[1] != "first"}
    print(f"{'milliseconds':<22}{'first of a process':>20}{'connect: min':>14}{'median':>9}{'p95':>9}{'+ disconnect':>14}")
    for kind in kinds:
        least, median, late = later[kind, "connect"]
        first, both = statistics.median(firsts[kind]), later[kind, "connect+disconnect"][1]
        print(f"{kind:<22}{first / 1e3:>20.2f}{least / 1e3:>14.3f}{median / 1e3:>9.3f}{late / 1e3:>9.3f}{both / 1e3:>14.3f}")
    ours, theirs = later["latchkey", "connect"][1], later["sqlite", "connect"][1]
    print(f"latchkey - sqlite at the median: {(ours - theirs) / 1e3:+.3f} ms (ratio {ours / theirs:.2f})")
    print(f"requests to the server during the timed part: {asked}")
    if asked:
        sys.exit("connecting with a stored, valid token asked the server")


if __name__ == "__main__":
    main()
