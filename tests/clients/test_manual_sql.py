"""docs/sql.md, run: every statement, document, schema file and view on the page, over documents that fit it."""

import json
import os
import pathlib
import re

from test_pyodbc import application

PAGE = (pathlib.Path(__file__).parents[2] / "docs" / "sql.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(sql|json)\n(.*?)^```$", re.M | re.S)
SECTIONS = {
    title: BLOCK.findall(text) for title, text in re.findall(r"^##+ ([^\n]*)\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S)
}

# Statements with their parameters, one behind the other; the rows of the last one, as JSON.
PROGRAM = """
for statement, parameters in json.loads(sys.argv[2]):
    cursor.execute(statement, *parameters)
names = [column[0] for column in cursor.description]
show([names, sorted(([str(value) for value in row] for row in cursor), key=str)])
"""


def block(title):
    [(_, text)] = SECTIONS[title]
    return text.strip()


def asked(place, statement, simulator=None, **properties):
    if simulator:
        string = place.connection_string(simulator, properties.pop("URI"), **properties)
    else:
        given = properties | {"Logfile": place.log, "Verbosity": 5}
        string = "Driver={Latchkey};" + "".join(f"{name}={{{value}}};" for name, value in given.items())
    statements = statement if isinstance(statement, list) else [[statement, []]]
    [(names, rows)] = application(place, string, PROGRAM, json.dumps(statements))
    return names, rows


def test_tables_of_the_relational_model_are_joined(place):
    people = [{"personal": {"name": {"first": "Ada"}}, "vehicles": [{"type": "car"}]}, {"personal": {"name": {"first": "Grace"}}}]
    place.document("people.json", {"people": people})
    _, rows = asked(place, block("Data models"), URI=place.documents / "people.json", DataModel="Relational")
    assert rows == [["Ada", "car"], ["Grace", "None"]]


def test_hidden_columns_choose_documents(place):
    for name, stamp in [("2026-01", 1_775_000_000), ("2026-02", 1_767_000_000), ("2025-12", 1_775_000_000)]:
        place.document(f"orders/{name}.json", [{"id": 1}])
        os.utime(place.documents / "orders" / f"{name}.json", (stamp, stamp))
    names, rows = asked(place, block("Where a row comes from"), URI=f"{place.documents}/orders/")
    assert (names, rows) == (["_file_name", "id"], [["2026-01.json", "1"]])


def test_names_lead_into_json(place):
    def person(last, model):
        return {"name": {"last": last}, "vehicles": [{"model": model, "year": 2010}, {"type": "truck"}]}

    place.document("people.json", [person("Lovelace", "Alto"), person("Hopper", "Beetle")])
    _, rows = asked(place, block("JSON in columns"), URI=place.documents / "people.json")
    assert rows == [["Lovelace", "truck"]]


def test_arrays_become_rows(place):
    vehicles = [{"model": "Alto", "year": 2010, "repairs": [{"price": 9.5}]}, {"model": "Beetle", "year": 1970}]
    place.document("people.json", [{"name": "Ada", "vehicles": vehicles}, {"name": "Grace", "vehicles": []}])
    _, rows = asked(place, block("Rows made of JSON"), URI=place.documents / "people.json")
    assert rows == [["Ada", "Alto", "9.50"], ["Ada", "Beetle", "None"]]


def test_a_statement_names_other_places(place):
    place.document("reports/2026.json", [{"id": 1, "title": "Report"}, {"id": 2, "title": "Another"}])
    place.document("orders/a/b/1.json", [{"id": 2, "total": 5}])
    names, rows = asked(place, block("Other places"), place.simulator(), URI="dropbox:///reports/2026.json")
    assert rows == [["2", "Another", "2", "5"]], names


def test_columns_in_one_place_and_rows_in_another(place):
    place.document("prices.json", block("Columns in one place, rows in another"))
    path = re.search(r"`JSONPath=\{(column:/dataset[^}]*)\}`", PAGE)[1]
    properties = {"URI": place.documents / "prices.json", "JSONFormat": "JSONRows", "JSONPath": path}
    names, rows = asked(place, "SELECT * FROM prices", **properties)
    assert names == ["Date", "Open"] and rows == [["2016-09-01", "126.84"], ["2016-09-02", "125.5"]]


def test_a_schema_file_pins_the_columns(place):
    place.document("people.json", {"people": [{"id": 1, "address": {"city": "London"}, "vehicles": [{"model": "Alto"}]}]})
    schemas = place.folder / "schemas"
    schemas.mkdir()
    (schemas / "people.schema").write_text(block("Schema files"))
    given = {"URI": "dropbox:///people.json", "Location": schemas}
    names, rows = asked(place, "SELECT * FROM people", place.simulator(), **given)
    assert names == ["id", "City", "first vehicle"] and rows[0][:2] == ["1", "London"] and "Alto" in rows[0][2]


def test_a_view_is_read_as_a_table(place):
    ages = [("Ada", 36), ("Byron", 8)]
    place.document("people.json", [{"id": age, "name": name, "age": age, "address": {"city": "London"}} for name, age in ages])
    views = place.folder / "views.json"
    views.write_text(block("Views"))
    given = {"URI": place.documents / "people.json", "UserDefinedViews": views}
    names, rows = asked(place, "SELECT * FROM adults", **given)
    assert names == ["id", "name", "city"] and rows == [["36", "Ada", "London"]]


def test_scratch_tables_are_made_and_changed(place):
    place.document("people.json", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}])
    lines = [line.partition(" -- ")[0].strip() for line in block("Scratch tables").splitlines()]
    assert len(lines) == 7
    statements = [[line, [1, "x"][: line.count("?")]] for line in lines]
    # Seen before the two deletes.
    changed = [*statements[:-2], ["SELECT id, note FROM notes", []]]
    assert asked(place, changed, URI=place.documents / "people.json") == (["id", "note"], [["1", "Ada"]])
    # The first delete takes the row, the second one finds none.
    emptied = [*statements, ["SELECT count(*) FROM notes", []]]
    assert asked(place, emptied, URI=place.documents / "people.json")[1] == [["0"]]


def test_every_block_of_the_page_was_run():
    wanted = {title for title, blocks in SECTIONS.items() if blocks}
    source = pathlib.Path(__file__).read_text(encoding="utf-8")
    assert wanted == set(re.findall(r'block\("([^"]+)"\)', source))
