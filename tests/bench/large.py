#!/usr/bin/env python3
"""The first row of a document larger than memory, and the most memory that queries over all of it take.

    cargo build --release --lib
    python3 tests/bench/large.py [--driver target/release/liblatchkey.so] [--gigabytes 10]

Needs a Python with pyodbc, and unixODBC. Writes the records of records.py, over and over, as NDJSON and as one array into a temporary
folder (TMPDIR), one after the other. Every query runs in a process of its own; what it takes at most is counted from what the process
has when it is connected and, but for the first row, has seen the columns. Nothing is promised by it.
"""

import argparse
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

from records import record
from registered import RELEASE, register

RECORDS = 100_000
QUERIES = [
    ("first row", "SELECT * FROM {t}"),
    ("count", "SELECT count(*) FROM {t}"),
    ("filter", "SELECT id, note FROM {t} WHERE note LIKE '%number 99996' AND address.city = 'Oslo'"),
    ("group by", "SELECT address.city, count(*), avg(score) FROM {t} GROUP BY address.city"),
]


def write(path, size, opening, between, closing):
    source = random.Random(1)
    block = between.join(json.dumps(record(number, source)) for number in range(RECORDS)).encode()
    with path.open("wb") as file:
        file.write(opening)
        written = len(block)
        file.write(block)
        while written < size:
            file.write(between.encode() + block)
            written += len(block)
        file.write(closing)


def kilobytes(field):
    return int(re.search(rf"^{field}:\s+(\d+)", pathlib.Path("/proc/self/status").read_text(), re.M)[1])


def ask(string, table, label, query):
    """In a process of its own."""
    import pyodbc

    connection = pyodbc.connect(string, autocommit=True)
    # The first row is waited for with all that comes before it.
    if label != "first row":
        connection.execute(f"SELECT * FROM {table} WHERE 1 = 0").fetchall()
    idle = kilobytes("VmRSS")
    # The peak is counted anew.
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    began = time.perf_counter()
    cursor = connection.execute(query)
    rows = 1 if label == "first row" and cursor.fetchone() else len(cursor.fetchall())
    seconds = time.perf_counter() - began
    print(f"{label:<12}{rows:>9}{seconds:>10.3f}{(kilobytes('VmHWM') - idle) / 1024:>10.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver", default=RELEASE, type=pathlib.Path)
    parser.add_argument("--gigabytes", default=10, type=float)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        register(given.driver, folder)
        for file, form in (("lines.ndjson", (b"", "\n", b"\n")), ("array.json", (b"[", ",", b"]"))):
            path = folder / file
            write(path, given.gigabytes * 1e9, *form)
            print(f"{file}, {path.stat().st_size / 1e9:.1f} GB: query, rows, seconds, MB above the idle process")
            for label, query in QUERIES:
                arguments = [f"Driver={{Latchkey}};URI={path};", path.stem, label, query.format(t=path.stem)]
                subprocess.run([sys.executable, __file__, "--ask", *arguments], check=True)
            path.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        ask(*sys.argv[2:])
    else:
        main()
