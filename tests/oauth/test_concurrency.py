"""One identity, one login, one refresh: threads and processes that come at the same time."""

import json
import os
import subprocess
import sys
import threading
import time

from signing_in import CONSENT, connect

# As many threads as asked for connect at once; one line for each.
THREADS = """
import sys, threading
import pyodbc
pyodbc.pooling = False
string, count = sys.argv[1], int(sys.argv[2])
start = threading.Barrier(count)
answers = []
def work():
    start.wait()
    try:
        connection = pyodbc.connect(string)
        answers.append(str(connection.execute("SELECT count(*) FROM people").fetchval()))
    except pyodbc.Error as error:
        answers.append(" ".join(error.args))
threads = [threading.Thread(target=work) for _ in range(count)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("\\n".join(answers))
"""

# Connections one after the other: how many gave the right rows, and the first answer that was another.
LOAD = """
import sys, threading, time
import pyodbc
pyodbc.pooling = False
string, connections, seconds, late = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
pace = threading.Event()
pace.wait(late)
began, good, bad = time.monotonic(), 0, ""
for number in range(connections):
    try:
        connection = pyodbc.connect(string)
        good += connection.execute("SELECT count(*) FROM people").fetchval() == 2
        connection.close()
    except pyodbc.Error as error:
        bad = bad or " ".join(error.args)
    # Spread over the time, so that tokens end and are refreshed all along.
    pace.wait(max(0, began + seconds * (number + 1) / connections - time.monotonic()))
print(good, bad)
"""


def test_threads_that_connect_at_once_open_one_browser(place, people):
    string = place.connection_string(people, "dropbox:///people.json")
    result = place.python(THREADS, string, "4")
    assert result.stdout.split() == ["2"] * 4, result
    assert people.count("token:authorization_code") == 1
    assert opened(people) == 1


def opened(simulator):
    """Sign-ins that somebody went through."""
    return simulator.count("token:authorization_code")


def test_processes_that_connect_at_once_open_one_browser(place, people, tmp_path):
    log = tmp_path / "opened"
    browser = f"{sys.executable} {browser_that_counts(tmp_path, log)} %s"
    answers = []
    work = lambda: answers.append(connect(place, people, environment={"BROWSER": browser}))
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["2"] * 4
    assert len(log.read_text().splitlines()) == 1, "more than one tab"


def test_a_refusal_is_told_to_everybody_who_waited(place, people, tmp_path):
    log = tmp_path / "opened"
    browser = f"{sys.executable} {browser_that_counts(tmp_path, log)} %s"
    string = place.connection_string(people, "dropbox:///people.json")
    environment = {"BROWSER": browser, "LATCHKEY_CONSENT": "deny"}
    result = place.python(THREADS, string, "3", environment=environment)
    lines = result.stdout.strip().splitlines()
    assert len(lines) == 3 and all("access_denied" in line for line in lines), lines
    assert len(log.read_text().splitlines()) == 1, "asked again"


def browser_that_counts(folder, log):
    """A person who notes that the browser opened, and takes a moment: until the others wait, too."""
    program = folder / "browser.py"
    program.write_text(
        f"""
import subprocess, sys
with open({str(log)!r}, "a") as file:
    file.write("opened\\n")
sys.exit(subprocess.call([sys.executable, {CONSENT!r}, sys.argv[1]]))
"""
    )
    return program


def test_memory_is_shared_within_the_process_and_never_on_disk(place, people):
    string = place.connection_string(people, "dropbox:///people.json", OAuthSettingsLocation="memory://shared")
    before = set(place.folder.rglob("*"))
    assert place.python(THREADS, string, "3").stdout.split() == ["2"] * 3
    assert people.count("token:authorization_code") == 1
    assert set(place.folder.rglob("*")) == before
    assert connect(place, people, OAuthSettingsLocation="memory://shared") == "2"
    assert people.count("token:authorization_code") == 2, "gone with the process"


def test_many_processes_with_short_tokens_against_rotation(place):
    """32 processes × 20 connections × tokens of 2 s for a minute with LATCHKEY_LONG_RUN=1; a part of it otherwise."""
    processes, connections, seconds = (32, 20, 60) if os.environ.get("LATCHKEY_LONG_RUN") else (8, 6, 8)
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    simulator = place.simulator("--rotate")
    simulator.control("settings", access_token_lifetime=2)
    assert connect(place, simulator) == "2"
    simulator.control("reset-counts")
    string = place.connection_string(simulator, "dropbox:///people.json", Logfile="")
    environment = place.environment | {"BROWSER": "false"}
    began = time.monotonic()
    command = [sys.executable, "-c", LOAD, string, str(connections), str(seconds)]
    # Half of them keep step with each other, and find the token ended together; the others come at any time between.
    late = [number % 2 * number / processes * seconds / connections for number in range(processes)]
    running = [
        subprocess.Popen(
            [*command, str(seconds)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for seconds in late
    ]
    answers = [process.communicate(timeout=600)[0].strip() for process in running]
    took = time.monotonic() - began
    counts = simulator.counts()
    print(
        json.dumps(
            {
                "processes": processes,
                "connections": processes * connections,
                "seconds": round(took, 1),
                "refreshes": counts.get("token:refresh_token", 0),
                "families_revoked": counts.get("families_revoked", 0),
                "prompts": counts.get("/oauth2/authorize", 0),
            }
        )
    )
    assert answers == [str(connections)] * processes
    assert counts.get("families_revoked", 0) == 0
    assert counts.get("/oauth2/authorize", 0) == 0
    # Tokens of 2 s are refreshed a little before they end: one refresh in somewhat less than that time, and no more.
    assert seconds / 4 <= counts["token:refresh_token"] <= took / 1.5 + 3
