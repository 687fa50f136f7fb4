"""Schema files, views and tables that are listed, and a table for every file, through pyodbc."""

import json
import os
import stat

import pytest
from test_json_rows import ASK
from test_pyodbc import application

PEOPLE = [{"id": 1, "name": "Ada", "home": {"city": "London"}}, {"id": 2, "name": "花子", "home": {"city": "東京"}}]

PINNED = {
    "version": 1,
    "table": "people",
    "columns": [
        {"name": "City", "type": "VARCHAR(20)", "path": "$.home.city"},
        {"name": "number", "type": "BIGINT", "path": "$.id"},
    ],
}


@pytest.fixture
def schemas(place):
    """The folder of schema files."""
    folder = place.folder / "schemas"
    folder.mkdir()
    return folder


def local(place, schemas, more="", document="people.json"):
    return (
        f"Driver={{Latchkey}};URI={{{place.documents}/{document}}};Location={{{schemas}}};Logfile={{{place.log}}};"
        f"Verbosity=5;{more}"
    )


def written(schemas):
    return sorted(file.name for file in schemas.iterdir())


def test_a_schema_file_says_the_columns_before_any_download(place, schemas):
    place.document("people.json", PEOPLE)
    (schemas / "people.schema").write_text(json.dumps(PINNED))
    simulator = place.simulator()
    string = place.connection_string(simulator, "dropbox:///people.json", Location=str(schemas), CacheMemory="0")
    tables, columns, described = application(
        place,
        string,
        """
show([row.table_name for row in cursor.tables(tableType="TABLE")])
show([[row.column_name, row.type_name] for row in cursor.columns("people")])
show([list(row) for row in cursor.execute("SELECT ColumnName FROM sys_tablecolumns WHERE TableName = 'people'")])
""",
    )
    assert tables == ["people"]
    assert columns == [["City", "VARCHAR"], ["number", "BIGINT"]]
    assert described == [["City"], ["number"]]
    downloads = simulator.count("/2/files/download")
    assert downloads == 0, "a document was read before the query"
    [rows] = application(place, string, ASK, "SELECT * FROM people ORDER BY number")
    assert rows == [["City", "number"], [["London", 1], ["東京", 2]]]
    assert simulator.count("/2/files/download") == 1


def test_a_value_that_contradicts_the_file_names_file_path_and_both_types(place, schemas):
    place.document("people.json", [{"id": "seven", "home": {"city": "Rome"}}])
    (schemas / "people.schema").write_text(json.dumps(PINNED))
    wrong, fine = application(
        place, local(place, schemas), ASK, "SELECT number FROM people", "SELECT City FROM people"
    )
    assert wrong[0] == "22018"
    for part in ["the value at $.id, 'seven', is VARCHAR", f"the schema file {schemas}/people.schema says", "is BIGINT"]:
        assert part in wrong[1]
    assert fine == [["City"], [["Rome"]]]


def test_create_schema_writes_a_file_that_a_person_edits(place, schemas):
    place.document("people.json", PEOPLE)
    string = local(place, schemas)
    created, again, refused = application(
        place,
        string,
        ASK,
        "EXEC CreateSchema TableName='people'",
        "SELECT * FROM people",
        "{call CreateSchema('people')}",
    )
    file = schemas / "people.schema"
    assert created == [["Result", "FileName", "FileData"], [["Success", str(file), None]]]
    assert again == [["id", "name", "home.city"], [[1, "Ada", "London"], [2, "花子", "東京"]]]
    assert refused[0] == "42S01" and f"The schema file {file} exists already" in refused[1]
    schema = json.loads(file.read_text())
    assert [column["type"] for column in schema["columns"]] == ["BIGINT", "VARCHAR(3)", "VARCHAR(6)"]
    schema["columns"][2]["name"] = "town"
    del schema["columns"][0]
    file.write_text(json.dumps(schema))
    rows, replaced = application(
        place, string, ASK, "SELECT * FROM people", "EXEC CreateSchema 'people', Overwrite='true'"
    )
    assert rows == [["name", "town"], [["Ada", "London"], ["花子", "東京"]]]
    assert replaced[1][0][0] == "Success"
    assert [column["name"] for column in json.loads(file.read_text())["columns"]] == ["id", "name", "home.city"]
    assert written(schemas) == ["people.schema"]


def test_create_schema_takes_a_place_a_path_and_a_parameter(place, schemas):
    place.document("people.json", PEOPLE)
    place.document("stock/2026.json", {"c": ["id", "n"], "r": [[1, 2.5]]})
    uri = f"{place.documents}/stock/"
    data, rows = application(
        place,
        local(place, schemas),
        """
import base64
call = "EXEC CreateSchema TableName='stock', URI=?, JSONFormat='JSONRows', JSONPath='column:$.c;row:$.r', WriteToFile="
show(json.loads(base64.b64decode(cursor.execute(call + "'false'", sys.argv[2]).fetchone().FileData)))
cursor.execute(call + "'true'", sys.argv[2])
show([list(row) for row in cursor.execute("SELECT p.name, s.n FROM stock s JOIN people p ON p.id = s.id")])
""",
        uri,
    )
    assert data["uri"] == uri and data["jsonPath"] == "column:$.c;row:$.r" and data["table"] == "stock"
    assert rows == [["Ada", 2.5]]
    tables = application(
        place, local(place, schemas), 'show([row.table_name for row in cursor.tables(tableType="TABLE")])'
    )
    assert tables == [["stock", "people"]] or tables == [["people", "stock"]]


def test_files_are_generated_when_the_property_says(place, schemas):
    place.document("people.json", PEOPLE)
    connect = "show('open')"
    query = 'show([list(row) for row in cursor.execute("SELECT id FROM people")])'
    for when, program, files in [
        ("Never", query, []),
        ("OnCreate", query, []),
        ("OnUse", connect, []),
        ("OnUse", query, ["people.schema"]),
        ("OnStart", connect, ["people.schema"]),
    ]:
        application(place, local(place, schemas, f"GenerateSchemaFiles={when};"), program)
        assert written(schemas) == files, when
        for file in schemas.iterdir():
            file.unlink()
    (schemas / "people.schema").write_text(json.dumps(PINNED))
    [rows] = application(
        place, local(place, schemas, "GenerateSchemaFiles=OnStart;"), ASK, "SELECT * FROM people ORDER BY 2"
    )
    assert rows[0] == ["City", "number"]
    assert json.loads((schemas / "people.schema").read_text()) == PINNED


def test_folders_and_files_that_cannot_be_used_are_told(place, schemas):
    place.document("people.json", PEOPLE)
    connect = "import pyodbc, sys\npyodbc.connect(sys.argv[1])"

    def refusal(string):
        result = place.python(connect, string)
        assert result.returncode != 0
        return result.stderr

    assert f"Location names the folder {schemas}/none, which cannot be read" in refusal(local(place, schemas / "none"))
    assert "GenerateSchemaFiles is OnUse, but Location names no folder" in refusal(
        local(place, "", "GenerateSchemaFiles=OnUse;")
    )
    assert "describes a table of DataModel=Document" in refusal(
        local(place, schemas, "GenerateSchemaFiles=OnStart;DataModel=Relational;")
    )
    for change, said in [
        ({"version": 2}, "is of version 2, but this Latchkey reads version 1"),
        ({"colour": "red"}, "unknown field `colour`"),
        ({"columns": [{"name": "a", "type": "MONEY", "path": "$.a"}]}, 'gives the column "a" the type MONEY'),
        ({"uri": "dropbox:///people.json"}, "cannot be read over this connection"),
    ]:
        (schemas / "bad.schema").write_text(json.dumps(PINNED | change))
        message = refusal(local(place, schemas))
        assert said in message and f"{schemas}/bad.schema" in message, message
    (schemas / "bad.schema").write_text(json.dumps(PINNED))
    (schemas / "worse.schema").write_text(json.dumps(PINNED))
    assert f"{schemas}/bad.schema and {schemas}/worse.schema both describe" in refusal(local(place, schemas))


@pytest.mark.skipif(not os.path.isdir("/proc/sys/kernel"), reason="needs a folder that takes no file")
def test_a_folder_that_takes_no_file_is_told_by_the_statement(place):
    place.document("people.json", PEOPLE)
    # A folder of the kernel's: it can be read, and nobody makes files in it, whatever the user.
    string = local(place, "/proc/sys/kernel", "GenerateSchemaFiles=OnUse;")
    query, call = application(
        place, string, ASK, "SELECT id FROM people", "EXEC CreateSchema 'people'"
    )
    for answer in query, call:
        assert "The schema file /proc/sys/kernel/people.schema cannot be written" in answer[1]


def test_a_schema_file_is_as_readable_as_the_umask_says(place, schemas):
    place.document("people.json", PEOPLE)
    application(place, local(place, schemas), "import os\nos.umask(0o022)\ncursor.execute(\"EXEC CreateSchema 'people'\")")
    assert stat.S_IMODE((schemas / "people.schema").stat().st_mode) == 0o644


def test_views_that_are_not_listed_are_none(place):
    place.document("people.json", PEOPLE)
    views = place.folder / "views.json"
    views.write_text(
        json.dumps({"ids": {"query": "SELECT id FROM people"}, "Names": {"query": "SELECT name FROM people"}})
    )
    string = f"Driver={{Latchkey}};URI={{{place.documents}/people.json}};UserDefinedViews={{{views}}};"
    program = 'show(sorted(row.table_name for row in cursor.tables(tableType="VIEW")))' + ASK
    queries = ("SELECT count(*) FROM ids", "SELECT count(*) FROM names")
    both, one, other = application(place, string, program, *queries)
    assert both == ["Names", "ids"] and one[1] == other[1] == [[2]]
    listed, missing, found = application(place, string + "Views=names;", program, *queries)
    assert listed == ["Names"] and missing[0] == "42S02" and found[1] == [[2]]


def test_every_file_of_a_folder_is_a_table(place):
    place.document("shop/orders.json", [{"id": 1, "person": 7}])
    place.document("shop/people.ndjson", '{"id": 7, "name": "Ada"}\n{"id": 8, "name": "Bob"}')
    simulator = place.simulator()
    tables, columns, rows, none = application(
        place,
        place.connection_string(simulator, "dropbox:///shop/", AggregateFiles="false"),
        'show([row.table_name for row in cursor.tables(tableType="TABLE")])\n'
        'show([row.column_name for row in cursor.columns("people")])' + ASK,
        "SELECT o.id, p.name FROM orders o JOIN people p ON p.id = o.person",
        "SELECT * FROM shop",
    )
    assert tables == ["orders", "people"]
    assert columns == ["id", "name"]
    assert rows == [["id", "name"], [[1, "Ada"]]]
    assert none[0] == "42S02"
    [[_, together]] = application(
        place, place.connection_string(simulator, "dropbox:///shop/"), ASK, "SELECT count(*), count(name) FROM shop"
    )
    assert together == [[3, 2]]
