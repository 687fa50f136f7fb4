"""A host that opens thousands of handles, loads the driver again and again, and forks: nothing grows, nothing hangs."""

import re

import pytest

from conftest import DRIVER

# Threads of the pool that waits for files: they come with the work and go when there is none.
POOL = 8
SOURCE = __file__.replace("test_host.py", "host.c")


@pytest.fixture
def host(place):
    """Runs the program; answers what it printed."""
    place.document("people.json", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}])
    program = place.folder / "host"
    built = place.run("cc", "-Wall", "-o", str(program), SOURCE, "-ldl")
    assert built.returncode == 0, built

    def run(what):
        result = place.run(str(program), DRIVER, f"URI={{{place.documents}/people.json}};", what, timeout=600)
        assert result.returncode == 0, f"{result.returncode} {result.stderr}"
        return result.stdout

    return run


def growth(printed):
    """KiB and threads that came on top between the two moments of a run."""
    (kib, threads), (later_kib, later_threads) = re.findall(r"(\d+) KiB (\d+) threads", printed)
    return int(later_kib) - int(kib), int(later_threads) - int(threads)


def test_a_thousand_statements_leave_nothing_behind(host):
    kib, threads = growth(host("statements"))
    # Two thousand statements after the first thousand: a leak of each would be seen at four KiB.
    assert kib < 8 * 1024 and threads <= POOL, (kib, threads)


def test_two_hundred_connections_leave_nothing_behind(host):
    kib, threads = growth(host("connections"))
    assert kib < 8 * 1024 and threads <= POOL, (kib, threads)


def test_loading_the_driver_fifty_times_leaves_nothing_behind(host):
    kib, threads = growth(host("reload"))
    assert kib < 4 * 1024 and threads <= POOL, (kib, threads)


def test_children_of_a_connected_host_neither_hang_nor_hurt_it(host):
    assert host("fork").endswith("done\n")
