"""`sys_oauth`: the sign-ins of a settings file as a table, for people and for queries."""

import json

from signing_in import connect

# Answers of several statements of one connection, each as rows of texts.
PROGRAM = """
import json, sys
import pyodbc
pyodbc.pooling = False
connection = pyodbc.connect(sys.argv[1])
answers = []
for statement in sys.argv[2:]:
    try:
        answers.append([[str(value) for value in row] for row in connection.execute(statement)])
    except pyodbc.Error as error:
        answers.append(" ".join(error.args))
cursor = connection.cursor()
answers.append([[row.table_schem, row.table_type] for row in cursor.tables(table="sys_oauth", tableType="SYSTEM TABLE")])
answers.append([[row.table_name, row.table_type] for row in cursor.tables(tableType="TABLE")])
answers.append([[row.table_schem, row.column_name, row.type_name] for row in cursor.columns(table="sys_oauth")])
print(json.dumps(answers))
"""

EVERYTHING = "SELECT Provider, ClientId, Scopes, State, HasRefreshToken, StoredIn, ProtectedBy, IsCurrent FROM sys_oauth"


def ask(place, simulator, *statements, **properties):
    given = {"OAuthRevokeURL": f"{simulator.url}/2/auth/token/revoke"} | properties
    string = place.connection_string(simulator, "dropbox:///people.json", **given)
    result = place.python(PROGRAM, string, *statements)
    assert result.returncode == 0 and not result.stderr, result
    return json.loads(result.stdout)


def test_the_table_is_listed_and_described_as_a_system_table(place, people):
    system, documents, columns = ask(place, people)
    assert system == [["system", "SYSTEM TABLE"]]
    assert documents == [["people", "TABLE"]]
    assert {schema for schema, *_ in columns} == {"system"}
    assert [column[1:] for column in columns] == [
        ["Provider", "VARCHAR"],
        ["Account", "VARCHAR"],
        ["ClientId", "VARCHAR"],
        ["Scopes", "VARCHAR"],
        ["State", "VARCHAR"],
        ["ExpiresAt", "TIMESTAMP"],
        ["LastRefresh", "TIMESTAMP"],
        ["HasRefreshToken", "BOOLEAN"],
        ["StoredIn", "VARCHAR"],
        ["ProtectedBy", "VARCHAR"],
        ["IsCurrent", "BOOLEAN"],
    ]


def test_every_sign_in_of_the_file_is_a_row_and_the_connections_own_comes_first(place, people):
    # As the server writes what it granted.
    scopes = ["account_info.read files.metadata.read files.content.read", "files.metadata.read files.content.read"]
    assert connect(place, people) == "2"
    assert connect(place, people, Scope=scopes[1]) == "2"
    for own in (0, 1):
        given = {"Scope": scopes[own]}
        # Names in any case, filters, joins and aggregates work as with any table.
        everything, current, joined, counted, *_ = ask(
            place,
            people,
            EVERYTHING,
            "SELECT scopes FROM SYS_OAUTH WHERE IsCurrent",
            "SELECT count(*) FROM people CROSS JOIN sys_oauth s WHERE s.LastRefresh < s.ExpiresAt",
            "SELECT State, count(*) FROM sys_oauth GROUP BY State",
            **given,
        )
        assert [row[2] for row in everything] == [scopes[own], scopes[1 - own]]
        for row in everything:
            kept = [str(place.settings), "built-in key"]
            assert row[:2] + row[3:7] == ["Dropbox", "simulatorappkey", "signed in", "True", *kept], row
        assert [row[7] for row in everything] == ["True", "False"]
        assert current == [[scopes[own]]] and joined == [["4"]] and counted == [["signed in", "2"]]


def test_it_is_read_anew_by_every_statement_and_asks_nobody(place, people):
    assert connect(place, people) == "2"
    people.control("reset-counts")
    states = ["SELECT State FROM sys_oauth", "EXEC RevokeOAuthAccessToken", "SELECT State FROM sys_oauth"]
    before, _, after, *_ = ask(place, people, *states, InitiateOAuth="OFF")
    assert before == [["signed in"]]
    assert after == [["revoked or refused: The sign-in was revoked by RevokeOAuthAccessToken"]]
    assert people.count("/oauth2/token") == 0


def test_other_stores_and_tokens_of_ones_own(place, people, tmp_path):
    [row], *_ = ask(place, people, EVERYTHING, OAuthSettingsLocation="memory://status")
    assert row[3:] == ["signed in", "True", "memory://status", "process memory", "True"]
    [row], *_ = ask(place, people, EVERYTHING, InitiateOAuth="OFF", OAuthAccessToken="t0ken-of-ones-own")
    assert row[3:] == ["managed by the caller", "False", "None", "None", "True"]
    key = {"OAuthSettingsKey": "correct horse", "OAuthSettingsLocation": tmp_path / "protected.txt"}
    [row], *_ = ask(place, people, EVERYTHING, **key)
    assert row[6] == "passphrase"
    answer, *_ = ask(place, people, EVERYTHING, InitiateOAuth="OFF", OAuthSettingsLocation=tmp_path / "protected.txt")
    assert str(tmp_path / "protected.txt") in answer and "OAuthSettingsKey" in answer, answer


def test_a_document_of_the_same_name_hides_it(place):
    place.document("sys_oauth.json", [{"name": "Ada"}])
    simulator = place.simulator()
    string = place.connection_string(simulator, "dropbox:///sys_oauth.json")
    asked = ["SELECT * FROM sys_oauth", "SELECT Provider FROM System.sys_oauth"]
    [rows, sign_ins, system, documents, columns] = json.loads(place.python(PROGRAM, string, *asked).stdout)
    assert rows == [["Ada"]] and documents == [["sys_oauth", "TABLE"]]
    # The schema tells them apart.
    assert sign_ins == [["Dropbox"]] and system == [["system", "SYSTEM TABLE"]]
    assert columns[0] == ["json", "name", "VARCHAR"] and columns[1] == ["system", "Provider", "VARCHAR"]


def test_isql_shows_it(place, people):
    place.data_source("People", place.properties(people, "dropbox:///people.json"))
    result = place.run("isql", "People", "-b", "-v", "-d,", stdin="SELECT Provider, State FROM sys_oauth\n")
    assert "Dropbox,signed in" in result.stdout, result
