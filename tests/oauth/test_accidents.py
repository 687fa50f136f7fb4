"""What happens to a machine: killed programs, a full disk, a clock that jumps, a place that cannot be written."""

import contextlib
import fcntl
import os
import pathlib
import stat
import subprocess
import sys
import time

import pytest

from signing_in import PROGRAM, connect

# One write of the settings file, in its order: the system call, how the name of its file ends, and what more `die_at`
# asks. What is killed at a step has not done it. Of the new file, so many bytes are written.
STEPS = {
    "locking": ("flock", ".lock", fcntl.LOCK_EX | fcntl.LOCK_NB),
    "making the new file": ("write", ".tmp", 0),
    "writing it": ("write", ".tmp", 500),
    "synchronising the new file": ("fsync", ".tmp", 0),
    "renaming it": ("rename", ".tmp", 0),
    "synchronising the directory": ("fsync", "{folder}", 0),
    "unlocking": ("flock", ".lock", fcntl.LOCK_UN),
}
# After these the new file is in place.
DONE = ("synchronising the directory", "unlocking")


@pytest.fixture(scope="module")
def die_at(tmp_path_factory):
    """The program that kills another at its entry into a system call."""
    program = tmp_path_factory.mktemp("die_at") / "die_at"
    source = pathlib.Path(__file__).parent / "die_at.c"
    subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", "-o", program, source], check=True)
    return program


def kill_at(die_at, place, simulator, string, step):
    """Runs a connection, whose token has expired, that is killed at a step; the settings file before that."""
    call, ending, detail = STEPS[step]
    ending = ending.format(folder=place.folder.resolve())
    before = place.settings.read_bytes()
    simulator.control("expire")
    result = place.run(die_at, call, ending, str(detail), sys.executable, "-c", PROGRAM, string)
    assert result.returncode == 0, f"the program was not killed at {step}: {result.stdout}{result.stderr}"
    return before


def leftovers(place):
    return [file for file in place.folder.iterdir() if file.name.endswith(".tmp")]


@pytest.mark.parametrize("step", STEPS)
def test_kill_9_during_a_write_leaves_the_old_or_the_new_file_whole(die_at, place, people, step):
    assert connect(place, people) == "2"
    # What is refused by the data server is refreshed: that is the write.
    string = place.connection_string(people, "dropbox:///people.json", InitiateOAuth="REFRESH", Logfile="")
    before = kill_at(die_at, place, people, string, step)
    if STEPS[step][0] == "write":
        assert [file.stat().st_size for file in leftovers(place)] == [STEPS[step][2]]
    after = place.settings.read_bytes()
    assert (after != before) == (step in DONE)

    # The lock died with its holder, the file opens, and its refresh token is as good as before: no person is needed.
    people.control("reset-counts")
    people.control("expire")
    assert connect(place, people, InitiateOAuth="REFRESH") == "2"
    assert people.count("/oauth2/authorize") == 0 and people.count("token:refresh_token") >= 1
    # The write of that connection has cleared up after the dead one.
    assert leftovers(place) == []


def test_kill_9_between_answer_and_rename_loses_a_rotated_token_and_says_so(die_at, place):
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    simulator = place.simulator("--rotate")
    assert connect(place, simulator) == "2"
    string = place.connection_string(simulator, "dropbox:///people.json", InitiateOAuth="REFRESH", Logfile="")
    kill_at(die_at, place, simulator, string, "renaming it")
    answer = connect(place, simulator, InitiateOAuth="REFRESH")
    assert answer.startswith(("28000 ", "08S01 ")) and "invalid_grant" in answer and "GETANDREFRESH" in answer, answer
    assert connect(place, simulator) == "2", "GETANDREFRESH signs in anew"


@contextlib.contextmanager
def small_disk(place, kilobytes):
    """A folder on a file system of its own, where this machine lets one be mounted."""
    folder = place.folder / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=700", "latchkey-test", str(folder)], capture_output=True
    )
    assert mounted.returncode == 0, f"this suite mounts a small file system, for which it must be root: {mounted.stderr}"
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder):
    filler = folder / "filler"
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
        while True:
            file.write(b"x" * 512)
    return filler


def test_a_full_disk_costs_neither_the_rows_nor_the_old_file(place, people):
    with small_disk(place, 32) as folder:
        settings = {"OAuthSettingsLocation": folder / "OAuthSettings.txt"}
        # The first sign-in finds the disk full: it serves this program, and nothing half-written stays.
        filler = fill(folder)
        assert connect(place, people, **settings) == "2"
        assert [file.name for file in folder.iterdir() if "Settings" in file.name and "lock" not in file.name] == []
        assert "were not stored" in place.log.read_text() and "No space left" in place.log.read_text()

        filler.unlink()
        assert connect(place, people, **settings) == "2"
        good = settings["OAuthSettingsLocation"].read_bytes()
        filler = fill(folder)
        people.control("expire")
        assert connect(place, people, InitiateOAuth="REFRESH", **settings) == "2"
        assert settings["OAuthSettingsLocation"].read_bytes() == good, "the old file is whole"
        filler.unlink()
        people.control("reset-counts")
        assert connect(place, people, InitiateOAuth="REFRESH", **settings) == "2"
        assert people.count("/oauth2/authorize") == 0


@pytest.mark.parametrize("jump", ["-1d", "+1d"])
def test_a_clock_that_jumps_by_a_day(place, people, jump):
    assert connect(place, people) == "2"
    people.control("reset-counts")
    string = place.connection_string(people, "dropbox:///people.json", InitiateOAuth="REFRESH")
    program = "import time, sys\nsys.stderr.write(str(time.time()))\n" + PROGRAM
    result = place.run("faketime", "-f", jump, sys.executable, "-c", program, string)
    shown = float(result.stderr) - time.time()
    assert abs(abs(shown) - 86400) < 60, f"the clock of the program did not jump: {shown}"
    assert result.stdout.strip() == "2", result
    # Set back, it says nothing about expiry: the token is used until it is refused. Set forward, it has only expired.
    assert people.count("token:refresh_token") == (0 if jump == "-1d" else 1)
    assert people.count("/oauth2/authorize") == 0
    # Back in the present, what was stored meanwhile is of use too.
    assert connect(place, people, InitiateOAuth="REFRESH") == "2"
    assert people.count("/oauth2/authorize") == 0


def test_a_place_that_cannot_be_written_serves_this_program(place, people):
    assert connect(place, people) == "2"
    place.settings.chmod(0o400)
    before = place.settings.read_bytes()
    assert connect(place, people, InitiateOAuth="REFRESH") == "2"
    people.control("expire")
    assert connect(place, people, InitiateOAuth="REFRESH") == "2", "refreshed, for this process alone"
    assert place.settings.read_bytes() == before
    assert "read-only" in place.log.read_text()


def test_a_symbolic_link_is_followed_and_stays(place, people):
    target = place.folder / "vault" / "tokens.txt"
    target.parent.mkdir()
    place.settings.symlink_to(target)
    assert connect(place, people) == "2"
    people.control("expire")
    assert connect(place, people, InitiateOAuth="REFRESH") == "2"
    assert place.settings.is_symlink() and target.is_file() and not target.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_is_made_is_its_owners_alone(place, people):
    old = os.umask(0)
    try:
        deep = place.home / "a" / "b" / "OAuthSettings.txt"
        assert connect(place, people, OAuthSettingsLocation=deep) == "2"
    finally:
        os.umask(old)
    for folder in (deep.parent, deep.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in deep.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_a_machine_without_a_display_is_told_in_under_a_second(place, people):
    program = "import time\nbegan = time.monotonic()\n" + PROGRAM + "print(time.monotonic() - began)\n"
    string = place.connection_string(people, "dropbox:///people.json")
    result = place.python(program, string, environment={"BROWSER": ""})
    message, seconds = result.stdout.strip().rsplit("\n", 1)
    assert message.startswith("28000 ") and f"{people.url}/oauth2/authorize?" in message, message
    assert "OAuthVerifier" in message and float(seconds) < 1, result.stdout
    place.data_source("People", place.properties(people, "dropbox:///people.json"))
    shown = place.run("isql", "People", "-b", "-v", environment={"BROWSER": ""})
    assert "OAuthVerifier" in shown.stdout and "/oauth2/authorize?" in shown.stdout, shown


@pytest.mark.parametrize("name", ["OAuthAccessTokenURL", "OAuthAuthorizationURL", "OAuthIssuer", "OAuthDeviceURL"])
def test_a_plain_http_endpoint_on_another_machine_is_refused(place, people, name):
    answer = connect(place, people, **{name: "http://as.example.test/token"})
    assert name in answer and "https://" in answer and "unencrypted" in answer, answer
    assert not any(people.counts().values())
