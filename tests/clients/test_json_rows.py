"""Documents that list their columns in one place and have rows as arrays in another, through pyodbc."""

import json

from test_pyodbc import application

ASK = """
for query in sys.argv[2:]:
    try:
        cursor.execute(query)
        show([[column[0] for column in cursor.description], [list(row) for row in cursor.fetchall()]])
    except pyodbc.Error as error:
        show([error.args[0], error.args[1]])
"""

PATH = "JSONFormat=JSONRows;JSONPath={column:/dataset/column_names;row:/dataset/data};"
FACEBOOK = {
    "dataset": {
        "id": 9775687,
        "column_names": ["Date", "Open", "Volume", "Note"],
        "data": [
            ["2016-09-01", 126.84, 10000000000, None],
            ["2016-09-02", 125.5, 7, "Ünï 😀"],
            ["2016-09-05"],
        ],
    }
}


def local(place, more=PATH):
    return f"Driver={{Latchkey}};URI={{{place.documents}/FB.json}};Logfile={{{place.log}}};Verbosity=5;{more}"


def test_rows_have_the_names_of_the_list_and_the_types_of_their_values(place):
    place.document("FB.json", FACEBOOK)
    described, rows, tables, totals = application(
        place,
        local(place),
        """
show([[row.column_name, row.type_name] for row in cursor.columns("FB")])
show([list(row) for row in cursor.execute("SELECT * FROM fb")])
show([row.table_name for row in cursor.tables(tableType="TABLE")])
show([list(row) for row in cursor.execute("SELECT count(*), sum(Volume) FROM FB WHERE [Date] >= ?", datetime.date(2016, 9, 2))])
""",
    )
    assert described == [["Date", "DATE"], ["Open", "DOUBLE"], ["Volume", "BIGINT"], ["Note", "VARCHAR"]]
    assert rows == [
        ["2016-09-01", 126.84, 10000000000, None],
        ["2016-09-02", 125.5, 7, "Ünï 😀"],
        ["2016-09-05", None, None, None],
    ]
    assert tables == ["FB"]
    assert totals == [[2, 7]]


def test_columns_may_come_last_and_be_objects_and_each_file_has_its_own(place):
    place.document("sales/a.json", '{"rows": [[1, "x"], [2, "y"]], "columns": [{"name": "id"}, {"name": "text"}]}')
    place.document("sales/b.json", '{"columns": [{"name": "text"}, {"name": "id"}, {"name": "id"}], "rows": [["z", 3, 4.5]]}')
    simulator = place.simulator()
    more = {"JSONFormat": "JSONRows", "JSONPath": "column:$.columns;row:$.rows;columnname:$.columns[*].name"}
    [answer] = application(
        place, place.connection_string(simulator, "dropbox:///sales/", **more), ASK, "SELECT * FROM sales ORDER BY id"
    )
    assert answer == [["id", "text", "id_2"], [[1, "x", None], [2, "y", None], [3, "z", 4.5]]]


def test_a_hundred_thousand_rows_arrive_in_their_order(place):
    rows = [[n, f"row {n}", {"half": n / 2}] for n in range(100_000)]
    place.document("FB.json", {"data": {"rows": rows, "names": ["n", "text", "more"]}})
    [answer] = application(
        place,
        local(place, "JSONFormat=jsonrows;JSONPath={row:$.data.rows;column:$.data.names};"),
        """
cursor.execute("SELECT n, text, [more.half] FROM FB")
rows = cursor.fetchall()
show([len(rows), all(list(row) == [n, f"row {n}", n / 2] for n, row in enumerate(rows))])
""",
    )
    assert answer == [100_000, True]


def test_what_is_no_such_document_is_told(place):
    for document, said in [
        ({"dataset": {"data": [[1]]}}, "lists no columns at $.dataset.column_names"),
        ({"dataset": {"column_names": ["a"], "data": [[1, 2]]}}, "a row has 2 values, but the document lists 1 columns"),
        ({"dataset": {"column_names": ["a"], "data": [{"a": 1}]}}, "a row is not an array"),
        ({"dataset": {"column_names": [{"a": 1}], "data": [[1]]}}, "say with columnname: in JSONPath"),
    ]:
        place.document("FB.json", document)
        [answer] = application(place, local(place), ASK, "SELECT * FROM FB")
        assert answer[0] == "HY000" and said in answer[1] and "FB.json" in answer[1], json.dumps(answer)


def test_a_path_that_does_not_fit_the_format_names_the_property(place):
    place.document("FB.json", FACEBOOK)
    for more, said in {
        "JSONFormat=JSONRows;": "The property JSONPath does not say where columns and rows are",
        "JSONFormat=JSONRows;JSONPath={column:$.a;row:$.b;rows:$.c};": "has the part 'rows:$.c'",
        "JSONFormat=Rows;": "it must be one of JSON, JSONRows, LDJSON",
    }.items():
        result = place.python("import pyodbc, sys\npyodbc.connect(sys.argv[1])", local(place, more))
        assert result.returncode != 0 and said in result.stderr, result.stderr


def test_a_statement_reads_such_a_document_beside_others(place):
    place.document("FB.json", [{"id": 1, "name": "one"}])
    place.document("more.json", {"c": ["id", "n"], "r": [[1, 7], [2, 8]]})
    [answer] = application(
        place,
        local(place, ""),
        ASK,
        f"SELECT FB.name, m.n FROM FB JOIN read_json('file://{place.documents}/more.json', "
        "JSONFormat => 'JSONRows', JSONPath => 'column:$.c;row:$.r') m ON m.id = FB.id",
    )
    assert answer == [["name", "n"], [["one", 7]]]
