"""Signing in through the program's own prompt, and the OAuth procedures as functions."""

import sys
import pathlib

import pytest

from built import build, remote, under_valgrind, written

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "oauth"))
from foreign import CONSENT as DEVICE_CONSENT, Client, oidc, provider  # noqa: E402

CONSENT = pathlib.Path(__file__).parent.parent / "dropbox" / "consent.py"


def person(place, script, *arguments):
    """A program of one argument, the URL: somebody who signs in there."""
    file = place.folder / "person"
    file.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" {" ".join(arguments)} "$1"\n')
    file.chmod(0o755)
    return str(file)


def strings(value):
    inside = value.values() if isinstance(value, dict) else value
    return [value] if isinstance(value, str) else [text for item in inside for text in strings(item)]


@pytest.mark.parametrize("runs", [lambda place, *command: place.run(*command), under_valgrind], ids=["alone", "valgrind"])
def test_a_program_shows_the_page_in_the_place_of_the_browser(place, people, runs):
    program = build(place, "sign_in.c")
    # No browser could be opened here.
    result = runs(place, program, remote(place, people), person(place, CONSENT))
    assert (result.returncode, result.stdout) == (0, "signed in at Dropbox\na token of many characters\n"), result
    assert people.count("token:authorization_code") == 1
    # The second time nobody is asked.
    again = place.run(program, remote(place, people), "/nonexistent")
    assert again.stdout == result.stdout, again


def test_a_person_who_denies_is_told(place, people):
    result = place.run(build(place, "sign_in.c"), remote(place, people), person(place, CONSENT, "deny"))
    assert result.returncode == 1 and result.stderr.startswith("28000: ") and "access_denied" in result.stderr, result


def test_a_prompt_that_is_cancelled_or_refused_ends_the_sign_in(place, people):
    program = build(place, "cancel.c")
    result = place.run(program, remote(place, people), "prompt")
    assert result.stdout == "-1\nHY008: The operation was cancelled\ncalled 1 times\n", result
    result = place.run(program, remote(place, people), "refuse")
    assert result.stdout.startswith("-1\n28000: ") and result.stdout.endswith("called 1 times\n"), result
    assert people.count("token:authorization_code") == 0


def test_a_program_shows_the_code_of_another_device(place, provider):
    client = Client.of_device(place, provider, AuthScheme="OAuthDevice")
    result = place.run(build(place, "sign_in.c"), written(client.properties), person(place, DEVICE_CONSENT))
    assert result.returncode == 0, result
    shown, state, token = result.stdout.splitlines()
    assert shown.startswith("enter ") and f" at {provider.url}/device within " in shown
    assert state.startswith("signed in at ") and token == "a token of many characters"
    # One connection is enough, where without a prompt it takes two.
    assert provider.counts()["device"] == 1


@pytest.mark.parametrize("runs", [lambda place, *command: place.run(*command), under_valgrind], ids=["alone", "valgrind"])
def test_the_procedures_are_functions(place, people, runs):
    program = build(place, "procedures.c")
    revoke = f"{people.url}/2/auth/token/revoke"
    string = remote(place, people, InitiateOAuth="REFRESH", OAuthClientSecret="simulatorappsecret", OAuthRevokeURL=revoke)
    result = runs(place, program, string.replace("REFRESH", "OFF"), string, place.callback, person(place, CONSENT, "--print"))
    assert (result.returncode, result.stdout) == (0, "done\n"), result
    counts = people.counts()
    assert "latchkey::" in result.stderr and "procedure called" in result.stderr
    secrets = [secret for secret in strings(people.control("secrets")) if len(secret) >= 8]
    assert len(secrets) >= 5 and not [secret for secret in secrets if secret in result.stderr]
    # A code that is good and one that is not.
    assert counts["token:authorization_code"] == 2 and counts["token:refresh_token"] >= 1


def test_a_wrong_password_is_not_in_the_error(place, people):
    string = remote(place, people, AuthScheme="Basic", URI=f"{people.url}/people.json", UID="ada", PWD="hunter2hunter2")
    result = place.run(build(place, "tour.c"), string, "SELECT name FROM people WHERE name > ?", "A")
    assert result.returncode == 1 and "hunter2hunter2" not in result.stderr + result.stdout, result
