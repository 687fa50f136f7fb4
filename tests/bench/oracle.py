#!/usr/bin/env python3
"""Every value of real documents against DuckDB's reading of them.

    cargo build --lib
    python3 tests/bench/oracle.py [--driver target/debug/liblatchkey.so] FILE …

Needs a Python with pyodbc and duckdb, and unixODBC. The records of a file are told by DuckDB as JSON, where the driver says that they
are; each value of each column is compared with what DuckDB extracts at that path, row by row. Good files are those nobody here wrote:
Debian's iso-codes, PyPI's vega_datasets, npm's world-countries. Prints a line for each file with the columns and types that the driver
found, and fails at the first difference in any.
"""

import argparse
import datetime
import decimal
import json
import pathlib
import sys
import tempfile

import duckdb
import pyodbc

from registered import TARGET, register


def records_path(value):
    """Where the records are: the rule of the README, said anew."""
    if not isinstance(value, dict):
        return None
    level = [([], value)]
    while level:
        below = []
        for path, members in level:
            for name, member in members.items():
                if isinstance(member, list) and member and isinstance(member[0], dict):
                    return [*path, name]
                if isinstance(member, dict):
                    below.append(([*path, name], member))
        level = below
    return []


def pointer(path):
    return "/" + "/".join(name.replace("~", "~0").replace("/", "~1") for name in path)


def records(connection, file):
    """The records of a file as DuckDB reads them, a JSON text each."""
    text = file.read_text(encoding="utf-8-sig")
    try:
        path = records_path(json.loads(text))
    except json.JSONDecodeError:
        path = None
    if path is None:
        query = "SELECT json FROM read_json_objects(?, format='auto', maximum_object_size=200000000)"
        return [row[0] for row in connection.execute(query, [str(file)]).fetchall()]
    query = "SELECT json FROM read_json_objects(?, format='unstructured', maximum_object_size=200000000)"
    (whole,) = connection.execute(query, [str(file)]).fetchone()
    if not path:
        return [whole]
    query = "SELECT unnest(json_extract(?::JSON, ?)::JSON[])"
    return [row[0] for row in connection.execute(query, [whole, pointer(path)]).fetchall()]


def leaves(value, path=()):
    """Each path at which a record has something, and whether that is an object with members."""
    if isinstance(value, dict) and (value or not path):
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    else:
        yield path


def extracted(connection, texts, path):
    """What DuckDB has at a path in every record: its type and its text."""
    if not path:
        return [(None, text) for text in texts]
    query = "SELECT json_type(j, ?), json_extract_string(j, ?) FROM (SELECT unnest(?::JSON[]) AS j)"
    return connection.execute(query, [pointer(path), pointer(path), texts]).fetchall()


def same(ours, kind, text):
    """Whether a value of the driver's is what DuckDB's text says."""
    if kind is None or kind == "NULL" or text is None or kind == "OBJECT" and text != "{}":
        return ours is None
    if ours is None:
        return False
    if isinstance(ours, bool):
        return text == ("true" if ours else "false")
    if isinstance(ours, (int, float, decimal.Decimal)):
        return ours == type(ours)(text) if not isinstance(ours, int) else decimal.Decimal(text) == ours
    if isinstance(ours, datetime.datetime):
        told = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return ours == (told.astimezone(datetime.timezone.utc).replace(tzinfo=None) if told.tzinfo else told)
    if isinstance(ours, datetime.date):
        return ours == datetime.date.fromisoformat(text)
    if isinstance(ours, datetime.time):
        return ours == datetime.time.fromisoformat(text)
    if kind in ("ARRAY", "OBJECT"):
        return json.loads(ours) == json.loads(text)
    # A number among texts keeps the spelling of the document, which DuckDB's text may not.
    return ours == text or kind in ("DOUBLE", "BIGINT", "UBIGINT") and float(ours) == float(text)


def compare(odbc, duck, file):
    options = f"Driver={{Latchkey}};URI={{{file}}};URISeparator=;RowScanDepth=0"
    with pyodbc.connect(options, autocommit=True) as connection:
        cursor = connection.cursor()
        (table,) = [row.table_name for row in cursor.tables(tableType="TABLE")]
        types = {row.column_name: row.type_name for row in cursor.columns(table=table)}
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    texts = records(duck, file)
    if len(rows) != len(texts):
        return f"{len(rows)} rows, DuckDB has {len(texts)}", types
    paths = {}
    for text in texts:
        for path in leaves(json.loads(text)):
            paths.setdefault(".".join(path) or "value", []).append(path)
    missing = set(paths) - set(names)
    alone = {name for name in missing if any(other.startswith(name + ".") for other in names)}
    if missing - alone:
        return f"columns are missing: {sorted(missing - alone)}", types
    for index, name in enumerate(names):
        for path in dict.fromkeys(paths.get(name, ())):
            for number, (row, (kind, text)) in enumerate(zip(rows, extracted(duck, texts, path))):
                several = len(set(paths[name])) > 1 and text is None
                if not several and not same(row[index], kind, text):
                    return f"record {number + 1}, {name}: {row[index]!r}, DuckDB has {text!r} ({kind})", types
    return None, types


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--driver", type=pathlib.Path, default=TARGET / "debug" / "liblatchkey.so")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp())
    register(options.driver, folder)
    pyodbc.pooling = False
    duck = duckdb.connect()
    different = 0
    for file in options.files:
        problem, types = compare(pyodbc, duck, file.resolve())
        different += problem is not None
        counts = {name: list(types.values()).count(name) for name in dict.fromkeys(types.values())}
        shown = ", ".join(f"{count} {name}" for name, count in counts.items())
        print(f"{'DIFFERS' if problem else 'same':8} {file.name}: {shown}{': ' + problem if problem else ''}", flush=True)
    print(f"{len(options.files) - different} of {len(options.files)} files are the same in every value")
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
