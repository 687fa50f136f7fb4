"""A pkg-config file and a CMake package lead small projects to the library, wherever it is installed."""

import pytest

from built import consumer, installed, local

QUERY = ("SELECT name FROM people WHERE name > ?", "B")


@pytest.fixture
def documents(place):
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    return local(place, "people.json")


@pytest.mark.parametrize("libdir", ["lib", "lib/x86_64-linux-gnu"])
def test_a_project_finds_the_library_by_pkg_config(place, documents, libdir):
    prefix, project = installed(place, libdir), consumer(place)
    environment = {"PKG_CONFIG_PATH": str(prefix / libdir / "pkgconfig"), "LD_LIBRARY_PATH": str(prefix / libdir)}
    built = place.run("make", "-C", str(project), environment=environment)
    assert built.returncode == 0, built
    result = place.run(str(project / "tour"), documents, *QUERY, environment=environment)
    assert (result.returncode, result.stdout) == (0, "name: Grace\n"), result
    version = place.run("pkg-config", "--modversion", "latchkey", environment=environment).stdout.strip()
    found = place.run("nm", "-D", str(project / "tour")).stdout
    assert version and "lk_session_open" in found


@pytest.mark.parametrize("libdir", ["lib", "lib/x86_64-linux-gnu"])
def test_a_project_finds_the_library_by_cmake(place, documents, libdir):
    prefix, project = installed(place, libdir), consumer(place)
    folder = place.folder / "build"
    made = place.run("cmake", "-S", str(project), "-B", str(folder), f"-DCMAKE_PREFIX_PATH={prefix}", f"-Dlatchkey_DIR={prefix / libdir / 'cmake/latchkey'}")
    assert made.returncode == 0, made
    built = place.run("cmake", "--build", str(folder))
    assert built.returncode == 0, built
    result = place.run(str(folder / "tour"), documents, *QUERY)
    assert (result.returncode, result.stdout) == (0, "name: Grace\n"), result
    result = place.run(str(folder / "tour++"), documents, "SELECT name FROM people ORDER BY name")
    assert (result.returncode, result.stdout) == (0, "Ada\nGrace\n"), result


def test_a_version_that_is_not_compatible_is_not_found(place):
    prefix, project = installed(place), consumer(place)
    lists = project / "CMakeLists.txt"
    lists.write_text(lists.read_text().replace("latchkey 0.1", "latchkey 99"))
    made = place.run("cmake", "-S", str(project), "-B", str(place.folder / "build"), f"-DCMAKE_PREFIX_PATH={prefix}")
    assert made.returncode != 0 and "version" in made.stderr, made
