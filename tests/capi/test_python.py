"""Python through ctypes, and a pyarrow table out of the library's own buffers."""

import ast
import sys

import pytest

from built import LIBRARY, PROGRAMS, local, remote

PEOPLE = [{"id": 1, "name": "Ada", "score": 1.5, "tags": ["x"]}, {"id": 2, "name": None, "score": None, "tags": []}]


def python(place, program, *arguments):
    return place.run(sys.executable, str(PROGRAMS / program), str(LIBRARY), *arguments)


@pytest.fixture
def documents(place):
    place.document("people.json", PEOPLE)
    return local(place, "people.json")


def test_rows_by_ctypes(place, documents):
    result = python(place, "tour.py", documents, "SELECT id, name, score FROM people ORDER BY id")
    assert (result.returncode, result.stdout) == (0, "['1', 'Ada', '1.5']\n['2', None, None]\n"), result


def test_an_error_by_ctypes(place, documents):
    result = python(place, "tour.py", documents, "SELECT * FROM nothing")
    assert result.returncode == 1 and result.stderr.startswith("42S02: "), result


def test_a_table_of_dropbox_by_pyarrow(place, people):
    result = python(place, "arrow_table.py", remote(place, people), "SELECT name FROM people ORDER BY name")
    assert (result.returncode, result.stdout) == (0, "name: string\n{'name': 'Ada'}\n{'name': 'Grace'}\n"), result


def test_types_nulls_and_nested_values_by_pyarrow(place, documents):
    sql = "SELECT id, name, score, tags, id = 1 AS first, DATE '2024-02-29' AS day FROM people ORDER BY id"
    result = python(place, "arrow_table.py", documents, sql)
    assert result.returncode == 0, result
    *schema, first, second = result.stdout.splitlines()
    types = dict(line.removesuffix(" not null").split(": ") for line in schema)
    assert types["name"] == types["tags"] == "string" and types["score"] == "double"
    assert types["first"] == "bool" and types["day"] == "date32[day]" and types["id"].startswith("int")
    assert "'name': 'Ada', 'score': 1.5, 'tags': '[\"x\"]', 'first': True" in first, first
    assert "'name': None, 'score': None, 'tags': '[]', 'first': False" in second, second


def test_procedures_are_tables_too(place, people):
    result = python(place, "arrow_table.py", remote(place, people), "EXEC GetOAuthStatus")
    assert result.returncode == 0 and "'State': 'signed in'" in result.stdout, result


def test_an_error_of_a_stream_is_one_of_pyarrow(place):
    place.document("bad.ndjson", '{"n": 1}\n' * 9000 + "{nonsense\n")
    result = python(place, "arrow_table.py", local(place, "bad.ndjson", RowScanDepth="10"), "SELECT n FROM bad")
    assert result.returncode == 1 and "[HY000]" in result.stderr and "bad.ndjson" in result.stderr, result


def test_system_tables_speak_of_the_types_of_this_api(place, documents):
    sql = "SELECT ColumnName, DataTypeName, DataType FROM sys_tablecolumns WHERE TableName = 'people' ORDER BY 1"
    result = python(place, "tour.py", documents, sql)
    rows = {name: (kind, int(number)) for name, kind, number in map(ast.literal_eval, result.stdout.splitlines())}
    assert rows["id"] == ("BIGINT", 2) and rows["score"] == ("DOUBLE", 3) and rows["name"] == ("VARCHAR", 8), result
