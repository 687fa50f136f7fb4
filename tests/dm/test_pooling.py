"""A connection that unixODBC's pool keeps open between two programs' turns with it."""

PROGRAM = """
import sys, pyodbc
string = sys.argv[1]
for turn in range(5):
    connection = pyodbc.connect(string, autocommit=True)
    cursor = connection.cursor()
    assert cursor.execute("SELECT name FROM people ORDER BY id").fetchval() == "Ada"
    # What a turn leaves behind: a statement in the middle of its rows, and a table. unixODBC's pool does not say
    # SQL_ATTR_RESET_CONNECTION, so the table is there in the next turn.
    cursor.execute("SELECT * FROM people")
    cursor.fetchone()
    print(turn, [row.table_name for row in connection.cursor().tables(schema="temp")])
    connection.cursor().execute("DROP TABLE IF EXISTS temp.mine")
    connection.cursor().execute("CREATE TABLE temp.mine AS SELECT * FROM people")
    connection.close()
"""


def test_a_pooled_connection_is_used_again(place):
    place.document("people.json", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}])
    registration = place.folder / "odbcinst.ini"
    registration.write_text("[ODBC]\nPooling=Yes\n\n" + registration.read_text() + "CPTimeout=60\n")
    string = f"Driver={{Latchkey}};URI={place.documents / 'people.json'};Logfile={place.log};Verbosity=2;"
    result = place.python(PROGRAM, string)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["0 []"] + [f"{turn} ['mine']" for turn in range(1, 5)], result.stdout
    opened = place.log.read_text().count("connected")
    assert opened == 1, f"{opened} connections were opened"
