"""The companion command, run as somebody at a shell would."""

import json
import os
import pathlib
import subprocess
import sys
import threading

from conftest import DRIVER, keep_for_canary

HERE = pathlib.Path(__file__).parent
COMMAND = str(pathlib.Path(DRIVER).resolve().with_name("latchkey"))
CONSENT = HERE.parent / "dropbox" / "consent.py"


def latchkey(place, *arguments, **more):
    """What the command does."""
    return place.run(COMMAND, *arguments, **more)


def answer(place, *arguments, status=0, **more):
    """The JSON that the command answers."""
    result = latchkey(place, "--json", *arguments, **more)
    assert result.returncode == status, result
    return json.loads(result.stdout)


def written(properties):
    return "".join(f"{key}={{{value}}};" for key, value in properties.items() if value is not None)


def local(place, documents="people.json", **properties):
    """A connection string for local documents."""
    given = {"URI": f"{place.documents}/{documents}", "Logfile": str(place.log), "Verbosity": "5"}
    return written(given | properties)


def remote(place, simulator, uri="dropbox:///people.json", **properties):
    """A connection string for documents in the simulator."""
    return written(place.properties(simulator, uri, **properties))


def at_browser(url):
    """Where somebody who signs in at a page ends: the whole address, with the code in it."""
    shown = subprocess.run([sys.executable, CONSENT, "--print", url], capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0, shown
    return shown.stdout.strip()


class Running:
    """The command while it runs."""

    def __init__(self, place, *arguments):
        self.process = subprocess.Popen(
            [COMMAND, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=place.environment,
            encoding="utf-8",
        )
        # A command that hangs fails its test.
        self.guard = threading.Timer(120, self.process.kill)
        self.guard.start()
        self.errors = ""

    def line_of_errors(self):
        line = self.process.stderr.readline()
        self.errors += line
        return line

    def end(self, stdin=None):
        """Its exit code and what it printed."""
        output, errors = self.process.communicate(stdin, timeout=120)
        self.guard.cancel()
        self.errors += errors
        keep_for_canary(output)
        return self.process.returncode, output


def on_terminal(place, *arguments):
    """The exit code, and everything that the command shows on a terminal."""
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(COMMAND, [COMMAND, *arguments], place.environment | {"TERM": "xterm"})
    shown = b""
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError:
            break
        if not read:
            break
        shown += read
    os.close(terminal)
    text = shown.decode("utf-8")
    keep_for_canary(text)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text
