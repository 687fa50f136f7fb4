"""`latchkey login`, `logout` and `status`."""

import json
import pathlib
import re
import signal
import subprocess
import sys

from command import CONSENT, Running, answer, at_browser, latchkey, remote, written

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "oauth"))
from foreign import CONSENT as DEVICE_CONSENT, Client, oidc, provider  # noqa: E402

NAMES = "SELECT name FROM people"


def test_a_browser_signs_in_and_nobody_is_asked_again(place, people):
    string = remote(place, people, InitiateOAuth="REFRESH")
    facts = answer(place, "status", string, status=3)
    assert (facts["state"], facts["refreshable"], facts["expires"]) == ("signed out", False, None)
    facts = answer(place, "login", string)
    assert (facts["state"], facts["provider"], facts["refreshable"]) == ("signed in", "Dropbox", True)
    assert facts["settings"] == str(place.settings) and facts["expires"]
    assert answer(place, "login", string)["state"] == "signed in"
    assert people.count("token:authorization_code") == 1
    assert latchkey(place, "query", string, NAMES).stdout == "name\nAda\nGrace\n"
    shown = latchkey(place, "status", string)
    assert shown.returncode == 0 and shown.stdout.startswith("state        signed in\nprovider     Dropbox\n")


def test_a_sign_in_ends_at_the_provider_and_here(place, people):
    string = remote(place, people, OAuthRevokeURL=f"{people.url}/2/auth/token/revoke")
    answer(place, "login", string)
    assert answer(place, "logout", string)["revoked"] is True
    assert "revoked" in answer(place, "status", string, status=3)["state"]
    result = latchkey(place, "query", remote(place, people, InitiateOAuth="REFRESH"), NAMES)
    assert result.returncode == 3 and "error 28000" in result.stderr


def pasted(place, string, brought):
    """Signs in by what somebody brings from the page's address."""
    running = Running(place, "--json", "login", "--paste", string)
    shown = ""
    while not shown.startswith("latchkey: http"):
        shown = running.line_of_errors()
        assert shown, running.errors
    return running, running.end(brought(shown.removeprefix("latchkey: ").strip()))


def test_an_address_is_shown_and_what_the_browser_ends_with_is_pasted(place, people):
    string = remote(place, people)
    addresses = []

    def person(url):
        addresses.append(at_browser(url))
        return addresses[0] + "\n"

    running, (status, output) = pasted(place, string, person)
    assert status == 0 and '"state":"signed in"' in output, (output, running.errors)
    code = addresses[0].split("code=")[1].split("&")[0]
    assert len(code) > 8 and code not in output + running.errors
    assert latchkey(place, "query", remote(place, people, InitiateOAuth="REFRESH"), NAMES).returncode == 0


def test_a_code_that_is_none_is_refused_and_nothing_is_stored(place, people):
    running, (status, output) = pasted(place, remote(place, people), lambda url: "hunter2hunter2\n")
    assert status == 3 and output == "" and "error 28000" in running.errors and "hunter2" not in running.errors
    running, (status, output) = pasted(place, remote(place, people), lambda url: "\n")
    assert status == 3 and "No code was given" in running.errors
    answer(place, "status", remote(place, people), status=3)


def test_an_interruption_while_the_code_is_awaited_ends_with_130(place, people):
    running = Running(place, "login", "--paste", remote(place, people))
    while "paste the code" not in running.line_of_errors():
        pass
    running.process.send_signal(signal.SIGINT)
    # Standard input stays open: what ends the command is the signal.
    assert running.process.wait(timeout=60) == 130
    running.end()


def test_a_person_who_denies_is_told(place, people):
    deny = {"BROWSER": f"{sys.executable} {CONSENT} deny %s"}
    result = latchkey(place, "login", remote(place, people), environment=deny)
    assert result.returncode == 3 and "access_denied" in result.stderr


def test_local_documents_have_no_sign_in(place):
    place.document("people.json", [])
    result = latchkey(place, "status", f"URI={place.documents}/people.json")
    assert result.returncode == 1 and "latchkey: error " in result.stderr


def test_a_code_is_shown_for_another_device(place, provider):
    client = Client.of_device(place, provider, InitiateOAuth="REFRESH")
    string = written(client.properties)
    running = Running(place, "--json", "login", "--device", string)
    shown = running.line_of_errors() + running.line_of_errors() + running.line_of_errors()
    complete = re.search(r"^latchkey: or open (\S+)$", shown, re.M)[1]
    assert f"On any device open {provider.url}/device and enter the code " in shown
    person = subprocess.run([sys.executable, DEVICE_CONSENT, complete], capture_output=True, text=True, timeout=60)
    assert person.returncode == 0, person
    status, output = running.end()
    assert status == 0 and json.loads(output)["state"] == "signed in", running.errors
    # From now on the data are there without the device.
    assert latchkey(place, "query", string, "SELECT who FROM whoami").stdout == "who\nalice\n"
