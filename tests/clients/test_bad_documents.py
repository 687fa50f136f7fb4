"""Bad documents: each kind, in every data model, alone and among good ones, and the page that says what becomes of it.

docs/bad-documents.md is written by `LATCHKEY_WRITE_DOCS=1 pytest tests/clients/test_bad_documents.py`, and held true by it otherwise.
"""

import json
import os
import pathlib
import re

import pytest

from test_pyodbc import application

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "bad-documents.md"
MODELS = ("Document", "FlattenedDocuments", "Relational")
DEEP = 100_000
# The files around a bad one.
GOOD = {"a": 10, "z": 20}


class Kind:
    """A kind of document: what it says in the model Document, its rows without NULLs or the place of its problem.

    `before` counts the rows before the problem. `unread` is what is read instead of the problem where it lies in a member that is no
    column, which RowScanDepth=1 makes of all members that the first record does not have; None where it is a problem for everybody.
    """

    def __init__(self, name, document, *, rows=None, at=None, before=1, unread=None, options="", shown=None):
        self.name = name
        self.document = document.encode() if isinstance(document, str) else document
        self.rows, self.at, self.before, self.unread = rows, at, before, unread
        self.options, self.shown = options, shown


def second(text, column=None, **more):
    """An array whose second record is this; the problem is at this column of it."""
    at = {} if column is None else {"at": (1, len('[{"id": 1}, ') + column)}
    return {"document": b'[{"id": 1}, ' + (text.encode() if isinstance(text, str) else text) + b"]"} | at | more


def cut(what, record):
    """Documents that are cut short inside of their second record."""
    whole_lines = f'{{"id": 1}}\n{record}\n{{"id": 3}}\n'
    # A string ends with its line; of anything else is missed what should come before the next record.
    is_in_string = record.count('"') % 2
    missed = (2, len(record) + 1) if is_in_string else (3, 1)
    start = len('[{"id": 1}, ')
    return [
        Kind(f"cut {what}", f'[{{"id": 1}}, {record}', at=(1, start + len(record) + 1)),
        Kind(f"a line cut {what}", whole_lines, at=missed),
        Kind(f"a line cut {what}, by lines", whole_lines, at=(2, len(record) + 1), options="JSONFormat=LDJSON;"),
        Kind(f"the last line cut {what}", f'{{"id": 1}}\n{record}', at=(2, len(record) + 1), options="JSONFormat=LDJSON;"),
    ]


PERSON = '[{"id": 1, "name": "Zoë"}]'
ZOE = [{"id": 1, "name": "Zoë"}]
LINES = '{"id": 1}\n{"id": 2}\n'
ONE, TWO, BOTH = [{"id": 1}], [{"id": 2}], [{"id": 1}, {"id": 2}]
SURROGATE = r'{"id": 2, "v": "%s"}'


def encoded(name, encoding, mark=""):
    return [
        Kind(f"{name}", (mark + PERSON).encode(encoding), at=(1, 1), before=0),
        Kind(f"{name}, lines", (mark + LINES).encode(encoding), at=(1, 1), before=0),
    ]


def value(text, read, **more):
    """A second record with this value of the member v."""
    kind = second(f'{{"id": 2, "v": {text}}}', **more)
    return kind if read is None else kind | {"rows": [{"id": 1}, {"id": 2, "v": read}]}


def no_value(text, column=1, **more):
    """A second record with this as the value of the member v, wrong at a character of it, for everybody."""
    return second(f'{{"id": 2, "v": {text}}}', len('{"id": 2, "v": ') + column, **more)


def deep(opening, inner, closing, levels=DEEP):
    return opening * levels + inner + closing * levels


KINDS = {
    "Cut short": [
        *cut("in a string", '{"id": 2, "name": "Gra'),
        *cut("in a number", '{"id": 2'),
        *cut("in a word", '{"id": tru')[:1],
        *cut("in an object", '{"id": 2, "name": "Grace"'),
        *cut("in an array", '{"id": 2, "tags": [1, ["a"'),
        *cut("in a name", '{"id": 2, "na')[:1],
        *cut("after a comma", '{"id": 2,'),
        *cut("after a colon", '{"id":')[:1],
        Kind("cut between records", '[{"id": 1}, ', at=(1, 13)),
        Kind("cut before the last bracket", '[{"id": 1}', at=(1, 11)),
        Kind("cut after the first bracket", "[", at=(1, 2), before=0),
    ],
    "More behind the end": [
        Kind("words", '[{"id": 1}] trailing', at=(1, 13)),
        Kind("a bracket too many", '[{"id": 1}]]', at=(1, 12)),
        Kind("a brace too many", '{"id": 1}}', at=(1, 10)),
        Kind("another array", '[{"id": 1}]\n[{"id": 2}]', at=(2, 1)),
        Kind("lines that are arrays", '[{"id": 1}]\n[{"id": 2}]', rows=BOTH, options="JSONFormat=LDJSON;"),
        Kind("another value", '{"id": 1}{"id": 2}', rows=BOTH),
        Kind("another value, behind a comma", '{"id": 1},{"id": 2}', at=(1, 10)),
        Kind("NULs, as after a crash", b'[{"id": 1}]\0\0\0', at=(1, 12)),
        Kind("lines and NULs", b'{"id": 1}\n\0\0', at=(2, 1)),
        Kind("Ctrl-Z, as of DOS", b'{"id": 1}\n\x1a', at=(2, 1)),
    ],
    "Encodings": [
        Kind("UTF-8 with a byte order mark", b"\xef\xbb\xbf" + PERSON.encode(), rows=ZOE),
        Kind("lines with one", b"\xef\xbb\xbf" + LINES.encode(), rows=BOTH),
        Kind("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf" + PERSON.encode(), at=(1, 4), before=0),
        Kind("a byte order mark in the middle", b'{"id": 1}\n\xef\xbb\xbf{"id": 2}', at=(2, 1)),
        Kind("half a byte order mark", b'\xef\xbb{"id": 1}', at=(1, 3), before=0),
        *encoded("UTF-16LE", "utf-16-le"),
        *encoded("UTF-16LE with a mark", "utf-16-le", "\ufeff"),
        *encoded("UTF-16BE", "utf-16-be"),
        *encoded("UTF-16BE with a mark", "utf-16-be", "\ufeff"),
        *encoded("UTF-32LE", "utf-32-le"),
        *encoded("UTF-32LE with a mark", "utf-32-le", "\ufeff"),
        *encoded("UTF-32BE", "utf-32-be"),
        *encoded("UTF-32BE with a mark", "utf-32-be", "\ufeff"),
        Kind("Latin-1", **second(b'{"id": 2, "name": "Jos\xe9"}', 23)),
        Kind("an overlong form", **second(b'{"id": 2, "name": "\xc0\xaf"}', 20)),
        Kind("a surrogate in UTF-8", **second(b'{"id": 2, "name": "\xed\xa0\x80"}', 20)),
        Kind("a character cut off", **second(b'{"id": 2, "name": "\xe2\x82"}', 20)),
        Kind("a name that is not UTF-8", **second(b'{"id": 2, "na\xffme": 1}', 14)),
        Kind("bytes between records", b'[{"id": 1}, \xff]', at=(1, 13)),
    ],
    "Texts": [
        Kind("a pair of surrogates", **value(r'"\ud83d\ude00"', "😀")),
        Kind("half a pair, the first", **no_value(r'"\ud83d"', 2, unread=TWO)),
        Kind("half a pair, the second", **no_value(r'"x\ude00"', 3, unread=TWO)),
        Kind("a pair the wrong way round", **no_value(r'"\ude00\ud83d"', 2, unread=TWO)),
        Kind("half a pair in a name", **second(r'{"id": 2, "\ud83d": 1}', 12)),
        Kind("NUL, escaped", **value(r'"a\u0000b"', "a\0b")),
        Kind("NUL, escaped, in a name", **second(r'{"id": 2, "a\u0000b": 1}', rows=[{"id": 1}, {"id": 2, "a\0b": 1}])),
        Kind("NUL as it is", **no_value('"a\0b"', 3)),
        Kind("control characters, escaped", **value(r'"\t\n\u001f\u007f"', "\t\n\x1f\x7f")),
        Kind("a tab as it is", **no_value('"a\tb"', 3)),
        Kind("the end of a line as it is", **no_value('"a\nb"', 3)),
        Kind("DEL, NEL and U+2028 as they are", **value('"\x7f\x85\u2028"', "\x7f\x85\u2028")),
        Kind("an escape that there is not", **no_value(r'"\x41"', 2)),
        Kind("too few digits in an escape", **no_value(r'"\u12"', 6)),
        Kind("a backslash before the last quote", **no_value(r'"a\"', 7)),
        Kind("a name of 1 000 characters", **second(f'{{"{"n" * 1000}": 1}}', rows=[{"id": 1}, {"n" * 1000: 1}])),
        Kind("a name without characters", **second('{"": 1}', rows=[{"id": 1}, {"": 1}])),
    ],
    "Members that occur twice": [
        Kind("the last counts", **second('{"id": 2, "id": 3}', rows=[{"id": 1}, {"id": 3}])),
        Kind("also one that is null", **second('{"id": 2, "id": null}', rows=[{"id": 1}, {}])),
        Kind("of another kind", **second('{"id": 2, "id": "x"}', rows=[{"id": "1"}, {"id": "x"}])),
        Kind("an object, then a number", **second('{"id": {"a": 1}, "id": 2}', rows=BOTH)),
        Kind("a number, then an object", **second('{"id": 2, "id": {"a": 1}}', rows=[{"id": 1}, {"id.a": 1}])),
        Kind("two objects", **second('{"v": {"a": 1, "b": 1}, "v": {"b": 2}}', rows=[{"id": 1}, {"v.b": 2}])),
        Kind("two arrays", **second('{"v": [{"a": 1}], "v": [{"a": 2}]}', rows=[{"id": 1}, {"v": '[{"a":2}]'}])),
        Kind("spelled in two ways", **second(r'{"i\u0064": 2, "id": 3}', rows=[{"id": 1}, {"id": 3}])),
        Kind("names that case tells apart", '[{"id": 1, "ID": 2}]', rows=[{"id": 1, "ID": 2}]),
        Kind("on the way to the records, which are read as they come", '{"p": [{"id": 1}], "p": [{"id": 2}]}', rows=BOTH),
    ],
    "Numbers": [
        Kind("1 000 digits", **value("1" * 1000, "1" * 1000)),
        Kind("1 000 digits behind the point", **value("0." + "3" * 1000, "0." + "3" * 1000)),
        Kind("too large for a double", **value("1e400", "1e400")),
        Kind("too small for a double", **value("1e-400", "1e-400")),
        Kind("minus zero", **value("-0.0", -0.0)),
        Kind("NaN", **no_value("NaN")),
        Kind("Infinity", **no_value("Infinity")),
        Kind("-Infinity", **no_value("-Infinity", 2)),
        Kind("nan", **no_value("nan", 2)),
        Kind("a leading zero", **no_value("01", 2)),
        Kind("a plus", **no_value("+1")),
        Kind("no digit before the point", **no_value(".5")),
        Kind("no digit behind the point", **no_value("1.", 3)),
        Kind("no digit in the exponent", **no_value("1e+", 4)),
        Kind("hexadecimal", **no_value("0x10", 2)),
        Kind("digits in groups", **no_value("1_000", 2)),
        Kind("only a minus", **no_value("-", 2)),
    ],
    "Next to nothing": [
        Kind("an empty file", "", rows=[]),
        Kind("only white space", "  \n\t\r\n ", rows=[]),
        Kind("only a byte order mark", b"\xef\xbb\xbf", rows=[]),
        Kind("an empty array", "[]", rows=[]),
        Kind("an empty object", "{}", rows=[{}]),
        Kind("empty objects", "[{}, {}]", rows=[{}, {}]),
        Kind("null", "null", rows=[{}]),
        Kind("an empty array of records", '{"people": []}', rows=[{"people": "[]"}]),
        Kind("an empty array in an array", "[[]]", rows=[{"value": "[]"}]),
        Kind("blank lines", '\n{"id": 1}\n\n\r\n{"id": 2}\n\n', rows=BOTH),
    ],
    "Values that are no objects": [
        Kind("a number", "12", rows=[{"value": 12}]),
        Kind("a text", '"text"', rows=[{"value": "text"}]),
        Kind("a truth", "true", rows=[{"value": True}]),
        Kind("numbers one behind the other", "1 2\n3", rows=[{"value": 1}, {"value": 2}, {"value": 3}]),
        Kind("an array of numbers", "[1, 2]", rows=[{"value": 1}, {"value": 2}]),
        Kind("an array of several kinds", '["a", null, 1]', rows=[{"value": "a"}, {}, {"value": "1"}]),
        Kind("an array of arrays", "[[1, 2], [3]]", rows=[{"value": "[1,2]"}, {"value": "[3]"}]),
        Kind("an array of arrays of objects", '[[{"id": 1}], [{"id": 2}]]', rows=[{"value": '[{"id":1}]'}, {"value": '[{"id":2}]'}]),
        Kind("objects and others", '[{"id": 1}, 2, [3], null]', rows=[{"id": 1}, {"value": "2"}, {"value": "[3]"}, {}]),
    ],
    "Shapes": [
        Kind(
            "every kind in one column",
            '[{"v": 1}, {"v": "a"}, {"v": [1]}, {"v": {"x": 1}}, {"v": null}, {"v": true}]',
            rows=[{"v": "1"}, {"v": "a"}, {"v": "[1]"}, {"v.x": 1}, {}, {"v": "true"}],
        ),
        Kind(
            "an array of rows, an object, a number",
            '[{"v": [{"a": 1}]}, {"v": {"a": 2}}, {"v": 3}]',
            rows=[{"v": '[{"a":1}]'}, {"v.a": 2}, {"v": "3"}],
        ),
        Kind("an array of rows and others", '[{"v": [{"a": 1}, 2, [3]]}]', rows=[{"v": '[{"a":1},2,[3]]'}]),
        Kind("arrays in arrays", '[{"id": 1, "m": [[1, 2], [3]]}]', rows=[{"id": 1, "m": "[[1,2],[3]]"}]),
        Kind("a map keyed by data", '{"ada": {"age": 1}, "bob": {"age": 2}}', rows=[{"ada.age": 1, "bob.age": 2}]),
        Kind("… with JSONPath", '{"ada": {"age": 1}, "bob": {"age": 2}}', rows=[{"age": 1}, {"age": 2}], options="JSONPath=$.*;"),
        Kind("a dot in a name", '[{"a.b": 1}, {"a": {"b": 2}}]', rows=[{"a.b": 1}, {"a.b": 2}]),
        Kind("an empty object among objects", '[{"v": {}}, {"v": {"a": 1}}]', rows=[{"v": "{}"}, {"v.a": 1}]),
    ],
    "Very deep": [
        Kind(
            "100 000 arrays",
            **value(deep("[", "", "]"), deep("[", "", "]")),
            shown='[{"id": 1}, {"id": 2, "v": [[[…]]]}]',
        ),
        Kind("100 000 arrays at the top", deep("[", "", "]"), rows=[{"value": deep("[", "", "]", DEEP - 1)}], shown="[[[…]]]"),
        Kind("100 000 arrays, not closed", "[" * DEEP, at=(1, DEEP + 1), before=0, shown="[[[…"),
        Kind(
            "100 000 objects",
            **no_value(deep('{"a":', "1", "}"), 1 + len('{"a":') * 127, unread=TWO),
            shown='[{"id": 1}, {"id": 2, "v": {"a":{"a":{"a":…}}}}]',
        ),
        Kind(
            "… with FlattenObjects=false",
            **value(deep('{"a":', "1", "}"), deep('{"a":', "1", "}"), options="FlattenObjects=false;"),
            shown='[{"id": 1}, {"id": 2, "v": {"a":{"a":{"a":…}}}}]',
        ),
        Kind("100 000 objects, not closed", '{"a":' * DEEP, at=(1, 5 * DEEP + 1), before=0, shown='{"a":{"a":{"a":…'),
    ],
    "What is not JSON": [
        Kind("a comment before", '// note\n[{"id": 1}]', at=(1, 1), before=0),
        Kind("a comment between records", '[{"id": 1} /* note */]', at=(1, 12)),
        Kind("a comment in a record", **second('{"id": 2, /* note */ "v": 1}', 11)),
        Kind("a comment with #", '# note\n[{"id": 1}]', at=(1, 1), before=0),
        Kind("single quotes", **second("{'id': 2}", 2)),
        Kind("names without quotes", **second("{id: 2}", 2)),
        Kind("a comma behind the last member", **second('{"id": 2,}', 10)),
        Kind("a comma behind the last record", '[{"id": 1},]', at=(1, 12)),
        Kind("two commas", '[{"id": 1},, {"id": 2}]', at=(1, 12)),
        Kind("no comma between records", '[{"id": 1} {"id": 2}]', at=(1, 12)),
        Kind("no comma between members", **second('{"id": 2 "v": 1}', 10)),
        Kind("no colon", **second('{"id" 2}', 7)),
        Kind("words of other languages", **no_value("None")),
        Kind("undefined", **no_value("undefined")),
        Kind("a web page", "<html><body>Sign in</body></html>", at=(1, 1), before=0),
        Kind("CSV", "id,name\n1,Ada\n", at=(1, 1), before=0),
        Kind("YAML", "- id: 1\n", at=(1, 2), before=0),
        Kind("a ZIP file", b"PK\x03\x04\x14\x00", at=(1, 1), before=0),
        Kind("JSONP", 'callback([{"id": 1}])', at=(1, 1), before=0),
        Kind("a guard against scripts", ')]}\'\n[{"id": 1}]', at=(1, 1), before=0),
        Kind("record separators (RFC 7464)", '\x1e{"id": 1}\n\x1e{"id": 2}\n', at=(1, 1), before=0),
        Kind("a space that is none", '[{"id":\u00a01}]', at=(1, 8), before=0),
    ],
}
ALL = [kind for kinds in KINDS.values() for kind in kinds]

# What the kinds became here: the page is made of it.
SEEN = {}

READ = """
def read(place, options):
    connection = pyodbc.connect(f"Driver={{Latchkey}};URI={{{place}}};URISeparator=;{options}")
    cursor = connection.cursor()
    try:
        tables = [row.table_name for row in cursor.tables(tableType="TABLE")]
    except pyodbc.Error as error:
        return {"error": error.args, "rows": 0}
    answer = {"tables": {}, "warnings": []}
    for table in tables:
        rows = answer["tables"][table] = []
        try:
            cursor.execute(f'SELECT * FROM "{table}"')
            answer["warnings"] += [text for _, text in cursor.messages or []]
            names = [column[0] for column in cursor.description]
            while row := cursor.fetchone():
                rows.append({name: value for name, value in zip(names, row) if value is not None})
        except pyodbc.Error as error:
            answer["error"] = error.args
            answer["rows"] = len(rows)
    cursor.execute("SELECT Name, Problem FROM sys_files WHERE Skipped ORDER BY Name")
    answer["skipped"] = [list(row) for row in cursor]
    return answer

places, options, models = json.loads(sys.argv[2])
for model in models:
    for depth in (0, 1):
        more = f"DataModel={model};RowScanDepth={depth};{options}"
        alone, folder = places
        # In ASCII: what the documents hold may be the end of a line to the reader of this.
        print(json.dumps([read(alone, more), read(folder, more), read(folder, more + "OnBadDocument=skip;")], default=str))
"""


def without_keys(tables):
    """The rows of each table without the keys that the model makes, which are texts like 1 and 3:2.1."""
    is_key = lambda name, value: name.endswith("_id") and isinstance(value, str)
    return {
        table: [{name: value for name, value in row.items() if not is_key(name, value)} for row in rows]
        for table, rows in tables.items()
    }


def problem(answer):
    """Where an error is, in which file."""
    state, message = answer["error"]
    assert state == "HY000", answer
    file, line, column = re.search(r"([\w.]+), line (\d+), column (\d+): .", message).groups()
    return file, (int(line), int(column))


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: re.sub(r"\W+", "-", kind.name))
def test_a_bad_document_gives_its_rows_or_its_place(place, kind):
    alone = place.documents / "bad.json"
    folder = place.documents / "all"
    for file in (alone, folder / "bad.json"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(kind.document)
    for name, number in GOOD.items():
        place.document(f"all/{name}.json", [{"id": number}])
    answers = application(place, f"Driver={{Latchkey}};URI={alone}", READ, json.dumps([[str(alone), f"{folder}/"], kind.options, MODELS]))
    assert len(answers) == 2 * len(MODELS)
    seen = {}
    for model, (looked_at, late) in zip(MODELS, zip(answers[::2], answers[1::2])):
        seen[model] = looked_at[0]
        check(kind, model, *looked_at, is_late=False)
        check(kind, model, *late, is_late=True)
    SEEN[kind] = seen


def check(kind, model, alone, among, skipping, is_late):
    """One data model's answers: of the document, of it between two good ones, and of those when bad ones are skipped."""
    is_bad = kind.at is not None and not (is_late and kind.unread is not None)
    assert ("error" in alone, "error" in among) == (is_bad, is_bad) or is_late and kind.rows is not None, (alone, among)
    if is_bad:
        assert problem(alone) == problem(among) == ("bad.json", kind.at), (alone, among)
        if model == "Document":
            assert alone["rows"] == (kind.before if is_late else 0)
            # Files are read side by side.
            ids = sorted(row.get("id") for row in skipping["tables"]["all"])
            assert ids == [1] * (kind.before if is_late else 0) + [10, 20], skipping
        assert "error" not in skipping, skipping
        assert [name for name, _ in skipping["skipped"]] == ["bad.json"], skipping
        assert f"line {kind.at[0]}, column {kind.at[1]}" in skipping["skipped"][0][1]
        if not is_late:
            assert any(text.count("1 document ") and "bad.json" in text for text in skipping["warnings"]), skipping
        return
    if is_late:
        # Few columns are known then: what is no column is left out, and a value that does not fit is an error.
        for answer in (alone, among, skipping):
            assert "error" not in answer or answer["error"][0] == "22018", answer
        if model == "Document" and kind.unread is not None:
            assert alone["tables"] == {"bad": ONE + kind.unread}
        return
    assert skipping["skipped"] == [] and not any("skipped" in text for text in skipping["warnings"]), skipping
    if model == "Document":
        (rows,) = alone["tables"].values()
        assert rows == kind.rows
        for answer in (among, skipping):
            assert len(answer["tables"]["all"]) == len(GOOD) + len(kind.rows), answer


WIDE = 20_000


def test_many_columns(place):
    """The engine's planner looks each column of a SELECT up among all, so that all of them at once take it long."""
    wide = {f"c{number}": number for number in range(WIDE)}
    place.document("wide.json", [wide])
    place.document("less.json", [dict(list(wide.items())[: WIDE // 20])])
    program = """
connect = lambda name, model: pyodbc.connect(f"Driver={{Latchkey}};URI={{{sys.argv[2]}/{name}.json}};DataModel={model}").cursor()
for model in json.loads(sys.argv[3]):
    cursor = connect("wide", model)
    show([row.column_name for row in cursor.columns(table="wide")][-2:])
    show([list(row) for row in cursor.execute("SELECT c0, c19999 FROM wide WHERE c7 = 7").fetchall()])
    show(list(connect("less", model).execute("SELECT * FROM less").fetchone())[-2:])
"""
    answers = application(place, "Driver={Latchkey};AuthScheme=None", program, str(place.documents), json.dumps(MODELS))
    last, less = [f"c{WIDE - 2}", f"c{WIDE - 1}"], WIDE // 20
    assert answers == [last, [[0, WIDE - 1]], [less - 2, less - 1]] * len(MODELS)


def test_one_long_line(place):
    """500 MB with LATCHKEY_LONG_RUN=1, a part of it otherwise: one value, which is held, and one nobody wants."""
    megabytes = 500 if os.environ.get("LATCHKEY_LONG_RUN") else 16
    line = place.documents / "line.json"
    with open(line, "wb") as file:
        file.write(b'[{"id": 1, "v": [')
        for _ in range(megabytes * 8):
            file.write(b'{"name": "Grace Hopper", "n": 12},' * 3855)
        file.write(b"0]}, {")
        file.write(b'"id": 2}]\n')
    size = line.stat().st_size
    program = """
def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) * 1024
cursor.execute("SELECT 1").fetchall()
idle = peak()
for query in sys.argv[2:]:
    begun = time.monotonic()
    rows = [list(row) for row in cursor.execute(query).fetchall()]
    show([rows, round(time.monotonic() - begun, 1), (peak() - idle) / 1e6])
"""
    queries = ["SELECT id FROM line", "SELECT id, length(v) FROM line"]
    ids, lengths = application(place, f"Driver={{Latchkey}};URI={line};RowScanDepth=1", program, *queries, timeout=600)
    print(size, ids, lengths)
    assert ids[0] == [[1], [2]]
    assert [row[0] for row in lengths[0]] == [1, 2] and lengths[0][1][1] is None
    # Without the spaces, of which each object has three.
    assert lengths[0][0][1] == len(b"[0]") + megabytes * 8 * 3855 * len(b'{"name":"Grace Hopper","n":12},')
    assert ids[2] < 8 * size / 1e6 + 100, ids


def shown_bytes(content):
    """A document as the page shows it."""
    text = content.decode("utf-8", "backslashreplace")
    # Else the page itself would hold what the documents do.
    escaped = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return escaped if len(escaped) <= 120 else f"{escaped[:80]}…"


def code(text):
    text = text.replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def shown_rows(rows):
    def short(value):
        return f"{value[:12]}… ({len(value):,} characters)" if isinstance(value, str) and len(value) > 100 else value

    rows = [{short(name): short(value) for name, value in row.items()} for row in rows]
    text = ", ".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return code("".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)) if rows else "no rows"


def shown_answer(answer):
    if "error" in answer:
        message = re.sub(r"\[[^\]]*\] ?", "", answer["error"][1].split("] ", 1)[1], count=2).split(" (307)")[0]
        return f"**error**: {re.sub(r'[^ ]*/', '', message, count=1)}".replace("|", "\\|")
    tables = without_keys(answer["tables"])
    if len(tables) == 1:
        return shown_rows(next(iter(tables.values())))
    return "; ".join(f"{table}: {shown_rows(rows)}" for table, rows in sorted(tables.items()))


def shown(kind, seen):
    by_answer = {}
    for model, answer in seen.items():
        by_answer.setdefault(shown_answer(answer), []).append(model)
    if len(by_answer) == 1:
        return next(iter(by_answer))
    return "<br>".join(f"{', '.join(models)}: {answer}" for answer, models in by_answer.items())


INTRODUCTION = """# Bad documents

What becomes of documents that are damaged, odd, or no JSON at all. Each is read by `tests/clients/test_bad_documents.py` in every data
model, alone and in a folder with good ones, with `RowScanDepth=0` and `RowScanDepth=1`; the test fails when this page is not what it
saw, and `LATCHKEY_WRITE_DOCS=1` lets it write the page.

An **error** names the file, the line and the column (in bytes) of what is wrong. In a folder it is the same error with
`OnBadDocument=error`; with `OnBadDocument=skip` the rows are those of the other files, a warning counts the file, and `sys_files` lists it
with its problem. Where the problem comes after the records that `RowScanDepth` looks at, the rows before it are delivered first. The
answers are those of a file alone, without the keys of `DataModel=Relational`; NULLs are left out.

"""

OUTSIDE = f"""## Very wide and very long

| Document | Answer |
|---|---|
| {WIDE:,} columns | all are columns, and some of them are read at once. `SELECT *` takes the engine's planner a time that grows with their square: two seconds for 2,000, two minutes for {WIDE:,} |
| one line of 500 MB | both of its records, of which one is a value of 500 MB: measured once by hand with an optimized library on two busy cores, in 5 to 8 s, while the process held 1.0 GB more than before, and 1.5 GB where the value was asked for. Every run of the tests does the same with 16 MB, `LATCHKEY_LONG_RUN=1` with 500 MB |
"""


def test_the_page_says_what_was_seen():
    if len(SEEN) < len(ALL):
        pytest.skip("not every kind was read in this run")
    page = INTRODUCTION
    for title, kinds in KINDS.items():
        page += f"## {title}\n\n| Kind | Document | Answer |\n|---|---|---|\n"
        for kind in kinds:
            document = kind.shown or shown_bytes(kind.document)
            with_options = f"{code(document) if document else ''}{f' with {code(kind.options[:-1])}' if kind.options else ''}"
            unread = f"<br>where nobody wants the value: {shown_rows(ONE + kind.unread)}" if kind.unread is not None else ""
            page += f"| {kind.name} | {with_options} | {shown(kind, SEEN[kind])}{unread} |\n"
        page += "\n"
    page += OUTSIDE
    if os.environ.get("LATCHKEY_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    committed = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    assert committed == page, "docs/bad-documents.md is stale; run this file with LATCHKEY_WRITE_DOCS=1"
