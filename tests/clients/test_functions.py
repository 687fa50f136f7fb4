"""The functions of queries written for SQL Server, through pyodbc: one example of each, with what SQL Server answers."""

import json

import pytest

from test_pyodbc import RECORDS, application, local

DATE = "{d '2024-02-29'}"
MOMENT = "{ts '2024-02-29 13:02:03.456'}"

EXAMPLES = [
    # Dates
    (f"DATEADD(month, 1, {{d '2024-01-31'}})", "2024-02-29"),
    (f"DATEADD('yy', -4, {DATE})", "2020-02-29"),
    (f"DATEADD(mi, 90, {MOMENT})", "2024-02-29 14:32:03.456000"),
    ("DATEDIFF(year, '2023-12-31', '2024-01-01')", 1),
    ("DATEDIFF(week, '2024-03-02', '2024-03-03')", 1),
    ("DATEDIFF_BIG(ns, '2024-01-01', '2024-01-02')", 86_400_000_000_000),
    (f"DATEPART(weekday, {DATE})", 5),
    (f"DATEPART(iso_week, {DATE})", 9),
    (f"DATENAME(month, {DATE})", "February"),
    (f"DATETRUNC(quarter, {DATE})", "2024-01-01"),
    ("DATEFROMPARTS(2024, 2, 29)", "2024-02-29"),
    ("DATETIMEFROMPARTS(2024, 2, 29, 1, 2, 3, 4)", "2024-02-29 01:02:03.004000"),
    ("DATETIME2FROMPARTS(2024, 2, 29, 1, 2, 3, 4, 3)", "2024-02-29 01:02:03.004000"),
    ("SMALLDATETIMEFROMPARTS(2024, 2, 29, 1, 2)", "2024-02-29 01:02:00"),
    ("TIMEFROMPARTS(1, 2, 3, 0, 0)", "01:02:03"),
    ("EOMONTH('2024-02-01')", "2024-02-29"),
    (f"YEAR({DATE})", 2024),
    (f"MONTH({DATE})", 2),
    (f"DAY({DATE})", 29),
    (f"HOUR({MOMENT})", 13),
    ("ISDATE('2024-02-30')", 0),
    ("DATEDIFF(day, GETDATE(), SYSDATETIME())", 0),
    ("DATEDIFF(day, GETUTCDATE(), SYSUTCDATETIME())", 0),
    ("DATEADD(month, DATEDIFF(month, 0, '2024-02-29'), 0)", "2024-02-01 00:00:00"),
    ("FROM_UNIXTIME(1540495231)", "2018-10-25 19:20:31"),
    (f"TO_DAYS({DATE})", 739_310),
    ("FROM_DAYS(739310)", "2024-02-29"),
    (f"FDMONTH({DATE})", "2024-02-01"),
    (f"LDMONTH({DATE})", "2024-02-29"),
    (f"FDQUARTER({DATE})", "2024-01-01"),
    (f"LDQUARTER({DATE})", "2024-03-31"),
    (f"FDWEEK({DATE})", "2024-02-25"),
    (f"LDWEEK({DATE})", "2024-03-02"),
    ("DATEDIFF(day, L_YESTERDAY(), L_TOMORROW())", 2),
    # Texts
    ("'a' + 'b' + N'c'", "abc"),
    ("'a' + CAST(1 AS VARCHAR(5))", "a1"),
    ("'a' + NULL", None),
    ("LEN('ab  ')", 2),
    ("ISNULL(NULL, 'x')", "x"),
    ("CHARINDEX('b', 'abab', 3)", 4),
    ("PATINDEX('%[0-9]%', 'ab7')", 3),
    ("STUFF('abcdef', 2, 3, 'ijklmn')", "aijklmnef"),
    ("REPLICATE('ab', 2)", "abab"),
    ("SPACE(2)", "  "),
    ("QUOTENAME('abc[]def')", "[abc[]]def]"),
    ("CHAR(65)", "A"),
    ("NCHAR(26481)", "東"),
    ("UNICODE('東')", 26481),
    ("STR(123.45, 6, 1)", " 123.5"),
    ("REVERSE('abc')", "cba"),
    ("SUBSTRING('abcdef', 2, 3)", "bcd"),
    ("SOUNDEX('Smythe')", "S530"),
    ("DIFFERENCE('Smithers', 'Smythers')", 4),
    ("CONCAT('a', NULL, 'b')", "ab"),
    ("STARTSWITH('abc', 'a')", True),
    ("ENDSWITH('abc', 'a')", False),
    ("CONTAINS('abc', 'b')", True),
    ("INDEXOF('abc', 'c')", 2),
    ("SPLIT('a,b', ',', 2)", "b"),
    ("TOSTRING(5)", "5"),
    ("HEX(255)", "FF"),
    ("LEN(NEWID())", 36),
    ("CAST(ENCODE(HASHBYTES('MD5', 'abc'), 'hex') AS VARCHAR)", "900150983cd24fb0d6963f7d28e17f72"),
    # Conversions
    (f"CONVERT(VARCHAR(10), {MOMENT}, 120)", "2024-02-29"),
    (f"CONVERT(VARCHAR(30), {MOMENT}, 100)", "Feb 29 2024  1:02PM"),
    (f"CONVERT(VARCHAR, {MOMENT}, 103)", "29/02/2024"),
    ("CONVERT(DATE, '29/02/2024', 103)", "2024-02-29"),
    ("CONVERT(INT, '42')", 42),
    ("TRY_CONVERT(INT, 'x')", None),
    ("TRY_CAST('x' AS INTEGER)", None),
    ("ISNUMERIC('1e5')", 1),
    # Numbers and choices
    ("IIF(1 > 2, 'a', 'b')", "b"),
    ("CHOOSE(2, 'a', 'b')", "b"),
    ("SQUARE(3)", 9.0),
    ("ROUND(ATN2(1, 1), 4)", 0.7854),
    ("CEILING(1.2)", 2.0),
    ("ROUND(LOG(10), 4)", 2.3026),
    ("ROUND(LOG(8, 2), 4)", 3.0),
    ("LOG10(100)", 2.0),
    ("ROUND(1.29, 1, 1)", 1.2),
    ("GREATEST(1, 3, 2)", 3),
    ("LEAST(3, 1, 2)", 1),
    ("IIF(RAND() < 1, 1, 0)", 1),
    # ODBC
    (f"{{fn TIMESTAMPADD(SQL_TSI_DAY, 1, {DATE})}}", "2024-03-01 00:00:00"),
    (f"{{fn TIMESTAMPDIFF(SQL_TSI_FRAC_SECOND, {DATE}, {MOMENT})}}", 46_923_456_000_000),
    ("{fn USER()}", ""),
    (f"{DATE} + {{INTERVAL '1' MONTH}}", "2024-03-29"),
    (f"{MOMENT} - {{INTERVAL -'1 01:00' DAY TO MINUTE}}", "2024-03-01 14:02:03.456000"),
]


def test_each_function_answers_what_sql_server_does(place):
    place.document("people.json", RECORDS)
    shown = application(
        place,
        local(place),
        """
for sql in json.loads(sys.argv[2]):
    row = cursor.execute("SELECT " + sql + ", 1 AS one").fetchone()
    show([row[0], cursor.description[0][0]])
""",
        json.dumps([sql for sql, _ in EXAMPLES]),
    )
    assert [(sql, value) for (sql, _), (value, _) in zip(EXAMPLES, shown, strict=True)] == EXAMPLES
    # A column is called what the user wrote.
    called = {sql: label for (sql, _), (_, label) in zip(EXAMPLES, shown)}
    assert called["DATEDIFF(week, '2024-03-02', '2024-03-03')"] == "DATEDIFF(week, '2024-03-02', '2024-03-03')"
    assert called["{fn USER()}"] == "{fn USER()}"


def test_they_take_parameters_and_columns(place):
    place.document("people.json", RECORDS)
    shown = application(
        place,
        local(place),
        """
show([list(row) for row in cursor.execute(
    "SELECT TOP 2 LEN(name), DATEADD(day, ?, born), ISNULL(score, ?), CHARINDEX(?, name) FROM people"
    " WHERE DATEDIFF(year, born, ?) > 0 ORDER BY YEAR(born)", 1, 0.5, "a", datetime.date(2000, 1, 1))])
show([list(row) for row in cursor.execute(
    "SELECT YEAR(born), COUNT_BIG(*), STDEVP(id) FROM people GROUP BY YEAR(born) ORDER BY 1")])
""",
    )
    assert shown == [
        [[3, "1815-12-11", 1.5, 3], [6, "1990-01-03", 0.5, 0]],
        [[1815, 1, 0.0], [1990, 1, 0.0]],
    ]


@pytest.mark.parametrize(
    ("sql", "state", "part"),
    [
        ("SELECT 1,\n FORMAT(1, 'd')", "42000", "There is no function FORMAT (line 2, column 2)"),
        ("SELECT DATEADD(fortnight, 1, born) FROM people", "42000", "does not know the part fortnight"),
        ("SELECT 9223372036854775807 + 1", "22003", "9223372036854775807 + 1"),
        ("SELECT id * 9223372036854775807 FROM people", "22003", "2 * 9223372036854775807"),
        ("SELECT CONVERT(VARCHAR(9), born, 130) FROM people", "42000", "does not know the style 130"),
    ],
)
def test_what_cannot_be_is_an_error_that_names_it(place, sql, state, part):
    place.document("people.json", RECORDS)
    [shown] = application(
        place,
        local(place),
        """
try:
    cursor.execute(sys.argv[2]).fetchall()
except pyodbc.Error as error:
    show(list(error.args))
""",
        sql,
    )
    assert shown[0] == state and part in shown[1], shown
