#!/usr/bin/env python3
"""Reading documents from Dropbox beside the time that the line itself needs for their bytes.

    cargo build --release --lib --example dropbox-simulator
    python3 tests/bench/link.py [--profile release] [--rounds 3] [--latency 40] [--speed 20] [--files 1000] [--large 200]

Needs a Python with pyodbc, and unixODBC. The simulator answers each request after LATENCY milliseconds, over one line of
SPEED MB/s for all of them. Measured are 1 000 files of 50 KB and one file of 200 MB, from a connection that knows nothing to
the last row; again over a connection that comes after it; and a connection to a folder of 100 000 files that was listed before.
Prints seconds at the median, the ratio to what the line needs, and requests. Nothing is promised by it.
"""

import argparse
import contextlib
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import pyodbc

from registered import TARGET, register

RECORD = '{"number": %7d, "text": "%s"}\n'


class Simulator:
    """A Dropbox behind a line of a certain latency and speed."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen(
            [program, "--root", folder, "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = json.loads(self.process.stdout.readline())["http"]

    def control(self, path, **body):
        data = json.dumps(body).encode() if body or path == "reset-counts" else None
        request = urllib.request.Request(f"{self.url}/control/{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def requests(self):
        return sum(count for name, count in self.control("counts").items() if name.startswith("/2/"))

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def write(folder, files, large):
    """Records of 1000 bytes: in many files of 50, and in one large file. Answers the bytes of each."""
    small = folder / "small"
    small.mkdir()
    record = lambda number: RECORD % (number, "x" * 965)
    for number in range(files):
        (small / f"{number:05}.json").write_text("".join(record(number * 50 + at) for at in range(50)))
    with open(folder / "large.ndjson", "w", encoding="ascii") as file:
        for number in range(large * 1000):
            file.write(record(number))
    (folder / "empty").mkdir()
    (folder / "empty" / "one.json").write_text(record(1))
    return files * 50 * len(record(0)), large * 1000 * len(record(0))


def timed(string, query):
    began = time.perf_counter()
    with contextlib.closing(pyodbc.connect(string, autocommit=True)) as connection:
        rows = connection.execute(query).fetchall()
        return time.perf_counter() - began, [tuple(row) for row in rows]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", default="release")
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--latency", default=40, type=int, help="milliseconds")
    parser.add_argument("--speed", default=20, type=float, help="MB/s")
    parser.add_argument("--files", default=1000, type=int, help="of 50 KB")
    parser.add_argument("--large", default=200, type=int, help="MB of the large file")
    parser.add_argument("--listed", default=100_000, type=int, help="files of the folder that is listed")
    given = parser.parse_args()
    driver = TARGET / given.profile / "liblatchkey.so"
    program = TARGET / given.profile / "examples" / "dropbox-simulator"
    if not program.is_file():
        sys.exit(f"'{program}' is missing: cargo build --lib --example dropbox-simulator, with --release for that profile")
    pyodbc.pooling = False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        documents = folder / "documents"
        documents.mkdir()
        small, large = write(documents, given.files, given.large)
        register(driver, folder)
        simulator = Simulator(program, documents)
        simulator.control(
            "settings",
            latency_ms=given.latency,
            line_bytes_per_s=int(given.speed * 1e6),
            empty_files=given.listed,
            page_size=2000,
        )
        try:
            measure(simulator, given, small, large)
        finally:
            simulator.close()


def measure(simulator, given, small, large):
    cases = [
        (f"{given.files} files of 50 KB", "dropbox:///small/", "SELECT count(*), sum(number) FROM small", small),
        (f"one file of {given.large} MB", "dropbox:///large.ndjson", "SELECT count(*), sum(number) FROM large", large),
        (f"{given.listed} files listed", "dropbox:///empty/", "SELECT number FROM empty WHERE _file_name = 'one.json'", None),
    ]
    seconds, asked = {}, {}
    for _ in range(given.rounds):
        for label, uri, query, _ in cases:
            # Another token is another account to the driver: nothing of it is known.
            token = simulator.control("login", client_id="simulatorappkey")["access_token"]
            string = (
                f"Driver={{Latchkey}};URI={uri};OAuthAccessToken={token};"
                f"DropboxAPIURL={simulator.url};DropboxContentURL={simulator.url};"
            )
            answers = []
            for start in ("cold", "warm"):
                simulator.control("reset-counts")
                took, answer = timed(string, query)
                seconds.setdefault((label, start), []).append(took)
                asked[label, start] = simulator.requests()
                answers.append(answer)
            if answers[0] != answers[1]:
                sys.exit(f"{label}: {answers[0]} is not {answers[1]}")
    print(f"{'seconds':<26}{'line':>8}{'cold':>8}{'ratio':>8}{'requests':>10}{'warm':>8}{'requests':>10}")
    for label, _, _, length in cases:
        cold, warm = (statistics.median(seconds[label, start]) for start in ("cold", "warm"))
        line = length / (given.speed * 1e6) if length else None
        shown = f"{line:>8.2f}{cold:>8.2f}{cold / line:>8.2f}" if line else f"{'':>8}{cold:>8.2f}{'':>8}"
        print(f"{label:<26}{shown}{asked[label, 'cold']:>10}{warm:>8.2f}{asked[label, 'warm']:>10}")


if __name__ == "__main__":
    main()
