"""`latchkey dsn`: data sources in odbc.ini."""

import stat

from command import answer, latchkey

OTHERS = "; kept as it is\n[Other]\r\nDriver = Elsewhere\n\n# of Last\n[Last]\nDriver=x"


def mode(file):
    return stat.S_IMODE(file.stat().st_mode)


def test_a_data_source_comes_and_goes_and_nothing_else_changes(place):
    file = place.folder / "user" / "odbc.ini"
    file.parent.mkdir()
    file.write_text(OTHERS, newline="")
    file.chmod(0o640)
    place.document("people.json", [{"name": "Ada"}])
    here = {"ODBCINI": str(file)}
    add = ["dsn", "add", "People", f"uri={place.documents}/people.json"]
    assert answer(place, *add, environment=here) == {"added": "People", "file": str(file)}
    entry = f"[People]\nDriver=Latchkey\nURI={place.documents}/people.json\n"
    assert file.read_bytes().decode() == f"{OTHERS}\n\n{entry}" and mode(file) == 0o640

    # The command and the driver manager both find it.
    query = latchkey(place, "query", "people", "SELECT name FROM people", environment=here)
    assert query.stdout == "name\nAda\n"
    isql = place.run("isql", "-b", "-x0x2c", "People", stdin="SELECT name FROM people\n", environment=here)
    assert "Ada" in isql.stdout, isql

    result = latchkey(place, *add, environment=here)
    assert result.returncode == 1 and "error IM002" in result.stderr and "--force" in result.stderr
    assert latchkey(place, *add, "Timeout=5", "--force", environment=here).returncode == 0
    assert file.read_bytes().decode() == f"{OTHERS}\n\n{entry}Timeout=5\n"

    listed = answer(place, "dsn", "list", environment=here)
    assert [(source["name"], source["driver"]) for source in listed] == [
        ("Other", "Elsewhere"), ("Last", "x"), ("People", "Latchkey"),
    ]
    assert answer(place, "dsn", "remove", "PEOPLE", environment=here)["file"] == str(file)
    assert file.read_bytes().decode() == f"{OTHERS}\n\n"
    assert latchkey(place, "dsn", "remove", "People", environment=here).returncode == 1


def test_a_secret_is_for_the_owner_of_the_file_alone(place):
    file = place.folder / "odbc.ini"
    file.chmod(0o644)
    secret = ["URI=https://example.com/a.json", "AuthScheme=Basic", "UID=ada", "PWD=hunter2hunter2"]
    result = latchkey(place, "dsn", "add", "Secret", *secret)
    assert result.returncode == 0 and "warning 01000" in result.stderr and mode(file) == 0o600
    assert "hunter2" not in result.stdout + result.stderr and "PWD=hunter2hunter2" in file.read_text()
    # Adding another leaves it so.
    assert latchkey(place, "dsn", "add", "Open", "URI=/a.json").returncode == 0 and mode(file) == 0o600

    (place.folder / "system").mkdir()
    system = {"ODBCSYSINI": str(place.folder / "system")}
    result = latchkey(place, "dsn", "add", "--system", "Secret", *secret, environment=system)
    assert result.returncode == 1 and "everybody reads" in result.stderr and "hunter2" not in result.stderr
    assert latchkey(place, "dsn", "add", "--system", "Open", "URI=/a.json", environment=system).returncode == 0
    assert mode(place.folder / "system" / "odbc.ini") == 0o644


def test_what_is_no_property_or_no_name_is_refused(place):
    before = (place.folder / "odbc.ini").read_bytes()
    for arguments in (["A", "Nonsense=1"], ["A", "hunter2hunter2"], ["A", "Timeout=soon"], ["a]b", "URI=/a"], ["A", "URI=/a\nPWD=x"]):
        result = latchkey(place, "dsn", "add", *arguments)
        assert result.returncode == 1 and result.stderr.startswith("latchkey: error "), result
        assert "hunter2" not in result.stderr
    assert (place.folder / "odbc.ini").read_bytes() == before
