"""SQL over JSON through pyodbc: paths, functions, rows made of arrays, and other places, on the disk and in Dropbox."""

import json

from test_pyodbc import application

OWNERS = [
    {
        "name": "Jane",
        "home": {"city": "Rome"},
        "vehicles": [
            {"type": "car", "model": "Civic", "year": 2010, "repairs": [10, 20.5]},
            {"type": "truck", "model": "Ram", "year": None},
        ],
    },
    {"name": "Bob", "home": {"city": "Oslo"}, "vehicles": []},
]

ASK = """
for query in sys.argv[2:]:
    try:
        rows = cursor.execute(query).fetchall()
        show([[column[0] for column in cursor.description], [list(row) for row in rows]])
    except pyodbc.Error as error:
        show([error.args[0], error.args[1]])
"""


def local(place, more=""):
    return f"Driver={{Latchkey}};URI={{{place.documents}/owners.json}};Logfile={{{place.log}}};Verbosity=5;{more}"


def asked(place, string, *queries):
    return application(place, string, ASK, *queries)


def test_paths_functions_and_rows_reach_into_columns(place):
    place.document("owners.json", OWNERS)
    paths, sums, applied, whole, wrong, described = asked(
        place,
        local(place),
        "SELECT [vehicles.1.type], o.[vehicles.0.year] FROM owners o WHERE [vehicles.0.model] LIKE 'C%'",
        "SELECT name, JSON_COUNT(vehicles, '[x]'), JSON_SUM(vehicles, '[x].repairs[x]') AS paid FROM owners",
        "SELECT o.name, v.model, v.built FROM owners o OUTER APPLY OPENJSON(o.vehicles) "
        "WITH (model NVARCHAR(50), built INT '$.year') AS v ORDER BY o.name, v.model",
        "SELECT DOCUMENT(*) FROM owners",
        "SELECT JSON_EXTRACT(name, '$.first') FROM owners",
        "SELECT v.* FROM owners CROSS APPLY JSONTABLE(vehicles, '$') WITH (kind VARCHAR(9) PATH '$.type', year BIGINT) AS v",
    )
    assert paths == [["vehicles.1.type", "vehicles.0.year"], [["truck", "2010"]]]
    assert sums == [
        ["name", "JSON_COUNT(vehicles, '[x]')", "paid"],
        [["Jane", 2, 30.5], ["Bob", 0, None]],
    ]
    assert applied[1] == [["Bob", None, None], ["Jane", "Civic", 2010], ["Jane", "Ram", None]]
    assert [json.loads(row[0]) for row in whole[1]] == OWNERS
    assert wrong[0] == "22018" and "JSON_EXTRACT was given a text that is not JSON" in wrong[1]
    assert described == [["kind", "year"], [["car", 2010], ["truck", None]]]


def test_a_statement_names_places_of_its_connection(place):
    place.document("owners.json", OWNERS)
    place.document("more/2026/cities.json", [{"city": "Rome", "country": "IT"}, {"city": "Oslo", "country": "NO", "n": 1}])
    simulator = place.simulator()
    for root, string in [
        (str(place.documents), local(place)),
        ("dropbox://", place.connection_string(simulator, "dropbox:///owners.json")),
    ]:
        prefix = "file://" if root.startswith("/") else ""
        joined, called, refused = asked(
            place,
            string,
            f"SELECT o.name, cities.country FROM owners o JOIN [{prefix}{root}/more/2026/cities.json] "
            "ON cities.city = o.[home.city] ORDER BY 1",
            f"SELECT count(n), count(*) FROM read_json('{root}/more/', IncludeSubdirectories => true, RowScanDepth => 0)",
            "SELECT * FROM [https://example.com/x.json]",
        )
        assert joined == [["name", "country"], [["Bob", "NO"], ["Jane", "IT"]]]
        assert called[1] == [[1, 2]]
        assert refused[0] == "HY000" and "cannot be read over this connection" in refused[1]


def test_a_connection_to_dropbox_reads_no_local_file(place):
    place.document("owners.json", OWNERS)
    simulator = place.simulator()
    [refused] = asked(
        place,
        place.connection_string(simulator, "dropbox:///owners.json"),
        f"SELECT * FROM [file://{place.documents}/owners.json]",
    )
    assert "Local files cannot be read over this connection" in refused[1]
