"""Places through pyodbc: compressed documents, folders of folders, lists and masks, on the disk and in Dropbox alike."""

import bz2
import gzip
import json
import lzma
import random
import shutil
import subprocess

import pytest
from test_pyodbc import application

ASK = """
for query in sys.argv[2:]:
    try:
        show([list(row) for row in cursor.execute(query).fetchall()])
    except pyodbc.Error as error:
        show([error.args[0], error.args[1]])
"""


def zstd(data):
    return subprocess.run([shutil.which("zstd"), "-c"], input=data, capture_output=True, check=True, timeout=60).stdout


COMPRESSORS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd}


def rows(numbers):
    return "".join(json.dumps({"n": number, "text": "x" * 50}) + "\n" for number in numbers).encode()


def put(place, path, data):
    file = place.documents / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


@pytest.fixture(params=["local", "dropbox"])
def connect(request, place):
    """Makes the connection string for URIs whose root is `@/`."""
    if request.param == "local":
        root = str(place.documents)
        properties = {"Logfile": place.log, "Verbosity": 5}
    else:
        simulator = place.simulator()
        simulator.control("settings", page_size=2)
        root = "dropbox://"
        properties = place.properties(simulator, "")

    def string(uri, **more):
        given = {**properties, "URI": uri.replace("@", root), **more}
        return "Driver={Latchkey};" + "".join(f"{key}={{{value}}};" for key, value in given.items())

    return string


@pytest.mark.parametrize("extension", COMPRESSORS)
def test_a_compressed_document_is_told_by_its_content(place, connect, extension):
    compressed = COMPRESSORS[extension](rows(range(50_000)))
    put(place, f"a/people.ndjson.{extension}", compressed)
    put(place, "b/people.json", compressed)
    query = "SELECT count(*), sum(n), count(DISTINCT n), min(text) FROM people"
    for uri in [f"@/a/people.ndjson.{extension}", "@/b/people.json"]:
        assert application(place, connect(uri), ASK, query) == [[[50_000, 1_249_975_000, 50_000, "x" * 50]]]


def test_members_that_follow_one_another_are_one_document(place, connect):
    put(place, "people.json.gz", gzip.compress(rows([1, 2])) + gzip.compress(rows([3])))
    assert application(place, connect("@/people.json.gz"), ASK, "SELECT n FROM people") == [[[1], [2], [3]]]


@pytest.mark.parametrize("extension", COMPRESSORS)
def test_a_document_that_is_cut_off_is_named(place, connect, extension):
    put(place, f"people.json.{extension}", COMPRESSORS[extension](rows(range(1000)))[:-12])
    (answer,) = application(place, connect(f"@/people.json.{extension}"), ASK, "SELECT count(*) FROM people")
    assert answer[0] == "HY000", answer
    assert f"people.json.{extension} is cut off" in answer[1] and "data end too early" in answer[1], answer


def test_folders_are_read_as_deep_as_it_is_wished(place, connect):
    for number, path in enumerate(
        ["o/0.json", "o/a/1.json.gz", "o/a/b/2.ndjson", "o/a/b/c/3.json", "o/a/4.txt", "o/z/5.tmp.json", "o/z/6"]
    ):
        put(place, path, rows([number]) if not path.endswith("gz") else gzip.compress(rows([number])))

    def numbers(uri, **properties):
        (answer,) = application(place, connect(uri, **properties), ASK, "SELECT n FROM o")
        return sorted(n for (n,) in answer)

    assert numbers("@/o/") == [0]
    assert numbers("@/o/", IncludeSubdirectories="true") == [0, 1, 2, 3, 5]
    assert numbers("@/o/", IncludeSubdirectories="true", DirectoryRetrievalDepth="1") == [0, 1, 5]
    assert numbers("@/o/", IncludeSubdirectories="true", IncludeFiles="txt,NOEXT") == [4, 6]
    assert numbers("@/o/", IncludeSubdirectories="true", IncludeFiles="*") == [0, 1, 2, 3, 4, 5, 6]
    assert numbers("@/o/", IncludeSubdirectories="true", ExcludeFiles="*.tmp.json, a/b/**") == [0, 1]
    assert numbers("@/o/**/*.json") == [0, 3, 5]
    assert numbers("@/o/?/*.json*") == [1, 5]
    put(place, "q/o/b1/x.json", rows([7]))
    put(place, "q/o/b1/x.txt", rows([8]))
    assert numbers("@/q/o/b*/") == [7]


def test_lists_hold_each_document_once(place, connect):
    for number, path in enumerate(["m/b/x.json", "m/a.json", "m/b.json", "m/c/y.json"]):
        put(place, path, rows([number]))
    query = "SELECT n FROM b ORDER BY n"
    string = connect("@/m/b.json,@/m/c/,@/m/*.json, @/m/b/*")
    assert application(place, string, ASK, query) == [[[0], [1], [2], [3]]]
    other = connect("@/m/b.json|@/m/a.json", URISeparator="|")
    assert application(place, other, ASK, query) == [[[1], [2]]]
    (missing,) = application(place, connect("@/m/b.json,@/m/none.json"), ASK, query)
    assert missing[0] == "42S02" and "m/none.json does not exist" in missing[1], missing


def test_a_list_of_two_places_is_refused(place):
    string = "Driver={Latchkey};URI={/data/a.json,dropbox:///b.json};InitiateOAuth=OFF;"
    result = place.python("import pyodbc, sys; pyodbc.connect(sys.argv[1])", string)
    assert result.returncode != 0 and "dropbox:///b.json" in result.stderr and "of one place" in result.stderr


def test_a_compressed_download_that_breaks_off_goes_on_where_it_stopped(place):
    # Random numbers, so that there is something left to download after a break.
    generator = random.Random(7)
    numbers = [generator.randrange(10**14) for _ in range(60_000)]
    data = gzip.compress("".join(f'{{"n": {number}}}\n' for number in numbers).encode())
    assert len(data) > 300_000
    put(place, "people.json.gz", data)
    simulator = place.simulator()
    simulator.control("faults", route="/2/files/download", kind="truncate", after_bytes=100_000, times=2)
    string = place.connection_string(simulator, "dropbox:///people.json.gz", RowScanDepth="0")
    answer = application(place, string, ASK, "SELECT count(*), sum(n) FROM people")
    assert answer == [[[60_000, sum(numbers)]]]
    assert simulator.count("/2/files/download") >= 3


def test_what_dropbox_only_exports_is_left_out(place):
    put(place, "docs/a.json", rows([1]))
    put(place, "docs/notes.paper", b"not JSON")
    put(place, "docs/sheet.gsheet", b"not JSON")
    simulator = place.simulator()
    string = place.connection_string(simulator, "dropbox:///docs/", IncludeFiles="*")
    told = """
for query in sys.argv[2:]:
    cursor.execute(query)
    warnings = [text for _, text in cursor.messages]
    rows = cursor.fetchall()
    show([len(rows), [text for text in warnings if "Dropbox only exports" in text]])
"""
    once, joined, other = application(
        place, string, told, "SELECT n FROM docs", "SELECT a.n FROM docs a JOIN docs b ON a.n = b.n", "SELECT 1"
    )
    for count, warnings in (once, joined):
        assert count == 1 and len(warnings) == 1 and "dropbox:///docs/notes.paper" in warnings[0], (count, warnings)
        assert "2 files that Dropbox only exports were left out" in warnings[0]
    assert other == [1, []]
    string = place.connection_string(simulator, "dropbox:///docs/")
    assert application(place, string, told, "SELECT n FROM docs") == [[1, []]]


def test_links_that_form_cycles_end(place):
    put(place, "tree/a/1.json", rows([1]))
    put(place, "tree/b/2.json", rows([2]))
    (place.documents / "tree/a/up").symlink_to("..")
    (place.documents / "tree/b/a").symlink_to("../a")
    string = f"Driver={{Latchkey}};URI={place.documents}/tree/;IncludeSubdirectories=true;"
    assert application(place, string, ASK, "SELECT n FROM tree ORDER BY n") == [[[1], [2]]]


def test_paths_start_where_dropboxroot_says(place):
    put(place, "people.json", rows([1]))
    simulator = place.simulator()

    def ask(root):
        string = place.connection_string(simulator, "dropbox:///people.json", DropboxRoot=root)
        return application(place, string, ASK, "SELECT n FROM people")[0]

    for root in ["home", "root", "7100001"]:
        assert ask(root) == [[1]]
    assert simulator.count("/2/users/get_current_account") == 1
    _, message = ask("1")
    assert "DropboxRoot" in message and "no_permission" in message, message
