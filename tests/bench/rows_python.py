#!/usr/bin/env python3
"""As rows.c, by Python: ROUNDS NAME CONNECTION SETUP QUERY [NAME CONNECTION SETUP QUERY]...

Each round executes QUERY twice at each source: `pyodbc` with fetchall, `arrow` with arrow-odbc's batches.
"""

import sys
import time

import arrow_odbc
import pyodbc


def by_pyodbc(connection, query):
    began = time.perf_counter()
    cursor = connection.cursor().execute(query)
    ready = time.perf_counter()
    rows = len(cursor.fetchall())
    done = time.perf_counter()
    cursor.close()
    return rows, ready - began, done - ready


def by_arrow(connection, query):
    began = time.perf_counter()
    reader = connection.read_arrow_batches(query, batch_size=10_000, max_text_size=64, fetch_concurrently=False)
    ready = time.perf_counter()
    rows = sum(batch.num_rows for batch in reader)
    return rows, ready - began, time.perf_counter() - ready


def main():
    rounds, *rest = sys.argv[1:]
    sources = []
    for at in range(0, len(rest), 4):
        name, text, setup, query = rest[at : at + 4]
        ways = [(by_pyodbc, pyodbc.connect(text, autocommit=True)), (by_arrow, arrow_odbc.connect(text))]
        for _, connection in ways if setup else ():
            connection.execute(setup)
        sources += [(name, way, connection, query) for way, connection in ways]
    for _ in range(int(rounds)):
        for name, way, connection, query in sources:
            rows, execute, fetch = way(connection, query)
            print(name, way.__name__.removeprefix("by_"), rows, f"{execute * 1e6:.0f} {fetch * 1e6:.0f}")


main()
