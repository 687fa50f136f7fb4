"""unixODBC's isql and iusql, asked what every program here is asked. They bind no parameters."""

import pytest

from test_programs import EXPECTED, HANAKO, PEOPLE, check

PROCEDURE = "EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'"


def asking(place, tool):
    """What the tool prints when it is asked something."""
    place.document("people.json", PEOPLE)
    place.data_source("People", place.properties(place.simulator(), "dropbox:///people.json"))

    def ask(line, *options):
        result = place.run(tool, "People", "-b", "-v", "-d|", *options, stdin=line + "\n")
        assert result.returncode == 0, result
        return result.stdout.removesuffix("\n")

    return ask


@pytest.fixture
def isql(place):
    return asking(place, "isql")


@pytest.fixture
def iusql(place):
    return asking(place, "iusql")


def common_answers(ask):
    def listed(line, column):
        return [row.split("|")[column] for row in ask(line).splitlines()]

    def one(expression, number=1):
        return ask(f"SELECT {expression} FROM people WHERE id = {number}")

    kinds = zip(listed("help", 3), listed("help", 2))
    return {
        "tables": ",".join(name for kind, name in kinds if kind == "TABLE"),
        "columns": ",".join(listed("help people", 3)),
        # The number beside it tells a NULL from a row that was not printed.
        "null": "NULL" if one("id, name", 3) == "3|" else "not empty",
        "date": one("born"),
        "timestamp": one("seen"),
        "number": one("score"),
        "big": one("big"),
    }


@pytest.mark.parametrize("tool", ["isql", "iusql"])
def test_both_list_and_show_values(place, tool):
    ask = asking(place, tool)
    shown = common_answers(ask)
    assert shown == {name: EXPECTED[name] for name in shown}
    assert ask("SELECT name FROM people WHERE id = 1") == "Ada Lovelace"
    assert "There is no table nobody" in ask("SELECT * FROM nobody")


def test_isql_shows_unicode_long_text_and_states(isql):
    note = isql("SELECT note FROM people WHERE id = 1", "-L100000")
    rest = {
        "by_number": isql("SELECT name FROM people WHERE id = 2"),
        "by_text": isql(f"SELECT id FROM people WHERE name = '{HANAKO}'"),
        "long": f"{len(note)}{note[-3:]}",
        "error": isql("SELECT * FROM nobody"),
        "procedure": isql(PROCEDURE),
    }
    check(common_answers(isql) | rest, missing=("long_parameter",))


def test_iusql_calls_a_procedure(iusql):
    # It prints the low byte of a wide character, no state, and nothing of a text beyond 300 characters: no URL.
    _, verifier, state = iusql(PROCEDURE).split("|")
    assert len(verifier) == len(state) == 43, (verifier, state)
