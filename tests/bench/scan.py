#!/usr/bin/env python3
"""Queries over a million nested JSON records beside DuckDB's read_json, interleaved in one run.

    cargo build --release --lib
    python3 tests/bench/scan.py [--driver target/release/liblatchkey.so] [--rounds 5] [--records 1000000]

Needs a Python with pyodbc and duckdb, a C compiler, and unixODBC with its headers. Each source answers each query once a round, over the
same file, as NDJSON and as one array; DuckDB uses as many threads as the driver. All rows go into the bound buffers of a C program
(fetch.c), and from DuckDB into an Arrow table. Prints seconds at the median and the ratio; the answers are compared. Nothing is promised
by it.
"""

import argparse
import collections
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import duckdb
import pyodbc

from records import write
from registered import RELEASE, register


# Name, query, and where DuckDB's differs: it keeps objects, of which the driver makes columns.
QUERIES = [
    ("count", "SELECT count(*) FROM {t}"),
    ("sum", "SELECT sum(score) FROM {t}"),
    ("group by", "SELECT address.city, count(*), avg(score) FROM {t} GROUP BY address.city ORDER BY 1"),
    ("like", "SELECT count(*) FROM {t} WHERE note LIKE '%999%'"),
    ("top 10", "SELECT id, score FROM {t} ORDER BY score DESC, id LIMIT 10"),
    ("join", "SELECT count(*) FROM {t} a JOIN (SELECT DISTINCT company.size AS s FROM {t}) b ON a.company.size = b.s"),
]


def same(one, other):
    """Sums of floats depend on their order."""
    close = lambda a, b: math.isclose(a, b, rel_tol=1e-9) if isinstance(a, float) else a == b
    return len(one) == len(other) and all(close(a, b) for x, y in zip(one, other) for a, b in zip(x, y))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver", default=RELEASE, type=pathlib.Path)
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--records", default=1_000_000, type=int)
    given = parser.parse_args()
    threads = min(max(len(os.sched_getaffinity(0)), 2), 8)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        register(given.driver, folder)
        program = folder / "fetch"
        subprocess.run(["cc", "-O2", "-o", program, pathlib.Path(__file__).with_name("fetch.c"), "-lodbc"], check=True)
        print(f"{'seconds':<22}{'latchkey':>10}{'duckdb':>10}{'ratio':>8}")
        for path in write(folder, given.records):
            string = f"Driver={{Latchkey}};URI={path};"
            everything = f"SELECT * FROM {path.stem}"
            fetch = subprocess.Popen([program, string, everything], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            ours = (pyodbc.connect(string, autocommit=True), fetch)
            theirs = duckdb.connect(config={"threads": threads})
            queries = [(label, query.format(t=path.stem), query.format(t=f"read_json('{path}')")) for label, query in QUERIES]
            queries.append(("all rows", everything, f"SELECT * FROM read_json('{path}')"))
            times = collections.defaultdict(list)
            for _ in range(given.rounds):
                for label, query, duck in queries:
                    times[label, "ours"].append(timed(lambda: answer(ours, query, label)))
                    times[label, "theirs"].append(timed(lambda: duck_answer(theirs, duck, label)))
                    one, other = times[label, "ours"][-1][1], times[label, "theirs"][-1][1]
                    if not same(one, other):
                        sys.exit(f"{path.name}, {label}: {one} is not {other}")
            for label, *_ in queries:
                seconds = [statistics.median(taken for taken, _ in times[label, who]) for who in ("ours", "theirs")]
                print(f"{path.suffix[1:] + ', ' + label:<22}{seconds[0]:>10.3f}{seconds[1]:>10.3f}{seconds[1] / seconds[0]:>8.2f}")
            fetch.stdin.close()
            fetch.wait()


def timed(ask):
    began = time.perf_counter()
    result = ask()
    return time.perf_counter() - began, result


def answer(connections, query, label):
    by_rows, fetch = connections
    if label != "all rows":
        return [tuple(row) for row in by_rows.execute(query).fetchall()]
    fetch.stdin.write("\n")
    fetch.stdin.flush()
    return [(int(fetch.stdout.readline()),)]


def duck_answer(connection, query, label):
    found = connection.sql(query)
    return [(found.to_arrow_table().num_rows,)] if label == "all rows" else found.fetchall()


if __name__ == "__main__":
    main()
