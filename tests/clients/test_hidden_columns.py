"""Hidden columns and skipped documents through pyodbc, over Dropbox and over a local folder."""

from test_pyodbc import application

MONTHS = ["2025-12", "2026-01", "2026-02", "2026-03"]


def orders(place):
    for number, month in enumerate(MONTHS):
        place.document(f"orders/{month}.json", [{"id": 10 * number + n, "total": 1.5} for n in range(3)])


def folder(place, more=""):
    return f"Driver={{Latchkey}};URI={{{place.documents}/orders/}};Logfile={{{place.log}}};Verbosity=5;{more}"


def test_a_filter_on_the_file_downloads_only_what_can_match(place):
    orders(place)
    simulator = place.simulator()
    downloads = "/2/files/download"
    # Nothing is kept, so that what is opened is downloaded.
    string = place.connection_string(simulator, "dropbox:///orders/", CacheMemory="0")
    seen, rows = application(
        place,
        string,
        """
import urllib.request
def downloads():
    with urllib.request.urlopen(sys.argv[2] + "/control/counts", timeout=10) as answer:
        return json.loads(answer.read()).get(sys.argv[3], 0)
# Looks into every document for the columns.
cursor.execute("SELECT id FROM orders").fetchall()
seen = []
for filter in [
    "_file_name LIKE '2026%'", "_file_name = '2025-12.json'", "_file_size < 0 AND id > 0",
    "_file_modified >= {d '2001-01-01'} AND _file_name IN ('2026-03.json')", "_file_name > ?",
]:
    before = downloads()
    values = ["2026-01.json"] if "?" in filter else []
    rows = cursor.execute("SELECT id FROM orders WHERE " + filter, values).fetchall()
    seen.append([len(rows), downloads() - before])
show(seen)
cursor.execute("SELECT _file_path, _file_name, _file_modified, _file_size, _file_rev FROM orders WHERE id = 0")
show([[column[1].__name__ for column in cursor.description], list(cursor.fetchone())])
""",
        simulator.url,
        downloads,
    )
    assert simulator.count(downloads) > 0
    assert seen == [[9, 3], [3, 1], [0, 0], [3, 1], [6, 2]]
    types, (path, name, modified, size, revision) = rows
    assert types == ["str", "str", "datetime", "int", "str"]
    assert (path, name) == ("dropbox:///orders/2025-12.json", "2025-12.json")
    assert modified.startswith("20") and revision
    assert size == (place.documents / "orders" / "2025-12.json").stat().st_size


def test_hidden_columns_are_seen_where_they_are_named(place):
    orders(place)
    program = """
columns = lambda: [row.column_name for row in cursor.columns(table="orders")]
described = lambda sql: [column[0] for column in cursor.execute(sql).description]
show([columns(), described("SELECT * FROM orders"), described("SELECT _file_name, * FROM orders"),
      described("SELECT o.* FROM orders o WHERE o._file_size > 0")])
show(cursor.execute("SELECT _file_name, count(*) FROM orders GROUP BY _file_name ORDER BY 1").fetchall()[0][1])
"""
    plain = ["id", "total"]
    assert application(place, folder(place), program) == [[plain, plain, ["_file_name", *plain], plain], 3]
    shown = [*plain, "_file_size"]
    # A column that is shown is one of `*` wherever it stands.
    seen, count = application(place, folder(place, "PseudoColumns={Orders=_file_size;people=*};"), program)
    assert seen == [shown, shown, ["_file_name", *shown], shown] and count == 3


def test_a_pseudo_column_that_there_is_none_of_is_refused(place):
    orders(place)
    (message,) = application(
        place,
        folder(place),
        """
try:
    pyodbc.connect(sys.argv[1] + "PseudoColumns={*=_file_owner};")
except pyodbc.Error as error:
    show(error.args[1])
""",
    )
    assert "_file_owner" in message and "_file_modified" in message


def test_a_bad_document_is_skipped_when_asked_for(place):
    orders(place)
    (place.documents / "orders" / "2026-02.json").write_text('[{"id": 1}, {"id": ')
    read = 'show(cursor.execute("SELECT count(*) FROM orders").fetchone()[0])'
    result = application(place, folder(place), f"try:\n    {read}\nexcept pyodbc.Error as error:\n    show(error.args[1])\n")
    assert "2026-02.json" in result[0]
    count, messages, skipped = application(
        place,
        folder(place, "OnBadDocument=skip;"),
        read
        + """
cursor.execute("SELECT id FROM orders")
show([message[1] for message in cursor.messages])
cursor.execute("SELECT Name, Skipped, Problem, Modified FROM sys_files ORDER BY Name")
show([list(row) for row in cursor.fetchall()])
""",
    )
    assert count == 9
    assert len(messages) == 1 and "1 document" in messages[0] and "2026-02.json" in messages[0], messages
    assert [(row[0], row[1]) for row in skipped] == [(f"{month}.json", month == "2026-02") for month in MONTHS]
    assert [bool(row[2]) for row in skipped] == [month == "2026-02" for month in MONTHS]
    assert all(row[3].startswith("20") for row in skipped)
