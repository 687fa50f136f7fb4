"""No invalid access and no growth over repeated connections."""

import re


def leak_check(place, program, rounds):
    string = f"Driver={{Latchkey}};URI={{{place.documents}/people.json}};"
    result = place.run(
        "valgrind", "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite", "--num-callers=30", str(program), string, str(rounds),
        timeout=900,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    errors = re.search(r"ERROR SUMMARY: (\d+) errors", result.stderr)
    definitely = re.search(r"definitely lost: ([\d,]+) bytes", result.stderr)
    in_use = re.search(r"in use at exit: ([\d,]+) bytes", result.stderr)
    number = lambda match: int(match.group(1).replace(",", "")) if match else 0
    return number(errors), number(definitely), number(in_use), result.stderr


def test_connect_query_disconnect_twenty_times_under_valgrind(place):
    place.document("people.json", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}])
    program = place.folder / "leak"
    source = __file__.replace("test_memory.py", "leak.c")
    built = place.run("cc", "-o", str(program), source, "-lodbc")
    assert built.returncode == 0, built
    errors, definitely, after_two, report = leak_check(place, program, 2)
    assert (errors, definitely) == (0, 0), report[-5000:]
    errors, definitely, after_twenty, report = leak_check(place, program, 20)
    assert (errors, definitely) == (0, 0), report[-5000:]
    # Eighteen more rounds leave nothing behind but what threads and caches keep for the process.
    assert after_twenty - after_two < 18 * 1024, (after_two, after_twenty)


def test_no_cell_is_allocated_for(place):
    place.document("people.json", [{"id": 1}])
    program = place.folder / "allocations"
    source = __file__.replace("test_memory.py", "allocations.c")
    built = place.run("cc", "-o", str(program), source, "-lodbc")
    assert built.returncode == 0, built
    sql = (
        "SELECT value, value * 0.5, value % 2 = 0, 'row ' || value, DATE '2024-02-29', TIMESTAMP '2024-02-29 01:02:03',"
        " CAST(value AS DECIMAL(20, 2)), CASE WHEN value % 3 = 0 THEN value END FROM generate_series(1, 50000)"
    )
    result = place.run(str(program), f"Driver={{Latchkey}};URI={{{place.documents}/people.json}};", sql, "8")
    assert result.returncode == 0, result
    rows, *allocations = map(int, result.stdout.split())
    assert rows == 50000
    # A batch may cost some, 400 000 cells may not.
    assert all(count < 2000 for count in allocations), allocations
