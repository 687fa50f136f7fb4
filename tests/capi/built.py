"""C and C++ programs built against the library, and run alone or under valgrind."""

import os
import pathlib
import re
import shutil

from conftest import DRIVER

HERE = pathlib.Path(__file__).parent
PROGRAMS = HERE / "programs"
HEADERS = HERE.parent.parent / "include"
LIBRARY = pathlib.Path(DRIVER).resolve()
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
# What is new in C is old enough in each of these.
COMPILERS = {".c": ("cc", "-std=c11"), ".cpp": ("c++", "-std=c++17")}
VALGRIND = [
    "valgrind",
    # Else it prints the command, in which there may be a secret.
    "--quiet",
    "--error-exitcode=99",
    "--leak-check=full",
    "--show-leak-kinds=definite",
    "--errors-for-leak-kinds=definite",
    "--num-callers=30",
]


def build(place, source, compiler=None, standard=None):
    """The program of a source file."""
    source = PROGRAMS / source
    usual, usual_standard = COMPILERS[source.suffix]
    program = place.folder / source.stem
    # POSIX beside the standard: threads and processes.
    command = [compiler or usual, standard or usual_standard, *STRICT, "-D_POSIX_C_SOURCE=200809L", f"-I{HEADERS}"]
    command += ["-g", "-o", str(program), str(source), str(LIBRARY), f"-Wl,-rpath,{LIBRARY.parent}", "-pthread"]
    result = place.run(*command)
    assert result.returncode == 0, result.stderr
    return str(program)


def under_valgrind(place, *command, timeout=900, **more):
    """What a program does when no invalid access and no leak of it is found."""
    result = place.run(*VALGRIND, *command, timeout=timeout, **more)
    assert result.returncode != 99 and not re.search(r"^==\d+==", result.stderr, re.M), result.stderr[-6000:]
    return result


def local(place, documents, **properties):
    """A connection string for local documents."""
    given = {"URI": f"{place.documents}/{documents}", "Logfile": str(place.log), "Verbosity": "5"} | properties
    return written(given)


def remote(place, simulator, uri="dropbox:///people.json", **properties):
    """A connection string for documents in the simulator."""
    return written(place.properties(simulator, uri, **properties))


def written(properties):
    return "".join(f"{key}={{{value}}};" for key, value in properties.items() if value is not None)


def installed(place, libdir="lib"):
    """A prefix into which the library was installed for programmers, moved to another place afterwards."""
    script = HERE.parent.parent / "packaging" / "develop" / "install.sh"
    result = place.run(str(script), str(LIBRARY), str(place.folder / "staging"), libdir)
    assert result.returncode == 0, result.stderr
    prefix = place.folder / "prefix"
    os.rename(place.folder / "staging", prefix)
    return prefix


def consumer(place):
    """The folder of a small project of its own."""
    project = shutil.copytree(HERE / "consumers", place.folder / "consumer")
    for source in ("tour.c", "tour.cpp"):
        shutil.copy(PROGRAMS / source, project)
    return project
