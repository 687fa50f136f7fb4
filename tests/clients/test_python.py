"""Python libraries above ODBC: pandas and SQLAlchemy over pyodbc, arrow-odbc."""

import json

from test_programs import HANAKO, NOTE, PEOPLE


def shown(place, program):
    place.document("people.json", PEOPLE)
    string = place.connection_string(place.simulator(), "dropbox:///people.json")
    result = place.python("import json, sys\n" + program, string, HANAKO)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_pandas_reads_a_frame_with_parameters(place):
    program = """
import pandas, pyodbc, warnings
warnings.simplefilter("ignore")
connection = pyodbc.connect(sys.argv[1])
frame = pandas.read_sql("SELECT * FROM people WHERE id >= ? ORDER BY id", connection, params=[1])
chosen = pandas.read_sql("SELECT id FROM people WHERE name = ?", connection, params=[sys.argv[2]])
print(json.dumps({
    "columns": list(frame.columns),
    "names": frame["name"].fillna("NULL").tolist(),
    "score": frame["score"].sum(),
    "long": len(frame["note"][0]),
    "seen": str(frame["seen"][0]),
    "chosen": chosen["id"].tolist(),
}))
"""
    assert shown(place, program) == {
        "columns": ["id", "name", "born", "seen", "score", "big", "active", "note"],
        "names": ["Ada Lovelace", HANAKO, "NULL"],
        "score": 4.0,
        "long": len(NOTE),
        "seen": "2026-01-02 03:04:05.678000",
        "chosen": [2],
    }


def test_sqlalchemy_core_runs_over_a_raw_connection(place):
    program = """
import pyodbc, sqlalchemy
from sqlalchemy.connectors.pyodbc import PyODBCConnector
from sqlalchemy.dialects import registry
from sqlalchemy.engine.default import DefaultDialect

class Dialect(PyODBCConnector, DefaultDialect):
    name = "latchkey"
    supports_statement_cache = True

registry.register("latchkey", "__main__", "Dialect")
engine = sqlalchemy.create_engine("latchkey://", creator=lambda: pyodbc.connect(sys.argv[1]))
people = sqlalchemy.table("people", sqlalchemy.column("id"), sqlalchemy.column("name"), sqlalchemy.column("active"))
with engine.connect() as connection:
    named = sqlalchemy.select(people.c.id).where(people.c.name == sys.argv[2])
    counted = sqlalchemy.select(people.c.active, sqlalchemy.func.count()).group_by(people.c.active).order_by(people.c.active)
    print(json.dumps({
        "named": connection.execute(named).scalar_one(),
        "counted": [list(row) for row in connection.execute(counted)],
        "text": connection.execute(sqlalchemy.text("SELECT name FROM people WHERE id = :id"), {"id": 1}).scalar_one(),
    }))
"""
    assert shown(place, program) == {
        "named": 2,
        "counted": [[False, 1], [True, 1], [None, 1]],
        "text": "Ada Lovelace",
    }


def test_arrow_odbc_reads_batches(place):
    program = """
from arrow_odbc import read_arrow_batches_from_odbc
def read(query, **more):
    reader = read_arrow_batches_from_odbc(query, connection_string=sys.argv[1], **more)
    return [batch for batch in reader]
batches = read("SELECT id, name, born, seen, score, big, active FROM people ORDER BY id", batch_size=2)
one = read("SELECT name FROM people WHERE id = ?", parameters=["2"])
text = read("SELECT id FROM people WHERE name = ?", parameters=[sys.argv[2]])
note = read("SELECT note FROM people WHERE id = 1")
try:
    read("SELECT * FROM nobody")
except Exception as error:
    failed = str(error)
print(json.dumps({
    "sizes": [batch.num_rows for batch in batches],
    "types": [str(field.type) for field in batches[0].schema],
    "names": [name for batch in batches for name in batch.column("name").to_pylist()],
    "big": batches[0].column("big").to_pylist()[0],
    "born": str(batches[0].column("born").to_pylist()[0]),
    "one": one[0].column(0).to_pylist(),
    "text": text[0].column(0).to_pylist(),
    "long": len(note[0].column(0).to_pylist()[0]),
    "failed": "42S02" in failed,
}))
"""
    assert shown(place, program) == {
        "sizes": [2, 1],
        "types": ["int64", "string", "date32[day]", "timestamp[us]", "double", "int64", "bool"],
        "names": ["Ada Lovelace", HANAKO, None],
        "big": 9_007_199_254_740_993,
        "born": "1815-12-10",
        "one": [HANAKO],
        "text": [2],
        "long": len(NOTE),
        "failed": True,
    }
