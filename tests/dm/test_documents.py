"""Documents as tables: what a URI selects, which columns it gives, and what a bad document says."""

import json

import pytest

PROGRAM = """
import json, sys
import pyodbc
try:
    cursor = pyodbc.connect(sys.argv[1]).execute(sys.argv[2])
    print(json.dumps([[column[0] for column in cursor.description], *map(list, cursor.fetchall())], default=str))
except pyodbc.Error as error:
    print(json.dumps([error.args[0], error.args[1]]))
"""


@pytest.fixture
def orders(place):
    place.document("orders/2026-01.json", [{"id": 1, "total": 10}, {"id": 2, "total": 20}])
    place.document("orders/2026-02.json", '{"id": 3, "total": 7.5, "note": "späť"}\n{"id": 4, "total": null}\n')
    place.document("orders/2025-12.json", {"id": 0, "total": 1, "customer": {"name": "Ada"}})
    place.document("orders/readme.txt", "not JSON")
    return place


def ask(place, string, query):
    result = place.python(PROGRAM, "Driver={Latchkey};" + string, query)
    assert result.returncode == 0, result
    return json.loads(result.stdout)


def test_a_folder_is_one_table_of_all_its_documents(orders):
    rows = ask(orders, f"URI={orders.documents}/orders/", "SELECT * FROM orders ORDER BY id")
    assert rows == [
        ["id", "total", "customer.name", "note"],
        [0, 1.0, "Ada", None],
        [1, 10.0, None, None],
        [2, 20.0, None, None],
        [3, 7.5, None, "späť"],
        [4, None, None, None],
    ]


def test_a_folder_of_dropbox_gives_the_same_rows(orders):
    simulator = orders.simulator()
    simulator.control("settings", page_size=1)
    string = orders.connection_string(simulator, "dropbox:///orders/").removeprefix("Driver={Latchkey};")
    there = ask(orders, string, "SELECT * FROM orders ORDER BY id")
    assert there == ask(orders, f"URI={orders.documents}/orders/", "SELECT * FROM orders ORDER BY id")
    assert simulator.count("/2/files/list_folder/continue") >= 2


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_mask_selects_by_name(orders, scheme):
    rows = ask(orders, f"URI={scheme}{orders.documents}/orders/2026-0?.json", "SELECT count(*), sum(total) FROM orders")
    assert rows[1] == [4, 37.5]


@pytest.mark.parametrize(
    ("text", "state", "words"),
    [
        ('[{"id": 1}, {"id": ', "HY000", "bad.json"),
        ('[{"id": 1}] trailing', "HY000", "line 1"),
        ("\x00\x01", "HY000", "bad.json"),
    ],
)
def test_a_bad_document_is_named_with_the_place(place, text, state, words):
    place.document("bad.json", text)
    answer = ask(place, f"URI={place.documents}/bad.json", "SELECT * FROM bad")
    assert answer[0] == state and words in answer[1], answer


def test_a_value_that_does_not_fit_the_sampled_type_is_an_error_with_the_next_step(place):
    place.document("late.json", [{"n": 1}, {"n": 2}, {"n": "three"}])
    string = f"URI={place.documents}/late.json;RowScanDepth=2"
    state, message = ask(place, string, "SELECT n FROM late")
    assert state == "22018" and "record 3" in message and "RowScanDepth=0" in message, message
    assert ask(place, string.replace("=2", "=0"), "SELECT n FROM late")[1:] == [["1"], ["2"], ["three"]]


def test_a_missing_document_is_named(place):
    state, message = ask(place, f"URI={place.documents}/nothing.json", "SELECT * FROM nothing")
    assert state == "42S02" and f"{place.documents}/nothing.json" in message, message


def test_a_file_data_source_opens_the_connection(orders):
    file = orders.folder / "orders.dsn"
    file.write_text(f"[ODBC]\nDRIVER=Latchkey\nURI={orders.documents}/orders/\n")
    result = orders.run("isql", "-k", f"FILEDSN={file}", "-b", "-v", "-d,", stdin="SELECT max(id) FROM orders\n")
    assert result.stdout.splitlines()[-1:] == ["4"] or "4" in result.stdout.split(), result


def test_a_data_source_fills_what_the_string_leaves_open(orders):
    orders.data_source("Orders", {"URI": f"{orders.documents}/orders/", "RowScanDepth": "0"})
    result = orders.python(PROGRAM, f"DSN=Orders;URI={orders.documents}/orders/2025-12.json", "SELECT id FROM [2025-12]")
    assert json.loads(result.stdout) == [["id"], [0]], result


def test_a_bad_property_names_itself_its_value_and_what_is_allowed(place):
    state, message = ask(place, "URI=/x.json;Timeout=soon", "SELECT 1")
    assert "Timeout" in message and '"soon"' in message and "0 to 86400" in message, message
    state, message = ask(place, "URI=ftp://host/x.json", "SELECT 1")
    assert "ftp://" in message and "dropbox://" in message, message
