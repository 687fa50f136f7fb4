"""`latchkey settings`: the file of tokens, without a token."""

import base64
import os
import stat

from command import answer, latchkey, remote

KEY = {"LATCHKEY_OAUTH_SETTINGS_KEY": "correct horse battery"}


def test_a_file_is_inspected_without_showing_a_token(place, people):
    assert answer(place, "login", remote(place, people))["state"] == "signed in"
    found = answer(place, "settings", "inspect", str(place.settings))
    assert (found["version"], found["cipher"], found["key"]) == ("1", "AES-256-GCM", "builtin-1")
    assert (found["mode"], found["opens"], found["bytes"]) == ("0600", True, place.settings.stat().st_size)
    [sign_in] = found["sign_ins"]
    assert (sign_in["provider"], sign_in["client"], sign_in["refreshable"]) == ("Dropbox", "simulatorappkey", True)
    assert sign_in["obtained"] < sign_in["expires"] and sign_in["ended"] is None
    shown = latchkey(place, "settings", "inspect", str(place.settings)).stdout
    assert "cipher   AES-256-GCM\n" in shown and "\n\nprovider     Dropbox\n" in shown
    place.settings.chmod(0o644)
    assert "chmod 600" in latchkey(place, "settings", "inspect", str(place.settings)).stderr


def test_a_file_gets_another_key_and_back(place, people):
    string, refreshed = remote(place, people), remote(place, people, InitiateOAuth="REFRESH")
    names = ["query", refreshed, "SELECT name FROM people"]
    settings = str(place.settings)
    assert answer(place, "login", string)["state"] == "signed in"

    told = answer(place, "settings", "rekey", settings, "--new-passphrase", stdin=KEY["LATCHKEY_OAUTH_SETTINGS_KEY"] + "\n")
    assert told == {"file": settings, "key": "passphrase"}
    assert latchkey(place, *names).returncode == 1
    assert latchkey(place, *names, environment=KEY).returncode == 0
    found = answer(place, "settings", "inspect", settings)
    assert found["key"].startswith("pass argon2id m=") and "salt" not in found["key"] and found["opens"] is False
    assert answer(place, "settings", "inspect", settings, environment=KEY)["opens"] is True

    key = place.folder / "key"
    key.write_bytes(base64.b64encode(os.urandom(32)))
    before = place.settings.read_bytes()
    # Without the passphrase nothing is changed.
    result = latchkey(place, "settings", "rekey", settings, "--new-key-file", str(key))
    assert result.returncode == 1 and "needs OAuthSettingsKey" in result.stderr and place.settings.read_bytes() == before
    assert answer(place, "settings", "rekey", settings, "--new-key-file", str(key), environment=KEY)["key"] == "keyfile"
    assert answer(place, "settings", "inspect", settings, "--key-file", str(key))["key"] == "raw-1"
    assert latchkey(place, *names, environment={"LATCHKEY_OAUTH_SETTINGS_KEY_FILE": str(key)}).returncode == 0
    assert answer(place, "settings", "rekey", settings, "--key-file", str(key), "--built-in")["key"] == "builtin"
    assert latchkey(place, *names).returncode == 0
    assert stat.S_IMODE(place.settings.stat().st_mode) == 0o600


def test_what_is_no_settings_file_says_so(place):
    other = place.folder / "other.txt"
    other.write_text("[not] a settings file\n")
    found = answer(place, "settings", "inspect", str(other))
    assert found["cipher"] is None and found["opens"] is False
    result = latchkey(place, "settings", "rekey", str(other), "--built-in")
    assert result.returncode == 1 and "cannot be decrypted" in result.stderr
    assert other.read_text() == "[not] a settings file\n"
    result = latchkey(place, "settings", "inspect", str(place.folder / "none"))
    assert result.returncode == 1 and "There is no OAuth settings file" in result.stderr
    assert latchkey(place, "settings", "rekey", str(other)).returncode == 2
    result = latchkey(place, "settings", "rekey", str(other), "--new-passphrase", stdin="\n")
    assert result.returncode == 1 and "empty" in result.stderr
