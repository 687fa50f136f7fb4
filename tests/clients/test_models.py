"""The data models through pyodbc: tables, keys, joins, arrays as tables."""

from test_pyodbc import application

PEOPLE = {
    "people": [
        {
            "personal": {"age": 20, "name": {"first": "Ada", "last": "Lovelace"}},
            "vehicles": [
                {
                    "type": "car",
                    "insurance": {"company": "ABC"},
                    "maintenance": [{"date": "2024-07-17", "desc": "oil"}, {"date": "2025-01-03", "desc": "tyres"}],
                },
                {"type": "truck", "insurance": {"company": "Car Insurance"}, "maintenance": []},
            ],
            "source": "internet",
        },
        {"personal": {"age": 24, "name": {"first": "Jane", "last": "Roberts"}}, "vehicles": [], "source": "phone"},
    ]
}


def string(place, more=""):
    return f"Driver={{Latchkey}};URI={{{place.documents}/people.json}};Logfile={{{place.log}}};Verbosity=5;{more}"


def shown(place, more, program):
    place.document("people.json", PEOPLE)
    return application(place, string(place, more), program)


def test_the_document_model_has_the_topmost_array(place):
    columns, rows, nested = shown(
        place,
        "",
        """
cursor.execute("SELECT * FROM people ORDER BY personal.age")
show([column[0] for column in cursor.description])
show([row[0] for row in cursor.fetchall()])
show([list(row) for row in cursor.execute("SELECT type, [insurance.company] FROM [people.vehicles]")])
""",
    )
    assert columns == ["personal.age", "personal.name.first", "personal.name.last", "vehicles", "source"]
    assert rows == [20, 24]
    assert nested == [["car", "ABC"], ["truck", "Car Insurance"]]


def test_relational_tables_have_keys_that_programs_find(place):
    tables, primary, imported, exported, one, rows = shown(
        place,
        "DataModel=Relational;",
        """
show(sorted(row.table_name for row in cursor.tables(tableType="TABLE")))
show([list(row)[1:] for row in cursor.primaryKeys("vehicles")])
show([[row.pktable_name, row.pkcolumn_name, row.fktable_name, row.fkcolumn_name, row.fk_name]
      for row in cursor.foreignKeys(foreignTable="vehicles")])
show([[row.pktable_name, row.fktable_name] for row in cursor.foreignKeys("vehicles")])
show([row.fktable_name for row in cursor.foreignKeys("people", foreignTable="vehicles")]
     + [row.fktable_name for row in cursor.foreignKeys("people", foreignTable="maintenance")])
show([list(row) for row in cursor.execute(\"\"\"
    SELECT p.[personal.name.first], v.type, m.[desc] FROM people p
    LEFT JOIN vehicles v ON v.people_id = p._id LEFT JOIN maintenance m ON m.vehicles_id = v._id
    ORDER BY p._id, v._id, m._id\"\"\")])
""",
    )
    assert tables == ["maintenance", "people", "vehicles"]
    assert primary == [["json", "vehicles", "_id", 1, "PK_vehicles"]]
    assert imported == [["people", "_id", "vehicles", "people_id", "FK_vehicles_people"]]
    assert exported == [["vehicles", "maintenance"]]
    assert one == ["vehicles"]
    assert rows == [["Ada", "car", "oil"], ["Ada", "car", "tyres"], ["Ada", "truck", None], ["Jane", None, None]]


def test_flattened_documents_are_one_table(place):
    tables, rows = shown(
        place,
        "DataModel=FlattenedDocuments;JSONPath={$.people;$.people.vehicles;$.people.vehicles.maintenance};",
        """
show([row.table_name for row in cursor.tables(tableType="TABLE")])
show([list(row) for row in cursor.execute("SELECT [personal.age], type, [desc], source FROM people")])
""",
    )
    assert tables == ["people"]
    assert rows == [
        [20, "car", "oil", "internet"],
        [20, "car", "tyres", "internet"],
        [20, "truck", None, "internet"],
        [24, None, None, "phone"],
    ]


def test_names_and_arrays_as_the_properties_say(place):
    place.document("people.json", [{"a": {"b": 1}, "coord": [1.5, 2.5]}])
    for more, columns in {
        "FlattenObjects=false;": ["a", "coord"],
        "FlattenArrays=2;": ["a.b", "coord.0", "coord.1"],
        "FlattenArrays=1;PathSeparator=_;": ["a_b", "coord", "coord_0"],
        "JSONPath=$;QualifyColumns=Full;": ["a.b", "coord"],
    }.items():
        answers = application(
            place,
            string(place, more),
            'cursor.execute("SELECT * FROM people")\nshow([column[0] for column in cursor.description])\n',
        )
        assert answers == [columns], more


def test_a_path_that_is_none_or_leads_nowhere_names_the_property(place):
    place.document("people.json", PEOPLE)
    for more, message in {
        "JSONPath=$.;": "JSONPath has the path '$.'",
        "JSONPath={$.a;$.b};": "JSONPath has several paths",
        "DataModel=Rational;": "DataModel",
    }.items():
        result = place.python("import pyodbc, sys\npyodbc.connect(sys.argv[1])", string(place, more))
        assert result.returncode != 0 and message in result.stderr, result.stderr
    answers = application(
        place,
        string(place, "JSONPath=$.persons;"),
        """
try:
    cursor.execute("SELECT * FROM persons")
except pyodbc.Error as error:
    show(str(error))
""",
    )
    assert "JSONPath names $.persons" in answers[0]
