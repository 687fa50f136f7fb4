"""turbodbc, which lists no tables, in an environment of its own: it needs an older NumPy than the rest."""

from test_programs import HANAKO, PEOPLE, PROGRAMS, TARGET, answers, check


def test_turbodbc_gets_the_right_answers(place):
    place.document("people.json", PEOPLE)
    place.data_source("People", place.properties(place.simulator(), "dropbox:///people.json"))
    python = TARGET / "turbodbc" / "bin" / "python"
    result = place.run(str(python), str(PROGRAMS / "turbo.py"), "DSN=People", HANAKO)
    assert result.returncode == 0, result
    check(answers(result.stdout), {"arrays": "[1, 2, 3] 4.0"}, missing=("tables", "columns"))
