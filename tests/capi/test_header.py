"""The header: clean in C and C++, complete, and at peace with other declarations of the Arrow interfaces."""

import re
import shutil

import pytest

from built import HEADERS, STRICT

HEADER = (HEADERS / "latchkey.h").read_text(encoding="utf-8")
DIALECTS = [
    *(("c", compiler, standard) for compiler in ("gcc", "clang") for standard in ("c11", "c17", "c2x")),
    *(("c++", compiler, standard) for compiler in ("g++", "clang++") for standard in ("c++17", "c++20")),
]
# What other headers that declare the interfaces bring along, with their guards.
ARROW = "#include <stdint.h>\n" + re.search(r"/\* The Arrow C data.*?#endif /\* ARROW_C_STREAM_INTERFACE \*/", HEADER, re.S)[0]


def compiles(place, language, compiler, standard, source):
    file = place.folder / ("source.c" if language == "c" else "source.cpp")
    file.write_text(source)
    return place.run(compiler, f"-std={standard}", *STRICT, f"-I{HEADERS}", "-fsyntax-only", str(file))


@pytest.mark.parametrize("language, compiler, standard", [dialect for dialect in DIALECTS if shutil.which(dialect[1])])
@pytest.mark.parametrize("before", ["", ARROW], ids=["alone", "beside Arrow"])
def test_the_header_is_clean(place, language, compiler, standard, before):
    source = f'{before}\n#include <latchkey.h>\n#include <latchkey.h>\nint main(void) {{ return lk_version() == 0; }}\n'
    result = compiles(place, language, compiler, standard, source)
    assert result.returncode == 0, result.stderr


def test_what_is_wrong_with_a_header_is_found(place):
    result = compiles(place, "c", "gcc", "c11", "#include <latchkey.h>\nint main(void) { return lk_version(1); }\n")
    assert result.returncode != 0


def test_every_function_and_type_has_a_comment():
    lines = HEADER.split("\n")
    for number, line in enumerate(lines):
        if re.match(r"(?:const char \*|lk_status )lk_\w+\(|typedef .*\(\*lk_|typedef struct lk_|enum lk_", line):
            assert lines[number - 1] == " */", line
