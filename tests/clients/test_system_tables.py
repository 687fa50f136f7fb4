"""The system tables through pyodbc: the columns users of the reference product know, the rows the ODBC functions list."""

import json
import pathlib
import re

from conftest import ARTIFACTS
from test_pyodbc import RECORDS, application, local

README = (pathlib.Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

TEXT, SMALL, INTEGER, BIG, BOOLEAN, MOMENT = "VARCHAR", "SMALLINT", "INTEGER", "BIGINT", "BOOLEAN", "TIMESTAMP"

# What is of another type than text.
OTHER_TYPES = {
    INTEGER: "DataType Length DisplaySize NumericPrecision NumericScale Ordinal Direction CatOrdinal",
    BOOLEAN: "IsUpdateable IsNullable IsHidden IsArray IsReadOnly IsKey IsForeignKey IsRequired SupportsStreams IsPath"
    " IsCDataProvided IsUnique IsPrimary Required Visible HasRefreshToken IsCurrent Skipped",
    SMALL: "Type OrdinalPosition",
    BIG: "Size",
    MOMENT: "ExpiresAt LastRefresh Modified",
}

COLUMNS = {
    "sys_catalogs": "CatalogName",
    "sys_schemas": "CatalogName SchemaName",
    "sys_tables": "CatalogName SchemaName TableName TableType Description IsUpdateable",
    "sys_tablecolumns": "CatalogName SchemaName TableName ColumnName DataTypeName DataType Length DisplaySize"
    " NumericPrecision NumericScale IsNullable Description Ordinal IsAutoIncrement IsGeneratedColumn IsHidden IsArray"
    " IsReadOnly IsKey ColumnType FieldControl",
    "sys_procedures": "CatalogName SchemaName ProcedureName Description ProcedureType",
    "sys_procedureparameters": "CatalogName SchemaName ProcedureName ColumnName Direction DataType DataTypeName"
    " NumericPrecision Length NumericScale IsNullable IsRequired IsArray Description Ordinal Values SupportsStreams IsPath"
    " Default SpecificName IsCDataProvided",
    "sys_keycolumns": "CatalogName SchemaName TableName ColumnName IsKey IsForeignKey PrimaryKeyName ForeignKeyName"
    " ReferencedCatalogName ReferencedSchemaName ReferencedTableName ReferencedColumnName",
    "sys_foreignkeys": "CatalogName SchemaName TableName ColumnName PrimaryKeyName ForeignKeyName ReferencedCatalogName"
    " ReferencedSchemaName ReferencedTableName ReferencedColumnName ForeignKeyType",
    "sys_primarykeys": "CatalogName SchemaName TableName ColumnName KeySeq KeyName",
    "sys_indexes": "CatalogName SchemaName TableName IndexName ColumnName IsUnique IsPrimary Type SortOrder"
    " OrdinalPosition",
    "sys_connection_props": "Name ShortDescription Type Default Values Value Required Category IsSessionProperty"
    " Sensitivity PropertyName Ordinal CatOrdinal Hierarchy Visible ETC",
    "sys_sqlinfo": "Name Value",
    "sys_information": "Product Version Datasource NodeId HelpURL License Location Environment DataSyncVersion"
    " DataSyncCategory",
    "sys_oauth": "Provider Account ClientId Scopes State ExpiresAt LastRefresh HasRefreshToken StoredIn ProtectedBy"
    " IsCurrent",
    "sys_files": "Path Name Size Revision Modified Skipped Problem",
}
STANDARD = ["columns", "schemata", "tables", "views"]

# Neither the place of the documents nor the provider is asked for these.
WITHOUT_NETWORK = sorted(set(COLUMNS) - {"sys_tablecolumns", "sys_files"})


def expected_type(table, column):
    if (table, column) == ("sys_connection_props", "Type"):
        return TEXT
    return next((name for name, columns in OTHER_TYPES.items() if column in columns.split()), TEXT)


def asked(place, string, program, *arguments):
    rows = "def rows(statement):\n    return [list(row) for row in cursor.execute(statement).fetchall()]\n"
    return application(place, string, rows + program, *arguments)


def test_every_table_has_the_columns_of_the_reference_product(place):
    place.document("people.json", RECORDS)
    *answers, described = asked(
        place,
        local(place),
        """
for table in json.loads(sys.argv[2]):
    for name in [table, f"System.{table.upper()}", f"[latchkey].[system].[{table}]"]:
        cursor.execute(f"SELECT * FROM {name}")
        columns = [column[0] for column in cursor.description]
        show([columns, len(cursor.fetchall())])
show([[row.table_name, row.column_name, row.type_name] for row in cursor.columns(schema="system")])
""",
        json.dumps(list(COLUMNS)),
    )
    empty = {"sys_keycolumns", "sys_foreignkeys", "sys_primarykeys", "sys_indexes", "sys_oauth"}
    for (columns, count), table in zip(answers, [table for table in COLUMNS for _ in range(3)], strict=True):
        assert columns == COLUMNS[table].split(), table
        assert (count == 0) == (table in empty), (table, count)
    expected = [
        [table, column, expected_type(table, column)] for table in sorted(COLUMNS) for column in COLUMNS[table].split()
    ]
    assert described == expected


def test_they_are_listed_as_system_tables_only(place):
    place.document("people.json", RECORDS)
    answers = asked(
        place,
        local(place),
        """
def tables(*types):
    return [[row.table_schem, row.table_name, row.table_type] for row in cursor.tables(tableType=",".join(types))]
show(tables("TABLE"))
show(tables("TABLE", "VIEW"))
show(tables("SYSTEM TABLE"))
show([list(row)[:5] for row in cursor.tables()])
show(rows("SELECT CatalogName, SchemaName, TableName, TableType, Description FROM sys_tables"))
show([row.table_schem for row in cursor.tables(catalog="", schema="%", table="")])
show(rows("SELECT SchemaName FROM sys_schemas"))
show([row.table_cat for row in cursor.tables(catalog="%", schema="", table="")])
show(rows("SELECT CatalogName FROM sys_catalogs"))
""",
    )
    ordinary, views, system, listed, queried, schemas, queried_schemas, catalogs, queried_catalogs = answers
    assert ordinary == views == [["json", "people", "TABLE"]]
    names = [["information_schema", name] for name in STANDARD] + [["system", name] for name in sorted(COLUMNS)]
    assert system == [[*name, "SYSTEM TABLE"] for name in names]
    assert queried == listed and len(listed) == len(system) + 1
    assert queried_schemas == [[schema] for schema in schemas] == [["information_schema"], ["json"], ["system"]]
    assert queried_catalogs == [[catalog] for catalog in catalogs] == [["latchkey"]]


def test_columns_are_those_of_sqlcolumns_row_by_row(place):
    place.document("people.json", RECORDS)
    listed, queried, standard = asked(
        place,
        local(place),
        """
cursor.execute("CREATE TABLE every (id INT NOT NULL, n DECIMAL(9,2), d DATE, t TIME, ts TIMESTAMP(9), v VARCHAR(7), b BYTEA, f BOOLEAN)")
show([[row.table_cat, row.table_schem, row.table_name, row.column_name, row.type_name, row.data_type, row.buffer_length,
       row.column_size, row.decimal_digits, row.nullable == 1, row.remarks, row.ordinal_position]
      for row in cursor.columns()])
show(rows('''SELECT CatalogName, SchemaName, TableName, ColumnName, DataTypeName, DataType, Length, NumericPrecision,
                    NumericScale, IsNullable, Description, Ordinal FROM sys_tablecolumns'''))
show(rows("SELECT * FROM information_schema.columns WHERE table_schema IN ('json', 'temp')"))
""",
    )
    assert queried == listed and len(listed) > 170
    assert {row[1] for row in listed} == {"information_schema", "json", "system", "temp"}
    listed = {tuple(row[:4]): row for row in listed}
    assert len(standard) == len(RECORDS[0]) + 1 + 8
    for row in standard:
        *name, ordinal, default, nullable, type_name, characters, octets, precision, radix, scale, fraction, interval = row
        column = listed[tuple(name)]
        assert (type_name, ordinal, nullable) == (column[4], column[11], "YES" if column[9] else "NO"), row
        assert default is None and interval is None
        size, digits = column[7], column[8]
        if type_name in ("VARCHAR", "TEXT", "BYTEA"):
            assert (characters, octets, precision, fraction) == (size, column[6], None, None), row
        elif type_name in ("DATE", "TIME", "TIMESTAMP"):
            assert (characters, octets, precision, fraction) == (None, None, None, digits), row
        elif type_name == "BOOLEAN":
            assert (characters, octets, precision, radix, scale, fraction) == (None,) * 6, row
        else:
            assert (characters, octets, precision, radix, scale, fraction) == (None, None, size, radix, digits, None), row
    assert {row[7] for row in standard} >= {"BIGINT", "DECIMAL", "DATE", "TIME", "TIMESTAMP", "VARCHAR", "BYTEA", "BOOLEAN"}


def test_what_is_shown_of_sizes_fits_every_value(place):
    place.document("people.json", RECORDS)
    (columns,) = asked(
        place,
        local(place),
        "show(rows(\"SELECT ColumnName, DisplaySize, IsReadOnly, IsHidden FROM sys_tablecolumns WHERE TableName = 'people'\"))",
    )
    sizes = {row[0]: row[1] for row in columns}
    assert sizes["id"] == 20 and sizes["born"] == 10 and sizes["active"] == 1
    assert all(row[2:] == [True, False] for row in columns)


def test_procedures_are_those_of_the_odbc_functions(place):
    listed, queried, parameters, queried_parameters = asked(
        place,
        "Driver={Latchkey}",
        """
show([[row.procedure_cat, row.procedure_schem, row.procedure_name, row.remarks] for row in cursor.procedures()])
show(rows("SELECT CatalogName, SchemaName, ProcedureName, Description FROM sys_procedures WHERE ProcedureType = 'PROCEDURE'"))
show([[row.procedure_cat, row.procedure_schem, row.procedure_name, row.column_name, row.column_type, row.data_type,
       row.type_name, row.column_size, row.decimal_digits, row.nullable == 1, row.remarks, row.ordinal_position,
       row.column_def] for row in cursor.procedureColumns()])
show(rows('''SELECT CatalogName, SchemaName, ProcedureName, ColumnName, Direction, DataType, DataTypeName, Length,
                    NumericScale, IsNullable, Description, Ordinal, "Default" FROM sys_procedureparameters'''))
""",
    )
    assert queried == listed and len(listed) >= 6
    # A result column is SQL_RESULT_COL to ODBC and an output to the reference product; ODBC quotes a default.
    directions = {1: 1, 3: 4}
    for row in parameters:
        row[4] = directions[row[4]]
        row[12] = row[12] and row[12].strip("'")
    assert queried_parameters == parameters and len(parameters) > 30


def test_the_words_of_sqlinfo_are_the_bits_of_sqlgetinfo(place):
    info, bits, group_by = asked(
        place,
        "Driver={Latchkey}",
        """
show(dict(rows("SELECT Name, Value FROM sys_sqlinfo")))
show({name: bin(connection.getinfo(number)).count("1") for name, number in
      [("OJ_CAPABILITIES", pyodbc.SQL_OJ_CAPABILITIES), ("SUBQUERIES", pyodbc.SQL_SUBQUERIES),
       ("AGGREGATE_FUNCTIONS", pyodbc.SQL_AGGREGATE_FUNCTIONS)]})
show(connection.getinfo(pyodbc.SQL_GROUP_BY))
""",
    )
    for name, count in bits.items():
        assert len(info[name].split(", ")) == count, (name, info[name])
    # SQL_GB_GROUP_BY_CONTAINS_SELECT
    assert group_by == 2
    assert (info["OUTER_JOINS"], info["COUNT"], info["GROUP_BY"]) == ("YES", "YES", "CONTAINS_SELECT")
    assert (info["IDENTIFIER_QUOTE_OPEN_CHAR"], info["IDENTIFIER_QUOTE_CLOSE_CHAR"]) == ("[", "]")
    assert info["SUPPORTED_OPERATORS"].startswith("=, >, <, >=, <=, <>, !=, LIKE, NOT LIKE, IN, NOT IN")
    for name, function in [("STRING", "LOCATE"), ("NUMERIC", "CEILING"), ("TIMEDATE", "DAYOFWEEK")]:
        assert function in info[f"{name}_FUNCTIONS"].split(", ")


def test_the_properties_are_those_of_the_readme(place):
    (properties,) = asked(
        place,
        f"Driver={{Latchkey}};Timeout=7;CallbackURL=;Logfile={{{place.log}}}",
        'show(rows(\'SELECT PropertyName, "Values", "Default", ShortDescription, Name, Type, Value, Ordinal, Sensitivity,'
        " Hierarchy, Category, CatOrdinal, Visible, Required FROM sys_connection_props ORDER BY Ordinal'))",
    )
    table = README[README.index("| Name | Values | Default | Meaning |") :]
    table = re.findall(r"^\| `(\w+)`[^|]* \| ([^|]*) \| (?:`([^|`]*)`)? *\| (.*) \|$", table[: table.index("\n\n")], re.M)
    assert len(table) > 55
    assert [row[0] for row in properties] == [row[0] for row in table]
    assert [row[7] for row in properties] == list(range(1, len(table) + 1))
    for row, (name, values, default, meaning) in zip(properties, table):
        assert row[2:4] == [default or None, meaning], name
        assert row[4].replace(" ", "") == name
        if re.fullmatch(r"-?\d+ to \d+", values):
            assert row[1] is None and row[5] == "Integer", name
        elif values in ("text", "URL"):
            assert row[1] is None and row[5] == "String", name
        else:
            assert row[1] == values.replace(", ", ","), name
            assert row[5] == ("Boolean" if values == "true, false" else "String"), name
        assert row[13] is False
    value = {row[0]: row[6] for row in properties}
    assert (value["Timeout"], value["ProxyPort"], value["CallbackURL"]) == ("7", "80", None)
    assert value["Logfile"] == str(place.log)
    sensitive = {row[0] for row in properties if row[8] == "PASSWORD"}
    assert sensitive >= {"OAuthClientSecret", "OAuthAccessToken", "OAuthRefreshToken", "PWD", "ProxyPassword"}
    assert {row[8] for row in properties} == {"PASSWORD", None}
    assert dict((row[0], row[9]) for row in properties)["OAuthVerifier"] == "InitiateOAuth=REFRESH,GETANDREFRESH"
    assert {row[10]: row[11] for row in properties} == {
        "Data": 1,
        "OAuth": 2,
        "Network": 3,
        "Logging": 4,
        "Programs": 5,
        "Driver Manager": 6,
    }
    assert {row[0] for row in properties if not row[12]} == {"DSN", "FILEDSN", "Driver", "SAVEFILE"}


def test_no_secret_of_a_connection_string_is_in_any_table(place):
    secret = "hunter2-must-not-appear"
    # The canary looks for it in the log and in what the program printed.
    (ARTIFACTS / "secrets").mkdir(exist_ok=True)
    (ARTIFACTS / "secrets" / "system-tables.json").write_text(json.dumps([secret]))
    names = "OAuthClientSecret OAuthAccessToken OAuthRefreshToken OAuthSettingsKey OAuthVerifier PKCEVerifier"
    given = "".join(f"{name}={secret};" for name in names.split())
    given += f"OAuthParams=audience={secret};PWD={secret};ProxyPassword={secret};ProxyServer=http://me:{secret}@127.0.0.1:9;OAuthClientId=app;"
    given += f"Logfile={place.log};Verbosity=5;OAuthSettingsLocation=memory://secrets;URI=https://127.0.0.1:9/people.json?key={secret};UID=ada;"
    place.data_source("Secrets", dict(pair.split("=", 1) for pair in given.strip(";").split(";")))
    for string in (f"Driver={{Latchkey}};{given}", "DSN=Secrets"):
        *answers, values = asked(
            place,
            string,
            """
for table in json.loads(sys.argv[2]):
    show(rows(f"SELECT * FROM {table}"))
show(dict(rows("SELECT PropertyName, Value FROM sys_connection_props")))
""",
            json.dumps(WITHOUT_NETWORK),
        )
        assert len(answers) == len(WITHOUT_NETWORK)
        assert secret not in json.dumps(answers)
        # What is no secret is there.
        assert (values["OAuthClientId"], values["UID"]) == ("app", "ada")
        assert values["URI"] == "https://127.0.0.1:9/people.json"
        assert values["ProxyServer"] == "http://127.0.0.1:9/"
        assert values["OAuthClientSecret"] is None and values["ProxyPassword"] is None


def test_no_sign_in_and_no_request_is_needed_for_what_the_driver_knows(place, people):
    uri = place.connection_string(people, "dropbox:///people.json", InitiateOAuth="OFF")
    before, after, states, columns = asked(
        place,
        uri,
        """
import urllib.request
def requests():
    with urllib.request.urlopen(sys.argv[3] + "/control/counts") as counts:
        return sum(count for key, count in json.load(counts).items() if not key.startswith("/control"))
show(requests())
for table in json.loads(sys.argv[2]) + ["information_schema.tables", "information_schema.schemata"]:
    rows(f"SELECT * FROM {table}")
show(requests())
states = []
for table in ("sys_tablecolumns", "sys_files", "information_schema.columns"):
    try:
        rows(f"SELECT * FROM {table}")
    except pyodbc.Error as error:
        states.append([error.args[0], "InitiateOAuth" in error.args[1]])
show(states)
try:
    cursor.columns()
except pyodbc.Error as error:
    show([error.args[0], "InitiateOAuth" in error.args[1]])
""",
        json.dumps(WITHOUT_NETWORK),
        people.url,
    )
    assert before == after == 0
    # They are about the documents, and say what is missing as SQLColumns does.
    assert states == [columns] * 3 and columns[1]
    (counts,) = asked(
        place,
        "Driver={Latchkey}",
        'show([len(rows(f"SELECT * FROM {table}")) for table in json.loads(sys.argv[2])])',
        json.dumps(["sys_connection_props", "sys_information", "sys_procedures", "sys_procedureparameters", "sys_files"]),
    )
    assert counts[0] > 50 and counts[1] == 1 and counts[2] >= 6 and counts[3] > 30 and counts[4] == 0


def test_files_are_those_of_the_listing_and_are_not_downloaded(place):
    for name in ("a", "b", "c"):
        place.document(f"orders/{name}.json", [{"name": name}])
    simulator = place.simulator()
    string = place.connection_string(simulator, "dropbox:///orders/")
    files, large, downloads, columns = asked(
        place,
        string,
        """
import urllib.request
show(rows("SELECT Path, Name, Size, Revision FROM sys_files ORDER BY Path"))
show(rows("SELECT Name FROM sys_files WHERE Size > 1000"))
with urllib.request.urlopen(sys.argv[2] + "/control/counts") as counts:
    show(json.load(counts).get("/2/files/download", 0))
show(rows("SELECT f.Name, o.name FROM sys_files f JOIN orders o ON f.Name = concat(o.name, '.json') ORDER BY 1"))
""",
        simulator.url,
    )
    sizes = [(place.documents / "orders" / f"{name}.json").stat().st_size for name in "abc"]
    assert [row[1:3] for row in files] == [[f"{name}.json", size] for name, size in zip("abc", sizes)]
    assert all(row[0].endswith(f"orders/{row[1]}") and row[3] for row in files), files
    assert large == [] and downloads == 0
    assert columns == [[f"{name}.json", name] for name in "abc"]


def test_a_document_of_the_same_name_comes_first_without_a_schema(place):
    place.document("sys_tables.json", [{"name": "Ada"}])
    string = f"Driver={{Latchkey}};URI={{{place.documents}/sys_tables.json}};"
    document, system, listed = asked(
        place,
        string,
        """
show(rows("SELECT * FROM sys_tables"))
show(rows("SELECT SchemaName, TableType FROM System.sys_tables WHERE TableName = 'sys_tables' ORDER BY 1"))
show([[row.table_schem, row.table_type] for row in cursor.tables(table="sys_tables")])
""",
    )
    assert document == [["Ada"]]
    assert system == [["json", "TABLE"], ["system", "SYSTEM TABLE"]]
    assert sorted(listed) == system


def test_filters_joins_and_parameters(place):
    place.document("people.json", RECORDS)
    answers = asked(
        place,
        local(place),
        """
show(rows("SELECT count(*) FROM sys_tables t JOIN sys_tablecolumns c ON c.TableName = t.TableName WHERE t.TableType = 'TABLE'"))
show([list(row) for row in cursor.execute(
    "SELECT ColumnName FROM sys_tablecolumns WHERE TableName = ? AND DataType = ? ORDER BY Ordinal", "people", -5)])
show(rows("SELECT TOP 1 p.name FROM people p CROSS JOIN sys_information i WHERE i.Product = 'Latchkey' ORDER BY p.id"))
show(rows("SELECT Category, count(*) AS n FROM sys_connection_props WHERE Category LIKE 'OA%' GROUP BY Category HAVING count(*) > 20"))
cursor.execute("CREATE TABLE kept AS SELECT ColumnName, DataTypeName FROM sys_tablecolumns WHERE TableName = 'people'")
show(rows("SELECT count(*) FROM kept"))
for statement in ("INSERT INTO sys_catalogs VALUES ('x')", "DELETE FROM System.sys_tables", "DROP TABLE sys_tables"):
    try:
        cursor.execute(statement)
    except pyodbc.Error as error:
        show(error.args[0])
""",
    )
    assert answers[:3] == [[[9]], [["id"]], [["Ada"]]]
    assert [row[0] for row in answers[3]] == ["OAuth"]
    assert answers[4] == [[9]]
    assert answers[5:] == ["42000"] * 3
