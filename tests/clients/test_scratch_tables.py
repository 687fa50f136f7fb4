"""Scratch tables through pyodbc: every type, row counts, errors, and what becomes of a copy of documents."""

from test_pyodbc import RECORDS, application, local

ALL_TYPES = """
cursor.execute(
    "CREATE LOCAL TEMPORARY TABLE every (id INTEGER NOT NULL, flag BOOLEAN, tiny TINYINT, small SMALLINT, big BIGINT,"
    " amount DECIMAL(38,10), number NUMERIC(5,2), single REAL, double DOUBLE, float FLOAT, fixed CHAR(4),"
    " varying VARCHAR(10), long TEXT, raw BYTEA, short VARBINARY(4), day DATE, time TIME, moment TIMESTAMP,"
    " fine TIMESTAMP(9), note NVARCHAR(10), at DATETIME, guid UNIQUEIDENTIFIER)"
)
"""


def test_every_type_comes_back_as_it_was_put_in(place):
    place.document("people.json", RECORDS)
    counts, same, described, listed = application(
        place,
        local(place),
        ALL_TYPES
        + """
import uuid
key = uuid.UUID("12345678-90ab-cdef-1234-567890abcdef")
rows = [
    [1, True, -128, -32768, -(2**63), decimal.Decimal("-1234567890123456789012345678.0123456789"),
     decimal.Decimal("-999.99"), 0.5, 1e308, -2.5e-300, "größ", "花子 😀 é", "x" * 100_000, bytes(range(256)) * 40,
     b"\\0\\1\\2\\3", datetime.date(1, 1, 1), datetime.time(23, 59, 59), datetime.datetime(1, 1, 1, 0, 0, 0, 1),
     datetime.datetime(2262, 4, 11, 23, 47, 16, 854775), "", datetime.datetime(9999, 12, 31, 23, 59, 59, 999999), str(key)],
    [2, False, 127, 32767, 2**63 - 1, decimal.Decimal("9999999999999999999999999999.9999999999"),
     decimal.Decimal("0.01"), -3.25, 5e-324, 0.1, "", "0123456789", "", b"", b"", datetime.date(9999, 12, 31),
     datetime.time(0, 0, 0), datetime.datetime(1970, 1, 1), datetime.datetime(1677, 9, 22), "a'b\\"c", None, None],
    [3] + [None] * 21,
]
insert = "INSERT INTO every VALUES (" + ", ".join("?" * 22) + ")"
counts = [cursor.execute(insert, row).rowcount for row in rows[:1]]
cursor.executemany(insert, rows[1:])
show(counts)
got = [list(row) for row in cursor.execute("SELECT * FROM temp.every ORDER BY id").fetchall()]
show([[column for column, (a, b) in enumerate(zip(left, right)) if a != b or type(a) != type(b)]
      for left, right in zip(got, rows)] + [len(got)])
show([[column[0], column[1].__name__, column[3], column[5], column[6]] for column in cursor.description])
show([[row.column_name, row.type_name, row.column_size, row.is_nullable, row.table_schem]
      for row in cursor.columns(table="every")])
""",
    )
    assert counts == [1]
    assert same == [[], [], [], 3]
    assert described[0] == ["id", "int", 10, 0, False]
    assert described[5] == ["amount", "Decimal", 38, 10, True]
    assert described[10] == ["fixed", "str", 4, 0, True]
    names = [
        "INTEGER BOOLEAN TINYINT SMALLINT BIGINT DECIMAL DECIMAL REAL DOUBLE DOUBLE VARCHAR VARCHAR TEXT BYTEA BYTEA",
        "DATE TIME TIMESTAMP TIMESTAMP VARCHAR TIMESTAMP VARCHAR",
    ]
    assert [row[1] for row in listed] == " ".join(names).split()
    sizes = {row[0]: row[2] for row in listed}
    assert (sizes["fixed"], sizes["varying"], sizes["number"], sizes["guid"], sizes["short"]) == (4, 10, 5, 36, 4)
    assert sizes["long"] > 4000 and sizes["raw"] > 4000
    assert [row[3] for row in listed] == ["NO"] + ["YES"] * 21
    assert {row[4] for row in listed} == {"temp"}


def test_every_type_of_the_type_list_can_be_a_column(place):
    place.document("people.json", RECORDS)
    (made,) = application(
        place,
        local(place),
        """
made = 0
for number, row in enumerate(cursor.getTypeInfo().fetchall()):
    sizes = {None: "", "length": "(7)", "precision,scale": "(9,2)"}[row.create_params]
    cursor.execute(f"CREATE TABLE t{number} (a {row.type_name}{sizes})")
    assert cursor.execute(f"INSERT INTO t{number} VALUES (?)", None).rowcount == 1
    assert cursor.execute(f"SELECT a FROM t{number}").fetchval() is None
    made += 1
show(made)
""",
    )
    assert made >= 19


def test_row_counts_are_exact(place):
    place.document("people.json", RECORDS)
    (counts,) = application(
        place,
        local(place),
        """
cursor.execute("CREATE TABLE t (a INT, b VARCHAR(20))")
counts = [cursor.rowcount, cursor.description]
def run(sql, *parameters):
    counts.append(cursor.execute(sql, *parameters).rowcount)
run("INSERT INTO t VALUES (?, ?), (2, 'two'), (3, ?)", 1, "one", "three")
run("INSERT INTO t (b, a) SELECT name, id FROM people WHERE id = ?", 2)
run("UPDATE t SET b = ? WHERE a > ?", "many", 1)
run("UPDATE t SET b = b WHERE a = 99")
run("DELETE FROM t WHERE b = ?", "one")
run("DELETE FROM t WHERE b = 'none'")
run("SELECT * FROM t")
run("SELECT a INTO temp.u FROM t")
run("TRUNCATE TABLE t")
run("DROP TABLE t")
cursor.fast_executemany = True
cursor.executemany("INSERT INTO u VALUES (?)", [[n] for n in range(1000)])
run("DELETE FROM u WHERE a < 1000")
show(counts)
""",
    )
    assert counts == [-1, None, 3, 1, 3, 0, 1, 0, -1, 3, -1, -1, 1003]


def test_errors_have_their_states_and_change_nothing(place):
    place.document("people.json", RECORDS)
    answers = application(
        place,
        local(place),
        """
cursor.execute("CREATE TABLE t (a TINYINT NOT NULL, b VARCHAR(3), c DECIMAL(4,2))")
cursor.execute("INSERT INTO t VALUES (1, 'one', 1.25)")
def refused(sql, *parameters):
    try:
        cursor.execute(sql, *parameters)
        show([sql, "passed"])
    except pyodbc.Error as error:
        show([error.args[0], error.args[1]])
    assert [list(row) for row in cursor.execute("SELECT * FROM t")] == [[1, "one", decimal.Decimal("1.25")]], sql
refused("INSERT INTO people VALUES (1)")
refused("UPDATE people SET name = 'x'")
refused("DELETE FROM json.people")
refused("DROP TABLE people")
refused("CREATE TABLE t (a INT)")
refused("SELECT * FROM nosuch")
refused("INSERT INTO nosuch VALUES (1)")
refused("UPDATE t SET nosuch = 1")
refused("INSERT INTO t VALUES (1, 'x')")
refused("INSERT INTO t VALUES (?, ?, ?)", 2, "four", None)
refused("INSERT INTO t (b) VALUES ('x')")
refused("INSERT INTO t VALUES (?, ?, ?)", None, "x", 1)
refused("INSERT INTO t VALUES (2, 'x', 100)")
refused("INSERT INTO t VALUES (?, 'x', ?)", 2, decimal.Decimal("123.45"))
refused("INSERT INTO t VALUES (?, 'x', 1)", 1000)
refused("INSERT INTO t VALUES (2, 'x', 'much')")
refused("INSERT INTO t SELECT 2, 'x', 1 / (id - 2) FROM people")
refused("CREATE TABLE u (a INT PRIMARY KEY)")
refused("CREATE TABLE u (a INT, a INT)")
try:
    cursor.executemany("INSERT INTO t VALUES (?, ?, 1)", [(2, "two"), (3, "much")])
except pyodbc.Error as error:
    show([error.args[0], error.args[1]])
show([row.a for row in cursor.execute("SELECT a FROM t ORDER BY a")])
cursor.fast_executemany = True
try:
    cursor.executemany("INSERT INTO t VALUES (?, ?, 1)", [(4, "x"), (5, "y"), (None, "z")])
except pyodbc.Error as error:
    show([error.args[0], error.args[1]])
show([row.a for row in cursor.execute("SELECT a FROM t ORDER BY a")])
""",
    )
    # One by one a set stays when a later one fails; an array is one change.
    one_by_one, array = answers.pop(20), answers.pop()
    assert one_by_one == [1, 2]
    assert array == [1, 2]
    states = [state for state, _ in answers]
    assert states == [
        *["42000"] * 4,
        *["42S01", "42S02", "42S02", "42S22", "21S01"],
        *["22001", "23000", "23000", "22003", "22003", "22003", "22018", "22012"],
        *["HYC00", "42S21"],
        *["22001", "23000"],
    ]
    assert all("people" in message and "read-only" in message for _, message in answers[:4])


def test_connections_do_not_see_each_other_s_tables(place):
    place.document("people.json", RECORDS)
    answers = application(
        place,
        local(place),
        """
other = pyodbc.connect(sys.argv[1])
def tables(connection):
    listed = connection.cursor().tables(tableType="TABLE,VIEW")
    return [[row.table_schem, row.table_name, row.table_type] for row in listed]
cursor.execute("CREATE TABLE mine AS SELECT * FROM people")
show(tables(connection))
show(tables(other))
try:
    other.execute("SELECT * FROM temp.mine")
except pyodbc.Error as error:
    show(error.args[0])
other.execute("CREATE TABLE mine (a INT)")
show([cursor.execute("SELECT count(*) FROM mine").fetchval(), other.execute("SELECT count(*) FROM mine").fetchval()])
show([[row.table_name, row.table_type] for row in cursor.tables(schema="temp", tableType="TABLE")])
connection.close()
other.close()
again = pyodbc.connect(sys.argv[1])
show(tables(again))
""",
    )
    documents = ["json", "people", "TABLE"]
    mine = ["temp", "mine", "TABLE"]
    assert answers == [[documents, mine], [documents], "42S02", [2, 0], [["mine", "TABLE"]], [documents]]


def test_a_copy_of_documents_is_asked_for_once(place):
    place.document("people.json", RECORDS)
    simulator = place.simulator()
    string = place.connection_string(simulator, "dropbox:///people.json")
    copied, rows, warm = application(
        place,
        string,
        """
import urllib.request
def requests():
    with urllib.request.urlopen(sys.argv[2] + "/control/counts") as counts:
        return sum(json.load(counts).values())
show(cursor.execute("CREATE TABLE temp.people AS SELECT * FROM people").rowcount)
before = requests()
# Longer than a listing is taken for fresh: the next query over the documents would ask again.
deadline = time.monotonic() + 6
while time.monotonic() < deadline:
    rows = cursor.execute("SELECT name, [address.city] FROM temp.people ORDER BY id").fetchall()
    assert cursor.execute("SELECT count(*) FROM people a JOIN temp.people b ON a.id = b.id").fetchval() == 2
show([list(row) for row in rows])
copies = requests() - before
cursor.execute("SELECT count(*) FROM json.people").fetchval()
show([copies, requests() - before > 0])
""",
        simulator.url,
    )
    assert copied == 2
    assert rows == [["Ada", "London"], ["花子 😀 é", "東京"]]
    assert warm == [0, True]


def test_the_memory_limit_is_an_error_that_names_its_property(place):
    place.document("people.json", RECORDS)
    (answer, kept) = application(
        place,
        local(place) + "ScratchMemory=100000;",
        """
cursor.execute("CREATE TABLE t (a TEXT)")
cursor.execute("INSERT INTO t VALUES (?)", "x" * 50_000)
try:
    cursor.execute("INSERT INTO t VALUES (?)", "y" * 60_000)
except pyodbc.Error as error:
    show([error.args[0], error.args[1]])
cursor.execute("DELETE FROM t")
cursor.execute("INSERT INTO t VALUES (?)", "z" * 60_000)
show(len(cursor.execute("SELECT a FROM t").fetchval()))
""",
    )
    assert answer[0] == "HY001"
    assert "ScratchMemory" in answer[1] and "100000" in answer[1]
    assert kept == 60_000
