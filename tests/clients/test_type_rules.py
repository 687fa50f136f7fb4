"""The properties that describe columns otherwise, for programs that cannot do with them as they are."""

import pytest

from test_pyodbc import application

PEOPLE = [{"id": 1234567890, "name": "Zoë 花子", "note": "é" * 5000}]
READ = """
cursor.execute("SELECT * FROM people")
show([[column[0], column[1].__name__, column[3]] for column in cursor.description])
show(list(cursor.fetchone()))
listed = [[row.column_name, row.data_type] for row in cursor.columns(schema="json")]
told = cursor.execute("SELECT ColumnName, DataType FROM sys_tablecolumns WHERE SchemaName = 'json'").fetchall()
assert listed == [list(row) for row in told], (listed, told)
show([data_type for _, data_type in listed])
known = {row.data_type for row in cursor.getTypeInfo(0)}
show([data_type in known for _, data_type in listed])
"""
ID, NAME, NOTE = ["id", "int", 19], ["name", "str", 32], ["note", "str", 16384]
BIGINT, WVARCHAR, WLONGVARCHAR, INTEGER, VARCHAR, LONGVARCHAR = -5, -9, -10, 4, 12, -1


@pytest.mark.parametrize(
    ("properties", "described", "types", "id"),
    [
        ("", [ID, NAME, NOTE], [BIGINT, WVARCHAR, WLONGVARCHAR], 1234567890),
        ("MapToWVarchar=false", [ID, NAME, NOTE], [BIGINT, VARCHAR, LONGVARCHAR], 1234567890),
        ("MapToLongVarchar=10", [ID, NAME, NOTE], [BIGINT, WLONGVARCHAR, WLONGVARCHAR], 1234567890),
        ("MaximumColumnSize=16", [ID, ["name", "str", 16], ["note", "str", 16]], [BIGINT, WVARCHAR, WLONGVARCHAR], 1234567890),
        ("MapToInt=true", [["id", "int", 10], NAME, NOTE], [INTEGER, WVARCHAR, WLONGVARCHAR], 1234567890),
        ("MapBigintToVarchar=true", [["id", "str", 20], NAME, NOTE], [WVARCHAR, WVARCHAR, WLONGVARCHAR], "1234567890"),
        (
            "UpperCaseIdentifiers=true",
            [[name.upper(), kind, size] for name, kind, size in (ID, NAME, NOTE)],
            [BIGINT, WVARCHAR, WLONGVARCHAR],
            1234567890,
        ),
    ],
)
def test_columns_are_described_and_delivered_as_the_properties_say(place, properties, described, types, id):
    place.document("people.json", PEOPLE)
    string = f"Driver={{Latchkey}};URI={{{place.documents}/people.json}};Logfile={{{place.log}}};{properties}"
    seen, row, listed, known = application(place, string, READ)
    assert seen == described
    # pyodbc fetches long values in pieces: whole, whatever size is told.
    assert row == [id, PEOPLE[0]["name"], PEOPLE[0]["note"]]
    assert listed == types
    assert all(known)
