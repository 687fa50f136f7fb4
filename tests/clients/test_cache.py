"""What a second program asks of Dropbox, and what it does not. Each application is a process of its own."""

import json
import subprocess
import sys

import pytest
from test_pyodbc import CONNECT, application

READ = """
for query in sys.argv[2:]:
    try:
        show([list(row) for row in cursor.execute(query).fetchall()])
    except pyodbc.Error as error:
        show([error.args[0], error.args[1]])
"""

# Connects a second time, as a program that opens a connection for each query does.
READ_TWICE = READ + """
connection.close()
connection = pyodbc.connect(sys.argv[1])
cursor = connection.cursor()
show("again")
""" + READ

CANARY = "canary-3f9c1a"
ROWS = "SELECT name, n FROM orders ORDER BY n"


def asked(simulator):
    """The requests since this was asked last, without those of the control endpoint."""
    counts = {key: count for key, count in simulator.counts().items() if key.startswith("/") and count}
    simulator.control("reset-counts", now=True)
    return counts


@pytest.fixture
def orders(place):
    """A simulator with three orders."""
    for number in range(3):
        place.document(f"orders/{CANARY}-{number}.json", [{"name": f"{CANARY} {number}", "n": number}])
    return place.simulator()


def expected(numbers):
    return [[f"{CANARY} {number}", number] for number in numbers]


CONTINUED = {"/2/files/list_folder/continue": 1}


def test_a_second_connection_of_a_program_asks_only_what_has_changed(place, orders):
    string = place.connection_string(orders, "dropbox:///orders/", CacheTolerance="3600")
    # The sign-in is stored, and the first connection of a program still knows nothing.
    application(place, string, READ, "SELECT 1")
    asked(orders)
    first, again, second = application(place, string, READ_TWICE, ROWS)
    assert first == second == expected(range(3)) and again == "again"
    assert asked(orders) == CONTINUED | {"/2/files/list_folder": 1, "/2/files/download": 3}
    impatient = place.connection_string(orders, "dropbox:///orders/", CacheTolerance="0")
    application(place, impatient, READ, ROWS)
    # Each look at the documents asks by itself then, and none downloads anything again.
    counts = asked(orders)
    assert counts["/2/files/list_folder/continue"] > 1 and counts["/2/files/download"] == 3


def test_a_second_program_asks_only_what_has_changed(place, orders):
    cache = place.folder / "cache"
    string = place.connection_string(orders, "dropbox:///orders/", CacheLocation=str(cache))
    assert application(place, string, READ, ROWS) == [expected(range(3))]
    counts = asked(orders)
    assert (counts["/2/files/list_folder"], counts["/2/files/download"]) == (1, 3)
    assert application(place, string, READ, ROWS) == [expected(range(3))]
    assert asked(orders) == CONTINUED

    place.document(f"orders/{CANARY}-1.json", [{"name": f"{CANARY} 7", "n": 7}])
    assert application(place, string, READ, ROWS) == [expected([0, 2, 7])]
    assert asked(orders) == CONTINUED | {"/2/files/download": 1}

    orders.control("reset-cursors", now=True)
    assert application(place, string, READ, ROWS) == [expected([0, 2, 7])]
    assert asked(orders) == CONTINUED | {"/2/files/list_folder": 1}

    # Neither contents nor names lie open, nor may others read what lies there.
    files = [path for path in cache.rglob("*") if path.is_file()]
    assert len(files) > 4 and cache.stat().st_mode & 0o777 == 0o700
    for path in files:
        assert CANARY not in path.name and CANARY.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600

    # What is damaged is asked for again.
    for path in files:
        path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert application(place, string, READ, ROWS) == [expected([0, 2, 7])]
    assert asked(orders) == {"/2/files/list_folder": 1, "/2/files/download": 3}
    assert application(place, string, READ, ROWS) == [expected([0, 2, 7])]
    assert asked(orders) == CONTINUED


def test_offline_asks_nobody(place, orders):
    cache = str(place.folder / "cache")
    online = place.connection_string(orders, "dropbox:///orders/", CacheLocation=cache)
    offline = place.connection_string(orders, "dropbox:///orders/", CacheLocation=cache, Offline="true")
    application(place, online, READ, "SELECT 1")
    asked(orders)
    (nothing,) = application(place, offline, READ, ROWS)
    assert "dropbox:///orders" in nothing[1] and "Offline=false" in nothing[1], nothing
    application(place, online, READ, ROWS)
    orders.control("expire", now=True)
    asked(orders)
    rows, files = application(place, offline, READ, ROWS, "SELECT count(*) FROM sys_files")
    assert rows == expected(range(3)) and files == [[3]]
    other = place.connection_string(
        orders, f"dropbox:///orders/{CANARY}-1.json", CacheLocation=cache, Offline="true"
    )
    (missing,) = application(place, other, READ, "SELECT 1 FROM [canary-3f9c1a-1]")
    assert f"dropbox:///orders/{CANARY}-1.json" in missing[1], missing
    assert asked(orders) == {}


def test_a_join_reads_each_document_once(place, orders):
    string = place.connection_string(orders, "dropbox:///orders/")
    query = "SELECT a.n FROM orders a JOIN orders b ON a.n = b.n JOIN orders c ON b.n = c.n ORDER BY 1"
    assert application(place, string, READ, query) == [[[0], [1], [2]]]
    assert asked(orders)["/2/files/download"] == 3
    # However little is kept: once for the columns, and once for the rows.
    string = place.connection_string(orders, "dropbox:///orders/", CacheMemory="0")
    assert application(place, string, READ, query) == [[[0], [1], [2]]]
    assert asked(orders)["/2/files/download"] == 6


def test_programs_that_share_a_folder_do_each_other_no_harm(place):
    for number in range(40):
        place.document(f"orders/{number}.json", [{"name": f"{CANARY} {number}", "n": number}])
    simulator = place.simulator()
    cache = str(place.folder / "cache")
    string = place.connection_string(simulator, "dropbox:///orders/", CacheLocation=cache, CacheSize="20000")
    application(place, string, READ, "SELECT 1")
    # There is room for some only, so that all of them remove and write at the same time.
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", CONNECT + READ * 3, string, ROWS],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=place.environment,
        )
        for _ in range(4)
    ]
    for program in programs:
        out, err = program.communicate(timeout=120)
        assert program.returncode == 0, err
        assert [json.loads(line) for line in out.splitlines()] == [expected(range(40))] * 3
    held = sum(path.stat().st_size for path in (place.folder / "cache").iterdir() if not path.suffix)
    assert 0 < held <= 20_000


def test_a_cache_that_cannot_be_written_to_costs_nothing_but_requests(place, orders):
    (place.folder / "file").write_text("mine")
    string = place.connection_string(orders, "dropbox:///orders/", CacheLocation=str(place.folder / "file"))
    for _ in range(2):
        assert application(place, string, READ, ROWS) == [expected(range(3))]
        assert asked(orders)["/2/files/download"] == 3
    assert (place.folder / "file").read_text() == "mine"
    assert "CacheLocation cannot be written to" in place.log.read_text()


def test_a_folder_of_very_many_files_starts_warm_with_one_request(place):
    place.document("empty/one.json", [{"n": 1}])
    simulator = place.simulator()
    simulator.control("settings", empty_files=100_000, page_size=2000)
    cache = str(place.folder / "cache")
    string = place.connection_string(simulator, "dropbox:///empty/", CacheLocation=cache, CacheTolerance="3600")
    for warm in (False, True):
        assert application(place, string, READ, "SELECT n FROM empty", "SELECT count(*) FROM sys_files") == [
            [[1]],
            [[100_001]],
        ]
        counts = asked(simulator)
        if warm:
            assert counts == CONTINUED
        else:
            assert counts["/2/files/list_folder/continue"] == 50 and counts["/2/files/download"] == 1
