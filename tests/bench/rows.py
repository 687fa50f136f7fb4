#!/usr/bin/env python3
"""A million rows of 13 columns beside libsqliteodbc and psqlodbc, interleaved in one run.

    cargo build --release --lib
    python3 tests/bench/rows.py [--driver target/release/liblatchkey.so] [--rounds 5] [--rows 1000000]

Needs a Python with pyodbc and arrow-odbc, cc, unixODBC with its headers, libsqliteodbc, odbc-postgresql and a PostgreSQL
server, which runs from a temporary folder. Prints rows per second at the median and the ratio to the faster peer; nothing
is promised by it.
"""

import argparse
import collections
import contextlib
import glob
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))

# The same rows in each source: {n} is their number, from 1.
COLUMNS = """{n} AS id, CAST({n} % 1000 AS INTEGER) AS a, CAST({n} % 77 AS INTEGER) AS b, {n} * 1000003 AS c,
 {n} / 3.0 AS d, {n} * 0.5 AS e, {n} / 7.0 AS f, 'name ' || {n} AS name, 'city ' || ({n} % 500) AS city,
 'a note about row ' || {n} AS note, CAST({n} % 2 AS INTEGER) AS flag, {day} AS day, {at} AS at"""


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver", default=TARGET / "release" / "liblatchkey.so", type=pathlib.Path)
    parser.add_argument("--sqlite", default=next(iter(glob.glob("/usr/lib/*/odbc/libsqlite3odbc.so")), ""))
    parser.add_argument("--postgres", default=next(iter(glob.glob("/usr/lib/*/odbc/psqlodbcw.so")), ""))
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--rows", default=1_000_000, type=int)
    given = parser.parse_args()
    for needed in (given.driver, given.sqlite, given.postgres):
        if not pathlib.Path(needed).is_file():
            sys.exit(f"'{needed}' is missing: see the first lines of {__file__}")
    return given


@contextlib.contextmanager
def postgres(folder):
    """A server of its own; the folder of its socket."""
    paths = [*glob.glob("/usr/lib/postgresql/*/bin"), os.environ["PATH"]]
    find = lambda program: shutil.which(program, path=":".join(paths)) or sys.exit(f"{program} is missing")
    data = folder / "postgres"
    data.mkdir()
    # It refuses to run as root.
    user = "nobody" if os.getuid() == 0 else None
    if user:
        shutil.chown(data, user)
        folder.chmod(0o755)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": user, "cwd": data}
    subprocess.run([find("initdb"), "-D", data / "db", "-U", "bench", "-A", "trust"], check=True, timeout=120, **quiet)
    server = subprocess.Popen([find("postgres"), "-D", data / "db", "-k", data, "-c", "listen_addresses="], **quiet)
    try:
        ask = [find("psql"), "-h", data, "-U", "bench", "postgres", "-qAt", "-v", "ON_ERROR_STOP=1", "-c"]
        deadline = time.monotonic() + 60
        while subprocess.run([*ask, "SELECT 1"], capture_output=True, timeout=60).returncode:
            if time.monotonic() > deadline or server.poll() is not None:
                sys.exit("the PostgreSQL server does not start")
        yield data, lambda sql: subprocess.run([*ask, sql], check=True, timeout=300)
    finally:
        server.terminate()
        server.wait(timeout=60)


def main():
    given = arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program = folder / "rows"
        subprocess.run(["cc", "-O2", "-o", program, pathlib.Path(__file__).with_name("rows.c"), "-lodbc"], check=True)
        (folder / "odbcinst.ini").write_text(
            f"[Latchkey]\nDriver={given.driver.resolve()}\n[SQLite]\nDriver={given.sqlite}\n"
            f"[Postgres]\nDriver={given.postgres}\n"
        )
        (folder / "odbc.ini").write_text("")
        day, at = "'2024-01-31'", "'2024-01-31 12:34:56'"
        columns = COLUMNS.format(n="value", day=f"DATE {day}", at=f"TIMESTAMP {at}")
        ours = f"CREATE TABLE temp.bench AS SELECT {columns} FROM generate_series(1, {given.rows})"
        with sqlite3.connect(folder / "bench.db") as db:
            columns = COLUMNS.format(n="n", day=day, at=at)
            db.execute(
                "CREATE TABLE bench (id BIGINT, a INTEGER, b INTEGER, c BIGINT, d DOUBLE, e DOUBLE, f DOUBLE,"
                " name VARCHAR(64), city VARCHAR(64), note VARCHAR(64), flag INTEGER, day DATE, at TIMESTAMP)"
            )
            series = f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {given.rows})"
            db.execute(f"INSERT INTO bench {series} SELECT {columns} FROM s")
        db.close()
        with postgres(folder) as (socket, ask):
            columns = COLUMNS.format(n="n", day=f"DATE {day}", at=f"TIMESTAMP {at}").replace(" * 1000003", "::bigint * 1000003")
            columns = columns.replace("n / 3.0", "n / 3.0::float8").replace("n * 0.5", "n * 0.5::float8").replace("n / 7.0", "n / 7.0::float8")
            ask(f"CREATE TABLE bench AS SELECT {columns} FROM generate_series(1, {given.rows}) AS n")
            sources = [
                ("latchkey", f"Driver={{Latchkey}};URI={folder};", ours, "SELECT * FROM temp.bench"),
                ("sqlite", f"Driver={{SQLite}};Database={folder}/bench.db;", "", "SELECT * FROM bench"),
                ("postgres", f"Driver={{Postgres}};Servername={socket};Database=postgres;UserName=bench;", "", "SELECT * FROM bench"),
            ]
            environment = os.environ | {"ODBCSYSINI": name, "ODBCINI": str(folder / "odbc.ini"), "HOME": name}
            arguments_of_both = [str(given.rounds), *(part for source in sources for part in source)]
            output = ""
            for program in ([program], [sys.executable, pathlib.Path(__file__).with_name("rows_python.py")]):
                command = [*program, *arguments_of_both]
                done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=3600)
                if done.returncode:
                    sys.exit(done.stderr)
                output += done.stdout
    report(output, given.rows)


def report(output, rows):
    times = collections.defaultdict(list)
    for line in output.splitlines():
        source, mode, fetched, execute, fetch = line.split()
        if int(fetched) != rows:
            sys.exit(f"{source} delivered {fetched} rows")
        times[source, mode, "fetch"].append(float(fetch))
        times[source, mode, "execute + fetch"].append(float(execute) + float(fetch))
    speed = {key: rows / statistics.median(values) for key, values in times.items()}
    print(f"{'million rows a second':<26}{'latchkey':>10}{'sqlite':>10}{'postgres':>10}{'copy':>10}{'ratio':>8}")
    for mode in ("blocks", "cells", "pyodbc", "arrow"):
        for part in ("execute + fetch", "fetch"):
            ours, sqlite, pg = (speed[source, mode, part] for source in ("latchkey", "sqlite", "postgres"))
            copy = f"{speed['copy', mode, part]:>10.2f}" if ("copy", mode, part) in speed else " " * 10
            label = f"{mode}, {part}"
            print(f"{label:<26}{ours:>10.2f}{sqlite:>10.2f}{pg:>10.2f}{copy}{ours / max(sqlite, pg):>8.1f}")


if __name__ == "__main__":
    main()
