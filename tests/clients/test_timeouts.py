"""A client that hangs fails its test: nothing here waits for a process without a limit."""

import ast
import pathlib

HERE = pathlib.Path(__file__).parent
WAITING = {"run", "call", "check_call", "check_output", "communicate", "wait", "urlopen"}


def waits_without_a_limit(text):
    """The lines that wait for as long as it takes; `place.run` and `place.python` have a limit of their own."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WAITING
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id in ("place", "self"))
        and "timeout" not in {keyword.arg for keyword in node.keywords}
    ]


def test_every_wait_has_a_limit():
    files = [HERE.parent / "conftest.py", *sorted(HERE.glob("*.py"))]
    assert len(files) > 5
    found = {file.name: waits_without_a_limit(file.read_text(encoding="utf-8")) for file in files}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_wait_without_a_limit_is_found():
    assert waits_without_a_limit("import subprocess\nsubprocess.run(['true'])\noffice.wait()\n") == [2, 3]
    assert waits_without_a_limit("office.wait(timeout=5)\nplace.run('isql')\nself.run('isql')\n") == []
