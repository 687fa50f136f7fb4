"""Shared links of Dropbox through pyodbc: files, folders, passwords, and links that do not open."""

import json

import pytest
from test_places import ASK
from test_pyodbc import application

OTHER = "haruka@example.com"


@pytest.fixture
def simulator(place):
    place.document("people.json", [{"n": 1}, {"n": 2}])
    place.document("orders/1.json", [{"n": 3}])
    place.document("orders/2026/2.json", "".join(json.dumps({"n": n}) + "\n" for n in range(1000)))
    return place.simulator()


def ask(place, simulator, uri, *queries, **more):
    return application(place, place.connection_string(simulator, uri, **more), ASK, *queries)


def share(simulator, path, **how):
    # It is shared by somebody else than the person who signs in here.
    return simulator.control("share", path=path, email=OTHER, **how)["url"]


@pytest.mark.parametrize("old", [False, True])
def test_a_file_is_a_table(place, simulator, old):
    link = share(simulator, "/people.json", old=old)
    rows, files = ask(place, simulator, link, "SELECT n FROM people ORDER BY n", "SELECT _file_path FROM people")
    assert rows == [[1], [2]]
    assert files == [["https://www.dropbox.com/…/people.json"]] * 2


@pytest.mark.parametrize("old", [False, True])
def test_a_folder_is_a_table(place, simulator, old):
    link = share(simulator, "/orders", old=old)
    query = "SELECT count(*), sum(n) FROM json"
    assert ask(place, simulator, link, query) == [[[1, 3]]]
    deep = ask(place, simulator, link, query, "SELECT DISTINCT _file_path FROM json ORDER BY 1", IncludeSubdirectories="true")
    folder = "https://www.dropbox.com/…/orders"
    assert deep == [[[1001, 499_503]], [[f"{folder}/1.json"], [f"{folder}/2026/2.json"]]]


def test_a_password_opens_a_link(place, simulator):
    link = share(simulator, "/people.json", password="correct horse")
    query = "SELECT sum(n) FROM people"
    assert ask(place, simulator, link, query, SharedLinkPassword="correct horse") == [[[3]]]
    for more in [{}, {"SharedLinkPassword": "wrong horse"}]:
        ((state, text),) = ask(place, simulator, link, query, **more)
        assert state == "08S01" and "SharedLinkPassword" in text and "horse" not in text, text


def test_a_link_that_does_not_open_says_why_and_stays_secret(place, simulator):
    for how, state in [({"expired": True}, "42S02"), ({"only_owner": True}, "08S01")]:
        link = share(simulator, "/people.json", **how)
        ((got, text),) = ask(place, simulator, link, "SELECT * FROM people")
        assert got == state and text.count("https://www.dropbox.com/…/people.json") >= 1, text
        assert "rlkey" not in text and link.split("/")[5] not in text, text


def test_a_link_is_shown_without_what_opens_it(place, simulator):
    link = share(simulator, "/people.json", password="correct horse")
    query = "SELECT Value FROM sys_connection_props WHERE PropertyName IN ('URI', 'SharedLinkPassword') ORDER BY PropertyName"
    shown = ask(place, simulator, link, query, SharedLinkPassword="correct horse")
    assert shown == [[[None], ["https://www.dropbox.com/…/people.json"]]]


def test_without_a_sign_in_the_next_step_is_told(place, simulator):
    program = """
import pyodbc
try:
    pyodbc.connect(sys.argv[2])
except pyodbc.Error as error:
    show(list(error.args))
"""
    link = share(simulator, "/people.json")
    given = f"Driver={{Latchkey}};URI={{{link}}}"
    ((state, text),) = application(place, "Driver={Latchkey};OAuthClientId=x", program, given)
    assert state == "08001" and "InitiateOAuth=GETANDREFRESH" in text and "sharing.read" in text, text
