"""Headless, transfer: a settings file made by a sign-in here is used elsewhere, with and without a key of one's own."""

import json
import os
import pathlib
import re
import secrets
import time

import pytest

from signing_in import connect

ARTIFACTS = pathlib.Path(os.environ["LATCHKEY_TEST_ARTIFACTS"])
DEFAULT_PATH = pathlib.Path(".config/latchkey/OAuthSettings.txt")


@pytest.fixture
def secret():
    """Makes secrets that the canary looks for."""
    made = []

    def make():
        made.append(secrets.token_hex(32))
        return made[-1]

    yield make
    folder = ARTIFACTS / "secrets"
    folder.mkdir(exist_ok=True)
    (folder / f"keys-{secrets.token_hex(4)}.json").write_text(json.dumps(made))


def server(place, simulator, environment=(), **properties):
    """A connection that must not prompt, and its answer."""
    simulator.control("reset-counts")
    answer = connect(place, simulator, environment, InitiateOAuth="REFRESH", **properties)
    assert simulator.count("/oauth2/authorize") == 0
    assert simulator.count("token:authorization_code") == 0
    return answer


def slot(file):
    return next(line for line in file.read_text().splitlines() if line.startswith("key: ")).removeprefix("key: ")


def refused(place, answer, file=None):
    """Whether an answer is an error that names the file."""
    return answer.startswith("HY000 ") and str(file or place.settings) in answer


@pytest.mark.parametrize("key", [False, True], ids=["built-in", "passphrase"])
@pytest.mark.parametrize("translate", [bytes, lambda data: data.replace(b"\n", b"\r\n")], ids=["binary", "crlf"])
def test_a_settings_file_made_on_a_desktop_is_used_on_a_server(place, people, secret, translate, key):
    # Both machines use the default location: only HOME differs.
    default = {"OAuthSettingsLocation": ""} | ({"OAuthSettingsKey": secret()} if key else {})
    assert connect(place, people, **default) == "2"
    made = place.home / DEFAULT_PATH
    assert made.name == "OAuthSettings.txt"
    copy = place.folder / "elsewhere" / DEFAULT_PATH
    copy.parent.mkdir(parents=True, mode=0o700)
    copy.touch(mode=0o600)
    copy.write_bytes(translate(made.read_bytes()))
    made.unlink()

    elsewhere = {"HOME": str(place.folder / "elsewhere")}
    assert server(place, people, elsewhere, **default) == "2"
    assert people.count("/oauth2/token") == 0
    people.control("expire")
    assert server(place, people, elsewhere, **default) == "2"
    assert people.count("token:refresh_token") == 1
    # What the refresh stored is used by the next connection; nothing came back to the first HOME.
    assert server(place, people, elsewhere, **default) == "2"
    assert people.count("/oauth2/token") == 0
    assert not made.exists()


def test_a_copy_that_still_belongs_to_another_user_is_refused_until_this_user_has_its_own(place, people):
    assert connect(place, people) == "2"
    if os.geteuid() == 0:
        foreign, owner = place.folder / "foreign.txt", 12345
        foreign.write_bytes(place.settings.read_bytes())
        os.chown(foreign, owner, -1)
    else:
        # Only root can give a file away; whatever root's file holds, it is refused before it is read.
        foreign, owner = "/etc/passwd", 0
    answer = server(place, people, OAuthSettingsLocation=foreign)
    assert answer.startswith("HY000 ") and f"belongs to user id {owner}" in answer, answer
    own = place.folder / "own.txt"
    own.touch(mode=0o600)
    own.write_bytes(place.settings.read_bytes())
    assert server(place, people, OAuthSettingsLocation=own) == "2"
    assert people.count("/oauth2/token") == 0


def test_a_passphrase_is_needed_from_the_property_or_the_environment(place, people, secret):
    passphrase, other = secret(), secret()
    assert connect(place, people, OAuthSettingsKey=passphrase) == "2"
    assert re.fullmatch(r"pass argon2id m=19456 t=2 p=1 salt=\S{24}", slot(place.settings))
    before = place.settings.read_bytes()

    answer = server(place, people)
    assert refused(place, answer) and "needs OAuthSettingsKey:" in answer, answer
    for wrong in ({"OAuthSettingsKey": other}, {"environment": {"LATCHKEY_OAUTH_SETTINGS_KEY": other}}):
        answer = server(place, people, **wrong)
        assert refused(place, answer) and "wrong key or damaged file" in answer, answer
    # Not even a person who could sign in again loses the file.
    people.control("reset-counts")
    assert refused(place, connect(place, people))
    assert people.count("/oauth2/authorize") == 0
    assert place.settings.read_bytes() == before

    assert server(place, people, OAuthSettingsKey=passphrase) == "2"
    assert server(place, people, {"LATCHKEY_OAUTH_SETTINGS_KEY": passphrase}) == "2"
    # The property comes first.
    assert server(place, people, {"LATCHKEY_OAUTH_SETTINGS_KEY": other}, OAuthSettingsKey=passphrase) == "2"
    assert place.settings.read_bytes() == before


def test_a_key_file_from_the_property_or_the_environment(place, people, secret):
    key = place.folder / "settings.key"
    key.write_text(secret() + "\r\n")
    assert connect(place, people, OAuthSettingsKeyFile=key) == "2"
    assert slot(place.settings) == "raw-1"
    answer = server(place, people)
    assert refused(place, answer) and "needs OAuthSettingsKeyFile:" in answer, answer
    assert server(place, people, OAuthSettingsKeyFile=key) == "2"
    assert server(place, people, {"LATCHKEY_OAUTH_SETTINGS_KEY_FILE": str(key)}) == "2"
    # A passphrase in the environment does not take over from the property.
    people.control("expire")
    assert server(place, people, {"LATCHKEY_OAUTH_SETTINGS_KEY": secret()}, OAuthSettingsKeyFile=key) == "2"
    assert people.count("token:refresh_token") == 1
    assert slot(place.settings) == "raw-1"


@pytest.mark.parametrize("contents", [None, "", "too short", "g" * 64], ids=["missing", "empty", "short", "not-hex"])
def test_a_bad_key_file_is_named_with_its_property(place, people, contents):
    key = place.folder / "settings.key"
    if contents is not None:
        key.write_text(contents)
    answer = server(place, people, OAuthSettingsKeyFile=key)
    assert "OAuthSettingsKeyFile" in answer and str(key) in answer, answer
    answer = server(place, people, {"LATCHKEY_OAUTH_SETTINGS_KEY_FILE": str(key)})
    assert "LATCHKEY_OAUTH_SETTINGS_KEY_FILE" in answer and str(key) in answer, answer
    assert not place.settings.exists()


def test_the_built_in_key_is_upgraded_at_the_next_write_and_never_comes_back(place, people, secret):
    passphrase = secret()
    assert connect(place, people) == "2"
    assert slot(place.settings) == "builtin-1"
    assert server(place, people, OAuthSettingsKey=passphrase) == "2"
    assert slot(place.settings) == "builtin-1", "nothing was written yet"
    people.control("expire")
    assert server(place, people, OAuthSettingsKey=passphrase) == "2"
    assert people.count("token:refresh_token") == 1
    upgraded = slot(place.settings)
    assert upgraded.startswith("pass argon2id ")

    people.control("expire")
    before = place.settings.read_bytes()
    assert "needs OAuthSettingsKey:" in server(place, people)
    assert people.count("/oauth2/token") == 0
    assert place.settings.read_bytes() == before
    # The salt of the passphrase stays, so that other processes keep their derived keys.
    assert server(place, people, OAuthSettingsKey=passphrase) == "2"
    assert slot(place.settings) == upgraded and place.settings.read_bytes() != before


def test_a_header_that_asks_for_a_huge_argon2_cost_is_refused_at_once(place, people, secret):
    passphrase = secret()
    assert connect(place, people, OAuthSettingsKey=passphrase) == "2"
    good = place.settings.read_text()
    for honest, huge in (("m=19456", "m=4294967295"), ("t=2", "t=4000000000"), ("p=1", "p=16777215")):
        bad = good.replace(honest, huge, 1)
        place.settings.write_text(bad)
        started = time.monotonic()
        answer = server(place, people, OAuthSettingsKey=passphrase)
        assert time.monotonic() - started < 30
        assert refused(place, answer) and "1 GiB" in answer, answer
        assert place.settings.read_text() == bad


def test_a_changed_header_is_refused_and_the_file_is_not_touched(place, people, secret):
    passphrase = secret()
    assert connect(place, people, OAuthSettingsKey=passphrase) == "2"
    good = place.settings.read_bytes()
    for line in (b"# OAuth", b"cipher: ", b"key: ", b"salt: ", b"nonce: "):
        bad = bytearray(good)
        bad[good.index(b"\n" + line if line != b"# OAuth" else line) + len(line) + 3] ^= 1
        place.settings.write_bytes(bad)
        answer = server(place, people, OAuthSettingsKey=passphrase)
        assert refused(place, answer) and ("wrong key or damaged" in answer or "header is damaged" in answer), answer
        assert place.settings.read_bytes() == bytes(bad)
    # The slot cannot be turned to the built-in key either.
    bad = re.sub(rb"\nkey: .*", b"\nkey: builtin-1", good)
    place.settings.write_bytes(bad)
    assert refused(place, server(place, people))
    assert place.settings.read_bytes() == bad
    place.settings.write_bytes(good)
    assert server(place, people, OAuthSettingsKey=passphrase) == "2"
