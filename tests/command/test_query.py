"""`latchkey query`, `tables`, `schema` and `test`."""

import json
import os
import signal
import socket
import stat

import pytest

from command import COMMAND, Running, answer, latchkey, local, on_terminal, remote

ROWS = [
    {"name": "Ada", "born": 1815, "note": 'a, "b"'},
    {"name": "Grace", "born": 1906, "note": None},
]
NAMES = "SELECT name, born, note FROM people ORDER BY born"
CSV = 'name,born,note\nAda,1815,"a, ""b"""\nGrace,1906,\n'


@pytest.fixture
def rows(place):
    place.document("people.json", ROWS)
    return place


def test_rows_are_csv_where_there_is_no_terminal(rows):
    result = latchkey(rows, "query", local(rows), NAMES)
    assert (result.returncode, result.stdout, result.stderr) == (0, CSV, "")


def test_rows_are_a_table_on_a_terminal(rows):
    rows.document("people.json", [{"name": "A\u001b[31mda", "born": 1815}])
    status, shown = on_terminal(rows, "query", local(rows), "SELECT name, born FROM people")
    assert status == 0 and "│" in shown and "name" in shown
    # What a document says is not obeyed by the terminal.
    assert "\x1b[31m" not in shown and "A\\u{1b}[31mda" in shown


def test_a_progress_bar_is_shown_on_a_terminal_and_nowhere_else(rows):
    for number in range(300):
        rows.document(f"many/{number}.json", [{"name": str(name)} for name in range(500)])
    status, shown = on_terminal(rows, "query", local(rows, "many/*.json"), "SELECT COUNT(*) AS n FROM many", "-f", "csv")
    assert status == 0 and "150000" in shown and "/300 documents" in shown, shown
    result = latchkey(rows, "query", local(rows, "many/*.json"), "SELECT COUNT(*) AS n FROM many")
    assert (result.stdout, result.stderr) == ("n\n150000\n", "")


def test_rows_are_json_lines(rows):
    result = latchkey(rows, "query", local(rows), "--format", "json", NAMES)
    assert [json.loads(line) for line in result.stdout.splitlines()] == ROWS


def test_rows_are_an_arrow_file_named_after_what_it_holds(rows):
    pyarrow = pytest.importorskip("pyarrow")
    file = rows.folder / "people.arrow"
    assert latchkey(rows, "query", local(rows), NAMES, "-o", str(file)).returncode == 0
    with pyarrow.ipc.open_file(file) as reader:
        assert reader.read_all().to_pylist() == ROWS


def test_parquet_is_refused_as_what_is_not_supported(rows):
    file = rows.folder / "people.parquet"
    result = latchkey(rows, "query", local(rows), NAMES, "-o", str(file))
    assert result.returncode == 1 and result.stderr.startswith("latchkey: error HYC00: ") and not file.exists()


def test_a_file_appears_whole_and_replaces_none_unasked(rows):
    file = rows.folder / "out.csv"
    write = ["query", local(rows), NAMES, "--output", str(file)]
    assert latchkey(rows, *write).returncode == 0 and file.read_text() == CSV
    assert not stat.S_IMODE(file.stat().st_mode) & 0o111
    file.write_text("mine")
    result = latchkey(rows, *write)
    assert result.returncode == 1 and "exists already" in result.stderr and file.read_text() == "mine"
    assert latchkey(rows, *write, "--force").returncode == 0 and file.read_text() == CSV
    # What fails on the way leaves the file that was there, and no other.
    broken = ["query", local(rows), "SELECT 1 / (born - 1906) AS x FROM people", "--output", str(file), "--force"]
    result = latchkey(rows, *broken)
    assert result.returncode == 1 and "error 22012" in result.stderr and file.read_text() == CSV
    assert not [name for name in os.listdir(rows.folder) if name.startswith(".latchkey")]
    # A link stays one, and what is no file is not replaced by one.
    link = rows.folder / "link.csv"
    link.symlink_to(file)
    file.write_text("mine")
    assert latchkey(rows, "query", local(rows), NAMES, "-o", str(link), "--force").returncode == 0
    assert link.is_symlink() and file.read_text() == CSV
    pipe = rows.folder / "pipe"
    os.mkfifo(pipe)
    result = latchkey(rows, "query", local(rows), NAMES, "-o", str(pipe), "--force")
    assert result.returncode == 1 and "not a regular file" in result.stderr and pipe.is_fifo()


def test_a_statement_comes_from_words_or_from_standard_input(rows):
    words = latchkey(rows, "query", local(rows), "SELECT", "name", "FROM", "people")
    assert words.stdout == "name\nAda\nGrace\n"
    assert latchkey(rows, "query", local(rows), "-", stdin=NAMES).stdout == CSV


def test_an_empty_result_has_its_heading(rows):
    assert latchkey(rows, "query", local(rows), "SELECT name FROM people WHERE 1 = 0").stdout == "name\n"


def test_a_data_source_is_a_connection(rows):
    rows.data_source("My Data", {"URI": f"{rows.documents}/people.json"})
    assert latchkey(rows, "query", "my data", NAMES).stdout == CSV
    result = latchkey(rows, "query", "nothing", NAMES)
    assert result.returncode == 1 and "error IM002" in result.stderr


def test_errors_have_their_sqlstate_and_exit_code(rows):
    for sql, state in [("SELEKT", "42000"), ("SELECT x FROM people", "42S22"), ("SELECT 1 FROM nowhere", "42S02")]:
        result = latchkey(rows, "query", local(rows), sql)
        assert result.returncode == 1 and result.stdout == "" and f"latchkey: error {state}: " in result.stderr, result
    assert latchkey(rows, "query", local(rows)).returncode == 2
    assert latchkey(rows, "nonsense").returncode == 2
    result = latchkey(rows, "query", local(rows), "SELECT ? AS x")
    assert result.returncode == 1 and "parameter markers" in result.stderr


def test_warnings_are_told_beside_the_rows(rows):
    result = latchkey(rows, "query", local(rows, Nonsense="1"), NAMES)
    assert result.stdout == CSV and result.stderr.startswith("latchkey: warning 01S00: ") and "Nonsense" in result.stderr


def test_a_reader_that_goes_away_is_no_error(rows):
    rows.document("people.json", [{"name": "x" * 1000} for _ in range(2000)])
    script = f'"{COMMAND}" query "$1" "SELECT name FROM people" | head -n 1; echo "${{PIPESTATUS[0]}}"'
    result = rows.run("bash", "-c", script, "bash", local(rows))
    assert result.stdout.splitlines() == ["name", "0"] and result.stderr == ""


@pytest.fixture
def silent():
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


def silent_connection(silent):
    return f"URI=http://127.0.0.1:{silent.getsockname()[1]}/a.json;"


def test_an_interruption_ends_the_query_with_130(place, silent):
    file = place.folder / "out.csv"
    running = Running(place, "query", silent_connection(silent), "SELECT * FROM a", "-o", str(file))
    connection, _ = silent.accept()
    with connection:
        # It has asked, and waits.
        assert connection.recv(4096)
        running.process.send_signal(signal.SIGINT)
        status, output = running.end()
    assert (status, output) == (130, "") and "error HY008" in running.errors
    assert not file.exists() and not [name for name in os.listdir(place.folder) if name.startswith(".latchkey")]


def test_a_deadline_ends_the_query(place, silent):
    result = latchkey(place, "query", silent_connection(silent), "SELECT * FROM a", "--timeout", "0.5")
    assert result.returncode == 1 and "error HYT00" in result.stderr


def test_tables_and_columns_are_listed(rows):
    tables = answer(rows, "tables", local(rows))
    assert [(table["schema"], table["table"], table["kind"]) for table in tables] == [("json", "people", "TABLE")]
    everything = answer(rows, "tables", "--all", local(rows))
    assert {"sys_connection_props", "people"} <= {table["table"] for table in everything}
    columns = answer(rows, "schema", local(rows), "json.people")
    assert [(column["column"], column["type"]) for column in columns] == [
        ("name", "VARCHAR"), ("born", "BIGINT"), ("note", "VARCHAR"),
    ]
    assert "┆ people" in latchkey(rows, "schema", local(rows)).stdout
    result = latchkey(rows, "schema", local(rows), "nothing")
    assert result.returncode == 1 and "error 42S02" in result.stderr


def test_a_connection_is_tested(rows):
    facts = answer(rows, "test", local(rows))
    assert (facts["connected"], facts["server"], facts["tables"]) == (True, "localhost", 1)
    assert answer(rows, "test", local(rows), "--timeout", "60")["connected"]


def test_a_connection_that_needs_somebody_says_so_with_3(place, people):
    string = remote(place, people, InitiateOAuth="REFRESH")
    result = latchkey(place, "test", string)
    assert result.returncode == 3 and result.stdout == "" and "error 28000" in result.stderr
