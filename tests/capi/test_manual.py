"""The programs of docs/c-api.md are the very ones that the other tests build and run."""

import re

from built import HEADERS, HERE

PAGE = HERE.parent.parent / "docs" / "c-api.md"


def test_the_programs_of_the_page_are_those_that_are_tested():
    shown = re.findall(r"<!-- (\S+) -->\n```\w+\n(.*?)```\n", PAGE.read_text(encoding="utf-8"), re.S)
    assert {name for name, _ in shown} >= {
        "programs/tour.c", "programs/stream.c", "programs/sign_in.c", "programs/watch.c", "programs/tour.cpp",
        "programs/tour.py", "programs/arrow_table.py", "consumers/Makefile", "consumers/CMakeLists.txt",
    }
    for name, text in shown:
        assert text == (HERE / name).read_text(encoding="utf-8"), f"{name} on the page is stale"


def test_the_page_names_every_function():
    header = (HEADERS / "latchkey.h").read_text(encoding="utf-8")
    declared = set(re.findall(r"^(?:const char \*|lk_status )(lk_\w+)\(", header, re.M))
    named = set(re.findall(r"`(lk_\w+)", PAGE.read_text(encoding="utf-8")))
    assert declared - named == set()
