"""C and C++ programs do what they are for, alone and under valgrind, and survive what they do wrong."""

import json
import re

import pytest

from built import build, local, remote, under_valgrind, written

PEOPLE = [{"id": 1, "name": "Ada", "born": 1815}, {"id": 2, "name": "Grace", "born": None}, {"id": 3, "name": "Ümit"}]
TOUR = ("SELECT id, name, born FROM people WHERE name > ? ORDER BY id", "B")
TOLD = "id: 2\nname: Grace\nborn: nothing\nid: 3\nname: Ümit\nborn: nothing\n"


@pytest.fixture
def documents(place):
    place.document("people.json", PEOPLE)
    return local(place, "people.json")


@pytest.fixture(params=[lambda place, *command: place.run(*command), under_valgrind], ids=["alone", "valgrind"])
def run(request, place):
    """Runs a program alone, and under valgrind."""
    return lambda *command: request.param(place, *command)


def test_a_query_is_read_row_by_row(place, documents, run):
    result = run(build(place, "tour.c"), documents, *TOUR)
    assert (result.returncode, result.stdout) == (0, TOLD), result.stderr


def test_a_query_over_dropbox_signs_in_and_reads(place, people, run):
    program = build(place, "tour.c")
    sql = "SELECT name FROM people WHERE name > ? ORDER BY name"
    for _ in range(2):
        result = run(program, remote(place, people), sql, "B")
        assert (result.returncode, result.stdout) == (0, "name: Grace\n"), result.stderr
    assert people.count("token:authorization_code") == 1


def test_the_same_in_cpp(place, documents, run):
    program = build(place, "tour.cpp")
    result = run(program, documents, "SELECT name FROM people ORDER BY id")
    assert (result.returncode, result.stdout) == (0, "Ada\nGrace\nÜmit\n"), result.stderr
    result = run(program, documents, "SELECT nobody FROM people")
    assert result.returncode == 1 and "42S22: There is no column nobody" in result.stderr


@pytest.mark.parametrize("rows", [0, 20_000])
def test_an_arrow_stream_is_read_from_its_buffers(place, run, rows):
    place.document("numbers.ndjson", "\n".join(json.dumps({"n": n if n % 3 else None}) for n in range(rows)) or "\n")
    program = build(place, "stream.c")
    # A filter and a limit, so that arrays begin in the middle of their buffers.
    sql = "SELECT CAST(n AS BIGINT) AS n FROM numbers LIMIT 19000" if rows else "SELECT CAST(1 AS BIGINT) AS n WHERE 1 = 0"
    result = run(program, local(place, "numbers.ndjson" if rows else ""), sql)
    taken = range(min(rows, 19_000))
    expected = f"{len(taken)} rows, {sum(n for n in taken if n % 3)} together\n"
    assert (result.returncode, result.stdout) == (0, expected), result.stderr


def test_an_error_in_the_middle_of_a_stream_is_told(place, run):
    place.document("numbers.ndjson", '{"n": 1}\n' * 9000 + "{nonsense\n")
    result = run(build(place, "stream.c"), local(place, "numbers.ndjson", RowScanDepth="10"), "SELECT n FROM numbers")
    assert result.returncode == 1
    assert "[HY000]" in result.stderr and "numbers.ndjson" in result.stderr, result.stderr


def test_everything_done_wrong_ends_in_a_status(place, documents, run):
    result = run(build(place, "misuse.c"), documents + "NoSuchProperty=1;")
    assert (result.returncode, result.stdout) == (0, "done\n"), result.stderr


def test_progress_log_and_warnings_are_told(place, run):
    for number in range(3):
        place.document(f"orders/{number}.json", [{"id": row} for row in range(100)])
    place.document("orders/bad.json", "{nonsense")
    string = local(place, "orders/", OnBadDocument="skip")
    result = run(build(place, "watch.c"), string, "SELECT id FROM orders", "0")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    told = [tuple(map(int, re.findall(r"\d+", line))) for line in lines if " files, " in line]
    assert told == sorted(told) and len(set(told)) == len(told)
    files, of_files, size, rows = told[-1]
    assert files == of_files == 3 and rows == 300
    assert size == sum((place.documents / f"orders/{number}.json").stat().st_size for number in range(3))
    assert lines.count("300 rows") == 1
    assert [line for line in lines if line.startswith("warning: ") and "bad.json" in line], lines
    assert re.search(r"^2 .*INFO latchkey.*connected$", result.stderr, re.M), result.stderr


def test_a_limit_of_time_ends_a_call(place, documents, run):
    sql = "SELECT count(*) FROM generate_series(1, 100000000000)"
    result = run(build(place, "watch.c"), documents, sql, "200")
    assert result.returncode == 1 and "HYT00: " in result.stderr, result.stderr


def test_a_wait_for_a_server_that_stalls_ends_in_time(place, people):
    program, string = build(place, "watch.c"), remote(place, people)
    assert place.run(program, string, "SELECT name FROM people", "0").returncode == 0
    place.document("people.json", [{"name": "Edsger"}])
    people.control("faults", route="/2/files/download", kind="stall", after_bytes=3, times=10)
    result = place.run(program, string, "SELECT name FROM people", "500")
    assert result.returncode == 1 and "HYT00: " in result.stderr, result.stderr


def test_another_thread_cancels_a_query(place, documents, run):
    result = run(build(place, "cancel.c"), documents, "thread")
    assert result.stdout == "-1\nHY008: The operation was cancelled\n1\n", result


def test_another_thread_cancels_a_stream(place, documents, run):
    result = run(build(place, "cancel.c"), documents, "stream")
    lines = result.stdout.splitlines()
    assert "[HY008] The operation was cancelled" in lines[0] and int(lines[1]) != 0, result


def test_a_progress_callback_cancels_its_query_and_may_do_nothing_else(place, run):
    place.document("people.ndjson", "".join(f'{{"id": {number}}}\n' for number in range(30_000)))
    result = run(build(place, "cancel.c"), local(place, "people.ndjson"), "callback")
    assert result.stdout == "-1\nHY008: The operation was cancelled\n", result


def test_freeing_a_session_ends_what_another_thread_reads(place, run):
    place.document("people.ndjson", "".join(f'{{"id": {number}}}\n' for number in range(30_000)))
    result = run(build(place, "cancel.c"), local(place, "people.ndjson"), "free")
    # The call that waited ends as cancelled, or finds the handle gone.
    first, second = result.stdout.splitlines()
    assert first in ("-1", "-2") and second == "-2", result


def test_threads_that_free_each_others_handles_meet_refusals_only(place, documents):
    # Without a log, which would make them wait for each other.
    string = written({"URI": f"{place.documents}/people.json"})
    result = place.run(build(place, "storm.c"), string, "400")
    assert result.returncode == 0, result
    rows, refused = map(int, re.findall(r"\d+", result.stdout))
    assert rows > 100 and refused > 100, result.stdout


def test_valgrind_notices_what_a_careless_program_leaves(place, documents):
    program = build(place, "careless.c")
    assert place.run(program, documents, "SELECT id FROM people").stdout == "3 rows\n"
    with pytest.raises(AssertionError, match="definitely lost"):
        under_valgrind(place, program, documents, "SELECT id FROM people")
