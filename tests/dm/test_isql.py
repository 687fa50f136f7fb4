"""isql and iusql, unmodified, through unixODBC."""

import pytest

PEOPLE = [
    {"name": "Ada", "born": "1815-12-10", "address": {"city": "London"}, "score": 1},
    {"name": "花子", "born": "1990-01-02", "address": {"city": "東京"}, "score": 2.5},
]


@pytest.mark.parametrize("client", ["isql", "iusql"])
def test_logs_in_once_and_then_uses_the_stored_token(place, client):
    place.document("people.json", PEOPLE)
    simulator = place.simulator()
    place.data_source("People", place.properties(simulator, "dropbox:///people.json"))
    query = "SELECT name, born, address.city, score FROM people ORDER BY name\n"

    first = place.run(client, "People", "-b", "-v", "-d,", "-c", stdin=query)
    assert first.returncode == 0, first
    ada, hanako = first.stdout.splitlines()[-2:]
    assert ada == "Ada,1815-12-10,London,1.0", first
    # iusql itself prints only the low byte of a wide character.
    assert hanako == "花子,1990-01-02,東京,2.5" if client == "isql" else hanako.endswith(",2.5"), first
    assert simulator.count("token:authorization_code") == 1

    simulator.control("reset-counts")
    second = place.run(client, "People", "-b", "-v", "-d,", "-c", stdin=query)
    assert second.stdout == first.stdout
    assert simulator.count("/oauth2/authorize") == 0
    assert simulator.count("/oauth2/token") == 0


def test_a_connection_string_without_a_dsn_works(place):
    place.document("people.json", PEOPLE)
    string = f"Driver={{Latchkey}};URI={{{place.documents}/people.json}}"
    result = place.run("isql", "-k", string, "-b", "-v", stdin="SELECT count(*) AS people FROM people\n")
    assert "2" in result.stdout, result


def test_help_lists_tables_and_columns(place):
    place.document("people.json", PEOPLE)
    place.data_source("Local", {"URI": f"{place.documents}/people.json"})
    tables = place.run("isql", "Local", "-b", "-v", "-d,", stdin="help\n")
    assert "latchkey,json,people,TABLE," in tables.stdout, tables
    columns = place.run("isql", "Local", "-b", "-v", "-d,", stdin="help people\n")
    assert "latchkey,json,people,address.city," in columns.stdout, columns


def test_an_unknown_property_is_a_warning_and_the_connection_opens(place):
    place.document("people.json", PEOPLE)
    place.data_source("Local", {"URI": f"{place.documents}/people.json", "Colour": "blue"})
    result = place.run("isql", "Local", "-b", "-v", "-d,", stdin="SELECT name FROM people\n")
    assert "Ada" in result.stdout, result


@pytest.mark.parametrize(
    ("query", "odbc2", "odbc3", "words"),
    [
        ("SELECT * FROM nobody", "S0002", "42S02", "people"),
        ("SELECT nothing FROM people", "S0022", "42S22", "nothing"),
        ("SELECT name FRM people", "37000", "42000", "people"),
        ("DELETE FROM people", "37000", "42000", "read-only"),
        ("EXEC NoSuchProcedure", "S0002", "42S02", "GetOAuthAuthorizationURL"),
        ("EXEC GetOAuthAccessToken AuthMode='SIDEWAYS'", "37000", "42000", "WEB, APP"),
    ],
)
def test_a_wrong_statement_says_what_is_wrong(place, query, odbc2, odbc3, words):
    """isql speaks ODBC 2, pyodbc ODBC 3: each sees the states of its version."""
    place.document("people.json", PEOPLE)
    place.data_source("Local", {"URI": f"{place.documents}/people.json"})
    shown = place.run("isql", "Local", "-b", "-v", stdin=query + "\n").stdout
    assert shown.startswith(f"[{odbc2}][Latchkey]") and words in shown, shown
    program = """
import sys
import pyodbc
try:
    pyodbc.connect("DSN=Local").execute(sys.argv[1])
except pyodbc.Error as error:
    print(error.args[0], error.args[1])
"""
    shown = place.python(program, query).stdout
    assert shown.startswith(odbc3) and words in shown, shown
