"""A program that connects, for what it answers: the number of people, or the SQLSTATE and the message."""

import pathlib

CONSENT = str(pathlib.Path(__file__).parent.parent / "dropbox" / "consent.py")

PROGRAM = """
import sys
import pyodbc
pyodbc.pooling = False
try:
    connection = pyodbc.connect(sys.argv[1], timeout=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(connection.execute("SELECT count(*) FROM people").fetchval())
except pyodbc.Error as error:
    print(error.args[0], error.args[1])
"""


def connect(place, simulator, environment=(), login_timeout=0, **properties):
    """The answer of one connection to the people of the simulator, in a process of its own."""
    string = place.connection_string(simulator, "dropbox:///people.json", **properties)
    result = place.python(PROGRAM, string, str(login_timeout), environment=environment)
    assert result.returncode == 0 and not result.stderr, result
    return result.stdout.strip()
