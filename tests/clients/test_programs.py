"""Programs of many ecosystems, unmodified, against the simulator: each answers the same questions.

What they print is `name=value`; a client that has no way to ask a question leaves it out of its list here.
"""

import contextlib
import os
import pathlib
import signal
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
PROGRAMS = HERE / "programs"
TARGET = pathlib.Path(os.environ["LATCHKEY_CLIENTS"])
HANAKO = "花子 😀 é"
NOTE = "x" * 69_997 + "end"

PEOPLE = [
    {
        "id": 1,
        "name": "Ada Lovelace",
        "born": "1815-12-10",
        "seen": "2026-01-02T03:04:05.678",
        "score": 1.5,
        "big": 9_007_199_254_740_993,
        "active": True,
        "note": NOTE,
    },
    {"id": 2, "name": HANAKO, "born": "1990-01-02", "seen": None, "score": None, "big": None, "active": False, "note": ""},
    {"id": 3, "name": None, "born": None, "seen": None, "score": 2.5, "big": 1, "active": None, "note": None},
]

EXPECTED = {
    "tables": "people",
    "columns": "id,name,born,seen,score,big,active,note",
    "by_number": HANAKO,
    "by_text": "2",
    "null": "NULL",
    "date": "1815-12-10",
    "timestamp": "2026-01-02 03:04:05.678",
    "number": "1.5",
    "big": "9007199254740993",
    "long": "70000end",
    "long_parameter": "1",
}

# The command that runs a client, what it answers besides or otherwise, and what it cannot ask.
CLIENTS = {
    "perl": (["perl", PROGRAMS / "perl.pl"], {}, ()),
    "php-pdo": (["php", PROGRAMS / "pdo.php"], {}, ("tables", "columns")),
    "php-odbc": (["php", PROGRAMS / "odbc.php"], {}, ()),
    # RODBC itself cuts texts at 65 534 characters.
    "r-rodbc": (["Rscript", PROGRAMS / "rodbc.R"], {"long": "65534xxx"}, ("long_parameter",)),
    "node": (
        ["node", TARGET / "node-odbc" / "node.js"],
        # JavaScript has no whole numbers beyond 2^53; the package hands over what fits.
        {"prepared_1": "Ada Lovelace", "prepared_2": HANAKO, "blocks": "2+1"},
        (),
    ),
    "mono": (["mono", "{folder}/mono.exe"], {}, ("tables",)),
    "qt": (["/usr/bin/python3", PROGRAMS / "qt.py"], {}, ()),
    "c++": (
        ["{folder}/blocks"],
        {"by_second_number": "Ada Lovelace", "blocks": f"1:Ada Lovelace,2:{HANAKO}|3:NULL"},
        (),
    ),
    "rust": ([TARGET / "odbc_api" / "debug" / "odbc-api-client"], {}, ()),
}

COMPILED = {
    "mono": ["mcs", "-out:{folder}/mono.exe", "-r:System.Data.dll", PROGRAMS / "mono.cs"],
    "c++": ["g++", "-std=c++17", "-Wall", "-Wextra", "-Wno-deprecated-declarations", "-Werror", "-o", "{folder}/blocks"]
    + [PROGRAMS / "blocks.cpp", "-lodbc"],
}


def answers(output):
    pairs = (line.partition("=") for line in output.splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def check(shown, besides=(), missing=()):
    """Whether a client's answers are the expected ones."""
    expected = {name: value for name, value in EXPECTED.items() if name not in missing} | dict(besides)
    error, procedure = shown.pop("error"), shown.pop("procedure")
    # A client may show more digits of the fraction than there are.
    shown["timestamp"] = shown["timestamp"][: len(EXPECTED["timestamp"])]
    assert shown == expected
    # Clients of ODBC 2 know the state by its old name, and Qt tells the native number only.
    assert any(code in error for code in ("42S02", "S0002", "302 ")) and "nobody" in error, error
    assert procedure.startswith("http") and "client_id=simulatorappkey" in procedure, procedure


@pytest.mark.parametrize("client", CLIENTS)
def test_a_program_gets_the_right_answers(place, client):
    command, besides, missing = CLIENTS[client]
    place.document("people.json", PEOPLE)
    # A data source: not every program takes a connection string longer than 512 characters.
    place.data_source("People", place.properties(place.simulator(), "dropbox:///people.json"))
    named = lambda parts: [str(part).format(folder=place.folder) for part in parts]
    if client in COMPILED:
        subprocess.run(named(COMPILED[client]), check=True, timeout=120)
    result = place.run(*named(command), "DSN=People", HANAKO)
    assert result.returncode == 0, result
    check(answers(result.stdout), besides, missing)


def test_libreoffice_base_opens_asks_scrolls_and_exports(place):
    place.document("people.json", PEOPLE)
    place.data_source("People", place.properties(place.simulator(), "dropbox:///people.json"))
    spreadsheet = place.folder / "people.csv"
    pipe = f"latchkey{os.getpid()}"
    command = ["soffice", "--headless", "--norestore", "--nologo", f"--accept=pipe,name={pipe};urp;"]
    profile = f"-env:UserInstallation=file://{place.folder}/profile"
    # A session of its own: what is started is a launcher, and the office itself has to end with it.
    office = subprocess.Popen(
        [*command, profile],
        env=place.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        script = ["/usr/bin/python3", PROGRAMS / "office.py", pipe, "People", HANAKO, spreadsheet]
        result = place.run(*map(str, script))
        assert result.returncode == 0, result
        check(answers(result.stdout), {"rows": "3", "second": HANAKO, "first": "Ada Lovelace"})
        assert spreadsheet.read_text() == f'1,Ada Lovelace,1.5\n2,{HANAKO},0\n3,,2.5\n'
        office.wait(timeout=30)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(office.pid, signal.SIGKILL)
        office.wait(timeout=30)


def under_iodbc(place):
    place.document("people.json", PEOPLE)
    place.data_source("People", place.properties(place.simulator(), "dropbox:///people.json"))
    return {"ODBCINSTINI": str(place.folder / "odbcinst.ini")}


def test_iodbctest_lists_asks_and_tells_errors(place):
    environment = under_iodbc(place)

    def ask(*lines):
        result = place.run("iodbctest", "DSN=People", stdin="\n".join([*lines, "quit", ""]), environment=environment)
        assert result.returncode == 0, result
        return result.stdout + result.stderr

    shown = ask("SELECT id, name, born FROM people WHERE id < 3 ORDER BY id")
    assert "Ada Lovelace" in shown and HANAKO in shown and "1815-12-10" in shown, shown
    assert "result set 1 returned 2 rows" in shown, shown
    assert "people" in ask("tables")
    shown = ask("SELECT * FROM nobody")
    assert "42S02" in shown and "nobody" in shown, shown
    shown = ask("EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'")
    assert "client_id=simulatorappkey" in shown, shown


def test_a_wide_program_under_iodbc_gets_the_right_answers(place):
    environment = under_iodbc(place)
    result = place.python((PROGRAMS / "iodbc_wide.py").read_text(), "DSN=People", HANAKO, environment=environment)
    assert result.returncode == 0, result
    check(answers(result.stdout))
