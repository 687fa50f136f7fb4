"""The device flow at oidc-provider: a code shown by one connection, typed in elsewhere, waited for by the next."""

import re
import subprocess
import sys
import threading

import pytest

from foreign import CONSENT, Client, oidc, provider

REFRESH = "EXEC RefreshOAuthAccessToken"


@pytest.fixture
def device(place, provider):
    client = Client.of_device(place, provider, AuthScheme="OAuthDevice")
    client.browser = ""
    return client


def person(url, *decision):
    """What somebody does who was shown the URL with the code in it."""
    return subprocess.run([sys.executable, CONSENT, url, *decision], capture_output=True, text=True, timeout=60)


def shown(answer):
    """The URL and the code of the message, and the URL with the code in it."""
    url = re.search(r"open (\S+) on any device", answer)[1]
    code = re.search(r"enter the code (\S+?) ", answer)[1]
    complete = re.search(r"or open (\S+) and", answer)[1]
    return url, code, complete


def test_device_login(device, provider, place):
    answer = device.connect()
    assert answer.startswith("28000 ") and "connect again" in answer, answer
    url, code, complete = shown(answer)
    assert url == f"{provider.url}/device" and code in complete
    assert code in place.log.read_text(), "the log shows the code too"
    assert person(complete).returncode == 0
    assert device.connect("SELECT who FROM whoami") == "ok"
    assert device.rows == [["alice"]]
    # What came of it is a sign-in like any other.
    assert device.connect(REFRESH, InitiateOAuth="REFRESH") == "ok"
    counts = provider.counts()
    assert counts["device"] == 1 and counts["refresh_token"] == 1, counts


def test_a_waiting_connection_goes_on_when_the_code_is_typed_in(device, provider):
    _, _, complete = shown(device.connect())
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(device.connect()))
    waiting.start()
    # The connection has asked at least once and was told that nobody has come yet.
    assert device.place.wait_for(lambda: provider.count("authorization_pending") >= 1)
    assert person(complete).returncode == 0
    waiting.join(timeout=60)
    assert answers == ["ok"]


def test_device_login_denied(device, provider):
    _, code, complete = shown(device.connect())
    person(complete, "deny")
    answer = device.connect()
    assert answer.startswith("28000 ") and "access_denied" in answer, answer
    assert shown(device.connect())[1] != code, "the next connection shows a new code"


def test_nobody_types_the_code_in_until_the_deadline(device, provider):
    _, code, _ = shown(device.connect())
    answer = device.connect(OAuthLoginTimeout="1")
    assert answer.startswith("HYT00 ") and code in answer, answer


def test_the_procedures_show_and_redeem_a_code_without_a_connection_that_signs_in(device, provider, place):
    off = {"InitiateOAuth": "OFF", "OAuthSettingsLocation": "memory://device", "URI": None}
    assert device.connect("EXEC GetOAuthDeviceCode", **off) == "ok"
    url, complete, code, device_code, expires_in, interval = device.rows[0]
    assert url == f"{provider.url}/device" and code in complete
    assert (expires_in, interval) == ("600", "5")
    assert person(complete).returncode == 0
    statement = f"EXEC GetOAuthAccessToken GrantType='DEVICE', Verifier='{device_code}'"
    assert device.connect(statement, **off) == "ok"
    access_token, refresh_token, _ = device.rows[0]
    assert provider.who(access_token) == "alice" and provider.introspect(refresh_token)["active"]
    answer = device.connect(statement, **off)
    assert answer.startswith("28000 ") and "invalid_grant" in answer, answer


def test_a_provider_without_the_flow_says_so(place, provider):
    client = Client(place, provider, AuthScheme="OAuthDevice")
    answer = client.connect()
    assert answer.startswith("08001 ") and "OAuthDeviceURL" in answer, answer
