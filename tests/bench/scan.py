#!/usr/bin/env python3
"""Queries over a million nested JSON records beside DuckDB's read_json, interleaved in one run.

    cargo build --release --lib
    python3 tests/bench/scan.py [--driver target/release/liblatchkey.so] [--rounds 5] [--records 1000000]

Needs a Python with pyodbc, arrow-odbc and duckdb, and unixODBC. Each source answers each query once a round, over the same file, as
NDJSON and as one array; DuckDB uses as many threads as the driver. Prints seconds at the median and the ratio; the answers are
compared. Nothing is promised by it.
"""

import argparse
import collections
import json
import math
import os
import pathlib
import random
import statistics
import sys
import tempfile
import time

import arrow_odbc
import duckdb
import pyodbc

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
CITIES = ["Berlin", "Tokyo", "Lagos", "Lima", "Oslo", "Austin", "Zürich", "São Paulo"]

# Name, query, and where DuckDB's differs: it keeps objects, of which the driver makes columns.
QUERIES = [
    ("count", "SELECT count(*) FROM {t}"),
    ("sum", "SELECT sum(score) FROM {t}"),
    ("group by", "SELECT address.city, count(*), avg(score) FROM {t} GROUP BY address.city ORDER BY 1"),
    ("like", "SELECT count(*) FROM {t} WHERE note LIKE '%999%'"),
    ("top 10", "SELECT id, score FROM {t} ORDER BY score DESC, id LIMIT 10"),
    ("join", "SELECT count(*) FROM {t} a JOIN (SELECT DISTINCT company.size AS s FROM {t}) b ON a.company.size = b.s"),
]


def record(number, source):
    quoted = ' with "quotes" in it' if number % 4 == 0 else " about things that happen"
    return {
        "id": number,
        "name": f"person {number % 5000}",
        "active": number % 3 == 0,
        "score": round(source.random() * 1000, 3),
        "created": f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:00Z",
        "address": {
            "city": CITIES[number % len(CITIES)],
            "zip": f"{number % 100000:05}",
            "geo": {"lat": round(source.random() * 90, 5), "lon": round(source.random() * 180, 5)},
        },
        "company": {"name": f"company {number % 300}", "size": number % 10000},
        "tags": ["a", "b", f"tag {number % 50}"],
        "note": f"a note{quoted}, number {number}",
    }


def write(folder, count):
    source = random.Random(1)
    lines, array = folder / "lines.ndjson", folder / "array.json"
    with lines.open("w") as lines_file, array.open("w") as array_file:
        for number in range(count):
            text = json.dumps(record(number, source))
            lines_file.write(text + "\n")
            array_file.write(("," if number else "[") + text)
        array_file.write("]")
    return lines, array


def same(one, other):
    """Sums of floats depend on their order."""
    close = lambda a, b: math.isclose(a, b, rel_tol=1e-9) if isinstance(a, float) else a == b
    return len(one) == len(other) and all(close(a, b) for x, y in zip(one, other) for a, b in zip(x, y))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver", default=TARGET / "release" / "liblatchkey.so", type=pathlib.Path)
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--records", default=1_000_000, type=int)
    given = parser.parse_args()
    if not given.driver.is_file():
        sys.exit(f"'{given.driver}' is missing: cargo build --release --lib")
    threads = min(max(len(os.sched_getaffinity(0)), 2), 8)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "odbcinst.ini").write_text(f"[Latchkey]\nDriver={given.driver.resolve()}\n")
        os.environ |= {"ODBCSYSINI": name, "HOME": name}
        print(f"{'seconds':<22}{'latchkey':>10}{'duckdb':>10}{'ratio':>8}")
        for path in write(folder, given.records):
            string = f"Driver={{Latchkey}};URI={path};"
            ours = (pyodbc.connect(string, autocommit=True), arrow_odbc.connect(string))
            theirs = duckdb.connect(config={"threads": threads})
            queries = [(label, query.format(t=path.stem), query.format(t=f"read_json('{path}')")) for label, query in QUERIES]
            queries.append(("all rows", f"SELECT * FROM {path.stem}", f"SELECT * FROM read_json('{path}')"))
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


def timed(ask):
    began = time.perf_counter()
    result = ask()
    return time.perf_counter() - began, result


def answer(connections, query, label):
    by_rows, by_blocks = connections
    if label != "all rows":
        return [tuple(row) for row in by_rows.execute(query).fetchall()]
    # Into bound buffers: with a Python object for each value, those would be all that is measured.
    reader = by_blocks.read_arrow_batches(query, batch_size=10_000, max_text_size=256, fetch_concurrently=False)
    return [(sum(batch.num_rows for batch in reader),)]


def duck_answer(connection, query, label):
    found = connection.execute(query)
    return [(found.to_arrow_table().num_rows,)] if label == "all rows" else found.fetchall()


if __name__ == "__main__":
    main()
