"""pyodbc, unmodified. Each test is an application of its own process."""

import json

CONNECT = """
import datetime, decimal, json, sys, threading, time
import pyodbc
pyodbc.pooling = False
connection = pyodbc.connect(sys.argv[1])
cursor = connection.cursor()
def show(value):
    print(json.dumps(value, default=str, ensure_ascii=False))
"""

RECORDS = [
    {
        "id": 1,
        "name": "Ada",
        "score": 1.5,
        "active": True,
        "born": "1815-12-10",
        "seen": "2026-01-02T03:04:05.678Z",
        "tags": ["a", "b"],
        "address": {"city": "London", "country": "UK"},
    },
    {
        "id": 2,
        "name": "花子 😀 é",
        "score": None,
        "active": False,
        "born": "1990-01-02",
        "seen": "2026-01-02 05:04:05+02:00",
        "tags": [],
        "address": {"city": "東京", "country": "JP"},
    },
]


def application(place, string, program, *arguments, **more):
    """The JSON values that a program shows."""
    result = place.python(CONNECT + program, string, *arguments, **more)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def local(place):
    return f"Driver={{Latchkey}};URI={{{place.documents}/people.json}};Logfile={{{place.log}}};Verbosity=5;"


def test_fetchall_brings_typed_rows(place):
    place.document("people.json", RECORDS)
    simulator = place.simulator()
    rows, types = application(
        place,
        place.connection_string(simulator, "dropbox:///people.json"),
        """
rows = cursor.execute("SELECT * FROM people ORDER BY id").fetchall()
show([list(row) for row in rows])
show([[column[0], column[1].__name__] for column in cursor.description])
""",
    )
    assert rows == [
        [1, "Ada", 1.5, True, "1815-12-10", "2026-01-02 03:04:05.678000", '["a","b"]', "London", "UK"],
        [2, "花子 😀 é", None, False, "1990-01-02", "2026-01-02 03:04:05", "[]", "東京", "JP"],
    ]
    assert types == [
        ["id", "int"],
        ["name", "str"],
        ["score", "float"],
        ["active", "bool"],
        ["born", "date"],
        ["seen", "datetime"],
        ["tags", "str"],
        ["address.city", "str"],
        ["address.country", "str"],
    ]


def test_decimals_times_and_zones_come_whole(place):
    place.document(
        "things.json",
        """[{"id": 18446744073709551616, "price": 0.12345678901234567890, "at": "09:30:00",
             "zoned": "2026-01-02T03:04:05.1234567+02:00", "half": "09:30:00.5",
             "uuid": "550e8400-e29b-41d4-a716-446655440000"},
            {"id": 18446744073709551617, "price": -7, "at": "23:59:59", "zoned": "2026-01-02T03:04:05Z",
             "half": "10:00:00", "uuid": null}]""",
    )
    rows, types, found = application(
        place,
        f"Driver={{Latchkey}};URI={{{place.documents}/things.json}};",
        """
rows = cursor.execute("SELECT * FROM things ORDER BY id").fetchall()
show([list(row) for row in rows])
show([[column[0], column[1].__name__, column[4], column[5]] for column in cursor.description])
def count(condition, value):
    return cursor.execute("SELECT count(*) FROM things WHERE " + condition, value).fetchval()
show([
    count("id = ?", decimal.Decimal("18446744073709551617")),
    count("price = ?", decimal.Decimal("0.12345678901234567890")),
    count("price = ?", decimal.Decimal("0.12345678901234567891")),
    count("at > ?", datetime.time(12, 0)),
    count("zoned < ?", datetime.datetime(2026, 1, 2, 2)),
    count("uuid = ?", rows[0].uuid),
])
""",
    )
    assert rows == [
        [
            "18446744073709551616",
            "0.1234567890123456789",
            "09:30:00",
            "2026-01-02 01:04:05.123456",
            "09:30:00.5",
            "550e8400-e29b-41d4-a716-446655440000",
        ],
        ["18446744073709551617", "-7.0000000000000000000", "23:59:59", "2026-01-02 03:04:05", "10:00:00", None],
    ]
    assert types == [
        ["id", "Decimal", 38, 0],
        ["price", "Decimal", 38, 19],
        ["at", "time", 18, 9],
        ["zoned", "datetime", 29, 9],
        ["half", "str", 32, 0],
        ["uuid", "str", 128, 0],
    ]
    assert found == [1, 1, 0, 1, 1, 1]


def test_parameters_of_every_common_type(place):
    place.document("people.json", RECORDS)
    answers = application(
        place,
        local(place),
        """
def ids(where, *parameters):
    show([row.id for row in cursor.execute(f"SELECT id FROM people WHERE {where} ORDER BY id", *parameters)])
ids("id = ?", 2)
ids("name = ?", "花子 😀 é")
ids("score > ?", 1.25)
ids("active = ?", True)
ids("born < ?", datetime.date(1900, 1, 1))
ids("seen >= ?", datetime.datetime(2026, 1, 2, 3, 4, 5, 1000))
ids("id IN (?, ?)", 1, 2)
ids("id = ?", "2")
ids("name = ?", None)
ids("[address.city] LIKE ? AND id < ?", "%o%", 10)
show([list(row) for row in cursor.execute("SELECT ? AS a, ? AS b", "x", 7)])
for id in (1, 2, 1):
    show(cursor.execute("SELECT name FROM people WHERE id = ?", id).fetchone().name)
""",
    )
    assert answers == [[2], [2], [1], [1], [1], [1], [1, 2], [2], [], [1], [["x", "7"]], "Ada", "花子 😀 é", "Ada"]


def test_catalog_functions(place):
    place.document("people.json", RECORDS)
    tables, columns, procedures, inputs, types = application(
        place,
        local(place),
        """
show([list(row) for row in cursor.tables()])
show([[row.column_name, row.type_name, row.is_nullable] for row in cursor.columns(table="people")])
show([row.procedure_name for row in cursor.procedures()])
show([row.column_name for row in cursor.procedureColumns(procedure="RefreshOAuthAccessToken")])
show([row.type_name for row in cursor.getTypeInfo(pyodbc.SQL_WVARCHAR)])
""",
    )
    assert [row[:4] for row in tables if row[3] != "SYSTEM TABLE"] == [["latchkey", "json", "people", "TABLE"]]
    assert columns == [
        ["id", "BIGINT", "YES"],
        ["name", "VARCHAR", "YES"],
        ["score", "DOUBLE", "YES"],
        ["active", "BOOLEAN", "YES"],
        ["born", "DATE", "YES"],
        ["seen", "TIMESTAMP", "YES"],
        ["tags", "VARCHAR", "YES"],
        ["address.city", "VARCHAR", "YES"],
        ["address.country", "VARCHAR", "YES"],
    ]
    assert procedures == [
        "CreateSchema",
        "GetOAuthAccessToken",
        "GetOAuthAuthorizationURL",
        "GetOAuthDeviceCode",
        "GetOAuthStatus",
        "RefreshOAuthAccessToken",
        "RevokeOAuthAccessToken",
    ]
    assert inputs == ["OAuthRefreshToken", "OAuthAccessToken", "OAuthRefreshToken", "ExpiresIn"]
    assert types == ["VARCHAR"]


def test_a_text_of_a_megabyte_arrives_whole(place):
    text = "".join(chr(0x3042 + i % 80) + "😀" for i in range(300_000))
    assert len(text.encode()) > 1_000_000
    place.document("long.json", [{"id": 1, "text": text}, {"id": 2, "text": "short"}])
    (lengths,) = application(
        place,
        local(place).replace("people", "long"),
        """
expected = json.load(open(sys.argv[2], encoding="utf-8"))
rows = cursor.execute("SELECT id, text FROM long ORDER BY id").fetchall()
assert [row.text for row in rows] == [record["text"] for record in expected]
show([len(row.text) for row in rows])
""",
        str(place.documents / "long.json"),
    )
    assert lengths == [600_000, 5]


def test_cancel_from_another_thread_ends_a_waiting_query(place):
    place.document("people.json", RECORDS)
    simulator = place.simulator()
    string = place.connection_string(simulator, "dropbox:///people.json")
    application(place, string, "show(cursor.execute('SELECT count(*) FROM people').fetchval())")
    simulator.control("faults", route="/2/files/download", times=5, kind="stall", after_bytes=0)
    simulator.control("reset-counts")
    (answer,) = application(
        place,
        string,
        """
import urllib.request
def waiting():
    with urllib.request.urlopen(sys.argv[2] + "/control/counts") as counts:
        return json.load(counts).get("/2/files/download", 0) > 0
cancelled = []
def cancel():
    while not waiting():
        pass
    cancelled.append(time.monotonic())
    cursor.cancel()
thread = threading.Thread(target=cancel)
thread.start()
try:
    cursor.execute("SELECT * FROM people").fetchall()
except pyodbc.Error as error:
    show([error.args[0], time.monotonic() - cancelled[0]])
thread.join()
""",
        simulator.url,
    )
    assert answer[0] == "HY008"
    assert answer[1] < 1.0, answer


def test_a_token_that_expires_every_two_seconds_does_not_disturb_a_long_fetch(place):
    for month in range(640):
        place.document(f"orders/{month:03}.json", [{"month": month, "item": n} for n in range(5)])
    simulator = place.simulator("--access-token-lifetime", "2")
    string = place.connection_string(simulator, "dropbox:///orders/", RowScanDepth="1", CacheMemory="0")
    # 640 documents, of which 32 are opened at once, read once for their columns and once for their rows.
    application(place, string, "show(1)")
    simulator.control("settings", latency_ms=650)
    simulator.control("reset-counts")
    ((rows, seconds),) = application(
        place,
        string,
        """
start = time.monotonic()
rows = cursor.execute("SELECT month, item FROM orders").fetchall()
show([len(rows), time.monotonic() - start])
""",
        timeout=180,
    )
    assert rows == 640 * 5
    assert seconds > 20, f"the fetch took only {seconds} s: it proves nothing"
    refreshes = simulator.count("token:refresh_token")
    assert 5 <= refreshes <= seconds / 2 + 5, (refreshes, seconds)
    assert simulator.count("/oauth2/authorize") == 0
